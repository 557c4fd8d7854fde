# %% [markdown]
# # Which activations remember?
#
# Networks of sigmoids store patterns of large norm as attractors. The spectral radius $\rho$ is the largest eigenvalue
# norm of the Jacobian at a pattern. At infinite width it tends to one half as the norm grows. Is that a property of the
# sigmoid?
#
# It is a property of how slowly an activation grows. Let the activation $\phi(u)$ grow like $|u|^k$, and let infinitely
# wide networks store one pattern. As the norm of the pattern grows, $\rho$ of their mean tends to $\max(\frac12, k)$.
#
# In a ReLU network without biases the Jacobian at a stored pattern has the eigenvalue one, whatever the depth and
# width. So no stored pattern is an attractor.

# %% tags=["remove-cell"]
from book.parameters import Ascending, Count, Distinct, Positive, Seed, check, check_fits, require

# %% tags=["parameters"]
vanishing: Distinct[str] = ["power 0", "power 0.25", "power 0.5", "power 0.75"]  # activations whose slope vanishes
lasting: Distinct[str] = ["ReLU", "GELU", "softplus", "sine", "power 1.5"]  # activations whose slope does not
growths: Ascending[float] = [0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5]  # exponents k of growth
dim: Count = 16  # dimension d
counts: Ascending[Count] = [1, 4, 8]  # numbers n of patterns at infinite width; the last is that of the networks
norms: Ascending[Positive] = [1, 2, 4, 8, 16, 32]  # norms r of the patterns at infinite width
far_norms: Ascending[Positive] = [64, 512, 4096]  # norms of one pattern, for the limit at large norm
network_norms: Ascending[Positive] = [4, 16, 64]  # norms of what networks store; the last is that of C19
bias: Positive = 1  # standard deviation of the biases of the ReLU networks
bias_norms: Ascending[Positive] = [4, 16]  # norms for C20
width: Count = 1000  # hidden units m of the networks
not_far: Distinct[str] = ["power 0", "sine"]  # not trained at the last of these norms, in 500 steps and more
networks: Ascending[Seed] = [0, 1, 2, 3, 4]  # each draws its patterns and its network

# %% tags=["remove-input", "check-parameters"]
from book.experiments.remembering import FUNCTIONS, growth, stored_with

check(globals())
for name in (*vanishing, *lasting):
    known = name in FUNCTIONS or name.removeprefix("power ").replace(".", "", 1).isdigit()
    require(known, f"{name!r} is no activation of this page: give {', '.join(FUNCTIONS)} or 'power' and an exponent.")
repeats = len(networks) * len(network_norms) * len(vanishing + lasting)
memory = check_fits(width=width, dim=dim, n_points=counts, repeats=repeats, norms=network_norms)

# %% tags=["remove-cell"]
from book import figures, publish
from book.figures.style import COLOURS, INK, draw_rings, draw_thresholds, legend, panels, point_out, styled
from book.statistics import remembering as tables
from book.statistics import summaries, verdicts
from book.sweep import grid, sweep
from book.typeset import grouped

# %% tags=["hide-input"]
every, n = [*vanishing, *lasting], counts[-1]
powers = [f"power {k:g}" for k in growths]
alone = sweep(stored_with, grid(activation=powers, n_points=1, norm=far_norms, seed=0, dim=dim))
exact = sweep(stored_with, grid(activation=every, n_points=counts, norm=norms, seed=0, dim=dim))
both = {"n_points": n, "seed": networks, "width": width, "dim": dim}
conditions = grid(activation=every, norm=network_norms[:-1], **both)
conditions += grid(activation=[name for name in every if name not in not_far], norm=network_norms[-1], **both)
trained = sweep(stored_with, conditions, memory=memory)
publish.failures(alone=alone, exact=exact, trained=trained)


