"""Come to every verdict again from the CSVs that the book offers: python recompute_verdicts.py FOLDER."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import beta, nct, norm, t


def outcome(rows):  # under one condition, a row a seed
    v, k, trials, kind = rows["value"], len(rows), rows["trials"], rows["statistic"].iloc[0]
    mean, error = (np.log(v).mean(), np.log(v).std()) if kind == "geometric mean" else (v.mean(), v.std())
    ends = mean + error / k**0.5 * t.ppf([0.025, 0.975], k - 1)
    if kind == "geometric mean":
        ends = np.exp(ends)
    elif kind == "largest":
        ends = [v.max(), v.max()]
    elif kind == "95 % quantile":
        ends = mean + error / k**0.5 * nct.ppf([0.025, 0.975], k - 1, norm.ppf(0.95) * k**0.5)
    elif kind.startswith("rate"):  # Clopper and Pearson's, over the design effect of trials that share a seed
        n = trials.sum() / (1 + ((trials**2).sum() / trials.sum() - 1) * float(kind.split()[-1]))
        x = n * v.sum() / trials.sum()
        ends = [np.nan_to_num(beta.ppf(0.025, x, n - x + 1)), np.nan_to_num(beta.ppf(0.975, x + 1, n - x), nan=1)]
    lower, upper = rows["lower"].iloc[0], rows["upper"].iloc[0]
    return (
        "holds" if lower < ends[0] and ends[1] < upper else "open" if ends[1] > lower and ends[0] < upper else "fails"
    )


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
