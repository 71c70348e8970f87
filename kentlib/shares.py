"""Counts into shares: by group, with the whole beside its parts, and a part against the rest.

A share stands beside the two counts it was made from, with its interval, and is missing where
the denominator is below `min_base`: too few to say is missing, never zero.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kentlib import statistics
from kentlib.words import plural

ALL = "all"
"""What a group column holds in the rows of the whole, as the parameter `district` does."""

NOT_RECORDED = "not recorded"
"""The class of its own of those whose group, reason or answer was left blank."""

MIN_BASE = 10
"""Fewest in a denominator for a share to be worth reading, unless a caller says otherwise."""


def recorded(column: pd.Series) -> pd.Series:
    """A text or coded column with its blanks as the class "not recorded".

    Examples
    --------
    >>> recorded(pd.Series(["Dover", None, ""])).tolist()
    ['Dover', 'not recorded', 'not recorded']
    """
    if not isinstance(column.dtype, pd.CategoricalDtype):
        text = column.astype("str")
        blank = text.isna() | (text == "")
        return text.mask(blank, NOT_RECORDED) if blank.any() else text
    if NOT_RECORDED not in column.cat.categories:
        column = column.cat.add_categories(NOT_RECORDED)
    return column.fillna(NOT_RECORDED)


def with_district(
    rows: pd.DataFrame, districts: pd.DataFrame, *, child: str = "child_id"
) -> pd.DataFrame:
    """Rows with the district of their child, from a table of one row per child.

    Parameters
    ----------
    rows
        Has the column that `child` names.
    districts
        `child` (or `child_id`) and `district`.

    Returns
    -------
    The same rows, all of them, in the same order; a child without a district is
    "not recorded". An inner join would drop those and make the rest look complete.
    """
    key = "child" if "child" in districts else "child_id"
    known = districts.drop_duplicates(key).set_index(key)["district"]
    return rows.assign(district=recorded(rows[child].map(known)))


def tally(
    rows: pd.DataFrame, by: Sequence[str], counted: Sequence[str], *, whole: str | None = None
) -> pd.DataFrame:
    """Sums of columns by group, with the whole after its parts.

    Parameters
    ----------
    rows
        Holds the columns of `by` and of `counted`; the latter are true or false, or counts.
    by
        The columns to group by; none for a single row.
    counted
        The columns to sum.
    whole
        A column of `by` to add rows for that hold "all", the sum over it. None adds no rows.

    Returns
    -------
    `by` and `counted`, in the order of `by`; the rows of the whole come last in each group of
    the columns before it. No row without `rows`.
    """
    by, counted = list(by), list(counted)
    if not by:
        return rows[counted].sum().astype("int64").to_frame().T
    numbers = rows[counted].astype("int64")
    keys = [rows[name] for name in by]
    made = numbers.groupby(keys, observed=True, sort=True).sum().reset_index()
    if whole is None or made.empty:
        return made
    others = [name for name in by if name != whole]
    sums = made.groupby(others, sort=True)[counted].sum().reset_index() if others else None
    if sums is None:
        sums = made[counted].sum().to_frame().T
    sums[whole] = ALL
    both = pd.concat([made.astype({whole: "str"}), sums], ignore_index=True)
    both["_whole"] = both[whole] == ALL
    order = [part for name in by for part in (["_whole", name] if name == whole else [name])]
    return both.sort_values(order, ignore_index=True, kind="stable")[by + counted]


def joined(parts: Sequence[pd.DataFrame], keys: Sequence[str]) -> pd.DataFrame:
    """Tables of the same groups, one after another, as one table ordered by group."""
    found = pd.concat(parts, ignore_index=True)
    if not keys or found.empty:
        return found
    group = found.groupby(list(keys), sort=False, observed=True).ngroup()
    return found.iloc[np.argsort(group.to_numpy(), kind="stable")].reset_index(drop=True)


def lengthened(
    wide: pd.DataFrame, columns: Sequence[str], *, name: str, value: str
) -> pd.DataFrame:
    """A table with a row for each of some columns, in their order, instead of the columns."""
    keep = [column for column in wide.columns if column not in set(columns)]
    long = wide.melt(keep, list(columns), var_name=name, value_name=value)
    row = np.tile(np.arange(len(wide)), len(columns))
    return long.iloc[np.argsort(row, kind="stable")].reset_index(drop=True)


def share(
    counts: pd.DataFrame,
    numerator: str,
    denominator: str,
    *,
    min_base: int = MIN_BASE,
    suffix: str = "",
) -> pd.DataFrame:
    """Counts with a share of them, and its interval.

    Parameters
    ----------
    counts
        One row per group.
    numerator, denominator
        Names of its columns.
    min_base
        Below this denominator the share and its interval are missing.
    suffix
        Put after the names of the columns made, for a second share in the same table.

    Returns
    -------
    `counts` with `share`, `low` and `high`, from 0 to 1.

    Source
    ------
    Wilson's interval: `kentlib.statistics.share_interval`.

    Examples
    --------
    >>> share(pd.DataFrame({"held": [8, 3], "returned": [10, 4]}), "held", "returned")[
    ...     "share"].tolist()
    [0.8, nan]
    """
    enough = (counts[denominator] >= min_base) & (counts[denominator] > 0)
    base = counts[denominator].astype("float64").where(enough)
    numbers = counts[numerator].astype("float64").where(enough)
    interval = statistics.share_interval(numbers, base)
    return counts.assign(
        **{
            f"share{suffix}": numbers / base,
            f"low{suffix}": interval["low"],
            f"high{suffix}": interval["high"],
        }
    )


AGAINST_REST = (
    "rest",
    "rest_share",
    "difference",
    "difference_low",
    "difference_high",
    "verdict",
)
"""The columns that `against_rest` adds."""


def against_rest(
    counts: pd.DataFrame,
    numerator: str,
    denominator: str,
    *,
    part: str = "district",
    within: Sequence[str] = (),
    min_base: int = MIN_BASE,
) -> pd.DataFrame:
    """Each district against the rest of the county.

    Parameters
    ----------
    counts
        What `tally` returns with `whole=part`: the rows of the whole hold "all".
    numerator, denominator
        Names of its columns.
    part, within
        The column that tells parts and whole apart, and the other columns of the group.
    min_base
        A comparison is missing where either denominator is below it.

    Returns
    -------
    `counts` with `rest` (denominator of the rest), `rest_share`, `difference` (own share less
    that of the rest), `difference_low`, `difference_high` and `verdict` ("higher", "lower",
    "no more than chance"). Missing in the rows of the whole and of "not recorded". Coverage
    allows for the number of comparisons made in each group (Sidak): 95% for all together.

    Source
    ------
    `kentlib.statistics.difference` (Newcombe). The rest leaves the district out, because a
    district is part of the county it would otherwise be compared with.
    """
    keys = list(within)
    total = counts.loc[counts[part] == ALL, [*keys, numerator, denominator]]
    names = {numerator: "_counted", denominator: "_base"}
    groups = [counts[name] for name in keys] or [pd.Series(0, index=counts.index)]
    left, right = counts[keys].assign(_=0), total.rename(columns=names).assign(_=0)
    sums = left.merge(right, on=[*keys, "_"], how="left", validate="many_to_one")
    own_n, own_d = (counts[name].astype("float64") for name in (numerator, denominator))
    rest_n = pd.Series(sums["_counted"].to_numpy("float64"), index=counts.index) - own_n
    rest_d = pd.Series(sums["_base"].to_numpy("float64"), index=counts.index) - own_d
    least = max(min_base, 1)
    compared = ~counts[part].isin([ALL, NOT_RECORDED]) & (own_d >= least) & (rest_d >= least)
    number = compared.groupby(groups, observed=True).transform("sum").clip(lower=1)
    made = []
    for comparisons, rows in number[compared].groupby(number[compared]):
        level = statistics.LEVEL ** (1 / comparisons)
        chosen = [column.loc[rows.index] for column in (own_n, own_d, rest_n, rest_d)]
        made.append(statistics.difference(*chosen, level=level))
    columns = ["difference", "low", "high", "verdict"]
    found = pd.concat(made) if made else pd.DataFrame(columns=columns)
    found = found.reindex(counts.index)
    return counts.assign(
        rest=rest_d.where(compared).astype("Int64"),
        rest_share=(rest_n / rest_d.where(rest_d > 0)).where(compared),
        difference=found["difference"].astype("float64"),
        difference_low=found["low"].astype("float64"),
        difference_high=found["high"].astype("float64"),
        verdict=found["verdict"].astype("str").where(compared),
    )


def withheld(rows: pd.DataFrame, column: str) -> bool:
    """Whether the first of some rows of a table made for publication lacks what the column holds
    because a count is withheld (see `kentlib.publication`); False for other tables."""
    marks = rows.get(f"{column}_mark")
    return marks is not None and len(marks) > 0 and bool(marks.iloc[0])


def district_finding(
    compared: pd.DataFrame, district: str, what: str, *, county: str = "the county"
) -> str:
    """How a district compares with the rest of the county, in a sentence.

    Parameters
    ----------
    compared
        What `against_rest` returns, one row per district.
    district
        The district it is about; "all" to say which districts stand apart.
    what
        What is shared, to follow a percentage: "of returns led to an interview".
    """
    if district == ALL:
        return _all_districts(compared, what, county)
    row = compared[compared["district"] == district]
    if withheld(row, "verdict"):
        return f"How {district} compares with the rest of {county} is not published"
    if row.empty or pd.isna(row["verdict"].iloc[0]):
        return f"Too few in {district} to say how it compares with the rest of {county}"
    row = row.iloc[0]
    own = f"In {district} {row['share']:.0%} {what}"
    if row["verdict"] == "no more than chance":
        return (
            f"{own}, no more apart from the rest of {county} ({row['rest_share']:.0%}) than "
            "chance would give"
        )
    side = "above" if row["verdict"] == "higher" else "below"
    return (
        f"{own}, {side} the rest of {county} ({row['rest_share']:.0%}) by more than chance "
        "would give"
    )


def _all_districts(compared: pd.DataFrame, what: str, county: str) -> str:
    known = compared.dropna(subset="verdict")
    if known.empty and withheld(compared, "verdict"):
        return f"How districts compare with the rest of {county} is not published"
    if known.empty:
        return f"Too few in every district to say how it compares with the rest of {county}"
    apart = known[known["verdict"] != "no more than chance"]
    if apart.empty:
        return (
            f"By the share {what}, none of {plural(len(known), 'district')} stands apart from the "
            f"rest of {county} by more than chance"
        )
    names = [f"{row['district']} ({row['share']:.0%})" for _, row in apart.iterrows()]
    return (
        f"By the share {what}, {_apart(len(apart), len(known))} apart from "
        f"the rest of {county} by more than chance: {', '.join(names)}"
    )


def _apart(apart: int, known: int) -> str:
    return f"{apart} of {plural(known, 'district')} {'stands' if apart == 1 else 'stand'}"