# %% tags=["hide-input"]
@styled
def growth_figure(curves, networks):  # one pattern's curves, what they tend to, and networks as rings
    figure, axes = panels(1, 1, share_y=True)
    figure.set_figheight(2.8)
    ax = axes[0, 0]
    for hue, (r, part) in zip(COLOURS, curves.groupby("norm"), strict=False):
        ax.plot(part["k"], part["mean"], color=hue, label=f"$r$ = {grouped(str(r))}")
    ax.plot(growths, [max(0.5, k) for k in growths], color=INK, linestyle=":", label=r"max($\frac{1}{2}$, $k$)")
    draw_rings(ax, networks["k"], networks["mean"], INK, "networks")
    ax.set(xlabel="growth exponent $k$", ylabel=r"$\rho$ at the patterns", yscale="log")
    ax.set_yticks([0.5, 1, 2, 4], ["0.5", "1", "2", "4"])
    ax.minorticks_off()
    draw_thresholds(axes, {"attracts": 1})
    legend(figure, axes)
    return figure


# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-growth", "caption": "Spectral radius ρ of the Jacobian at stored patterns against the exponent k: the activation grows like the k-th power of its input. Lines: the mean network of infinite width that stores one pattern, by its norm r. Dotted: the limit of large norm, max(1/2, k). Dashed: one, below which a pattern is an attractor. Rings: finite networks that store several patterns of large norm, the largest ρ at any, mean over networks. ReLU, GELU and softplus have k = 1."}, "image": {"alt": "Lines that stay near one half up to an exponent of one half and rise with slope one beyond, crossing one at exponent one. Rings lie above the lines, those at exponent one near one."}}
curves = alone.assign(k=alone["activation"].map(growth), mean=alone["radius_mean"])
far = summaries.converged(trained).query("norm == @network_norms[-1]")
at = far.groupby("activation", sort=False)["radius_worst"].mean().rename("mean").reset_index()
at = at.assign(k=at["activation"].map(growth))
drawing = growth_figure(curves, at)
point_out(drawing.axes[0], "1/2 below $k$ = 1/2", (0.1, 0.5), (0.04, 0.55))
point_out(drawing.axes[0], "ReLU: exactly one", (1, 1), (0.35, 0.8))
publish.figure(drawing)
publish.table(curves[["k", "norm", "mean"]], "growth")

# %% tags=["hide-input"]
last = curves[curves["norm"].eq(far_norms[-1])].set_index("k")["mean"]
worst = max(abs(last[k] - max(0.5, k)) for k in growths if k != 0.5)
relu = far[far["activation"].eq("ReLU")]
publish.numbers(far_norm=far_norms[-1], off=round(worst, 3), at_half=last.get(0.5, float("nan")), many=n, width=width)
publish.numbers(relu_off=(relu["along"] - 1).abs().max(), network_norm=network_norms[-1])
slowest = at[at["activation"].isin(vanishing)].iloc[-1]
publish.numbers(slowest=slowest["k"], slowest_rho=slowest["mean"], left_out=", ".join(not_far))

# %% [markdown]
# With one pattern of norm {glue:text}`far_norm`, $\rho$ of the mean network differs from $\max(\frac12, k)$ by at most
# {glue:text}`off:.3f` ({numref}`fig-growth`). This leaves out $k = \frac12$, where $\rho$ is {glue:text}`at_half:.3f`:
# there it approaches one half only as slowly as $1 / \log r$ ({doc}`../growth`).
#
# In networks of width {glue:text}`width` that store {glue:text}`many` patterns with $k$ = {glue:text}`slowest:g`, of
# norm {glue:text}`network_norm`, the largest $\rho$ at any pattern is {glue:text}`slowest_rho:.2f`, on average over
# networks. In the ReLU networks of that norm the eigenvalue along the patterns differs from one by at most
# {glue:text}`relu_off:.0e`, which is due to the residual training error.
#
# ## Setting
#
# Networks of two layers, with $m$ hidden units and without biases, store random patterns of norm $r$ in
# $d$ = {glue:text}`dim` dimensions. The *mean network* is the mean of all trained networks of infinite width
# ({doc}`../infinite_width`). A pattern is an attractor where $\rho < 1$.
#
# For each exponent $k$ the activation is $\phi(u) = u\,(1 + u^2)^{(k-1)/2}$. It is odd and smooth, and its magnitude
# grows like $|u|^k$. The slope of an activation *vanishes* if $\phi'(u) \to 0$ as $|u| \to \infty$. For the powers it
# does if $k < 1$. The sine is bounded, but its slope does not vanish.
#
# ## One network, step by step
#
# Any smooth function of a torch tensor can be the activation. The largest $\rho$ at any pattern is printed.

