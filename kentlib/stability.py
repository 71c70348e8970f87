"""Staying put: how many placements children had, and how long they have lived where they live.

Placements are first read as stays with the same carer: a temporary move (T0 to T4) and the
return from it do not interrupt a stay, nor does a foster carer who becomes the adopter. Every
measure here is of children looked after at the end of one day, `on`, usually 31 March.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kentlib import shares
from kentlib.leaving import age, looked_after
from kentlib.shares import MIN_BASE, plural

PLACED_FOR_ADOPTION = ("A3", "A4", "A5", "A6")
ADOPTED_BY_CARER = ("A3", "A5")
LONG_TERM = ("U1", "U4")
FOSTER = ("U1", "U2", "U3", "U4", "U5", "U6")


def stays(placements: pd.DataFrame) -> pd.DataFrame:
    """Placements joined into stays with the same carer.

    Parameters
    ----------
    placements
        `History.placements`.

    Returns
    -------
    One row per stay: `child`, `period`, `start`, `end`, `place` (the last), and `together`: the
    start of the stay before, for a child placed for adoption who came straight from it, else
    `start`. Left out are temporary placements, short breaks, and placements that began and
    ended on one day. Joined are: the stays before and after a temporary placement, where place
    and provider are the same; a foster placement and the adoptive one with the same carers (A3,
    A5); and a change of placement where the return says that the carers stay (RNE T or U).

    Source
    ------
    Placements of 24 hours or more count [S]; with dates only, one that ended the next day does.
    Short-term series are left out [S], T0 to T4 too [M]. "Adopting foster carers is not a
    move" [S]. Joining over a temporary move is how we read "the same placement" [M].
    """
    flagged = placements.sort_values(["child", "period", "start", "placement"], kind="stable")
    brief = flagged["end"].notna() & (flagged["end"] <= flagged["start"])
    away = flagged["temporary"].astype("bool")
    flagged = flagged.assign(_away=away)[~(flagged["short_break"].astype("bool") | brief)]
    rows = _through_temporary(flagged)
    keys = ["child", "period"]
    same = _follows(rows)
    place, provider = (rows[name].astype("str").fillna("") for name in ("place", "provider"))
    back = rows["_after"] & (place == place.shift()) & (provider == provider.shift())
    carer = place.isin(ADOPTED_BY_CARER) & place.shift().isin(FOSTER)
    if "same_carer" in rows:
        carer |= rows["same_carer"].astype("bool") & ~rows["_after"]
    stay = (~(same & (back | carer))).cumsum()
    groups = rows.groupby(stay, sort=False)
    made = groups[keys].first()
    made["start"] = groups["start"].first()
    made["end"] = rows["end"].groupby(stay, sort=False).nth(-1).to_numpy()
    made["place"] = place.groupby(stay, sort=False).nth(-1).to_numpy()
    made["joined_for_adoption"] = (carer & place.isin(ADOPTED_BY_CARER)).groupby(stay).any()
    made = made.reset_index(drop=True)
    follows = (made[keys] == made[keys].shift()).all(axis=1)
    adoptive = made["place"].isin(PLACED_FOR_ADOPTION) & ~made["joined_for_adoption"]
    before = made["start"].shift().where(follows & adoptive)
    made["together"] = before.fillna(made["start"])
    return made.drop(columns="joined_for_adoption")


def _follows(rows: pd.DataFrame) -> pd.Series:
    """Whether a row is of the same period of care as the row before it."""
    child = pd.Series(pd.factorize(rows["child"])[0], index=rows.index)
    return child.diff().eq(0) & rows["period"].diff().eq(0)


def _through_temporary(flagged: pd.DataFrame) -> pd.DataFrame:
    """The placements that are not temporary, each lasting through the temporary ones after it.

    Adds `_after`: the placement comes after a temporary one of the same period of care.
    """
    away = flagged["_away"].to_numpy()
    begins = ~away | ~_follows(flagged).to_numpy()
    last = np.append(np.flatnonzero(begins)[1:], len(flagged)) - 1
    end = flagged["end"].to_numpy()[last[: begins.sum()]]
    after = flagged["_away"].shift(fill_value=False) & _follows(flagged)
    kept = flagged.assign(_after=after)
    kept.loc[begins, "end"] = end
    return kept[~kept["_away"]]


def in_year(
    made: pd.DataFrame,
    periods: pd.DataFrame,
    *,
    on: pd.Timestamp,
    at_least: int = 3,
    by: Sequence[str] = (),
    min_base: int = MIN_BASE,
) -> pd.DataFrame:
    """Children who had three or more placements in the year.

    Parameters
    ----------
    made
        What `stays` returns.
    periods
        `History.periods`.
    on
        The last day of the year: 31 March for the department's measure.
    at_least
        Placements that count as many.
    by
        Columns of `periods` to split by, such as ["district"].

    Returns
    -------
    One row per group: `by`, `looked_after` (children at the end of `on`, the denominator),
    `many` (of them, with so many placements), `share`, `low`, `high`. A child with no stay
    that counts is in the denominator.

    Source
    ------
    DfE, local authority interactive tool, short-term stability (Placement 1): three or more
    placements in the year among all looked after at 31 March, counting those open on 1 April,
    leaving out short-term series. A low share is good. [S]
    """
    held = looked_after(periods, on)
    begins = on - pd.DateOffset(years=1) + pd.Timedelta(days=1)
    during = (made["start"] <= on) & ~(made["end"].notna() & (made["end"] <= begins))
    number = made.loc[during, "child"].value_counts()
    many = held["child"].map(number).fillna(0) >= at_least
    rows = held[list(by)].assign(looked_after=True, many=many)
    whole = "district" if "district" in by else None
    found = shares.tally(rows, by, ["looked_after", "many"], whole=whole)
    return shares.share(found, "many", "looked_after", min_base=min_base)


def in_year_finding(found: pd.DataFrame, where: str, *, at_least: int = 3) -> str:
    """How many had many placements, in a sentence. `found` is one row of what `in_year` gives."""
    if found.empty or pd.isna(found["share"].iloc[0]):
        return f"Too few children of {where} were looked after to say how often they moved"
    row = found.iloc[0]
    return (
        f"{plural(row['many'], 'child', 'children')} of {where}, {row['share']:.1%} of "
        f"{row['looked_after']:,.0f} looked after, had {at_least} or more placements in the year"
    )


def long_term(
    made: pd.DataFrame,
    periods: pd.DataFrame,
    *,
    on: pd.Timestamp,
    by: Sequence[str] = (),
    min_base: int = MIN_BASE,
) -> pd.DataFrame:
    """Children long in care who have lived in the same placement for two years or more.

    Parameters
    ----------
    made
        What `stays` returns.
    periods
        `History.periods`.
    on
        The day: 31 March for the department's measure.
    by
        Columns of `periods` to split by, such as ["district"].

    Returns
    -------
    One row per group: `by`, `long_in_care` (under 16 on the day and looked after continuously
    for two and a half years), `cannot_tell` (of them: the returns began too late to show how
    long the placement has lasted, or there is no placement), `known` (the rest, the
    denominator), `settled` (same placement for two years, or placed for adoption and that
    placement and the one before together two years), `share`, `low`, `high`. Also `unclear`:
    children whose time in care or age cannot be told, in none of the others.

    Source
    ------
    DfE, local authority interactive tool, long-term stability. A high share is good. [S]
    """
    held = looked_after(periods, on)
    years = age(held["born"], on).astype("float64")
    young = years < 16
    enough = held["start"] <= on - pd.DateOffset(months=30)
    unseen = held["left_truncated"].astype("bool")
    base = young & enough
    now = made[(made["start"] <= on) & ~(made["end"].notna() & (made["end"] <= on))]
    now = now.drop_duplicates(["child", "period"], keep="last")
    joined = held[["child", "period", "start"]].merge(
        now[["child", "period", "start", "together"]],
        on=["child", "period"],
        how="left",
        suffixes=("", "_of_stay"),
        validate="one_to_one",
    )
    joined.index = held.index
    since = joined["together"]
    settled = since.notna() & (since <= on - pd.DateOffset(months=24))
    # A stay as old as a record that began midway may be older than it looks.
    hidden = unseen & ~settled & (since <= held["start"])
    cannot = base & (since.isna() | hidden)
    rows = held[list(by)].assign(
        long_in_care=base,
        cannot_tell=cannot,
        known=base & ~cannot,
        settled=base & settled,
        unclear=(young & unseen & ~enough) | years.isna(),
    )
    names = ["long_in_care", "cannot_tell", "known", "settled", "unclear"]
    whole = "district" if "district" in by else None
    found = shares.tally(rows, by, names, whole=whole)
    return shares.share(found, "settled", "known", min_base=min_base)


def long_term_finding(found: pd.DataFrame, where: str) -> str:
    """How many are settled, in a sentence. `found` is one row of what `long_term` returns."""
    if found.empty or pd.isna(found["share"].iloc[0]):
        return (
            f"Too few children of {where} have been in care long enough to say how settled they are"
        )
    row = found.iloc[0]
    return (
        f"Of {plural(row['known'], 'child', 'children')} of {where} under 16 and in care for two "
        f"and a half years or more, {row['share']:.0%} had lived in the same placement for two "
        "years"
    )


def fostering(
    placements: pd.DataFrame,
    periods: pd.DataFrame,
    *,
    on: pd.Timestamp,
    by: Sequence[str] = (),
    min_base: int = MIN_BASE,
) -> pd.DataFrame:
    """Children with foster carers matched for the long term (U1, U4), on two denominators.

    Parameters
    ----------
    placements, periods
        Tables of `kentlib.histories.History`.
    by
        Columns of `periods` to split by, such as ["district"].

    Returns
    -------
    One row per group: `by`, `matched`, `fostered` (in any foster placement, the first
    denominator) with `share`, `low`, `high`; `looked_after` (the second) with
    `share_of_looked_after`, `low_of_looked_after`, `high_of_looked_after`.

    Source
    ------
    DfE placement codes U1 and U4, long term, with relatives or friends and with others. [S]
    """
    held = looked_after(periods, on)
    place = _place_on(placements, held, on)
    rows = held[list(by)].assign(
        looked_after=True, fostered=place.isin(FOSTER), matched=place.isin(LONG_TERM)
    )
    whole = "district" if "district" in by else None
    found = shares.tally(rows, by, ["matched", "fostered", "looked_after"], whole=whole)
    found = shares.share(found, "matched", "fostered", min_base=min_base)
    return shares.share(
        found, "matched", "looked_after", min_base=min_base, suffix="_of_looked_after"
    )


def fostering_finding(found: pd.DataFrame, where: str) -> str:
    """How many are matched for long, in a sentence. `found` is one row of `fostering`'s."""
    if found.empty or pd.isna(found["share"].iloc[0]):
        return f"Too few children of {where} were fostered to say how many were matched for long"
    row = found.iloc[0]
    return (
        f"{plural(row['matched'], 'child', 'children')} of {where} lived with foster carers "
        f"matched for the long term, {row['share']:.0%} of {row['fostered']:,.0f} fostered"
    )


