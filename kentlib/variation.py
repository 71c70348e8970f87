"""Is it more than chance? Control charts for a series of months, funnel limits for districts.

The inspectors called timeliness "too variable". Some variation is always there; these say how
much of it chance alone would give.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from kentlib.disclosure.protecting import MARK
from kentlib.statistics import LEVEL
from kentlib.words import listed

MOVING_RANGE = 1.128
"""Mean moving range of two, in standard deviations of a normal series (d2 of two)."""


def funnel(
    counts: pd.DataFrame,
    numerator: str,
    denominator: str,
    *,
    area: str = "district",
    level: float = LEVEL,
    allow: str = "sidak",
) -> pd.DataFrame:
    """Areas' shares, with the limits that chance alone would keep them within.

    Parameters
    ----------
    counts
        One row per area to compare, none of them the whole.
    numerator, denominator
        Names of its columns. An area with one of them missing, since it may not be published,
        is compared with nothing and sets no limits; their columns of marks are kept.
    level
        Coverage: with `allow`, of all areas together; the chance that none of them falls
        outside when all share one rate.
    allow
        How the limits allow for the number of areas: "sidak", "bonferroni" or "none".

    Returns
    -------
    One row per area, largest denominator last: `area`, numerator, denominator, `share`,
    `centre` (the share of all areas together), `lower`, `upper` (limits that allow for
    `comparisons`, the number of areas with a denominator), `lower_one`, `upper_one` (limits
    for an area looked at alone) and `signal`: "higher", "lower" or "no more than chance";
    missing where the denominator is 0.

    Source
    ------
    D. J. Spiegelhalter (2005), funnel plots; exact binomial limits. A share on a limit is
    within it, so that chance alone puts an area outside no more often than stated.

    Examples
    --------
    >>> made = funnel(pd.DataFrame({"district": ["Ashford", "Dover"], "held": [90, 50],
    ...     "returned": [100, 100]}), "held", "returned")
    >>> made["signal"].tolist()
    ['higher', 'lower']
    """
    marks = [f"{name}{MARK}" for name in (numerator, denominator)]
    kept = [area, numerator, denominator, *(name for name in marks if name in counts)]
    made = counts[kept].rename(columns={area: "area"})
    known = made[[numerator, denominator]].notna().all(axis=1)
    base = made[denominator].astype("float64").where(known)
    usable = base > 0
    comparisons = int(usable.sum())
    total = base.sum()
    centre = made.loc[known, numerator].sum() / total if total > 0 else np.nan
    tail = (1 - level) / 2
    made["share"] = made[numerator].astype("float64") / base.where(usable)
    made["centre"] = centre
    made["comparisons"] = comparisons
    made["lower"], made["upper"] = funnel_limits(
        base, centre, tail=allowed_tail(tail, comparisons, allow)
    )
    made["lower_one"], made["upper_one"] = funnel_limits(base, centre, tail=tail)
    signal = pd.Series("no more than chance", index=made.index, dtype="str")
    slack = 1e-9
    signal = signal.mask(made["share"] > made["upper"] + slack, "higher")
    signal = signal.mask(made["share"] < made["lower"] - slack, "lower")
    made["signal"] = signal.where(usable)
    return made.sort_values([denominator, "area"], ignore_index=True)


def allowed_tail(tail: float, comparisons: int, allow: str) -> float:
    """The tail of one comparison that keeps the stated coverage over several.

    Examples
    --------
    >>> allowed_tail(0.025, 5, "bonferroni")
    0.005
    """
    number = max(comparisons, 1)
    ways = {
        "none": tail,
        "bonferroni": tail / number,
        "sidak": (1 - (1 - 2 * tail) ** (1 / number)) / 2,
    }
    if allow not in ways:
        raise ValueError(f"allow is {allow!r}; it can be one of {', '.join(ways)}.")
    return ways[allow]


def funnel_limits(
    denominator: pd.Series, centre: float, *, tail: float
) -> tuple[pd.Series, pd.Series]:
    """Lower and upper limits of a share at each denominator: exact binomial, as shares.

    A count below the lower limit, or above the upper one, has a chance of no more than `tail`.
    Missing where the denominator is 0. Also used to draw the limits as lines.
    """
    base = denominator.astype("float64").where(denominator > 0)
    safe = base.fillna(1)
    if np.isnan(centre):
        return base * np.nan, base * np.nan
    lower = pd.Series(stats.binom.ppf(tail, safe, centre), index=base.index).clip(lower=0)
    upper = pd.Series(stats.binom.isf(tail, safe, centre), index=base.index).clip(lower=0)
    return lower / base, upper / base


def beyond_chance(
    counts: pd.DataFrame, numerator: str, denominator: str, *, draws: int = 9999, seed: int = 2017
) -> pd.DataFrame:
    """Whether areas vary more than they would if all shared one rate.

    Parameters
    ----------
    counts
        One row per area; those with a count missing are left out.
    draws, seed
        Random sharings of the same total among the same areas that the figure is set against;
        the same seed gives the same answer.

    Returns
    -------
    One row: `areas` (with a denominator), `statistic` (Pearson's chi-squared), `expected` (its
    mean by chance, about the areas less 1), `chance` (how often chance alone gives as much, 0
    to 1) and `verdict`: "more than chance", "no more than chance", or missing for fewer than
    two areas or when all or none were counted.

    Source
    ------
    Pearson's test of homogeneity with its distribution drawn, not taken from a table that
    small counts would make wrong.
    """
    counts = counts.dropna(subset=[numerator, denominator])
    base = counts[denominator].to_numpy("int64")
    seen = counts[numerator].to_numpy("int64")[base > 0]
    base = base[base > 0]
    total, counted = base.sum(), seen.sum()
    if len(base) < 2 or counted in (0, total):
        row = (len(base), np.nan, np.nan, np.nan, None)
    else:
        rate = counted / total
        generator = np.random.Generator(np.random.PCG64(seed))
        drawn = generator.multivariate_hypergeometric(base, counted, size=draws)
        scale = base * rate * (1 - rate)
        by_chance = ((drawn - base * rate) ** 2 / scale).sum(axis=1)
        statistic = float(((seen - base * rate) ** 2 / scale).sum())
        chance = (1 + int((by_chance >= statistic - 1e-9).sum())) / (1 + draws)
        told = "more than chance" if chance < 1 - LEVEL else "no more than chance"
        row = (len(base), statistic, (len(base) - 1) * total / (total - 1), chance, told)
    made = pd.DataFrame([row], columns=["areas", "statistic", "expected", "chance", "verdict"])
    return made.astype({"verdict": "str"})


def p_chart(
    counts: pd.DataFrame,
    numerator: str,
    denominator: str,
    *,
    time: str = "month",
    baseline: int | None = None,
    min_base: int = 1,
) -> pd.DataFrame:
    """A series of shares as a p-chart: its centre, limits and rule breaks.

    Parameters
    ----------
    counts
        One row per time, in order of time, none left out: a month without cases has counts of 0.
    numerator, denominator
        Names of its columns.
    time
        Name of the column of times.
    baseline
        How many times from the first set the centre; all when not given. Give it to judge what
        came after a change by what stood before it.
    min_base
        A time with a smaller denominator is shown without a share, and breaks any run.

    Returns
    -------
    One row per time: `time`, numerator, denominator, `value` (the share, 0 to 1), `centre`
    (share of the baseline together), `lower`, `upper` (three sigma, held within 0 and 1; they
    move with the denominator), `sigma`, and the columns of `rule_breaks`.

    Source
    ------
    W. A. Shewhart's p-chart: sigma is the square root of centre x (1 - centre) / denominator.
    Where denominators are large and months differ for other reasons, an XmR chart is fairer.
    """
    made = counts[[time, numerator, denominator]].rename(columns={time: "time"})
    made = made.reset_index(drop=True)
    base = made[denominator].astype("float64")
    usable = (base >= min_base) & (base > 0)
    value = (made[numerator].astype("float64") / base.where(base > 0)).where(usable)
    first = made.iloc[:baseline][usable.iloc[:baseline]]
    total = first[denominator].sum()
    centre = first[numerator].sum() / total if total else np.nan
    sigma = np.sqrt(centre * (1 - centre) / base.where(usable))
    made = made.assign(value=value, centre=centre)
    made["lower"] = (centre - 3 * sigma).clip(lower=0)
    made["upper"] = (centre + 3 * sigma).clip(upper=1)
    return made.assign(sigma=sigma).join(rule_breaks(_in_sigmas(value - centre, sigma)))


def xmr_chart(
    values: pd.DataFrame, value: str, *, time: str = "month", baseline: int | None = None
) -> pd.DataFrame:
    """A series of values as an XmR chart: its centre, limits and rule breaks.

    Parameters
    ----------
    values
        One row per time, in order of time, none left out; a time without a value is missing.
    value, time
        Names of its columns.
    baseline
        How many times from the first set the centre and sigma; all when not given.

    Returns
    -------
    One row per time: `time`, `value`, `moving_range` (from the time before; missing beside a
    missing value), `centre` (mean), `lower`, `upper` (2.66 mean moving ranges from it),
    `range_upper` (3.268 mean moving ranges), `sigma` and the columns of `rule_breaks`. A share
    may have limits below 0 or above 1: the chart does not know what it is of. Centre and limits
    are missing with fewer than two neighbouring values.

    Source
    ------
    D. J. Wheeler, individuals and moving range; sigma is the mean moving range / 1.128.
    """
    made = pd.DataFrame(
        {"time": values[time].to_numpy(), "value": values[value].to_numpy("float64")}
    )
    made["moving_range"] = made["value"].diff().abs()
    first = made.iloc[:baseline]
    spread = first["moving_range"].mean()
    made["centre"] = first["value"].mean() if pd.notna(spread) else np.nan
    sigma = pd.Series(spread / MOVING_RANGE, index=made.index)
    made["lower"] = made["centre"] - 3 * sigma
    made["upper"] = made["centre"] + 3 * sigma
    made["range_upper"] = 3.268 * spread
    made["sigma"] = sigma
    return made.join(rule_breaks(_in_sigmas(made["value"] - made["centre"], sigma)))


def rule_breaks(sigmas: pd.Series) -> pd.DataFrame:
    """Which points of a control chart break a rule.

    Parameters
    ----------
    sigmas
        How far each point lies from the centre, in sigmas, in order of time; missing where
        there is no point. A missing point ends a run; so does a point on the centre.

    Returns
    -------
    `beyond_3` (beyond three sigma), `run_of_8` (one of eight or more in a row on one side),
    `two_of_3` (one of two, of three in a row, beyond two sigma on the same side), `breaks`
    (any of them) and `rule` (the first of them in words, missing if none).

    Source
    ------
    Western Electric (1956), Statistical Quality Control Handbook: rules 1, 4 and 2.
    """
    size = sigmas.reset_index(drop=True)
    tie = 1e-9
    beyond = size.abs() > 3 + tie
    side = np.sign(size.where(size.abs() > tie, 0.0)).fillna(0.0)
    run = (side != side.shift()).cumsum()
    length = side.groupby(run).transform("size")
    run_of_8 = (side != 0) & (length >= 8)
    two = pd.Series(False, index=size.index)
    for sign in (1, -1):
        far = size * sign > 2 + tie
        window = far.astype("int64").rolling(3, min_periods=1).sum() >= 2
        # A point belongs if it ends such a window of three, or is in one that ends later.
        near = window | window.shift(-1, fill_value=False) | window.shift(-2, fill_value=False)
        two |= far & near
    made = pd.DataFrame({"beyond_3": beyond, "run_of_8": run_of_8, "two_of_3": two})
    made["breaks"] = made.any(axis=1)
    said = {
        "beyond_3": "beyond three sigma",
        "run_of_8": "one of eight in a row on one side",
        "two_of_3": "one of two in three beyond two sigma",
    }
    rule = pd.Series(None, index=size.index, dtype="str")
    for name in reversed(said):
        rule = rule.mask(made[name], said[name])
    made["rule"] = rule
    return made.set_axis(sigmas.index)


def chart_finding(chart: pd.DataFrame, what: str, *, fewest: int = 8) -> str:
    """Whether a control chart shows more than chance, in a sentence.

    Parameters
    ----------
    chart
        What `p_chart` or `xmr_chart` returns, with `time` as dates of months.
    what
        What is charted, to begin a sentence: "The share seen within 72 hours".
    fewest
        Fewest points for a chart to be read.
    """
    points = int(chart["value"].notna().sum())
    if points < fewest:
        months = "1 month has" if points == 1 else f"{points} months have"
        return f"{what}: {months} a figure, too few to say whether it varies more than by chance"
    broken = chart[chart["breaks"]]
    if broken.empty:
        return f"{what} varied from month to month no more than chance would give"
    first = pd.Timestamp(broken["time"].iloc[0])
    number = len(broken)
    breaks = "1 month breaks" if number == 1 else f"{number} months break"
    since = "in" if number == 1 else "the first in"
    sentence = (
        f"{what} varied by more than chance: {breaks} a rule of the control chart, {since} "
        f"{first:%B %Y}"
    )
    beyond = broken.loc[broken["beyond_3"].fillna(False).astype(bool), "time"]
    if beyond.empty or beyond.iloc[0] == broken["time"].iloc[0]:
        return sentence
    return f"{sentence}, and the first beyond its limits {pd.Timestamp(beyond.iloc[0]):%B %Y}"


def funnel_finding(found: pd.DataFrame, chance: pd.DataFrame, what: str) -> str:
    """Whether districts differ by more than chance, in a sentence.

    Parameters
    ----------
    found, chance
        What `funnel` and `beyond_chance` return for the same counts; districts whose counts
        are missing are not spoken of.
    what
        What is shared, to begin a sentence: "The share seen within 72 hours".
    """
    hidden = found[found.columns[1:3]].isna().any(axis=1)
    districts = f"{len(found) - hidden.sum()} districts{' published' if hidden.any() else ''}"
    verdict = chance["verdict"].iloc[0]
    if pd.isna(verdict):
        return f"{what}: too few districts or cases to say whether districts differ"
    high, low = (found.loc[found["signal"] == side, "area"] for side in ("higher", "lower"))
    parts = [
        f"{listed(sorted(names))} {'lies' if len(names) == 1 else 'lie'} {side} the limits"
        for names, side in ((high, "above"), (low, "below"))
        if len(names)
    ]
    if parts:
        return f"{what}: of {districts}, {' and '.join(parts)} of chance"
    if verdict == "more than chance":
        return (
            f"{what}: no district lies outside the limits of chance, but together the "
            f"{districts.replace(' districts', '')} differ by more than chance would give"
        )
    return f"{what}: the {districts} differ no more than chance would give"


def _in_sigmas(distance: pd.Series, sigma: pd.Series) -> pd.Series:
    """Distances in sigmas; where sigma is 0, any distance at all is beyond every limit."""
    none = (sigma == 0) & distance.notna()
    ratio = distance / sigma.where(sigma > 0)
    flat = np.sign(distance.where(distance.abs() > 1e-12, 0.0)) * np.inf
    return ratio.mask(none, flat.where(distance.abs() > 1e-12, 0.0))
