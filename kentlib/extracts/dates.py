"""Dates and times as they are typed in: real dates, Excel's serial numbers, or text.

Text is day first (31/03/2017) or as ISO writes it (2017-03-31), with or without a time. A date
that cannot be is left out and told; it is never guessed at by swapping day and month.
"""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pandas as pd
import pyarrow as pa

from kentlib.extracts.cells import Distinct, Finding, Read, note

EARLIEST = np.datetime64("1900-01-01", "s")
LATEST = np.datetime64("2100-01-01", "s")
"""Days between which a date can be in an extract."""

_SERIAL_ZERO = np.datetime64("1899-12-30", "s")
_FIRST_SERIAL, _LAST_SERIAL = 7_306, 73_051
"""Serial numbers read as dates: 1920 to 2100. Smaller ones are some other number."""

_MONTHS = {
    **{"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6},
    **{"jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12},
}
_TIME = r"(?:[T ,]*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(am|pm)?\s*(?:Z|\+00:?00)?)?"
_DAY_FIRST = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})" + _TIME, re.I)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _TIME, re.I)
_WORDED = re.compile(
    r"(?:[a-z]{3,9},? )?(\d{1,2})(?:st|nd|rd|th)?[ /.-]+([a-z]{3})[a-z]{0,6}[, /.-]+(\d{4})"
    + _TIME,
    re.I,
)
_SHORT_YEAR = re.compile(r"\d{1,2}[/. -](?:\d{1,2}|[a-z]{3,9})[/. -]\d{2}" + _TIME, re.I)
_LIKE = re.compile(r"\d+[/. -](\d+|[a-z]{3,9})[/. -]\d+.*", re.I)

_EXPECTED = "a date, dd/mm/yyyy"
_EXPECTED_TIME = "a date and time, dd/mm/yyyy hh:mm, or a date"


def read(column: pd.Series, *, time: bool = False, text_is_usual: bool = False) -> Read:
    """Dates, or dates and times, as datetime64[us].

    Parameters
    ----------
    time
        Keep the time of day. `extra["has_time"]` then says which cells had one; midnight is
        what a date without a time looks like, so it counts as none.
    text_is_usual
        The cells come from CSV, where every date is text and that is nothing to tell.

    Examples
    --------
    >>> read(pd.Series(["31/03/2017", "30/02/2017", ""])).values.dt.year.tolist()
    [2017.0, nan, nan]
    """
    expected = _EXPECTED_TIME if time else _EXPECTED
    if column.dtype == object:
        values, blank, bad, has_time, findings = _mixed(column, expected, text_is_usual)
    else:
        values, blank, bad, has_time, findings = _any(column, expected, text_is_usual)
    if not time and has_time.any():
        values = values.astype("datetime64[D]").astype("datetime64[us]")
        problem = "dates with a time of day, which is passed over"
        rows = np.flatnonzero(has_time)
        findings.append(note("date-with-time", problem, rows, "a date and time", "a date"))
    return Read(pd.Series(values), blank, bad, findings, {"has_time": has_time})


_Parts = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, list[Finding]]
"""Values, what is blank, what is bad, what has a time, and what was found."""


def _mixed(column: pd.Series, expected: str, text_is_usual: bool) -> _Parts:
    """Read a workbook's cells: real dates all at once, only what else there is one by one."""
    cells = column.to_numpy()
    blank = (cells == "").astype(bool)
    values, has_time = _real(cells)
    outside = (values < EARLIEST) | (values >= LATEST)
    bad = np.zeros(len(cells), dtype=bool)
    rest = np.flatnonzero((np.isnat(values) & ~blank) | outside)
    if not len(rest):
        return values, blank, bad, has_time, []
    read = _any(column.iloc[rest], expected, text_is_usual)
    values[rest], blank[rest], bad[rest], has_time[rest], findings = read
    for finding in findings:
        finding.rows = rest[finding.rows]
    return values, blank, bad, has_time, findings