def unaccompanied(
    periods: pd.DataFrame,
    *,
    on: pd.Timestamp,
    by: Sequence[str] = (),
    min_base: int = MIN_BASE,
) -> pd.DataFrame:
    """Unaccompanied children among those looked after.

    Returns one row per group: `by`, `unaccompanied`, `looked_after` (the denominator), `share`,
    `low`, `high`.

    Source
    ------
    The return's table UASC; the inspection report counts them among those looked after. [S]
    """
    held = looked_after(periods, on)
    alone = held["unaccompanied"].astype("bool")
    rows = held[list(by)].assign(unaccompanied=alone, looked_after=True)
    whole = "district" if "district" in by else None
    found = shares.tally(rows, by, ["unaccompanied", "looked_after"], whole=whole)
    return shares.share(found, "unaccompanied", "looked_after", min_base=min_base)


def _place_on(placements: pd.DataFrame, held: pd.DataFrame, on: pd.Timestamp) -> pd.Series:
    """Where each child lived at the end of a day: the stay behind it, if they were away."""
    is_open = (placements["start"] <= on) & ~(placements["end"].notna() & (placements["end"] <= on))
    now = placements[is_open].drop_duplicates(["child", "period"], keep="last")
    found = held[["child", "period"]].merge(
        now[["child", "period", "place"]], on=["child", "period"], how="left", validate="one_to_one"
    )
    return found["place"].astype("str").set_axis(held.index)
