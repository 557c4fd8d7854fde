# %% [markdown]
# # Hundreds of pictures
#
# How many real pictures can one network store, and how many can it recall?
#
# At infinite width, with {glue:text}`units` units, all {glue:text}`all_digits` digits of a data set become attractors
# at once, in {glue:text}`dim` dimensions. But the more are stored, the fewer are recalled when half of a picture is
# missing. At the best norm for each number, {glue:text}`few_best:.0f` % of {glue:text}`few` digits are recalled, and
# {glue:text}`many_best:.0f` % of {glue:text}`many`.

# %% tags=["remove-cell"]
from pathlib import Path

import pandas as pd

from book.experiments.hundreds_of_pictures import DAMAGES, KINDS, picture_set
from book.experiments.own_pictures import own_patterns
from book.parameters import Activation, Many, Positive, Seed, check, require

# %% tags=["parameters"]
tables_folder: str = "../book/paper_scale"  # what `make paper` computed
activation: Activation = "erf"  # of the pictures shown, and of the page's numbers
many: Many = 300  # number n of digits of the claims on hundreds: 30, 100, 300 or 500
network_norm: Positive = 40  # norm of the pictures that finite networks store: 40 or 80
wall_kind: str = "digits"  # pictures of the wall: digits, patches, random, digits' covariance or patches' covariance
patterns_file: str = ""  # own patterns on the wall: .npy, .csv or a folder of images; path from /, ~ or this folder
wall_pictures: Many = 300  # number of them that are stored; of own patterns at most so many
wall_norm: Positive = 40  # norm of theirs
wall_damage: str = "noise 0.3"  # of the cues there
wall_choice: Seed = 0  # which pictures are stored

# %% tags=["remove-input", "check-parameters"]
check(globals())
files = {name: Path(tables_folder, f"{name}.csv") for name in ("pictures", "picture_boundaries", "stored_networks")}
for name, file in files.items():
    require(file.is_file(), f"tables_folder is {tables_folder!r}, where no {name}.csv is: give another.")
stored, boundaries, networks = (pd.read_csv(file) for file in files.values())
digits = stored[stored["kind"].eq("digits")]
choices = {"many": {*networks["n_pictures"]} & {*digits["n_pictures"]}, "network_norm": {*networks["norm"]}}
for name, known in (choices | {"wall_damage": {*DAMAGES}}).items():
    require(globals()[name] in known, f"{name} is {globals()[name]}: choose one of {str(sorted(known))[1:-1]}.")
if patterns_file:
    own = own_patterns(patterns_file)
    wall_kind, wall_pictures = own.source, min(wall_pictures, len(own.values))
_ = picture_set(wall_kind, wall_pictures, choice=wall_choice)

# %% tags=["remove-cell"]
from book import figures, publish
from book.experiments.hundreds_of_pictures import pictures_themselves, stored_pictures
from book.experiments.phase_diagram import boundary_in_high_dimension
from book.figures.style import THRESHOLD, point_out
from book.statistics import hundreds_of_pictures as tables
from book.statistics import verdicts
from book.sweep import grid, sweep

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-many-digits", "caption": "Infinite width, erf: digits stored together, from ten to all 1,797 of the set, against their norm. First panel: the largest spectral radius of the mean network at the memories; below one (dashed) all are attractors. The others: share of cues recalled. Mean and 95 % interval over three choices of digits."}, "image": {"alt": "Left: curves for six numbers of digits rise a little above one and fall below it, later the more digits are stored; all end near one half to nine tenths. Middle: recall with noise rises to all cues at a middle norm and falls to none at the largest. Right: recall from half a picture has a low peak for ten digits and is near zero for hundreds."}}
mine, columns = digits[digits["activation"].eq(activation)], ["radius_worst", "recalled noise 0.1", "recalled half"]
names = {"radius_worst": r"largest $\rho$ of the memories", "noise 0.1": "recalled with 10 % noise"}
names["half"] = "recalled from half a picture"
shown = tables.averages(mine, columns, ["n_pictures", "norm"]).replace({"what": names})
look = {"colour_by": "n_pictures", "x_label": "norm $r$", "log": "x", "bars": True, "markers": False}
drawing = figures.against(shown, panel_by="what", y_label="", share_y=False, **look)
drawing.axes[0].axhline(1, **THRESHOLD)
end = mine.loc[mine[["n_pictures", "norm"]].prod(axis=1).idxmax()]
point_out(drawing.axes[0], f"all {end['n_pictures']}\nare attractors", (end["norm"], end["radius_worst"]), (0.03, 0.1))
for ax in drawing.axes[1:]:
    ax.set_ylim(-0.04, 1.04)
