# %% [markdown]
# # The size of basins
#
# How large is the *basin* of a memory, the set of initial states (cues) that converge to it?
#
# At infinite width the basins shrink as the norm of the memories grows, although each memory attracts nearby states
# more strongly. In finite networks the basins stay large.

# %% tags=["remove-cell"]
from book.experiments.pictures import pictures
from book.parameters import Activation, Ascending, Count, Distinct, Positive, Seed, check, check_fits

# %% tags=["parameters"]
activation: Activation = "erf"  # of the slices, and of the random patterns
activations: Distinct[Activation] = ["erf", "tanh", "sigmoid"]  # of everything else
width: Count = 1000  # hidden units m of the networks; twice as many take twice the time
n_pictures: Count = 10  # number n of memories
norms: Ascending[Positive] = [20, 40, 80]  # norms of the memories
resolution: Count = 100  # points of a slice from side to side; 400 take some ten times as long
noises: Ascending[Positive] = [0.1, 0.3, 0.6, 1]  # distances of cues from their memory, over the norm
draws: Count = 3  # cues at each distance from each memory
choices: Ascending[Seed] = [0, 1, 2]  # which pictures, networks and cues
won_norms: Ascending[Positive] = [300, 3000, 30_000]  # norms at which random cues are followed
won_patterns: Count = 8  # random patterns stored there
won_cues: Count = 20  # random cues for each draw of patterns
won_draws: Count = 60  # draws of patterns there at the largest norm; a third of them at the others, and of digits
far_norm: Positive = 1_000_000  # at which random cues are followed, too
ray_patterns: Count = 16  # random patterns stored for cues near the ray of one
ray_cues: Count = 100  # cues near a ray, and noisy ones at each of the noises
ray_noises: Ascending[Positive] = [0.6, 0.8, 1, 1.2, 1.5]  # variances, over the largest that is recalled

# %% tags=["remove-input", "check-parameters"]
check(globals())
repeats = len(activations) * len(norms) * len(choices)
memory = check_fits(width=width, dim=64, n_points=n_pictures, repeats=repeats, norms=norms)
_ = pictures(n_pictures, norm=1, choice=choices[-1])  # ends in a sentence where there are not as many

# %% tags=["remove-cell"]
import numpy as np

from book import figures, publish
from book.experiments.basins import basin_shares, basin_slice, cues_near_a_ray, random_cues
from book.statistics import basins as tables
from book.statistics import pictures, summaries, verdicts
from book.sweep import grid, sweep

# %% tags=["hide-input"]
cut = {"n_pictures": n_pictures, "choice": choices[0], "resolution": resolution}
slices = sweep(basin_slice, grid(activation=activation, width=[0, width], norm=norms, **cut))
publish.failures(slices=slices)
counts = tables.slice_counts(slices)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-slices", "caption": "The plane through three memories (white rings), at several norms r of the memories and drawn to the scale of r. The colour of a point shows which memory it converges to, or that it converges to none. Above each panel: the network, and the largest spectral radius ρ of the Jacobian at any memory, which is an attractor if ρ is below one."}, "image": {"alt": "Two rows of panels. Above, at infinite width, coloured regions about three memories shrink as the norm grows, to small ones on a dark background. Below, in a finite network, the coloured regions stay large at every norm."}}
drawing = figures.basin_slices(pictures.labelled(slices))
for ax, share in zip([ax for ax in drawing.axes if ax.images], counts["three"], strict=True):
    ax.set_xlabel(f"three basins:\n{share:.0f} % of the plane")
publish.figure(drawing)
publish.table(counts, "slices")
widest = counts[counts["norm"].eq(counts["norm"].max())]
publish.numbers(
    largest_norm=norms[-1],
    slice_limit=widest[widest["map"].eq(pictures.LIMIT)]["three"].mean(),
    slice_wide=widest[widest["map"].ne(pictures.LIMIT)]["three"].mean(),
)

