"""The memory that a run of training needs, predicted and measured in a process of its own."""

import os
import subprocess
import sys

import pytest
import torch

from sigae.infinite_width.kernel_regression import KERNEL_COPIES, PAIRS_AT_A_TIME
from sigae.training import memory_needed

pytestmark = pytest.mark.machinery

# glibc keeps freed arrays below 32 MiB on its heap, in pieces, by luck up to two layers' worth of them at these sizes.
# Mapped one by one, as the larger arrays of larger networks are in any case, they are what the code holds.
MAPPED = {"MALLOC_MMAP_THRESHOLD_": str(2**20)}
PEAK = """
import resource, sys
import sigae, torch

def peak():  # in bytes; Linux's ru_maxrss begins at what the process that started this one had, VmHWM does not
    try:
        return 1024 * int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

torch.set_num_threads(1)
"""
RUN = (
    PEAK
    + """
n, dim, width, depth, steps = map(int, sys.argv[1:6])
kind = {"activation": sys.argv[6], "dtype": getattr(torch, sys.argv[7])}
points = sigae.sphere_points(n, dim, norm=20.0, dtype=kind["dtype"])
# A first network loads all code.
sigae.train(sigae.Autoencoder(dim, 1000 if depth == 2 else 50, depth, **kind), points, max_steps=2)
before = peak()
model = sigae.Autoencoder(dim, width, depth, **kind)
sigae.train(model, points, max_steps=steps, step_tolerance=0.3, tolerance=1e-2)
sigae.jacobian(model, points)
print(peak() - before)
"""
)

LIMIT = (
    PEAK
    + """
n = int(sys.argv[1])
sigae.InfiniteWidth(sigae.sphere_points(3, 32), activation="erf")
before = peak()
limit = sigae.InfiniteWidth(sigae.sphere_points(n, 32, norm=30.0), activation="erf")
made = peak() - before
limit(sigae.sphere_points(4 * n, 32, norm=30.0, seed=1))
print(made, peak() - before)
"""
)


def measured(program, *arguments):
    command = [sys.executable, "-c", program, *map(str, arguments)]
    environment = {**os.environ, **MAPPED}
    return subprocess.run(command, capture_output=True, check=True, text=True, env=environment).stdout


def test_a_limit_needs_no_more_memory_than_its_check_asks_for_nor_do_many_points():
    n = 1200
    made, asked = map(int, measured(LIMIT, n).split())
    kernel = 8 * n * n
    assert kernel < made < KERNEL_COPIES * kernel + 20 * 2**20  # the allocator keeps a little
    # at a time; and the points, twice, with answers
    assert asked < made + 20 * 8 * PAIRS_AT_A_TIME + 4 * 8 * 4 * n * 32


@pytest.mark.parametrize(
    "case",
    [
        (3, 32, 200_000, 2, 3, "tanh", "float64"),  # few patterns
        (40, 32, 60_000, 2, 3, "erf", "float64"),  # many
        (1, 32, 3500, 3, 3, "tanh", "float32"),  # deeper, its loss in double precision, too
        (2, 8, 3000, 3, 200, "tanh", "float64"),  # to the end, and a second run
    ],
)
def test_training_needs_no_more_memory_than_predicted_and_not_far_less(case):
    found, (n, dim, width, depth, *_, dtype) = int(measured(RUN, *case)), case
    predicted = memory_needed(n_points=n, dim=dim, width=width, depth=depth, dtype=getattr(torch, dtype))
    assert found < predicted + 20 * 2**20  # the allocator keeps a little
    assert found > predicted / 4


def test_the_papers_largest_network_fits_in_five_gibibytes():
    assert memory_needed(n_points=40, dim=32, width=1_000_000) < 5 * 2**30
