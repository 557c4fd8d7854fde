# %% [markdown]
# # Sequences
#
# Can a network store pictures that lead to one another?
#
# It can. Trained to map each of ten digits to the next, the infinitely wide network makes a stable cycle of them. At
# norm {glue:text}`trial_norm:g`, with {glue:text}`unit` units, a step multiplies the distance from the cycle by
# {glue:text}`trial_rate:.2f` on average. When the same digits are stored singly, $\rho$ is up to
# {glue:text}`trial_rho:.2f`.

# %% tags=["remove-cell"]
from book.parameters import Activation, Ascending, Count, Distinct, Many, Positive, Seed, check, check_fits, require

# %% tags=["parameters"]
activations: Distinct[Activation] = ["erf", "tanh", "sigmoid"]  # activations compared
width: Count = 1000  # hidden units m of the networks; twice as many take twice the time
norms: Ascending[Positive] = [10, 20, 40, 80]  # norms of the pictures
small_norms: Ascending[Positive] = [2, 5]  # further norms, at which the rate alone is computed
network_norms: Ascending[Positive] = [10, 40]  # norms of what finite networks store
judged_norm: Positive = 40  # norm for C18, the film and random patterns; one of norms
choices: Ascending[Seed] = [0, 1, 2, 3, 4]  # which examples of the digits are stored
networks: Ascending[Seed] = [0, 1, 2]  # the same for finite networks; each also seeds one
lengths: Ascending[Many] = [2, 5, 10, 20, 50, 100]  # lengths of a cycle of random patterns
picture: Seed = 3  # digit that the film begins with, 0 to 9

# %% tags=["remove-input", "check-parameters"]
check(globals())
require(judged_norm in norms, f"judged_norm is {judged_norm:g}: choose one of norms, {str(norms)[1:-1]}.")
require(picture < 10, f"picture is {picture}, but there are ten digits: give 0 to 9.")
repeats = 2 * len(activations) * len(network_norms) * len(networks)
memory = check_fits(width=width, dim=64, n_points=10, repeats=repeats, norms=network_norms)

# %% tags=["remove-cell"]
import pandas as pd

from book import figures, publish
from book.experiments.sequences import DAMAGES, branches, counting, stored_sequences
from book.statistics import sequences as tables
from book.statistics import summaries, verdicts
from book.statistics.hundreds_of_pictures import averages
from book.sweep import grid, sweep

# %% tags=["hide-input"]
digits = {"kind": "digits", "n_patterns": 10, "length": [10, 1], "activation": activations}
rows = grid(**digits, norm=small_norms, choice=choices, iterations=0)
limit = sweep(stored_sequences, rows + grid(**digits, norm=norms, choice=choices))
trained = sweep(stored_sequences, grid(**digits, norm=network_norms, choice=networks, width=width), memory=memory)
publish.failures(limit=limit, trained=trained)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-cycle-rates", "caption": "Ten digits stored as one cycle, and each singly: the rate of the cycle, and the largest spectral radius, against the norm. Lines: the mean network of infinite width, mean and 95 % interval over choices of digits. Rings: finite networks, mean over several. Dashed: one, below which memories attract, and one half, the limit at large norm."}, "image": {"alt": "Two panels of falling curves for three activations. At middle norms those of the cycle lie below those of the digits stored singly, and at the largest norm those of tanh and erf lie a little above."}}
by = ["storage", "activation", "norm"]
rates, finite = (averages(tables.labelled(table), ["rate"], by) for table in (limit, trained))
look = {"colour_by": "activation", "x_label": "norm $r$ of the pictures", "log": "x", "bars": True}
storage = {tables.CYCLE: "a cycle: its rate", tables.SINGLY: r"each singly: largest $\rho$"}
drawing = figures.against(
    rates.sort_values("norm", kind="stable"), panel_by="storage", y_label="factor a step", panel_titles=storage,
    rings={f"$m$ = {width}": finite}, references={"attracts": 1, r"large $r$": 0.5}, markers=False, **look,
)  # fmt: skip
publish.figure(drawing)
publish.table(pd.concat([rates.assign(width="∞"), finite.assign(width=width)]), "cycle_rates")
trial = {"activation": activations[0], "norm": judged_norm, "choice": choices[0]}
pair = tables.labelled(limit).merge(pd.DataFrame([trial])).set_index("storage")["rate"]
publish.numbers(trial_norm=judged_norm, unit=activations[0])
publish.numbers(trial_rate=pair[tables.CYCLE], trial_rho=pair[tables.SINGLY])
first = finite.set_index("storage").query("activation == @activations[0] and norm == @network_norms[0]")["mean"]
publish.numbers(finite_rate=first[tables.CYCLE], finite_rho=first[tables.SINGLY])
publish.numbers(finite_norm=network_norms[0], width=width)

