# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # An attractor is not a basin
#
# From how far does a memory attract?
#
# The spectral radius says whether a memory attracts what is near, and how fast. It does not say from how far, what else attracts, or what becomes of the basins at large norm.
# One claim of this book's own is judged.
#
# **C12** At large norm and infinite width a random cue is led to no memory whose return factor is below one.

# %% tags=["remove-cell"]
from book.experiments.pictures import pictures
from book.parameters import Activation, Ascending, Count, Distinct, Positive, Seed, check, check_fits

# %% tags=["parameters"]
activation: Activation = "erf"  # of the slices, and of the random patterns
activations: Distinct[Activation] = ["erf", "tanh", "sigmoid"]  # of everything else
width: Count = 1000  # hidden units m of the networks; twice as many take twice the time
n_pictures: Count = 10  # number n of memories
slice_norms: Ascending[Positive] = [20, 40, 80]  # norms of the slices
resolution: Count = 100  # points of a slice from side to side; 400 take some ten times as long
norms: Ascending[Positive] = [20, 40, 80]  # norms at which volumes are measured
noises: Ascending[Positive] = [0.1, 0.3, 0.6, 1]  # distances of cues from their memory, over the norm
draws: Count = 3  # cues at each distance from each memory
choices: Ascending[Seed] = [0, 1, 2]  # which pictures, networks and cues
loads: Ascending[Count] = [3, 10, 20]  # numbers of memories whose volumes are measured
load_norm: Positive = 20  # norm there
won_norms: Ascending[Positive] = [300, 3000, 30_000]  # norms at which random cues are followed
won_patterns: Count = 8  # random patterns stored there
won_cues: Count = 20  # random cues for each draw of patterns
won_draws: Count = 60  # draws of patterns there at the largest norm; a third of them at the others, and of digits

# %% tags=["remove-input", "check-parameters"]
check(globals())
all_norms = [*norms, *slice_norms]
repeats = len(activations) * len(norms) * len(choices)
check_fits(width=width, dim=64, n_points=n_pictures, repeats=repeats, norms=all_norms)
_ = pictures(max(n_pictures, loads[-1]), norm=1, choice=choices[-1])  # ends in a sentence where there are not as many

# %% [markdown]
# ## The setting
#
# The memories are the pictures of {doc}`13_pictures`, $n$ digits in $d = 64$ dimensions, and further below random patterns on the sphere. Every cue is iterated until it moves no more, by less than a
# ten-millionth of its norm in a step, or a thousand times. It is then at a memory, within a twentieth of its norm, or at rest elsewhere: at an attractor that is no memory. {numref}`fig-slices` shows
# slices of pattern space, {numref}`fig-volumes` the share of a sphere about a memory that is led to it, and {numref}`fig-return-factors` which memories random cues are led to.

# %% tags=["remove-cell"]
from book import figures, publish
from book.experiments.basins import basin_shares, basin_slice, random_cues, rates_of_return
from book.statistics import basins as tables
from book.statistics import pictures, verdicts
from book.sweep import grid, sweep

# %% tags=["hide-input"]
one = {"n_pictures": n_pictures, "choice": choices[0]}
slices = sweep(
    basin_slice, grid(activation=activation, width=[0, width], norm=slice_norms, resolution=resolution, **one)
)
publish.failures(slices=slices)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-slices", "caption": "The plane through three of the memories (dots), each point in the colour of the memory that it is led to; above at infinite width, below in a finite network. The scale follows the norm. Dark: at rest where no memory is. Above each panel the norm r and the largest ρ of the memories."}, "image": {"alt": "Two rows of panels. Above, at infinite width, coloured regions about three memories shrink as the norm grows, to small ones in a dark sea. Below, in a finite network, the coloured regions stay large at every norm."}}
publish.figure(figures.basin_slices(pictures.labelled(slices)))

# %% tags=["hide-input"]
publish.table(tables.slice_counts(slices), "slices")

# %% [markdown]
# ## How large the basins are
#
# Cues are put at a given distance from each memory, in random directions; the share that comes home is the share of that sphere which the basin holds.

