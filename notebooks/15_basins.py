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
# ## The question
#
# The spectral radius says whether a memory attracts what is near, and how fast. It does not say from how far. How large are the basins, what else is there, and what becomes of
# them at large norm? One claim of this book's own is judged.
#
# **C12** At large norm and infinite width a random cue is led to no memory whose return factor is below one.

# %% tags=["remove-cell"]
from sigae.parameters import Activation, Ascending, Count, Distinct, Positive, Seed, check, check_fits

# %% tags=["parameters"]
activation: Activation = "erf"  # of the slices, and of the random patterns
activations: Distinct[Activation] = ["erf", "tanh", "sigmoid"]  # of everything else
width: Count = 1000  # hidden units m of the networks
n_pictures: Count = 10  # number n of memories
slice_norms: Ascending[Positive] = [20, 40, 80]  # norms of the slices
resolution: Count = 48  # points of a slice from one side to the other
norms: Ascending[Positive] = [20, 40, 80]  # norms at which volumes are measured
noises: Ascending[Positive] = [0.1, 0.3, 0.6, 1.0]  # distances of cues from their memory, over the norm
choices: Ascending[Seed] = [0, 1, 2]  # which pictures, networks and cues
loads: Ascending[Count] = [3, 10, 20]  # numbers of memories whose volumes are measured
load_norm: Positive = 20  # norm there
won_norms: Ascending[Positive] = [300, 3000]  # norms at which random cues are followed
won_patterns: Count = 8  # random patterns stored there
won_cues: Count = 60  # random cues for each draw of patterns
won_choices: Ascending[Seed] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]  # draws of patterns there

# %% tags=["remove-input", "check-parameters"]
check(globals())
check_fits(width=width, dim=64, n_points=n_pictures, repeats=len(norms) * len(choices))

# %% [markdown]
# ## The setting
#
# The memories are the pictures of {doc}`14_pictures`, $n$ digits in $d = 64$ dimensions, and random patterns on the sphere. Every cue is iterated plainly until it is inside a
# ball around an attractor in which the map contracts; the attractor itself is found by Newton's method ({doc}`../reference`). So attractors that are no memories are found and counted too, and what settles
# nowhere in the iterations allowed is shown as such.

# %% tags=["remove-cell"]
from sigae.experiments.basins import basin_shares, basin_slice, rates_of_return, winners
from sigae.pages import plots, publish, verdicts
from sigae.pages.tables import memories as tables
from sigae.pages.tables import summaries
from sigae.sweeps import grid, sweep

# %% [markdown]
# ## Slices of pattern space

# %% tags=["hide-input"]
sliced = {"n_pictures": n_pictures, "resolution": resolution}
slices = sweep(basin_slice, grid(activation=activation, width=[0, width], norm=slice_norms, **sliced))
publish.failures(slices)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-slices", "caption": "The plane through three of the memories (dots), each point in the colour of the memory that the iterated map leads it to; above at infinite width, below in a finite network. The scale follows the norm. Dark: an attractor that is no memory. White: not settled in the iterations allowed. Above each panel the norm and the largest rho of the memories."}, "image": {"alt": "Two rows of panels. Above, three large coloured regions shrink as the norm grows, to small ones in a dark sea at the largest norm. Below, in the finite network, the coloured regions stay large."}}
publish.figure(plots.basin_slices(tables.labelled(slices), rows="width", columns="norm"))

# %% tags=["hide-input"]
publish.table(tables.slice_counts(slices), "slices", title="How the slices are divided, in per cent of the square")

# %% [markdown]
# ## How large the basins are
#
# Cues are put at a given distance from each memory, in random directions; the share that comes home is the share of that sphere which the basin holds.

# %% tags=["hide-input"]
maps = {"activation": activations, "width": [0, width], "choice": choices, "noises": [noises]}
volumes = sweep(basin_shares, grid(**maps, norm=norms, n_patterns=n_pictures))
crowds = {"norm": load_norm, "n_patterns": loads}
crowded = sweep(basin_shares, grid(activation=activations, width=0, choice=choices, noises=[noises], **crowds))
publish.failures(volumes, crowded)
held = tables.shares(volumes, ["activation", "norm"])

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-volumes", "caption": "Share of cues that come home against their distance from their memory over the norm, for several norms (columns), at infinite width and in finite networks (rows). Mean and 95 % interval over choices of pictures."}, "image": {"alt": "At infinite width the share falls sooner the larger the norm. In finite networks it falls later the larger the norm."}}
publish.figure(
    plots.against(
        held, y_label="share that comes home", colour_by="activation", panel_by="norm", row_by="map", x="noise",
        x_label="distance over norm",
    )
)  # fmt: skip

