# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Hundreds of pictures
#
# How many real pictures can one network store, and can it recall them?
#
# At infinite width all {glue:text}`all_digits` digits of a data set become attractors at once, {glue:text}`all_load`
# for each dimension, if their norm is large enough. But recall of strongly damaged pictures falls with their number.

# %% tags=["remove-cell"]
from pathlib import Path

from book.experiments.hundreds_of_pictures import DAMAGES
from book.parameters import Activation, Ascending, Count, Positive, Seed, check, require

# %% tags=["parameters"]
tables_folder: str = "../book/paper_scale"  # what `make paper` computed
activation: Activation = "erf"  # of the pictures shown
wall_pictures: Count = 300  # number n of pictures stored for them; for twice as many four times the time
wall_norm: Positive = 40  # norm of theirs
wall_choice: Seed = 0  # which digits are stored
few: Count = 10  # number of pictures with which recall of many is compared
many: Count = 300  # many pictures
loads: Ascending[Positive] = [0.15, 5]  # loads n/d between which the boundary is judged
damage: str = "half"  # damage of the cues for C15: noise 0.1, noise 0.3, quarter or half

# %% tags=["remove-input", "check-parameters"]
check(globals())
require(damage in DAMAGES, f"damage is {damage!r}: choose one of {', '.join(DAMAGES)}.")
require(
    Path(tables_folder, "pictures.csv").is_file(),
    f"tables_folder is {tables_folder!r}, where no pictures.csv is: give another.",
)

# %% tags=["remove-cell"]
import numpy as np
import pandas as pd

from book import figures, publish
from book.experiments.hundreds_of_pictures import gram_spectrum, wall_of_memories
from book.experiments.phase_diagram import boundary_in_high_dimension
from book.statistics import hundreds_of_pictures as tables
from book.statistics import summaries, verdicts
from book.sweep import grid, sweep

# %% tags=["hide-input"]
stored = pd.read_csv(Path(tables_folder, "pictures.csv")).assign(error=None)
digits = stored[stored["kind"].eq("digits")]
shown = digits.melt(["activation", "n_pictures", "norm", "choice"], ["radius_worst", "recalled half"], "what", "value")