# %% tags=["hide-input"]
shared = {"activation": activations, "noises": [noises], "draws": draws}
limit = sweep(basin_shares, grid(**shared, norm=norms, n_pictures=n_pictures, width=0, choices=[choices]))
each = {"width": width, "choices": [[k] for k in choices]}
networks = sweep(basin_shares, grid(**shared, norm=norms, n_pictures=n_pictures, **each))
crowd = {"norm": load_norm, "n_pictures": loads, "width": 0, "choices": [choices]}
crowded = sweep(basin_shares, grid(**shared | {"activation": activation}, **crowd))
publish.failures(limit=limit, networks=networks, crowded=crowded)
held = tables.shares(pictures.together(limit, networks), ["activation", "norm"])

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-volumes", "caption": "Share of cues that come home against their distance from their memory over the norm, for several norms (columns), at infinite width (above) and in finite networks (below). Mean and 95 % interval over choices of pictures."}, "image": {"alt": "Rows of panels of falling curves. At infinite width the share falls sooner the larger the norm. In finite networks it stays high to large distances at every norm."}}
publish.figure(
    figures.against(
        held, y_label="share that comes home", colour_by="activation", panel_by="norm", row_by="map", panel_titles={pictures.maps(width): f"$m$ = {width}"}, x="noise",
        x_label="distance over $r$",
    )
)  # fmt: skip

# %% tags=["hide-input"]
publish.table(held, "volumes")

# %% tags=["hide-input"]
by_load = tables.shares(crowded, ["activation", "n_pictures"])
title = f"The same at infinite width and norm {load_norm:g} against the number n of memories ({activation})"
shown = by_load[["n_pictures", "noise", "mean", "low", "high", "radius"]]
publish.table(shown.rename(columns={"n_pictures": "n_points", "noise": "distance"}), "volumes_by_load", title=title)

# %% tags=["hide-input"]
rates = sweep(rates_of_return, grid(activation=activation, width=[0, width], norm=norms, **one))
publish.failures(rates=rates)

