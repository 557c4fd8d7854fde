"""Bad input to the public functions ends in one sentence that names the value and the remedy."""

import math
import re

import numpy as np
import pytest
import torch

import sigae
from sigae.infinite_width import core_map, critical_load, large_norm_coefficient, recalled_near_ray

NAN, INF = math.nan, math.inf
F64 = torch.float64
ONES, EYE = torch.ones(3, dtype=F64), torch.eye(3, dtype=F64)
LONG = torch.arange(10.0**5, dtype=F64)[:, None]
DESCENT = {"method": "gradient_descent"}


def network(dim=3, width=4, **options):
    return sigae.Autoencoder(dim, width, **options)


def single():
    return network(dtype=torch.float32)


class WithBias(sigae.Autoencoder):
    def forward(self, x):
        return super().forward(x) + 1


def hooked():
    model = network()
    model.register_forward_hook(lambda module, inputs, output: 2 * output)
    return model


def train(points=EYE, *, model=None, **options):
    return sigae.train(model or network(), points, **options)


def points(n=2, d=3, **options):
    return sigae.sphere_points(n, d, **options)


def limit(at=EYE, *arguments, **options):
    return sigae.InfiniteWidth(at, *arguments, **options)


def recalled(cues=ONES, targets=ONES, **options):
    return sigae.recalled(network(), cues, targets, **options)


