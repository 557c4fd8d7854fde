import math

import pandas as pd
import pytest

from book.statistics import distance_to_limit
from tests.book.small_sweeps import rows


def test_power_laws_of_distances_are_found_again():
    widths = [100, 1000, 10_000]
    found = [("tanh", s, m, (s + 1) * m**-0.5, m ** (-0.4 - 0.2 * s)) for s in (0, 1) for m in widths]
    near = rows("activation seed width jacobian_distance radius_distance", *found)
    names = {"jacobian_distance": "Jacobian", "radius_distance": "radius"}
    measured, powers = distance_to_limit.distances(near, names), distance_to_limit.exponents(near, names)
    assert powers["exponent"].tolist() == pytest.approx([-0.5, -0.5])
    assert powers["uncertainty"].tolist() == pytest.approx([0, 12.706 * 0.1], abs=1e-4)  # Student's t of one degree
    found = distance_to_limit.exponent_statistics(powers)
    assert found["exponents"] == "-0.500 ± 0.000 for tanh" and found["radius_exponents"] == "-0.500 ± 1.271 for tanh"
    powers["uncertainty"] = [0.01, 1.271]  # the first fit is exact but for rounding
    assert distance_to_limit.exponent_statistics(powers)["half"] == "Every interval contains -1/2"
    powers["uncertainty"] = [0.1, 0.01]
    powers["exponent"] = [-0.45, -0.45]
    assert distance_to_limit.exponent_statistics(powers)["half"] == (
        "The interval does not contain -1/2 for the spectral radius with tanh; every other does"
    )
    powers["uncertainty"] = 0.01
    assert distance_to_limit.exponent_statistics(powers)["half"] == "No interval contains -1/2"
    lines = distance_to_limit.fitted(measured, distance_to_limit.exponents(near, names))
    # the logarithms' mean: sqrt(1 * 2) between the two seeds
    assert lines["value"].iloc[:3].tolist() == pytest.approx([math.sqrt(2) * m**-0.5 for m in widths])


def test_means_outside_the_band_are_counted_by_side():
    table = pd.DataFrame({"inside": [True, False, False], "mean": [1, 0, 9], "low_band": [0.5] * 3})
    assert distance_to_limit.band_sentence(table) == "Of the 3 means 2 are outside the band, 1 of them below it"
    assert distance_to_limit.band_sentence(table[:1]) == "None of the 1 means is outside the band"


def test_the_band_is_left_once():
    means = {10: [0.5, 0.55, 0.9, 0.5], 99: [0.5] * 4, 1: [2.0] * 4}
    networks = [("erf", m, norm, mean, 0, 9) for m, curve in means.items() for norm, mean in enumerate(curve, 1)]
    band = rows("activation norm mean low high", *(("erf", norm, 0.5, 0.4, 0.6) for norm in range(1, 5)))
    compared = distance_to_limit.inside_the_band(rows("activation width norm mean low high", *networks), band)
    assert compared.query("width == 10")["inside"].tolist() == [True, True, False, True]
    assert distance_to_limit.band_left(compared, ["erf"]).loc["erf"].to_dict() == {1: 0, 10: 2, 99: 4}