# %% tags=["remove-cell"]
publish.numbers(
    distance=noises[len(noises) // 2],
    largest_norm=norms[-1],
    load_norm=load_norm,
    **tables.slice_statistics(slices),
    **tables.share_statistics(held, noises[len(noises) // 2], width),
    **tables.load_statistics(by_load, noises[-1]),
    **tables.rate_of_return_statistics(rates),
)

# %% [markdown]
# At norm {glue:text}`largest_norm:g` and distance {glue:text}`distance:g` $r$, {glue:text}`limit_share:.0f` % of the cues come home at infinite width, where the largest $\rho$ of the memories is {glue:text}`limit_radius:.2f` on average, and
# {glue:text}`limit_other:.0f` % rest at no memory; {glue:text}`wide_share:.0f` % come home in finite networks, where $\rho$ is {glue:text}`wide_radius:.2f`. The slice at the largest norm belongs to the three memories for
# {glue:text}`slice_limit:.1f` % at infinite width and for {glue:text}`slice_wide:.0f` % in the network. At norm {glue:text}`load_norm:g`, infinite width and the largest distance {glue:text}`load_fewest_share:.0f` % of the cues come home to one of
# {glue:text}`load_fewest` memories and {glue:text}`load_most_share:.0f` % to one of {glue:text}`load_most`.
#
# What $\rho$ does tell is the speed of the last steps: of {glue:text}`rates_measured` memories the logarithm of the
# measured factor a step differs from $\log \rho$ by {glue:text}`rates_median_percent:.1g` % (median). It differs by
# up
# to {glue:text}`rates_most_percent:.2g` %, as it may where the cue has little along the slowest direction, so that others are still seen where the factor is measured.
#
# ## Why basins vanish at large norm
#
# Let $x_i = r\, \hat x_i$ as in {prf:ref}`thm-large-norm`, with $\lambda$, $\kappa$, $\gamma$ and $M$ from there, and write $M(c) = \phi(0)^2 + \frac{2 \gamma^2}{\pi} \big( \arcsin c + c / \sqrt{1 - c^2} \big)$; $f$ is the mean network.
#
# ```{prf:proposition} Away from its memories the map forgets their norm
# :label: prop-forgets-the-norm
#
# Let $s > 0$ and $\hat x$ be a unit vector other than $\pm \hat x_i$. As $r \to \infty$,
#
# $$
# f(s\, r\, \hat x) = \frac{\sqrt d}{\lambda} \sum_{i=1}^n M(\hat x \cdot \hat x_i)\, \hat x_i + O(r^{-1}) .
# $$
# ```
#
# ```{prf:proof}
# As in {eq}`eq-large-kernel`, off the diagonal $e_{00}$ tends to the arcsine law and $e_{11}$ times the covariance to a multiple of the density at the origin, neither of which knows the norms: $\Theta(s r \hat x, x_i) = M(\hat x \cdot \hat x_i) + O(r^{-1})$. And
# $\Theta(X, X)^{-1} X = \frac{r}{\lambda \sigma} \big( \hat X + O(r^{-1}) \big)$ with $r / \sigma = \sqrt d$.
# ```
#
# So all cues of norm $r$ but those within a vanishing angle of a memory, or of its opposite, are thrown in one step to a distance of order $\sqrt d$ from the origin, and at least $r\,(1 - o(1))$ away from every memory.
# Only within a tube of that width around the ray of a memory is it otherwise:
#
# ```{prf:proposition} In the tube of a memory
# :label: prop-tube
#
# Let $x = \alpha\, r\, \hat x_i + \sqrt d\, h$ with $\alpha > 0$ and $h \perp \hat x_i$ fixed. As $r \to \infty$, $f(x) = (\alpha' + o(1))\, r\, \hat x_i + \sqrt d\, (h' + o(1))$ with $h' \perp \hat x_i$ and
#
# $$
# \alpha' = \frac{\alpha}{\kappa} \int \mathbb{E} \big[ \phi'(\alpha v + w)\, \phi'(v) \big]\, dv, \quad w \sim \mathcal{N}(0, \lVert h \rVert^2),
# $$
#
# $$
# h' = (1 - \alpha')\, b_i, \quad b_i = (I - \hat x_i \hat x_i^\top) \sum_{j \neq i} \frac{M_{ij}}{\lambda}\, \hat x_j .
# $$
#
# For erf $\alpha' = \alpha \sqrt{2 / (1 + \alpha^2 + 2 \lVert h \rVert^2)}$.
# ```
#
# ```{prf:proof}
# Under the kernel of $x$ and $x_i$, $v$ has variance $\sigma^2$ and $u = \alpha v + w$ with $w$ independent of $v$. For large $\sigma$ the density of $v$ is flat where $\phi'(v)$ is not small, so $e_{11} \approx \frac{1}{\sqrt{2 \pi}\, \sigma} \int \mathbb{E}[\phi'(\alpha v + w) \phi'(v)]\, dv$,
# and $\Theta(x, x_i) = \alpha \sigma^2 e_{11} + O(1) = \lambda \sigma\, \alpha' + O(1)$. For $j \neq i$, $\Theta(x, x_j) = M_{ij} + O(r^{-1})$. The coefficients are
# $\Theta(X, X)^{-1} X = \frac{\sqrt d}{\lambda} \big( I - \frac{1}{\lambda \sigma} M + O(\sigma^{-2}) \big) \hat X$. Along $\hat x_i$ the leading term is $\lambda \sigma \alpha' \sqrt d / \lambda = \alpha' r$. Across, row $i$ gives $- \alpha' \frac{\sqrt d}{\lambda} \sum_j M_{ij} \hat x_j$ and the other rows
# $\frac{\sqrt d}{\lambda} \sum_{j \neq i} M_{ij} \hat x_j$, projected. For erf both integrals are Gaussian.
# ```
#
# This map of $(\alpha, h)$ knows neither the norm nor, but for one vector, the other memories. The memory is its fixed point $(1, 0)$. The rays' other end is $\alpha = 0$, $h = b_i$, where a cue lies that has lost the memory's norm; a step multiplies
# a small $\alpha$ there by the *return factor*
#
# $$
# g_i = \frac{2 \gamma}{\kappa}\, \mathbb{E}\big[ \phi'(\lVert b_i \rVert z) \big], \quad z \sim \mathcal{N}(0, 1), \qquad \text{for erf} \quad g_i = \sqrt{\frac{2}{1 + 2 \lVert b_i \rVert^2}} .
# $$ (eq-return-factor)
#
# Where $g_i > 1$, the ray leads back to the memory; where $g_i < 1$, what has lost its norm stays without. For a memory alone $b_i = 0$ and $g_i$ is $\sqrt 2$ for erf and $\frac32$ for tanh and the sigmoid: it gets every cue on its side. Memories that are correlated, or many, pull each other's rays aside by $b_i$ and close them: what decides is
# $M_{ij}$, the kernel off its diagonal. That $g_i$ also decides about *random* cues is not proved, since the first step takes them to order $\sqrt d$ and not onto a ray. It is measured, in {numref}`fig-return-factors`.

# %% tags=["hide-input"]
some = list(range(-(-won_draws // 3)))
random_patterns = {"kind": "sphere", "n_patterns": won_patterns, "activation": activation, "starts": won_cues}
smaller = grid(**random_patterns, choice=some, norm=won_norms[:-1])
largest = grid(**random_patterns, choice=list(range(won_draws)), norm=won_norms[-1])
followed = sweep(random_cues, [*smaller, *largest])
digits = {"kind": "pictures", "n_patterns": n_pictures, "choice": some, "norm": won_norms}
followed_digits = sweep(random_cues, grid(activation=activations, **digits, starts=won_cues))
publish.failures(followed=followed, followed_digits=followed_digits)
both = pictures.together(followed, followed_digits)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-return-factors", "caption": "Share of random cues that each memory gets at infinite width, its mirror image included where the map is odd, against the memory's return factor g; one marker a memory, of random patterns and of pictures, one panel a norm. Dashed: a factor of one."}, "image": {"alt": "Panels of scattered markers. At the smallest norm memories of return factor below one, left of the dashed line, get most random cues; at the largest norm hardly any. Those right of it together get about a third or more at every norm, most of them little each."}}
publish.figure(figures.won_shares(tables.cues_by_memory(both)))

# %% tags=["hide-input"]
publish.table(tables.cues_by_memory(both), "return_factors")

# %% tags=["remove-cell"]
publish.numbers(
    first_won_norm=won_norms[0],
    last_won_norm=won_norms[-1],
    **tables.random_cue_statistics(followed),
    **tables.digit_statistics(followed_digits),
)

# %% [markdown]
# Of random patterns at norm {glue:text}`first_won_norm:g`, {glue:text}`weak_first:.0f` % of the random cues go to
# memories of return factor below one, and {glue:text}`strong_first:.0f` % to the others: there the factor does not
# decide, and the memories most like the others win, since the first step throws cues towards what all share. At norm
# {glue:text}`last_won_norm:g` the former get {glue:text}`weak_last:.1f` %, the latter
# {glue:text}`strong_last:.0f` %, and {glue:text}`other_last:.0f` % rest at no memory.
#
# The largest return factor of any picture is {glue:text}`largest_picture_factor:.2f`, and a ray is open above one:
# digits are much alike. Of random cues at norm {glue:text}`last_won_norm:g` all digits together get
# {glue:text}`pictures_won:.1g` %; all
# others converge to attractors at a distance of order $\sqrt d$ from the origin. The slices above show how it begins.
#
# ## The verdict

# %% tags=["hide-input"]
tried = [tables.other_norms(both, won_norms[-1]), tables.other_correlations(both, won_norms[-1])]
found = tables.weak_memories(both, won_norms[-1])
publish.verdict(verdicts.judge("C12", found, choices=tried), figure="fig-return-factors")

# %% [markdown]
# ## How it differs from the report
#
# - The report measures recall of random patterns in finite networks. Basins, pictures and the claim are this book's
#   own.
#
# **What was learned.** The spectral radius says how fast a cue comes home that is near enough, and not how near it must be. At large norm the limit's basins are thin tubes around the rays
# of the memories, while $\rho$ is near one half.
#
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=14 PARAMETERS="resolution=400 slice_norms=[10,20,40] width=5000"
# ```
#
# With a single draw of patterns C12 is not judged.
