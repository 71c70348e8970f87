"""Tables as files, with their marks where a number is withheld and nothing a spreadsheet would run.

What a spreadsheet would run is in `kentlib.spreadsheets`.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import xlsxwriter

from kentlib.disclosure.marks import legend
from kentlib.disclosure.protecting import MARK
from kentlib.spreadsheets import inert, whole


def to_csv(table: pd.DataFrame, path: str | Path) -> None:
    """Write a protected table as CSV (UTF-8): a mark stands where its count is missing.

    Parameters
    ----------
    table
        `Protected.table`, or any table. A column of marks is folded into the column of its
        count; an empty cell is missing without a mark.
    path
        Written whole or not at all: a file that is there stays until the new one is complete.

    Examples
    --------
    >>> import tempfile
    >>> table = pd.DataFrame({"team": ["=1+1", "B"], "held": pd.array([12, None], "Int64"),
    ...                       "held_mark": ["", "c"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     to_csv(table, Path(folder, "held.csv"))
    ...     print(Path(folder, "held.csv").read_text())
    team,held
    '=1+1,12
    B,c
    <BLANKLINE>
    """
    header, rows = _cells(table)

    def write(name: str) -> None:
        with open(name, "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])

    whole(Path(path), write)


def to_xlsx(table: pd.DataFrame, path: str | Path) -> None:
    """Write a protected table as a workbook: the table, and the legend of the marks it uses.

    Parameters
    ----------
    table, path
        As for `to_csv`. Numbers are numbers; all else is text and no formula. Text that could
        be taken for one has the apostrophe too, for whoever saves the sheet as CSV.
    """
    header, rows = _cells(table)
    marks = [name for name in table if _is_mark(name, table)]
    used = legend(table[marks].to_numpy().ravel().tolist()) if marks else legend([])

    def write(name: str) -> None:
        safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        with xlsxwriter.Workbook(name, {**safe, "in_memory": True}) as book:
            _sheet(book, "Table", [header, *rows])
            if len(used):
                _sheet(book, "Marks", [list(used), *used.to_numpy().tolist()])

    whole(Path(path), write)


def _sheet(book: xlsxwriter.Workbook, name: str, rows: list[list[object]]) -> None:
    sheet = book.add_worksheet(name)
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, place, cell) if cell else None
            else:
                sheet.write_number(number, place, cell)


def _cells(table: pd.DataFrame) -> tuple[list[str], list[list[object]]]:
    """The header and the rows, as text and numbers only."""
    names = [name for name in table if not _is_mark(name, table)]
    columns = []
    for name in names:
        mark = f"{name}{MARK}"
        marked = table[mark].tolist() if _is_mark(mark, table) else [""] * len(table)
        pairs = zip(table[name].tolist(), marked, strict=True)
        columns.append([inert(mark) if mark else _cell(value) for value, mark in pairs])
    rows = [list(row) for row in zip(*columns, strict=True)] if names else []
    return [inert(str(name)) for name in names], rows


def _is_mark(name: object, table: pd.DataFrame) -> bool:
    text = str(name)
    return text in table and text.endswith(MARK) and text.removesuffix(MARK) in table


def _cell(value: object) -> object:
    if pd.isna(value):
        return ""
    if pd.api.types.is_bool(value):
        return "yes" if value else "no"
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat() if value == value.normalize() else value.isoformat()
    if pd.api.types.is_number(value):
        number = value.item() if hasattr(value, "item") else value
        return number if abs(number) < float("inf") else inert(str(number))
    return inert(str(value))
