"""Bad input to the public functions ends in one sentence that names the value and the remedy."""

import math
import re
import subprocess
import sys

import numpy as np
import pytest
import torch

import sigae

NAN, INF = math.nan, math.inf
F64 = torch.float64


def network(width=4, **options):
    return sigae.Autoencoder(3, width, **options)


ONES, EYE = torch.ones(3, dtype=F64), torch.eye(3)
TYPES = [
    (
        "points is of type torch.int64: convert it with .to(torch.float64)",
        lambda: sigae.jacobian(network(), ONES.long()),
    ),
    ("the input is of type torch.float32: convert it with .to(torch.float64)", lambda: network()(ONES.float())),
    (
        "the input is of type torch.float64: convert it with .to(torch.float32)",
        lambda: sigae.iterate(network(dtype=torch.float32), ONES),
    ),
    (
        "points is of type ndarray: give a torch.Tensor, as torch.from_numpy(...) makes one",
        lambda: sigae.jacobian(network(), np.ones(3)),
    ),
    ("cues is of type ndarray", lambda: sigae.iterate(network(), np.ones(3))),
    ("points is of type ndarray", lambda: sigae.InfiniteWidth(np.ones((1, 3)))),
    ("give a torch.Tensor", lambda: sigae.InfiniteWidth(EYE)([1.0, 2.0, 3.0])),
    ("the input is of type list", lambda: network()([1.0, 2.0, 3.0])),
    ("J is of type list: give a torch.Tensor", lambda: sigae.operator_norm([[1.0]])),
    ("J is of type torch.int32: convert it", lambda: sigae.eigenvalue_norms(EYE.int())),
    ("J is of type torch.float16: convert it", lambda: sigae.spectral_radius(EYE.half())),
    ("points is of type torch.float16", lambda: sigae.train(network().half(), EYE.half())),
    ("points is of type torch.complex128", lambda: sigae.train(network(), EYE.to(torch.complex128))),
    ("of type Linear", lambda: sigae.train(torch.nn.Linear(3, 3), EYE)),
    ("the map returned list", lambda: sigae.jacobian(lambda x: x.tolist(), ONES)),
]
VALUES = [
    (
        "targets has shape (2, 2) on cpu: give one target for each of the points, (3, 3)",
        lambda: sigae.train(network(), EYE.double(), EYE[:2, :2].double()),
    ),
    ("targets[0, 0] is nan: remove or repair", lambda: sigae.InfiniteWidth(EYE, torch.full((3, 3), NAN))),
    ("J has shape (3, 3): give the L Jacobians of a cycle", lambda: sigae.cycle_rate(EYE)),
    ("J has shape (2, 3): give square", lambda: sigae.operator_norm(torch.ones(2, 3))),
    ("J has shape (3,): give square", lambda: sigae.spectral_radius(ONES)),
    ("J has shape (0, 0)", lambda: sigae.spectral_radius(torch.ones(0, 0))),
    (
        "targets[1] is inf: remove or repair",
        lambda: sigae.recalled(network(), ONES, torch.tensor([0, INF, 0], dtype=F64)),
    ),
    (
        "cues[0, 2] is nan: remove or repair",
        lambda: sigae.recalled(network(), torch.tensor([[0, 0, NAN]], dtype=F64), ONES),
    ),
    (
        "cues has shape (2, 3) and targets (4, 3)",
        lambda: sigae.recalled(network(), ONES.expand(2, 3), ONES.expand(4, 3)),
    ),
    ("dtype is torch.float16: choose torch.float64 or torch.float32", lambda: network(dtype=torch.half)),
    ("dtype is torch.complex64: choose torch.float64", lambda: network(dtype=torch.complex64)),
    ("dtype is torch.complex128", lambda: sigae.sphere_points(2, 3, dtype=torch.complex128)),
    ("dtype is float64: choose torch.float64", lambda: network(dtype="float64")),
    ("device is 'gpu', which this machine", lambda: network(device="gpu")),
    ("points has entries up to 1e+200", lambda: sigae.InfiniteWidth(1e200 * EYE.double())),
    (
        "1e+159, and kernels beyond the range of float64: take smaller norms",
        lambda: sigae.train(network(), 1e159 * EYE.double()),
    ),
    ("1e+15, and kernels beyond the range of float32", lambda: sigae.train(network(dtype=torch.float32), 1e15 * EYE)),
    ("points has entries up to 1e+77", lambda: sigae.InfiniteWidth(1e77 * EYE.double())),
    ("the input has entries up to 1e+78", lambda: sigae.InfiniteWidth(EYE)(1e78 * ONES)),
    ("or use dtype=torch.float64", lambda: sigae.train(network(dtype=torch.float32), EYE, tolerance=1e-14)),
    ("give a larger tolerance, or smaller norms", lambda: sigae.train(network(), 1e15 * EYE.double())),
    ("'rbf'", lambda: sigae.InfiniteWidth(EYE).kernel(EYE, kind="rbf")),
    ("x has shape (3,)", lambda: sigae.InfiniteWidth(EYE).predictive_covariance(ONES)),
    ("activation relu: derivative 1 is not that of derivative 0 near z = 0", lambda: network(activation=torch.relu)),
    ("too steep for quadrature", lambda: sigae.InfiniteWidth(EYE, activation=lambda z: torch.erf(20 * z))),
    ("does not come from its input by differentiable operations", lambda: sigae.jacobian(lambda x: x.detach(), ONES)),
]
MEMORY = [
    ("are free: use a smaller width", lambda: network(width=10**12)),
    ("GiB are free: draw fewer", lambda: sigae.sphere_points(10**9, 10**6)),
    ("a path of 10000000000000 steps", lambda: sigae.iterate(network(), ONES, steps=10**13)),
    (
        "the kernels of 1000000 points needs about",
        lambda: sigae.InfiniteWidth(torch.arange(10.0**6, dtype=F64)[:, None]),
    ),
]
CASES = [
    (error, *case)
    for error, cases in ((TypeError, TYPES), (ValueError, VALUES), (MemoryError, MEMORY))
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
@pytest.mark.parametrize("make", [network, lambda **options: sigae.sphere_points(2, 3, **options)])
def test_a_gpu_that_is_not_there_is_one_sentence(make):
    with pytest.raises(ValueError, match="device is 'cuda', which this machine or this installation .* leave it out"):
        make(device="cuda")


PROGRAM = """
import itertools, sigae, torch
functions = sigae.eigenvalue_norms, sigae.spectral_radius, sigae.operator_norm
places = [((2, 3, 3), [1, 0, 2]), ((3, 3), [0, 0]), ((2, 2, 8, 8), [1, 0, 5, 5]), ((1, 32, 32), [0, 31, 0])]
bads, dtypes = (float("nan"), float("inf"), -float("inf")), (torch.float64, torch.float32)
for function, (shape, place), bad, dtype in itertools.product(functions, places, bads, dtypes):
    for J in (torch.full(shape, bad, dtype=dtype), torch.zeros(shape, dtype=dtype)):
        J[tuple(place)] = bad
        try:
            function(J)
        except ValueError as error:
            print(error)
"""


def test_matrices_that_are_not_finite_are_named_and_do_not_end_the_process():
    # Some shapes ended the process inside the linear algebra library: so in a process of its own.
    said = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    sentences = said.stdout.splitlines()
    assert len(sentences) == 3 * 4 * 3 * 2 * 2
    assert sentences[0].startswith("J[0, 0, 0] is nan")
    assert sentences[1].startswith("J[1, 0, 2] is nan")


def test_kernels_that_are_not_finite_end_training_with_the_reason(monkeypatch):
    from sigae.training import gradient_flow

    broken = torch.full((2, 2), NAN, dtype=F64)
    monkeypatch.setattr(gradient_flow, "averaged_kernel", lambda *_: broken)
    result = sigae.train(network(), sigae.sphere_points(2, 3))
    assert not result.converged
    assert result.reason == "The flow cannot be followed beyond flow time 0: the tangent kernel is not finite."
