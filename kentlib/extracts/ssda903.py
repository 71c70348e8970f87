"""The SSDA903 return: its files, of one collection year or many, as typed tables.

A table is known by its header, whatever its file is called. The collection year is in the name
of the file or of a folder it lies in ("2017-18", "201718", "2018"); where no name holds one, the
latest start of an episode tells it. A fact in several returns is taken from the latest: the
episode that one return left open has its end in the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from kentlib.errors import DataError
from kentlib.extracts import problems, sheets, ssda903_checks, ssda903_part, ssda903_years
from kentlib.extracts import ssda903_form as form
from kentlib.extracts.problems import Found
from kentlib.extracts.sheets import Sheet
from kentlib.extracts.ssda903_findings import Findings


@dataclass(frozen=True)
class Return:
    """What was read: see `read`."""

    tables: dict[str, pd.DataFrame]
    problems: pd.DataFrame
    received: pd.DataFrame
    files: pd.DataFrame


def read(folder: Path | str) -> Return:
    """Read every table of the return in a folder and its subfolders.

    Parameters
    ----------
    folder
        Holds CSV files, zip files of them, or workbooks, of one collection year or several.

    Returns
    -------
    tables
        By lower-case name (`ssda903_form.tables()`), empty where none was found: the return's
        columns in lower case, then `year` (the collection year by its 31 March) and `_file`,
        `_sheet`, `_row`. Dates are dates, codes categories, all else text. Each fact stands
        once, from the latest return that has it, in order of child.
    problems
        One row per problem; the words are in `ssda903_findings.KINDS`.
    received
        One row per table and reason: `table`, `rows_in`, `used`, `left_out`, `why`.
    files
        One row per sheet that is a table of the return: `file`, `sheet`, `seems_to_be`, `rows`.

    Raises
    ------
    DataError
        The folder is missing, or nothing in it has the header of a table of the return.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DataError(f"{folder.name} is not a folder that can be read.")
    found = Found()
    made = read_sheets(sheets.read(folder, found), found, folder=folder.resolve().name)
    if made.files.empty:
        raise DataError(
            f"No file in {folder.name} has the header of an SSDA903 table "
            f"({', '.join(form.tables())})."
        )
    return made


def read_sheets(opened: Iterable[Sheet], found: Found, *, folder: str = "") -> Return:
    """As `read`, of sheets already opened; those that are no table of the return are passed by.

    Parameters
    ----------
    found
        What was wrong with the files themselves; the return's own problems are added to it.
    folder
        The folder's own name, which may hold the collection year.
    """
    findings = Findings(found)
    read_all = (ssda903_part.read(sheet, folder, findings) for sheet in opened)
    parts = [part for part in read_all if part is not None]
    ssda903_years.settle(parts, findings)
    tables, received = {}, [problems.nothing_received()]
    for name, table in form.tables().items():
        own = [part for part in parts if part.table.name == name]
        tables[name], why = ssda903_years.combine(own, table, findings)
        rows = sum(part.rows for part in own)
        if own:
            received.append(problems.received(f"SSDA903 {name}", rows, len(tables[name]), why))
    if parts:
        ssda903_checks.check(tables, findings)
    listed = [(p.file, p.sheet, f"SSDA903 {p.table.name}, {p.year}", p.rows) for p in parts]
    return Return(
        tables,
        found.table(),
        pd.concat(received, ignore_index=True),
        pd.DataFrame(listed, columns=["file", "sheet", "seems_to_be", "rows"]),
    )
