"""The autoencoder of infinite width: its kernels, the trained network's mean, and the law of its Jacobian."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from sigae.activations import ActivationLike, get_activation
from sigae.checks import check_floats, check_memory, check_points, check_range, check_square, check_whole
from sigae.infinite_width.chebyshev import ChebyshevMap, chebyshev_kernel
from sigae.infinite_width.gaussian_expectations import (
    KernelGradients,
    gradient_variances,
    kernel_expectations,
    kernel_gradients,
    quadrature_error,
)
from sigae.infinite_width.layer import Layer, NotDifferentiated
from sigae.infinite_width.pairs import PairMoments, orthogonal_part, pair_moments
from sigae.infinite_width.system import KernelSystem
from sigae.patterns import LIMIT_STREAM, normal_draws

__all__ = ["InfiniteWidth"]

VMAP = "the limit cannot be mapped by torch.func.vmap: it takes points of any shape (..., d) as they are."

MANY = 10_000  # kernels from which on a table pays
KERNEL_COPIES = 14  # peak memory of making the kernels, over that of one of them
PAIRS_AT_A_TIME = 2**20  # of points asked about and patterns, so that many points need little memory
QUADRATURE_ERROR = 1e-9  # relative, from which on an activation counts as too steep


class InfiniteWidth:
    r"""The limit m -> infinity of :class:`sigae.Autoencoder`, trained by gradient flow to zero loss.

    With :math:`u` and :math:`v` jointly Gaussian of mean zero, variances :math:`|x|^2 / d` and :math:`|x'|^2 / d` and
    covariance :math:`x \cdot x' / d`, two layers have the kernels

    .. math:: S(x, x') = E[\phi(u) \phi(v)], \qquad \Theta(x, x') = S(x, x') + \frac{x \cdot x'}{d} E[\phi'(u) \phi'(v)]

    (NNGP: Lee et al. 2018; NTK: Jacot et al. 2018, theorem 1); more layers repeat the step. The trained network is

    .. math:: f(x) = f_0(x) + \Theta(x, X) \Theta(X, X)^{-1} (X - f_0(X))

    (Lee et al. 2019, section 2.2), where each output of :math:`f_0` is an independent Gaussian process of mean zero and
    covariance :math:`S`. Calling the object evaluates the mean of :math:`f`, :math:`\Theta(x, X) \Theta(X, X)^{-1} X`,
    for inputs of shape (..., d), differentiably (once) by autograd: it is a map, which
    :func:`sigae.jacobian`, ``torch.func.jacrev`` and :func:`sigae.iterate` accept. All is computed in float64, and
    comes back in the type of the points asked about.

    Kernels are accurate to 1e-11 relative to sqrt(k(x, x) k(x', x')) for norms |x| from 0 to 300. With sigmoid, tanh
    and erf the error of :meth:`mean_jacobian`, relative to its largest entry or to one, whichever is larger, is below
    :math:`10^{-14} (1 + r / \sqrt d)` times :attr:`condition_number`, with r the largest norm of patterns and points:
    tested up to r = 1e8, whatever the other norms and the angles are.

    Parameters
    ----------
    points
        The n patterns X to store, shape (n, d); computed with in float64.
    activation
        ``"sigmoid"``, ``"tanh"`` or ``"erf"``; or what else :func:`sigae.activations.get_activation` takes, of which
        kernels are made by quadrature, to 1e-9 or better.
    depth
        Number of weight matrices, at least 2. Beyond 2, use :func:`sigae.jacobian` for the mean Jacobian.

    Attributes
    ----------
    nngp, ntk : Tensor
        :math:`S(X, X)` and :math:`\Theta(X, X)`, each (n, n).
    condition_number : float
        Of :math:`\Theta(X, X)` at unit diagonal, with the direction scaled away in which the constant
        :math:`\phi(0)^2` acts: that constant alone makes sigmoid's kernel nearly singular at small norms, and costs no
        digits. It is what solving multiplies errors by.

    Raises
    ------
    TypeError
        If ``points`` is no tensor of float64 or float32.
    ValueError
        If ``points`` has a wrong shape, a value that is not finite, or equal rows; if ``depth`` is below 2 or the
        activation unknown, or too steep for quadrature; if Theta(X, X) is not finite, or singular to working
        precision. It is singular where tanh or erf is given a pattern with its opposite, or zero; and where sigmoid is
        given two such: two pairs, or one and zero.
    MemoryError
        If the kernels would not fit in the memory that is free.

    Examples
    --------
    >>> import sigae
    >>> points = sigae.sphere_points(3, 6, norm=30.0, seed=1)
    >>> limit = InfiniteWidth(points, activation="tanh")
    >>> bool((limit(points) - points).abs().max() < 1e-12)
    True
    >>> [f"{rho:.4f}" for rho in sigae.spectral_radius(limit.mean_jacobian(points))]
    ['0.4244', '0.4006', '0.4105']
    """

    @torch.inference_mode(False)
    @torch.no_grad()
    def __init__(self, points: Tensor, *, activation: ActivationLike = "sigmoid", depth: int = 2) -> None:
        X = check_floats("points", points).detach().to(torch.float64, copy=True)
        self.points = check_points(X)
        self.activation = get_activation(activation)
        self.depth = check_whole("depth", depth, minimum=2)
        n, self.dim = X.shape
        self._offset = self.activation.centre**2  # phi(0)^2, or 0

        check_memory(f"making the kernels of {n} points", KERNEL_COPIES * n * n * X.itemsize, "take fewer points")
        error = quadrature_error(self.activation, X.square().sum(dim=1).max().item() / self.dim)
        if not error < QUADRATURE_ERROR:
            raise ValueError(
                f"activation {self.activation.name} is too steep for quadrature, whose error is about {error:.1g} at "
                "these norms: take smaller norms, or a smoother function."
            )
        i, j = torch.triu_indices(n, n, device=X.device)
        moments = pair_moments(X, X)
        self._own = self._variances(moments.q)
        S, Theta = X.new_empty(n, n), X.new_empty(n, n)
        S[i, j], Theta[i, j] = self._recursion(
            [v[i] for v in self._own], moments.c[i, j], [v[j] for v in self._own], moments.gram_determinant[i, j]
        )
        S[j, i], Theta[j, i] = S[i, j], Theta[i, j]
        self.nngp, self.ntk = S + self._offset, Theta + self._offset

        self._system = KernelSystem(Theta, self._offset)
        self.condition_number = self._system.condition_number
        self._coefficients, self._shift = self._system.solve(X)
        self._recent: tuple[Tensor, KernelGradients, Tensor, PairMoments] | None = None

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
            If a shape is wrong, a value is not finite, or the kind unknown.

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
        return found.reshape(*x.shape[:-1], *y.shape[:-1]).to(x.dtype)

    @torch.no_grad()
    def predictive_covariance(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        r"""Return the covariance that each output of the trained network has between any points.

        With :math:`B_x = \Theta(X, X)^{-1} \Theta(X, x)` (Lee et al. 2019, equation 16),

        .. math:: S(x, y) - B_x^\top S(X, y) - S(x, X) B_y + B_x^\top S(X, X) B_y

        Parameters
        ----------
        x, y
            Points, shapes (k, d) and (l, d); y is x unless given.

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
        if kernels < MANY or self.depth != 2:
            return self
        largest = cues.reshape(-1, self.dim).norm(dim=1).max().item()
        table = chebyshev_kernel(self.activation, self.points, largest)
        return self if table is None else ChebyshevMap(table, self.points, self._coefficients, self._shift, self)

    def input_jacobian(self, points: Tensor) -> Tensor | None:
        """Return :meth:`mean_jacobian` at depth 2; None where its closed form is not worked out."""
        return self.mean_jacobian(points) if self.depth == 2 else None

    def mean_jacobian(self, points: Tensor) -> Tensor:
        r"""Return the mean of the trained network's Jacobian, exactly.

        With :math:`\partial_x \Theta` by Price's theorem,

        .. math:: E[J(x)] = X^\top \Theta(X, X)^{-1} \partial_x \Theta(X, x)

        Parameters
        ----------
        points
            One point (d,) or several (k, d), on or off the training points.

        Returns
        -------
        Tensor
            Shape (d, d) or (k, d, d); entry [..., a, b] is the derivative of output a by input b.

        Raises
        ------
        ValueError
            If the shape is wrong, a value is not finite, or the depth is not 2.

        Examples
        --------
        Of a single pattern at large norm, rho tends to one half:

        >>> limit = InfiniteWidth(torch.tensor([[1e4, 0.0]], dtype=torch.float64), activation="erf")
        >>> print(f"{torch.linalg.eigvals(limit.mean_jacobian(limit.points[0])).abs().max().item():.3f}")
        0.500
        """
        return self._jacobian(points, self._coefficients).to(points.dtype)

    def trained_jacobian(self, points: Tensor, initial_outputs: Tensor, initial_jacobians: Tensor) -> Tensor:
        r"""Return the Jacobian that training leads to from one given draw of the initial weights.

        .. math:: J(x) = J_0(x) + (X - f_0(X))^\top \Theta(X, X)^{-1} \partial_x \Theta(X, x)

        Put in what a wide network starts from, and compare with what its training ends in.

        Parameters
        ----------
        points
            One point (d,) or several (k, d).
        initial_outputs
            f_0(X), the untrained network at the training points, shape (n, d).
        initial_jacobians
            J_0, the untrained network's Jacobian at ``points``, shape (d, d) or (k, d, d).

        Returns
        -------
        Tensor
            Shape (d, d) or (k, d, d).

        Raises
        ------
        ValueError
            If a shape is wrong, a value is not finite, or the depth is not 2.

        Examples
        --------
        From a network that is zero everywhere, training leads to the mean:

        >>> limit = InfiniteWidth(torch.eye(2, dtype=torch.float64))
        >>> X, zero = limit.points, torch.zeros(2, 2, 2)
        >>> torch.allclose(limit.trained_jacobian(X, zero[0], zero), limit.mean_jacobian(X))
        True
        """
        f0, J0 = initial_outputs.to(self.points), initial_jacobians.to(self.points)
        if f0.shape != self.points.shape or J0.shape != (*points.shape, self.dim):
            raise ValueError(
                f"initial_outputs has shape {tuple(f0.shape)} and initial_jacobians {tuple(J0.shape)}: give"
                f" {tuple(self.points.shape)} and {(*points.shape, self.dim)}."
            )
        return (J0 + self._jacobian(points, self._system.solve(self.points - f0)[0])).to(points.dtype)

    def jacobian_covariance(self, point: Tensor) -> Tensor:
        r"""Return the covariance that each row of the trained Jacobian J(x) has, independently of the other rows.

        With :math:`B = \Theta(X, X)^{-1} \partial_x \Theta(X, x)`, row :math:`a` of :math:`J(x) - E[J(x)]` is
        :math:`\nabla f_{0a}(x) - B^\top f_{0a}(X)`, whose two parts are jointly Gaussian with covariances
        :math:`S(X, X)`, :math:`\partial_x S(X, x)` and :math:`\partial_x \partial_{x'} S(x, x')`.

        Parameters
        ----------
        point
            Shape (d,).

        Returns
        -------
        Tensor
            Shape (d, d), symmetric positive semidefinite.

        Raises
        ------
        ValueError
            If the shape is wrong, a value is not finite, or the depth is not 2.

        Examples
        --------
        >>> limit = InfiniteWidth(torch.eye(2, dtype=torch.float64))
        >>> bool((torch.linalg.eigvalsh(limit.jacobian_covariance(limit.points[0])) > 0).all())
        True
        """
        self._check_two_layers("the law of the Jacobian")
        x = self._check_inputs(point)
        if x.ndim != 1:
            raise ValueError(f"point has shape {tuple(x.shape)}: give one point of shape (d,).")
        d, x = self.dim, x[None]
        B, shift = self._system.solve(self._kernel_gradient(x, "ntk")[0])  # (n, d)
        dS = self._kernel_gradient(x, "nngp")[0]  # (n, d)
        xx = x.square().sum()
        orthogonal, parallel = gradient_variances(self.activation, xx / d)
        P = x.T * x / torch.where(xx > 0, xx, 1.0)
        gradient = (orthogonal * (torch.eye(d, dtype=x.dtype, device=x.device) - P) + parallel * P) / d
        cross = B.T @ dS
        S = self.nngp - self._offset
        covariance = gradient - cross - cross.T + B.T @ S @ B
        if self._offset > 0:
            covariance += shift[:, None] * shift / self._offset
        return covariance.to(point.dtype)

    def sample_jacobians(self, point: Tensor, samples: int = 100, seed: int = 0) -> Tensor:
        """Draw trained Jacobians J(x) from their exact law.

        The rows of J(x) are independent Gaussians with the means of :meth:`mean_jacobian` and the one covariance of
        :meth:`jacobian_covariance`: the randomness is that of the initial weights.

        Parameters
        ----------
        point
            Shape (d,).
        samples
            How many.
        seed
            A whole number of at least 0. One seed uses the same underlying normal numbers at every point and norm.

        Returns
        -------
        Tensor
            Shape (samples, d, d).

        Raises
        ------
        ValueError
            If the point's shape is wrong, a value is not finite, ``samples`` is below 1, ``seed`` negative or the
            depth is not 2.

        Examples
        --------
        >>> limit = InfiniteWidth(torch.eye(2, dtype=torch.float64))
        >>> limit.sample_jacobians(limit.points[0], samples=5, seed=1).shape
        torch.Size([5, 2, 2])
        """
        samples = check_whole("samples", samples)
        x = self._check_inputs(point)
        eigenvalues, V = torch.linalg.eigh(check_square("the covariance of J", self.jacobian_covariance(x)))
        root = (V * eigenvalues.clamp_min(0).sqrt()) @ V.T  # the symmetric root is unique, so draws are reproducible
        Z = normal_draws((samples, self.dim, self.dim), stream=LIMIT_STREAM, seed=seed).to(root)
        return (self.mean_jacobian(x) + Z @ root).to(point.dtype)

    def __repr__(self) -> str:
        """Describe the limit in one line."""
        n, d = self.points.shape
        return f"InfiniteWidth(n={n}, d={d}, activation={self.activation.name!r}, depth={self.depth})"

    @property
    def _rows(self) -> int:
        """How many points are asked about at a time."""
        return max(1, PAIRS_AT_A_TIME // (len(self.points)))

    def _kernels(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Return NNGP and NTK between x (k, d) and y (l, d), without their constant phi(0)^2, each (k, l)."""
        moments = pair_moments(x, y)
        own = self._own if y is self.points else self._variances(moments.q)
        return self._recursion(self._variances(moments.p), moments.c, own, moments.gram_determinant)

    def _jacobian(self, points: Tensor, coefficients: Tensor) -> Tensor:
        """Return sum_i coefficients_i d_x Theta(x_i, x)^T at each point, (k, d, d) or (d, d)."""
        self._check_two_layers("the mean Jacobian", "; use sigae.jacobian(limit, points)")
        x = self._check_inputs(points)
        if x.ndim not in (1, 2):
            raise ValueError(f"points has shape {tuple(x.shape)}: give (d,) or (k, d).")
        parts = x.reshape(-1, self.dim).split(max(1, self._rows // self.dim))
        J = torch.cat([coefficients.T @ self._kernel_gradient(part, "ntk") for part in parts])
        return J.reshape(*points.shape, self.dim)

    def _variances(self, v: Tensor) -> list[Tensor]:
        """Return K_l(x, x) for each hidden layer l, of the shape of ``v``, which is that of the first."""
        variances = [v]
        while len(variances) < self.depth - 1:
            v = variances[-1]
            variances.append(self._offset + self._layer(v, v, v, torch.zeros_like(v))[0])
        return variances

    def _layer(self, p: Tensor, c: Tensor, q: Tensor, gram_determinant: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return E[g(u) g(v)] and E[phi'(u) phi'(v)], differentiably where that is wanted."""
        if not torch.is_grad_enabled():
            return kernel_expectations(self.activation, p, c, q, gram_determinant)
        e00, e11, *_ = Layer.apply(p, c, q, gram_determinant, self.activation)
        return e00, e11

    def _recursion(
        self, p: list[Tensor], c: Tensor, q: list[Tensor], gram_determinant: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Carry NNGP and NTK from the inputs to the output; both come back without their constant phi(0)^2."""
        # S_1 = Theta_1 = x.x'/d;  S_{l+1} = E[phi phi],  Theta_{l+1} = S_{l+1} + Theta_l E[phi' phi'] under S_l.
        S = Theta = c
        for layer, (p_l, q_l) in enumerate(zip(p, q, strict=True)):
            if layer:
                S, Theta = S + self._offset, Theta + self._offset
            # of the inputs alone the variances are large, and rounding them matters
            S, e11 = self._layer(p_l, S, q_l, None if layer else gram_determinant)
            Theta = S + Theta * e11
        return S, Theta

    def _kernel_gradient(self, x: Tensor, kernel: str) -> Tensor:
        """Return d_x Theta(x_i, x), or that of S, at the points x of shape (k, d): shape (k, n, d)."""
        given, x = x, x.detach()
        # A sample asks for mean and covariance at the same point, one after the other.
        with torch.no_grad():
            if self._recent is None or not torch.equal(self._recent[0], x):
                moments = pair_moments(x, self.points)
                p, c, q, gram_determinant = moments
                e = kernel_gradients(self.activation, q, c, p, gram_determinant)
                self._recent = x.clone(), e, orthogonal_part(self.points, x[:, None]), moments
            _, e, apart, moments = self._recent
            orthogonal, parallel = e[2:] if kernel == "ntk" else e[:2]
            q = torch.where(moments.p > 0, moments.p, 1.0)
            gradient = (orthogonal[:, :, None] * apart + (parallel / q)[:, :, None] * x[:, None]) / self.dim
        return NotDifferentiated.apply(given, gradient)

    def _check_inputs(self, x: Tensor) -> Tensor:
        """Return ``x`` in float64 if it is a finite real tensor of shape (..., d)."""
        check_floats("the input", x)
        if x.shape[-1:] != (self.dim,):
            raise ValueError(f"the input has shape {tuple(x.shape)}: its last dimension must be d = {self.dim}.")
        try:
            finite = bool(torch.isfinite(x).all())
        except RuntimeError:
            raise NotImplementedError(VMAP) from None
        if not finite:
            raise ValueError("the input holds a value that is not finite: remove or repair it.")
        return check_range("the input", x.to(self.points))

    def _check_two_layers(self, wanted: str, remedy: str = "") -> None:
        if self.depth != 2:
            raise ValueError(f"depth is {self.depth}, but {wanted} is worked out for depth 2 only{remedy}.")
