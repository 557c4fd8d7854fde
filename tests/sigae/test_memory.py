"""The memory that a run of training needs, foreseen and measured in a process of its own."""

import os
import subprocess
import sys

import pytest

from sigae.training import memory_needed

pytestmark = pytest.mark.machinery

# glibc keeps freed arrays below 32 MiB on its heap, in pieces, by luck up to two layers' worth of them at these sizes.
# Mapped one by one, as the larger arrays of larger networks are in any case, they are what the code holds.
MAPPED = {"MALLOC_MMAP_THRESHOLD_": str(2**20)}
RUN = """
import resource, sys
import sigae, torch

def peak():  # in bytes; Linux's ru_maxrss begins at what the process that started this one had, VmHWM does not
    try:
        return 1024 * int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

n, width, depth = map(int, sys.argv[1:4])
torch.set_num_threads(1)
points = sigae.sphere_points(n, 32, norm=20.0)
# A first network loads all code.
sigae.train(sigae.Autoencoder(32, 1000 if depth == 2 else 50, depth, activation=sys.argv[4]), points, max_steps=2)
before = peak()
model = sigae.Autoencoder(32, width, depth, activation=sys.argv[4])
sigae.train(model, points, max_steps=3, step_tolerance=0.03)
sigae.jacobian(model, points)
print(peak() - before)
"""


@pytest.mark.parametrize(
    ("n", "width", "depth", "activation"),
    [(40, 60_000, 2, "sigmoid"), (40, 60_000, 2, "erf"), (3, 200_000, 2, "tanh"), (40, 1_500, 3, "erf")],
)
def test_training_needs_no_more_memory_than_foreseen_and_not_far_less(n, width, depth, activation):
    command = [sys.executable, "-c", RUN, str(n), str(width), str(depth), activation]
    environment = {**os.environ, **MAPPED}
    measured = int(subprocess.run(command, capture_output=True, check=True, text=True, env=environment).stdout)
    foreseen = memory_needed(n_points=n, dim=32, width=width, depth=depth)
    assert measured < foreseen + 20 * 2**20  # the allocator keeps a little
    assert measured > foreseen / 4


def test_the_papers_largest_network_fits_in_five_gibibytes():
    assert memory_needed(n_points=40, dim=32, width=1_000_000) < 5 * 2**30