# %% [markdown]
# At norm {glue:text}`finite_norm:g`, {glue:text}`unit` networks of width {glue:text}`width` have a rate of
# {glue:text}`finite_rate:.2f`. With the digits stored singly their largest $\rho$ is {glue:text}`finite_rho:.2f`, on
# average over networks.
#
# ## Setting
#
# The patterns $x_1, \dots, x_\ell$ have norm $r$, and the network is trained to map each to the next, and the last to
# the first: $f(x_i) = y_i = x_{i+1}$. The cycle attracts when the product of the Jacobians along it has a spectral
# radius below one. Its rate $\rho(J(x_\ell) \cdots J(x_1))^{1/\ell}$ is the factor by which a step shrinks the distance
# from it. For $\ell = 1$ it is $\rho$ of a single memory. The digits are the first examples of 0 to 9 in scikit-learn's
# set {cite}`pedregosa2011scikit`, or the second ones, and so on; their mean picture is subtracted, and each is scaled
# to norm $r$. The cues are their upper halves, or have normal noise of half their norm. After 200 iterations a cue is
# recalled if it is within 5 % of the norm (a threshold) from the picture that the stored sequence has reached by then.
#
# ## One network, step by step
#
# The cue is the upper half of a three. The printed distances are those from 3, 4, 5, ..., 2, 3, over the norm.

# %% tags=["show-input"]
import torch
from sklearn.datasets import load_digits  # pip install scikit-learn

import sigae

points = torch.from_numpy(load_digits().data[:10])  # digits 0 to 9, (10, 64)
points -= points.mean(dim=0)
points *= 40 / points.norm(dim=1, keepdim=True)
model = sigae.Autoencoder(64, 1000, activation="erf", seed=0)
sigae.train(model, points, points.roll(-1, dims=0))  # each to the next
J = sigae.jacobian(model, points)  # (10, 64, 64)
print(f"rate of the cycle: {sigae.cycle_rate(J):.2f}")
path = sigae.iterate(model, points[3] * (torch.arange(64) < 32), steps=10)
print("distance:", ((path - points.roll(-3, dims=0)[[*range(10), 0]]).norm(dim=1) / 40).numpy().round(2))

# %% [markdown]
# The sweep calls {py:func}`~book.experiments.sequences.stored_sequences` for every activation, norm and choice, with
# cycles of length ten and of length one.
#
# ## Recall

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-cycle-recall", "caption": "Share of cues recalled against the norm: halved digits, and digits with noise of half their norm, stored as a cycle and singly. Lines: infinite width, mean and 95 % interval over choices. Rings: finite networks."}, "image": {"alt": "Four panels for two kinds of cues and two kinds of storage. Recall at infinite width is near one at moderate norms and falls at large norms, less for the cycle than for single storage."}}
recalled = [f"recalled {name}" for name in DAMAGES]
several = tables.labelled(limit[limit["norm"].isin(norms)])
named = {"half": "halves", "noise 0.5": "noise"}
shares, finite_shares = (
    averages(table, recalled, by).replace({"what": named}) for table in (several, tables.labelled(trained))
)
panels = {"panel_by": "storage", "row_by": "what", "rings": {f"$m$ = {width}": finite_shares}}
publish.figure(figures.against(shares, y_label="recall rate", markers=False, percent=True, **panels, **look))
publish.table(pd.concat([shares.assign(width="∞"), finite_shares.assign(width=width)]), "cycle_recall")

overall = several.groupby(["norm", "storage"])[recalled].mean().mean(axis=1)[norms[-1]]
publish.numbers(last_cycle=100 * overall[tables.CYCLE], last_single=100 * overall[tables.SINGLY], last_norm=norms[-1])

# %% [markdown]
# At norm {glue:text}`last_norm:g` the limit recalls {glue:text}`last_cycle:.0f` % of all cues in the cycle, and
# {glue:text}`last_single:.0f` % as single memories ({numref}`fig-cycle-recall`).
#
# ## A network that counts

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-counting", "caption": "The upper half of a digit, after 0, 1, 2, ... iterations of maps that store ten digits as a cycle, at infinite width and in a finite network, and of the map that stores each singly. Last: the digit whose half it was."}, "image": {"alt": "Three strips of small grey pictures. The first two begin with the upper half of a three and count four, five, up to nine, nought, one, two and a whole three. In the third a three appears, or another picture, and stays."}}
moments = list(range(11))
fixed = {"norm": judged_norm, "activation": activations[0], "choice": 0, "picture": picture, "iterations": moments[-1]}
films = [fixed | {"length": 10, "width": 0}, fixed | {"length": 10, "width": width}, fixed | {"length": 1, "width": 0}]
film = tables.labelled(sweep(counting, films, memory=memory))
names = film["width"].map(lambda m: f"$m$ = {m}" if m else "infinite width")
publish.figure(figures.picture_strips(film.assign(label=film["storage"] + ", " + names), moments))

