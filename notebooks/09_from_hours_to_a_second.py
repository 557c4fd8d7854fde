# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # What training takes, and why
#
# Why does training take so long, and need it? Of twenty patterns of norm 1 the report says that training took more
# than thirty hours; it shows no result for them and does not tell the width.
# At width {glue:text}`loop_width` its loop took {glue:text}`loop_minutes:.0f` minutes on this book's machine,
# gradient descent at its best step {glue:text}`descent_seconds_headline:.0f` seconds, and this book's integrator
# {glue:text}`headline_seconds:.2f` seconds. Where training is well conditioned, best-step descent is the quickest of
# the three: in {glue:text}`quicker_cells` of experiment 3's {glue:text}`cells` conditions at the
# default accuracy.

# %% tags=["remove-cell"]
from book.parameters import Ascending, Count, Device, Distinct, File, Positive, Seed, check, check_fits

# %% tags=["parameters"]
dim: Count = 32  # dimension d of the patterns
width: Count = 1000  # hidden units m
n_points: Count = 5  # patterns n of the accuracy figures
seeds: Ascending[Seed] = [0, 1, 2]  # each draws its patterns and its network
stiff_points: Ascending[Count] = [2, 5, 10, 20]  # patterns n of the stiffness figure
stiff_norms: Ascending[Positive] = [1, 2, 3, 5, 10, 20, 50]  # norms of the stiffness figure
error_norms: Ascending[Positive] = [2, 5, 20, 50]  # norms of the accuracy figure
step_tolerances: Distinct[Positive] = [0.1, 0.03, 0.01, 0.003]  # errors allowed in a step
descent_norms: Ascending[Positive] = [5, 10, 20, 30, 40, 50]  # norms at which descent is compared with the flow
learning_rates: Ascending[Positive] = [1, 5]  # of that descent; the report's experiment 3 has 5
wide: Count = 10_000  # the report's larger width: the first seed's descent there, at the first and the last norm
benchmark: File = "../book/benchmark.json"  # what `make bench` measured
report_loop: File = "../book/report_loop.json"  # what `make report-loop` measured
random_networks: File = "../book/random_networks.csv"  # what `make random-networks` measured
device: Device = "cpu"  # where networks are trained: cpu, or an accelerator such as cuda

# %% tags=["remove-input", "check-parameters"]
check(globals())
all_norms = [*stiff_norms, *error_norms, *descent_norms]
repeats = len(stiff_norms) * len(seeds)
check_fits(width=width, dim=dim, n_points=[n_points, *stiff_points], repeats=repeats, norms=all_norms)

# %% tags=["remove-cell"]
import json
from pathlib import Path

import pandas as pd

from book import figures, publish
from book.experiments.from_hours_to_a_second import integration_error, stiffness
from book.statistics import from_hours_to_a_second as tables
from book.statistics import report_loop as loop
from book.statistics import summaries
from book.sweep import grid, sweep

# %% tags=["hide-input"]
measured = json.loads(Path(benchmark).read_text())
recorded = json.loads(Path(report_loop).read_text())
shared = {"dim": dim, "width": width}
stiff = sweep(stiffness, grid(**shared, n_points=stiff_points, norm=stiff_norms, seed=seeds), device=device)
shared["n_points"] = n_points
errors = sweep(
    integration_error, grid(**shared, norm=error_norms, seed=seeds, step_tolerance=step_tolerances), device=device
)
descent = sweep(
    integration_error, grid(**shared, norm=descent_norms, seed=seeds, learning_rate=learning_rates), device=device
)
ends = {"norm": sorted({descent_norms[0], descent_norms[-1]}), "learning_rate": max(learning_rates)}
at_wide = sweep(integration_error, grid(**shared | {"width": wide}, **ends, seed=seeds[0]), device=device)
publish.failures(stiff=stiff, errors=errors, descent=descent, at_wide=at_wide)

