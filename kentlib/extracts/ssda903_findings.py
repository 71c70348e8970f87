"""What can be wrong in an SSDA903 return, in words, and the collecting of where it is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kentlib.extracts.cells import Read
from kentlib.extracts.problems import LEFT_OUT, NOTE, STOPS, Found

KINDS = {
    # kind: (problem, what would be right, severity)
    "table-missing": ("No file has this table's header", "One file per table of the return", STOPS),
    "table-not-of-the-year": ("This table is not of this year's return", "The year's tables", NOTE),
    "table-twice": ("Another file of the same year holds this table too", "One file each", NOTE),
    "year-missing": ("A year between the returns read has none", "A return of every year", NOTE),
    "year-unnamed": ("No name holds the collection year; read from dates", "2017-18", NOTE),
    "year-unknown": ("No codes are known for this year; the nearest used", "2017 to 2027", NOTE),
    "column-missing": ("A column is missing", "Every column of the table", NOTE),
    "column-extra": ("A column that is not the return's was passed over", "No other", NOTE),
    "cells-beyond": ("Cells lie to the right of the header", "None: is the row shifted?", NOTE),
    "column-twice": ("A column's name stands twice; the first is read", "Each name once", NOTE),
    "blank": ("An empty cell", "This column is always filled", NOTE),
    "date-iso": ("Dates year first, read as meant", "dd/mm/yyyy", NOTE),
    "code-decimal": ("Codes with a decimal point, which is taken away", "1, not 1.0", NOTE),
    "code-of-another-year": ("A code of other years; read as meant", "A code of the year", NOTE),
    "row-twice": ("The same row again", "Each row once", LEFT_OUT),
    "fact-twice": ("Another row of this return tells the same fact", "One row each", LEFT_OUT),
    "changed-since": ("A later return says otherwise; the later is believed", "The same", NOTE),
    "gone-since": (
        "Open here, and in no later return",
        "The episode, with its end, in the next return",
        NOTE,
    ),
    "ends-before-start": ("It ends before it starts", "An end on or after the start", LEFT_OUT),
    "after-return": ("It starts after the return's last day", "By 31 March", NOTE),
    "ends-after-return": ("It ends after the return's last day", "Empty", NOTE),
    "before-return": ("It ended before the return's first day", "From 1 April", NOTE),
    "x1-without-end": ("REC is X1 and DEC is empty; read as open", "Both or neither", NOTE),
    "reason-without-end": ("REC says it ended, DEC is empty; read as open", "Both", NOTE),
    "end-without-reason": ("DEC is filled and REC holds no code: route not recorded", "Both", NOTE),
    "open-but-followed": (
        "It has no end, and a later episode of the child follows",
        "One open episode, the last",
        NOTE,
    ),
    "overlap": ("The child's next episode starts before this one ends", "On its last day", NOTE),
    "gap-after-x1": ("Days lie between an X1 and the next episode", "The same day", NOTE),
    "x1-not-followed": ("REC is X1 and no episode follows", "The next episode", NOTE),
    "restart-same-day": (
        "Left, and started again on the same day: read as never having left",
        "X1 if the child stayed",
        NOTE,
    ),
    "start-not-s": ("A period of care starts, and RNE is not S", "S", NOTE),
    "s-within-period": (
        "RNE is S, and the child was already looked after",
        "L, P, T, B or U",
        NOTE,
    ),
    "status-only-but-moved": (
        "RNE says only the legal status changed; the placement did too",
        "P, T, B or U",
        NOTE,
    ),
    "started-over-18": ("It starts on or after the 18th birthday", "A start before it", NOTE),
    "over-18": ("The child is still looked after past the 18th birthday", "An end by then", NOTE),
    "born-after-start": ("The child is born after this", "A day after birth", NOTE),
    "born-otherwise": ("Born on another day than in the header", "The header's", NOTE),
    "not-in-header": ("The child is not in the header", "A row in the header", NOTE),
    "not-in-episodes": ("The child has no episode", "An episode, or no row here", NOTE),
    "adopted-twice": ("The child is adopted here and was before", "One adoption", NOTE),
    "ad1-not-adopted": ("No episode of the child's ends in E11 or E12", "An adoption", NOTE),
    "adopted-no-ad1": ("The child is adopted and AD1 has no row", "A row in AD1", NOTE),
    "uasc-over-18": ("Of age before the return begins", "A child under 18", NOTE),
    "duc-over-18": ("The status ends after the 18th birthday", "By the birthday", NOTE),
    "matched-before-decision": ("Matched before the decision", "A day from the decision", NOTE),
    "reason-not-reversed": ("A reason, and no day of reversal", "Both or neither", NOTE),
    "missing-overlap": ("The child is missing or away twice at once", "One at a time", NOTE),
    "missing-outside-care": ("Not looked after on that day", "A day in care", NOTE),
}


class Findings:
    """Problems of the return's typed tables, in the words of KINDS."""

    def __init__(self, found: Found) -> None:
        self._found = found
        self._letters: dict[tuple[str, str], dict[str, str]] = {}

    def columns_of(self, file: str, sheet: str, letters: dict[str, str]) -> None:
        """Where a sheet's columns stand: letter by lower-case name."""
        self._letters[file, sheet] = letters

    def rows(
        self,
        kind: str,
        table: pd.DataFrame,
        where: np.ndarray,
        column: str = "",
        seen: str | np.ndarray = "",
        severity: str | None = None,
    ) -> None:
        """One problem for each row of a typed table that `where` marks."""
        at = np.flatnonzero(where)
        if len(at) == 0:
            return
        rows = table[["_file", "_sheet", "_row"]].take(at).astype({"_file": "str", "_sheet": "str"})
        told = seen[at] if isinstance(seen, np.ndarray) else np.repeat(seen, len(at))
        rows = rows.assign(seen=told)
        for (file, sheet), part in rows.groupby(["_file", "_sheet"], sort=False):
            seen_here = part["seen"].tolist()
            self._add(kind, file, sheet, column, part["_row"].tolist(), seen_here, severity, 1)

    def cells(self, table: pd.DataFrame, column: str, read: Read) -> None:
        """What the reader of one sheet's column found."""
        if read.findings:
            file, sheet = str(table["_file"].iloc[0]), str(table["_sheet"].iloc[0])
            rows = table["_row"].to_numpy()
            letter = self._letters.get((file, sheet), {}).get(column, "")
            told = {"file": file, "sheet": sheet, "column": column.upper(), "letter": letter}
            read.tell(self._found, rows, **told)

    def once(
        self,
        kind: str,
        file: str = "",
        sheet: str = "",
        column: str = "",
        *,
        row: int | None = None,
        seen: str = "",
        severity: str | None = None,
        count: int = 1,
        letter: str = "",
    ) -> None:
        """One problem of a file or of a whole column; `count` says how many cells share it."""
        self._add(kind, file, sheet, column, row, seen, severity, count, letter)

    def _add(self, kind, file, sheet, column, row, seen, severity, count, letter="") -> None:
        problem, expected, usual = KINDS[kind]
        letters = self._letters.get((file, sheet), {})
        self._found.add(
            kind,
            problem,
            file=file,
            sheet=sheet,
            row=row,
            column=column.upper(),
            letter=letter or letters.get(column, ""),
            seen=seen,
            expected=expected,
            severity=severity or usual,
            count=count,
        )
