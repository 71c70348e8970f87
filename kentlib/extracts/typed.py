"""A sheet that is known for what it is becomes a typed table, with what was wrong on the way."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kentlib.extracts import cells, codes, dates, specs
from kentlib.extracts.cells import Read, header
from kentlib.extracts.problems import LEFT_OUT, NOTE, STOPS, Found
from kentlib.extracts.recognise import Seems
from kentlib.extracts.sheets import Sheet, letter
from kentlib.extracts.specs import Field, Table

NO_ID = "no identifier"
COPY = "a copy of an earlier row"
SAME_KEY = "the same child and event as an earlier row"

LONGEST_REASON = 40
"""Characters of a coded reason; what is longer is free text."""

Places = dict[str, tuple[str, str]]
"""Of each field the header as the list prints it, and the letter of its column."""


@dataclass
class Typed:
    """A sheet read.

    `table` has the fields of `specs`, then `_file`, `_sheet` and `_row`; `rows_in` and
    `left_out` say what became of the rows; `places` where each field stood.
    """

    file: str
    sheet: str
    table: pd.DataFrame
    places: Places
    rows_in: int
    left_out: dict[str, int] = field(default_factory=dict)
    hidden: bool = False
    named: bool = True


def empty(table: Table) -> pd.DataFrame:
    """A typed table with no rows."""
    if table.title not in _EMPTY:
        _EMPTY[table.title] = _without_rows(table)
    return _EMPTY[table.title].copy()


_EMPTY: dict[str, pd.DataFrame] = {}


def _without_rows(table: Table) -> pd.DataFrame:
    nothing = Sheet("", "", [])
    return _frame(nothing, table, {name: _read(f, None, 0) for name, f in table.fields.items()}, [])


def read(sheet: Sheet, seems: Seems, found: Found) -> Typed:
    """A sheet's rows as a typed table.

    Rows without an identifier, copies of an earlier row and rows with the key of an earlier
    row are left out and counted; blank rows are no rows.
    """
    table = seems.table
    body = sheet.body(seems.header_row)
    rows = body["_row"].to_numpy()
    places = {
        name: (column.header, letter(seems.places[name]) if name in seems.places else "")
        for name, column in table.fields.items()
    }
    where = {"file": sheet.file, "sheet": sheet.name}
    _tell_header(sheet, seems, found)
    absent = _tell_absent(seems, found, where)
    from_text = sheet.name == ""
    reads = {
        name: _read(
            column, body[seems.places[name]] if name in seems.places else None, len(body), from_text
        )
        for name, column in table.fields.items()
    }
    held = [reads[name] for name in seems.places]
    empty_row = np.logical_and.reduce([one.blank for one in held]) if held else np.array([], bool)
    last = int(np.flatnonzero(~empty_row)[-1]) + 1 if (~empty_row).any() else 0
    if empty_row[:last].any():
        first = rows[np.flatnonzero(empty_row)[0]]
        found.add(
            "blank-row",
            "blank rows between the rows",
            row=int(first),
            count=int(empty_row[:last].sum()),
            expected="no blank rows",
            **where,
        )
    if not last:
        found.add("no-rows", "a header with no rows below it", expected="rows", **where)
    for name, read in reads.items():
        if name in seems.places:
            column, mark = places[name]
            read.tell(found, rows, column=column, letter=mark, **where)
            _tell_blank(table.fields[name], read, ~empty_row, rows, found, places[name], where)
    _tell_beyond(sheet, seems, body, found)
    frame = _frame(sheet, table, reads, rows)
    kept, left_out = _kept(frame, table, ~empty_row, absent)
    for why, dropped in left_out.items():
        if why != NO_ID:
            found.add(
                "row-again",
                f"{why}: left out",
                row=frame["_row"].to_numpy()[dropped],
                column=places[table.key[0]][0],
                letter=places[table.key[0]][1],
                seen="a row with the same " + ", ".join(table.key).replace("_", " "),
                expected="each row once",
                severity=LEFT_OUT,
                **where,
            )
    used = frame if kept.all() else frame[kept].reset_index(drop=True)
    counts = {why: len(dropped) for why, dropped in left_out.items()}
    rows_in = int((~empty_row).sum())
    return Typed(sheet.file, sheet.name, used, places, rows_in, counts, sheet.hidden)


def _read(column: Field, values: pd.Series | None, length: int, from_text: bool = False) -> Read:
    """One field's cells, or as many missing ones."""
    if values is None:
        values = pd.Series(np.full(length, ""), dtype="str")
    if column.kind == "id":
        return cells.ids(values)
    if column.kind == "date":
        return dates.read(values, text_is_usual=from_text)
    if column.kind == "moment":
        return dates.read(values, time=True, text_is_usual=from_text)
    if column.kind == "whole":
        age = column.name == "age"
        return cells.numbers(values, smallest=-1 if age else 0, largest=120 if age else 10_000)
    if column.kind == "postcode":
        return cells.postcodes(values)
    if column.kind == "code":
        return codes.read(values, column.codes, known=specs.known_codes())
    if column.kind == "reasons":
        return _reasons(values)
    return cells.text(values)


def _reasons(values: pd.Series) -> Read:
    """Codes apart by a semicolon, in lower case, each once, in order; free text is left out."""
    read = cells.text(values)
    distinct = read.values.dropna().unique()
    tidied, long = {}, set()
    for text in distinct:
        parts = {cells.tidy(part).lower() for part in text.replace("|", ";").split(";")} - {""}
        if any(len(part) > LONGEST_REASON for part in parts):
            long.add(text)
        else:
            tidied[text] = ";".join(sorted(parts))
    bad = read.values.isin(long).to_numpy() if long else np.zeros(len(values), dtype=bool)
    if bad.any():
        read.findings.append(
            cells.Finding(
                "reason-free-text",
                "free text where coded reasons are expected",
                np.flatnonzero(bad),
                "text",
                f"codes of at most {LONGEST_REASON} characters, apart by a semicolon",
            )
        )
    read.values = read.values.map(tidied).astype("str")
    read.bad = read.bad | bad
    return read


