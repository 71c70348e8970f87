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
from kentlib.arrays import Codes, days, groups, in_order, where
from kentlib.disclosure import Spec
from kentlib.leaving import age, looked_after
from kentlib.shares import MIN_BASE
from kentlib.words import plural

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
    brief = placements["end"] <= placements["start"]
    rows = placements[~(placements["short_break"].astype("bool") | brief)]
    child, period = groups(rows["child"], sort=True), rows["period"].to_numpy("int64")
    number = rows["placement"].to_numpy("int64")
    order = in_order(child, period, days(rows["start"]), number)
    rows, child, period = rows.take(order), child[order], period[order]
    away = rows["temporary"].to_numpy("bool")
    begins = ~away | ~_follows(child, period)
    # A placement that is not temporary lasts through the temporary ones that follow it.
    last = np.append(np.flatnonzero(begins)[1:], len(rows)) - 1
    end = rows["end"].to_numpy()[last[: begins.sum()]][~away[begins]]
    after = (_before(away) & _follows(child, period))[~away]
    rows, child, period = rows[~away], child[~away], period[~away]
    same = _follows(child, period)
    place, provider = Codes(rows["place"]), Codes(rows["provider"])
    back = after & _repeats(place.numbers) & _repeats(provider.numbers)
    adopting = place.isin(ADOPTED_BY_CARER)
    carer = adopting & _before(place.isin(FOSTER))
    if "same_carer" in rows:
        carer |= rows["same_carer"].to_numpy("bool") & ~after
    first = np.flatnonzero(~(same & (back | carer)))
    last = np.append(first[1:], len(rows))[: len(first)] - 1
    made = rows[["child", "period", "start"]].take(first).reset_index(drop=True)
    made["end"] = end[last]
    made["place"] = rows["place"].take(last).astype("str").fillna("").reset_index(drop=True)
    joined = np.logical_or.reduceat(carer & adopting, first) if len(first) else carer
    adoptive = place.isin(PLACED_FOR_ADOPTION)[last] & ~joined
    straight = _follows(child[first], period[first]) & adoptive
    made["together"] = made["start"].shift().where(straight, made["start"])
    return made


def _columns(periods: pd.DataFrame, by: Sequence[str], *more: str) -> list[str]:
    """The columns of `periods` that a measure needs of the children looked after."""
    needed = {"child", "period", "start", "end", *by, *more}
    return [name for name in periods if name in needed]


def _before(values: np.ndarray) -> np.ndarray:
    """For each row whether it is so of the row before; of the first it is not."""
    return np.append(False, values[:-1])[: len(values)]


def _repeats(values: np.ndarray) -> np.ndarray:
    """Whether each value is that of the row before."""
    return np.append(False, values[1:] == values[:-1])[: len(values)]


def _follows(child: np.ndarray, period: np.ndarray) -> np.ndarray:
    """Whether a row is of the same period of care as the row before it."""
    return _repeats(child) & _repeats(period)


def _open(rows: pd.DataFrame, held: pd.DataFrame, on: pd.Timestamp) -> np.ndarray:
    """For each child held, the last row of that period of care open on a day; -1 if none is."""
    is_open = (rows["start"] <= on) & ~(rows["end"] <= on)
    opened = np.flatnonzero(is_open)
    at = where(rows["child"].take(opened), held["child"])
    period = held["period"].to_numpy("int64")
    same = (at >= 0) & (rows["period"].to_numpy("int64")[opened] == np.append(period, 0)[at])
    found = np.full(len(held), -1)
    found[at[same]] = opened[same]
    return found


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
    held = looked_after(periods, on, _columns(periods, by))
    begins = on - pd.DateOffset(years=1) + pd.Timedelta(days=1)
    during = (made["start"] <= on) & ~(made["end"] <= begins)
    at = where(made["child"].take(np.flatnonzero(during)), held["child"])
    many = np.bincount(at[at >= 0], minlength=len(held)) >= at_least
    rows = held[list(by)].assign(looked_after=True, many=many)
    whole = "district" if "district" in by else None
    found = shares.tally(rows, by, ["looked_after", "many"], whole=whole)
    return shares.share(found, "many", "looked_after", min_base=min_base)


