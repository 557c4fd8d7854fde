"""The map far below the memories' norm and the basins near a ray, against the limit itself and between methods."""

import math

import pytest
import torch

import sigae
from sigae.infinite_width import core_map, recalled_near_ray, return_factors
from sigae.patterns import normal_draws

DIM = 12


def patterns(n, dim=DIM, alike=0.0):
    """Directions that share a part."""
    common = torch.zeros(dim, dtype=torch.float64)
    common[0] = alike
    return torch.nn.functional.normalize(sigae.sphere_points(n, dim, norm=1.0, seed=3) + common, dim=1)


def places(directions):
    """Points near the origin, far away, and near a memory's ray."""
    others, ray = sigae.sphere_points(4, DIM, norm=1.0, seed=5), directions[:1]
    return torch.cat([off * others + along * ray for off, along in ((0.5, 0), (3, 0), (0.3, 5), (0.01, 1))])


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "erf"])
def test_the_limit_tends_to_it_like_one_over_the_norm(activation):
    directions = patterns(5)
    w, F, cue = places(directions), core_map(directions, activation=activation), sigae.sphere_points(1, DIM, seed=11)
    expected, gaps = torch.cat([F(w), F(1e12 * cue)]), []  # a cue of the memories' norm forgets it
    for r in (1e5, 1e6):
        limit = sigae.InfiniteWidth(r * directions, activation=activation)
        gaps.append((limit(torch.cat([math.sqrt(DIM) * w, r * cue])) / math.sqrt(DIM) - expected).abs().max().item())
    assert gaps[0] / gaps[1] == pytest.approx(10, rel=0.01)
    assert gaps[1] < 1e-3


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "erf"])
def test_closed_forms_agree_with_quadrature(name):
    directions = patterns(5)
    w = torch.cat([places(directions), 1e4 * places(directions), torch.zeros(1, DIM, dtype=torch.float64)])
    closed, found = (core_map(directions, activation=of)(w) for of in (name, getattr(torch, name)))
    assert torch.allclose(closed, found, rtol=1e-11, atol=1e-11)
    closed, found = (return_factors(directions, activation=of) for of in (name, getattr(torch, name)))
    assert torch.allclose(closed, found, rtol=1e-12)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "erf"])
def test_far_out_along_a_ray_it_multiplies_by_the_return_factor(activation):
    directions, far = patterns(5), 1e4
    F = core_map(directions, activation=activation)
    for x, factor in zip(directions, return_factors(directions, activation=activation), strict=True):
        end = F(far * x)
        J = torch.func.jacrev(F)(far * x + end - (end @ x) * x)
        assert (x @ J @ x).item() == pytest.approx(factor.item(), abs=1e-3)  # corrections of order 1 / far


@pytest.mark.parametrize("activation, alone", [("sigmoid", 1.5), ("tanh", 1.5), ("erf", math.sqrt(2))])
def test_a_memory_alone_is_always_regained(activation, alone):
    assert return_factors(patterns(1), activation=activation).item() == pytest.approx(alone, rel=1e-10)


@pytest.mark.parametrize("n, alike", [(2, 0.0), (16, 0.0), (10, 2.0)])
def test_basins_near_a_ray_are_those_of_the_limit(n, alike):
    directions, dim, r, count = patterns(n, 64, alike), 64, 1e6, 100
    factors = return_factors(directions, activation="erf")
    i, lost = int(factors.argmin()), max(0.0, 1 - factors.min().item() ** 2)
    along = 2 * torch.rand(count, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    across = along.flip(0) / max(lost, 0.3)
    z = normal_draws((count, dim), stream=3, seed=1)
    z = torch.nn.functional.normalize(z - (z @ directions[i])[:, None] * directions[i], dim=1)
    cues = along[:, None] * r * directions[i] + math.sqrt(dim) * across[:, None] * z
    ends = sigae.iterate(sigae.InfiniteWidth(r * directions, activation="erf"), cues, steps=100)[-1]
    found = (ends - r * directions[i]).norm(dim=1) < 0.05 * r
    assert (recalled_near_ray(along, across, factors[i]) == found).all()
    assert found.all() == (n == 2)  # alone with one other, a memory is always regained
    # where the factor is small enough, cues of too large a norm are lost, too
    assert found[(along > 1.5) & (across < 0.5)].any() == (alike == 0.0)


@pytest.mark.parametrize("load", [0.05, 0.3])
def test_return_factors_of_many_random_patterns_are_given_by_their_load(load):
    dim = 800
    factors = return_factors(sigae.sphere_points(round(load * dim), dim, norm=1.0, seed=1), activation="erf")
    # the mean squared cosine scatters by sqrt(2) / n about 1 / d
    assert factors.mean().item() == pytest.approx(math.sqrt(2 / (1 + 8 * load)), rel=0.02)
