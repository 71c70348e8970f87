"""One sheet of the SSDA903 return: its table known by its header, its cells typed and checked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from kentlib.extracts import cells, codes, dates, recognise
from kentlib.extracts import ssda903_form as form
from kentlib.extracts.problems import LEFT_OUT, STOPS
from kentlib.extracts.recognise import Seems
from kentlib.extracts.sheets import Sheet, letter
from kentlib.extracts.ssda903_findings import Findings


@dataclass
class Part:
    """One sheet's rows, typed; `left_out` counts the rows that are not in `frame`, by why."""

    table: form.Table
    file: str
    sheet: str
    named: int | None
    rows: int
    frame: pd.DataFrame
    left_out: dict[str, int] = field(default_factory=dict)
    year: int = 0

    @property
    def group(self) -> str:
        """What it came with: its folder, its zip or its workbook."""
        return self.file if self.sheet else str(PurePosixPath(self.file).parent)

    def leave_out(self, rows: np.ndarray, why: str) -> None:
        """Take the marked rows off, and count them."""
        if rows.any():
            self.left_out[why] = self.left_out.get(why, 0) + int(rows.sum())
            self.frame = self.frame[~rows].reset_index(drop=True)


def read(sheet: Sheet, folder: str, findings: Findings) -> Part | None:
    """A sheet as a part of the return; None if its header is of no table of the return."""
    seems = recognise.seems(sheet)
    if seems.table is None or seems.table.family != "ssda903":
        return None
    table = form.tables()[seems.table.part]
    body = _filled(sheet.body(seems.header_row))
    place = seems.places
    _tell_of_columns(sheet, table, seems, body, findings)
    named = year_named(f"{folder}/{sheet.file}/{sheet.name}")
    part = Part(table, sheet.file, sheet.name, named, len(body), _places(sheet, body))
    absent = [name for name in table.needed if name not in place]
    unusable = np.zeros(len(body), dtype=bool)
    for name, column in table.columns.items():
        if name not in place or absent:
            part.frame[name] = form.blank(column, len(body))
            continue
        unusable |= _column(part, name, body[place[name]], findings)
    part.frame = part.frame[[*table.columns, "_file", "_sheet", "_row"]]
    if absent:
        unusable[:] = True
    part.leave_out(unusable, "a needed column is missing" if absent else "a needed cell is unread")
    _leave_out_backward(part, findings)
    return part


def year_named(path: str) -> int | None:
    """The collection year that a path names, its last part first; None if it names none.

    >>> [year_named(p) for p in ("ssda903-2017-18/a.csv", "903_201718.csv", "2018/a.csv", "x/a")]
    [2018, 2018, 2018, None]
    >>> year_named("extract 2017-09-30/episodes.csv")  # a day is in the year it falls in
    2018
    """
    for part in reversed(path.split("/")):
        for found in re.finditer(r"(?<!\d)20(\d\d)[-_ ]?(?:20)?(\d\d)(?!\d)", part):
            if int(found[2]) == int(found[1]) + 1:
                return 2000 + int(found[2])
        if found := re.search(r"(?<!\d)(20\d\d)[-_.]?([01]\d)[-_.]?[0-3]\d(?!\d)", part):
            return int(found[1]) + (int(found[2]) > 3)
        if found := re.search(r"(?<!\d)20\d\d(?!\d)", part):
            return int(found[0])
    return None


def _filled(body: pd.DataFrame) -> pd.DataFrame:
    """The rows that hold anything."""
    if body.shape[1] < 2 or not body[0].eq("").any():
        return body
    return body[body.drop(columns="_row").ne("").any(axis=1)]


def _places(sheet: Sheet, body: pd.DataFrame) -> pd.DataFrame:
    same = np.zeros(len(body), dtype="int8")
    return pd.DataFrame(
        {
            "_file": pd.Categorical.from_codes(same, [sheet.file]),
            "_sheet": pd.Categorical.from_codes(same, [sheet.name]),
            "_row": body["_row"].to_numpy(dtype="int64"),
        }
    )


def _tell_of_columns(
    sheet: Sheet, table: form.Table, seems: Seems, body: pd.DataFrame, findings: Findings
) -> None:
    here, names = (sheet.file, sheet.name), sheet.top[seems.header_row - 1]
    findings.columns_of(*here, {name: letter(at) for name, at in seems.places.items()})
    for name in table.columns:
        if name not in seems.places:
            stops = STOPS if name in table.needed else None
            findings.once("column-missing", *here, name, severity=stops)
    for kind, places in (("column-twice", seems.repeated), ("column-extra", seems.strange)):
        for at in places:
            # A stray cell beside the header may be anything, a child's name or postcode too.
            name = str(names[at]) if kind == "column-twice" else ""
            findings.once(kind, *here, name, row=seems.header_row, letter=letter(at))
    headed = [at for at, name in enumerate(names) if str(name).strip()]
    for at in range(headed[-1] + 1, body.shape[1] - 1):
        if (beyond := body[at].ne("")).any():
            row = int(body["_row"][beyond].iloc[0])
            findings.once("cells-beyond", *here, row=row, count=int(beyond.sum()))
            break


def _leave_out_backward(part: Part, findings: Findings) -> None:
    """Leave out what ends before it starts."""
    if part.table.interval is not None:
        start, end = part.table.interval
        backward = (part.frame[end] < part.frame[start]).to_numpy()
        findings.rows("ends-before-start", part.frame, backward, end, "a date")
        part.leave_out(backward, "ends before it starts")


def _column(part: Part, name: str, raw: pd.Series, findings: Findings) -> np.ndarray:
    """Add a typed column to the part's frame; return which rows cannot be used for want of it."""
    column = part.table.columns[name]
    read = _read(raw, column)
    part.frame[name] = read.values
    findings.cells(part.frame, name, read)
    for kind, rows in _other_forms(raw, column):
        first = int(part.frame["_row"].iloc[rows[0]])
        findings.once(kind, part.file, part.sheet, name, row=first, count=len(rows))
    needed = name in part.table.key
    if column.filled:
        severity = LEFT_OUT if needed else None
        findings.rows("blank", part.frame, read.blank, name, "an empty cell", severity)
    return (read.blank | read.bad) & needed


def _read(raw: pd.Series, column: form.Column) -> cells.Read:
    if column.kind == "code":
        return codes.read(raw, form.code_list(column.codes), known=form.every_code())
    if column.kind == "date":
        return dates.read(raw, text_is_usual=raw.dtype != object)
    return {"number": cells.numbers, "id": cells.ids, "text": cells.text}[column.kind](raw)


def _other_forms(raw: pd.Series, column: form.Column) -> list[tuple[str, np.ndarray]]:
    """Cells of a CSV file that were read as meant and are not as the return writes them."""
    if raw.dtype == object or column.kind not in ("date", "code"):
        return []
    if column.kind == "date":
        kind, sign, written = "date-iso", "-", r"^\s*\d{4}-"
    elif form.has_digits(column.codes):
        kind, sign, written = "code-decimal", ".0", r"\.0\s*$"
    else:
        return []
    text = pa.array(raw, pa.large_string())
    if not pc.any(pc.match_substring(text, sign)).as_py():
        return []
    rows = np.flatnonzero(pc.match_substring_regex(text, written))
    return [(kind, rows)] if len(rows) else []
