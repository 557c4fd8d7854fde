"""Come to every verdict again from the CSVs that the book offers: python recompute_verdicts.py FOLDER."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import beta, nct, norm, t


def outcome(rows):  # under one condition, a row a seed
    v, k, n, kind = rows["value"], len(rows), rows["trials"], rows["statistic"].iloc[0]
    x, back = (np.log(v), np.exp) if kind == "geometric mean" else (v, np.array)
    law = nct(k - 1, norm.ppf(0.95) * k**0.5) if kind == "95 % quantile" else t(k - 1)
    low, high = [v.max()] * 2 if kind == "largest" else back(x.mean() + x.std() / k**0.5 * law.ppf([0.025, 0.975]))
    if kind.startswith("rate"):  # Clopper and Pearson's interval, over the design effect of trials that share a seed
        hits, misses = np.array([v, n - v]).sum(1) / (1 + ((n**2).sum() / n.sum() - 1) * float(kind.split()[-1]))
        low, high = beta.ppf([0.025, 0.975], [hits or 1e-99, hits + 1], [misses + 1, misses or 1e-99]).round(12)
    lower, upper = rows["lower"].iloc[0], rows["upper"].iloc[0]
    return "fails" if high <= lower or upper <= low else "holds" if lower < low and high < upper else "open"


def sum_up(found):
    good, bad = {"holds", "reproduced", "mixed"} & {*found}, {"fails", "not reproduced", "mixed"} & {*found}
    return "mixed" if good and bad else "not reproduced" if bad else "inconclusive" if {*found} - good else "reproduced"


def alike(both):  # the outcome itself, or whether it is that of the sigmoid, which a part of C9 is compared with
    return both.iloc[0] if len(both) == 1 else "open" if "open" in {*both} else ["fails", "holds"][both.nunique() == 1]


def verdicts(folder):
    parts = {}
    for file in sorted(Path(folder).rglob("verdict_C*.csv")):
        table = pd.read_csv(file, keep_default_na=False).query("decides")
        groups = table.groupby(["criterion", "condition", "activation"])
        found = groups.apply(outcome, include_groups=False).unstack().dropna().apply(alike, axis=1)
        key = table["claim"].iloc[0], table["scale"].iloc[0]
        parts.setdefault(key, []).append(sum_up(found.groupby("criterion").apply(sum_up)))
    return {key: sum_up(found) for key, found in parts.items()}


if __name__ == "__main__":
    for (claim, scale), verdict in verdicts(sys.argv[1]).items():
        print(claim, scale, verdict)