# %% [markdown]
# ## Why descent is slow
#
# Full-batch gradient descent with learning rate $\eta$ on the mean squared error over $nd$ entries is Euler's method, with a step of
# $2\eta/(nd)$, for the **gradient flow**
#
# ```{math}
# :label: eq-flow-theta
# \dot\theta = -J_\theta^\top r, \qquad r = f_\theta(X) - X, \qquad \dot r = -K r, \qquad K = J_\theta J_\theta^\top .
# ```
#
# $K$ is the tangent kernel {cite}`jacot2018neural`. Its eigenvalues are the rates at which parts of the residual decay. Euler's method is stable only while its step is
# below two over the largest rate, and training is over only after several times one over the smallest, so the number of steps is at least about the
# condition number of $K$. In the linear region the network must tell patterns apart whose activations hardly differ, and the condition number
# is large ({numref}`fig-stiffness`).

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-stiffness", "caption": "Stiffness of training against the norm of the patterns. Left: condition number of the untrained network's averaged tangent kernel. Middle: steps of the report's descent (learning rate 5) that cover the flow. Right: steps of the exponential integrator. Mean and range over seeds."}, "image": {"alt": "The condition number and the number of descent steps fall by orders of magnitude from norm 1 to norm 50 and grow with the number of patterns; the number of exponential steps stays below about a hundred up to norm 20 and rises to some hundreds at norm 50."}}
quantities = {"condition": "condition number", "report_steps": "descent steps", "steps": "exponential steps"}
stiffness = tables.stiffnesses(stiff, list(quantities))
publish.figure(
    figures.against(
        stiffness,
        y_label="number",
        colour_by="n_points",
        panel_by="quantity",
        panel_titles=quantities,
        log="xy",
    )
)

# %% tags=["hide-input"]
publish.table(stiffness, "stiffness")

# %% tags=["remove-cell"]
publish.numbers(**tables.stiffest(stiff))

# %% [markdown]
# With {glue:text}`most_points` patterns the condition number is {glue:text}`stiff_condition:,.0f` at norm {glue:text}`stiff_norm` and
# {glue:text}`easy_condition:.0f` at norm {glue:text}`easy_norm`; descent needs {glue:text}`stiff_report_steps:,.0f` steps for the former. The exponential
# integrator takes {glue:text}`most_steps` at most: its step is bounded by accuracy, not by stability.

# %% [markdown]
# ## The method
#
# If $K$ did not move, the flow would be solved by $r(t) = e^{-Kt} r(0)$, in one step. It moves little, but it is an $nd \times nd$ matrix.
# An **exponential integrator** treats a cheap kernel $T$ near $K$ exactly and the remainder by a Runge-Kutta rule. Averaged over outputs, the tangent
# kernel of two layers is
#
# ```{math}
# :label: eq-averaged-kernel
# T = S + D, \qquad S = \frac{H H^\top}{m}, \qquad D = \frac{X X^\top}{d} \circ \frac{P\, C\, P^\top}{m},
# ```
#
# with $H = \phi(Z)$, $P = \phi'(Z)$ and $C$ the diagonal matrix of the column means of $W_2^{\circ 2}$: an $n \times n$ matrix that costs no more than a
# gradient, and $K = T \otimes I$ up to $O(\sqrt{d/m})$. Where training is stiff, that remainder still limits the step. Most of it comes there from one source: the
# outputs' weights are correlated. With $B = d\, W_2 W_2^\top / \operatorname{tr}(W_2 W_2^\top)$,
#
# ```{math}
# :label: eq-factored-kernel
# K \approx S \otimes I + D \otimes B ,
# ```
#
# which the eigenvectors of $B$ split into $d$ problems of size $n \times n$. The **factored** kernel costs hardly more than $T$ and allows steps nearly as large as
# the full $K$ does, but for many patterns in a narrow network (see below). It is taken where $T$ is stiff; networks of more than two layers, whose full kernel is needed anyway, take that.
#
# One step from $\theta_n$ over a time $h$, with $z = hT$, is the second-order scheme ETD2RK {cite}`cox2002exponential,hochbruck2010exponential` with the weights as the
# unknown:
#
# ```{math}
# :label: eq-etd
# \begin{aligned}
# \theta_a &= \theta_n - J_n^\top\, h\, \varphi_1(z)\, r_n, \qquad \varphi_1(z) = (1 - e^{-z})/z, \\
# E &= r(\theta_a) - e^{-z} r_n, \\
# \theta_{n+1} &= \theta_n - h \int_0^1 \big[(1-s) J_n + s J_a\big]^\top \big[e^{-zs} r_n + s E\big]\, \mathrm{d}s .
# \end{aligned}
# ```
#
# It is consistent for any $T$, which only decides how large $h$ may be.
#
# ::::{dropdown} Order, error of a step, and four economies
# :class-container: told
#
# As $T \to 0$ it differs from Heun's method by
# $\tfrac h6 (J_n - J_a)^\top (r_a - r_n)$, which is of third order in $h$. The error of a step is the distance
# $\lVert \theta_{n+1} - \theta_a \rVert$ in units of the distance that the weights travel in all, because that is what the trained Jacobian
# depends on; the residual, which shrinks by orders of magnitude, would be a needlessly strict unit.
# Where patterns are large, a small error in the weights moves pre-activations by many units, and saturated units come into play.
# So the relative error of $\phi'$ in a step is bounded too, by three times the tolerance, in every hidden layer. The last step is chosen to land
# just under the wanted loss. Four further economies: a gradient moves $W_1$ only within the span of the patterns, so layer 1 works
# with $n$ coefficients a unit and the $n \times n$ Gram matrix; a gradient over $n$ patterns has rank $n$, so the large matrices of deeper networks are not formed
# anew at every step but carried as products of thin ones; the state after a step serves the next; and the hidden units are taken in blocks that fit the
# processor's cache.
# ::::
#
# ## How exact it is
#
# {numref}`fig-flow-accuracy` holds the trained Jacobian against one that was integrated far more finely.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-flow-accuracy", "caption": "Error of the trained Jacobian against the error allowed in a step, relative to the flow integrated at a step tolerance of 10⁻⁴. Mean and range over seeds; the dashed line is half a percent."}, "image": {"alt": "Four lines that rise with the step tolerance on logarithmic axes, the lower the smaller the norm.", "width": "75%"}}
accuracy = summaries.over_seeds(errors, "jacobian_error", ["norm", "step_tolerance"])
publish.figure(
    figures.against(
        accuracy,
        x="step_tolerance",
        x_label="step tolerance",
        y_label=r"$\|J - J_{\mathrm{exact}}\|_F \,/\, \|J_{\mathrm{exact}}\|_F$",
        colour_by="norm",
        references={"0.5 %": 5e-3},
        log="xy",
    )
)

