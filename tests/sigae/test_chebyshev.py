"""A tabulated kernel against the kernel itself, and the map that is made with it against the limit."""

import math

import pytest
import torch

import sigae
from sigae.activations import get_activation
from sigae.infinite_width import InfiniteWidth
from sigae.infinite_width.chebyshev import ChebyshevKernel
from sigae.patterns import normal_draws


def drawn(*shape, seed=0):
    return normal_draws(shape, stream=9, seed=seed)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "erf"])
@pytest.mark.parametrize(
    ("dim", "norm", "largest"), [(32, 0.1, 1.0), (32, 1, 40.0), (2, 30.0, 30.0), (64, 80.0, 90.0), (32, 100.0, 110.0)]
)
def test_the_table_is_the_kernel_to_rounding(activation, dim, norm, largest):
    table = ChebyshevKernel(get_activation(activation), dim, norm, largest)
    assert table.error < 1e-13
    r = largest * drawn(200).abs().clamp_max(1)
    cosine = torch.cat([torch.tanh(drawn(200, 4)), torch.tensor([[1.0, -1.0, 0.0, 1 - 1e-9]]).expand(200, 4)], dim=1)
    exact = table.exact(r[:, None], cosine)
    assert (table(r, cosine) - exact).abs().max() < 1e-12 * exact.abs().max()


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
@pytest.mark.parametrize("norm", [10.0, 100.0])
def test_iterating_a_table_is_iterating_the_limit(activation, norm):
    limit = InfiniteWidth(sigae.sphere_points(20, 16, norm=norm), activation=activation)
    cues = limit.points + drawn(20, 16)
    map = limit.for_iteration(cues, 50)
    assert map is not limit
    # one application: what follows may be unstable
    torch.testing.assert_close(map(cues), limit(cues), rtol=0, atol=1e-12 * norm * limit.condition_number)
    exact = cues
    for _ in range(50):
        exact = limit(exact)
    path = sigae.iterate(limit, cues, steps=50)
    assert (path[-1] - exact).norm(dim=1).max() < 1e-8 * norm


def test_where_the_table_does_not_reach_the_limit_itself_answers():
    limit = InfiniteWidth(sigae.sphere_points(5, 8, norm=20.0), activation="tanh")
    map = limit.for_iteration(limit.points.repeat(100, 1), 50)
    far = torch.stack([1e3 * limit.points[0], limit.points[1], torch.zeros(8, dtype=torch.float64)])
    torch.testing.assert_close(map(far), limit(far), rtol=1e-10, atol=1e-10)
    assert map(far.to(torch.float32)).dtype == torch.float32
    assert map(far[None]).shape == (1, 3, 8)
    torch.testing.assert_close(map(far[:1]), limit(far[:1]), rtol=1e-10, atol=1e-10)  # none inside
    assert map(far[:0]).shape == (0, 8)
    far[1, 2] = math.nan
    with pytest.raises(ValueError, match="not finite"):
        map(far)


@pytest.mark.parametrize(
    ("limit", "steps"),
    [
        (lambda: InfiniteWidth(sigae.sphere_points(5, 8, norm=20.0)), 2),  # few
        (lambda: InfiniteWidth(sigae.sphere_points(5, 8, norm=20.0), depth=3), 10_000),
        (lambda: InfiniteWidth(sigae.sphere_points(5, 8, norm=20.0), activation="erf"), 10_000),  # quicker as it is
        (lambda: InfiniteWidth(drawn(5, 8)), 10_000),  # of several norms
        (lambda: InfiniteWidth(sigae.sphere_points(5, 8), activation=torch.tanh), 10_000),  # not known as a sum of erfs
    ],
)
def test_where_no_table_pays_or_is_possible_the_map_stays_as_it_is(limit, steps):
    map = limit()
    assert map.for_iteration(map.points, steps) is map