def _frame(sheet: Sheet, table: Table, reads: dict[str, Read], rows) -> pd.DataFrame:
    columns: dict[str, object] = {}
    for name, read in reads.items():
        columns[name] = read.values
        if table.fields[name].kind == "moment":
            columns[f"{name}_has_time"] = read.extra["has_time"]
    nothing = np.zeros(len(rows), dtype="int8")
    columns["_file"] = pd.Categorical.from_codes(nothing, [sheet.file])
    columns["_sheet"] = pd.Categorical.from_codes(nothing, [sheet.name])
    columns["_row"] = np.asarray(rows, dtype="int64")
    return pd.DataFrame(columns)


def _kept(
    frame: pd.DataFrame, table: Table, filled: np.ndarray, absent: set[str]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Which rows are used, and the positions of the others by the reason why."""
    named = frame[table.key[0]].notna().to_numpy()
    left_out = {NO_ID: np.flatnonzero(filled & ~named)}
    kept = filled & named
    if not absent.intersection(table.key):
        again = frame[table.key].duplicated().to_numpy() & kept
        if again.any():
            keys = frame[table.key]
            alike = kept & keys.duplicated(keep=False).to_numpy()
            compared = frame[alike].drop(columns="_row")
            copies = np.zeros(len(frame), dtype=bool)
            copies[np.flatnonzero(alike)] = compared.duplicated().to_numpy()
            left_out[COPY] = np.flatnonzero(again & copies)
            left_out[SAME_KEY] = np.flatnonzero(again & ~copies)
            kept &= ~again
    return kept, {why: rows for why, rows in left_out.items() if len(rows)}


def _tell_header(sheet: Sheet, seems: Seems, found: Found) -> None:
    """What is unusual in the header row."""
    where = {"file": sheet.file, "sheet": sheet.name, "row": seems.header_row}
    if seems.header_row > 1:
        found.add("rows-above", "rows above the header, passed over", expected="row 1", **where)
    top = sheet.top[seems.header_row - 1]
    for name, position in seems.places.items():
        column = seems.table.fields[name]
        if top[position].casefold() != column.header.casefold():
            same = header(top[position]) == header(column.header)
            problem = "a header with other signs or spaces" if same else "a header by another name"
            found.add(
                "header-spelling",
                f"{problem}, read as this column",
                column=column.header,
                letter=letter(position),
                seen="another spelling",
                expected=column.header,
                **where,
            )
    for position in seems.repeated:
        found.add(
            "column-twice",
            "a header that stands twice; the first column is read",
            column=seems.table.fields[seems.table.headers[header(top[position])]].header,
            letter=letter(position),
            expected="each column once",
            severity=LEFT_OUT,
            **where,
        )
    for position in seems.strange:
        found.add(
            "column-strange",
            f"a column that {seems.title} does not have, not read",
            letter=letter(position),
            seen="another header",
            expected=f"the columns of {seems.title}",
            **where,
        )


def _tell_absent(seems: Seems, found: Found, where: dict) -> set[str]:
    """Tell of the columns that are not there; give their names."""
    absent = {name for name in seems.table.fields if name not in seems.places}
    for name, column in seems.table.fields.items():
        if name in absent and column.since is None:
            severity = LEFT_OUT if column.filled == "true" else NOTE
            found.add(
                "column-missing",
                f"a column of {seems.title} is missing",
                column=column.header,
                expected=f"a column {column.header}",
                severity=STOPS if name in seems.table.key else severity,
                **where,
            )
    return absent


def _tell_blank(
    column: Field,
    read: Read,
    filled: np.ndarray,
    rows: np.ndarray,
    found: Found,
    place: tuple[str, str],
    where: dict,
) -> None:
    """Tell of the cells that should not be blank."""
    blank = read.blank & filled
    if not column.filled or not blank.any():
        return
    at = rows[blank]
    whole = bool(blank.sum() == filled.sum()) and len(at) > 1
    told = {"column": place[0], "letter": place[1], "seen": "an empty cell", **where}
    severity = LEFT_OUT if column.filled == "true" else NOTE
    if whole:
        problem = "a column that is always filled is blank in every row"
        found.add(
            "blank-column",
            problem,
            row=int(at[0]),
            count=len(at),
            expected="a value in every row",
            severity=severity,
            **told,
        )
    elif severity == NOTE:
        problem = "blank cells in a column that is always filled"
        found.add("blank", problem, row=int(at[0]), count=len(at), expected="a value", **told)
    else:
        problem = "a blank cell in a column that is always filled"
        found.add("blank", problem, row=at, expected="a value", severity=severity, **told)


def _tell_beyond(sheet: Sheet, seems: Seems, body: pd.DataFrame, found: Found) -> None:
    """Tell of cells in columns that have no header."""
    top = sheet.top[seems.header_row - 1]
    for position in range(body.shape[1] - 1):
        if position >= len(top) or header(top[position]) == "":
            held = (body[position] != "").to_numpy(dtype=bool)
            if held.any():
                found.add(
                    "cells-without-header",
                    "cells in a column without a header, not read",
                    file=sheet.file,
                    sheet=sheet.name,
                    row=int(body["_row"].to_numpy()[held.argmax()]),
                    letter=letter(position),
                    expected="a header, or no cells",
                    count=int(held.sum()),
                )
