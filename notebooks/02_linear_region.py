# %% [markdown]
# # The linear region
#
# How many eigenvalues of the trained Jacobian are one while the network is still linear?
#
# With $n$ patterns and the sigmoid, $n - 1$ of them are: the trained network maps the differences of the patterns to
# themselves. The value one is also the stability boundary, so small deviations from linearity decide which patterns are
# attractors.

# %% tags=["remove-cell"]
from book.parameters import Activation, Ascending, Count, Device, Positive, Seed, Tolerance, check, check_fits, require

# %% tags=["parameters"]
activation: Activation = "sigmoid"  # sigmoid, tanh or erf
dim: Count = 10  # dimension d of the patterns
width: Count = 1000  # hidden units m
n_points: Ascending[Count] = [2, 5, 8]  # numbers n of patterns, each at most dim
norm: Positive = 1  # norm of the patterns
seeds: Ascending[Seed] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]  # each draws patterns and a network
tolerance: Tolerance = 1e-7  # mean squared error at which training ends
around: Positive = 0.1  # a norm that is no further from one counts as around one
learning_rate: Positive = 3  # of the descent that the first seed is also trained by, but for the most patterns
linear_norms: Ascending[Positive] = [1, 2, 3, 5, 8]  # norms at which networks are tested for linearity
limit_samples: Count = 100  # Jacobians drawn at each pattern at infinite width
device: Device = "cpu"  # where networks are trained: cpu, or an accelerator such as cuda

# %% tags=["remove-input", "check-parameters"]
check(globals())
most = n_points[-1]
require(most <= dim, f"n_points has {most}, but dim is {dim}: give n_points of at most {dim}, or a larger dim.")
memory = check_fits(width=width, dim=dim, n_points=n_points, repeats=len(seeds), norms=norm, tolerance=tolerance)

# %% tags=["remove-cell"]
from book import figures, publish
from book.experiments.linear_region_and_beyond import limit_spectrum, trained_spectrum
from book.figures.style import point_out
from book.statistics import linear_region as tables
from book.statistics import report_compared, summaries, verdicts
from book.sweep import grid, sweep

# %% tags=["hide-input"]
shared = {"activation": activation, "dim": dim, "n_points": n_points, "norm": norm, "seed": seeds}
training = {"width": width, "tolerance": tolerance}
swept = sweep(trained_spectrum, grid(**shared, **training), memory=memory, device=device)
limit = sweep(limit_spectrum, grid(**shared | {"seed": seeds[:3]}, samples=limit_samples))
descending = {"seed": seeds[0], "n_points": n_points[:-1] or n_points, "learning_rate": learning_rate}
descent = sweep(trained_spectrum, grid(**shared | descending, **training), memory=memory, device=device)
at_norms = sweep(trained_spectrum, grid(**shared | {"norm": linear_norms}, **training), memory=memory, device=device)
publish.failures(swept=swept, limit=limit, descent=descent, tried=at_norms, optional=["descent"])
(n_points,) = summaries.remaining(swept, "n_points")
edges = {n: tables.edge_of_the_others(activation, n, dim) for n in n_points}
theory = {n: tables.count_at_one(activation, n) / dim for n in n_points}

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-linear-spectrum", "caption": "Distribution of the eigenvalue norms of the trained Jacobian, pooled over patterns and seeds, for 2, 5 and 8 patterns. Bars: networks. Outlines: infinite width. Dashed: the share at one that a linear network has. Dotted: the edge of its other eigenvalues. Rings: the first seed's networks of fewer patterns, trained by gradient descent."}, "image": {"alt": "Histograms for three numbers of patterns: a bulk of small norms below the dotted line, and a narrow peak at one that grows with the number of patterns. Rings, one network each, lie near the tops of the bars."}}
rings = {rf"descent, $\eta$ = {learning_rate:g}": summaries.converged(descent)}
drawing = figures.eigenvalue_histograms(summaries.converged(swept), limit, theory=theory, edges=edges, rings=rings)
at_one, edge = theory[n_points[-1]], edges[n_points[-1]]
point_out(drawing.axes[-1], "at one", (0.95, 0.9 * at_one), (0.45, 0.75))
point_out(drawing.axes[-1], "the others", (edge, 0.4 * at_one), (0.35, 0.5))
publish.figure(drawing)
trained = tables.with_shares(swept, around)
shares = tables.shares(trained, ["n_points"])
publish.table(shares, "linear_shares")
share_first, share_last = 100 * shares["mean"].iloc[[0, -1]]
unstable = trained.loc[trained["n_points"].eq(n_points[-1]), "radii"].explode().gt(1).mean()
publish.numbers(fewest=n_points[0], most=n_points[-1], share_first=share_first, share_last=share_last)
publish.numbers(dim=dim, width=width, norm=norm, around=around, unstable_last=100 * unstable)

