"""Tables in HTML, and which of their cells differ."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import NamedTuple

from kentlib.review.matching import out_of_order

NAMED = 5
"""Rows that are named when the order of rows differs."""


@dataclass
class Table:
    """A table: its caption, the names of its columns, its rows, and which columns name a row.

    `names` are the columns of row headers (`<th>`), `numeric` those that hold numbers by the
    word of `show.table`. Spanned cells are repeated.
    """

    caption: str = ""
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    names: int = 0
    numeric: set[int] = field(default_factory=set)


class Change(NamedTuple):
    """One change of a table: a cell; a row or column, with what it held; the order of rows."""

    row: str
    column: str
    then: str
    now: str


def read(html: str) -> list[Table]:
    """The tables in some HTML, in order; one within another is part of the outer one's cell."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.tables


def changes(then: Table, now: Table) -> list[Change]:
    """What differs between two tables, cell by cell.

    A row is known by its first column, and by as many more columns of words as tell rows of the
    same name apart; a column by its header. A row that cannot be told apart so is known by its
    number among those of its name.
    """
    if counted := _counted(then) and _counted(now):
        then, now = _uncounted(then), _uncounted(now)
    keys = _keys(then, now, first=not counted)
    old_columns, new_columns = _distinct(then.columns), _distinct(now.columns)
    old, new = _by_name(then, keys), _by_name(now, keys)
    found = [
        *_columns(old_columns, new_columns, then, gone=True),
        *_columns(new_columns, old_columns, now, gone=False),
    ]
    moved = out_of_order([old_columns.index(name) for name in new_columns if name in old_columns])
    if moved:
        found.append(Change("", "", _order("columns", old_columns, new_columns),
                            _order("columns", new_columns, old_columns)))  # fmt: skip
    for name, cells in old.items():
        if name not in new:
            found.append(Change(name, "", _listed(cells), ""))
    for name, cells in new.items():
        if name not in old:
            found.append(Change(name, "", "", _listed(cells)))
            continue
        was = dict(zip(old_columns, old[name], strict=False))
        for column, cell in zip(new_columns, cells, strict=False):
            if column in was and was[column] != cell:
                found.append(Change(name, column, was[column], cell))
    places = {name: place for place, name in enumerate(old)}
    if out_of_order([places[name] for name in new if name in places]):
        found.append(
            Change("", "", _order("rows", list(old), list(new)),
                   _order("rows", list(new), list(old)))
        )  # fmt: skip
    return found


def _columns(mine: list[str], other: list[str], table: Table, *, gone: bool) -> list[Change]:
    """Columns that only one table has, with what they hold."""
    found = []
    for at, name in enumerate(mine):
        if name not in other:
            held = _listed([row[at] for row in table.rows if at < len(row)])
            found.append(Change("", name, held or "a column", "") if gone
                         else Change("", name, "", held or "a column"))  # fmt: skip
    return found


def _keys(then: Table, now: Table, *, first: bool) -> list[str]:
    """The columns that name a row, by their headers; the `first` even where it has numbers."""
    both = [name for name in _distinct(then.columns) if name in _distinct(now.columns)]
    possible = [
        name
        for at, name in enumerate(both)
        if (first and at == 0) or all(_words(table, name) for table in (then, now))
    ]
    keys: list[str] = []
    least = None
    for name in possible:
        again = _repeated(then, [*keys, name]) + _repeated(now, [*keys, name])
        if least is None or again < least:
            keys, least = [*keys, name], again
        if not least:
            break
    return keys


def _counted(table: Table) -> bool:
    """Whether the rows are merely numbered, as a DataFrame's are without an index."""
    numbers = [row[0] for row in table.rows if row]
    unnamed = bool(table.names and table.columns and not table.columns[0])
    return unnamed and numbers == [str(number) for number in range(len(numbers))]


def _uncounted(table: Table) -> Table:
    return Table(
        table.caption,
        table.columns[1:],
        [row[1:] for row in table.rows],
        table.names - 1,
        {at - 1 for at in table.numeric},
    )


def _words(table: Table, name: str) -> bool:
    """Whether a column is of words: a row header, or not of numbers."""
    at = _distinct(table.columns).index(name)
    return at < table.names or (
        at not in table.numeric and not all(_number(row[at]) for row in table.rows if at < len(row))
    )


def _number(text: str) -> bool:
    return not any(letter.isalpha() for letter in text)


def _repeated(table: Table, keys: list[str]) -> int:
    """Rows whose name another row before has."""
    names = _names(table, keys)
    return len(names) - len(set(names))