# %% tags=["hide-input"]
publish.table(held, "volumes")

# %% tags=["hide-input"]
by_load = tables.shares(crowded, ["activation", "n_patterns"])
publish.table(by_load, "volumes_by_load", title="The same at infinite width against the number of memories")

# %% tags=["hide-input"]
rates = sweep(rates_of_return, grid(activation=activations, width=[0, width], norm=norms, choice=choices[0]))
publish.failures(rates)

# %% tags=["remove-cell"]
far = held[held["noise"].eq(noises[len(noises) // 2])]
ends = {name: far[far["map"].eq(name)] for name in ("infinite width", tables.maps(width))}
limit, wide = (part[part["norm"].eq(norms[-1])] for part in ends.values())
publish.numbers(
    distance=noises[len(noises) // 2],
    largest_norm=norms[-1],
    limit_share=100 * limit["mean"].mean(),
    limit_radius=limit["radius"].mean(),
    wide_share=100 * wide["mean"].mean(),
    wide_radius=wide["radius"].mean(),
    **tables.told_of_rates_of_return(rates),
)

# %% [markdown]
# At norm {glue:text}`largest_norm` and distance {glue:text}`distance` $r$, {glue:text}`limit_share:.0f` % of the cues come home at infinite width, where the largest $\rho$ of the memories is {glue:text}`limit_radius:.2f` on average;
# {glue:text}`wide_share:.0f` % do in finite networks, where it is {glue:text}`wide_radius:.2f`. What $\rho$ does tell is the speed of the last steps: of {glue:text}`rates_measured` attractors the logarithm of the measured factor a step
# differs from $\log \rho$ by {glue:text}`rates_median_percent:.1g` % in the middle, and by {glue:text}`rates_most_percent:.1g` % at most.
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
# \alpha' = \frac{\alpha}{\kappa} \int \mathbb{E} \big[ \phi'(\alpha v + w)\, \phi'(v) \big]\, dv, \quad w \sim \mathcal{N}(0, \lVert h \rVert^2), \qquad
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
# $M_{ij}$, the kernel off its diagonal. That $g_i$ also decides about *random* cues is not proved, since the first step takes them to order $\sqrt d$ and not onto a ray. It is measured.

# %% tags=["hide-input"]
random_patterns = {"kind": "sphere", "n_patterns": won_patterns, "choice": won_choices, "norm": won_norms}
digits = {"kind": "pictures", "n_patterns": n_pictures, "choice": won_choices[: len(choices)], "norm": won_norms}
followed = sweep(winners, grid(activation=activation, **random_patterns, cues=won_cues))
followed_digits = sweep(winners, grid(activation=activations, **digits, cues=won_cues))
publish.failures(followed, followed_digits)
fates = tables.together(followed, followed_digits)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-return-factors", "caption": "Share of random cues that each memory gets at infinite width, its mirror image included where the map is odd, against the memory's return factor; one marker a memory, of random patterns and of pictures, one panel a norm. Dashed: a factor of one."}, "image": {"alt": "Memories of return factor below one get hardly any cue, and none at the largest norm. Those above one share the cues."}}
publish.figure(plots.won_shares(tables.won(fates)))

# %% tags=["hide-input"]
publish.table(tables.won(fates), "return_factors")

# %% tags=["remove-cell"]
pictured = summaries.usable(followed_digits)
publish.numbers(
    won_norm=won_norms[-1],
    largest_picture_factor=pictured["factors"].map(max).max(),
    pictures_won=100 * pictured[pictured["norm"].eq(won_norms[-1])]["won"].map(sum).sum() / pictured["cues"].sum(),
)

# %% [markdown]
# The largest return factor of any picture is {glue:text}`largest_picture_factor:.2f`: digits are so alike that none has an open ray. So no memory wins; the attractor that swallows every cue lies at a distance of order $\sqrt d$ from the
# origin, in the direction that the digits share. The page before saw it begin at its largest norm.
#
# ## The verdict

# %% tags=["hide-input"]
tried = [tables.other_shares(fates, won_norms[-1])]
publish.verdict(
    verdicts.judge("C12", tables.unpredicted(fates, won_norms[-1]), choices=tried), figure="fig-return-factors"
)

# %% [markdown]
# ## How it differs from the report
#
# The report measures recall of random patterns in finite networks, and takes $\rho < 1$ for the sign of a memory. This page is this book's own.
#
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=15 PARAMETERS="resolution=400 slice_norms=[10,20,40] width=5000"
# ```
