"""Find a publisher's file in a folder, and a table in it by its header.

Publishers move headers, rename files by the year and put a second table under the first. So
files are found by pattern, sheets by pattern, and columns by what the header says, never by
where they stand. Whatever is not as expected stops with the file, the sheet and the row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from kentlib.errors import DataError

Headers = dict[str, str | tuple[str, ...]]
"""What a column is called here: its header in the file, or the headers it may have."""


@dataclass(frozen=True)
class Row:
    """One row of a publisher's table: its cells by our names, and where it stands."""

    cells: dict[str, object]
    where: str

    def text(self, name: str) -> str:
        """A cell as text, its white space tidied; "" when the cell is empty or not there."""
        return tidy(self.cells.get(name, ""))

    def as_published(self, name: str) -> str:
        """A cell as text exactly as the file has it."""
        return str(self.cells.get(name, ""))

    def day(self, name: str) -> dt.date | None:
        """A cell as a date; None when it is empty.

        Raises
        ------
        DataError
            The cell holds something that is not a date.
        """
        cell = self.cells.get(name, "")
        if isinstance(cell, dt.datetime):
            return cell.date()
        if isinstance(cell, dt.date):
            return cell
        if tidy(cell) == "":
            return None
        raise DataError(f"{self.where}: {name} is {cell!r}; a date was expected.")

    def number(self, name: str) -> str:
        """A cell that identifies something by a whole number, as text: 886.0 is "886"."""
        cell = self.cells.get(name, "")
        if isinstance(cell, float) and cell.is_integer():
            return str(int(cell))
        return tidy(cell)


def tidy(cell: object) -> str:
    """Text with its line breaks and runs of spaces made one space, and none at the ends."""
    return " ".join(str(cell).split())


def find(folder: Path, pattern: str) -> Path:
    """The one file in a folder, or in the folders under it, whose name fits a pattern.

    Raises
    ------
    DataError
        No file fits, or more than one does (the message names them).
    """
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder. Name the one that holds the publishers' files.")
    found = sorted(path for path in folder.rglob(pattern) if path.is_file())
    if not found:
        raise DataError(f"No file in {folder} is named like {pattern}.")
    if len(found) > 1:
        named = " and ".join(path.relative_to(folder).as_posix() for path in found)
        raise DataError(
            f"More than one file in {folder} is named like {pattern}: {named}. "
            "Keep the one to build from."
        )
    return found[0]


def sheet(path: Path, pattern: str) -> tuple[str, list[list[object]]]:
    """Name and cells of the one sheet of an .ods or .xlsx file whose name fits a pattern.

    Empty cells are "". Row 1 of the sheet is the list's first.

    Raises
    ------
    DataError
        The file is not a workbook, or none or several of its sheets fit.
    """
    try:
        book = CalamineWorkbook.from_path(path)
        fitting = [name for name in book.sheet_names if fnmatch(name, pattern)]
        if len(fitting) != 1:
            raise DataError(
                f"{path.name}: one sheet named like {pattern} was expected; "
                f"its sheets are {', '.join(book.sheet_names)}."
            )
        cells = book.get_sheet_by_name(fitting[0]).to_python(skip_empty_area=False)
    except (CalamineError, OSError) as error:
        raise DataError(f"{path.name} cannot be read as a workbook: {error}.") from None
    return fitting[0], cells


