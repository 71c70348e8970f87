"""Histories of looked-after children, worked out from the episodes of the SSDA903 return.

An episode ends whenever anything changes: legal status, placement, carer. A history joins
episodes into what a child lived through: a period of care from coming in to leaving, placements
and legal statuses within it, the steps to adoption. `build` is pure: tables in, tables out.

How episodes are joined
-----------------------
- An episode that ends with REC X1 is followed by another: the child has not left.
- A new episode on the day a period ended continues it; from the day after, it is a return.
- An episode with no end that another follows, or that overlaps the next, is read as ending where
  the next one starts.
- E3 ends the period as "transferred": another authority took over, so it is no way out of care.
- Open in an earlier return and in no later one: the period ends on that return's 31 March, or on
  the day of an X1 that nothing follows, and its route is "not recorded".
- A child's first episode that does not say "S" (started) hides when care began. The period is
  marked `left_truncated`, and its start is the first day seen, not an entry to care.
- As in the return, an episode ends on the day the next begins, so its days are end minus start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kentlib.arrays import NEVER, Codes, birthdays, collection_years, dates, day, days, in_order
from kentlib.episodes import Episodes, Periods, Runs

ROUTES = {
    "adopted": ["E11", "E12"],
    "special guardianship": ["E43", "E44", "E45", "E46", "E47", "E48"],
    "child arrangements": ["E41"],
    "returned home": ["E4A", "E4B"],
    "lived with relatives": ["E13"],
    "independent living": ["E5", "E6"],
    "adult services or residential care": ["E7"],
    "custody": ["E9"],
    "transferred": ["E3"],
    "aged out": ["E17"],
    "died": ["E2"],
    "abroad": ["E16"],
    "age assessed adult": ["E15"],
    "other": ["E8", "E14"],
    "not recorded": [],
}
"""Route out of care by REC. E8 ("any other reason") from the 18th birthday on is "aged out"."""

SEX = {"1": "male", "M": "male", "2": "female", "F": "female"}
TEMPORARY = ["T0", "T1", "T2", "T3", "T4"]
PLACED_FOR_ADOPTION = ["A3", "A4", "A5", "A6"]
SHORT_BREAKS = ["V3", "V4"]
AUTHORITY_TO_PLACE = ["E1", "D1"]

DAYS_IN_YEAR = 365.25

_ROUTE = pd.CategoricalDtype(list(ROUTES))


@dataclass(frozen=True)
class History:
    """What `build` returns; its docstring describes the tables."""

    periods: pd.DataFrame
    placements: pd.DataFrame
    statuses: pd.DataFrame
    adoption: pd.DataFrame
    missing: pd.DataFrame
    leavers: pd.DataFrame
    first_return: pd.Timestamp
    last_return: pd.Timestamp


def build(
    tables: Mapping[str, pd.DataFrame],
    *,
    districts: pd.DataFrame | None = None,
    period_end: str | pd.Timestamp | None = None,
) -> History:
    """One history per child from the tables of one or more returns.

    Parameters
    ----------
    tables
        The return's tables by lower-case name, as `kentlib.extracts.ssda903` types them. Only
        `episodes` is needed (`child`, `decom`, `dec`, `rec`, `rne`, `ls`, `place`, `year`; each
        episode once). `header`, `uasc`, `placedadoption`, `ad1`, `missing` and `oc3` add what
        they hold.
    districts
        `child` and `district`, one row per child; children not in it have no district.
    period_end
        Read as the returns stood on this day: later episodes and later ends are not yet known.

    Returns
    -------
    periods
        One row per period of care: `child`, `period` (1, 2, ... per child), `start`, `end` (NaT
        while looked after), `route` (one of ROUTES, missing while looked after), `rec`, `cin`
        (need at the start), `age_start`, `age_end` (years; missing where no date of birth fits),
        `unaccompanied`, `left_truncated`, `short_break` (nothing but V3 or V4), `district`,
        `sex` ("male", "female" or missing), `born`.
    placements
        One row per stay: `child`, `period`, `placement` (1, 2, ... per period), `start`, `end`,
        `place`, `provider`, `home_post_known`, `episodes` (how many were joined), `same_carer`
        (RNE T or U: the carers are those of the placement before), `temporary` (T0 to T4),
        `short_break` (begun under V3 or V4). Episodes join when place, provider, URN and
        postcode stay and only the legal status changes.
    statuses
        One row per spell of one legal status: `child`, `period`, `start`, `end`, `ls`.
    adoption
        One row per period with any step to adoption: `child`, `period`, `decision` and
        `decision_reversed`, `reversal_reason` (of the latest decision), `reversals` (how many
        were reversed), `order` (start of the first E1 or D1 seen), `matched`, `moved_in` (start
        of the first A3 to A6), `adopted`, `foster_carer`. Where no decision is returned, the
        one in AD1 (DATE_INT) stands for it.
    missing
        `child`, `kind` ("missing" or "away"), `start`, `end`.
    leavers
        `child`, `year`, `in_touch`, `activity`, `accommodation`.
    first_return, last_return
        1 April that the first return begins on; 31 March that the last ends on, or `period_end`
        if that is sooner. NaT without episodes.

    Source
    ------
    DfE SSDA903 codes as listed in kentlib/extracts/specs/ssda903.yaml.

    Examples
    --------
    >>> days = pd.to_datetime(["2016-05-01", "2016-07-01"])
    >>> episodes = pd.DataFrame({
    ...     "child": "a", "decom": days, "dec": [days[1], pd.NaT], "rec": ["X1", None],
    ...     "rne": ["S", "L"], "ls": ["C1", "C2"], "place": "U6", "year": 2017})
    >>> history = build({"episodes": episodes})
    >>> history.periods[["child", "start", "left_truncated"]].values.tolist()
    [['a', Timestamp('2016-05-01 00:00:00'), False]]
    >>> len(history.placements), len(history.statuses)
    (1, 2)
    """
    episodes = tables["episodes"]
    asked = None if period_end is None else pd.Timestamp(period_end)
    first, last = _span(episodes["year"], asked)
    e = Episodes(episodes, last, asked)
    p = Periods(e)
    return History(
        periods=_periods(e, p, tables, districts, first),
        placements=_placements(e, p),
        statuses=_statuses(e, p),
        adoption=_adoption(e, p, tables, asked),
        missing=_missing(tables.get("missing"), asked),
        leavers=_leavers(tables.get("oc3"), last),
        first_return=first,
        last_return=last,
    )


def _span(year: pd.Series, asked: pd.Timestamp | None) -> tuple[pd.Timestamp, pd.Timestamp]:
    if year.empty:
        return pd.NaT, pd.NaT
    last = pd.Timestamp(int(year.max()), 3, 31)
    return pd.Timestamp(int(year.min()) - 1, 4, 1), last if asked is None else min(asked, last)


def _periods(
    e: Episodes,
    p: Periods,
    tables: Mapping[str, pd.DataFrame],
    districts: pd.DataFrame | None,
    first: pd.Timestamp,
) -> pd.DataFrame:
    people = _people(p.children, tables, districts).take(p.child).reset_index(drop=True)
    born = days(people["born"])
    not_started = ~e.rne.isin(["S"])[p.first]
    told = ~e.rne.blank[p.first] | (p.start < (NEVER if first is pd.NaT else day(first)))
    short = e.ls.isin(SHORT_BREAKS)
    asylum = people["asylum_until"]
    return pd.DataFrame(
        {
            "child": people["child"],
            "period": p.number,
            "start": dates(p.start),
            "end": dates(p.end),
            "route": _routes(p, born),
            "rec": p.rec,
            "cin": e.keep("cin").take(p.first).reset_index(drop=True),
            "age_start": _age(born, p.start),
            "age_end": _age(born, p.end),
            "unaccompanied": people["asylum"] & (p.start < days(asylum)),
            "left_truncated": ~e.follows[p.first] & not_started & told,
            "short_break": np.logical_and.reduceat(short, p.first) if len(short) else short,
            "district": people["district"],
            "sex": people["sex"],
            "born": people["born"],
        }
    )


def _people(
    children: pd.Index, tables: Mapping[str, pd.DataFrame], districts: pd.DataFrame | None
) -> pd.DataFrame:
    """What is known of each child, whenever: birth, sex, asylum, district. Latest return wins."""

    def of(table: pd.DataFrame | None, *columns: str) -> list[pd.Series]:
        if table is None:
            return [pd.Series(None, index=range(len(children)), dtype="str") for _ in columns]
        table = table.sort_values("year", kind="stable") if "year" in table else table
        at = pd.Index(table["child"])
        if not at.is_unique:
            table = table[~at.duplicated(keep="last")]
            at = pd.Index(table["child"])
        found = at.get_indexer(children)
        rows = table[list(columns)].reset_index(drop=True).reindex(found)
        return [rows[name].reset_index(drop=True) for name in columns]

    sex, born = of(tables.get("header"), "sex", "dob")
    asylum, asylum_until = of(tables.get("uasc"), "child", "duc")
    (district,) = of(districts, "district")
    return pd.DataFrame(
        {
            "child": pd.Series(children, dtype="str"),
            "born": pd.to_datetime(born),
            "sex": sex.astype("str").map(SEX).astype("str"),
            "asylum": asylum.notna(),
            "asylum_until": pd.to_datetime(asylum_until),
            "district": district.astype("str"),
        }
    )


def _routes(p: Periods, born: np.ndarray) -> pd.Series:
    by_rec = {code: name for name, codes in ROUTES.items() for code in codes}
    route = p.rec.astype("str").map(by_rec).astype(_ROUTE)
    route = route.mask((p.rec == "E8") & (p.end >= birthdays(born, 18)), "aged out")
    return route.fillna("not recorded").where(p.end != NEVER)


def _placements(e: Episodes, p: Periods) -> pd.DataFrame:
    same = np.ones(len(e.child), dtype=bool)
    for column in ("place", "place_provider", "urn", "pl_post"):
        numbers = pd.factorize(e.keep(column))[0]
        same &= numbers == np.roll(numbers, 1)
    place = Codes(e.keep("place"))
    # "S" within a period is a restart on the day of leaving: the child never moved.
    status_only = e.rne.isin(["L", "S"]) | e.rne.blank
    runs = Runs(e, p, same & status_only)
    provider = e.keep("place_provider")
    known = e.keep("home_post").notna().to_numpy()
    return runs.frame(
        number="placement",
        place=place.cells.take(runs.first),
        provider=provider.take(runs.first),
        home_post_known=known[runs.first],
        episodes=runs.last - runs.first + 1,
        same_carer=e.rne.isin(["T", "U"])[runs.first],
        temporary=place.isin(TEMPORARY)[runs.first],
        short_break=e.ls.isin(SHORT_BREAKS)[runs.first],
    )


def _statuses(e: Episodes, p: Periods) -> pd.DataFrame:
    runs = Runs(e, p, e.ls.numbers == np.roll(e.ls.numbers, 1))
    return runs.frame(ls=e.ls.cells.take(runs.first))


def _adoption(
    e: Episodes,
    p: Periods,
    tables: Mapping[str, pd.DataFrame],
    asked: pd.Timestamp | None,
) -> pd.DataFrame:
    size, limit = len(p.child), NEVER if asked is None else day(asked) + 1
    none = np.full(size, NEVER)
    decision, reversed_on, matched, foster = none.copy(), none.copy(), none.copy(), None
    reversals, reason = np.zeros(size, dtype="int64"), pd.Series(None, range(size), dtype="str")
    foster = np.zeros(size, dtype=bool)

    plans = tables.get("placedadoption")
    if size and plans is not None and len(plans):
        on = days(plans["date_placed"])
        at, ceased = p.find(plans["child"], on), days(plans["date_placed_ceased"])
        ceased = np.where(ceased < limit, ceased, NEVER)
        rows = np.flatnonzero((at >= 0) & (on < limit))
        rows = rows[in_order(at[rows], on[rows])]  # the latest of a period is written last
        decision[at[rows]], reversed_on[at[rows]] = on[rows], ceased[rows]
        told = plans["reason_placed_ceased"].astype("str").to_numpy(dtype=object)
        told = np.where(ceased == NEVER, None, told)
        reason = reason.astype(object)
        reason.iloc[at[rows]] = told[rows]
        reversals = np.bincount(at[rows], weights=ceased[rows] != NEVER, minlength=size)

    matches = tables.get("ad1")
    if size and matches is not None and len(matches):
        on, agreed = days(matches["date_match"]), days(matches["date_int"])
        rows = np.flatnonzero(
            (p.find(matches["child"], on) >= 0) & (np.minimum(on, agreed) < limit)
        )
        at = p.find(matches["child"], on)[rows]
        matched[at] = np.where(on[rows] < limit, on[rows], NEVER)
        foster[at] = matches["foster_care"].astype("str").eq("1").to_numpy()[rows]
        fallback = np.where(agreed[rows] < limit, agreed[rows], NEVER)
        decision[at] = np.where(decision[at] == NEVER, fallback, decision[at])

    steps = {
        "decision": decision,
        "decision_reversed": reversed_on,
        "order": _first_start(e, p, e.ls.isin(AUTHORITY_TO_PLACE)),
        "matched": matched,
        "moved_in": _first_start(e, p, Codes(e.keep("place")).isin(PLACED_FOR_ADOPTION)),
        "adopted": np.where(p.rec.isin(ROUTES["adopted"]), p.end, NEVER),
    }
    any_step = np.flatnonzero(np.any([step != NEVER for step in steps.values()], axis=0))
    made = pd.DataFrame({name: dates(step[any_step]) for name, step in steps.items()})
    made.insert(0, "child", pd.Series(p.children.take(p.child[any_step]), dtype="str"))
    made.insert(1, "period", p.number[any_step])
    told = reason.iloc[any_step].reset_index(drop=True).astype("str")
    made.insert(4, "reversal_reason", told)
    made.insert(5, "reversals", reversals[any_step].astype("int64"))
    return made.assign(foster_carer=foster[any_step])


def _first_start(e: Episodes, p: Periods, these: np.ndarray) -> np.ndarray:
    found = np.full(len(p.child), NEVER)
    period, at = np.unique(p.of_episode[these], return_index=True)
    found[period] = e.start[these][at]
    return found


def _missing(table: pd.DataFrame | None, asked: pd.Timestamp | None) -> pd.DataFrame:
    if table is None:
        table = pd.DataFrame(columns=["child", "missing", "mis_start", "mis_end"], dtype="str")
    made = pd.DataFrame(
        {
            "child": table["child"].astype("str"),
            "kind": table["missing"].astype("str").map({"M": "missing", "A": "away"}).astype("str"),
            "start": pd.to_datetime(table["mis_start"]),
            "end": pd.to_datetime(table["mis_end"]),
        }
    )
    if asked is not None:
        made = made[made["start"] <= asked]
        made["end"] = made["end"].where(made["end"] <= asked)
    return made.sort_values(["child", "start"], kind="stable", ignore_index=True)


def _leavers(table: pd.DataFrame | None, last: pd.Timestamp) -> pd.DataFrame:
    names = {"in_touch": "in_touch", "activ": "activity", "accom": "accommodation"}
    if table is None:
        table = pd.DataFrame(columns=["child", "year", *names]).astype({"child": "str"})
    made = table[["child", "year", *names]].rename(columns=names).astype({"year": "int64"})
    if last is not pd.NaT:
        made = made[made["year"] <= collection_years(day(last))]
    return made.reset_index(drop=True)


def _age(born: np.ndarray, on: np.ndarray) -> np.ndarray:
    known = (born != NEVER) & (on != NEVER) & (born <= on)
    return np.where(known, (on - born) / DAYS_IN_YEAR, np.nan)
