"""Tables as somebody sees them, in HTML or as text: each column's header and cells."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from kentlib.private import columns

_TABLE = re.compile(r"<table\b.*?(?:</table>|$)", re.DOTALL | re.IGNORECASE)
_ROW = re.compile(r"<tr\b[^>]*>(.*?)(?=<tr\b|</tr>|</table>|$)", re.DOTALL | re.IGNORECASE)
_CELL = re.compile(r"<(t[hd])\b[^>]*>(.*?)(?=</t[hd]>|<t[hd]\b|$)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_SIGN = re.compile(r"[\t,;|]")
_SERIES = re.compile(r"^Name: (.+?)(?:, Length: \d+)?, dtype: \w", re.MULTILINE)
_LIKELY = re.compile(
    r"dob|d\.o\.b|birth|born|upn|\bid\b|_id\b|child|identif|name|worker|nhs|person|pupil|\bref",
    re.IGNORECASE,
)

Column = tuple[str, list[str]]
"""A header that marks something nobody may be shown, and the cells under it."""


def in_html(content: str) -> Iterator[Column]:
    """The marked columns of the tables in HTML."""
    for table in _TABLE.findall(content):
        headers: list[tuple[int, str]] = []
        rows = _ROW.findall(table)
        first = 0
        for first, row in enumerate(rows):
            cells = _CELL.findall(row)
            if any(kind.lower() == "td" for kind, _ in cells) and first:
                break
            named = ((place, _text(cell)) for place, (_, cell) in enumerate(cells))
            headers += [(place, name) for place, name in named if columns.kind(name)]
        if headers:
            body = [[_text(cell) for _, cell in _CELL.findall(row)] for row in rows[first:]]
            for place, name in headers:
                yield name, [cells[place] for cells in body if place < len(cells)]


def in_text(content: str) -> Iterator[Column]:
    """The marked columns of tables in plain text: a frame as it is printed, or a file."""
    lines = content.splitlines()
    above: set[str] = set()  # the same header again, in one block, has no cell that it has not
    for number, line in enumerate(lines):
        if not line.strip():
            above.clear()
        elif line not in above and _LIKELY.search(line) and not line.startswith("Name: "):
            above.add(line)
            below = lines[number + 1 :]
            yield from _parted(line, below) if _SIGN.search(line) else _aligned(line, below)
    for found in _SERIES.finditer(content):
        if columns.kind(found[1]):
            rows = (re.split(r"\s{2,}", line.strip()) for line in lines)
            yield found[1], [row[-1] for row in rows if len(row) > 1]


def _parted(header: str, below: list[str]) -> Iterator[Column]:
    """Columns with a sign between them; one is counted from the right, as a row may have a label.

    A frame that was printed has none.
    """
    names = [name.strip(" '\"") for name in _SIGN.split(header)]
    for place, name in enumerate(names):
        if columns.kind(name):
            rows = (
                [cell.strip(" '\"") for cell in _SIGN.split(row)] for row in _until_blank(below)
            )
            yield name, [row[place - len(names)] for row in rows if len(row) >= len(names) - place]


def _aligned(header: str, below: list[str]) -> Iterator[Column]:
    """Columns of a frame as it is printed: a cell ends where its header does."""
    words = list(re.finditer(r"\S+", header))
    for last, word in enumerate(words):
        for first in range(last, max(-1, last - 4), -1):
            if first < last and columns.kind(words[first][0]):
                break  # that is another column's
            name = header[words[first].start() : word.end()]
            if columns.kind(name):
                rows = (row[: word.end()] for row in _until_blank(below))
                yield name, [row.split()[-1] for row in rows if row.strip()]
                break


def _until_blank(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if not line.strip():
            return
        yield line


def _text(cell: str) -> str:
    return html.unescape(_TAG.sub(" ", cell)).strip()
