"""Bad input to the public functions ends in one sentence that names the value and the remedy."""

import math
import subprocess
import sys

import numpy as np
import pytest
import torch

import sigae

NAN, INF = math.nan, math.inf
F64 = torch.float64


def network(**options):
    return sigae.Autoencoder(3, 4, **options)


CASES = {
    "whole-numbered points": (
        lambda: sigae.jacobian(network(), torch.ones(3, dtype=torch.int64)),
        TypeError,
        r"points is of type torch.int64: convert it with .to\(torch.float64\)",
    ),
    "points of another precision": (
        lambda: sigae.jacobian(network(), torch.ones(3)),
        TypeError,
        r"the input is of type torch.float32: convert it with .to\(torch.float64\)",
    ),
    "cues of another precision": (
        lambda: sigae.iterate(network(dtype=torch.float32), torch.ones(3, dtype=F64)),
        TypeError,
        r"the input is of type torch.float64: convert it with .to\(torch.float32\)",
    ),
    "NumPy points": (
        lambda: sigae.jacobian(network(), np.ones(3)),
        TypeError,
        r"points is of type ndarray: give a torch.Tensor, as torch.from_numpy\(...\) makes one",
    ),
    "NumPy cues": (lambda: sigae.iterate(network(), np.ones(3)), TypeError, "cues is of type ndarray"),
    "NumPy patterns": (lambda: sigae.InfiniteWidth(np.ones((1, 3))), TypeError, "points is of type ndarray"),
    "a list to the network": (lambda: network()([1.0, 2.0, 3.0]), TypeError, "the input is of type list"),
    "a list of numbers": (lambda: sigae.operator_norm([[1.0]]), TypeError, "J is of type list: give a torch.Tensor"),
    "targets of another shape": (
        lambda: sigae.train(network(), torch.eye(3, dtype=F64), torch.eye(2, dtype=F64)),
        ValueError,
        r"targets has shape \(2, 2\) on cpu: give one target for each of the points, \(3, 3\)",
    ),
    "targets of the limit that are not finite": (
        lambda: sigae.InfiniteWidth(torch.eye(2), torch.full((2, 2), NAN)),
        ValueError,
        r"targets\[0, 0\] is nan: remove or repair",
    ),
    "one Jacobian for a cycle": (
        lambda: sigae.cycle_rate(torch.eye(2)),
        ValueError,
        r"J has shape \(2, 2\): give the L Jacobians of a cycle",
    ),
    "no square": (lambda: sigae.operator_norm(torch.ones(2, 3)), ValueError, r"J has shape \(2, 3\): give square"),
    "no matrix": (lambda: sigae.spectral_radius(torch.ones(3)), ValueError, r"J has shape \(3,\): give square"),
    "an empty matrix": (lambda: sigae.spectral_radius(torch.ones(0, 0)), ValueError, r"J has shape \(0, 0\)"),
    "whole-numbered matrices": (
        lambda: sigae.eigenvalue_norms(torch.ones(2, 2, dtype=torch.int32)),
        TypeError,
        "J is of type torch.int32: convert it",
    ),
    "matrices of half precision": (
        lambda: sigae.spectral_radius(torch.ones(2, 2, dtype=torch.half)),
        TypeError,
        "J is of type torch.float16: convert it",
    ),
    "targets that are not finite": (
        lambda: sigae.recalled(network(), torch.ones(2, 3, dtype=F64), torch.tensor([0, INF, 0], dtype=F64)),
        ValueError,
        r"targets\[1\] is inf: remove or repair",
    ),
    "cues that are not finite": (
        lambda: sigae.recalled(network(), torch.tensor([[0, 0, NAN]], dtype=F64), torch.ones(3, dtype=F64)),
        ValueError,
        r"cues\[0, 2\] is nan: remove or repair",
    ),
    "shapes that do not fit": (
        lambda: sigae.recalled(network(), torch.ones(2, 3, dtype=F64), torch.ones(4, 3, dtype=F64)),
        ValueError,
        r"cues has shape \(2, 3\) and targets \(4, 3\)",
    ),
    "a network of half precision": (
        lambda: network(dtype=torch.half),
        ValueError,
        "dtype is torch.float16: choose torch.float64 or torch.float32",
    ),
    "a network made half precise": (
        lambda: sigae.train(network().half(), torch.eye(3).half()),
        TypeError,
        "points is of type torch.float16",
    ),
    "a complex network": (
        lambda: network(dtype=torch.complex64),
        ValueError,
        "dtype is torch.complex64: choose torch.float64 or torch.float32",
    ),
    "complex points": (
        lambda: sigae.sphere_points(2, 3, dtype=torch.complex128),
        ValueError,
        "dtype is torch.complex128",
    ),
    "complex patterns": (
        lambda: sigae.train(network(), torch.ones(1, 3, dtype=torch.complex128)),
        TypeError,
        "points is of type torch.complex128",
    ),
    "a dtype in words": (lambda: network(dtype="float64"), ValueError, "dtype is float64: choose torch.float64"),
    "a network beyond all memory": (
        lambda: sigae.Autoencoder(8, 10**12),
        MemoryError,
        "a network of width 1000000000000 .* needs about .* GiB .* are free: use a smaller width",
    ),
    "points beyond all memory": (lambda: sigae.sphere_points(10**9, 10**6), MemoryError, "GiB are free: draw fewer"),
    "a path beyond all memory": (
        lambda: sigae.iterate(network(), torch.ones(3, dtype=F64), steps=10**13),
        MemoryError,
        "a path of 10000000000000 steps",
    ),
    "kernels beyond all memory": (
        lambda: sigae.InfiniteWidth(torch.arange(10.0**6, dtype=F64)[:, None]),
        MemoryError,
        "making the kernels of 1000000 points needs about",
    ),
    "an unknown device": (lambda: network(device="gpu"), ValueError, "device is 'gpu', which this machine"),
    "norms beyond the range of numbers": (
        lambda: sigae.InfiniteWidth(1e200 * torch.eye(3, dtype=F64)),
        ValueError,
        r"entries up to 1e\+200, .* take smaller norms",
    ),
    "points whose kernels are beyond the range of numbers": (
        lambda: sigae.train(network(), sigae.sphere_points(2, 3, norm=1e160)),
        ValueError,
        r"entries up to .*e\+159, .* float64: take smaller norms",
    ),
    "single points whose kernels are": (
        lambda: sigae.train(network(dtype=torch.float32), 1e15 * torch.eye(3)),
        ValueError,
        r"entries up to 1e\+15, .* float32: take smaller norms",
    ),
    "norms of which the limit's kernels are": (
        lambda: sigae.InfiniteWidth(sigae.sphere_points(2, 3, norm=1e78)),
        ValueError,
        r"points has entries up to .*e\+77, .* take smaller norms",
    ),
    "an input of which they are": (
        lambda: sigae.InfiniteWidth(sigae.sphere_points(2, 3))(1e78 * torch.ones(3)[:, None].double().T),
        ValueError,
        r"the input has entries up to 1e\+78",
    ),
    "a model of another kind": (lambda: sigae.train(torch.nn.Linear(3, 3), torch.eye(3)), TypeError, "of type Linear"),
    "a tolerance that single precision cannot tell": (
        lambda: sigae.train(network(dtype=torch.float32), torch.eye(3), tolerance=1e-14),
        ValueError,
        "tolerance is 1e-14, but rounding alone .* float32 .* use dtype=torch.float64",
    ),
    "a tolerance that double precision cannot tell": (
        lambda: sigae.train(network(), 1e15 * torch.eye(3, dtype=F64)),
        ValueError,
        "tolerance is 1e-07, but rounding alone .* smaller norms",
    ),
    "a map that mixes points": (
        lambda: sigae.jacobian(lambda x: x - x.mean(dim=0), torch.eye(3)),
        ValueError,
        "the map mixes points",
    ),
    "a kind of kernel": (
        lambda: sigae.InfiniteWidth(torch.eye(3)).kernel(torch.eye(3), kind="rbf"),
        ValueError,
        "'rbf'",
    ),
    "one point's covariance": (
        lambda: sigae.InfiniteWidth(torch.eye(3)).predictive_covariance(torch.ones(3)),
        ValueError,
        r"x has shape \(3,\)",
    ),
    "an activation with a kink": (
        lambda: network(activation=torch.relu),
        ValueError,
        "activation relu: derivative 1 is not that of derivative 0 near z = 0",
    ),
    "an activation too steep for the limit": (
        lambda: sigae.InfiniteWidth(torch.eye(3), activation=lambda z: torch.erf(20 * z)),
        ValueError,
        "too steep for quadrature",
    ),
    "a map that stops gradients": (
        lambda: sigae.jacobian(lambda x: x.detach(), torch.ones(3)),
        ValueError,
        "does not come from its input by differentiable operations",
    ),
    "a map that returns no tensor": (
        lambda: sigae.jacobian(lambda x: x.tolist(), torch.ones(3)),
        TypeError,
        "the map returned list",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_one_sentence(case):
    call, error, sentence = CASES[case]
    with pytest.raises(error, match=sentence) as said:
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
    assert all("holds a value that is not finite, so it has no eigenvalues or norms" in text for text in sentences)
    names = [text.split(" holds")[0] for text in sentences]
    assert names[:2] == ["the matrix J[0]", "the matrix J[1]"]
    assert "the matrix J" in names
    assert "the matrix J[1, 0]" in names


def test_kernels_that_are_not_finite_end_training_with_the_reason(monkeypatch):
    from sigae.training import gradient_flow

    broken = torch.full((2, 2), NAN, dtype=F64)
    monkeypatch.setattr(gradient_flow, "averaged_kernel", lambda *_: broken)
    result = sigae.train(network(), sigae.sphere_points(2, 3))
    assert not result.converged
    assert result.reason == "The flow cannot be followed beyond flow time 0: the tangent kernel is not finite."