# %% tags=["hide-input"]
publish.table(accuracy, "flow_accuracy")

# %% tags=["remove-cell"]
default_tolerance, pages_tolerance = 0.003, 0.03
publish.numbers(
    default_tolerance=default_tolerance,
    pages_tolerance=pages_tolerance,
    default_errors=tables.errors_at(accuracy, default_tolerance),
    pages_errors=tables.errors_at(accuracy, pages_tolerance),
    **tables.slopes(accuracy),
    **tables.random_network_statistics(pd.read_csv(random_networks)),
    accuracy_points=n_points,
    accuracy_width=width,
)

# %% [markdown]
# The error falls with the tolerance to the power {glue:text}`least_slope:.2f` to {glue:text}`most_slope:.2f`, by the norm. One would be expected if the tolerance
# set the length of every step; the first step, the last one and the guard of its stability are set otherwise. With
# {glue:text}`accuracy_points` patterns and
# width {glue:text}`accuracy_width` it is {glue:text}`default_errors` at the default tolerance of
# {glue:text}`default_tolerance`. At {glue:text}`pages_tolerance`, with which the networks of
# experiments 1, 3, 4 and 5 are trained in this book, it is {glue:text}`pages_errors`. In narrow networks at large
# norm the trained Jacobian is small and depends strongly on the
# path of training.
#
# How far that goes was measured on {glue:text}`random_networks` random networks, of two to four layers,
# {glue:text}`random_widths` hidden units, up to twelve dimensions and as many patterns, and norms
# {glue:text}`random_norms`. At the default tolerance {glue:text}`random_within` of them have Jacobians within
# {glue:text}`random_close:.0f` % of those at a tenth of it.
# The median error is {glue:text}`random_median`, the largest {glue:text}`random_worst`.
#
# Training estimates that error, as `jacobian_error`. In {glue:text}`random_below` of these networks the estimate is no
# smaller than the error. Where it exceeds {glue:text}`random_loose:.0f` %, the path counts as too sensitive to be followed, and `train` warns:
# {glue:text}`random_flagged`. At {glue:text}`pages_tolerance` the estimate was not checked in this way.
#
# ## Where descent is not gradient flow
#
# {numref}`fig-descent-distance` holds descent against the flow.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-descent-distance", "caption": "Distance of the Jacobian trained by gradient descent from that of the exact flow, against the norm of the patterns, for two learning rates. Mean and range over seeds, at width 1000 by default. Rings: one network each of the report's larger width, 10 000."}, "image": {"alt": "The distance grows with the norm and with the learning rate, to order one at norm 50 for learning rate 5. Rings at the larger width lie far below at norm 50.", "width": "75%"}}
distance = summaries.over_seeds(descent, "jacobian_error", ["learning_rate", "norm"])
wide_distance = summaries.converged(at_wide).rename(columns={"jacobian_error": "mean"})
publish.figure(
    figures.against(
        distance,
        y_label=r"$\|J - J_{\mathrm{exact}}\|_F \,/\, \|J_{\mathrm{exact}}\|_F$",
        colour_by="learning_rate",
        rings={"larger width": wide_distance},
        log="y",
    )
)

