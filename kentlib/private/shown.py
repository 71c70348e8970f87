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
_APART = re.compile(r"\s{2,}|[\t,;|]")
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
    """The marked columns of tables in plain text: a frame or a file as it is printed.

    A column is counted from the right, as there is a row's label or none on the left.
    """
    lines = content.splitlines()
    for number, line in enumerate(lines):
        if not _LIKELY.search(line):
            continue
        names = [name.strip(" '\"") for name in _APART.split(line.strip())]
        if len(names) == 1:
            names = line.split()
        for place, name in enumerate(names):
            if columns.kind(name):
                yield name, list(_under(lines[number + 1 :], len(names), len(names) - place))
    for found in _SERIES.finditer(content):
        if columns.kind(found[1]):
            rows = (re.split(r"\s{2,}", line.strip()) for line in lines)
            yield found[1], [row[-1] for row in rows if len(row) > 1]


def _under(lines: list[str], width: int, from_right: int) -> Iterator[str]:
    for line in lines:
        if not line.strip():
            return
        cells = [cell.strip(" '\"") for cell in _APART.split(line.strip())]
        if len(cells) < width:
            cells = line.split()
        if len(cells) >= from_right:
            yield cells[-from_right]


def _text(cell: str) -> str:
    return html.unescape(_TAG.sub(" ", cell)).strip()
