"""One difference between two executed notebooks, in the reader's words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from kentlib.review import words

STRUCTURE, FINDING, TEXT, TABLE = "structure", "finding", "text", "table"
DATA, PICTURE, ERROR = "data", "picture", "error"
KINDS = (STRUCTURE, FINDING, TEXT, TABLE, DATA, PICTURE, ERROR)
"""A cell; a finding sentence; other words; a table's cell, row or column; the data behind a
figure; how a figure or table is drawn; what a cell raised."""

LONG = 160
"""Characters of a sentence that `said` repeats whole; of a longer one it tells the words that
differ."""

NUMBER = re.compile(r"([^\d+−-]*)([+−-]?)(\d[\d,]*(?:\.\d+)?|\.\d+)((?:e[+-]?\d+)?)([^\d]*)")
"""A number in a cell, with what stands before and after it: "£1,200", "−3.5%", "12 days"."""


@dataclass(frozen=True)
class Difference:
    """What one place of a notebook showed then, and what it shows now.

    Attributes
    ----------
    kind
        One of KINDS.
    cell
        Number of the code cell in the new notebook, from 1, cells of injected parameters counted;
        for a structure the number among all cells. Of a cell that is no longer there: in the old
        notebook.
    where
        The notebook's name, the output's kind and its number among its kind, as the page numbers
        it, and the caption: "permanence, table 3 (Kent: ways of leaving care)".
    row, column
        The row's and the column's name, of a table or of the data behind a figure; else "".
    then, now
        The cell, the number or the sentence; "" where there was none.
    apart
        |now - then| in the units shown, where both are numbers; else None.
    place
        `where` without the caption.
    """

    kind: str
    cell: int
    where: str
    row: str
    column: str
    then: str
    now: str
    apart: float | None = None
    place: str = ""

    def said(self) -> str:
        """One line: "permanence, table 3: Thanet, special guardianship: 11 then, 12 now"."""
        at = ", ".join(name for name in (self.row, self.column) if name)
        then, now = self.then, self.now
        if self.kind in (FINDING, TEXT) and max(len(then), len(now)) > LONG and then and now:
            told = "; ".join(
                f"{_quoted(was)} then, {_quoted(is_now)} now" for was, is_now in self.words()
            )
        elif self.kind in (FINDING, TEXT):
            told = f"{_quoted(then)} then, {_quoted(now)} now"
        else:
            told = f"{then or 'nothing'} then, {now or 'nothing'} now"
        return " ".join(f"{self.place or self.where}: {at + ': ' if at else ''}{told}".split())

    def words(self) -> list[tuple[str, str]]:
        """The words that differ, each run of them with a word of what is the same around it."""
        return words.apart(self.then, self.now)


def apart(then: str, now: str) -> float | None:
    """How far apart two written numbers are, in the units they are written in.

    Returns
    -------
    None where one is no number or the units differ.

    Examples
    --------
    >>> apart("1,353", "1,360"), apart("-0.5%", "0.5%"), apart("£3", "3%"), apart("–", "3")
    (7.0, 1.0, None, None)
    """
    was, is_now = (NUMBER.fullmatch(text.strip()) for text in (then, now))
    if not was or not is_now or (was[1], was[5]) != (is_now[1], is_now[5]):
        return None
    return float(abs(_value(is_now) - _value(was)))


def within(
    differences: list[Difference], tolerance: float
) -> tuple[list[Difference], list[Difference]]:
    """Those beyond a tolerance, and those within it.

    Parameters
    ----------
    differences
        What `differences` found.
    tolerance
        The most that two numbers may be apart, in the units shown: 0.1 is a tenth of a
        percentage point where the cell has "12.3%". Only numbers of tables and of the data
        behind figures can be within it; words never are.
    """
    near = [one for one in differences if one.apart is not None and one.apart <= tolerance]
    kept = set(map(id, near))
    return [one for one in differences if id(one) not in kept], near


def _value(match: re.Match[str]) -> Decimal:
    sign = "-" if match[2] in ("-", "−") else ""
    return Decimal(f"{sign}{match[3].replace(',', '')}{match[4]}")


def _quoted(text: str) -> str:
    return f"“{text}”" if text else "nothing"