# %% tags=["hide-input"]
publish.table(summaries.over_seeds(descent, "radius", ["learning_rate", "norm"]), "descent_radius")

# %% tags=["hide-input"]
publish.table(distance, "descent_distance")

# %% tags=["remove-cell"]
coarse = descent[descent["learning_rate"].eq(max(learning_rates))].groupby("norm").mean(numeric_only=True)
rates = [measured["headline"]["descent_rate"], *(cell["descent_rate"] for cell in measured["conditioning"])]
publish.numbers(
    least_rate=min(rates),
    most_rate=max(rates),
    coarse_rate=max(learning_rates),
    first_descent_norm=descent_norms[0],
    last_descent_norm=descent_norms[-1],
    coarse_first=100 * coarse["jacobian_error"].iloc[0],
    coarse_last=100 * coarse["jacobian_error"].iloc[-1],
    radius_descent=coarse["radius"].iloc[-1],
    radius_exact=coarse["exact_radius"].iloc[-1],
)

# %% tags=["remove-cell"]
publish.numbers(
    wide=wide,
    wide_first=100 * wide_distance["mean"].iloc[0],
    wide_last=100 * wide_distance["mean"].iloc[-1],
    wide_descent=wide_distance["radius"].iloc[-1],
    wide_exact=wide_distance["exact_radius"].iloc[-1],
)

# %% [markdown]
# A learning rate of {glue:text}`coarse_rate:.0f` is far below the largest stable one, of which 90 % are {glue:text}`least_rate:.0f` to {glue:text}`most_rate:.0f` in the cells
# timed below. At norm {glue:text}`first_descent_norm` the report's descent differs from the flow by {glue:text}`coarse_first:.3f` %; at norm
# {glue:text}`last_descent_norm` and width {glue:text}`accuracy_width` by {glue:text}`coarse_last:.0f` %, but of a matrix that is small: the mean spectral
# radius there is {glue:text}`radius_descent:.3f` after descent and {glue:text}`radius_exact:.3f` after the exact flow, both far below one.
# At the report's larger width, {glue:text}`wide`, it differs by {glue:text}`wide_first:.3f` % at norm
# {glue:text}`first_descent_norm` and by {glue:text}`wide_last:.0f` % at norm {glue:text}`last_descent_norm`, where the
# mean radii are {glue:text}`wide_descent:.4f` and {glue:text}`wide_exact:.4f`.
#
# ## What it costs
#
# `make bench` measures four ways to train side by side, in one run: the report's loop as printed (PyTorch's autograd and SGD in single precision), descent at 90 % of its largest stable step (this package's, in double precision and without autograd), the Runge-Kutta
# pair dopri5 of torchdiffeq on the same flow, and the exponential integrator ({numref}`fig-training-times`).

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-training-times", "caption": "Seconds of training on one machine in one run, to a mean squared error below 10⁻⁷. Left: against the width, for 20 patterns of norm 1. Right: against the number of steps of the report's descent, a measure of conditioning, for 10 patterns of norms 3 to 50 at width 10 000. On the left, times of the report's loop and of descent are a measured step times the number of steps: the loop's own at widths 1000 and 10 000, predicted at 100 000."}, "image": {"alt": "On logarithmic axes the exponential integrator's line lies on the left more than three orders of magnitude below the report's loop; on the right the gap narrows from nearly three orders to one towards well-conditioned problems, where best-step descent is the fastest."}}
publish.figure(
    figures.training_times(
        {
            "width $m$": ("width", tables.times_by_width(measured)),
            "steps of the report's descent": ("report_steps", pd.DataFrame(measured["conditioning"])),
        }
    )
)

# %% tags=["hide-input"]
publish.table(tables.times_by_width(measured), "training_times_by_width")

