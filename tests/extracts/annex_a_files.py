"""Small Annex A workbooks for the tests: ordinary rows, of which a test changes what it needs."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import xlsxwriter

from kentlib.extracts import specs

CHILD, BORN, START = "00123456", dt.date(2005, 5, 5), dt.date(2016, 6, 1)

_LATER = {
    "assessment_completed",
    "date_closed",
    "reason_closed",
    "date_ended",
    "latest_review",
    "date_ceased",
    "reason_ceased",
    "decision_reversed",
    "reversal_reason",
    "adoption_order",
    "left_process",
    "reason_left",
}


def row(number: int, **changed) -> dict:
    """An ordinary row of a list, by field; `changed` cells as they are to stand."""
    values = {}
    for name, field in specs.annex_a()[number].fields.items():
        if name in _LATER:
            values[name] = ""
        elif name == "date_of_birth":
            values[name] = BORN
        elif field.kind == "id":
            values[name] = CHILD
        elif field.kind == "date":
            values[name] = START
        elif field.kind == "whole":
            values[name] = {"age": 11}.get(name, 1)
        elif field.kind == "code":
            values[name] = field.codes.says[0]
        elif field.kind == "postcode":
            values[name] = "ME1 1AA"
        else:
            values[name] = "Some text"
    unknown = set(changed) - set(values)
    assert not unknown, f"list {number} has no {unknown}"
    return values | changed


def header(number: int) -> list[str]:
    """The header row of a list, as it is printed."""
    return [field.header for field in specs.annex_a()[number].fields.values()]


def sheet(number: int, *rows: dict) -> list[list]:
    """The cells of a sheet: its header and rows, one ordinary row if none are given."""
    return [header(number), *(list(one.values()) for one in rows or [row(number)])]


def lists(**changed: list[list]) -> dict[str, list[list]]:
    """All 11 sheets by name, an ordinary row in each; `list_8=...` puts other cells in one."""
    made = {f"List {number}": sheet(number) for number in range(1, 12)}
    for name, cells in changed.items():
        made[name.replace("list_", "List ")] = cells
    return made


def write(path: Path, sheets: dict[str, list[list]], *, hidden: tuple[str, ...] = ()) -> Path:
    """A workbook of such sheets. A cell that is a pair is a formula and the value it shows."""
    book = xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"})
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    for name, rows in sheets.items():
        made = book.add_worksheet(name)
        if name in hidden:
            made.hide()
        for number, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                if isinstance(cell, tuple):
                    made.write_formula(number, place, cell[0], None, cell[1])
                elif isinstance(cell, str):
                    made.write_string(number, place, cell)
                elif isinstance(cell, dt.datetime):
                    made.write_datetime(number, place, cell, moment)
                else:
                    made.write(number, place, cell)
    book.close()
    return path