# %% tags=["show-input"]
import sigae

points = sigae.sphere_points(8, 16, norm=16.0, seed=0)
phi = lambda u: u * (1 + u * u) ** -0.25  # noqa: E731  like the square root
model = sigae.Autoencoder(16, 1000, activation=phi, seed=0)
sigae.train(model, points)
print(f"network: {sigae.spectral_radius(sigae.jacobian(model, points)).max():.3f}")
limit = sigae.InfiniteWidth(points, activation=phi)
print(f"infinite width: {sigae.spectral_radius(limit.mean_jacobian(points)).max():.3f}")

# %% [markdown]
# The sweep calls {py:func}`~book.experiments.remembering.stored_with` for every condition.
#
# ## Number of patterns and norm


# %% tags=["hide-input"]
by = ["activation", "n_points", "norm"]
titles = {name: f"$k$ = {growth(name):g}" for name in every if name.startswith("power")}


def diagram(names):  # rho of the mean network against the norm, by number of patterns, with networks beside it
    some = exact[exact["activation"].isin(names)].rename(columns={"radius_mean": "mean"})
    beside = summaries.over_seeds(trained[trained["activation"].isin(names)], "radius_mean", by)
    drawing = figures.against(
        some[[*by, "mean"]], colour_by="n_points", panel_by="activation", rings={f"$m$ = {width}": beside}, log="x",
        y_label=r"mean $\rho$", x_label="norm $r$", markers=False, panel_titles=titles, references={"attracts": 1},
        share_y=False,
    )  # fmt: skip
    for ax in drawing.axes:
        ax.set_xticks([1, 4, 16, 64], ["1", "4", "16", "64"])
        ax.margins(0.12)
    return drawing


# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-vanishing", "caption": "Activations whose slope vanishes far from zero, by their growth exponent k: the spectral radius ρ, averaged over the patterns, against their norm r. Lines: the mean network of infinite width, by number n of patterns. Rings: finite networks that store the largest of these numbers, mean over networks. Dashed: one, below which a pattern is an attractor."}, "image": {"alt": "Four panels of curves that fall from one as the norm grows, least for the largest exponent, where the rings lie above the curves."}}
publish.figure(diagram(vanishing))

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-lasting", "caption": "Activations whose slope does not vanish far from zero: the spectral radius ρ, averaged over the patterns, against their norm r. Lines: the mean network of infinite width, by number n of patterns. Rings: finite networks that store the largest of these numbers, mean over networks. Dashed: one, below which a pattern is an attractor."}, "image": {"alt": "Five panels. The curves of ReLU are constant at one; those of GELU and softplus end near one; those of the sine fall and rise to one; those of the power 1.5 rise above one."}}
publish.figure(diagram(lasting))
publish.table(exact[["activation", "n_points", "norm", "radius_mean", "radius_worst"]], "phase")
publish.numbers(dim=dim)