# %% tags=["hide-input"]
publish.table(pd.DataFrame(measured["conditioning"]), "training_times_by_conditioning")

# %% tags=["remove-cell"]
publish.numbers(**tables.costs(measured))

# %% [markdown]
# The hard case takes {glue:text}`headline_steps` exponential steps and {glue:text}`headline_seconds:.2f` s, and its Jacobian is exact to
# {glue:text}`headline_error:.3f` %. The report's loop needs {glue:text}`loop_steps:,.0f` steps for it, {glue:text}`report_hours:.2f` hours on this machine
# ({glue:text}`report_ratio:,.0f` times longer); descent at its best step took {glue:text}`descent_seconds_headline:.0f` s
# ({glue:text}`descent_ratio:.0f` times longer). Of the former factor, {glue:text}`rate_ratio:.0f` is the learning rate of 5, which could be that much larger, and
# {glue:text}`loop_ratio:.1f` is lost to rounding (see below); the latter is what stiffness costs.
#
# That is the hardest case. Over experiment 3's {glue:text}`cells` conditions, at the default step tolerance of
# {glue:text}`default_tolerance`, best-step descent is quicker than the integrator in
# {glue:text}`quicker_cells`, by more than a fifth in {glue:text}`slower_cells`; at {glue:text}`pages_tolerance` it is
# quicker in {glue:text}`quicker_coarse_cells`. All conditions together take descent
# {glue:text}`grid_descent:.2f` and {glue:text}`coarse_descent:.2f` times as long as the integrator. At large norms it
# ends at another Jacobian than the flow, as said below.
#
# Time grows with the width to the power {glue:text}`width_exponent:.2f`.
#
# ## The report's loop, run to its end
#
# A step of descent is a known piece of the flow's time, so the flow tells how many steps the loop takes: on ten patterns of norm 3 it took
# {glue:text}`check_steps:,.0f`, where the flow's time stands for {glue:text}`check_predicted:,.0f`. In the hard case that count is wrong. The loop works in
# single precision, and ran for {glue:text}`loop_steps:,.0f` steps ({glue:text}`loop_hours:.2f` hours) where the flow's time stands for
# {glue:text}`loop_flow_steps:,.0f`: {glue:text}`loop_ratio:.2f` times as many ({numref}`fig-report-loop`).

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-report-loop", "caption": "The report's loop on 20 patterns of norm 1, run to its end. Left and middle: loss against the number of steps, of the loop in both precisions and of gradient flow. Right: the share of a step that weights in single precision take in, as measured in the loop (solid) and as predicted along the exact flow (dashed)."}, "image": {"alt": "In double precision the loop's loss lies on the flow's; in single precision it falls ever more slowly, at width 10 000 more so than at 1000. The share of a step that is kept falls from one to below a half, the earlier the wider the network."}}
curves = loop.curves(recorded)
publish.figure(figures.loop_curves(curves))

# %% tags=["hide-input"]
publish.table(curves, "report_loop_curves")

# %% tags=["hide-input"]
publish.table(loop.counts(recorded), "report_loop_steps")

# %% tags=["remove-cell"]
seconds_a_step = {row["width"]: row.get("report_step_seconds", float("nan")) for row in measured["width"]}
publish.numbers(**loop.readings(recorded, seconds_a_step, width=10_000))

