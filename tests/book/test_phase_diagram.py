import math

import numpy as np
import pandas as pd
import pytest
import torch

from book import figures
from book.experiments.distance_to_limit import distance_to_limit
from book.experiments.phase_diagram import approach_to_one_half, border_in_high_dimension, crowded_limit, limit_radius
from book.statistics import phase_diagram as tables
from sigae.autoencoder import Autoencoder
from sigae.infinite_width import InfiniteWidth, critical_load, large_norm_coefficient
from sigae.jacobians import jacobian, spectral_radius
from sigae.patterns import sphere_points
from sigae.training import train
from tests.book.small_sweeps import rows
from tests.sigae.gaussian_reference import DERIVATIVES, expectation

ACTIVATIONS = ["sigmoid", "tanh", "erf"]


def test_distance_is_that_of_the_trained_network():
    condition = {"width": 400, "norm": 3.0, "seed": 2, "n_points": 2, "dim": 4, "activation": "tanh"}
    record = distance_to_limit(**condition)
    points = sphere_points(2, 4, norm=3.0, seed=2)
    model = Autoencoder(4, 400, activation="tanh", seed=2)
    f0, J0 = model(points).detach(), jacobian(model, points)
    train(model, points, progress=False)
    J = jacobian(model, points)
    assert record["converged"]
    torch.testing.assert_close(record["radii"], spectral_radius(J), rtol=1e-10, atol=0)
    assert record["radius_mean"] == pytest.approx(spectral_radius(J).mean().item(), rel=1e-10)
    # the foretold Jacobian by solving with the kernel itself; its gradient from finite differences of the kernel
    limit = InfiniteWidth(points, activation="tanh")
    h, distances = 1e-5, []
    for x, start, end in zip(points, J0, J, strict=True):
        steps = h * torch.eye(4, dtype=torch.float64)
        gradient = torch.stack([cross_kernel(points, x + e) - cross_kernel(points, x - e) for e in steps], dim=1) / (
            2 * h
        )
        foretold = start + (points - f0).T @ torch.linalg.solve(limit.ntk, gradient)
        distances.append(torch.linalg.norm(end - foretold) / torch.linalg.norm(foretold))
    assert record["jacobian_distance"] == pytest.approx(torch.stack(distances).mean().item(), rel=1e-6)


def cross_kernel(points, x):
    """Theta(X, x) for tanh, by another quadrature."""
    f, df = DERIVATIVES["tanh"][:2]
    moments = [[float(a @ b) / len(x) for a, b in ((p, p), (p, x), (x, x))] for p in points]
    return torch.tensor(
        [expectation(f, f, *pcq) + pcq[1] * expectation(df, df, *pcq) for pcq in moments], dtype=torch.float64
    )


def test_radius_of_mean_and_samples():
    record = limit_radius(n_points=3, norm=4.0, seed=1, dim=5, activation="erf", points_seen=2, samples=3)
    points = sphere_points(3, 5, norm=4.0, seed=1)
    limit = InfiniteWidth(points, activation="erf")
    mean = max(spectral_radius(limit.mean_jacobian(x)).item() for x in points)
    assert record["mean_jacobian_radius"] == pytest.approx(mean, rel=1e-12)
    sampled = [spectral_radius(limit.sample_jacobians(x, samples=3, seed=1)) for x in points[:2]]
    assert record["radius"] == pytest.approx(torch.cat(sampled).mean().item(), rel=1e-12)
    assert record["condition_number"] == limit.condition_number


@pytest.mark.parametrize(
    ("activation", "dim", "load", "norm"), [("erf", 16, 4, 3.0), ("erf", 2, 2, 50.0), ("sigmoid", 2, 2, 50.0)]
)
def test_the_mean_network_can_have_patterns_that_are_no_attractors(activation, dim, load, norm):
    radii = [
        crowded_limit(load=load, norm=norm, seed=s, dim=dim, activation=activation)["largest_radius"] for s in range(40)
    ]
    worst = int(np.argmax(radii))
    assert radii[worst] > 1.005
    # the same by differences of the map
    points = sphere_points(load * dim, dim, norm=norm, seed=worst)
    limit = InfiniteWidth(points, activation=activation)
    h = 1e-5 * norm * torch.eye(dim, dtype=torch.float64)
    central = [((limit(x + h) - limit(x - h)) / (2e-5 * norm)).mT for x in points]
    assert spectral_radius(torch.stack(central)).max().item() == pytest.approx(radii[worst], rel=1e-3)


def test_the_border_in_high_dimension_is_that_of_the_variance():
    found = border_in_high_dimension(norm=6.0, dim=9, activation="tanh")
    assert found == {"critical_load": critical_load(torch.tensor(4.0), activation="tanh").item()}


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_gap_comes_to_its_leading_term(activation):
    near, far = (
        approach_to_one_half(n_points=4, norm=norm, seed=0, dim=6, activation=activation) for norm in (1e3, 1e4)
    )
    assert near["leading"] == pytest.approx(10 * far["leading"])
    assert far["gap"] == pytest.approx(far["leading"], rel=0.02)
    assert abs(far["gap"] - far["leading"]) < abs(near["gap"] - near["leading"]) / 50


def test_coefficient_of_a_single_pattern():
    # (phi(0)^2 + gamma^2) sqrt(d) / (2 lambda) with lambda = 4 / (3 sqrt(2 pi)) for tanh
    found = large_norm_coefficient(sphere_points(1, 9), activation="tanh")
    assert found.item() == pytest.approx(3 / 2 * 3 / 4 * math.sqrt(2 * math.pi))


