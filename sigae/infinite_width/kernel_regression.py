"""Kernel regression with the kernels of a network of infinite width: its fit, its mean and its covariance."""

import math
from collections import deque
from collections.abc import Callable, Iterator

import torch
from torch import Tensor
from torch.nn.functional import pad

from sigae.activations import ActivationLike, get_activation
from sigae.checks import (
    check_finite,
    check_floats,
    check_memory,
    check_points,
    check_positive,
    check_range,
    check_targets,
    check_whole,
)
from sigae.infinite_width.chebyshev import TabulatedLimits
from sigae.infinite_width.gaussian_expectations import kernel_expectations, quadrature_error
from sigae.infinite_width.layer import Layer, LayerInputs
from sigae.infinite_width.pairs import PairMoments, pair_moments
from sigae.infinite_width.system import KernelSystem

__all__ = ["KernelRegression"]

MANY, WORTH = 10_000, 5  # kernels, and erfs of which each is a sum, from which on a table pays
KERNEL_COPIES = 14  # peak memory of making the kernels, over that of one of them
PAIRS_AT_A_TIME = 2**20  # of points asked about and patterns, so that many points need little memory
QUADRATURE_ERROR = 1e-9  # relative, from which on an activation counts as too steep


class KernelRegression:
    """The fit and the map of :class:`sigae.InfiniteWidth`, which documents arguments, attributes and accuracy."""

    @torch.inference_mode(False)
    @torch.no_grad()
    def __init__(
        self,
        points: Tensor,
        targets: Tensor | None = None,
        *,
        activation: ActivationLike = "sigmoid",
        depth: int = 2,
        bias: float = 0.0,
    ) -> None:
        X = check_floats("points", points).detach().to(torch.float64, copy=True)
        self.points = check_points(X)
        Y = None if targets is None else check_floats("targets", targets).detach().to(torch.float64, copy=True)
        self.targets = check_targets(Y, X)
        self.activation = get_activation(activation)
        self.depth = check_whole("depth", depth, minimum=2)
        self.bias = check_positive("bias", bias, or_zero=True)
        n, self.dim = X.shape
        self._offset = self.activation.centre**2  # phi(0)^2, or 0
        self._constant = self._offset + self.bias**2  # what deeper layers are given besides

        check_memory(f"making the kernels of {n} points", KERNEL_COPIES * n * n * X.itemsize, "take fewer points")
        error = quadrature_error(self.activation, X.square().sum(dim=1).max().item() / self.dim + self.bias**2)
        if not error < QUADRATURE_ERROR:
            raise ValueError(
                f"activation {self.activation.name} is too steep for quadrature, whose error is about {error:.1g} at "
                "these norms: take smaller norms, or a smoother function."
            )
        i, j = torch.triu_indices(n, n, device=X.device)
        moments = self._moments(X, X)
        self._own = self._variances(moments.q)
        S, Theta = X.new_empty(n, n), X.new_empty(n, n)
        S[i, j], Theta[i, j] = self._recursion(
            [v[i] for v in self._own], moments.c[i, j], [v[j] for v in self._own], moments.gram_determinant[i, j]
        )
        S[j, i], Theta[j, i] = S[i, j], Theta[i, j]
        self.nngp, self.ntk = S + self._offset, Theta + self._offset

        self._system = KernelSystem(Theta, self._offset)
        self.condition_number = self._system.condition_number
        self._coefficients, self._shift = self._system.solve(self.targets)
        self._rows = max(1, PAIRS_AT_A_TIME // n)  # how many points are asked about at a time

    def __call__(self, x: Tensor) -> Tensor:
        """Map inputs (..., d) to the trained network's mean output (..., d), of the same type."""
        flat = self._check_inputs(x).reshape(-1, self.dim)
        means = [self._kernels(part, self.points)[1] @ self._coefficients for part in flat.split(self._rows)]
        return (torch.cat(means) + self._shift).reshape(x.shape).to(x.dtype)

    def kernel(self, x: Tensor, y: Tensor | None = None, *, kind: str = "ntk") -> Tensor:
        r"""Return a kernel between any points.

        Parameters
        ----------
        x, y
            Points, shapes (..., d); y is x unless given.
        kind
            ``"ntk"`` for :math:`\Theta(x, y)`, ``"nngp"`` for :math:`S(x, y)`.

        Returns
        -------
        Tensor
            The shape of x but for d, then that of y; differentiable once.

        Raises
        ------
        ValueError
            If the kind is unknown, a shape is wrong, or a value not finite.

        Examples
        --------
        >>> limit = InfiniteWidth(torch.eye(2, dtype=torch.float64), activation="erf")
        >>> print(f"{limit.kernel(torch.zeros(2), torch.ones(5, 2)).abs().max().item():.1f}")
        0.0
        """
        if kind not in ("ntk", "nngp"):
            raise ValueError(f'kind is {kind!r}: choose "ntk" or "nngp".')
        y = x if y is None else y
        flat, other = (self._check_inputs(v).reshape(-1, self.dim) for v in (x, y))
        found = self._kernels(flat, other)[kind == "ntk"] + self._offset
        return found.reshape(x.shape[:-1] + y.shape[:-1]).to(x.dtype)

    @torch.no_grad()
    def predictive_covariance(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        r"""Return the covariance that each output of the trained network has between any points.

        With :math:`B_x = \Theta(X, X)^{-1} \Theta(X, x)` (Lee et al. 2019, equation 16),

        .. math:: S(x, y) - B_x^\top S(X, y) - S(x, X) B_y + B_x^\top S(X, X) B_y

        It takes points x (k, d) and y (l, d), which is x unless given.

        Returns
        -------
        Tensor
            Shape (k, l); outputs are independent of each other.

        Raises
        ------
        ValueError
            If a shape is wrong, or a value is not finite.

        Examples
        --------
        At the patterns nothing is left to chance:

        >>> limit = InfiniteWidth(torch.eye(2, dtype=torch.float64))
        >>> print(f"{limit.predictive_covariance(limit.points).abs().max().item():.1f}")
        0.0
        """
        x, y = (self._check_inputs(v) for v in (x, x if y is None else y))
        if x.ndim != 2 or y.ndim != 2:
            raise ValueError(f"x has shape {tuple(x.shape)} and y {tuple(y.shape)}: give (k, d) and (l, d).")
        ones, unit = self._system.solve(torch.ones_like(self.points[:, :1]))
        sides = []
        for v in (x, y):
            S, Theta = self._kernels(self.points, v)
            B, shift = self._system.solve(Theta)
            # less phi(0)^2, which is added apart: here to Theta(X, v), and below to S
            sides.append((S, B + self._offset * ones, 1 - unit - shift / self._offset if self._offset else shift))
        (S_x, B_x, free_x), (S_y, B_y, free_y) = sides
        own = self._kernels(x, y)[0] + B_x.T @ (self.nngp - self._offset) @ B_y
        return own - B_x.T @ S_y - S_x.T @ B_y + self._offset * free_x[:, None] * free_y

    def for_iteration(self, cues: Tensor, steps: int) -> Callable[[Tensor], Tensor]:
        """Return a map that answers many questions sooner: what :func:`sigae.iterate` asks for.

        Returns
        -------
        Callable
            From (..., d) to (..., d): by a tabulated kernel, where ``steps`` times the cues (..., d) want more than
            10,000 kernels of patterns of one norm; else this map. The table's error is below 1e-12 of its largest
            value; rounding the cosines adds up to 1e-15 r^2 / d of it, with r the largest norm.
        """
        kernels = steps * cues.numel() // self.dim * len(self.points)
        if kernels < MANY or len((self.activation.erf_mixture or [()])[0]) < WORTH:
            return self
        tabulated = TabulatedLimits([self], cues.reshape(-1, self.dim).norm(dim=1).max().item())
        if tabulated.kernel is None:
            return self
        return lambda x: tabulated(x.reshape(1, -1, self.dim).to(self.points)).reshape(x.shape).to(x.dtype)

    def _kernels(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Return NNGP and NTK between x (k, d) and y (l, d), without their constant phi(0)^2, each (k, l)."""
        moments = self._moments(x, y)
        own = self._own if y is self.points else self._variances(moments.q)
        return self._recursion(self._variances(moments.p), moments.c, own, moments.gram_determinant)

    def _extended(self, x: Tensor) -> Tensor:
        """Append the constant that a bias multiplies, sigma_b sqrt(d): biases are the weights of one more input."""
        return pad(x, (0, 1), value=self.bias * math.sqrt(self.dim)) if self.bias else x

    def _moments(self, x: Tensor, y: Tensor) -> PairMoments:
        return pair_moments(self._extended(x), self._extended(y), self.dim)

    def _variances(self, v: Tensor) -> list[Tensor]:
        """Return K_l(x, x) for each hidden layer l, of the shape of ``v``, which is that of the first."""
        variances = [v]
        while len(variances) < self.depth - 1:
            v = variances[-1]
            variances.append(self._constant + self._through((v, v, v, torch.zeros_like(v), v))[0])
        return variances

    def _layers(self, p: list[Tensor], c: Tensor, q: list[Tensor], gram_determinant: Tensor) -> Iterator[LayerInputs]:
        """Yield what each hidden layer is given, from the inputs on, where S_1 = Theta_1 = x.x'/d."""
        # of the inputs alone the variances are large, and rounding them matters
        layer: LayerInputs = (p[0], c, q[0], gram_determinant, c)
        yield layer
        for p_l, q_l in zip(p[1:], q[1:], strict=True):
            S, Theta = (kernel + self._constant for kernel in self._through(layer))
            layer = (p_l, S, q_l, None, Theta)
            yield layer

    def _through(self, layer: LayerInputs) -> tuple[Tensor, Tensor]:
        """Return S^+ = E[phi phi] and Theta^+ = S^+ + Theta E[phi' phi'], without their constant phi(0)^2."""
        p, c, q, gram_determinant, Theta = layer
        if torch.is_grad_enabled():
            S, e11, *_ = Layer.apply(p, c, q, gram_determinant, self.activation)
        else:
            S, e11 = kernel_expectations(self.activation, p, c, q, gram_determinant)
        return S, S + Theta * e11

    def _recursion(
        self, p: list[Tensor], c: Tensor, q: list[Tensor], gram_determinant: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Carry NNGP and NTK from the inputs to the output; both come back without their constant phi(0)^2."""
        (last,) = deque(self._layers(p, c, q, gram_determinant), maxlen=1)
        return self._through(last)

    def _check_inputs(self, x: Tensor) -> Tensor:
        """Return ``x`` in float64 if it is a finite real tensor of shape (..., d)."""
        check_floats("the input", x)
        if x.shape[-1:] != (self.dim,):
            raise ValueError(f"the input has shape {tuple(x.shape)}: its last dimension must be d = {self.dim}.")
        return check_range("the input", check_finite("the input", x).to(self.points))