def in_year_spec(found: pd.DataFrame) -> Spec:
    """What `in_year` returns, also with what `shares.against_rest` adds, for
    `kentlib.disclosure`."""
    return Spec(
        found,
        [name for name in found if name in ("district", "unaccompanied")],
        {"looked_after": "looked after", "many": "of many placements"},
        within={"many": "looked_after"},
        shares={("share", "low", "high"): ("many", "looked_after")},
        derived=[name for name in shares.AGAINST_REST if name in found],
    )


def in_year_finding(found: pd.DataFrame, where: str, *, at_least: int = 3) -> str:
    """How many had many placements, in a sentence. `found` is one row of what `in_year` gives,
    protected or not."""
    if shares.withheld(found, "share"):
        return f"How many children of {where} had {at_least} or more placements is not published"
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
    held = looked_after(periods, on, _columns(periods, by, "born", "left_truncated"))
    years = age(held["born"], on).astype("float64")
    young = years < 16
    enough = held["start"] <= on - pd.DateOffset(months=30)
    unseen = held["left_truncated"].astype("bool")
    base = young & enough
    now = _open(made, held, on)
    since = made["together"].reset_index(drop=True).reindex(now).set_axis(held.index)
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


def long_term_spec(found: pd.DataFrame) -> Spec:
    """What `long_term` returns, for `kentlib.disclosure`.

    Give it `looked_after` as well where another table shows how many were, so that the rest is
    protected too; `unclear` may be left out first.
    """
    names = ["long_in_care", "cannot_tell", "known", "settled", "unclear"]
    counts = {name: f"long term, {name}" for name in names if name in found}
    within = {"settled": "known"}
    if "looked_after" in found:
        counts["looked_after"] = "looked after"
        within["long_in_care"] = "looked_after"
    return Spec(
        found,
        [name for name in found if name in ("district", "unaccompanied")],
        counts,
        within=within,
        sums={"long_in_care": ["cannot_tell", "known"]},
        shares={("share", "low", "high"): ("settled", "known")},
    )


def long_term_finding(found: pd.DataFrame, where: str) -> str:
    """How many are settled, in a sentence. `found` is one row of what `long_term` returns,
    protected or not."""
    if shares.withheld(found, "share"):
        return f"How many children of {where} long in care were settled is not published"
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
    held = looked_after(periods, on, _columns(periods, by))
    now = _open(placements, held, on)
    place = placements["place"].reset_index(drop=True).reindex(now).set_axis(held.index)
    rows = held[list(by)].assign(
        looked_after=True, fostered=place.isin(FOSTER), matched=place.isin(LONG_TERM)
    )
    whole = "district" if "district" in by else None
    found = shares.tally(rows, by, ["matched", "fostered", "looked_after"], whole=whole)
    found = shares.share(found, "matched", "fostered", min_base=min_base)
    return shares.share(
        found, "matched", "looked_after", min_base=min_base, suffix="_of_looked_after"
    )


def fostering_spec(found: pd.DataFrame) -> Spec:
    """What `fostering` returns, for `kentlib.disclosure`."""
    of_all = ("share_of_looked_after", "low_of_looked_after", "high_of_looked_after")
    return Spec(
        found,
        [name for name in found if name in ("district", "unaccompanied")],
        {"matched": "matched", "fostered": "fostered", "looked_after": "looked after"},
        within={"matched": "fostered", "fostered": "looked_after"},
        shares={
            ("share", "low", "high"): ("matched", "fostered"),
            of_all: ("matched", "looked_after"),
        },
    )


def fostering_finding(found: pd.DataFrame, where: str) -> str:
    """How many are matched for long, in a sentence. `found` is one row of `fostering`'s,
    protected or not."""
    if shares.withheld(found, "share"):
        return f"How many children of {where} were matched with foster carers is not published"
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
    held = looked_after(periods, on, _columns(periods, by, "unaccompanied"))
    alone = held["unaccompanied"].astype("bool")
    rows = held[list(by)].assign(unaccompanied=alone, looked_after=True)
    whole = "district" if "district" in by else None
    found = shares.tally(rows, by, ["unaccompanied", "looked_after"], whole=whole)
    return shares.share(found, "unaccompanied", "looked_after", min_base=min_base)