def test_phase_diagram_has_a_panel_for_each_quantity_and_activation():
    table = pd.DataFrame(
        [
            {"activation": a, "norm": r, "n_points": n, "dim": 4, "one": n / r, "two": None if n == 1 else r / n}
            for a in ("sigmoid", "erf")
            for r in (1.0, 2.0, 4.0)
            for n in (1, 2, 3)
        ]
    ).astype({"two": float})
    figure = figures.phase_diagram(table, {"one": "first", "two": "second"}, levels=[0.2, 0.6, 1.0, 1.5, 2.0])
    panels = figure.axes[:4]
    assert [ax.get_title() for ax in panels[:2]] == ["sigmoid", "erf"]
    assert panels[0].get_ylabel().startswith("first")
    assert panels[2].get_xlabel()
    assert all(ax.get_xscale() == ax.get_yscale() == "log" for ax in panels)
    assert len(figure.axes) == 5  # and the scale of colours
    borders = pd.DataFrame({"activation": "erf", "norm": [1.0, 2.0, 9.0], "critical_load": [0.0, 0.3, 7.0]})
    other = figures.phase_diagram(
        table, {"one": "first", "two": "second"}, levels=[0.2, 0.6, 1.0, 2.0], borders=borders, edges={"erf": 0.4}
    )
    drawn = [[x for x in (line.get_xydata().tolist() for line in ax.lines) if x] for ax in other.axes[:4]]
    assert drawn[:3] == [[], [], []]
    assert drawn[3][1:] == [[[2.0, 0.3], [9.0, 7.0]], [[1.0, 0.4]]]
    assert other.axes[3].get_ylim() == panels[3].get_ylim()


def test_power_laws_show_every_value_and_line():
    table = pd.DataFrame(
        {"m": [1, 10] * 2, "what": ["a", "a", "b", "b"], "activation": "tanh", "mean": [1.0, 0.1, 2.0, 0.2]}
    ).assign(low=lambda t: t["mean"] * 0.9, high=lambda t: t["mean"] * 1.2)
    figure = figures.power_laws(
        table,
        table.assign(value=lambda t: 1 / t["m"]),
        x="m",
        panel_by="what",
        colour_by="activation",
        x_label="width",
        y_label="distance",
        line_label="law",
        panel_titles={"a": "first"},
    )
    assert [ax.get_title() for ax in figure.axes] == ["first", "b"]
    assert all(ax.get_xscale() == ax.get_yscale() == "log" for ax in figure.axes)
    markers, line = figure.axes[1].lines[0], figure.axes[1].lines[-2]
    assert list(markers.get_ydata()) == [2.0, 0.2]
    assert list(line.get_ydata()) == [1.0, 0.1]


def test_the_border_is_interpolated_in_the_norm_s_logarithm():
    plane = rows("activation n_points dim norm radius mean_jacobian_radius", ("erf", 4, 8, 1.0, 1.2, 0.99),
                 ("erf", 4, 8, 100.0, 0.8, 0.9), ("erf", 8, 8, 1.0, 0.9, 1.01),
                 ("erf", 8, 8, 100.0, 0.8, 0.5))  # fmt: skip
    assert tables.border(plane).values.tolist() == [["erf", 0.5, pytest.approx(10.0)]]
    found = tables.plane_statistics(plane, plane.iloc[:3])
    assert (found["cells"], found["unsolved"], found["mean_cells_above"], found["sampled_cells_above"]) == (4, 1, 1, 1)
    assert (found["least_load"], found["most_load"]) == (0.5, 1.0) and math.isnan(found["lowest_border"])
    assert found["smallest_gap"] == pytest.approx(-0.01)
    # of a cell that was not solved nothing is known
    assert (found["loads"], found["without_border"]) == (2, "none for erf")
    assert tables.plane_statistics(plane, plane)["without_border"] == "1 for erf"


def test_the_border_is_set_beside_that_in_high_dimension():
    found = rows("activation load border", ("erf", 0.5, 10.0), ("tanh", 0.5, 10.0))
    lines = rows("activation norm critical_load", ("erf", 1.0, 0.0), ("erf", 4.0, 0.25), ("erf", 16.0, 1.0),
                 ("tanh", 1.0, 0.6), ("tanh", 2.0, 0.7))  # fmt: skip
    compared = tables.against_high_dimension(found, lines)
    assert compared["high_dimension"].iloc[0] == pytest.approx(8.0) and compared["ratio"].iloc[0] == pytest.approx(1.25)
    assert compared["ratio"].isna().tolist() == [False, True]


def test_the_edge_of_the_disc_is_at_one_load_of_erf():
    assert tables.disc_edges(["sigmoid", "tanh", "erf"]) == {"erf": pytest.approx(1 - math.pi / 4)}


def test_crowded_patterns_are_summed_up_by_draw():
    swept = rows("activation dim seed norm largest_radius", ("erf", 2, 0, 1.0, 0.9), ("erf", 2, 0, 9.0, 1.1),
                 ("erf", 2, 1, 1.0, 0.8), ("erf", 2, 1, 9.0, 1.0), ("erf", 4, 0, 1.0, 0.7))  # fmt: skip
    assert tables.crowded(swept).values.tolist() == [["erf", 2, 2, 1, 1.1, 9.0], ["erf", 4, 1, 0, 0.7, 1.0]]


def test_exponents_of_the_closing_gap():
    gaps = [("erf", 2, 10.0, 1.0), ("erf", 2, 100.0, 0.3), ("erf", 2, 1000.0, 0.03), ("tanh", 2, 100.0, -0.1),
            ("tanh", 2, 1000.0, 0.1)]  # fmt: skip
    found = tables.closing_exponents(rows("activation n_points norm gap", *gaps), [10.0, 100.0, 1000.0])
    assert found.to_dict() == {("erf", 2): pytest.approx(-1.0)}
