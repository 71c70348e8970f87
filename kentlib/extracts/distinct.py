"""A column as its distinct cells: what each reader of cells works on, and what it gives.

Working on distinct values makes a column of a million cells cost what its distinct values cost.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from kentlib.extracts.problems import LEFT_OUT, NOTE, Found
from kentlib.extracts.workbooks import NOT_CALCULATED

BLANKS = frozenset({"", "-", "–", "—", "n/a", "null", "nan"})
"""What stands for an empty cell, in lower case."""

ERRORS = frozenset(
    f"#{name}"
    for name in (
        *("N/A", "REF!", "VALUE!", "DIV/0!", "NAME?", "NUM!", "NULL!", "SPILL!", "CALC!"),
        *("FIELD!", "BLOCKED!", "CONNECT!", "UNKNOWN!", "GETTING_DATA", "EXTERNAL!"),
    )
)
_ERRORS = frozenset(text.lower() for text in ERRORS | {NOT_CALCULATED})

LONGEST_TEXT = 32_767
"""Characters that an Excel cell can hold."""

_FEW = 300
_ODD_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u202f\u2009\u200a\u3000\t\r\n\v\f"), " ")
_NOTHING = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"), None)
QUOTES = {ord(a): b for a, b in zip("‘’‛`´“”„″′", "'''''\"\"\"\"'", strict=True)}
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

    Attributes
    ----------
    codes
        For each cell of the column the place of its value among the distinct ones.
    text
        The distinct cells as tidied text, "" where a cell is blank or no text.
    other
        Those that are no text, by place (workbooks only).
    blank, error, untidy, cut, written
        Marks the distinct cells that are blank, are an error (#N/A), had stray spaces, were cut,
        or say that they are blank ("-").
    """

    def __init__(self, column: pd.Series) -> None:
        self.other: dict[int, object] = {}
        if column.dtype == object:
            cells = column.to_numpy()
            self.codes, values = pd.factorize(cells)
            if (self.codes < 0).any():  # None or not-a-number, which calamine never gives
                self.codes, values = pd.factorize(cells, use_na_sentinel=False)
            texts = values.tolist()
            for place, value in enumerate(texts):
                if type(value) is not str:
                    texts[place] = ""
                    if value is not None and value == value:
                        self.other[place] = value
            self._list, self._arrow = texts, None
        else:
            array = pa.array(column, type=pa.large_string())
            array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
            array = pc.fill_null(array, "") if array.null_count else array
            coded = array.dictionary_encode()
            self.codes = coded.indices.to_numpy(zero_copy_only=False)
            self._list, self._arrow = None, coded.dictionary
        if len(self) <= _FEW:
            self._tidy_few()
        else:
            self._tidy_many()
        if self.other:
            self.blank[list(self.other)] = False

    @property
    def text(self) -> pa.Array:
        """The distinct cells as an arrow array."""
        if self._arrow is None:
            self._arrow = pa.array(self._list, pa.large_string())
        return self._arrow

    @property
    def texts(self) -> list[str]:
        """The distinct cells as a list."""
        if self._list is None:
            self._list = self._arrow.to_pylist()
        return self._list

    def _tidy_few(self) -> None:
        before = self.texts
        self._list = after = [tidy(text[:LONGEST_TEXT]) for text in before]
        self._arrow = None
        pairs = list(zip(before, after, strict=True))
        self.cut = np.array([len(text) > LONGEST_TEXT for text in before], dtype=bool)
        self.untidy = np.array([old != new for old, new in pairs], dtype=bool) & ~self.cut
        lower = [text.lower() if len(text) < 20 else "x" for text in after]
        self.blank = np.array([text in BLANKS for text in lower], dtype=bool)
        self.error = np.array([text in _ERRORS for text in lower], dtype=bool)
        self.written = self.blank & np.array([text != "" for text in after], dtype=bool)

    def _tidy_many(self) -> None:
        length = pc.utf8_length(self.text)
        odd = pc.match_substring_regex(self.text, _UNTIDY)
        long = pc.greater(length, LONGEST_TEXT)
        self.untidy, self.cut = _marks(odd), _marks(long)
        if self.untidy.any() or self.cut.any():
            texts = self.texts
            for place in np.flatnonzero(self.untidy | self.cut):
                texts[place] = tidy(texts[place][:LONGEST_TEXT])
            self._arrow = None
            length = pc.utf8_length(self.text)
        self.blank = np.zeros(len(self), dtype=bool)
        self.error, self.written = self.blank.copy(), self.blank.copy()
        for place in np.flatnonzero(_marks(pc.less(length, 5))):
            text = self.text[place].as_py()
            self.blank[place] = text.lower() in BLANKS
            self.written[place] = self.blank[place] and text != ""
        for place in np.flatnonzero(_marks(pc.starts_with(self.text, "#"))):
            self.error[place] = self.text[place].as_py().lower() in _ERRORS

    def __len__(self) -> int:
        return len(self._list if self._arrow is None else self._arrow)

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
        text = self.texts[place]
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
            texts = self.texts
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
            (
                self.untidy,
                "stray-space",
                "stray or non-breaking spaces, taken away",
                "no stray spaces",
            ),
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


def _marks(array: pa.Array) -> np.ndarray:
    return array.to_numpy(zero_copy_only=False).copy()
