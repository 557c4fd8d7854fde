"""Where maps lead whose fixed points, cycles, basins and rates are known in closed form."""

import importlib
import math

import numpy as np
import pytest
import torch
from scipy.optimize import brentq

import sigae
from sigae.experiments.pictures import pictures
from sigae.recall import DIVERGED, UNSETTLED, contraction_rates, destinations

module = importlib.import_module("sigae.recall.destinations")  # its name at the door is a function


def column(*values):
    return torch.tensor(values, dtype=torch.float64)[:, None]


def spread(count, dim, low, high, seed=0):
    return torch.from_numpy(np.random.default_rng(seed).uniform(low, high, (count, dim)))


def test_tanh_has_a_memory_in_each_orthant():
    cues = spread(200, 2, -3, 3)
    found = destinations(lambda x: torch.tanh(2 * x), cues)
    c = brentq(lambda t: math.tanh(2 * t) - t, 0.5, 1)
    assert found.periods == [1] * 4
    torch.testing.assert_close(found.points.abs(), torch.full((4, 2), c, dtype=torch.float64), rtol=1e-9, atol=0)
    assert [orbit.radius for orbit in found.orbits] == pytest.approx([2 * (1 - c * c)] * 4, rel=1e-8)
    assert torch.all(found.points[found.which].sign() == cues.sign())
    assert sum(found.counts) == 200
    assert found.which[0] == 0  # in the order of the first cue
    at = found.nearest(torch.tensor([[c, c], [c, -c]], dtype=torch.float64), within=1e-6)
    assert at.tolist() == [{(1, 1): 0, (1, -1): 1}.get(tuple(s), -1) for s in cues.sign().int().tolist()]


def test_what_stays_on_a_saddle_is_told_apart_from_an_attractor():
    found = destinations(lambda x: torch.tanh(2 * x), torch.tensor([[1.0, 0.0], [0.0, 0.0], [2.0, 1e-8]]).double())
    assert [orbit.radius < 1 for orbit in found.orbits] == [False, False, True]
    assert found.which.tolist() == [0, 1, 2]
    assert found.points[0, 1] == 0


@pytest.mark.parametrize("shrink", [0.5, 0.9, 0.97])
def test_a_spiral_ends_at_its_centre_at_the_rate_of_its_radius(shrink):
    turn = torch.tensor([[math.cos(1), -math.sin(1)], [math.sin(1), math.cos(1)]], dtype=torch.float64)
    centre = torch.tensor([3.0, -1.0], dtype=torch.float64)
    cues = spread(20, 2, -5, 5)
    found = destinations(lambda x: centre + shrink * (x - centre) @ turn.mT, cues)
    assert found.counts == [20]
    torch.testing.assert_close(found.points[0], centre, rtol=1e-9, atol=1e-9)
    assert found.orbits[0].radius == pytest.approx(shrink, rel=1e-9)
    rates = contraction_rates(lambda x: centre + shrink * (x - centre) @ turn.mT, centre.expand(20, 2), cues, steps=900)
    assert rates.tolist() == pytest.approx([shrink] * 20, rel=1e-7)  # rounding, at 1e-9 of the way


def test_the_slowest_direction_sets_the_rate():
    slopes = torch.tensor([0.9, -0.5, 0.2], dtype=torch.float64)
    rates = contraction_rates(lambda x: slopes * x, torch.zeros(5, 3).double(), spread(5, 3, 1, 2), steps=300)
    assert rates.tolist() == pytest.approx([0.9] * 5, rel=1e-6)
    assert contraction_rates(lambda x: 0 * x, torch.zeros(1, 3).double(), spread(1, 3, 1, 2)).isnan().all()


def logistic(a):
    return lambda x: a * x * (1 - x)


def test_the_logistic_map_has_a_cycle_of_two():
    a = 3.2
    found = destinations(logistic(a), spread(30, 1, 0.05, 0.95))
    root = math.sqrt((a - 3) * (a + 1))
    assert found.periods == [2]
    assert sorted(found.orbits[0].points.flatten().tolist()) == pytest.approx(
        [(a + 1 - root) / (2 * a), (a + 1 + root) / (2 * a)], rel=1e-9
    )
    assert found.orbits[0].radius == pytest.approx(abs(4 + 2 * a - a * a), rel=1e-7)
    assert (found.nearest(found.points, within=1.0) == -1).all()  # a cycle is no memory


@pytest.mark.parametrize("a, period", [(2.8, 1), (3.5, 4), (3.83, 3), (3.55, 8)])
def test_periods_are_the_smallest(a, period):
    found = destinations(logistic(a), spread(12, 1, 0.1, 0.9))
    assert (found.which == 0).all() and found.periods == [period]


def test_chaos_and_a_cycle_longer_than_is_looked_for_stay_unsettled():
    cues = spread(4, 1, 0.1, 0.9)
    assert (destinations(logistic(3.9), cues, steps=500).which == UNSETTLED).all()
    assert (destinations(logistic(3.55), cues, steps=500, periods=4).which == UNSETTLED).all()


def test_what_grows_without_bound_diverges_and_leaves_the_others_alone():
    found = destinations(lambda x: x**3, column(0.5, -0.9, 1.1, 40.0))  # attracts to 0 within one, flees beyond
    assert found.which.tolist() == [0, 0, DIVERGED, DIVERGED]
    assert abs(found.points[0].item()) < 1e-9
    assert (destinations(lambda x: x / 0, column(1.0)).which == DIVERGED).all()