def tables(
    path: Path,
    pattern: str,
    anchor: str,
    headers: Headers,
    *,
    optional: Iterable[str] = (),
) -> list[list[Row]]:
    """The tables of a sheet, each a list of rows, found by their headers.

    Parameters
    ----------
    path, pattern
        The workbook, and a pattern its sheet's name fits.
    anchor
        The one of `headers` that tells a header row. It names what each row is about: a row in
        which it is empty is no row of the table.
    headers
        Our name for each column wanted, and the header it has in the file. White space and
        capital letters do not matter.
    optional
        Names of columns that a table may do without.

    Raises
    ------
    DataError
        No header row, a header that is missing or stands twice, or a row with figures but
        nothing in the anchor's column.
    """
    name, cells = sheet(path, pattern)
    where = f"{path.name}, sheet {name}"
    anchors = _alternatives(headers[anchor])
    starts = [i for i, row in enumerate(cells) if any(_same(cell, anchors) for cell in row)]
    if not starts:
        seen = "; ".join(f"row {i + 1}: {_shown(row)}" for i, row in enumerate(cells[:6]))
        raise DataError(
            f"{where}: no row holds the header {anchors[0]!r}. The sheet begins with {seen}."
        )
    ends = [*starts[1:], len(cells)]
    return [
        _rows(cells, start, end, where, anchor, headers, set(optional))
        for start, end in zip(starts, ends, strict=True)
    ]


def table(path: Path, pattern: str, anchor: str, headers: Headers) -> list[Row]:
    """The one table of a sheet; as `tables`, and an error if there are more."""
    found = tables(path, pattern, anchor, headers)
    if len(found) != 1:
        second = found[1][0].where if found[1] else "the end"
        raise DataError(
            f"{path.name}, sheet {pattern}: one table was expected; the header "
            f"{_alternatives(headers[anchor])[0]!r} stands {len(found)} times (again before "
            f"{second})."
        )
    return found[0]


def _rows(
    cells: list[list[object]],
    start: int,
    end: int,
    where: str,
    anchor: str,
    headers: Headers,
    optional: set[str],
) -> list[Row]:
    columns = _columns(cells[start], f"{where}, row {start + 1}", headers, optional)
    rows = []
    for number in range(start + 1, end):
        row = {name: cells[number][place] for name, place in columns.items()}
        if tidy(row[anchor]) == "":
            if any(tidy(cell) for cell in row.values()):
                raise DataError(
                    f"{where}, row {number + 1}: there are figures but no "
                    f"{_alternatives(headers[anchor])[0]!r} they belong to."
                )
            continue
        rows.append(Row(row, f"{where}, row {number + 1}"))
    return rows


def _columns(
    header: list[object], where: str, headers: Headers, optional: set[str]
) -> dict[str, int]:
    places, missing = {}, []
    for name, wanted in headers.items():
        fitting = [i for i, cell in enumerate(header) if _same(cell, _alternatives(wanted))]
        if len(fitting) > 1:
            raise DataError(f"{where}: the header {tidy(header[fitting[0]])!r} stands twice.")
        if fitting:
            places[name] = fitting[0]
        elif name not in optional:
            missing.append(_alternatives(wanted)[0])
    if missing:
        known = set(places.values())
        others = [tidy(c) for i, c in enumerate(header) if i not in known and tidy(c)]
        raise DataError(
            f"{where}: the header {missing[0]!r} was expected and is not there"
            + (f" (nor are {missing[1:]})" if missing[1:] else "")
            + f". Headers there that were not expected: {others}."
        )
    return places


def frame(path: Path, wanted: Iterable[str]) -> pd.DataFrame:
    """The wanted columns of a .csv or .parquet file, as text; an absent value stays missing.

    Raises
    ------
    DataError
        The file cannot be read, or lacks a column.
    """
    try:
        if path.suffix == ".parquet":
            read = pd.read_parquet(path)
        else:
            read = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:  # pandas' and pyarrow's own errors are of these
        raise DataError(f"{path.name} cannot be read: {error}.") from None
    missing = [name for name in wanted if name not in read.columns]
    if missing:
        raise DataError(
            f"{path.name}: the column {missing[0]!r} was expected and is not there; "
            f"it has {list(read.columns)}."
        )
    return read[list(wanted)]


def _alternatives(header: str | tuple[str, ...]) -> tuple[str, ...]:
    return (header,) if isinstance(header, str) else header


def _same(cell: object, headers: tuple[str, ...]) -> bool:
    return tidy(cell).casefold() in [tidy(header).casefold() for header in headers]


def _shown(row: list[object]) -> str:
    filled = [tidy(cell)[:40] for cell in row if tidy(cell)]
    return repr(filled[:3]) if filled else "empty"
