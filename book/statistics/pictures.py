"""The tables behind the page on pictures: recall against norm, damage and number, over choices of memories."""

from __future__ import annotations

import pandas as pd

from book.statistics.intervals import rate_bounds
from book.statistics.summaries import converged

__all__ = [
    "best_norms",
    "distances",
    "labelled",
    "largest_radii",
    "maps",
    "opened",
    "rates",
    "stored_as",
    "together",
    "trial",
    "within",
]

BY_CHOICE = ["choices", "radius_worst", "radius_mean", "recalled", "nearest", "hopfield"]
BY_DAMAGE = ["damages", "amounts", "recalled", "nearest", "hopfield"]
ONE = {"choices": "choice", "damages": "damage", "amounts": "amount"}
LIMIT = "infinite width"


def maps(width: int) -> str:
    """Name a map by its width, 0 standing for the limit."""
    return LIMIT if width == 0 else f"m = {width}"


def opened(swept: pd.DataFrame) -> pd.DataFrame:
    """List what a sweep of ``recalled_pictures`` found, a row a condition, choice of memories and damage.

    Returns of the rows that did not fail, with ``choice``, ``damage`` and ``amount``.
    """
    return converged(swept).explode(BY_CHOICE).explode(BY_DAMAGE).rename(columns=ONE).infer_objects()


def rates(swept: pd.DataFrame, by: list[str], found: str = "recalled") -> pd.DataFrame:
    """Average recall over choices of memories.

    ``swept``: from a sweep of ``recalled_pictures``; rows that failed are left out. ``found``: which count:
    ``"recalled"``, ``"nearest"`` or ``"hopfield"``. Returns ``by``, ``map``, then ``mean`` with ``low`` and ``high``,
    the rate's 95 % interval with the choice of memories as the unit (the range of what is possible, for one choice),
    ``cues``, and ``radius``, the mean largest rho.
    """
    rows = []
    for key, part in opened(swept).groupby([*by, "width"], sort=False):
        successes, trials = part.groupby("choice")[found].sum(), part.groupby("choice")["n_pictures"].sum()
        low, high = within(rate_bounds(successes.tolist(), trials.tolist()))
        mean, radius = successes.sum() / trials.sum(), part["radius_worst"].mean()
        rows.append([*key[:-1], maps(key[-1]), mean, low, high, int(trials.sum()), radius])
    return pd.DataFrame(rows, columns=[*by, "map", "mean", "low", "high", "cues", "radius"])


def within(bounds: tuple[float, float]) -> tuple[float, float]:
    """Cut an interval of a rate to what is possible.

    Returns within 0 and 1.
    """
    return max(bounds[0], 0.0), min(bounds[1], 1.0)


def stored_as(table: pd.DataFrame) -> pd.DataFrame:
    """Name what is stored: examples of the digits, or the means of several.

    ``table``: with a column ``averaged``. Returns the same with a column ``stored`` in its place.
    """
    names = ["examples" if count == 1 else f"means of {count}" for count in table["averaged"]]
    return table.assign(averaged=names).rename(columns={"averaged": "stored"})


def trial(table: pd.DataFrame, pictures: int) -> pd.DataFrame:
    """Lay recall out against the norm, as counts of the stored pictures.

    ``table``: from :func:`rates` by activation and norm. Returns two rows a norm, how many pictures come home and the
    interval; one column an activation and width.
    """
    bounds = zip(table["low"], table["high"], strict=True)
    recalled = _laid_out(table, [f"{pictures * mean:.1f}" for mean in table["mean"]])
    interval = _laid_out(table, [f"{pictures * low:.1f} to {pictures * high:.1f}" for low, high in bounds])
    recalled.insert(1, "shown", "recalled")
    interval.insert(1, "shown", "interval")
    return pd.concat([recalled, interval]).sort_values("norm", kind="stable")


def largest_radii(table: pd.DataFrame) -> pd.DataFrame:
    """Lay the mean of the largest rho out in the same way.

    ``table``: as for :func:`trial`. Returns one row a norm.
    """
    return _laid_out(table, [f"{radius:.2f}" for radius in table["radius"]])


def _laid_out(table: pd.DataFrame, text: list[str]) -> pd.DataFrame:
    name = table["activation"] + " " + table["map"].replace(LIMIT, "∞").str.removeprefix("m = ")
    laid = table.assign(name=name, text=text).pivot(index="norm", columns="name", values="text")
    return laid[list(dict.fromkeys(name))].reset_index().fillna("").rename_axis(columns=None)


def best_norms(table: pd.DataFrame) -> pd.DataFrame:
    """Find the norm at which most is recalled.

    ``table``: from :func:`rates`, by activation and norm. Returns ``activation``, ``map``, ``norm``, ``mean`` and
    ``radius`` there; the smallest norm of several.
    """
    ordered = table.sort_values(["mean", "norm"], ascending=[False, True])
    best = ordered.groupby(["activation", "map"], sort=False).first().reset_index()
    return best[["activation", "map", "norm", "mean", "radius"]]


def distances(healed: pd.DataFrame) -> pd.DataFrame:
    """List how far each strip of pictures is from the stored one at each moment.

    ``healed``: from a sweep of ``healing``. Returns one row a map, norm and moment: ``distance``, over the norm.
    """
    table = converged(healed).explode(["moments", "distance"]).rename(columns={"moments": "moment"})
    return table.assign(map=table["width"].map(maps))[["activation", "map", "norm", "moment", "distance"]]


def labelled(swept: pd.DataFrame, *, norm: bool = True) -> pd.DataFrame:
    """Add to a sweep's table what its panels or rows are called.

    ``swept``: with columns ``activation``, ``width``, ``norm`` and, for slices, ``radius_worst``. Returns the converged
    rows with ``label``.
    """
    good = converged(swept)
    labels = []
    for row in good.itertuples():
        rho = f", $\\rho$ = {row.radius_worst:.2f}" if "radius_worst" in good else ""
        labels.append(
            f"{row.activation}, {maps(row.width).replace('m', '$m$', 1) if row.width else LIMIT}"
            + (f"\n$r$ = {row.norm:g}" if norm else "")
            + rho
        )
    return good.assign(label=labels)


def together(*sweeps: pd.DataFrame) -> pd.DataFrame:
    """Put the tables of several sweeps of one experiment below each other.

    ``sweeps``: from :func:`book.sweeps.sweep`. Returns their converged rows.
    """
    return pd.concat([converged(swept) for swept in sweeps], ignore_index=True)