def _names(table: Table, keys: list[str]) -> list[str]:
    places = [_distinct(table.columns).index(key) for key in keys]
    return [", ".join(row[at] for at in places if at < len(row) and row[at]) for row in table.rows]


def _by_name(table: Table, keys: list[str]) -> dict[str, list[str]]:
    """Each row under its name; a name that comes again is given its number."""
    names = _names(table, keys)
    often, seen = Counter(names), Counter()
    found = {}
    for name, row in zip(names, table.rows, strict=True):
        seen[name] += 1
        if not name:
            name = f"row {seen[name]}"
        elif often[name] > 1:
            name = f"{name} ({seen[name]})"
        found[name] = row
    return found


def _distinct(columns: list[str]) -> list[str]:
    """Headers, one that comes again with its number."""
    seen = Counter()
    found = []
    for name in columns:
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})".strip())
    return found


def _order(what: str, mine: list[str], other: list[str]) -> str:
    """The order of the rows that both have, from the first that stands elsewhere."""
    shared = [name for name in mine if name in set(other)]
    against = [name for name in other if name in set(mine)]
    first = next(
        (at for at, (one, two) in enumerate(zip(shared, against, strict=True)) if one != two), 0
    )
    shown = shared[first : first + NAMED]
    more = " …" if len(shared) > first + NAMED else ""
    return f"{what} in the order {'; '.join(shown)}{more}"


def _listed(cells: list[str]) -> str:
    return " | ".join(cells)


class _Reader(HTMLParser):
    """Takes the cells of tables out of HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[Table] = []
        self.depth = 0
        self.head: list[list[str]] = []
        self.body = False
        self.text: list[str] | None = None
        self.row: list[tuple[str, bool, int, int, bool]] = []
        self.cell: tuple[bool, int, int, bool] | None = None
        self.spans: dict[int, tuple[str, int]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.depth += 1
            if self.depth == 1:
                self.tables.append(Table())
                self.head, self.row, self.spans, self.body = [], [], {}, False
            return
        if self.depth != 1:
            return
        told = dict(attrs)
        if tag == "tbody":
            self.body, self.spans = True, {}
        elif tag == "caption":
            self.text = []
        elif tag == "tr":
            self.row = []
        elif tag in ("th", "td"):
            across, down = (_whole(told.get(name)) for name in ("colspan", "rowspan"))
            number = "number" in (told.get("class") or "").split()
            self.text, self.cell = [], (tag == "th", across, down, number)

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self.depth -= 1
            if not self.depth:
                self._close()
            return
        if self.depth != 1:
            return
        if tag == "caption" and self.text is not None:
            self.tables[-1].caption, self.text = " ".join("".join(self.text).split()), None
        elif tag in ("th", "td") and self.cell and self.text is not None:
            header, across, down, number = self.cell
            text = " ".join("".join(self.text).split())
            self.row.append((text, header, across, down, number))
            self.text, self.cell = None, None
        elif tag == "tr" and self.row:
            self._ended()

    def handle_data(self, data: str) -> None:
        if self.depth and self.text is not None:
            self.text.append(data)

    def _ended(self) -> None:
        """Add a row, its spanned cells repeated, those of rows above it filled in."""
        table = self.tables[-1]
        cells: list[str] = []
        headers = 0
        for text, header, across, down, number in self.row:
            self._filled(cells)
            headers += header and len(cells) == headers
            for _ in range(across):
                if number:
                    table.numeric.add(len(cells))
                if down > 1:
                    self.spans[len(cells)] = (text, down - 1)
                cells.append(text)
        self._filled(cells)
        if self.body or not all(header for _, header, *_ in self.row):
            table.rows.append(cells)
            table.names = max(table.names, headers)
        else:
            self.head.append(cells)
        self.row = []

    def _filled(self, cells: list[str]) -> None:
        while len(cells) in self.spans:
            text, left = self.spans.pop(len(cells))
            if left > 1:
                self.spans[len(cells)] = (text, left - 1)
            cells.append(text)

    def _close(self) -> None:
        table = self.tables[-1]
        wide = max((len(row) for row in [*self.head, *table.rows]), default=0)
        padded = [[*row, *[""] * (wide - len(row))] for row in self.head]
        table.columns = [
            ", ".join(dict.fromkeys(part for part in parts if part))
            for parts in itertools.zip_longest(*padded, fillvalue="")
        ] or [""] * wide
        for row in table.rows:
            row.extend([""] * (wide - len(row)))


def _whole(text: str | None) -> int:
    return min(int(text), 1000) if text and text.isdecimal() and int(text) > 0 else 1