# %% [markdown]
# With $n$ = {glue:text}`fewest` patterns, {glue:text}`share_first:.0f` % of the eigenvalue norms $|\lambda|$ lie within
# {glue:text}`around` of one. With $n$ = {glue:text}`most`, {glue:text}`share_last:.0f` % do
# ({numref}`fig-linear-spectrum`). There the largest of them, the {doc}`spectral radius <01_single_example>`, is above
# one at {glue:text}`unstable_last:.0f` % of the patterns.
#
# ## Setting
#
# Two-layer networks of {glue:text}`width` hidden units store $n$ patterns of norm $r$ = {glue:text}`norm` in $d$ =
# {glue:text}`dim` dimensions. The Jacobian at each pattern has $d$ eigenvalues.
#
# ## One network, step by step

# %% tags=["show-input"]
import sigae

points = sigae.sphere_points(5, 10, norm=1, seed=0)  # five patterns, (5, 10)
model = sigae.Autoencoder(10, 1000, depth=2, activation="sigmoid", seed=0)

before = sigae.eigenvalue_norms(sigae.jacobian(model, points))  # (5, 10)
result = sigae.train(model, points, tolerance=1e-7)
after = sigae.eigenvalue_norms(sigae.jacobian(model, points))

print("converged:", result.converged)
for name, found in {"before": before, "after": after}.items():
    print(f"{name}, at the first pattern:", found[0].numpy().round(2))
    near_one = (found - 1).abs() <= 0.1
    print(f"{name}, how many near one:   ", near_one.sum(dim=1).tolist())

# %% [markdown]
# {py:func}`~book.experiments.linear_region_and_beyond.trained_spectrum` does this for every network of the sweep.
#
# ## Why $n - 1$
#
# At a small norm a hidden unit is nearly linear in its input, $\phi(z) \approx \phi(0) + \phi'(0) z$. The trained
# network is then the affine map $f(x) = A x + c$ that fits the patterns with the least change of the weights. Then
# $f(x_i) = x_i$ means $A (x_i - x_j) = x_i - x_j$.
#
# - **sigmoid**: $\phi(0) = 1/2$ gives the network a bias $c$, which absorbs an offset common to all patterns. The
#   patterns' differences span $n - 1$ dimensions, on which $A$ is the identity: $n - 1$ eigenvalues are one.
# - **tanh, erf**: $\phi(0) = 0$ leaves no bias, and all $n$ patterns are eigenvectors of $A$ with eigenvalue one.
#
# Let $k$ be the number of eigenvalues at one. In the remaining $d - k$ dimensions training changes nothing. There $A$
# is still the Gaussian matrix that it was before training, with entries of variance $\phi'(0)^2 / d$. Since $A$ is
# block triangular, its other eigenvalues are those of this block. By the circular law they fill a disc of radius
# $\phi'(0) \sqrt{1 - k / d}$, the dotted line in {numref}`fig-linear-spectrum`.
#
# ## Does an eigenvalue at one show that a network is linear?
#
# The report concludes that it does. But a linear network has the same Jacobian at all patterns
# ({numref}`fig-linear-or-not`).

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-linear-or-not", "caption": "Tests of linearity against the norm r of n patterns: mean and range over seeds. First panel: largest relative difference of a network's Jacobian from the mean over its patterns. Second: share of patterns with an eigenvalue norm near one. Third: share of patterns with as many such norms as a linear network has."}, "image": {"alt": "Left, the difference of the Jacobians rises steadily with the norm. Middle, for the larger numbers of patterns the share stays at one up to norm 5. Right, the share falls to zero soon after norm 1."}}
linear = report_compared.linearity(at_norms, around)
publish.figure(figures.against(linear, y_label="share", colour_by="n_points", panel_by="quantity", bars=True))
publish.table(linear, "linear_or_not")
publish.numbers(**report_compared.linearity_statistics(linear, linear_norms[0]), linear_norm=linear_norms[0])

# %% [markdown]
# At norm {glue:text}`linear_norm` the Jacobians differ from their mean by at most {glue:text}`spread_here:.1f` %. At
# norm {glue:text}`still_norm` they differ by {glue:text}`still_spread:.0f` % for $n$ = {glue:text}`still_points`,
# although every pattern has an eigenvalue norm near one. That $n - 1$ are near one is a better sign: at that norm this
# is so at {glue:text}`still_all:.0f` % of these patterns.
#
# ## Verdict

# %% tags=["hide-input"]
found, tried = tables.around_one(trained), tables.other_windows(swept, around)
publish.verdict(verdicts.judge("C4", found, choices=[tried], around=around), figure="fig-linear-spectrum")
off = report_compared.descent_and_flow(descent, swept, "eigenvalue_norms")
publish.numbers(learning_rate=learning_rate, descent_off=off["off_eigenvalue_norms"].max())
publish.numbers(converged=summaries.convergence(swept))

# %% [markdown]
# ## Differences from the report
#
# - The report trains by gradient descent. At its learning rate, {glue:text}`learning_rate:.0f`, the eigenvalue norms of
#   the first seed's networks differ by at most {glue:text}`descent_off:.4f` from those of the gradient flow used here.
#   The largest $n$, with which descent takes longest, is left out.
# - The report reads the share at one off a histogram of one network. Here several seeds are pooled, and counted.
# - Parameterisation, initialisation and sampling are inferred ({doc}`../method`). {glue:text}`converged`.
#
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=02 PARAMETERS="n_points=[3,6,9] norm=0.1"
# ```