TYPES = [
    ("points is of type torch.int64: convert it with .to(torch.float64)", lambda: train(EYE.long())),
    ("the input is of type torch.float32: convert it with .to(torch.float64)", lambda: network()(ONES.float())),
    ("the input is of type torch.float64: convert it with .to(torch.float32)", lambda: sigae.iterate(single(), ONES)),
    ("type ndarray: give a torch.Tensor, as torch.from_numpy", lambda: sigae.jacobian(network(), np.ones(3))),
    ("cues is of type ndarray", lambda: sigae.iterate(network(), np.ones(3))),
    ("points is of type ndarray", lambda: limit(np.ones((1, 3)))),
    ("the input is of type list: give a torch.Tensor", lambda: limit()([1.0, 2.0, 3.0])),
    ("the input is of type list: give a torch.Tensor", lambda: network()([1.0, 2.0, 3.0])),
    ("J is of type list: give a torch.Tensor", lambda: sigae.operator_norm([[1.0]])),
    ("J is of type torch.int32: convert it", lambda: sigae.eigenvalue_norms(EYE.int())),
    ("variance is of type float: give a torch.Tensor", lambda: critical_load(1.0, activation="erf")),
    ("factors is of type float: give a torch.Tensor", lambda: recalled_near_ray(ONES, ONES, 0.6)),
    ("points is of type torch.float16", lambda: train(EYE.half(), model=network().half())),
    ("of type Linear: give a sigae.Autoencoder", lambda: train(model=torch.nn.Linear(3, 3))),
    ("the map returned list", lambda: sigae.jacobian(lambda x: x.tolist(), ONES)),
]
SIZES = [
    ("n_points is 0: give a whole number of at least 1", lambda: points(n=0)),
    ("n_points is 2.5", lambda: points(n=2.5)),
    ("dim is 0", lambda: points(d=0)),
    ("norm is 0.0: give a finite number above 0", lambda: points(norm=0.0)),
    ("norm is nan", lambda: points(norm=NAN)),
    ("norm is 'large'", lambda: points(norm="large")),
    ("seed is -1: give a whole number of at least 0", lambda: points(seed=-1)),
    ("seed is True", lambda: points(seed=True)),
    ("dim is 0", lambda: network(dim=0)),
    ("width is 10.5", lambda: network(width=10.5)),
    ("depth is 1", lambda: network(depth=1)),
    ("bias is -1: give a finite number of at least 0", lambda: network(bias=-1)),
    ("seed is -2", lambda: network(seed=-2)),
    ("steps is 0", lambda: sigae.iterate(network(), ONES, steps=0)),
    ("steps is 1.5", lambda: recalled(steps=1.5)),
    ("threshold is 0.0", lambda: recalled(threshold=0.0)),
    ("depth is 1", lambda: limit(depth=1)),
    ("samples is 0", lambda: limit().sample_jacobians(ONES, samples=0)),
    ("seed is -1", lambda: limit().sample_jacobians(ONES, seed=-1)),
    ("variance goes down to 0: take variances above zero", lambda: critical_load(torch.zeros(1), activation="erf")),
]
PLACES = [
    ("dtype is torch.float16: choose torch.float64 or torch.float32", lambda: network(dtype=torch.half)),
    ("dtype is torch.complex128", lambda: points(dtype=torch.complex128)),
    ("dtype is float64: choose torch.float64", lambda: network(dtype="float64")),
    ("device is 'gpu', which this machine", lambda: network(device="gpu")),
]
SHAPES = [
    ("points has shape (1, 1, 3): give (d,) or (n, d)", lambda: sigae.jacobian(network(), ONES[None, None])),
    ("the map returned 1 numbers for 3", lambda: sigae.jacobian(lambda x: x[:1], ONES)),
    ("the input has shape (3, 2): its last dimension must be dim = 3", lambda: network()(EYE[:, :2])),
    ("the input has shape (3, 2): its last dimension must be d = 3", lambda: limit()(EYE[:, :2])),
    ("w has shape (3, 2): its last dimension must be d = 3", lambda: core_map(EYE, activation="erf")(EYE[:, :2])),
    ("points has shape (3,)", lambda: train(ONES)),
    ("points has shape (0, 3)", lambda: limit(EYE[:0])),
    ("points has 2 columns but the network has dim 3", lambda: train(EYE[:, :2])),
    ("points is torch.float32 on cpu but the network is torch.float64 on cpu", lambda: train(EYE.float())),
    ("targets has shape (2, 2) on cpu: give one target for each of the points", lambda: train(targets=EYE[:2, :2])),
    ("J has shape (3, 3): give the L Jacobians of a cycle", lambda: sigae.cycle_rate(EYE)),
    ("J has shape (2, 3): give square", lambda: sigae.operator_norm(torch.ones(2, 3))),
    ("J has shape (3,): give square", lambda: sigae.spectral_radius(ONES)),
    ("J has shape (0, 0)", lambda: sigae.spectral_radius(torch.ones(0, 0))),
    ("cues has shape (2, 3) and targets (4, 3)", lambda: recalled(ONES.expand(2, 3), ONES.expand(4, 3))),
    ("x has shape (3,)", lambda: limit().predictive_covariance(ONES)),
    ("points has shape (1, 3, 3): give (d,) or (k, d)", lambda: limit().mean_jacobian(EYE[None])),
    ("initial_outputs has shape (2, 3)", lambda: limit().trained_jacobian(EYE, EYE[:2], EYE)),
]
NUMBERS = [
    ("points[1] is inf", lambda: sigae.jacobian(network(), torch.tensor([1.0, INF, 0.0]))),
    ("points[0, 0] is nan", lambda: limit(NAN * EYE)),
    ("points rows 0 and 2 are equal: give each pattern once", lambda: limit(EYE[[0, 1, 0]])),
    ("points rows 0 and 1 are equal", lambda: train(EYE[[0, 0]])),
    ("the input[0] is inf", lambda: limit()(ONES / 0)),
    ("targets[0, 0] is nan: remove or repair", lambda: limit(EYE, NAN * EYE)),
    ("targets[1] is inf: remove or repair", lambda: recalled(targets=torch.tensor([0, INF, 0], dtype=F64))),
    ("cues[2] is nan: remove or repair", lambda: recalled(torch.tensor([0, 0, NAN], dtype=F64))),
    # without the check some shapes end the process inside the linear algebra library
    ("J[0, 0] is nan", lambda: sigae.spectral_radius(torch.full((3, 3), NAN))),
    ("J[0, 31, 0] is inf", lambda: sigae.operator_norm(torch.zeros(1, 32, 32).index_fill(1, torch.tensor(31), INF))),
    ("points has entries up to 1e+200", lambda: limit(1e200 * EYE)),
    ("up to 1e+159, and kernels beyond the range of float64: take smaller norms", lambda: train(1e159 * EYE)),
    ("up to 1e+15, and kernels beyond the range of float32", lambda: train(1e15 * EYE.float(), model=single())),
    ("the input has entries up to 1e+78", lambda: limit()(1e78 * ONES)),
    ("or use dtype=torch.float64", lambda: train(EYE.float(), model=single(), tolerance=1e-14)),
    ("give a larger tolerance, or smaller norms", lambda: train(1e15 * EYE)),
    ("condition number", lambda: limit(torch.cat([EYE, EYE[:1] + 1e-9]))),
]
OPTIONS = [
    ("activation is 'relu': choose one of sigmoid, tanh, erf", lambda: network(activation="relu")),
    ("activation is 3: choose one of sigmoid, tanh, erf", lambda: network(activation=3)),
    ("activation relu: derivative 1 is not that of derivative 0 near z = 0", lambda: network(activation=torch.relu)),
    ("too steep for quadrature", lambda: limit(activation=lambda z: torch.erf(20 * z))),
    ("activation sin is not an odd function and a constant", lambda: large_norm_coefficient(EYE, activation=torch.sin)),
    ("activation cos is not an odd function and a constant", lambda: critical_load(ONES, activation=torch.cos)),
    ("kind is 'rbf'", lambda: limit().kernel(EYE, kind="rbf")),
    ("does not come from its input by differentiable operations", lambda: sigae.jacobian(lambda x: x.detach(), ONES)),
    ("method is 'adam': choose one of gradient_flow, gradient_descent", lambda: train(method="adam")),
    ("tolerance is 0.0", lambda: train(tolerance=0.0)),
    ("learning_rate is None", lambda: train(**DESCENT)),
    ("learning_rate is -1", lambda: train(**DESCENT, learning_rate=-1)),
    ("learning_rate is 1.0 but gradient_flow has no such option", lambda: train(learning_rate=1.0)),
    ("step_tolerance is 0.1 but", lambda: train(**DESCENT, learning_rate=1, step_tolerance=0.1)),
    ("step_tolerance is -0.1", lambda: train(step_tolerance=-0.1)),
    ("linear_part is 'half': choose one of auto, averaged, matrix-free, full", lambda: train(linear_part="half")),
    ("max_steps is 0", lambda: train(max_steps=0)),
    ("forward or hooks of its own", lambda: train(model=WithBias(3, 4))),
    ("forward or hooks of its own", lambda: train(model=hooked())),
    ("weights.0 has requires_grad = False", lambda: train(model=network().requires_grad_(False))),
]
MEMORY = [
    ("are free: use a smaller width", lambda: network(width=10**12)),
    ("GiB are free: draw fewer", lambda: points(10**9, 10**6)),
    ("a path of 10000000000000 steps", lambda: sigae.iterate(network(), ONES, steps=10**13)),
    ("the kernels of 100000 points needs about", lambda: limit(LONG)),
]
CASES = [
    (error, *case)
    for error, cases in (
        (TypeError, TYPES),
        (ValueError, SIZES + PLACES + SHAPES + NUMBERS + OPTIONS),
        (MemoryError, MEMORY),
    )
    for case in cases
]


@pytest.mark.parametrize(("error", "sentence", "call"), CASES)
def test_bad_input_is_one_sentence(error, sentence, call):
    with pytest.raises(error, match=re.escape(sentence)) as said:
        call()
    text = str(said.value)
    assert "\n" not in text
    assert text.endswith(".")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU: the device exists")
def test_a_gpu_that_is_not_there_is_one_sentence():
    with pytest.raises(ValueError, match="device is 'cuda', which this machine or this installation .* leave it out"):
        sigae.sphere_points(2, 3, device="cuda")


def test_kernels_that_are_not_finite_end_training_with_the_reason(monkeypatch):
    from sigae.training import gradient_flow

    broken = torch.full((2, 2), NAN, dtype=F64)
    monkeypatch.setattr(gradient_flow, "averaged_kernel", lambda *_: broken)
    result = train(points())
    assert not result.converged
    assert result.reason == "The flow cannot be followed beyond flow time 0: the tangent kernel is not finite."
