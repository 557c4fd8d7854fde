"""Associative recall: where an iterated map leads from a cue, and how fast a cycle attracts."""

from collections.abc import Callable

import torch
from torch import Tensor

from sigae.checks import check_finite, check_floats, check_memory, check_positive, check_square, check_whole
from sigae.jacobians import spectral_radius

__all__ = ["cycle_rate", "iterate", "prepared", "recalled"]


def prepared(map: Callable[[Tensor], Tensor], cues: Tensor, steps: int) -> Callable[[Tensor], Tensor]:
    """Let a map that has a way of its own to be applied many times take it."""
    prepare = getattr(map, "for_iteration", None)
    return map if prepare is None or not cues.numel() else prepare(cues, steps)


@torch.no_grad()
def iterate(map: Callable[[Tensor], Tensor], cues: Tensor, *, steps: int = 50) -> Tensor:
    """Apply a map again and again.

    A map that has a method ``for_iteration`` is asked for a faster one: the infinite-width limit tabulates its kernel.

    Parameters
    ----------
    map
        A function (..., d) -> (..., d).
    cues
        Starting points, shape (..., d).
    steps
        How often the map is applied.

    Returns
    -------
    Tensor
        The path, shape (steps + 1, ..., d); entry 0 is the cue.

    Raises
    ------
    TypeError, ValueError
        If ``cues`` is no tensor of float64 or float32, or not finite, or ``steps`` is below 1.
    MemoryError
        If the path would not fit in the memory that is free.

    Examples
    --------
    >>> iterate(lambda x: x / 2, torch.tensor([8.0]), steps=3).flatten().tolist()
    [8.0, 4.0, 2.0, 1.0]
    """
    check_finite("cues", check_floats("cues", cues))
    need = 2 * (check_whole("steps", steps) + 1) * cues.nbytes
    check_memory(f"a path of {steps} steps from {tuple(cues.shape)} cues", need, "take fewer steps or fewer cues")
    path, map = [cues], prepared(map, cues, steps)
    for _ in range(steps):
        path.append(map(path[-1]))
    return torch.stack(path)


@torch.no_grad()
def recalled(
    map: Callable[[Tensor], Tensor],
    cues: Tensor,
    targets: Tensor,
    *,
    steps: int = 50,
    threshold: float = 1e-2,
) -> Tensor:
    """Tell which cues the iterated map leads to their target.

    Each cue is judged alone: it is recalled when the mean squared error between the map iterated
    ``steps`` times from it and its target is below ``threshold``.

    Parameters
    ----------
    map
        A function (..., d) -> (..., d).
    cues, targets
        Shapes (..., d) that broadcast against each other. In a cycle the target is the pattern ``steps`` further on.
    steps
        How often the map is applied.
    threshold
        Bound on the mean over d of the squared error.

    Returns
    -------
    Tensor
        Boolean, one a cue.

    Raises
    ------
    TypeError
        If ``cues`` or ``targets`` is no tensor of float64 or float32, or of another type than the map wants.
    ValueError
        If one is not finite, their shapes do not fit, ``steps`` is below 1, or ``threshold`` not above 0.

    Examples
    --------
    >>> recalled(lambda x: (x + x.sign()) / 2, torch.tensor([[0.2], [-3.0]]), torch.tensor([1.0])).tolist()
    [True, False]
    """
    for name, value in (("cues", cues), ("targets", targets)):
        check_finite(name, check_floats(name, value))
    try:
        torch.broadcast_shapes(cues.shape, targets.shape)
    except RuntimeError:
        raise ValueError(
            f"cues has shape {tuple(cues.shape)} and targets {tuple(targets.shape)}: give shapes that broadcast."
        ) from None
    x, map = cues, prepared(map, cues, check_whole("steps", steps))
    for _ in range(steps):
        x = map(x)
    return (x - targets).square().mean(dim=-1) < check_positive("threshold", threshold)


def cycle_rate(J: Tensor) -> Tensor:
    r"""Return the factor by which a step along a cycle shrinks the distance from it, in the mean.

    A cycle :math:`x_1 \to x_2 \to \dots \to x_L \to x_1` attracts when
    :math:`\rho(J(x_L) \cdots J(x_1)) < 1`, as a fixed point of the map iterated L times (Ostrowski 1966, chapter 22).

    Parameters
    ----------
    J
        The Jacobians at the elements of the cycle in their order, shape (..., L, d, d).

    Returns
    -------
    Tensor
        :math:`\rho(J(x_L) \cdots J(x_1))^{1/L}`, shape (...); of a single Jacobian its spectral radius.

    Raises
    ------
    TypeError
        If J is no tensor of single or double precision.
    ValueError
        If its matrices are not square or not finite.

    Examples
    --------
    >>> J = torch.stack([torch.diag(torch.tensor([0.5, 0.1])), torch.diag(torch.tensor([2.0, 0.1]))])
    >>> round(cycle_rate(0.9 * J).item(), 6)
    0.9
    """
    if check_square("J", J).ndim < 3:
        raise ValueError(f"J has shape {tuple(J.shape)}: give the L Jacobians of a cycle, shape (..., L, d, d).")
    product, log_scale = J[..., 0, :, :], J.new_zeros(J.shape[:-3])
    for step in J.unbind(-3)[1:]:
        scale = torch.linalg.matrix_norm(product).clamp_min(torch.finfo(J.dtype).tiny)  # long products underflow
        product, log_scale = step @ (product / scale[..., None, None]), log_scale + scale.log()
    return ((spectral_radius(product).log() + log_scale) / J.shape[-3]).exp()
