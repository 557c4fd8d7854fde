"""The tables behind the page on pictures: recall against norm, damage and number, over choices of memories."""

import numpy as np
import pandas as pd

from book.statistics.evidence import Evidence, evidence
from book.statistics.intervals import rate_bounds
from book.statistics.summaries import converged
from book.statistics.verdicts import Choice, try_values

BY_CHOICE = ["choices", "radius_worst", "radius_mean", "recalled"]
BY_DAMAGE = ["damages", "amounts", "recalled"]
ONE = {"choices": "choice", "damages": "damage", "amounts": "amount"}
LIMIT = "infinite width"


def maps(width: int) -> str:
    """Name a map by its width, 0 standing for the limit."""
    return LIMIT if width == 0 else f"m = {width}"


def exploded(swept: pd.DataFrame) -> pd.DataFrame:
    """List what a sweep of ``recalled_pictures`` found, a row a condition, choice of memories and damage."""
    return converged(swept).explode(BY_CHOICE).explode(BY_DAMAGE).rename(columns=ONE).infer_objects()


def rates(swept: pd.DataFrame, by: list[str], count: str = "recalled") -> pd.DataFrame:
    """Average one count of a sweep of ``recalled_pictures``, and the largest rho, over choices of memories."""
    rows = []
    for key, part in exploded(swept).groupby([*by, "width"], sort=False):
        successes, trials = part.groupby("choice")[count].sum(), part.groupby("choice")["n_pictures"].sum()
        found, radius = rate_bounds(successes.tolist(), trials.tolist()), part["radius_worst"].mean()
        rows.append([*key[:-1], maps(key[-1]), *found, int(trials.sum()), radius])
    table = pd.DataFrame(rows, columns=[*by, "map", "mean", "low", "high", "cues", "radius"])
    return table.replace([-np.inf, np.inf], np.nan)


def labelled(swept: pd.DataFrame) -> pd.DataFrame:
    """Add to what converged of a sweep the ``label`` of its panel or row."""
    good = converged(swept)
    rho = [f", $\\rho$ = {r:.2f}" for r in good["radius_worst"]] if "radius_worst" in good else [""] * len(good)
    names = [maps(width).replace("m =", "$m$ =") for width in good["width"]]
    rows = zip(good["activation"], names, good["norm"], rho, strict=True)
    return good.assign(label=[f"{activation}, {name}\n$r$ = {r:g}{words}" for activation, name, r, words in rows])


def together(*sweeps: pd.DataFrame) -> pd.DataFrame:
    """Put what converged of several sweeps of one experiment into one table."""
    return pd.concat([converged(swept) for swept in sweeps], ignore_index=True)


def _by_choice(swept: pd.DataFrame) -> pd.DataFrame:
    """Sum recall up over all damages, beside mean rho: a row an activation, width, norm and choice of memories."""
    groups = exploded(swept).groupby(["activation", "width", "norm", "choice"], sort=False)
    recall = groups["recalled"].sum() / groups["n_pictures"].sum()
    return pd.DataFrame({"recall": recall, "radius": groups["radius_mean"].mean()}).astype(float).reset_index()


def recall_and_radius(swept: pd.DataFrame, best: float, last: float) -> list[Evidence | None]:
    """Judge C10 by activation: what the larger of two norms does to recall at infinite width, and to rho."""
    found: list[Evidence | None] = []
    limits = _by_choice(swept).query("width == 0").set_index("choice")
    for activation, part in limits.groupby("activation", sort=False) if best < last else []:
        first, second = (part[part["norm"].eq(norm)][["recall", "radius"]] for norm in (best, last))
        words, change = f"{activation}, norm {last:g} against {best:g}", (second - first).dropna()
        found += [evidence(name, words, change[name]) for name in ("recall", "radius")]
    return found


def from_each_best(swept: pd.DataFrame, used: float, last: float) -> Choice:
    """Try the verdict on C10 against other norms."""
    norms = sorted({used, *(norm for norm in converged(swept)["norm"].unique().tolist() if norm < last)})
    return try_values("norm compared with", used, norms, "C10", lambda t, r: recall_and_radius(t, r, last), swept)


def wide_against_limit(swept: pd.DataFrame, norm: float, width: int) -> list[Evidence | None]:
    """Judge C11 by activation: recall by networks less the limit's, if that recalled more at a smaller norm."""
    found: list[Evidence | None] = []
    for activation, part in _by_choice(swept).groupby("activation", sort=False):
        recall = part.set_index("choice").groupby(["width", "norm"])["recall"]
        here = {m: recall.get_group((m, norm)) for m in (0, width) if (m, norm) in recall.groups}
        if len(here) < 2:
            continue
        limit = part[part["width"].eq(0) & part["choice"].isin(here[0].index)].groupby("norm")["recall"].mean()
        if limit[limit.index < norm].gt(here[0].mean()).any():
            words = f"{activation}, norm {norm:g}, m = {width}"
            found.append(evidence("recall", words, (here[width] - here[0]).dropna()))
    return found
