"""Checks of the SSDA903 return across rows and tables: what no single cell can show.

Nothing is changed or left out here. How a history is read in spite of each of these stands in
`kentlib.histories`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kentlib.arrays import NEVER, Codes, among, birthdays, days, in_order, march_31
from kentlib.episodes import Episodes, Periods
from kentlib.extracts.problems import STOPS
from kentlib.extracts.ssda903_findings import Findings

ADOPTED = ["E11", "E12"]
_PLACEMENT = ("place", "place_provider", "urn", "pl_post")


def check(tables: Mapping[str, pd.DataFrame], findings: Findings) -> None:
    """Put on the problem list what the tables of all years show together."""
    episodes, header = tables["episodes"], tables["header"]
    if episodes.empty:
        findings.once("table-missing", seen="episodes", severity=STOPS)
    if header.empty:
        findings.once("table-missing", seen="header", severity=STOPS)
    if not episodes.empty:
        last = pd.Timestamp(int(episodes["year"].max()), 3, 31)
        e = Episodes(episodes, last, None)
        p = Periods(e)
        _chain(e, p, episodes, findings)
        _starts(e, p, episodes, findings)
        _adoptions(e, tables, findings)
        _missing(p, tables["missing"], findings)
    if not header.empty:
        people = _Header(header)
        _births(people, tables, findings)
        if not episodes.empty:
            _ages(people, episodes, findings)
            unknown = ~among(header["child"], episodes["child"])
            findings.rows("not-in-episodes", header, unknown, "child")
    _years(tables, findings)


def _chain(e: Episodes, p: Periods, table: pd.DataFrame, findings: Findings) -> None:
    """How each episode ends, and what follows."""
    x1, reason, open_ = e.rec.isin(["X1"]), ~e.rec.blank, e.end == NEVER
    tell = findings.rows
    tell("x1-without-end", table, x1 & open_, "dec", "X1")
    tell("reason-without-end", table, reason & ~x1 & open_, "dec", "an empty cell")
    tell("end-without-reason", table, ~reason & ~open_, "rec", "an empty cell")
    tell("open-but-followed", table, open_ & e.followed, "dec", "an empty cell")
    tell("overlap", table, ~open_ & (e.next_start < e.end), "dec", "a date")
    tell("gap-after-x1", table, x1 & ~open_ & e.followed & (e.next_start > e.end), "dec", "a date")
    tell("x1-not-followed", table, x1 & ~open_ & ~e.followed, "rec", "X1")
    left = reason & ~x1 & ~open_
    tell("restart-same-day", table, left & (e.next_start == e.end), "rec", _codes(e.rec))
    gone = open_ & ~e.followed & ~e.in_last_return
    tell("gone-since", table, gone, "dec", "an empty cell")


def _starts(e: Episodes, p: Periods, table: pd.DataFrame, findings: Findings) -> None:
    """What each episode says it began with."""
    started, blank = e.rne.isin(["S"]), e.rne.blank
    first_return = march_31(np.array([table["year"].min() - 1]))[0] + 1
    hidden = ~e.follows & (e.start < first_return)
    seen = _codes(e.rne)
    findings.rows("start-not-s", table, p.begins & ~started & ~blank & ~hidden, "rne", seen)
    restart = np.roll(~e.rec.isin(["X1"]) & (e.end != NEVER), 1) & ~p.begins
    findings.rows("s-within-period", table, ~p.begins & started & ~restart, "rne", seen)
    alike = np.ones(len(e.child), dtype=bool)
    for column in _PLACEMENT:
        numbers = pd.factorize(table[column])[0]
        alike &= numbers == np.roll(numbers, 1)
    moved = ~p.begins & e.rne.isin(["L"]) & ~alike
    findings.rows("status-only-but-moved", table, moved, "rne", seen)


def _adoptions(e: Episodes, tables: Mapping[str, pd.DataFrame], findings: Findings) -> None:
    episodes, plans, matches = (tables[name] for name in ("episodes", "placedadoption", "ad1"))
    adopted = e.rec.isin(ADOPTED) & (e.end != NEVER)
    whose = episodes["child"][adopted]
    twice = np.zeros(len(episodes), dtype=bool)
    twice[np.flatnonzero(adopted)] = whose.duplicated().to_numpy()
    findings.rows("adopted-twice", episodes, twice, "rec", _codes(e.rec))
    not_adopted = ~among(matches["child"], whose)
    findings.rows("ad1-not-adopted", matches, not_adopted, "child")
    if not matches.empty:
        unmatched = adopted & ~among(episodes["child"], matches["child"])
        findings.rows("adopted-no-ad1", episodes, unmatched, "rec", _codes(e.rec))
    early = (matches["date_match"] < matches["date_int"]).to_numpy()
    findings.rows("matched-before-decision", matches, early, "date_match", "a date")
    reason = plans["reason_placed_ceased"].notna().to_numpy()
    ceased = plans["date_placed_ceased"].notna().to_numpy()
    findings.rows("reason-not-reversed", plans, reason & ~ceased, "date_placed_ceased")


def _missing(p: Periods, table: pd.DataFrame, findings: Findings) -> None:
    """Missing twice at once, and missing on a day the child was not looked after."""
    if table.empty:
        return
    child, start = pd.factorize(table["child"])[0], days(table["mis_start"])
    end = days(table["mis_end"])
    order = in_order(child, start)
    same = child[order][1:] == child[order][:-1]
    over = same & (start[order][1:] < end[order][:-1])
    overlapping = np.zeros(len(table), dtype=bool)
    overlapping[order[1:]] = over
    findings.rows("missing-overlap", table, overlapping, "mis_start", "a date")
    at = p.find(table["child"], start)
    outside = (at < 0) | (start < p.start[at]) | (start > p.end[at])
    findings.rows("missing-outside-care", table, outside, "mis_start", "a date")


class _Header:
    """The header's children and their births."""

    def __init__(self, header: pd.DataFrame) -> None:
        self.children = pd.Index(header["child"])
        self.born = np.append(days(header["dob"]), NEVER)

    def at(self, child: pd.Series) -> np.ndarray:
        """Where each child stands in the header; -1, which has no birth, if nowhere."""
        return self.children.get_indexer(child)


