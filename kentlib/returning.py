"""Coming back into care after leaving it, by how long the child could be followed.

A return is a later period of care of `kentlib.histories`: a restart on the day of leaving is not
one. Whoever left too recently to be followed for the whole time is left out and counted.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kentlib import shares
from kentlib.arrays import days, groups, in_order
from kentlib.disclosure import Spec
from kentlib.leaving import TRANSFERRED, age, care, only
from kentlib.shares import MIN_BASE
from kentlib.words import plural


def returns(
    periods: pd.DataFrame,
    *,
    last_return: pd.Timestamp,
    months: Sequence[int] = (6, 12, 24),
    by: Sequence[str] = (),
    min_base: int = MIN_BASE,
) -> pd.DataFrame:
    """How many came back into care, by how long they could be followed after leaving.

    Parameters
    ----------
    periods
        `History.periods`.
    last_return
        The last day the returns tell of. A leaving counts at a follow-up time only if that
        time had passed by then: the recent ones are `too_recent`, not "did not return".
    months
        Follow-up times, in calendar months.
    by
        Columns of the leaving to split by, such as ["district"] or ["route"].

    Returns
    -------
    One row per group, follow-up time and denominator: `by`, `months`, `of` ("all leavings", or
    "leavings under 18", since who left at 18 cannot return), `left` (leavings), `too_recent`,
    `followed` (the denominator), `returned` (a later period of care began within that time),
    `share`, `low`, `high`. Every leaving counts, not one a year: a child who left, returned
    and left again within a year would otherwise look as if never returned.

    Source
    ------
    No single DfE definition of returning within 12 months was found; this one is ours. [M]
    A restart on the day of leaving is no return (`kentlib.histories`). A child adopted gets a
    new identity in the return, so a return after adoption cannot be seen here.
    """
    counted = care(only(periods, "born", "age_end", *by))
    child = groups(counted["child"])
    order = in_order(child, days(counted["start"]))
    counted, child = counted.take(order), child[order]
    goes_on = np.append(child[1:] == child[:-1], False)[: len(child)]
    again = counted["start"].shift(-1).where(goes_on)
    left = counted.assign(again=again)
    left = left[left["end"].notna() & (left["route"] != TRANSFERRED)]
    years = age(left["born"], left["end"]).astype("float64").fillna(left["age_end"])
    young = years < 18
    keys = list(by)
    parts = []
    names = ["left", "too_recent", "followed", "returned"]
    whole = "district" if "district" in keys else None
    for time in months:
        until = left["end"] + pd.DateOffset(months=time)
        full = until <= pd.Timestamp(last_return)
        back = full & (left["again"] <= until)
        for of, among in (("all leavings", left["end"].notna()), ("leavings under 18", young)):
            rows = left[keys].assign(
                months=time,
                of=of,
                left=among,
                too_recent=among & ~full,
                followed=among & full,
                returned=among & back,
            )
            parts.append(shares.tally(rows, [*keys, "months", "of"], names, whole=whole))
    found = shares.joined(parts, keys)
    found = shares.share(found, "returned", "followed", min_base=min_base)
    return found[[*keys, "months", "of", *names, "share", "low", "high"]]


def returns_spec(found: pd.DataFrame) -> Spec:
    """What `returns` returns, for `kentlib.disclosure`: those under 18 are part of all."""
    names = ["left", "too_recent", "followed", "returned"]
    return Spec(
        found,
        [name for name in found if name not in (*names, "share", "low", "high")],
        {name: f"leavings, {name}" for name in names},
        repeats={"left": ["months"]},
        within={"returned": "followed"},
        sums={"left": ["too_recent", "followed"]},
        nested={"of": {"leavings under 18": "all leavings"}},
        shares={("share", "low", "high"): ("returned", "followed")},
    )


def returns_finding(found: pd.DataFrame, months: int = 12) -> str:
    """How many came back within a time, on both denominators, in a sentence.

    Parameters
    ----------
    found
        What `returns` returns without groups, or its rows for one group, protected or not.
    """
    rows = found[found["months"] == months].set_index("of")
    if len(rows) and rows.loc["all leavings", ["followed", "returned"]].isna().any():
        return f"How many came back into care within {months} months is not published"
    if rows.empty or pd.isna(rows.at["all leavings", "share"]):
        return f"Too few left care {months} months or more ago to say how many came back"
    whole, young = rows.loc["all leavings"], rows.loc["leavings under 18"]
    sentence = (
        f"Of {plural(whole['followed'], 'leaving')} that could be followed for {months} months, "
        f"{whole['returned']:,.0f} ({whole['share']:.0%}) led back into care within that time"
    )
    if pd.isna(young["share"]):
        return sentence
    return (
        f"{sentence}; of the {young['followed']:,.0f} at an age under 18, {young['returned']:,.0f} "
        f"({young['share']:.0%})"
    )


def returned_since(
    periods: pd.DataFrame, *, period_end: pd.Timestamp, min_base: int = MIN_BASE
) -> pd.DataFrame:
    """Children who left in the 12 months to a day, and how many had come back by that day.

    Parameters
    ----------
    periods
        `History.periods`.
    period_end
        The last of the 12 months.

    Returns
    -------
    One row: `left_care` (children), `returned` (of them), `share`, `low`, `high`. Somebody who
    left the day before had a day to return in, so this is lower than any true rate of return.

    Source
    ------
    The inspection report's own sentence: of those who "ceased to be looked after" in the last
    12 months, how many "subsequently returned to be looked after". [S]
    """
    counted = care(periods)
    begins = period_end - pd.DateOffset(years=1)
    ended = counted["end"].notna() & (counted["end"] > begins) & (counted["end"] <= period_end)
    left = counted[ended & (counted["route"] != TRANSFERRED)]
    first = left.groupby("child")["end"].min()
    later = counted[counted["start"] <= period_end]
    back = later["start"].to_numpy() > first.reindex(later["child"]).to_numpy()
    made = pd.DataFrame(
        {"left_care": [len(first)], "returned": [later.loc[back, "child"].nunique()]}
    )
    return shares.share(made, "returned", "left_care", min_base=min_base)
