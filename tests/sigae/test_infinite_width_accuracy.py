"""How many digits the limit has: against closed forms in 60 to 120 digits, and Gauss-Legendre panels."""

import functools
import math

import mpmath
import numpy as np
import pytest
import torch

from sigae.infinite_width import InfiniteWidth
from sigae.patterns import normal_draws, sphere_points
from tests.sigae.gaussian_reference import DERIVATIVES, expectation

PROMISE = 1e-14  # of the docstring, times the condition number and 1 + r / sqrt(d)


def tensor(*rows):
    return torch.tensor(rows, dtype=torch.float64)


def relative(found, wanted):
    return ((found - torch.as_tensor(wanted)).abs().max() / np.abs(wanted).max()).item()


# ------------------------------------------------------------------ the reference


def kolmogorov_density(k):
    """The alternating series, in sixty digits."""
    return 8 * k * mpmath.nsum(lambda j: (-1) ** (int(j) - 1) * j * j * mpmath.exp(-2 * j * j * k * k), [1, 80])


@functools.cache
def erfs(activation):
    """Constant, weights and scales of the erfs that an activation is, on a finer lattice than the package's."""
    if activation == "erf":
        return 0, [(mpmath.mpf(1), mpmath.mpf(1))]
    if activation == "sigmoid":  # 1/2 + tanh(z / 2) / 2
        return mpmath.mpf(1) / 2, [(w / 2, b / 2) for w, b in erfs("tanh")[1]]
    h = mpmath.mpf(2) / 25
    nodes = [mpmath.exp(h * j) for j in range(-25, 21)]  # where the density is above 1e-22 of its largest
    return 0, [(h * k * kolmogorov_density(k), 1 / (mpmath.sqrt(2) * k)) for k in nodes]


def test_the_erfs_of_the_reference_make_up_tanh():
    with mpmath.workdps(60):
        for z in (0.01, 0.7, 3.0, 12.0):
            found = mpmath.fsum(w * mpmath.erf(b * z) for w, b in erfs("tanh")[1])
            assert abs(found - mpmath.tanh(z)) < 1e-20


def through_layer(activation, p, c, q):
    """E[phi phi] by Williams' arcsine, and its derivative by the covariance."""
    constant, terms = erfs(activation)
    value = slope = mpmath.mpf(0)
    for w, b in terms:
        of_u, two_bc = 1 + 2 * b * b * p, 2 * b * c
        for v, s in terms:
            D, cross = of_u * (1 + 2 * s * s * q), two_bc * s
            value += w * v * mpmath.asin(cross / mpmath.sqrt(D))
            slope += w * v * b * s / mpmath.sqrt(D - cross * cross)
    return constant**2 + 2 / mpmath.pi * value, 4 / mpmath.pi * slope


def tangent_kernel(activation, depth, x, y):
    """Theta of two lists of numbers, layer by layer."""
    p, c, q = (mpmath.fdot(a, b) / len(x) for a, b in ((x, x), (x, y), (y, y)))
    Theta = c
    for layer in range(depth - 1):
        S, slope = through_layer(activation, p, c, q)
        Theta = S + Theta * slope
        if layer < depth - 2:
            p, c, q = through_layer(activation, p, p, p)[0], S, through_layer(activation, q, q, q)[0]
    return Theta


def exact_jacobian(activation, X, x, digits=60, depth=2):
    """X^T Theta^-1 d_x Theta in many digits, the gradient by central differences."""
    with mpmath.workdps(digits):
        kernel = functools.partial(tangent_kernel, activation, depth)
        n, d = X.shape
        rows = [[mpmath.mpf(v) for v in row] for row in X.tolist()]
        x = [mpmath.mpf(v) for v in x.tolist()]
        scale, h = mpmath.norm(x), mpmath.mpf(10) ** -(digits // 4)
        Theta = mpmath.matrix(n, n)
        for i in range(n):
            for j in range(i, n):
                Theta[i, j] = Theta[j, i] = kernel(rows[i], rows[j])
        gradient = mpmath.matrix(n, d)
        for b in range(d):
            up, down = ([v + sign * h * scale * (k == b) for k, v in enumerate(x)] for sign in (1, -1))
            for i in range(n):
                gradient[i, b] = (kernel(rows[i], up) - kernel(rows[i], down)) / (2 * h * scale)
        return np.array((mpmath.matrix(rows).T * (mpmath.inverse(Theta) * gradient)).tolist(), dtype=float)


def error(activation, X, x):
    """Relative error of the mean Jacobian at x, and the limit."""
    limit = InfiniteWidth(X, activation=activation)
    return relative(limit.mean_jacobian(x), exact_jacobian(activation, X, x)), limit


def of_promise(activation, X, x, digits=120, depth=2):
    """Error of the mean Jacobian at x over what is promised; at large norms sixty digits are not enough."""
    limit, exact = InfiniteWidth(X, activation=activation, depth=depth), exact_jacobian(activation, X, x, digits, depth)
    error = np.abs(limit.mean_jacobian(x).numpy() - exact).max() / max(1, np.abs(exact).max())
    largest = max(X.norm(dim=1).max().item(), x.norm().item())
    return error / (PROMISE * limit.condition_number * (1 + largest / math.sqrt(len(x))))


# ------------------------------------------------------------------ patterns of one norm


@pytest.mark.parametrize("norm", [0.01, 30.0, 300.0])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "erf"])
def test_one_pattern_and_two_at_every_norm(activation, norm):
    for n in (1, 2):
        points = sphere_points(n, 2, norm=norm, seed=n)
        found, limit = error(activation, points, points[0])
        assert limit.condition_number < 100
        assert found < PROMISE * limit.condition_number