publish.figure(drawing)
publish.table(shown, "many_digits")

# %% tags=["hide-input"]
(few, most), most_norm, dim = digits["n_pictures"].agg(["min", "max"]), digits["norm"].max(), boundaries["dim"].min()
best = mine.groupby(["n_pictures", "choice"])["recalled half"].max().groupby("n_pictures").mean()
every = mine[mine["n_pictures"].eq(most) & mine["norm"].eq(most_norm)]
publish.numbers(all_digits=int(most), dim=int(dim), all_load=most / dim, few=int(few), many=many, most_norm=most_norm)
publish.numbers(few_best=100 * best[few], many_best=100 * best[many], units=activation)
publish.numbers(all_radius=every["radius_worst"].iloc[0])

# %% [markdown]
# At norm {glue:text}`most_norm` the largest $\rho$ of all {glue:text}`all_digits` digits is {glue:text}`all_radius:.2f`
# ({numref}`fig-many-digits`). These are {glue:text}`all_load:.0f` digits for each dimension.
#
# ## Setting
#
# The digits are drawn at random from scikit-learn's set of $8 \times 8$ pixels {cite}`pedregosa2011scikit`. The patches
# are $16 \times 16$ squares of its two photographs, which do not overlap, each less its mean grey. From every set of
# pictures its mean picture is subtracted, and each picture is scaled to norm $r$. Cues have normal noise of relative
# length $0.1$ or $0.3$, or lack a quarter or a half of their rows, from below. A cue is recalled if it ends nearest to
# its own picture after 100 iterations, and within 5 % of its norm (a threshold). Unless stated otherwise the network is
# the mean one of infinite width. Sixty memories are recalled in each network, and $\rho$ is computed at these, but for
# up to 300 digits, and for all {glue:text}`all_digits` at the largest norm, at all memories.
#
# ## One network, step by step

# %% tags=["show-input"]
import torch
from sklearn.datasets import load_digits  # pip install scikit-learn

import sigae

chosen = torch.randperm(1797, generator=torch.Generator().manual_seed(0))[:300]
points = torch.from_numpy(load_digits().data)[chosen]  # (300, 64)
points -= points.mean(dim=0)
points *= 40 / points.norm(dim=1, keepdim=True)
limit = sigae.InfiniteWidth(points, activation="erf")
rho_here = sigae.spectral_radius(sigae.jacobian(limit, points))
print(f"rho of {len(points)} memories: mean {rho_here.mean():.3f}, largest {rho_here.max():.3f}")
upper = points[:60] * (torch.arange(64) < 32)  # half of a picture
end = sigae.iterate(limit, upper, steps=100)[-1]
print(f"recalled: {((end - points[:60]).norm(dim=1) < 2).sum()} of 60")

# %% [markdown]
# `make paper` calls {py:func}`~book.experiments.hundreds_of_pictures.stored_pictures` for every condition. This page
# reads its tables.
#
# ## The norm of best recall
#
# The norm of best recall grows with the number of pictures, from thirty on ({numref}`fig-best-norm`).

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-best-norm", "caption": "Norm of best recall against the number of digits stored, at infinite width, for four kinds of damage. Where several norms are equally good, the geometric mean of the smallest and the largest of them; mean and 95 % interval over choices."}, "image": {"alt": "Four panels of rising curves for three activations; those of the sigmoid lie above those of tanh and erf."}}
several = digits[digits["n_pictures"].lt(most)]
every = pd.concat({name: tables.best_norms(several, name) for name in DAMAGES}, names=["damage"]).reset_index("damage")
best_norms = tables.averages(every, ["norm"], ["damage", "activation", "n_pictures"])
look = {"x": "n_pictures", "x_label": "number $n$ of digits", "colour_by": "activation", "bars": True}
drawing = figures.against(best_norms, y_label="best norm $r$", panel_by="damage", **look, markers=False, log="xy")
for ax in drawing.axes:
    ax.set_xticks([10, 100, 500], ["10", "100", "500"])
publish.figure(drawing)
publish.table(best_norms, "best_norms")