# %% [markdown]
# **It is rounding.** A weight near one can change by multiples of $6 \cdot 10^{-8}$ only; a change of less than half of that is lost, however often it
# is repeated. The change $\eta\, \partial L / \partial w$ shrinks with the residual, and with $1/\sqrt m$. In the end
# {glue:text}`loop_moved:.1f` % of the weights of width 10 000 move at all, those small enough to have finer grids, and a step keeps
# {glue:text}`loop_kept:.0f` % of its length. In double precision nothing is lost: at width {glue:text}`narrow_width` the loop took
# {glue:text}`narrow_double:,.0f` steps in double precision, {glue:text}`narrow_single:,.0f` in single, and the flow says {glue:text}`narrow_flow:,.0f`.
#
# The explanation can be tested. Along the exact flow, stop at a loss, round the weights, take one step of the loop, and see which share
# $\langle \Delta_{\mathrm{stored}}, \Delta \rangle / \lVert \Delta \rVert^2$ of it the weights take in. If the loop gets on by that share, its number of steps
# is the integral of $\mathrm{d}t$ over the share. Nothing is fitted, and it predicts the measured counts to {glue:text}`foreseen_error:.1f` %. By this prediction
# the loop does end at width {glue:text}`widest:,.0f`, after some {glue:text}`widest_steps:,.0f` steps ({glue:text}`widest_ratio:.1f` times the flow's count,
# {glue:text}`widest_hours:.0f` hours at this machine's time a step): there it was not run.
#
# **And the thirty hours?** This machine needs {glue:text}`loop_hours:.2f` at width 10 000; the report names neither width nor machine. Single precision explains a factor of {glue:text}`loop_ratio:.1f` over what the flow's time stands for, and a width of 100 000, which the report does not use elsewhere,
# would take hours like its own here; what took them is not known.
#
# ## Where descent is quicker, and what bounds a step
#
# Most of experiment 3's {glue:text}`cells` cells are well conditioned: in half of them {glue:text}`grid_descent_steps:.0f` large steps of descent or fewer reach the loss. In {glue:text}`slower_cells` of them best-step
# descent is quicker by more than a fifth, at most {glue:text}`slowest_ratio:.0f`-fold. It does not reach the flow's answer, though: its
# Jacobian is {glue:text}`middle_descent_error:.0f` % (median) away from the flow's at norms above 10 and up to 20, and
# {glue:text}`far_descent_error:.0f` % from norm 40 on. Where descent's step is shortened until its Jacobian is as accurate as the integrator's, it takes
# {glue:text}`equal_descent:.0f` times as long in all, and is quicker by more than a fifth in {glue:text}`slower_equal` of {glue:text}`equal_cells` cells. So the integrator is the
# quicker way to the flow's answer, and descent the quicker way to *some* solution of a well-conditioned problem. For the whole grid the report's loop would need
# {glue:text}`grid_report_minutes:.1f` minutes.

# %% tags=["hide-input"]
publish.table(tables.grid_readings(measured), "training_time_readings")

# %% [markdown]
# Measured on {glue:text}`machine`, torch {glue:text}`torch_version`, torchdiffeq {glue:text}`torchdiffeq_version`.
#
# ::::{dropdown} What bounds a step, and many patterns in a narrow network
# :class-container: told
#
# *What bounds a step.* It costs two evaluations and three pullbacks, {glue:text}`step_ratio:.1f` times a step of descent (median), and accuracy, not stability, sets its length: the full
# kernel in the place of the averaged one saves some steps, and each costs several times as much. Tried and dropped: a third-order scheme of the same family (fewer
# steps, each dearer by more than was saved); a change of $J_\theta$ over the step that decays
# instead of being linear, and an error measure that counts only what later steps cannot undo (no fewer steps at equal
# accuracy); a $B$ kept from the start (more steps than it saves).
#
# *Many patterns in a narrow network.* With 64 patterns, width 300 and norm 1 the smallest rates lie decades below the largest, and steps are short because the
# factored kernel follows the slowest modes too roughly. The full kernel needs {glue:text}`full_steps` steps instead of {glue:text}`auto_steps:,.0f`, but each solves an eigenproblem of 2048 unknowns, and
# takes {glue:text}`full_ratio:.1f` times as long in all; kept for many steps it no longer follows those modes either, and gains nothing. With 5 patterns of norm 500 and
# width 100 a unit can get stuck between its two limits, and then moves every output at rates of its own: where a hundred steps have led nowhere the full kernel is
# taken instead, which converges at once.
#
# ::::
#
# ## How this differs from the report
#
# The loop that is timed here is the report's as printed, on networks and patterns as they are inferred ({doc}`../method`): its module `utils` was not
# published. The report's experiment 3 ends at ten patterns, with two widths. Here the numbers of patterns, widths,
# dimensions and the loss at which
# training ends are the report's or go beyond; of its norms, experiments 1, 3 and 5 use some, and the preset `report`
# all. Its loop had no bound on the number of steps; here a step limit, a vanishing step or a loss that is no longer
# finite
# ends training with a reason, which the tables carry.
#
# **What was learned.** Training is slow where it is stiff, and there an integrator that solves the stiff part of each
# step exactly is quicker than descent; elsewhere descent
# at its best step is. In narrow networks descent and flow end at nearly the same Jacobian at small norms only. What
# took thirty hours is not known.
#
# ## Rerun it
#
# ```bash
# make rerun NOTEBOOK=09 PARAMETERS="n_points=10 width=3000"
# make bench
# make report-loop   # about an hour
# ```
