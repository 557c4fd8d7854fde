"""What a training run did."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from sigae.checks import check_positive

__all__ = ["TrainingResult", "followed"]


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
    n_entries
        n d, the number of entries the loss averages over.
    history
        Pairs (flow time, loss), evenly thinned to at most 1,000.
    """

    method: str
    converged: bool
    reason: str
    loss: float
    steps: int
    seconds: float
    flow_time: float
    n_entries: int
    history: list[tuple[float, float]] = field(repr=False)

    def descent_steps(self, learning_rate: float) -> float:
        r"""Convert the flow time to steps of gradient descent.

        Parameters
        ----------
        learning_rate
            Step eta of the descent on the mean squared error.

        Returns
        -------
        float
            How many of its steps cover the same flow time, :math:`t n d / (2 \eta)`.

        Raises
        ------
        ValueError
            If the learning rate is not a finite number above 0.
        """
        return self.flow_time * self.n_entries / (2 * check_positive("learning_rate", learning_rate))


def followed(result: TrainingResult) -> TrainingResult:
    """Pass a result on if the loss stayed finite, for measurements that mean nothing where it did not.

    Returns
    -------
    TrainingResult
        The result.

    Raises
    ------
    FloatingPointError
        With the reason that the run ended for.
    """
    if not math.isfinite(result.loss):
        raise FloatingPointError(result.reason)
    return result