# %% [markdown]
# ## A wall of memories

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-wall", "caption": "Up to sixty of the pictures that one network of infinite width stores, less their mean picture: damaged cues, what each became after 100 iterations, and what was stored. Framed: what did not become its own picture."}, "image": {"alt": "Three walls of sixty small grey digits: noisy ones, restored ones of which some have a coloured frame, and the stored ones."}}
condition = {"kind": wall_kind, "n_pictures": wall_pictures, "choice": wall_choice}
alone = sweep(pictures_themselves, [condition]).iloc[0]
condition |= {"norm": wall_norm, "activation": activation, "looked_at": min(wall_pictures, 60), "wall": wall_damage}
wall = sweep(stored_pictures, [condition]).iloc[0]
publish.figure(figures.picture_walls(wall))
publish.numbers(wall_norm=wall_norm, wall_damage=wall_damage, wall_pictures=wall_pictures)
publish.numbers(wall_own=100 * wall[f"recalled {wall_damage}"], wall_nearest=100 * alone[f"nearest {wall_damage}"])

# %% tags=["hide-input"]
counts = sorted({*several["n_pictures"]})
rows = grid(kind=[*KINDS], n_pictures=many, choice=[0, 1, 2])
rows += grid(kind="digits", n_pictures=[n for n in counts if n != many], choice=[0, 1, 2])
alone = sweep(pictures_themselves, rows)
names = {"nearest half": "nearest picture", "hopfield half": "modern Hopfield network"}
beside = alone[alone["kind"].eq("digits")].groupby("n_pictures")[[*names]].mean().rename(columns=names)
beside = beside.assign(**{"infinite width, best norm": best}).reset_index().round(3)
publish.table(beside, "peers", title="Share of halved digits recalled")

# %% [markdown]
# {numref}`fig-wall` shows pictures of norm {glue:text}`wall_norm` and cues damaged by {glue:text}`wall_damage`. Of
# these cues {glue:text}`wall_own:.0f` % are recalled, and the nearest of the {glue:text}`wall_pictures` stored pictures
# is the right one for {glue:text}`wall_nearest:.0f` %. From half a digit the nearest picture, and a modern Hopfield
# network {cite}`ramsauer2021hopfield`, find the right one far more often than the network does.
#
# ## Finite networks

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-many-networks", "caption": "Share of cues recalled against the number of digits stored at norm 40, for four kinds of damage. With markers: networks of width 4000. Thin, without markers: infinite width. Mean and 95 % interval over choices."}, "image": {"alt": "Four panels, one a damage; recall falls with the number of digits, in finite networks and at infinite width."}}
by, recalled = ["activation", "n_pictures"], [f"recalled {name}" for name in DAMAGES]
trained = tables.averages(networks[networks["norm"].eq(network_norm)], recalled, by)
exact = digits[digits["norm"].eq(network_norm) & digits["n_pictures"].le(networks["n_pictures"].max())]
exact = tables.averages(exact, recalled, by).drop(columns=["low", "high"])
drawing = figures.against(trained, y_label="recall rate", panel_by="what", limit=exact, log="x", **look)
for ax in drawing.axes:
    ax.set_xticks([10, 100, 500], ["10", "100", "500"])
publish.figure(drawing)
publish.table(trained, "many_in_networks")
largest = networks[networks["n_pictures"].eq(networks["n_pictures"].max())]
these = networks[networks["norm"].eq(network_norm) & networks["n_pictures"].eq(many)]
beside = digits.merge(these[["activation", "n_pictures", "norm", "choice"]])[recalled].mean().mean()
publish.numbers(many_attract=100 * these["attractors"].mean(), many_recalled=100 * these[recalled].mean().mean())
publish.numbers(many_in_limit=100 * beside, network_norm=network_norm, most_seconds=largest["seconds"].median())
publish.numbers(most_trained=int(largest["n_pictures"].iloc[0]))

# %% [markdown]
# Networks of width 4000 that store {glue:text}`many` digits of norm {glue:text}`network_norm` recall
# {glue:text}`many_recalled:.0f` % of the cues, the limit {glue:text}`many_in_limit:.0f` %
# ({numref}`fig-many-networks`); {glue:text}`many_attract:.0f` % of their memories are attractors. To train
# {glue:text}`most_trained` digits took {glue:text}`most_seconds:.0f` s of one processor (median).
#
# ## Load

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-picture-boundary", "caption": "Norm, over the root of the dimension, at which the mean spectral radius of single networks of infinite width falls through one, against the load n/d: random patterns, digits (d = 64) and patches of photographs (d = 256). Mean and 95 % interval over choices. Lines: the critical load of random patterns in high dimension."}, "image": {"alt": "Three panels. The markers of random patterns lie on rising lines, one an activation; those of digits lie on them or a little above; those of patches lie above."}}
steps = [0.2 * 400 ** (k / 80) for k in range(81)]
theory = sweep(boundary_in_high_dimension, grid(activation=["sigmoid", "tanh", "erf"], dim=1, norm=steps))
loaded = tables.with_loads(boundaries, theory)
averaged = tables.averages(loaded, ["boundary"], ["kind", "activation", "n_pictures", "load"])
line = theory.rename(columns={"critical_load": "load", "norm": "value"})
line = line[line["load"].between(loaded["load"].min() / 1.5, loaded["load"].max() * 1.5)]
look = {"x": "load", "x_label": "load $n/d$", "y_label": r"boundary $r / \sqrt{d}$", "colour_by": "activation"}
publish.figure(figures.power_laws(averaged, line, **look, panel_by="kind", line_label="high dimension"))
publish.table(tables.averages(loaded, ["ratio"], ["kind", "activation", "n_pictures"]), "picture_boundaries")
ratios = loaded[loaded["n_pictures"].eq(many)].groupby("kind")["ratio"].mean()
publish.numbers(**{f"{kind}_ratio": ratio for kind, ratio in ratios.items()})