def _real(cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The cells that are real dates, and whether they have a time; the others are missing."""
    values = np.full(len(cells), np.datetime64("NaT"), dtype="datetime64[us]")
    has_time = np.zeros(len(cells), dtype=bool)
    kinds = list(map(type, cells))
    for kind, typed in ((dt.date, pa.date32()), (dt.datetime, pa.timestamp("us"))):
        if kind in kinds:
            marked = np.array([one is kind for one in kinds])
            values[marked] = pa.array(cells[marked], typed).to_numpy(zero_copy_only=False)
            if kind is dt.datetime:
                moments = values[marked]
                has_time[marked] = moments != moments.astype("datetime64[D]")
    return values, has_time


def _any(column: pd.Series, expected: str, text_is_usual: bool) -> _Parts:
    """Read cells of any kind by their distinct values."""
    cells = Distinct(column)
    findings = cells.findings()
    found = np.full(len(cells), np.datetime64("NaT"), dtype="datetime64[s]")
    kind = np.zeros(len(cells), dtype="int8")
    _objects(cells, found, kind)
    _texts(cells, found, kind)
    outside = (found < EARLIEST) | (found >= LATEST)
    found[outside] = np.datetime64("NaT")
    kind[outside] = _IMPOSSIBLE
    for which, name, problem in (
        (_UNREADABLE, "date-unreadable", "no date can be read here"),
        (_IMPOSSIBLE, "date-impossible", "a date that cannot be"),
        (_SHORT, "date-short-year", "a year of two digits, which could be either century"),
    ):
        marked = kind == which
        rows = cells.rows(marked)
        if len(rows):
            findings.append(Finding(name, problem, rows, cells.said(marked, rows), expected))
    for which, name, problem, seen in (
        (_SERIAL, "date-as-number", "dates held as Excel's serial numbers, read", "a number"),
        (_TEXT, "date-as-text", "dates held as text, read day first", "text"),
    ):
        rows = np.empty(0) if text_is_usual and which == _TEXT else cells.rows(kind == which)
        if len(rows):
            findings.append(note(name, problem, rows, seen, "a cell that is a date"))
    day = found.astype("datetime64[D]").astype("datetime64[s]")
    has_time = ~np.isnat(found) & (found != day)
    bad = np.isnat(found) & ~cells.blank
    each = (found.astype("datetime64[us]"), cells.blank, bad, has_time)
    return *(cells.each(one) for one in each), findings


_UNREADABLE, _IMPOSSIBLE, _SHORT, _SERIAL, _TEXT = 1, 2, 3, 4, 5


def _objects(cells: Distinct, found: np.ndarray, kind: np.ndarray) -> None:
    """Read the cells of a workbook that are no text."""
    places, values = [], []
    for place, value in cells.other.items():
        if isinstance(value, dt.date):
            places.append(place)
            values.append(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            if _FIRST_SERIAL <= value < _LAST_SERIAL:
                seconds = round(value * 86_400)
                found[place] = _SERIAL_ZERO + np.timedelta64(seconds, "s")
                kind[place] = _SERIAL
            else:
                kind[place] = _IMPOSSIBLE
        else:
            kind[place] = _IMPOSSIBLE if isinstance(value, dt.time) else _UNREADABLE
    if places:
        moments = [value.isoformat() for value in values]
        found[places] = np.array(moments, dtype="datetime64[s]")


def _texts(cells: Distinct, found: np.ndarray, kind: np.ndarray) -> None:
    """Read the cells that are text."""
    skip = cells.blank | cells.error
    if cells.other:
        skip = skip.copy()
        skip[list(cells.other)] = True
    left = np.flatnonzero(~skip)
    if not len(left):
        return
    if len(left) < 200:
        for place in left:
            found[place], kind[place] = _one(cells.texts[place])
        return
    texts = pd.Series(cells.text.to_pandas(), dtype="str").iloc[left]
    plain = pd.to_datetime(texts, format="%d/%m/%Y", errors="coerce")
    usual = plain.notna() & (texts.str.len() == 10)
    done = usual.to_numpy()
    found[left[done]] = plain[usual].to_numpy().astype("datetime64[s]")
    kind[left[done]] = _TEXT
    for place, text in zip(left[~done], texts[~usual], strict=True):
        found[place], kind[place] = _one(text)


def _one(text: str) -> tuple[np.datetime64, int]:
    """A date written in some other way, and what became of it."""
    nothing = np.datetime64("NaT")
    if len(text) > 60:
        return nothing, _UNREADABLE
    if match := _DAY_FIRST.fullmatch(text):
        day, month, year = match[1], match[2], match[3]
    elif match := _ISO.fullmatch(text):
        day, month, year = match[3], match[2], match[1]
    elif (match := _WORDED.fullmatch(text)) and match[2].lower() in _MONTHS:
        day, month, year = match[1], _MONTHS[match[2].lower()], match[3]
    elif _SHORT_YEAR.fullmatch(text):
        return nothing, _SHORT
    elif re.fullmatch(r"\d{5}(\.\d+)?", text) and _FIRST_SERIAL <= float(text) < _LAST_SERIAL:
        return _SERIAL_ZERO + np.timedelta64(round(float(text) * 86_400), "s"), _SERIAL
    else:
        return nothing, _IMPOSSIBLE if _LIKE.fullmatch(text) else _UNREADABLE
    hour, minute, second = (int(match[part] or 0) for part in (4, 5, 6))
    if match[7] and 1 <= hour <= 12:
        hour = hour % 12 + (12 if match[7].lower() == "pm" else 0)
    try:
        moment = dt.datetime(int(year), int(month), int(day), hour, minute, second)
    except ValueError:
        return nothing, _IMPOSSIBLE
    return np.datetime64(moment, "s"), _TEXT
