"""The network: a fully connected autoencoder in the NTK parameterisation, without biases unless asked for."""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from sigae.activations import ActivationLike, get_activation
from sigae.checks import check_floats, check_memory, check_place, check_positive, check_whole
from sigae.patterns import WEIGHT_STREAM, normal_draws

__all__ = ["Autoencoder"]

JACOBIAN_UNITS = 256  # hidden units at a time in a Jacobian, so that what they touch fits the processor's cache
DEVICE_UNITS = 2**14  # the same on an accelerator, which wants large products
JACOBIAN_NUMBERS = 2**25  # held at a time for the points of a Jacobian: 256 MiB


class Autoencoder(nn.Module):
    r"""A fully connected network R^d -> R^d of ``depth`` weight matrices.

    NTK parameterisation (Jacot, Gabriel & Hongler 2018, section 2.1), without biases:

    .. math:: z_1 = \frac{W_1 x}{\sqrt d}, \qquad h_l = \phi(z_l), \qquad
        z_{l+1} = \frac{W_{l+1} h_l}{\sqrt m}, \qquad f(x) = z_L

    with all weights drawn from :math:`N(0, 1)`. With biases, every hidden :math:`z_l` has :math:`\sigma_b b_l` added,
    with :math:`b_l` drawn and trained as weights are: the last column of :math:`W_l`, which multiplies a constant.

    Parameters
    ----------
    dim
        Dimension d of input and output.
    width
        Number m of units in each of the ``depth - 1`` hidden layers.
    depth
        Number L of weight matrices, at least 2 ("2 layers" in the report).
    activation
        ``"sigmoid"``, ``"tanh"`` or ``"erf"``, or what else :func:`sigae.activations.get_activation` takes.
    bias
        :math:`\sigma_b \geq 0`, the standard deviation of the hidden units' biases.
    seed
        A whole number of at least 0; the same seed gives the same weights on any machine.
    dtype, device
        Of the weights: torch.float64 or torch.float32, on any device that is there.

    Raises
    ------
    ValueError
        If a size is too small, the seed negative, the activation or the type unknown, or the device not there.
    MemoryError
        If the weights would not fit in the memory that is free.

    Examples
    --------
    >>> model = Autoencoder(3, 1000, activation="tanh", seed=1)
    >>> model(torch.zeros(2, 3, dtype=torch.float64)).shape
    torch.Size([2, 3])
    """

    @torch.inference_mode(False)  # whose tensors could not be trained outside
    def __init__(
        self,
        dim: int,
        width: int,
        depth: int = 2,
        *,
        activation: ActivationLike = "sigmoid",
        bias: float = 0.0,
        seed: int = 0,
        dtype: torch.dtype = torch.float64,
        device: torch.device | str = "cpu",
    ) -> None:
        super().__init__()
        self.dim = check_whole("dim", dim)
        self.width = check_whole("width", width)
        self.depth = check_whole("depth", depth, minimum=2)
        self.activation = get_activation(activation)
        self.bias = check_positive("bias", bias, or_zero=True)
        check_place(dtype, device)
        inputs, outputs = [self.dim] + [self.width] * (self.depth - 1), [self.width] * (self.depth - 1) + [self.dim]
        self.fan_in = list(inputs)  # of the layers, without the constant that a bias multiplies
        if self.bias > 0:
            inputs[:-1] = [n + 1 for n in inputs[:-1]]
        sizes = list(zip(outputs, inputs, strict=True))
        count = sum(a * b for a, b in sizes)
        # Drawn in double precision whatever they become.
        need = count * (torch.float64.itemsize + dtype.itemsize)
        check_memory(f"a network of width {width} and depth {depth} in {dim} dimensions", need, "use a smaller width")
        draws = normal_draws((count,), stream=WEIGHT_STREAM, seed=seed).to(dtype=dtype, device=device)
        blocks = draws.split([a * b for a, b in sizes])
        # W_l: (m_l, m_{l-1}), or a column more
        self.weights = nn.ParameterList(block.reshape(size).clone() for block, size in zip(blocks, sizes, strict=True))

    def forward(self, x: Tensor) -> Tensor:
        """Map inputs (..., d) to outputs (..., d)."""
        self._check_input(x)
        h = x
        for layer, (weight, fan_in) in enumerate(zip(self.weights, self.fan_in, strict=True)):
            if layer:
                h = self.activation(h)
            h = self.extended(h, weight) @ weight.mT / math.sqrt(fan_in)
        return h

    def extended(self, h: Tensor, weight: Tensor) -> Tensor:
        """Append the constant that a bias multiplies, if a weight matrix has a column for it."""
        return h if weight.shape[1] == h.shape[-1] else pad(h, (0, 1), value=self.bias * math.sqrt(h.shape[-1]))

    @torch.no_grad()
    def input_jacobian(self, points: Tensor) -> Tensor:
        r"""Differentiate the network by its input: what :func:`sigae.jacobian` asks it for.

        By the chain rule, without a graph and far cheaper than by autograd:

        .. math:: J_1 = \frac{W_1}{\sqrt d}, \qquad
            J_{l+1} = \frac{W_{l+1} \operatorname{diag}(\phi'(z_l)) J_l}{\sqrt m}

        It refuses points of another type or device than the network's, or whose last dimension is not d.

        Returns
        -------
        Tensor
            Shape (d, d) of one point (d,), (n, d, d) of several; entry [..., a, b] is the derivative of output a by
            input b.
        """
        self._check_input(points)
        numbers = self.width * self.dim if self.depth > 2 else self._units * self.dim  # a point
        batches = points.reshape(-1, self.dim).split(max(1, JACOBIAN_NUMBERS // numbers))
        return torch.cat([self._chain_rule(x) for x in batches]).reshape(*points.shape, self.dim)

    @property
    def _units(self) -> int:
        return JACOBIAN_UNITS if self.weights[0].device.type == "cpu" else DEVICE_UNITS

    def _chain_rule(self, x: Tensor) -> Tensor:
        first, *later = self.weights
        scales = [1 / math.sqrt(n) for n in self.fan_in]
        z = self.extended(x, first)
        if self.depth == 2:  # block by block from the start, so that a wide network makes no wide arrays
            J = x.new_zeros(len(x) * self.dim, self.dim)
            for rows, columns in zip(first.split(self._units), later[0].split(self._units, dim=1), strict=True):
                slope = self.activation.derivatives(z @ rows.mT * scales[0], 1)[1]
                J.addmm_((columns * slope[:, None, :]).flatten(0, 1), rows[:, : self.dim])
            return J.mul_(scales[0] * scales[1]).reshape(len(x), self.dim, self.dim)
        J, z = (first[:, : self.dim] * scales[0])[None], z @ first.mT * scales[0]  # (1, m, d), (n, m)
        for weight, scale in zip(later, scales[1:], strict=True):
            h, slope = self.activation.derivatives(z, 1)
            of_units = weight[:, : self.width], slope * scale, J
            parts = zip(*(t.split(self._units, dim=1) for t in of_units), strict=True)
            J, z = sum(W @ (s[:, :, None] * part) for W, s, part in parts), self.extended(h, weight) @ weight.mT * scale
        return J

    def _check_input(self, x: Tensor) -> None:
        first = self.weights[0]
        check_floats("the input", x, first.dtype)
        if x.device != first.device:
            raise ValueError(f"the input is on {x.device} but the network on {first.device}: move one with .to().")
        if x.shape[-1:] != (self.dim,):
            raise ValueError(f"the input has shape {tuple(x.shape)}: its last dimension must be dim = {self.dim}.")

    def extra_repr(self) -> str:
        """Describe the network in one line."""
        shape = f"dim={self.dim}, width={self.width}, depth={self.depth}, activation={self.activation.name!r}"
        return f"{shape}, bias={self.bias:g}" if self.bias else shape
