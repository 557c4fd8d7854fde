import numpy as np
import pandas as pd

from book.statistics import spectra


def test_networks_and_the_limit_stand_in_one_table():
    networks = pd.DataFrame({"width": [100, 200], "radius": [0.9, np.nan], "error": [None, "it broke"]})
    limit = pd.DataFrame({"radius": [0.8], "error": [None]})
    found = spectra.together(networks, limit)
    assert list(zip(found["width"], found["radius"], strict=True)) == [("100", 0.9), ("∞", 0.8)]


def test_the_crossing_is_the_norm_from_which_on_all_radii_are_below_one():
    told = spectra.spectrum_statistics(pd.DataFrame({"norm": [9, 1, 3, 5], "radius": [0.4, 1.1, 0.99, 1.01]}))
    assert told == {
        "spectra_first_norm": 1, "spectra_last_norm": 9, "spectra_first_radius": 1.1, "spectra_last_radius": 0.4,
        "spectra_crossing": 9,
    }  # fmt: skip


def test_what_is_said_of_spectra_names_every_activation():
    table = pd.DataFrame({"activation": ["sigmoid", "tanh"] * 2, "norm": [9, 9, 1, 1], "radius": [0.4, 0.5, 1.0, 1.1]})
    assert spectra.spectra_in_words(table, 10, 32) == {
        "spectra_first_norm": 1, "spectra_last_norm": 9, "spectra_first": "1.000 for sigmoid and 1.100 for tanh",
        "spectra_last": "0.400 for sigmoid and 0.500 for tanh", "spectra_points": 10,
        "edges": "0.21 for sigmoid and 0.83 for tanh",
    }  # fmt: skip
