# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Beyond the linear region, with tanh and erf
#
# From which norm on are several patterns attractors for tanh and erf?
#
# **C9** The same or similar results hold for tanh and erf. On this page it is experiment 3: for several training examples the largest eigenvalue norm
# drops below one with increasing input norm.

# %% tags=["remove-cell"]
from book.parameters import (
    Activation,
    Ascending,
    Count,
    Device,
    Distinct,
    Positive,
    Seed,
    Tolerance,
    check,
    check_fits,
)

# %% tags=["parameters"]
activations: Distinct[Activation] = ["tanh", "erf"]  # of sigmoid, tanh and erf
dim: Count = 32  # dimension d of the patterns
widths: Ascending[Count] = [1000, 10_000]  # hidden units m
n_points: Ascending[Count] = [2, 5, 10]  # numbers n of patterns
norms: Ascending[Positive] = [
    3, 4, 5, 6, 7, 8, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37, 39, 41, 43, 45, 47, 49, 51, 52,
]  # norms of the patterns  # fmt: skip
seeds: Ascending[Seed] = [0, 1, 2]  # each draws patterns and a network
judged_seeds: Ascending[Seed] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]  # those at the norms that the verdicts rest on
judged_every: Count = 3  # verdicts rest on the first four norms, one norm in so many, and the last
tolerance: Tolerance = 1e-7  # mean squared error at which training ends
step_tolerance: Positive = 0.03  # error allowed in a step of training, relative to the distance the weights travel
limit_every: Count = 2  # the infinite-width law is sampled at one norm in so many
limit_samples: Count = 10  # Jacobians drawn at each pattern from the infinite-width law
device: Device = "cpu"  # where networks are trained: cpu, or an accelerator such as cuda

# %% tags=["remove-input", "check-parameters"]
check(globals())
repeats = len(activations) * len(norms) * len(seeds)
check_fits(width=widths, dim=dim, n_points=n_points, repeats=repeats, norms=norms, tolerance=tolerance)

# %% [markdown]
# ## The setting
#
# As on the page for the sigmoid, {doc}`03_beyond_linear_region`, with the same experiment, the same seeds and the same norms. {numref}`fig-beyond-radius-tanh-erf` shows networks and limit.

# %% tags=["remove-cell"]
from book import figures, publish
from book.experiments.linear_region_and_beyond import limit_spectrum, trained_spectrum
from book.statistics import beyond_linear_region as tables
from book.statistics import summaries, verdicts
from book.sweep import grid, sweep
from book.typeset import from_norm_on, of_each
from sigae.training import memory_needed

# %% tags=["hide-input"]
shared = {"activation": activations, "dim": dim, "n_points": n_points, "seed": seeds}
training = {"width": widths, "norm": norms, "tolerance": tolerance, "step_tolerance": step_tolerance}
memory = memory_needed(n_points=max(n_points), dim=dim, width=max(widths))
trained = sweep(trained_spectrum, grid(**shared, **training), memory=memory, device=device)
at_some = training | {"norm": tables.judged_norms(norms, judged_every)}
judged = sweep(trained_spectrum, grid(**shared | {"seed": judged_seeds}, **at_some), memory=memory, device=device)
alike = grid(**shared | {"seed": judged_seeds, "activation": "sigmoid"}, **at_some)
as_sigmoid = sweep(trained_spectrum, alike, memory=memory, device=device)
limit = sweep(limit_spectrum, grid(**shared, norm=norms[::limit_every], samples=limit_samples))
publish.failures(trained=trained, judged=judged, limit=limit, as_sigmoid=as_sigmoid, optional=["as_sigmoid"])
n_points, widths, norms = summaries.remaining(trained, "n_points", "width", "norm")

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-beyond-radius-tanh-erf", "caption": "Spectral radius of the trained Jacobian at the training points, against the norm of the patterns, for 2, 5 and 10 patterns; above tanh, below erf. With markers: networks of two widths, mean over the training points, then mean and range over seeds; dotted in their colours: the worst training point of any seed. Without markers: infinite width, with the band that holds 90 % of single points. Grey lines: 1 (dashed), below which a pattern is an attractor, and 1/2 (dotted), the limit at large norm."}, "image": {"alt": "The curves start near one with 2 patterns and above one with more; all fall with the norm, the narrower networks fastest, the infinite-width curve slowest."}}
radii = summaries.over_seeds(trained, "radius_mean", ["activation", "n_points", "width", "norm"], worst="radius_worst")
exact = summaries.over_samples(limit, "radii", ["activation", "n_points", "norm"])
publish.figure(
    figures.against(
        radii,
        y_label=r"spectral radius $\rho(J)$",
        colour_by="width",
        panel_by="n_points",
        row_by="activation",
        limit=exact,
        references={r"$\rho = 1$": 1.0, r"$\rho = 1/2$": 0.5},
    )
)

# %% tags=["hide-input"]
publish.table(radii, "beyond_radius_tanh_erf")
publish.networks(judged, "beyond_networks_tanh_erf", "radius_mean", "radius_worst")

# %% tags=["remove-cell"]
many = radii[radii["n_points"].eq(n_points[-1]) & radii["width"].eq(widths[-1])].set_index(["norm", "activation"])
ends = {norm: {name: f"{mean:.3f}" for name, mean in many.loc[norm]["mean"].items()} for norm in (norms[0], norms[-1])}
below = {name: tables.all_attractors_from(*summaries.of_activation(name, trained, judged)) for name in activations}
publish.numbers(
    most=n_points[-1],
    widest=widths[-1],
    first_norm=norms[0],
    last_norm=norms[-1],
    first_radii=of_each(ends[norms[0]]),
    last_radii=of_each(ends[norms[-1]]),
    attractors=of_each({name: from_norm_on(norm) for name, norm in below.items()}),
    **summaries.failure_counts(trained, judged),
)

# %% [markdown]
# With {glue:text}`most` patterns at width {glue:text}`widest` the mean spectral radius is {glue:text}`first_radii` at
# norm
# {glue:text}`first_norm`, and {glue:text}`last_radii` at norm {glue:text}`last_norm`. Every pattern of every network
# is an attractor
# {glue:text}`attractors`. The finite networks leave the infinite-width curve as those of the sigmoid do, the narrower
# the earlier.
#
# ## The verdicts

# %% tags=["hide-input"]
alike = tables.drop_below_one(as_sigmoid)
for name in activations:
    (mine,) = summaries.of_activation(name, judged)
    choices = [tables.up_to_each_norm(mine, as_sigmoid)]
    again = verdicts.judge_again("C5", tables.drop_below_one(mine), name, alike, choices=choices)
    publish.verdict(again, figure="fig-beyond-radius-tanh-erf")

# %% [markdown]
# ## How it differs from the report
#
# The report proposes this experiment and does not do it. It differs from {doc}`03_beyond_linear_region` in the
# activation only, and from the report's
# experiment 3 in all that is listed there, too.
# {glue:text}`converged`.
#
# **What was learned.** As with the sigmoid ({doc}`03_beyond_linear_region`), all patterns of all networks are
# attractors from some norm on: {glue:text}`attractors`.
#
# ## Run it again
#
# ```bash
# make rerun NOTEBOOK=08 PARAMETERS="activations=[erf] widths=[2000] n_points=[4]"
# ```
