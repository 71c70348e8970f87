"""Since coming into care: by which route, how soon, and how many have a permanent home.

A cohort is the children's entries to care, each followed from its first day. Entries are counted
only where the returns saw them: a history that had begun before the first return is left out,
also where its start is known, because those who came in then and left before the first return
are not in the returns at all. (Statsmodels' cumulative incidence has no delayed entry.)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kentlib import curves, shares
from kentlib.disclosure import Spec
from kentlib.leaving import EXITS, PERMANENT, TRANSFERRED, age, care, only, year_ending
from kentlib.shares import ALL, MIN_BASE, NOT_RECORDED
from kentlib.words import plural

DAYS_A_MONTH = 365.25 / 12
AGE_BANDS = ("under 1", "1 to 4", "5 to 9", "10 to 15", "16 and over")
"""Ages at entry, as the department groups them."""

_EDGES = (0, 1, 5, 10, 16, np.inf)

ANY = "any permanent route"


def age_band(age: pd.Series) -> pd.Series:
    """The band each age in years falls in; a missing one is "not recorded".

    Examples
    --------
    >>> age_band(pd.Series([0.5, 4.99, 5.0, 16.0, None])).tolist()
    ['under 1', '1 to 4', '5 to 9', '16 and over', 'not recorded']
    """
    bands = pd.cut(age.astype("float64"), _EDGES, right=False, labels=list(AGE_BANDS))
    return bands.cat.add_categories(NOT_RECORDED).fillna(NOT_RECORDED)


def entries(periods: pd.DataFrame, *, first_return: pd.Timestamp) -> pd.DataFrame:
    """The entries to care that the returns saw: one row per period begun since the first.

    Parameters
    ----------
    periods
        `History.periods`.
    first_return
        The day the first return begins on, from `History`.

    Returns
    -------
    The rows of `periods` that are neither left-truncated nor begun before `first_return`, with
    `age_band` (at the start) and `year` of entry (ending 31 March). A child who came in
    twice has two.
    """
    counted = care(periods)
    seen = ~counted["left_truncated"].astype("bool") & (counted["start"] >= first_return)
    found = counted[seen]
    years = age(found["born"], found["start"]).astype("float64").fillna(found["age_start"])
    return found.assign(age_band=age_band(years), year=year_ending(found["start"]).astype("int64"))


def _entries(periods: pd.DataFrame, first_return: pd.Timestamp, by: Sequence[str]) -> pd.DataFrame:
    """The same with no more columns than a measure needs."""
    narrow = only(periods, "left_truncated", "born", "age_start", *by)
    return entries(narrow, first_return=first_return)


def cumulative_incidence(
    periods: pd.DataFrame,
    *,
    first_return: pd.Timestamp,
    last_return: pd.Timestamp,
    by: str | None = None,
    months: Sequence[int] = tuple(range(0, 37)),
    min_base: int = MIN_BASE,
) -> pd.DataFrame:
    """How soon after coming into care children left it, by route; the routes compete.

    Parameters
    ----------
    periods
        `History.periods`.
    first_return, last_return
        What the returns cover, from `History`. Children looked after at `last_return` are
        censored then, and those transferred to another authority on that day: neither is
        dropped, and neither has left care.
    by
        None, or a column to split by: "age_band" (at entry), "unaccompanied", "district"
        (with the county's rows "all") or "year" (of entry).
    months
        Times since entry to read the curves at, of 30.4 days each.
    min_base
        Fewest entries in a group, and fewest still followed at a time unless all have left,
        for its shares to be shown.

    Returns
    -------
    One row per group, route and month: `by` if any, `route` (EXITS), `months`, `share`, `low`,
    `high`, `entered`, `followed` (in care and watched beyond that time), `known` (left by then,
    or followed). Shares over all routes and the share still looked after sum to 1.

    Source
    ------
    `kentlib.curves.cumulative_incidence`. No published table gives this: the measure is ours.
    """
    came = _entries(periods, first_return, [] if by is None else [by])
    ended = came["end"].notna() & (came["end"] <= last_return)
    until = came["end"].where(ended, last_return)
    time = (until - came["start"]).dt.days
    cause = came["route"].where(ended & (came["route"] != TRANSFERRED))
    at = np.asarray(months, dtype="float64") * DAYS_A_MONTH
    groups: list[tuple[object, pd.Series | slice]] = [(ALL, slice(None))]
    if by is not None:
        split = [(name, rows) for name, rows in came.groupby(by, observed=True).groups.items()]
        groups = split + (groups if by == "district" else [])
    made = []
    for name, rows in groups:
        curve = curves.cumulative_incidence(time.loc[rows], cause.loc[rows], at=at, causes=EXITS)
        if by is not None:
            curve.insert(0, by, name)
        curve["at"] = np.tile(np.asarray(months), len(EXITS))
        made.append(curve)
    columns = ["route", "months", "share", "low", "high", "entered", "followed", "known"]
    columns = [by, *columns] if by else columns
    if not made:
        return pd.DataFrame(columns=columns)
    names = {"cause": "route", "at": "months", "started": "entered"}
    found = pd.concat(made, ignore_index=True).rename(columns=names)
    enough = (found["followed"] >= min_base) | (found["known"] == found["entered"])
    enough &= found["entered"] >= max(min_base, 1)
    shown = found[["share", "low", "high"]].where(enough)
    return found.assign(**shown)[columns]


def incidence_finding(found: pd.DataFrame, months: int = 24) -> str:
    """By which routes children had left so long after entry, in a sentence.

    Parameters
    ----------
    found
        What `cumulative_incidence` returns without groups, or its rows for one group.
    """
    rows = found[found["months"] == months]
    if rows.empty or rows["share"].isna().all():
        return f"Too few have been followed for {months} months since coming into care to say"
    left = rows["share"].sum()
    first, second = rows.sort_values("share", ascending=False, kind="stable").iloc[:2].itertuples()
    entered = plural(rows["entered"].iloc[0], "entry", "entries")
    return (
        f"Within {months} months of coming into care {left:.0%} of children had left it, most "
        f"often by these routes: {first.route} ({first.share:.0%}) and {second.route} "
        f"({second.share:.0%}); {entered} seen"
    )


def permanence_within(
    periods: pd.DataFrame,
    *,
    first_return: pd.Timestamp,
    last_return: pd.Timestamp,
    months: Sequence[int] = (12, 24),
    by: Sequence[str] = (),
    min_base: int = MIN_BASE,
) -> pd.DataFrame:
    """How many had left to a permanent home within a time of coming into care.

    Parameters
    ----------
    periods
        `History.periods`.
    first_return, last_return
        What the returns cover, from `History`. Only entries that could be followed for the
        whole time count: later ones are `too_recent`.
    months
        Follow-up times, in calendar months.
    by
        Columns to split by: "age_band" (at entry), "unaccompanied", "district", "year".

    Returns
    -------
    One row per group, time and route: `by`, `months`, `route` (those of PERMANENT, and "any
    permanent route"), `entered`, `too_recent`, `transferred` (within the time: no longer ours
    to follow), `followed` (the denominator), `children` (left by that route within the time),
    `share`, `low`, `high`. Children still looked after are in the denominator.

    Source
    ------
    The routes are those of DfE's reasons for ceasing [S]; the measure is ours. An entry is
    counted, so a child who came in twice counts twice.
    """
    came = _entries(periods, first_return, by)
    keys = list(by)
    names = ["entered", "too_recent", "transferred", "followed"]
    group = [*keys, "months"]
    order = [*PERMANENT, ANY]
    whole = "district" if "district" in keys else None
    parts = []
    for time in months:
        until = came["start"] + pd.DateOffset(months=time)
        full = until <= pd.Timestamp(last_return)
        gone = full & came["end"].notna() & (came["end"] <= until)
        moved = gone & (came["route"] == TRANSFERRED)
        rows = came[keys].assign(
            months=time, entered=True, too_recent=~full, transferred=moved, followed=full & ~moved
        )
        rows = rows.assign(**{route: gone & (came["route"] == route) for route in PERMANENT})
        rows = rows.assign(**{ANY: gone & came["route"].isin(PERMANENT)})
        parts.append(shares.tally(rows, group, [*names, *order], whole=whole))
    wide = shares.joined(parts, keys)
    long = shares.lengthened(wide, order, name="route", value="children")
    found = shares.share(long, "children", "followed", min_base=min_base)
    return found[[*group, "route", *names, "children", "share", "low", "high"]]


def permanence_spec(found: pd.DataFrame) -> Spec:
    """What `permanence_within` returns, for `kentlib.disclosure`.

    The routes add up to "any permanent route"; a table of that route alone has the same counts
    by another split. Columns that are not to be shown may be left out first.
    """
    names = ["entered", "too_recent", "transferred", "followed", "children"]
    counts = {name: f"entries {name}" for name in found if name in names}
    parts = ["too_recent", "transferred", "followed"]
    by = [name for name in found if name not in (*names, "share", "low", "high")]
    kept = ["route"] if (found["route"] == ANY).all() else []
    by = [name for name in by if name not in kept]
    totals = {"route": ANY} if "route" in by else {}
    if "district" in by:
        totals["district"] = ALL
    repeats = {name: ["route"] for name in counts if "route" in by and name != "children"}
    return Spec(
        found,
        by,
        counts,
        repeats=repeats,
        within={"children": "followed"},
        sums={"entered": parts} if {"entered", *parts} <= set(counts) else {},
        totals=totals,
        shares={("share", "low", "high"): ("children", "followed")},
        kept=kept,
    )


def permanence_finding(found: pd.DataFrame, months: int = 12) -> str:
    """How many had a permanent home so long after entry, in a sentence.

    Parameters
    ----------
    found
        What `permanence_within` returns without groups, or its rows for one group, protected
        or not. Of withheld counts it says nothing.
    """
    rows = found[found["months"] == months].set_index("route")
    if len(rows) and rows.loc[ANY, ["children", "followed"]].isna().any():
        return f"How many had a permanent home within {months} months is not published"
    if rows.empty or pd.isna(rows.at[ANY, "share"]):
        return f"Too few came into care {months} months or more ago to say how many had left it"
    whole = rows.loc[ANY]
    home = rows.loc["returned home", "children"]
    entered = plural(whole["followed"], "entry", "entries")
    sentence = (
        f"Of {entered} to care followed for {months} months, {whole['share']:.0%} had led to a "
        f"permanent home by then (interval {whole['low']:.0%} to {whole['high']:.0%})"
    )
    if pd.isna(home):
        return sentence
    return f"{sentence}; {home:,} of those {whole['children']:,.0f} were returns home"