# %% tags=["hide-input"]
publish.failures(theory=theory, alone=alone)
some = stored[stored["n_pictures"].eq(many) & stored["norm"].eq(network_norm) & stored["activation"].eq(activation)]
rho_of = some.groupby("kind")[["radius_mean", "radius_worst"]].mean()
gram = alone[alone["n_pictures"].eq(many)].groupby("kind", sort=False)[["participation", "cosine"]].mean().join(rho_of)
names = {"participation": "directions", "cosine": "cosine to nearest", "radius_mean": "mean rho"}
gram = gram.reset_index().rename(columns=names | {"radius_worst": "largest rho"})
publish.table(gram, "gram", title="Pictures, and the mean network that stores them")

# %% [markdown]
# Random patterns follow the critical load of {doc}`11_phase_diagram` ({numref}`fig-picture-boundary`). With
# {glue:text}`many` patterns the boundary is {glue:text}`random_ratio:.2f` times the critical norm, with as many digits
# {glue:text}`digits_ratio:.2f` and with patches {glue:text}`patches_ratio:.2f` times, on average over activations.
#
# Real pictures fill their space unevenly. The column "directions" of the table is the effective number of directions:
# one over the sum of squares of the shares of the Gram matrix's eigenvalues. Normal vectors of the same covariance have
# about the same mean $\rho$. The largest $\rho$ is larger for the pictures themselves, which have nearer neighbours.
#
# ## Verdicts on claims of this book

# %% tags=["hide-input"]
found = tables.all_attract(digits, most_norm)
tried = verdicts.try_values("norm", most_norm, [80, 160, most_norm], "C13", tables.all_attract, digits)
publish.verdict(verdicts.judge("C13", found, choices=[tried]), figure="fig-many-digits")
numbers = sorted({*loaded.loc[loaded.duplicated(["kind", "activation", "n_pictures"]), "n_pictures"]})
found = tables.critical_for_pictures(loaded, numbers[-1])
tried = verdicts.try_values("largest number", numbers[-1], numbers, "C14", tables.critical_for_pictures, loaded)
publish.verdict(verdicts.judge("C14", found, choices=[tried]), figure="fig-picture-boundary")

# %% tags=["hide-input"]
tried = verdicts.try_values(
    "number compared", many, [n for n in counts if n > few], "C15",
    lambda table, n: tables.recall_against_number(table, "half", few, n), several,
)  # fmt: skip
found = tables.recall_against_number(several, "half", few, many)
publish.verdict(verdicts.judge("C15", found, choices=[tried]), figure="fig-many-digits")
tried = verdicts.try_values(
    "norm", network_norm, sorted({*networks["norm"]}), "C16",
    lambda table, norm: tables.networks_against_limit(table, digits, norm, many), networks,
)  # fmt: skip
found = tables.networks_against_limit(networks, digits, network_norm, many)
publish.verdict(verdicts.judge("C16", found, choices=[tried]), figure="fig-many-networks")

# %% [markdown]
# Radhakrishnan, Belkin and Uhler {cite}`radhakrishnan2020overparameterized` stored 500 pictures in one deep network.
# Their pictures and measure of recall are others, so no numbers are compared.
#
# ## Run it again
#
# ```bash
# make paper ARGS="--table pictures"           # infinite width; --table picture_boundaries, stored_networks: the others
# make rerun NOTEBOOK=15 PARAMETERS="wall_kind=patches wall_pictures=100 many=100"
# make rerun NOTEBOOK=15 PARAMETERS="patterns_file=~/faces wall_pictures=50" HTML=1   # your own pictures
# ```
