"""The autoencoder of infinite width: the map that training leads to, and the distribution of its Jacobian."""

import torch
from torch import Tensor

from sigae.checks import check_square, check_whole
from sigae.infinite_width.derivatives import differentiated_layers, mixed_derivative
from sigae.infinite_width.kernel_regression import KernelRegression
from sigae.infinite_width.layer import NotDifferentiated
from sigae.infinite_width.pairs import orthogonal_part
from sigae.patterns import LIMIT_STREAM, normal_draws

__all__ = ["InfiniteWidth"]


class InfiniteWidth(KernelRegression):
    r"""The limit m -> infinity of :class:`sigae.Autoencoder`, trained by gradient flow to zero loss.

    With :math:`u` and :math:`v` jointly Gaussian of mean zero, variances :math:`|x|^2 / d` and :math:`|x'|^2 / d` and
    covariance :math:`x \cdot x' / d`, two layers have the kernels

    .. math:: S(x, x') = E[\phi(u) \phi(v)], \qquad \Theta(x, x') = S(x, x') + \frac{x \cdot x'}{d} E[\phi'(u) \phi'(v)]

    (NNGP: Lee et al. 2018; NTK: Jacot et al. 2018, theorem 1); more layers repeat the step. The trained network is

    .. math:: f(x) = f_0(x) + \Theta(x, X) \Theta(X, X)^{-1} (Y - f_0(X))

    (Lee et al. 2019, section 2.2), where each output of :math:`f_0` is an independent Gaussian process of mean zero and
    covariance :math:`S`. Calling the object evaluates the mean of :math:`f`, :math:`\Theta(x, X) \Theta(X, X)^{-1} Y`,
    for inputs of shape (..., d), differentiably (once) by autograd: it is a map, which
    :func:`sigae.jacobian`, ``torch.func.jacrev`` and :func:`sigae.iterate` accept. Methods about its Jacobian take one
    point (d,) or several (k, d), on or off the training points; all raise ValueError where a shape is wrong or a value
    not finite. All is computed in float64, and comes back in the type of the points asked about.

    Kernels are accurate to 1e-11 relative to sqrt(k(x, x) k(x', x')) for norms |x| from 0 to 300. With sigmoid, tanh
    and erf the error of :meth:`mean_jacobian`, relative to its largest entry or to one, whichever is larger, is below
    :math:`10^{-14} (1 + r / \sqrt d)` times :attr:`condition_number`, with r the largest norm of patterns and points:
    tested up to r = 1e8 and depth 4, whatever the other norms and the angles are.

    Parameters
    ----------
    points
        The n patterns X to store, shape (n, d); computed with in float64.
    targets
        What they are mapped to, Y of shape (n, d): the patterns themselves unless given.
    activation
        ``"sigmoid"``, ``"tanh"`` or ``"erf"``; or what else :func:`sigae.activations.get_activation` takes, of which
        kernels are made by quadrature, to 1e-9 or better.
    depth
        Number of weight matrices, at least 2.
    bias
        :math:`\sigma_b \geq 0`, the standard deviation of the hidden units' biases, which are trained, too.

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
        If ``points`` or ``targets`` is no tensor of float64 or float32.
    ValueError
        If ``targets`` has another shape than the points; if ``points`` has a wrong shape, a value that is not finite,
        or equal rows; if ``depth`` is below 2 or the activation unknown, or too steep for quadrature; if Theta(X, X) is
        not finite, or singular to working precision. Without biases it is singular where tanh or erf is given a pattern
        with its opposite, or zero; and, with two layers, where the sigmoid is given two such: two pairs, or one and
        zero.
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

    def mean_jacobian(self, points: Tensor) -> Tensor:
        r"""Return the mean of the trained network's Jacobian, exactly.

        With :math:`\partial_x \Theta` by Price's theorem, layer by layer,

        .. math:: E[J(x)] = Y^\top \Theta(X, X)^{-1} \partial_x \Theta(X, x)

        Returns
        -------
        Tensor
            Shape (d, d) or (k, d, d); entry [..., a, b] is the derivative of output a by input b.

        Examples
        --------
        Of a single pattern at large norm, rho tends to one half:

        >>> limit = InfiniteWidth(torch.tensor([[1e4, 0.0]], dtype=torch.float64), activation="erf")
        >>> print(f"{torch.linalg.eigvals(limit.mean_jacobian(limit.points[0])).abs().max().item():.3f}")
        0.500
        """
        return self._jacobian(points, self._coefficients).to(points.dtype)

    input_jacobian = mean_jacobian  # what sigae.jacobian looks for

    def trained_jacobian(self, points: Tensor, initial_outputs: Tensor, initial_jacobians: Tensor) -> Tensor:
        r"""Return the Jacobian that training leads to from one given draw of the initial weights.

        .. math:: J(x) = J_0(x) + (Y - f_0(X))^\top \Theta(X, X)^{-1} \partial_x \Theta(X, x)

        Put in what a wide network starts from, and compare with what its training ends in.

        Parameters
        ----------
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
            If a shape is wrong, or a value is not finite.

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
        return (J0 + self._jacobian(points, self._system.solve(self.targets - f0)[0])).to(points.dtype)

    def jacobian_covariance(self, points: Tensor) -> Tensor:
        r"""Return the covariance that each row of the trained Jacobian J(x) has, independently of the other rows.

        With :math:`B = \Theta(X, X)^{-1} \partial_x \Theta(X, x)`, row :math:`a` of :math:`J(x) - E[J(x)]` is
        :math:`\nabla f_{0a}(x) - B^\top f_{0a}(X)`, whose two parts are jointly Gaussian with covariances
        :math:`S(X, X)`, :math:`\partial_x S(X, x)` and :math:`\partial_x \partial_{x'} S(x, x')`. The targets do not
        enter. Of several points, rows a of the Jacobians at all of them are taken together.

        Returns
        -------
        Tensor
            Shape (d, d) or (k, d, k, d), symmetric positive semidefinite: entry [i, b, j, c] is the covariance of
            entries b at point i and c at point j of a row.

        Examples
        --------
        >>> limit = InfiniteWidth(torch.eye(2, dtype=torch.float64))
        >>> bool((torch.linalg.eigvalsh(limit.jacobian_covariance(limit.points[0])) > 0).all())
        True
        """
        return self._law(self._check_points(points))[1].reshape(2 * points.shape).to(points.dtype)

    def _law(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and covariance of the rows of J at points (k, d): (d, k d) and (k d, k d)."""
        size = x.numel()
        dS, dTheta = (gradient.reshape(-1, size) for gradient in self._kernel_gradients(x))  # (n, k d)
        B, shift = self._system.solve(dTheta)
        cross = B.T @ dS
        covariance = self._gradient_covariance(x).reshape(size, size) - cross - cross.T
        covariance += B.T @ (self.nngp - self._offset) @ B
        if self._offset > 0:
            covariance += shift[:, None] * shift / self._offset
        return self._coefficients.T @ dTheta, covariance

    def _gradient_covariance(self, x: Tensor) -> Tensor:
        """Return d_x d_x' S(x, x') among points (k, d), of shape (k, d, k, d)."""
        with torch.no_grad():
            p, c, q, gram_determinant = self._moments(x, x)
            layers = self._layers(self._variances(p), c, self._variances(q), gram_determinant)
            x, d = self._extended(x), self.dim
            H = mixed_derivative(self.activation, layers, x, orthogonal_part(x[:, None], x), d)
            return H[:, :d, :, :d]

    def sample_jacobians(self, points: Tensor, samples: int = 100, seed: int = 0) -> Tensor:
        """Draw trained Jacobians J(x) from their exact distribution, those at several points of one network each.

        The rows of J(x) are independent Gaussians with the means of :meth:`mean_jacobian` and the one covariance of
        :meth:`jacobian_covariance`: the randomness is that of the initial weights.

        Parameters
        ----------
        samples
            How many, at least 1.
        seed
            A whole number of at least 0. One seed uses the same underlying normal numbers at every point and norm.

        Returns
        -------
        Tensor
            Shape (samples, d, d) or (samples, k, d, d).

        Examples
        --------
        >>> limit = InfiniteWidth(torch.eye(2, dtype=torch.float64))
        >>> limit.sample_jacobians(limit.points[0], samples=5, seed=1).shape
        torch.Size([5, 2, 2])
        """
        samples = check_whole("samples", samples)
        x = self._check_points(points)
        mean, covariance = self._law(x)
        eigenvalues, V = torch.linalg.eigh(check_square("the covariance of J", covariance))
        root = (V * eigenvalues.clamp_min(0).sqrt()) @ V.T  # the symmetric root is unique, so draws are reproducible
        Z = normal_draws((samples, self.dim, x.numel()), stream=LIMIT_STREAM, seed=seed).to(root)
        J = (mean + Z @ root).unflatten(2, x.shape).transpose(1, 2)  # (samples, k, d, d)
        return J.reshape(samples, *points.shape, self.dim).to(points.dtype)

    def __repr__(self) -> str:
        """Describe the limit in one line."""
        n, d = self.points.shape
        bias = f", bias={self.bias:g}" if self.bias else ""
        return f"InfiniteWidth(n={n}, d={d}, activation={self.activation.name!r}, depth={self.depth}{bias})"

    def _jacobian(self, points: Tensor, coefficients: Tensor) -> Tensor:
        """Return sum_i coefficients_i d_x Theta(x_i, x)^T at each point, (k, d, d) or (d, d)."""
        parts = self._check_points(points).split(max(1, self._rows // self.dim))
        J = torch.cat([torch.einsum("na,nkb->kab", coefficients, self._kernel_gradients(part)[1]) for part in parts])
        return J.reshape(*points.shape, self.dim)

    def _kernel_gradients(self, x: Tensor) -> list[Tensor]:
        """Return d_x S(x_i, x) and d_x Theta(x_i, x) at the points x of shape (k, d), each of shape (n, k, d)."""
        given, x = x, x.detach()
        with torch.no_grad():
            p, c, q, gram_determinant = self._moments(self.points, x)
            own = [v[:, None] for v in self._own]
            *_, last = differentiated_layers(
                self.activation, self._layers(own, c, self._variances(q), gram_determinant)
            )
            apart = orthogonal_part(self._extended(self.points)[:, None], self._extended(x))[..., : self.dim]
            xi = x / torch.where(q > 0, q, 1.0)[:, None]
            gradients = [(across[..., None] * apart + along[..., None] * xi) / self.dim for across, along in last[-2:]]
        return [NotDifferentiated.apply(given, gradient) for gradient in gradients]

    def _check_points(self, points: Tensor) -> Tensor:
        """Return ``points``, (d,) or (k, d), as (k, d)."""
        x = self._check_inputs(points)
        if x.ndim not in (1, 2):
            raise ValueError(f"points has shape {tuple(x.shape)}: give (d,) or (k, d).")
        return x.reshape(-1, self.dim)