def steps_of_basins(x):
    return x + 0.1 * torch.sin(2 * math.pi * x)  # k + 1/2 attracts all of (k, k + 1)


def test_newton_does_not_decide_where_a_cue_leads():
    # Near whole numbers the map hardly moves a cue, and Newton's step from there goes to another basin, or far away.
    whole = torch.arange(-3, 4, dtype=torch.float64)[:, None]
    cues = torch.cat([spread(300, 1, -4, 4), whole + 1e-7, whole - 0.01])
    found = destinations(steps_of_basins, cues)
    assert len(found.orbits) == 8
    torch.testing.assert_close(found.points[found.which], cues.floor() + 0.5, rtol=0, atol=1e-8)


def towards_a_root(z):
    """Half of Newton's step for z^3 = 1: three attractors of radius 1/2, whose basins have a fractal border."""
    x, y = z[..., 0], z[..., 1]
    square, cube = (x * x - y * y, 2 * x * y), (x**3 - 3 * x * y * y, 3 * x * x * y - y**3)
    p, q, size = cube[0] - 1, cube[1], 6 * (square[0] ** 2 + square[1] ** 2)
    step = ((p * square[0] + q * square[1]) / size, (q * square[0] - p * square[1]) / size)
    return torch.stack([x - step[0], y - step[1]], dim=-1)


def test_basins_with_a_fractal_border_are_those_of_plain_iteration(monkeypatch):
    cues = spread(2000, 2, -1.5, 1.5)
    z = cues[:, 0].numpy() + 1j * cues[:, 1].numpy()
    for _ in range(300):
        z = z - (z**3 - 1) / (6 * z**2)
    monkeypatch.setattr(module, "NUMBERS", 600)  # several batches, which share what is found
    found = destinations(towards_a_root, cues)
    ends = found.points[found.which].numpy()
    np.testing.assert_allclose(ends[:, 0] + 1j * ends[:, 1], z, atol=1e-7)
    assert found.periods == [1, 1, 1]
    assert [orbit.radius for orbit in found.orbits] == pytest.approx([0.5] * 3, abs=1e-6)
    assert found.steps.max() < 300 and found.steps.min() >= 0


def test_basins_of_known_volume():
    # On (0, 1) the map falls to 0 below 0.3, and rises to 1 above.
    def map(x):
        return torch.where(x < 0.3, x * x / 0.3, 1 - (1 - x) ** 2 / 0.7)

    cues = ((torch.arange(1000) + 0.5) / 1000).double()[:, None]
    found = destinations(map, cues)
    assert dict(zip(found.points.flatten().round().tolist(), found.counts, strict=True)) == {0.0: 300, 1.0: 700}


def test_networks_and_the_limit_are_maps_too():
    points = sigae.sphere_points(3, 8, norm=10.0, seed=0)
    model = sigae.Autoencoder(8, 400, seed=0)
    sigae.train(model, points, tolerance=1e-12)
    for map in (model, sigae.InfiniteWidth(points, "erf"), sigae.InfiniteWidth(points, "tanh")):
        cues = points.repeat(20, 1) + spread(60, 8, -2, 2)
        found = destinations(map, cues)
        radius = sigae.spectral_radius(sigae.jacobian(map, points))
        assert all(orbit.radius < 1 for orbit in found.orbits)
        end = sigae.iterate(map, cues, steps=2000)[-1]
        settled = found.which >= 0
        assert settled.float().mean() > 0.9
        torch.testing.assert_close(found.points[found.which[settled]], end[settled], rtol=0, atol=1e-4)
        memory = found.nearest(points, within=1e-3)
        for k in set(memory.tolist()) - {-1}:
            orbit = found.orbits[int(found.which[memory == k][0])]
            assert orbit.radius == pytest.approx(radius[k].item(), abs=1e-4)


@pytest.mark.parametrize(
    "arguments", [{"steps": 0}, {"periods": 0}, {"tolerance": 0.0}, {"escape": -1.0}, {"steps": 2.5}], ids=str
)
def test_bad_options_are_named(arguments):
    ((name, value),) = arguments.items()
    with pytest.raises(ValueError, match=f"{name} is {value}"):
        destinations(lambda x: x, column(1.0), **arguments)


def test_bad_shapes_are_named():
    with pytest.raises(ValueError, match=r"cues has shape \(3,\)"):
        destinations(lambda x: x, torch.ones(3))
    with pytest.raises(ValueError, match=r"points has shape \(2, 1\) and cues \(3, 1\)"):
        contraction_rates(lambda x: x, torch.ones(2, 1), torch.ones(3, 1))


def test_a_pattern_takes_no_cue_that_plain_iteration_takes_elsewhere():
    # At a large norm few of ten stored pictures attract from afar: the limit takes most noisy cues to others.
    patterns = pictures(10, norm=40.0)
    limit = sigae.InfiniteWidth(patterns, "erf")
    noise = torch.from_numpy(np.random.default_rng(1).standard_normal((3, *patterns.shape)))
    amounts = torch.tensor([0.1, 0.4, 1.0], dtype=torch.float64)[:, None, None]
    cues = (patterns + 40 * amounts * noise / noise.norm(dim=-1, keepdim=True)).reshape(-1, 64)
    found = destinations(limit, cues, steps=200).nearest(patterns, within=2.0)
    with torch.no_grad():
        x = cues
        for _ in range(1000):
            x = limit(x)
    distance, nearest = torch.cdist(x, patterns).min(dim=1)
    assert found.tolist() == torch.where(distance < 2.0, nearest, -1).tolist()
    assert len(set(found.tolist())) > 2  # not all to one