# %% [markdown]
# At norm {glue:text}`largest_norm` the basins of the three memories in {numref}`fig-slices` cover
# {glue:text}`slice_limit:.0f` % of the square at infinite width, and {glue:text}`slice_wide:.0f` % in a finite network.
#
# ## Setting
#
# Unless stated otherwise, the memories are the pictures of {doc}`13_pictures`, ten digits of norm $r$ in $d = 64$
# dimensions. At infinite width the network is the mean of all trained networks ({doc}`../infinite_width`). The spectral
# radius $\rho$ is the largest eigenvalue norm of the Jacobian at a memory. If $\rho < 1$, the memory is an attractor.
#
# A cue is iterated until it stops moving. If it ends within a distance $r/20$ of a memory, it *converges to* that
# memory: the memory *captures* the cue. A *random* cue has norm $r$ and a random direction.
#
# ## One network, step by step
#
# This cell stores random patterns of very large norm, and counts how many random cues each captures. Since erf is odd,
# the mirror image $-x$ of a memory $x$ is an attractor, too, and is counted with it. The *return factor* of a memory,
# explained below, says whether it can capture a random cue.

# %% tags=["show-input"]
import torch

import sigae

points = sigae.sphere_points(8, 64, norm=30_000, seed=1)  # shape (8, 64)
limit = sigae.InfiniteWidth(points, activation="erf")
radii = sigae.spectral_radius(sigae.jacobian(limit, points))
cues = sigae.sphere_points(20, 64, norm=30_000, seed=1_000_001)
ends = sigae.iterate(limit, cues, steps=2000)[-1]
distance = torch.minimum(torch.cdist(ends, points), torch.cdist(ends, -points))
captured = (distance < 0.05 * 30_000).sum(dim=0)
factors = sigae.infinite_width.return_factors(points / 30_000, activation="erf")
print(f"largest rho of the memories: {radii.max():.3f}")
for factor, count in zip(factors, captured, strict=True):
    print(f"return factor {factor:.2f}: captures {count} of 20 cues")

# %% [markdown]
# The sweep calls {py:func}`~book.experiments.basins.random_cues` for every norm and draw of patterns.
#
# ## The volume of the basins
#
# In {numref}`fig-volumes` cues start on a sphere around a memory. The share that converges to the memory estimates how
# much of the sphere lies in its basin.