def _ages(people: _Header, episodes: pd.DataFrame, findings: Findings) -> None:
    at = people.at(episodes["child"])
    findings.rows("not-in-header", episodes, at < 0, "child")
    born = people.born[at]
    start, end = days(episodes["decom"]), days(episodes["dec"])
    known = born != NEVER
    birthday = birthdays(born, 18)
    ends_by = np.where(end == NEVER, march_31(episodes["year"].to_numpy()), end)
    findings.rows("born-after-start", episodes, known & (start < born), "decom", "a date")
    findings.rows("started-over-18", episodes, known & (start >= birthday), "decom", "a date")
    late = known & (start < birthday) & (ends_by > birthday)
    findings.rows("over-18", episodes, late, "dec", "a date")


def _births(people: _Header, tables: Mapping[str, pd.DataFrame], findings: Findings) -> None:
    """A birth that is not the header's, and unaccompanied children who are of age."""
    for name, table in tables.items():
        if name == "header" or "dob" not in table or table.empty:
            continue
        at, born = people.at(table["child"]), days(table["dob"])
        findings.rows("not-in-header", table, at < 0, "child")
        differs = (at >= 0) & (born != NEVER) & (people.born[at] != NEVER)
        differs &= born != people.born[at]
        findings.rows("born-otherwise", table, differs, "dob", "a date")
    asylum = tables["uasc"]
    birthday = birthdays(days(asylum["dob"]), 18)
    began = march_31(asylum["year"].to_numpy(dtype="int64") - 1) + 1
    findings.rows("uasc-over-18", asylum, (birthday < began), "dob", "a date")
    ends = days(asylum["duc"])
    findings.rows("duc-over-18", asylum, (ends != NEVER) & (ends > birthday), "duc", "a date")


def _years(tables: Mapping[str, pd.DataFrame], findings: Findings) -> None:
    """What starts after the return's last day, or ended before its first."""
    spans = {"episodes": ("decom", "dec"), "missing": ("mis_start", "mis_end")}
    for name, (start, end) in (spans | {"reviews": ("review", "review")}).items():
        table = tables[name]
        march = march_31(table["year"].to_numpy(dtype="int64"))
        first = march_31(table["year"].to_numpy(dtype="int64") - 1) + 1
        started, ended = days(table[start]), days(table[end])
        late = (started <= march) & (ended > march) & (ended != NEVER)
        findings.rows(
            "after-return", table, (started > march) & (started != NEVER), start, "a date"
        )
        findings.rows("ends-after-return", table, late, end, "a date")
        findings.rows("before-return", table, ended < first, end, "a date")


def _codes(cells: Codes) -> np.ndarray:
    return cells.cells.astype("object").fillna("").to_numpy()
