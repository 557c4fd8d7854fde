"""The Jacobian of a map, its eigenvalue norms, its spectral radius rho and its operator norm."""

from collections.abc import Callable

import torch
from torch import Tensor

from sigae.checks import check_finite, check_floats, check_square

__all__ = ["eigenvalue_norms", "jacobian", "operator_norm", "own_jacobian", "spectral_radius"]


def jacobian(map: Callable[[Tensor], Tensor], points: Tensor) -> Tensor:
    """Differentiate a map with respect to its input.

    A map that knows its own Jacobian says so by a method ``input_jacobian``: a network by the chain rule, the
    infinite-width limit by Price's theorem. Any other is differentiated by autograd, one output at a time.

    Parameters
    ----------
    map
        A function of torch tensors that takes points (n, d) to points (n, d), each on its own: a trained network, the
        infinite-width limit, or a differentiable function of your own.
    points
        One point (d,) or several (n, d).

    Returns
    -------
    Tensor
        Shape (d, d) or (n, d, d); entry [..., a, b] is the derivative of output a by input b.

    Raises
    ------
    TypeError
        If ``points`` is no tensor of float64 or float32, the map wants another type, or does not return a tensor.
    ValueError
        If ``points`` is neither one- nor two-dimensional or holds a value that is not finite, or the map
        does not return one point a point, or not by differentiable operations, or mixes points.

    Examples
    --------
    >>> jacobian(lambda x: x**2, torch.tensor([1.0, 3.0])).tolist()
    [[2.0, 0.0], [0.0, 6.0]]
    """
    check_floats("points", points)
    if points.ndim not in (1, 2):
        raise ValueError(f"points has shape {tuple(points.shape)}: give (d,) or (n, d).")
    check_finite("points", points)
    way = own_jacobian(map)
    with torch.autocast(points.device.type, enabled=False):
        return _differentiate(map, points) if way is None else way(points)


def own_jacobian(map: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor] | None:
    """Return the method by which a map gives its own Jacobian, unless what it belongs to has been changed since."""
    if any(getattr(map, hooks, None) for hooks in ("_forward_hooks", "_forward_pre_hooks")):
        return None
    for names in (getattr(map, "__dict__", {}), *(vars(kind) for kind in type(map).__mro__)):
        if "input_jacobian" in names:
            return map.input_jacobian  # type: ignore[attr-defined]
        if "forward" in names or "__call__" in names:  # a subclass, say, that maps otherwise
            return None
    return None


def _differentiate(map: Callable[[Tensor], Tensor], points: Tensor) -> Tensor:
    d = points.shape[-1]
    with torch.inference_mode(False), torch.enable_grad():
        x = points.detach().reshape(-1, d).clone().requires_grad_()
        f = map(x.reshape(points.shape))
        if not isinstance(f, Tensor):
            raise TypeError(f"the map returned {type(f).__name__}: it must compute with torch tensors and return one.")
        if f.numel() != x.numel():
            raise ValueError(f"the map returned {f.numel()} numbers for {x.numel()}: it must take (d,) to (d,).")
        if not f.requires_grad:
            raise ValueError("the map's output does not come from its input by differentiable operations of torch.")
        f = f.reshape(-1, d)
        (alone,) = torch.autograd.grad((f[0] * torch.arange(1, d + 1, device=f.device)).sum(), x, retain_graph=True)
        if (alone[1:].abs() > 0).any():
            raise ValueError(
                "the map mixes points, one's output depends on another's input, as in batch normalisation: give a map "
                "that takes each on its own, such as model.eval(), or ask about one point at a time."
            )
        # Row a of every Jacobian at once: points do not mix, so summing over them loses nothing.
        rows = [torch.autograd.grad(f[:, a].sum(), x, retain_graph=True)[0] for a in range(d)]
    return torch.stack(rows, dim=1).reshape(*points.shape, d)


def eigenvalue_norms(J: Tensor) -> Tensor:
    """Return the absolute values of the eigenvalues of J, largest first.

    Parameters
    ----------
    J
        Square matrices, shape (..., d, d).

    Returns
    -------
    Tensor
        Shape (..., d), real, descending.

    Raises
    ------
    TypeError, ValueError
        If J is no tensor of single or double precision, or its matrices are not square or not finite.

    Examples
    --------
    >>> [round(norm, 6) for norm in eigenvalue_norms(torch.tensor([[0.0, -2.0], [2.0, 0.0]])).tolist()]
    [2.0, 2.0]
    """
    check_square("J", J)
    return torch.linalg.eigvals(J).abs().sort(dim=-1, descending=True).values


def spectral_radius(J: Tensor) -> Tensor:
    r"""Compute :math:`\rho(J)`, the largest absolute value of an eigenvalue.

    A fixed point x of a map f is an attractor when rho of its Jacobian at x is below one. Not to be
    confused with :func:`operator_norm`, which bounds it from above.

    It takes and refuses what :func:`eigenvalue_norms` does.

    Returns
    -------
    Tensor
        Shape (...).

    Examples
    --------
    >>> spectral_radius(torch.tensor([[0.5, 10.0], [0.0, 0.25]])).item()
    0.5
    """
    return eigenvalue_norms(J)[..., 0]


def operator_norm(J: Tensor) -> Tensor:
    r"""Return :math:`\lVert J \rVert_2`, the largest singular value.

    It takes and refuses what :func:`eigenvalue_norms` does.

    Returns
    -------
    Tensor
        Shape (...).

    Examples
    --------
    >>> operator_norm(torch.tensor([[0.0, 3.0], [0.0, 0.0]])).item()
    3.0
    """
    check_square("J", J)
    return torch.linalg.matrix_norm(J, ord=2)