def test_as_many_patterns_as_dimensions_at_a_small_norm():
    # random directions alone make a condition number beyond 1e4 for about half of the seeds
    conditions = [
        InfiniteWidth(sphere_points(32, 32, norm=0.01, seed=s), activation="erf").condition_number for s in range(40)
    ]
    assert 8 <= sum(c > 1e4 for c in conditions) <= 32
    seed = int(np.argmax(conditions))
    points = sphere_points(32, 32, norm=0.01, seed=seed)
    found, limit = error("erf", points, points[0])
    assert found < PROMISE * limit.condition_number


# ------------------------------------------------------------------ any norms


@pytest.mark.parametrize("norm", [300.0, 1e3, 1e6, 1e12])
def test_a_pattern_and_points_on_its_ray(norm):
    for dim in (1, 2, 3):
        points = sphere_points(1, dim, norm=norm, seed=dim)
        for scale in (0.3, 0.5, 0.7123, 1.9, -0.37):
            assert of_promise("erf", points, scale * points[0]) < 0.1


@pytest.mark.parametrize("seed", range(6))
def test_any_patterns_at_any_point(seed):
    # norms from 1e-3 to 1e8, one or several in a draw; directions at random, or within an angle down to 1e-8
    random, worst, refused = np.random.default_rng(seed), 0.0, 0
    for draw in range(40):
        count, dim = random.integers(1, 5), random.integers(1, 5)
        V = random.standard_normal(dim) + 10 ** random.uniform(-8, 3) * random.standard_normal((count + 1, dim))
        norms = 10 ** (random.uniform(-3, 7) + random.choice([0, 1]) * random.uniform(-1, 1, count + 1))
        V = torch.from_numpy(V * (norms / np.linalg.norm(V, axis=1))[:, None])
        for x in (V[-1], V[0], 10 ** random.uniform(-2, 1) * V[0]):
            try:
                worst = max(worst, of_promise("erf", V[:-1], x, depth=(2, 2, 3, 4)[draw % 4]))
            except ValueError as error:
                assert "singular to working precision" in str(error) or "equal" in str(error)
                refused += 1
    assert worst < 1 and refused < 60


def test_sigmoids_patterns_that_all_but_coincide():
    # what tells them apart is a difference of kernels, and of their digits: it is returned as promised, or refused
    pair = lambda angle: 3 * tensor([1.0, 0.0], [math.cos(angle), math.sin(angle)])  # noqa: E731
    for angle in (1e-5, 1e-2):
        assert of_promise("sigmoid", pair(angle), pair(angle)[0], 60) < 1
    random = torch.from_numpy(np.random.default_rng(1).standard_normal((3, 2)))
    for points in (
        pair(1e-8),
        pair(1e-7),
        tensor([3.0, 4.0, 0.0], [3.0, 4.0, 1e-7]),
        tensor([1.0, 2.0]) + 1e-6 * random,
    ):
        with pytest.raises(ValueError, match="singular to working precision"):
            InfiniteWidth(points)