# %% [markdown]
# A slope that vanishes slowly is not enough at every width: finite networks can have a larger $\rho$ than the mean
# network ({numref}`fig-vanishing`).
#
# A slope that does not vanish can be enough at some norms ({numref}`fig-lasting`). With softplus a single pattern is an
# attractor at small norms, because $\phi(0) = \log 2$ acts as a bias. With the sine $\rho$ is smallest at a middle
# norm, and at large norm it tends to one, although the sine is bounded. So a bound on the activation is not what
# counts. Where the slope vanishes, most units of a pattern of large norm hardly respond to a change of the input.
#
# ## Biases
#
# With random biases a ReLU network can have $\rho < 1$. With one pattern and biases of standard deviation $\sigma_b$
# the mean network has exactly $\rho = r^2 / (r^2 + \sigma_b^2 d)$. With more patterns $\rho$ is larger again. In
# {numref}`fig-biases` $\sigma_b$ is {glue:text}`bias:g`, and with as many patterns as dimensions the largest $\rho$ of
# the mean network reaches {glue:text}`most:.3f`.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-biases", "caption": "ReLU networks with random biases: the largest spectral radius ρ at any stored pattern, against the norm r of the patterns, by their number n. Lines: the mean network of infinite width. Rings: finite networks, mean over networks. Dashed: one, below which a pattern is an attractor."}, "image": {"alt": "The curve for one pattern rises from near zero towards one; those for more patterns lie higher, that for sixteen near one. Rings of networks with sixteen patterns lie above one."}}
relu = {"activation": "ReLU", "bias": bias, "dim": dim}
with_bias = sweep(stored_with, grid(**relu, n_points=[1, 2, 4, 8, dim], norm=norms, seed=0))
storing = sweep(stored_with, grid(**relu, n_points=[1, dim], norm=bias_norms, seed=networks, width=width))
publish.failures(with_bias=with_bias, storing=storing)
beside = {f"$m$ = {width}": summaries.over_seeds(storing, "radius_worst", by[1:])}
curves = with_bias.assign(mean=with_bias["radius_worst"])[[*by[1:], "mean"]]
look = {"colour_by": "n_points", "log": "x", "y_label": r"largest $\rho$", "x_label": "norm $r$", "markers": False}
publish.figure(figures.against(curves, rings=beside, references={"attracts": 1}, **look))
publish.table(curves, "biases")
publish.numbers(bias=bias, most=curves.loc[curves["n_points"].eq(dim), "mean"].max())

# %% [markdown]
# ## Why
#
# With one pattern $x$ the only eigenvalue of the mean network's Jacobian other than zero is the logarithmic slope of
# the tangent kernel: $\rho = |\mathrm{d} \log \Theta / \mathrm{d} \log q|$ with $q = \lVert x \rVert^2 / d$
# ({prf:ref}`prop-logarithmic-slope`). With two layers $\Theta(x, x) = \mathbb{E}[\phi(u)^2] + q\,
# \mathbb{E}[\phi'(u)^2]$, where $u \sim \mathcal{N}(0, q)$ is the preactivation of a hidden unit. Both terms grow like
# $q^k$ if $k > \frac12$. If $k < \frac12$, the second grows like $\sqrt q$, since only preactivations near zero, a
# share of order $1 / \sqrt q$, have a slope $\phi'$ that is not small.
#
# If $\phi(tu) = t^k \phi(u)$ for all $t > 0$, the Jacobian of a two-layer network at a stored pattern has the
# eigenvalue $k$, whatever the number of patterns ({prf:ref}`prop-euler`). The proofs are in {doc}`../growth`.
#
# ## Verdicts on claims of this book


# %% tags=["hide-input"]
def both_kinds(table, norm):
    """Judge the activations of both kinds at a norm."""
    some = table[table["norm"].eq(norm)]
    kinds = {"vanishing": vanishing, "lasting": lasting}
    parts = [tables.radii(some[some["activation"].isin(names)], kind, "activation") for kind, names in kinds.items()]
    return sum(parts, [])


tried = verdicts.try_values("norm", network_norms[-1], network_norms, "C19", both_kinds, trained)
publish.verdict(verdicts.judge("C19", both_kinds(trained, network_norms[-1]), choices=[tried]), figure="fig-growth")


# %% tags=["hide-input"]
def one_and_many(table, norms):
    """Judge single patterns, and as many as dimensions, at some norms."""
    kinds = {"one": 1, "many": dim}
    some = table[table["norm"].le(norms)]
    return sum([tables.radii(some[some["n_points"].eq(k)], kind, "norm") for kind, k in kinds.items()], [])


tried = verdicts.try_values("largest norm", bias_norms[-1], bias_norms, "C20", one_and_many, storing)
publish.verdict(verdicts.judge("C20", one_and_many(storing, bias_norms[-1]), choices=[tried]), figure="fig-biases")
publish.numbers(activations_converged=summaries.convergence(trained, storing))

# %% [markdown]
# {glue:text}`activations_converged`. Not trained at norm {glue:text}`network_norm`: {glue:text}`left_out`.
#
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=17 PARAMETERS="vanishing=['power 0.9'] networks=[0,1,2]"
# make rerun NOTEBOOK=17 PARAMETERS="bias=0.3 width=4000" HTML=1
# ```
