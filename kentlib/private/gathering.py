"""What nobody may be shown, gathered from the cells of an extract as they stand in its files.

The files and not the typed tables are gathered from: what a reader leaves out, corrects or has no
column for is as private as the rest, and a notebook may open the file itself.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from kentlib.extracts import dates, recognise, sheets
from kentlib.extracts.problems import Found
from kentlib.extracts.recognise import Seems
from kentlib.extracts.sheets import Sheet
from kentlib.private import columns, spellings

LONG = 8
"""Words from which a cell of any column of text is taken for free text."""

TELLING = ("upn", "birth", "postcode")
"""Kinds whose columns are about people whatever stands beside them."""

NOBODYS = ("id", "ids", "identifier", "unique id", "unique identifier")
"""Headers of identifiers of anything: of areas or teams as well as of children."""

TEXTS = ("text", "reasons")
"""Kinds of a table's own columns that may hold text of any length."""


@dataclass
class Private:
    """What extracts hold that nobody may be shown.

    Attributes
    ----------
    cells
        The distinct cells by the name of their kind (`columns.kinds`), as text; days of birth
        are ordinals of `datetime.date`.
    shown
        Cells of columns that may be shown, such as districts and teams: what stands there too is
        no name.
    """

    cells: dict[str, set] = field(default_factory=lambda: defaultdict(set))
    shown: set[str] = field(default_factory=set)

    def take(self, sheet: Sheet, seems: Seems) -> None:
        """Gather from a sheet what its headers mark."""
        row, marked = _header(sheet, seems)
        if row is None:
            return
        about_people = _about_people(sheet.top[row - 1], marked, seems)
        if not about_people:
            marked = {place: kind for place, kind in marked.items() if kind in TELLING}
        body = sheet.body(row)
        for place in body.columns[:-1]:
            kind = marked.get(place)
            if kind == "birth":
                self.cells[kind] |= _days(body[place])
            elif kind:
                self.cells[kind].update(_texts(body[place]))
            elif _open(seems, place, about_people):
                self._take_text(_texts(body[place]), own=_field(seems, place) is not None)
        self._take_whole_names(sheet, row, marked, body)

    def _take_text(self, cells: Iterable[str], *, own: bool) -> None:
        """Take long cells as free text; short ones may be shown in a column that the table has.

        What a semicolon parts are several, as coded reasons are.
        """
        for cell in (part for whole in cells for part in re.split("[;|]", whole)):
            if len(cell) > 2 * LONG and len(cell.split()) >= LONG:
                self.cells["text"].add(cell)
            elif own:
                self.shown.add(cell)

    def _take_whole_names(
        self, sheet: Sheet, row: int, marked: dict[int, str], body: pd.DataFrame
    ) -> None:
        """Names in two columns are put together, as whoever shows them would."""
        called = {place: columns.plain(str(sheet.top[row - 1][place])) for place in marked}
        parts = []
        for words in (("forename", "first name", "given name"), ("surname", "last name")):
            parts += [[place for place in called if any(one in called[place] for one in words)][:1]]
        if all(parts):
            pairs = body[[parts[0][0], parts[1][0]]].astype("str").drop_duplicates()
            whole = (f"{first} {last}" for first, last in pairs.itertuples(index=False))
            self.cells["name"].update(whole)


def gather(folder: Path) -> Private:
    """Gather from every file in a folder that is read there; what cannot be read holds nothing."""
    found = Private()
    for sheet in sheets.read(folder, Found()):
        found.take(sheet, recognise.seems(sheet))
    return found


def _header(sheet: Sheet, seems: Seems) -> tuple[int | None, dict[int, str]]:
    """The row of the header, from 1, and the kind of each of its columns that is marked.

    In a sheet that no reader knows it is the row with most marked columns.
    """
    rows = range(1, len(sheet.top) + 1) if seems.table is None else [seems.header_row]
    best, most = None, {}
    for row in rows:
        marked = {
            place: kind
            for place, cell in enumerate(sheet.top[row - 1])
            if isinstance(cell, str) and (kind := columns.kind(cell.strip()))
        }
        if len(marked) > len(most) or seems.table is not None:
            best, most = row, marked
    return best, most


def _about_people(header: list, marked: dict[int, str], seems: Seems) -> bool:
    """Whether a sheet's rows are of people, so that its names are theirs."""
    if seems.table is not None:
        return True
    return any(
        kind in ("upn", "birth")
        or (kind == "identifier" and columns.plain(str(header[place])) not in NOBODYS)
        for place, kind in marked.items()
    )


def _open(seems: Seems, place: int, about_people: bool) -> bool:
    """Whether an unmarked column may hold text of any length."""
    if seems.table is None:
        return about_people
    name = _field(seems, place)
    known = seems.table.fields.get(name)
    return known.kind in TEXTS if known else name is None


def _field(seems: Seems, place: int) -> str | None:
    """The name of the column that a table has at a place; None for one that it does not have."""
    return next((name for name, at in seems.places.items() if at == place), None)


def _texts(cells: pd.Series) -> Iterator[str]:
    for cell in cells.unique():
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        text = str(cell).strip()
        if text:
            yield text


def _days(cells: pd.Series) -> set[int]:
    """Days of birth, read as the readers of extracts do and, where they cannot, by their looks."""
    distinct = pd.Series(cells.unique(), dtype=cells.dtype)
    read = dates.read(distinct, text_is_usual=True)
    found = {day.toordinal() for day in read.values.dropna()}
    for cell in distinct[read.bad].astype("str"):
        for *_, can_be in spellings.days(spellings.level(cell)):
            found.update(can_be)
    return found