@pytest.mark.parametrize(("activation", "norm"), [("sigmoid", 40.0), ("tanh", 300.0)])
def test_agrees_with_panels_in_many_dimensions(activation, norm):
    # the same formula on Gauss-Legendre expectations, good to 1e-12, with cancellation of the gradient's terms
    d, points = 32, sphere_points(2, 32, norm=norm, seed=2)
    f = DERIVATIVES[activation]
    E = lambda a, b, x, y: expectation(f[a], f[b], *(float(u @ v) / d for u, v in ((x, x), (x, y), (y, y))))  # noqa: E731
    X, x = points.numpy(), points[0].numpy()
    Theta = np.array([[E(0, 0, a, b) + a @ b / d * E(1, 1, a, b) for b in X] for a in X])
    toward = [2 * E(1, 1, a, x) + a @ x / d * E(2, 2, a, x) for a in X]
    along = [E(0, 2, a, x) + a @ x / d * E(1, 3, a, x) for a in X]
    gradient = np.array([(w * a + r * x) / d for w, r, a in zip(toward, along, X, strict=True)])
    limit = InfiniteWidth(points, activation=activation)
    assert relative(limit.ntk, Theta) < 1e-12
    assert relative(limit.mean_jacobian(points[0]), X.T @ np.linalg.solve(Theta, gradient)) < 1e-10


# ------------------------------------------------------------------ what is singular, and what is not


def among_sigmoids(case):
    """Patterns of which the constant of a network of sigmoids tells at least one from the others, and a point."""
    if case in ("opposite", "opposite at large norm"):
        norm = 0.01 if case == "opposite" else 30.0
        points = sphere_points(2, 3, norm=norm, seed=1)
        return torch.cat([points, -points[:1]]), points[0] if norm < 1 else sphere_points(1, 3, norm=norm, seed=5)[0]
    if case == "affinely independent":
        points = sphere_points(5, 4, norm=0.01, seed=3)
    else:
        points = torch.cat([sphere_points(2, 3, norm=2.0, seed=1), torch.zeros(1, 3, dtype=torch.float64)])
    return points, points[0]


@pytest.mark.parametrize("case", ["opposite", "opposite at large norm", "affinely independent", "zero"])
def test_the_sigmoid_s_constant_costs_no_digits(case):
    points, x = among_sigmoids(case)
    found, limit = error("sigmoid", points, x)
    assert limit.condition_number < (1e4 if case == "affinely independent" else 1e3)
    assert found < PROMISE * limit.condition_number
    torch.testing.assert_close(limit(points), points, rtol=0, atol=1e-11 * points.norm(dim=1).max().item())


def test_what_needs_curvature_is_refused_at_small_norms():
    for points, activation in (
        (sphere_points(6, 4, norm=0.001, seed=3), "sigmoid"),
        (sphere_points(5, 4, norm=0.001, seed=3), "erf"),  # which has no constant
    ):
        with pytest.raises(ValueError, match="condition number"):
            InfiniteWidth(points, activation=activation)


def with_opposites(count, zero=False):
    points = sphere_points(3, 4, norm=3.0, seed=1)
    rest = torch.zeros(1, 4, dtype=torch.float64) if zero else points[:0]
    return torch.cat([points, -points[:count], rest])


@pytest.mark.parametrize(
    ("activation", "opposites", "zero", "refused"),
    [("sigmoid", 0, True, False), ("sigmoid", 1, False, False), ("sigmoid", 1, True, True), ("sigmoid", 2, False, True)]
    + [(odd, *case) for odd in ("tanh", "erf") for case in ((0, False, False), (0, True, True), (1, False, True))],
)
def test_what_is_refused_is_what_is_singular(activation, opposites, zero, refused):
    points = with_opposites(opposites, zero)
    rank = np.linalg.matrix_rank(network_features(activation, points), rtol=1e-6)
    assert (rank < len(points)) == refused
    if refused:
        with pytest.raises(ValueError, match="condition number.*or its opposite"):
            InfiniteWidth(points, activation=activation)
    else:
        assert InfiniteWidth(points, activation=activation).condition_number < 1e4


def network_features(activation, points):
    """What 5000 hidden units make of the points: of lower rank where all networks tie their outputs together."""
    W = normal_draws((points.shape[1], 5000), stream=9, seed=2)
    return DERIVATIVES[activation][0]((points @ W / math.sqrt(points.shape[1])).numpy())


@pytest.mark.parametrize(("dim", "norm"), [(2, 30.0), (2, 300.0), (32, 300.0)])
def test_a_table_adds_no_more_than_the_rounding_of_cosines(dim, norm):
    limit = InfiniteWidth(sphere_points(5, dim, norm=norm), activation="tanh")
    cues = limit.points.repeat(100, 1)  # cosines of one
    table = limit.for_iteration(cues, 50)
    assert table is not limit
    allowed = 1e-12 + 1e-15 * norm**2 / dim
    assert (table(cues) - limit(cues)).abs().max() < allowed * norm * limit.condition_number