# %% tags=["hide-input"]
shared = {"activation": activations, "noises": [noises], "draws": draws, "norm": norms, "n_pictures": n_pictures}
limit = sweep(basin_shares, grid(**shared, width=0, choices=[choices]))
networks = sweep(basin_shares, grid(**shared, width=width, choices=[[k] for k in choices]))
publish.failures(limit=limit, networks=networks)
held = tables.shares(pictures.together(limit, networks), ["activation", "norm"])

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-volumes", "caption": "Share of cues that converge to the memory around which they start, against their initial distance from it over the norm r of the memories. First row: infinite width. Second row: finite networks of width m. Columns: norms. Mean and 95 % interval over choices of pictures."}, "image": {"alt": "Rows of panels of falling curves. At infinite width the share falls sooner the larger the norm. In finite networks it stays high to large distances at every norm."}}
look = {"y_label": "share recalled", "x_label": "distance over $r$", "x": "noise", "bars": True}
titles = {pictures.maps(width): f"$m$ = {width}"}
by = {"colour_by": "activation", "panel_by": "norm", "row_by": "map"}
publish.figure(figures.against(held, **by, panel_titles=titles, **look))
publish.table(held, "volumes")
distance = noises[len(noises) // 2]
there = held[held["norm"].eq(norms[-1]) & held["noise"].eq(distance)].groupby("map")[["mean", "radius"]].mean()
there = there.reindex([pictures.LIMIT, pictures.maps(width)])
publish.numbers(distance=distance, limit_share=100 * there["mean"].iloc[0], wide_share=100 * there["mean"].iloc[1])
publish.numbers(limit_radius=there["radius"].iloc[0])

# %% [markdown]
# At norm {glue:text}`largest_norm` and distance {glue:text}`distance` $r$, {glue:text}`limit_share:.0f` % of the cues
# converge to their memory at infinite width, and {glue:text}`wide_share:.0f` % in finite networks. The size of a basin
# does not follow from $\rho$: the largest $\rho$ of the memories at infinite width is {glue:text}`limit_radius:.2f`
# there, on average. What $\rho$ tells is the factor by which each of the last iterations shrinks the distance.
#
# ## Which memories capture random cues
#
# At infinite width one step takes nearly every cue to a distance of order $\sqrt d$ from the origin, however large the
# norm $r$ is ({prf:ref}`prop-forgets-the-norm`). There the map tends to the *core map* as $r \to \infty$. In this limit
# a memory captures a cue if the core map carries the cue to infinity along the *ray* of the memory, the half line from
# the origin through it. Far out on the ray each step multiplies the norm of the cue by the *return factor* $g$ of the
# memory, equation {eq}`eq-return-factor`. So at large enough norm a memory with $g < 1$ captures no random cue
# ({prf:ref}`thm-return-factor`). {numref}`fig-fates` shows at which norms this holds.

# %% tags=["hide-input"]
some = list(range(-(-won_draws // 3)))
random_patterns = {"kind": "sphere", "n_patterns": won_patterns, "activation": activation, "starts": won_cues}
smaller = grid(**random_patterns, choice=some, norm=[*won_norms[:-1], far_norm])
largest = grid(**random_patterns, choice=list(range(won_draws)), norm=won_norms[-1])
followed = sweep(random_cues, [*smaller, *largest])
digits = {"kind": "pictures", "n_patterns": n_pictures, "choice": some, "norm": won_norms[-1]}
followed_digits = sweep(random_cues, grid(activation=activations, **digits, starts=won_cues))
infinite = sweep(random_cues, grid(**random_patterns, choice=list(range(won_draws)), norm=0))
publish.failures(followed=followed, followed_digits=followed_digits, infinite=infinite)
both = pictures.together(followed, followed_digits)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-fates", "caption": "What becomes of random cues at infinite width, against the norm r of the random patterns stored. First panel: share captured by memories whose return factor g is below one. Second: by memories whose g is above one. Third: share captured by the very memory that the core map predicts, or by none as predicted. Black: in the limit of infinite norm, by the core map. Mirror images count with their memory. Mean and 95 % interval over draws of patterns."}, "image": {"alt": "Three panels. The share that memories of return factor below one capture falls to zero. The share that the others capture stays at about a third. The share of cues with the fate they have at infinite norm rises to nearly one."}}
fates = tables.fates_by_norm(followed, infinite)
exact = infinite.drop(columns="norm").merge(fates[["norm"]].drop_duplicates(), how="cross")
exact = tables.fates_by_norm(exact, infinite).drop(columns=["activation", "low", "high"])
options = {"limit": exact, "limit_label": "infinite norm", "log": "x", "percent": True, "panel_titles": tables.FATES}
publish.figure(figures.against(fates, y_label="share of cues", colour_by="activation", panel_by="fate", **options))
publish.table(fates, "fates")
percent = 100 * fates.pivot(index="norm", columns="fate", values="mean")
publish.numbers(first_won_norm=won_norms[0], last_won_norm=won_norms[-1], far_norm=far_norm)
publish.numbers(weak_first=percent["weak"][won_norms[0]], weak_last=percent["weak"][won_norms[-1]])
publish.numbers(strong_last=percent["strong"][won_norms[-1]], same_far=percent["same"][far_norm])

# %% tags=["remove-cell"]
at_last = summaries.converged(followed).query("norm == @won_norms[-1]")
won_by = [row.factors[fate] for row in at_last.itertuples() for fate in row.fates if fate >= 0]
digit_factors = summaries.converged(followed_digits)["factors"].explode().astype(float)
publish.numbers(smallest_winner=min(won_by, default=np.nan), largest_picture_factor=digit_factors.max())

# %% [markdown]
# At norm {glue:text}`first_won_norm` the random patterns with $g < 1$ capture {glue:text}`weak_first:.0f` % of the
# random cues. At norm {glue:text}`last_won_norm` they capture {glue:text}`weak_last:.1f` %, and those with $g > 1$
# capture {glue:text}`strong_last:.0f` %. The smallest $g$ of any pattern that captures a random cue there is
# {glue:text}`smallest_winner:.2f`. At norm {glue:text}`far_norm`, {glue:text}`same_far:.1f` % of the cues end as the
# core map predicts. The digits are much alike, which makes $g$ small: the largest $g$ of any digit is
# {glue:text}`largest_picture_factor:.2f`.
#
# ## The basin near a ray
#
# For erf, in the limit of large norm, the part of a basin near the ray of its memory has a boundary in closed form
# ({prf:ref}`prop-basin-near-a-ray`), which depends on $g$ alone. {numref}`fig-near-a-ray` shows it for the memory of
# smallest $g$ among random patterns, and for that among the digits.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-near-a-ray", "caption": "First two panels: the basin near the ray of a memory (star), for erf. Colour: the basin in the limit of large norm r. Dots: cues iterated at a large norm; filled ones converge to the memory. A cue lies at a distance αr along the ray, and √d |h| from the ray. Third panel: share of noisy cues that are recalled, against the variance of the Gaussian noise over the variance t* that the memory tolerates in the limit. Line: theory."}, "image": {"alt": "Two planes of filled and open dots: the filled ones lie in the coloured basin, which widens with the part along the ray for the random pattern, and is a narrow strip for the digit. Right, markers on a falling curve."}}
near = {"norm": won_norms[-1], "choice": choices[0], "noises": [ray_noises], "cues": ray_cues}
kinds = {"sphere": ray_patterns, "pictures": n_pictures}
rays = sweep(cues_near_a_ray, [one for kind, n in kinds.items() for one in grid(**near, kind=kind, n_patterns=n)])
publish.failures(rays=rays)
rays = summaries.converged(rays).assign(title=lambda t: t["kind"].map({"sphere": "random", "pictures": "digit"}))
publish.figure(figures.near_ray(rays))
publish.table(rays[["title", "factor", "critical", "noises", "shares"]].explode(["noises", "shares"]), "near_a_ray")
near_agree = [np.equal(*pair).mean() for pair in zip(rays["recalled"], rays["predicted"], strict=True)]
publish.numbers(ray_cues=ray_cues, near_agree=100 * np.mean(near_agree))
publish.numbers(digit_distance=(rays["critical"] * rays["dim"])[rays["title"].eq("digit")].mean() ** 0.5)

# %% [markdown]
# Of the {glue:text}`ray_cues` cues near each ray, {glue:text}`near_agree:.1f` % end as the formula predicts. As the
# norm grows, the basin grows along the ray, but not across it. Across the ray the basin of this digit reaches a
# distance of {glue:text}`digit_distance:.1f` from the digit, however large $r$ is.
#
# The noise that a memory with $g < 1$ tolerates does not grow with the norm, so damage in proportion to the norm is too
# much from some norm on. With erf and $n$ random patterns in many dimensions, $g$ is below one from about $n = d/8$ on.
#
# ## Verdict on a claim of this book

# %% tags=["hide-input"]
tried = [
    verdicts.try_values("norm", won_norms[-1], won_norms, "C12", tables.weak_memories, both),
    verdicts.try_values(
        "correlation of cues that share a draw of patterns", tables.WITHIN_A_DRAW, tables.CORRELATIONS, "C12",
        lambda table, correlation: tables.weak_memories(table, won_norms[-1], correlation), both,
    ),
]  # fmt: skip
found = tables.weak_memories(both, won_norms[-1])
publish.verdict(verdicts.judge("C12", found, choices=tried), figure="fig-fates")

# %% [markdown]
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=14 PARAMETERS="resolution=400 norms=[10,20,40] width=5000"
# ```
