"""Files whose bytes depend on their content alone.

Text has LF line ends. The workbook is stored, not compressed, because compressors differ from
machine to machine; its parts carry one date.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import xlsxwriter

from kentlib.sample.community import Day

SYNTHETIC = "Wholly synthetic: no child, carer or worker in this file exists"
_DATED = (1980, 1, 1, 0, 0, 0)


def table(path: Path, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """A CSV file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def text(path: Path, content: str) -> None:
    """A text file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8"))


def workbook(path: Path, sheets: dict[str, list[list]], made: date, notes: list[str]) -> None:
    """An xlsx file: a "Read me" sheet, then each sheet's header and rows.

    A `Day` is written as a date; None leaves the cell empty.
    """
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        book.set_properties(
            {
                "title": "Annex A, synthetic sample",
                "subject": SYNTHETIC,
                "comments": SYNTHETIC,
                "keywords": "synthetic",
                "created": datetime(made.year, made.month, made.day),
            }
        )
        dated = book.add_format({"num_format": "dd/mm/yyyy"})
        epoch = date(1899, 12, 30).toordinal()
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.set_header(f"&C{SYNTHETIC}")
            for at, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, Day):
                        sheet.write_number(at, column, value - epoch, dated)
                    elif isinstance(value, int):
                        sheet.write_number(at, column, value)
                    elif value is not None:
                        sheet.write_string(at, column, value)
        read_me = book.add_worksheet("Read me")
        for at, note in enumerate([SYNTHETIC, *notes]):
            read_me.write_string(at, 0, note)
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        zipfile.ZipFile(io.BytesIO(held.getvalue())) as packed,
        zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as stored,
    ):
        stored.comment = SYNTHETIC.encode("ascii")
        for part in packed.infolist():
            plain = zipfile.ZipInfo(part.filename, _DATED)
            plain.create_system = 0
            plain.external_attr = 0
            stored.writestr(plain, packed.read(part))
