"""Children who go missing again and again: how many, and how much of it all is theirs.

Episodes are counted by the day they began. The tables may be the return's (`History.missing`)
or the return interviews': give either with the columns `child` and `start`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kentlib import shares
from kentlib.shares import MIN_BASE
from kentlib.words import plural


def begun(
    episodes: pd.DataFrame,
    *,
    period_start: pd.Timestamp,
    period_end: pd.Timestamp,
    child: str = "child_id",
    start: str = "episode_start",
) -> pd.DataFrame:
    """The episodes that began in a period.

    Parameters
    ----------
    episodes
        One row per missing or away episode.
    child, start
        Its columns: for `History.missing`, "child" and "start".

    Returns
    -------
    The rows with `child` and `start` under those names, in order of both.
    """
    named = episodes.rename(columns={child: "child", start: "start"})
    day = named["start"].dt.normalize()
    chosen = named[(day >= period_start) & (day <= period_end) & named["child"].notna()]
    return chosen.sort_values(["child", "start"], kind="stable", ignore_index=True)


def repeated(
    found: pd.DataFrame,
    *,
    times: int = 3,
    days: int = 30,
    by: Sequence[str] = (),
    min_base: int = MIN_BASE,
) -> pd.DataFrame:
    """Children who went missing so many times within so many days.

    Parameters
    ----------
    found
        What `begun` returns.
    times, days
        Episodes that make a repeat, and the days they must begin in, first and last included.
    by
        Columns to split by; a child counts in each group where it has an episode, and repeats
        within the group.

    Returns
    -------
    One row per group: `by`, `episodes`, `children` (the denominator), `repeated` (of them),
    `share`, `low`, `high`.

    Source
    ------
    There is no official threshold; "3 or more times in a 30 day period" is one authority's
    trigger for a strategy meeting (Derbyshire) [S]. Both numbers are therefore parameters.
    """
    keys = list(by)
    rows = found.sort_values([*keys, "child", "start"], kind="stable")
    day = rows["start"].dt.normalize()
    back = times - 1
    code = rows.groupby([*keys, "child"], observed=True, sort=False).ngroup()
    many = (code == code.shift(back)) & ((day - day.shift(back)).dt.days < days)
    rows = rows[keys].assign(_code=code, episodes=True, repeated=many)
    first = ~rows["_code"].duplicated()
    ever = rows["repeated"].groupby(rows["_code"]).transform("any")
    rows = rows.assign(children=first, repeated=first & ever)
    whole = shares.tally(rows, keys, ["episodes", "children", "repeated"])
    return shares.share(whole, "repeated", "children", min_base=min_base)


def repeated_finding(table: pd.DataFrame, *, times: int = 3, days: int = 30) -> str:
    """How many went missing repeatedly, in a sentence.

    Parameters
    ----------
    table
        One row of `repeated`'s, or the same as it may be published, with counts missing.
    """
    if len(table) and table[["children", "repeated"]].isna().to_numpy().any():
        return f"How many children went missing {times} times in {days} days is not published"
    if table.empty or pd.isna(table["share"].iloc[0]):
        return f"Too few children went missing to say how many did so {times} times in {days} days"
    row = table.iloc[0]
    return (
        f"Of {plural(row['children'], 'child', 'children')} who went missing, "
        f"{row['repeated']:,.0f} ({row['share']:.0%}) did so {times} or more times within {days} "
        "days"
    )


def by_number(found: pd.DataFrame, *, most: int = 5) -> pd.DataFrame:
    """Children by how many episodes they had.

    Returns one row per number: `episodes` ("1", "2", ... "5 or more"), `children`, `all_children`
    (the denominator), `share_of_children`, and `share_of_episodes` that are theirs.
    """
    number = found.groupby("child").size()
    capped = number.clip(upper=most)
    index = pd.RangeIndex(1, most + 1)
    children = capped.value_counts().reindex(index).fillna(0).astype("int64")
    theirs = number.groupby(capped).sum().reindex(index).fillna(0)
    total = max(len(number), 1)
    labels = [str(n) for n in range(1, most)] + [f"{most} or more"]
    made = pd.DataFrame({"episodes": labels, "children": children.to_numpy()})
    made["all_children"] = len(number)
    made["share_of_children"] = made["children"] / total if len(number) else np.nan
    made["share_of_episodes"] = theirs.to_numpy() / len(found) if len(found) else np.nan
    return made


def concentration(
    found: pd.DataFrame,
    *,
    top: Sequence[float] = (0.05, 0.1, 0.2, 0.5, 1.0),
    min_base: int = MIN_BASE,
) -> pd.DataFrame:
    """How much of all going missing is that of the children who do so most.

    Parameters
    ----------
    found
        What `begun` returns.
    top
        Shares of the children, those with the most episodes first; a part of a child counts
        as one.

    Returns
    -------
    One row per share asked: `top`, `children` (so many), `all_children`, `share_of_children`,
    `episodes` (theirs), `all_episodes` (the denominator) and `share_of_episodes`; missing below
    `min_base` children. Some concentration is there by chance: even at one common rate, some
    children have more episodes than others.
    """
    number = np.sort(found.groupby("child").size().to_numpy())[::-1]
    asked = np.asarray(list(top), dtype="float64")
    # Whole children: 0.2 of 5 is 1, though in floating point a hair above it.
    children = np.ceil(np.round(asked * len(number), 9)).astype("int64")
    summed = np.concatenate([[0], np.cumsum(number)])
    made = pd.DataFrame({"top": asked, "children": children, "all_children": len(number)})
    made["episodes"] = summed[children]
    made["all_episodes"] = len(found)
    enough = len(number) >= max(min_base, 1)
    of_children = made["children"] / len(number) if enough else np.nan
    made.insert(3, "share_of_children", of_children)
    return made.assign(share_of_episodes=made["episodes"] / len(found) if enough else np.nan)


def concentration_finding(table: pd.DataFrame, top: float = 0.1) -> str:
    """How much of all going missing is that of few children, in a sentence."""
    rows = table[np.isclose(table["top"], top)]
    if rows.empty or pd.isna(rows["share_of_episodes"].iloc[0]):
        return "Too few children went missing to say how much of it was by a few of them"
    row = rows.iloc[0]
    return (
        f"{plural(row['children'], 'child', 'children')}, {row['share_of_children']:.0%} of those "
        f"who went missing, account for {row['share_of_episodes']:.0%} of "
        f"{plural(row['all_episodes'], 'episode')}"
    )
