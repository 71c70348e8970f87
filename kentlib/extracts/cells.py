"""Cells as they are typed in become values; what cannot be read is missing and told.

Every reader takes one column of raw cells (text from CSV, Python objects from a workbook).
Dates are read in `dates`, codes in `codes`.
"""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from kentlib.extracts.distinct import QUOTES, Distinct, Finding, Read, note, tidy

LONGEST_ID = 60
"""Characters that an identifier may have."""


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
    text = tidy(cell[:500]).translate(QUOTES).casefold()
    plain = re.sub(r"[^a-z0-9/]+", " ", text.replace("'", "").replace("_", " ")).strip()
    return plain.removesuffix(" y/n")


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
    texts = list(cells.texts)
    for place, value in cells.other.items():
        whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
        texts[place] = str(int(value)) if whole else str(value)
    return pa.array(texts, pa.large_string())


def _taken(cells: Distinct, distinct: pa.Array) -> pd.Series:
    """A text for each distinct cell as a column."""
    taken = distinct.take(pa.array(cells.codes)) if len(cells) else pa.array([], pa.large_string())
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
    values = np.array([_number(text) for text in cells.texts], dtype="float64")
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
            findings.append(note("number-not-whole", problem, rows, "a number", "a whole number"))
        gone = np.isnan(values)
        floor = np.floor(np.where(gone, 0, values)).astype("int64")
        taken = pd.Series(pd.arrays.IntegerArray(cells.each(floor), cells.each(gone)))
    else:
        taken = pd.Series(cells.each(values))
    return Read(taken, cells.each(cells.blank), cells.each(bad | cells.error), findings)


def _number(text: str) -> float:
    if not re.fullmatch(r"[-+]?[0-9]{1,12}([.][0-9]{1,20})?", text):
        return np.nan
    return float(text)


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
        read.findings.append(Finding("postcode-unreadable", "no postcode", rows, "text", expected))
    spaced = joined.str.slice(0, -3) + " " + joined.str.slice(-3)
    return Read(spaced.where(good), read.blank, read.bad | bad, read.findings)


__all__ = [
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