# %% [markdown]
# At norm {glue:text}`trial_norm:g` the maps count from half a digit on ({numref}`fig-counting`). Draw your own
# film on the page {doc}`../make_a_memory`.
#
# ## Longer sequences
#
# Cycles of random patterns can be longer than their dimension ({numref}`fig-cycle-lengths`). A small rate does not
# ensure recall, since a cue must also reach the right place of the cycle.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-cycle-lengths", "caption": "Random patterns in 64 dimensions at infinite width, stored as one cycle and singly, against their number: the rate of the cycle beside the largest spectral radius, and the share of cues with noise of half their norm that are recalled after 100 iterations. Mean and 95 % interval over two draws."}, "image": {"alt": "Four panels. Above, rates of cycles and largest spectral radii against the number of patterns; below, recall that falls with their number."}}
random = {"kind": "random", "norm": judged_norm, "activation": activations, "choice": choices[:2], "iterations": 100}
sizes = [{"n_patterns": n, "length": length} for n in lengths for length in (n, 1)]
long = sweep(stored_sequences, [size | condition for size in sizes for condition in grid(**random)])
publish.failures(long=long)
names = {"rate": "factor a step", "noise 0.5": "recalled with noise"}
look |= {"x": "n_patterns", "x_label": "number of patterns", "markers": False}
curves = averages(tables.labelled(long), ["rate", "recalled noise 0.5"], ["storage", "activation", "n_patterns"])
publish.figure(figures.against(curves.replace({"what": names}), panel_by="storage", row_by="what", y_label="", **look))
publish.table(curves, "cycle_lengths")

# %% [markdown]
# ## Branches
#
# Two sequences through one picture would ask for two targets at one point. The picture may differ a little between the
# sequences (column "apart": distance over the norm). The map is then steep between the two versions: the column "slope"
# is the largest singular value of its Jacobian. Or the shared picture (apart 0) gets the mean of its two successors as
# its target, and the map forgets which sequence it is in. "Recalled" are noisy cues that end in their own sequence.

# %% tags=["hide-input"]
forks = sweep(branches, grid(activation=activations[0], norm=[10, 40], apart=[0, 0.01, 0.1, 0.5], choice=choices[:2]))
forks = summaries.converged(forks).groupby(["norm", "apart"])[["slope", "recalled"]].mean().reset_index()
publish.table(forks.round(2), "branches", title="Two cycles of five digits with a shared picture, or two near ones")

# %% [markdown]
# ## Why a cycle contracts faster
#
# If the patterns are linearly independent, storing them as a cycle multiplies the mean Jacobian of single storage by
# the map that takes each pattern to the next ({prf:ref}`prop-cycle`); for these digits, whose sum is zero, nearly so.
# So a cycle does not contract more in total. It spreads the contraction over all directions, because that map takes the
# direction that contracts least at one element to another at the next. At large norm a cycle contracts a little less
# than its elements do alone on average ({prf:ref}`prop-cycle-large-norm`).
#
# ## Verdicts on claims of this book

# %% tags=["hide-input"]
judged = sorted({*limit["norm"]})
tried = verdicts.try_values(
    "largest norm", judged[-1], judged, "C17",
    lambda table, most: tables.cycle_less_single(table, "rate", "rate", [r for r in judged if r <= most]), limit,
)  # fmt: skip
found = tables.cycle_less_single(limit, "rate", "rate", judged)
publish.verdict(verdicts.judge("C17", found, choices=[tried]), figure="fig-cycle-rates")
tried = verdicts.try_values(
    "norm", judged_norm, norms, "C18",
    lambda table, norm: tables.cycle_less_single(table, "recalled half", "recall", [norm]), limit,
)  # fmt: skip
found = tables.cycle_less_single(limit, "recalled half", "recall", [judged_norm])
publish.verdict(verdicts.judge("C18", found, choices=[tried]), figure="fig-cycle-recall")
publish.numbers(sequences_converged=summaries.convergence(trained))

# %% [markdown]
# Radhakrishnan, Belkin and Uhler {cite}`radhakrishnan2020overparameterized` trained networks to take each picture to
# the next, and found that whole films become stable cycles. {glue:text}`sequences_converged`.
#
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=16 PARAMETERS="norms=[5,10,20,40] lengths=[3,30,90]"
# make rerun NOTEBOOK=16 PARAMETERS="picture=7 judged_norm=20" HTML=1
# ```
