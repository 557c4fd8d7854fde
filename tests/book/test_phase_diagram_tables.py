import math

import pytest

from book.statistics import phase_diagram
from tests.book.small_sweeps import rows


def test_the_border_is_interpolated_in_the_norm_s_logarithm():
    plane = rows("activation n_points dim norm radius mean_jacobian_radius", ("erf", 4, 8, 1.0, 1.2, 0.99),
                 ("erf", 4, 8, 100.0, 0.8, 0.9), ("erf", 8, 8, 1.0, 0.9, 1.01),
                 ("erf", 8, 8, 100.0, 0.8, 0.5))  # fmt: skip
    assert phase_diagram.border(plane).values.tolist() == [["erf", 0.5, pytest.approx(10.0)]]
    found = phase_diagram.plane_statistics(plane, plane.iloc[:3])
    assert (found["cells"], found["unsolved"], found["mean_cells_above"], found["sampled_cells_above"]) == (4, 1, 1, 1)
    assert (found["least_load"], found["most_load"]) == (0.5, 1.0) and math.isnan(found["lowest_border"])
    assert found["smallest_gap"] == pytest.approx(-0.01)
    assert (found["loads"], found["without_border"]) == (2, "1 for erf")


def test_the_border_is_set_beside_that_in_high_dimension():
    found = rows("activation load border", ("erf", 0.5, 10.0), ("tanh", 0.5, 10.0))
    lines = rows("activation norm critical_load", ("erf", 1.0, 0.0), ("erf", 4.0, 0.25), ("erf", 16.0, 1.0),
                 ("tanh", 1.0, 0.6), ("tanh", 2.0, 0.7))  # fmt: skip
    compared = phase_diagram.against_high_dimension(found, lines)
    assert compared["high_dimension"].iloc[0] == pytest.approx(8.0) and compared["ratio"].iloc[0] == pytest.approx(1.25)
    assert compared["ratio"].isna().tolist() == [False, True]


def test_the_edge_of_the_disc_is_at_one_load_of_erf():
    assert phase_diagram.disc_edges(["sigmoid", "tanh", "erf"]) == {"erf": pytest.approx(1 - math.pi / 4)}


def test_crowded_patterns_are_summed_up_by_draw():
    swept = rows("activation dim seed norm largest_radius", ("erf", 2, 0, 1.0, 0.9), ("erf", 2, 0, 9.0, 1.1),
                 ("erf", 2, 1, 1.0, 0.8), ("erf", 2, 1, 9.0, 1.0), ("erf", 4, 0, 1.0, 0.7))  # fmt: skip
    assert phase_diagram.crowded(swept).values.tolist() == [["erf", 2, 2, 1, 1.1, 9.0], ["erf", 4, 1, 0, 0.7, 1.0]]


def test_exponents_of_the_closing_gap():
    gaps = [("erf", 2, 10.0, 1.0), ("erf", 2, 100.0, 0.3), ("erf", 2, 1000.0, 0.03), ("tanh", 2, 100.0, -0.1),
            ("tanh", 2, 1000.0, 0.1)]  # fmt: skip
    found = phase_diagram.closing_exponents(rows("activation n_points norm gap", *gaps), [10.0, 100.0, 1000.0])
    assert found.to_dict() == {("erf", 2): pytest.approx(-1.0)}
