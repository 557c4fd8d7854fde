"""What a training run did."""

from dataclasses import dataclass, field

from sigae.checks import check_positive

__all__ = ["ACCURATE", "COARSER", "TrainingResult", "sensitivity"]

COARSER = 4.0  # step tolerance of the second run over that of the first
ACCURATE = 0.2  # relative error of the Jacobians, above which the path counts as too sensitive to be followed


@dataclass(frozen=True)
class TrainingResult:
    r"""What a training run did.

    Attributes
    ----------
    method
        ``"gradient_flow"`` or ``"gradient_descent"``.
    converged
        Whether the loss fell below the tolerance.
    reason
        Why the run ended, in a sentence.
    loss
        Mean squared error over the n d entries, of the weights the model now has.
    steps
        Integration or descent steps taken.
    seconds
        Wall-clock time.
    flow_time
        Time t of :math:`\dot\theta = -J_\theta^\top r`. A descent step of learning rate :math:`\eta` is
        :math:`2 \eta / (n d)` of it.
    jacobian_error
        Estimate of the relative error (Frobenius norm) of the Jacobians at the patterns that gradient flow led to, from
        the changes of phi' in its steps; where that is above 3 %, their distance from those of a second run at four
        times the step tolerance, about twice the error. nan for descent and where the run did not converge.
    n_entries
        n d, the number of entries the loss averages over.
    history
        Pairs (flow time, loss), evenly thinned to at most 1,000.

    Examples
    --------
    >>> import sigae
    >>> result = sigae.train(sigae.Autoencoder(4, 100), sigae.sphere_points(2, 4, norm=3.0))
    >>> result.converged, bool(result.descent_steps(1.0) == 2 * result.descent_steps(2.0) > 0)
    (True, True)
    """

    method: str
    converged: bool
    reason: str
    loss: float
    steps: int
    seconds: float
    flow_time: float
    jacobian_error: float
    n_entries: int
    history: list[tuple[float, float]] = field(repr=False)

    @property
    def accurate(self) -> bool:
        """Whether the estimated error of the Jacobians is at most 20 %, or none is known."""
        return not self.jacobian_error > ACCURATE

    def descent_steps(self, learning_rate: float) -> float:
        r"""Return how many steps of gradient descent cover the flow time, :math:`t n d / (2 \eta)`."""
        return self.flow_time * self.n_entries / (2 * check_positive("learning_rate", learning_rate))


def sensitivity(error: float) -> str:
    """Say, after why a run ended, that its path is too sensitive to be followed, if it is; else nothing."""
    if not error > ACCURATE:
        return ""
    return (
        f" But the path is too sensitive to be followed: at {COARSER:g} times the step tolerance the Jacobians differ "
        f"by {100 * error:.2g} %. Use a smaller step_tolerance."
    )
