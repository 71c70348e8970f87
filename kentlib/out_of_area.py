"""Where looked-after children live: the lines of the inspection report, in and out of the area.

Worked out from Annex A list 8, which says of each child's latest placement what kind it is and
whether it lies in the authority's area. The lines are those of `kentlib.permanence`, so the two
tables and their figure are read alike.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from kentlib import shares
from kentlib.shares import ALL, MIN_BASE, NOT_RECORDED
from kentlib.words import plural

LINES = {
    "foster families": ("U1", "U2", "U3", "U4", "U5", "U6"),
    "residential children's homes": ("K1", "K2"),
    "parents": ("P1",),
    "residential special schools": ("S1",),
}
"""The report's placement lines, by the return's placement codes. [M]"""

REST = "in no line of the report"
INSIDE, OUTSIDE = ("a", "in"), ("b", "out")


def lines(
    list_8: pd.DataFrame,
    *,
    on: pd.Timestamp,
    by: Sequence[str] = (),
    min_base: int = MIN_BASE,
) -> pd.DataFrame:
    """Children looked after by placement line, and how many live outside the area.

    Parameters
    ----------
    list_8
        Annex A list 8, typed: one row per child, also those who ceased in the last 12 months.
        Uses `child_id`, `date_started`, `date_ceased`, `placement_type`,
        `placement_location` ("a" or "in", "b" or "out").
    on
        The day: children looked after at its end count, once each.
    by
        Columns to split by; give "district" after `kentlib.shares.with_district`.

    Returns
    -------
    One row per group and line, in the order of LINES, then "in no line of the report" and the
    line "all": `by`, `line`, `children`, `out_of_area`, `not_recorded` (without a location),
    `known` (the denominator: children less not_recorded), `share`, `low`, `high`.

    Source
    ------
    Kent inspection report 2017, page 6, "Children looked after in this area" [S]; which codes
    make a line is our reading [M]: dual-registered schools, for one, may be in either.
    """
    ceased = list_8["date_ceased"].notna() & (list_8["date_ceased"] <= on)
    held = list_8[(list_8["date_started"] <= on) & ~ceased]
    held = held.sort_values("date_started", kind="stable").drop_duplicates("child_id", keep="last")
    where = held["placement_location"].astype("str").str.lower()
    line_of = {code: line for line, codes in LINES.items() for code in codes}
    place = held["placement_type"].astype("object").map(line_of).fillna(REST)
    order = [*LINES, REST]
    rows = held[list(by)].assign(
        line=pd.Categorical(place, categories=[*order, ALL]),
        children=True,
        out_of_area=where.isin(OUTSIDE),
        not_recorded=~where.isin([*INSIDE, *OUTSIDE]),
    )
    both = pd.concat([rows, rows.assign(line=pd.Categorical([ALL] * len(rows), [*order, ALL]))])
    names = ["children", "out_of_area", "not_recorded"]
    keys = [both[name] for name in [*by, "line"]]
    found = both[names].astype("int64").groupby(keys, observed=False).sum().reset_index()
    if "district" in by:
        rest = [name for name in [*by, "line"] if name != "district"]
        whole = found.groupby(rest, observed=False)[names].sum().reset_index()
        found["district"] = found["district"].astype("str")
        found = pd.concat([found, whole.assign(district=ALL)], ignore_index=True)
    found["line"] = found["line"].astype("str")
    found["known"] = found["children"] - found["not_recorded"]
    found = shares.share(found, "out_of_area", "known", min_base=min_base)
    return found[[*by, "line", *names, "known", "share", "low", "high"]]


def finding(found: pd.DataFrame, where: str) -> str:
    """How many live outside the area, in a sentence. `found` is what `lines` returns."""
    row = found[found["line"] == ALL]
    if row.empty or pd.isna(row["share"].iloc[0]):
        return f"Too few children of {where} have a recorded location to say how many live outside"
    row = row.iloc[0]
    sentence = (
        f"{plural(row['out_of_area'], 'child', 'children')} of {where} lived outside the area, "
        f"{row['share']:.0%} of the {row['known']:,.0f} whose location is recorded"
    )
    if row["not_recorded"] == 0:
        return sentence
    return f"{sentence}; for {row['not_recorded']:,.0f} it is {NOT_RECORDED}"
