"""Cells as they are typed in become values; what cannot be read is missing and told.

Every reader here takes one column of raw cells (text from CSV, Python objects from a workbook)
and works on its distinct values only, so a column of a million cells costs what its
distinct values cost.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from kentlib.extracts.problems import LEFT_OUT, NOTE, STOPS, Found
from kentlib.extracts.workbooks import NOT_CALCULATED

BLANKS = frozenset({"", "-", "–", "—", "n/a", "null", "nan"})
"""What stands for an empty cell, in lower case."""

ERRORS = frozenset(
    "#N/A #REF! #VALUE! #DIV/0! #NAME? #NUM! #NULL! #SPILL! #CALC! #FIELD! #BLOCKED! "
    "#CONNECT! #UNKNOWN! #GETTING_DATA #EXTERNAL!".split()
)

LONGEST_ID = 60
LONGEST_TEXT = 32_767
"""Characters that an identifier may have, and that an Excel cell can hold."""

_ODD_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u202f\u2009\u200a\u3000\t\r\n\v\f"), " ")
_NOTHING = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"), None)
_QUOTES = {ord(a): b for a, b in zip("‘’‛`´“”„″′", "'''''\"\"\"\"'", strict=True)}
_TIDY = {**_ODD_SPACES, **_NOTHING}
_UNTIDY = (
    r"^\s|\s$|\s\s|[\t\r\n\v\f]"
    "|[\u00a0\u2007\u202f\u2009\u200a\u3000\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f]"
)


def tidy(text: str) -> str:
    """Text without stray, doubled, non-breaking or invisible spaces.

    Examples
    --------
    >>> tidy(" Ann\\u00a0 Lee ")
    'Ann Lee'
    """
    return " ".join(text.translate(_TIDY).split())


def header(cell: object) -> str:
    """A header as it is compared: case, spaces, quotation marks, brackets, (Y/N) do not count.

    Examples
    --------
    >>> header(" Date of  Birth") == header("DATE OF BIRTH")
    True
    >>> header("‘Missing’ (Y/N))") == header("'Missing' (Y/N)") == header("Missing")
    True
    """
    if not isinstance(cell, str):
        return ""
    text = tidy(cell[:500]).translate(_QUOTES).casefold()
    plain = re.sub(r"[^a-z0-9/]+", " ", text.replace("'", "").replace("_", " ")).strip()
    return plain.removesuffix(" y/n")


@dataclass
class Finding:
    """What one reader found in one column.

    Attributes
    ----------
    rows
        Positions (from 0) of the cells; a note on the whole column has the first one only.
    seen
        One text for all, or one for each.
    count
        Rows it stands for, where that is more than one to a line.
    """

    kind: str
    problem: str
    rows: np.ndarray
    seen: str | np.ndarray | list[str] = ""
    expected: str = ""
    severity: str = LEFT_OUT
    count: int = 1


@dataclass
class Read:
    """A column read: `values`, which cells were `blank`, and what was found.

    `bad` marks the cells that held something which could not be read: they are missing from
    `values` and are not blank. `extra` holds what else a reader tells ("has_time").
    """

    values: pd.Series
    blank: np.ndarray
    bad: np.ndarray
    findings: list[Finding] = field(default_factory=list)
    extra: dict[str, np.ndarray] = field(default_factory=dict)

    def tell(
        self,
        found: Found,
        rows: np.ndarray,
        *,
        file: str,
        sheet: str = "",
        column: str = "",
        letter: str = "",
    ) -> None:
        """Put the findings on the problem list; `rows` are the rows as Excel shows them."""
        for one in self.findings:
            found.add(
                one.kind,
                one.problem,
                file=file,
                sheet=sheet,
                row=rows[one.rows],
                column=column,
                letter=letter,
                seen=one.seen,
                expected=one.expected,
                severity=one.severity,
                count=one.count,
            )


class Distinct:
    """A column's distinct cells, and where each stands.

    `text` holds them as tidied text ("" for blank and for what is no text), `other` the
    positions among them, with the value, of those that are no text (workbooks only).
    """

    def __init__(self, column: pd.Series) -> None:
        array = _as_arrow(column)
        self.other: dict[int, object] = {}
        if array is not None:
            coded = array.dictionary_encode()
            self.codes = coded.indices.to_numpy(zero_copy_only=False)
            self.text = coded.dictionary
        else:
            codes, values = pd.factorize(column.to_numpy(dtype=object), use_na_sentinel=False)
            self.codes = codes
            texts = []
            for place, value in enumerate(values):
                if isinstance(value, str):
                    texts.append(value)
                else:
                    texts.append("")
                    if value is not None and value == value:
                        self.other[place] = value
            self.text = pa.array(texts, pa.string())
        self._tidy()

    def _tidy(self) -> None:
        self.untidy = np.zeros(len(self.text), dtype=bool)
        self.cut = np.zeros(len(self.text), dtype=bool)
        if not len(self.text):
            self.blank = self.error = self.written = self.untidy
            return
        odd = pc.match_substring_regex(self.text, _UNTIDY)
        long = pc.greater(pc.utf8_length(self.text), LONGEST_TEXT)
        if pc.any(odd).as_py() or pc.any(long).as_py():
            self.untidy = odd.to_numpy(zero_copy_only=False)
            self.cut = long.to_numpy(zero_copy_only=False)
            texts = self.text.to_pylist()
            for place in np.flatnonzero(self.untidy | self.cut):
                texts[place] = tidy(texts[place][:LONGEST_TEXT])
            self.text = pa.array(texts, pa.string())
        short = pc.less_equal(pc.utf8_length(self.text), 15)
        lower = pc.if_else(short, pc.utf8_lower(self.text), "x")
        self.blank = pc.is_in(lower, pa.array(sorted(BLANKS))).to_numpy(zero_copy_only=False)
        errors = pa.array([text.lower() for text in sorted(ERRORS | {NOT_CALCULATED})])
        self.error = pc.is_in(lower, errors).to_numpy(zero_copy_only=False)
        self.written = self.blank & (pc.utf8_length(self.text).to_numpy(zero_copy_only=False) > 0)
        if self.other:
            self.blank = self.blank.copy()
            self.blank[list(self.other)] = False

    def __len__(self) -> int:
        return len(self.text)

    def rows(self, which: np.ndarray) -> np.ndarray:
        """Where the cells stand whose distinct value is marked."""
        if not which.any():
            return np.empty(0, dtype=np.intp)
        return np.flatnonzero(which[self.codes])

    def each(self, values: np.ndarray) -> np.ndarray:
        """A value for each distinct cell as a value for each cell."""
        return values[self.codes]

    def of(self, *kinds: type) -> np.ndarray:
        """Marks the distinct cells that are of these types and no text."""
        marked = np.zeros(len(self), dtype=bool)
        for place, value in self.other.items():
            marked[place] = type(value) in kinds
        return marked

    def say(self, place: int) -> str:
        """What kind of value a distinct cell holds, never the value."""
        value = self.other.get(place, "")
        if isinstance(value, bool):
            return "TRUE or FALSE"
        if isinstance(value, int | float):
            return "a number"
        if isinstance(value, dt.datetime | dt.date):
            return "a date"
        if isinstance(value, dt.time | dt.timedelta):
            return "a time"
        text = self.text[place].as_py()
        if re.fullmatch(r"[-+]?[0-9]+([.,][0-9]+)?", text):
            return "digits"
        return f"text of {len(text)} character{'' if len(text) == 1 else 's'}"

    def said(self, which: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """`say` for each of some rows."""
        told = np.full(len(self), "", dtype=object)
        for place in np.flatnonzero(which):
            told[place] = self.say(place)
        return told[self.codes[rows]]

    def findings(self) -> list[Finding]:
        """What is told of any column: error cells, stray spaces, cells cut short."""
        found = []
        if self.error.any():
            texts = self.text.to_pylist()
            calculated = np.array([text != NOT_CALCULATED for text in texts])
            rows = self.rows(self.error & calculated)
            if len(rows):
                seen = [texts[place].upper() for place in self.codes[rows]]
                found.append(Finding("error-cell", "an error cell", rows, seen, "a value"))
            rows = self.rows(self.error & ~calculated)
            if len(rows):
                found.append(
                    Finding(
                        "formula-not-calculated",
                        "a formula that was never calculated",
                        rows,
                        "a formula without a value",
                        "the workbook opened and saved in Excel",
                    )
                )
        for which, kind, problem, expected in (
            (self.untidy, "stray-space", "stray or non-breaking spaces, taken away", "no such"),
            (self.cut, "cell-too-long", "more text than a cell can hold, cut", "shorter text"),
            (
                self.written,
                "blank-written",
                "a sign or word for blank, read as blank",
                "an empty cell",
            ),
        ):
            rows = self.rows(which & ~self.error)
            if len(rows):
                found.append(note(kind, problem, rows, "text", expected))
        return found


def note(kind: str, problem: str, rows: np.ndarray, seen: str = "", expected: str = "") -> Finding:
    """One line for all the cells of a column that a note is about, at the first of them."""
    return Finding(kind, problem, rows[:1], seen, expected, NOTE, len(rows))


def _as_arrow(column: pd.Series) -> pa.Array | None:
    """The column as arrow text, without copying where it is text already; None if it is not."""
    if column.dtype != object:
        array = pa.array(column, type=pa.large_string())
        found = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
        return pc.fill_null(found, "") if found.null_count else found
    try:
        return pa.array(column.to_numpy(), type=pa.string(), from_pandas=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError):
        return None


def text(column: pd.Series) -> Read:
    """Text, tidied. A number is written as Excel shows it; a date in full."""
    cells = Distinct(column)
    texts = _texts(cells)
    values = _taken(cells, pc.if_else(pa.array(cells.blank | cells.error), None, texts))
    blank, bad = cells.each(cells.blank), cells.each(cells.error)
    return Read(values, blank, bad, cells.findings())


def ids(column: pd.Series) -> Read:
    """Identifiers as text: leading zeros stay, a whole number loses its decimal point.

    A number that Excel has rounded (over 15 digits, or written 1.2E+11) is no identifier any
    more and is left out, as is a date, a time or TRUE and FALSE.
    """
    cells = Distinct(column)
    findings = cells.findings()
    texts = _texts(cells)
    numeric = cells.of(int, float)
    bad = np.zeros(len(cells), dtype=bool)
    for place in np.flatnonzero(numeric):
        value = float(cells.other[place])
        bad[place] = not (value.is_integer() and 0 <= value < 1e15)
    bad |= cells.of(bool, dt.datetime, dt.date, dt.time, dt.timedelta)
    if len(cells):
        bad |= _matches(texts, r"^[0-9]+([.][0-9]+)?[eE][+]?[0-9]+$") & ~numeric
        bad |= pc.greater(pc.utf8_length(texts), LONGEST_ID).to_numpy(zero_copy_only=False)
    bad &= ~cells.error
    rows = cells.rows(bad)
    if len(rows):
        seen = cells.said(bad, rows)
        expected = "an identifier as text, as the authority's own system holds it"
        findings.append(
            Finding("id-unreadable", "no identifier, or one rounded", rows, seen, expected)
        )
    rows = cells.rows(numeric & ~bad)
    if len(rows):
        problem = "identifiers held as numbers: a leading zero would be lost"
        findings.append(note("id-number", problem, rows, "a number", "identifiers as text"))
    if len(cells):
        decimal = _matches(texts, r"^[0-9]+[.]0+$") & ~bad
        rows = cells.rows(decimal)
        if len(rows):
            problem = "identifiers written with a decimal point, which is taken away"
            findings.append(note("id-decimal", problem, rows, "digits", "whole digits"))
            texts = pc.if_else(
                pa.array(decimal), pc.replace_substring_regex(texts, r"[.]0+$", ""), texts
            )
    gone = cells.blank | cells.error | bad
    values = _taken(cells, pc.if_else(pa.array(gone), None, texts))
    return Read(values, cells.each(cells.blank), cells.each(bad | cells.error), findings)


def _matches(texts: pa.Array, pattern: str) -> np.ndarray:
    return pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False)


def _texts(cells: Distinct) -> pa.Array:
    """The distinct cells as text, those that are none written out."""
    if not cells.other:
        return cells.text
    texts = cells.text.to_pylist()
    for place, value in cells.other.items():
        whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
        texts[place] = str(int(value)) if whole else str(value)
    return pa.array(texts, pa.string())


def _taken(cells: Distinct, distinct: pa.Array) -> pd.Series:
    """A text for each distinct cell as a column."""
    taken = distinct.take(pa.array(cells.codes)) if len(cells) else pa.array([], pa.string())
    return pd.Series(taken.to_pandas(), dtype="str").reset_index(drop=True)


def numbers(
    column: pd.Series, *, smallest: float = 0, largest: float = 1e9, whole: bool = True
) -> Read:
    """Numbers, from number cells or text.

    Parameters
    ----------
    smallest, largest
        Outside them a number is left out.
    whole
        Parts of a whole are cut off (an age of 6.9 is 6 years), with one note, and the type is
        `Int64`; otherwise `float64`.
    """
    cells = Distinct(column)
    findings = cells.findings()
    values = pd.to_numeric(
        pd.Series(cells.text.to_pylist(), dtype=object), errors="coerce"
    ).to_numpy(dtype="float64", copy=True)
    for place, value in cells.other.items():
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        values[place] = float(value) if is_number else np.nan
    values[cells.blank | cells.error] = np.nan
    fits = (values >= smallest) & (values <= largest)
    bad = ~fits & ~cells.blank & ~cells.error
    rows = cells.rows(bad)
    if len(rows):
        expected = f"a number from {smallest:g} to {largest:g}"
        seen = cells.said(bad, rows)
        findings.append(Finding("number-unreadable", "no number that can be", rows, seen, expected))
    values[bad] = np.nan
    if whole:
        part = fits & (values % 1 != 0)
        rows = cells.rows(part)
        if len(rows):
            problem = "numbers with decimals where whole ones are expected, cut to whole"
            findings.append(
                note("number-not-whole", problem, rows, "a number", "a whole number")
            )
        taken = pd.Series(cells.each(np.floor(values)), dtype="Float64").astype("Int64")
    else:
        taken = pd.Series(cells.each(values))
    return Read(taken, cells.each(cells.blank), cells.each(bad | cells.error), findings)


_POSTCODE = r"^[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}$"


def postcodes(column: pd.Series) -> Read:
    """Postcodes in capitals with one space; anything else is left out."""
    read = text(column)
    if not len(read.values):
        return read
    joined = read.values.str.replace(r"\s+", "", regex=True).str.upper()
    good = joined.str.fullmatch(_POSTCODE).fillna(False).to_numpy(dtype=bool)
    bad = ~good & ~read.blank & ~read.bad
    rows = np.flatnonzero(bad)
    if len(rows):
        expected = "a whole postcode"
        read.findings.append(
            Finding("postcode-unreadable", "no postcode", rows, "text", expected)
        )
    spaced = joined.str.slice(0, -3) + " " + joined.str.slice(-3)
    return Read(spaced.where(good), read.blank, read.bad | bad, read.findings)


__all__ = [
    "LEFT_OUT",
    "NOTE",
    "STOPS",
    "Distinct",
    "Finding",
    "Read",
    "header",
    "ids",
    "note",
    "numbers",
    "postcodes",
    "text",
    "tidy",
]
