"""A value written in the one way in which all its spellings are the same.

Capitals, spaces, hyphens, slashes, zeros before a number, Unicode's other letters and figures: none
of these makes another identifier. Dates are days, whichever of the usual ways they are written.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

WORD = re.compile(r"([^\W_]+)([\W_]*)")
"""A word, and what stands between it and the next."""

_DASHES = "‐‑‒–—―−"
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")

FIGURES = 7
"""Figures without letters that tell an identifier wherever they stand. Fewer may be any number."""

_JOINS = frozenset(" -_/.\\:,")
_AFTER_LETTERS = re.compile(r"[^\W\d_]{2,}([0-9]+)$")

_MONTHS = (
    "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|JANUARY|FEBRUARY|MARCH|APRIL|JUNE|JULY|AUGUST"
    "|SEPT|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER"
)
_DATES = re.compile(
    # What no date begins with is passed over at once.
    rf"(?=\d|{'|'.join(_MONTHS.split('|')[:12])})(?:"
    r"(?<![0-9.])(?:"
    r"(?P<y1>(?:19|20)\d\d)(?P<s1>[-/.]|,[ ]?)(?P<m1>\d{1,2})(?P=s1)(?P<d1>\d{1,2})"
    r"|(?P<a>\d{1,2})(?P<s2>[-/. ])(?P<b>\d{1,2})(?P=s2)(?P<y2>\d{4}|\d\d)"
    rf"|(?P<d3>\d{{1,2}})(?:ST|ND|RD|TH)?[-\s./]*(?:OF\s+)?(?P<m3>{_MONTHS})(?![A-Z])[-\s.,/]*"
    r"(?P<y3>(?:19|20)\d\d|\d\d)"
    r"|(?P<y5>(?:19|20)\d\d)(?P<m5>[01]\d)(?P<d5>[0-3]\d)"
    r"|(?P<d6>[0-3]\d)(?P<m6>[01]\d)(?P<y6>(?:19|20)\d\d)"
    r")(?![0-9])"
    rf"|\b(?P<m4>{_MONTHS})\b[-\s.]*(?P<d4>\d{{1,2}})(?:ST|ND|RD|TH)?[\s,]+(?P<y4>(?:19|20)\d\d)"
    r"(?![0-9]))"
)
_NUMBER = {name: number for number, name in enumerate(_MONTHS.split("|")[:12], 1)}

_SERIAL_ZERO = dt.date(1899, 12, 30).toordinal()


@lru_cache(maxsize=2)
def level(text: str) -> str:
    """Text in capitals, with plain letters, figures, spaces and hyphens, and nothing invisible.

    Examples
    --------
    >>> level("syn‑０１\\u200b2")
    'SYN-012'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        for dash in _DASHES:
            text = text.replace(dash, "-")
        text = _INVISIBLE.sub("", text)
    return text.upper()


def code(text: str) -> str:
    """An identifier, number or postcode: its letters and figures alone.

    Examples
    --------
    >>> code(" me14 1xq"), code("SYN-000 0001")
    ('ME141XQ', 'SYN0000001')
    """
    return "".join(word for word, _ in WORD.findall(level(text)))


def bare(written: str) -> str:
    """A code without the zeros before its numbers.

    Examples
    --------
    >>> bare("SYN0000001"), bare("00123456"), bare("0")
    ('SYN1', '123456', '0')
    """
    return _ZEROS.sub("", written) if "0" in written else written


def tells(written: str) -> bool:
    """Whether a code is an identifier wherever it stands, and no ordinary number or word.

    Examples
    --------
    >>> tells("SYN0000001"), tells("4012345"), tells("004012")
    (True, True, True)
    >>> tells("401234"), tells("SYN1"), tells("E10")
    (False, False, False)
    """
    figures = sum(one.isdigit() for one in written)
    if figures == len(written):
        return figures >= FIGURES or (figures >= 6 and written[0] == "0")
    return (figures >= 4 and len(written) >= 6) or (figures >= 3 and len(written) >= 8)


def words(text: str) -> list[str]:
    """The words of a text."""
    return [word for word, _ in WORD.findall(level(text))]


def days(text: str) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """The dates in a text that `level` wrote: where each begins and ends, and what it can be.

    Day and month are taken either way round where both can be; a year of two figures is of this
    century or the last.

    Examples
    --------
    >>> [len(can_be) for *_, can_be in days("6 MARCH 2009, 06/03/2009 AND 2009-03-06, 25/12/09")]
    [1, 2, 1, 1]
    """
    for found in _DATES.finditer(text):
        part = found.groupdict()
        if part["y1"]:
            tried = [(part["y1"], part["m1"], part["d1"])]
        elif part["y2"]:
            tried = [(part["y2"], part["b"], part["a"]), (part["y2"], part["a"], part["b"])]
        elif part["y3"]:
            tried = [(part["y3"], _NUMBER[part["m3"][:3]], part["d3"])]
        elif part["y4"]:
            tried = [(part["y4"], _NUMBER[part["m4"][:3]], part["d4"])]
        elif part["y5"]:
            tried = [(part["y5"], part["m5"], part["d5"])]
        else:
            tried = [(part["y6"], part["m6"], part["d6"])]
        can_be = tuple(dict.fromkeys(day for one in tried for day in _day(*map(int, one))))
        if can_be:
            yield found.start(), found.end(), can_be


def serial(figures: str) -> int:
    """The day that Excel's serial number means."""
    return _SERIAL_ZERO + int(figures)


def alone(word: str) -> Iterator[str]:
    """What a word with figures may be a spelling of: "child4012345" of the number as well."""
    yield word
    if found := _AFTER_LETTERS.fullmatch(word):
        yield found[1]


def joined(pairs: list[tuple[str, str]], place: int) -> Iterator[str]:
    """What a word with figures may be a spelling of with its neighbours."""
    word, after = pairs[place]
    before = ""
    if place and _join(pairs[place - 1][1]) and pairs[place - 1][0].isalpha():
        before = pairs[place - 1][0]
        yield before + word
    whole, parts, between = word, [word], after
    for following, then in pairs[place + 1 : place + 4]:
        between = _join(between)
        if not between or len(whole) > 30:
            return
        whole += following
        parts.append(following)
        if not whole.isdecimal():
            if between == ",":
                return
            yield whole
            if before:
                yield before + whole
        elif before and between != ",":
            yield before + whole
        elif _is_grouped(parts, between):
            yield whole
        between = then


def _join(between: str) -> str:
    """The sign that may stand inside a code, any space as one; nothing for what parts two words."""
    if len(between) > 3 or between == ", ":
        return ""
    return " " if between.isspace() else between.strip() if between.strip() in _JOINS else ""


def _is_grouped(parts: list[str], between: str) -> bool:
    """Whether figures are written in groups as one number: 4,012,345, 943 476 5919, 401-2345."""
    lengths = [len(one) for one in parts]
    if between == ",":
        return lengths[0] <= 3 and set(lengths[1:]) == {3}
    if between == "-":
        return lengths not in ([4, 2, 2], [2, 2, 4], [4, 1, 1], [4, 4])
    telephone = parts[0][0] == "0" and sum(lengths) in (10, 11)
    return between == " " and (lengths == [3, 3, 4] or telephone)


def _day(year: int, month: int, day: int) -> Iterator[int]:
    if year < 100:
        year += 1900 if year > 40 else 2000
    try:
        yield dt.date(year, month, day).toordinal()
    except ValueError:
        return
