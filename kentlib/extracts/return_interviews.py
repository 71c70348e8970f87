"""Return interviews: this collection's own extract, and the small table of districts beside it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from kentlib.extracts import problems, specs, typed
from kentlib.extracts.problems import LEFT_OUT, STOPS, Found
from kentlib.extracts.recognise import Seems
from kentlib.extracts.sheets import Sheet
from kentlib.extracts.specs import Table
from kentlib.extracts.typed import Places, Typed

STATES = (
    "offered",
    "accepted",
    "held",
    "independent",
    "informed_safety_plan",
    "shared_with_authority",
)
"""The fields that say yes, no, not applicable or not recorded; blank is not recorded."""

NOT_RECORDED = "not recorded"


@dataclass
class Parts:
    """The sheets of one table as they come in, which may be several; `settle` joins them."""

    table: Table
    _parts: list[Typed] = field(default_factory=list)

    def take(self, sheet: Sheet, seems: Seems, found: Found) -> None:
        """Read a sheet that seems to be this table."""
        part = typed.read(sheet, seems, found)
        if self.table.family == "return_interviews":
            for name in STATES:
                part.table[name] = part.table[name].astype("str").fillna(NOT_RECORDED)
        for name, column in self.table.fields.items():
            if column.kind == "code" and name not in STATES:
                part.table[name] = part.table[name].astype("str")
        self._parts.append(part)

    def settle(
        self, found: Found
    ) -> tuple[pd.DataFrame, dict[tuple[str, str], Places], list[pd.DataFrame]]:
        """The rows of all sheets, where each field stood in each, and what was received.

        A row whose key stands in an earlier sheet is left out.
        """
        if not self._parts:
            table = typed.empty(self.table)
            for name, column in self.table.fields.items():
                if column.kind == "code":
                    table[name] = table[name].astype("str")
            return table, {}, []
        rows = pd.concat([part.table for part in self._parts], ignore_index=True)
        for name in ("_file", "_sheet"):
            rows[name] = rows[name].astype("category")
        again = rows[self.table.key].duplicated().to_numpy()
        left_out: dict[str, int] = {}
        for part in self._parts:
            for why, count in part.left_out.items():
                left_out[why] = left_out.get(why, 0) + count
        if again.any():
            left_out[typed.SAME_KEY] = left_out.get(typed.SAME_KEY, 0) + int(again.sum())
            for (file, sheet), some in rows[again].groupby(["_file", "_sheet"], observed=True):
                found.add(
                    "row-again",
                    f"{typed.SAME_KEY}, in another file or sheet: left out",
                    file=file,
                    sheet=sheet,
                    row=some["_row"].to_numpy(),
                    expected="each row once",
                    severity=LEFT_OUT,
                )
            rows = rows[~again].reset_index(drop=True)
        rows_in = sum(part.rows_in for part in self._parts)
        places = {(part.file, part.sheet): part.places for part in self._parts}
        title = self.table.title[0].upper() + self.table.title[1:]
        return rows, places, [problems.received(title, rows_in, len(rows), left_out)]


def interviews() -> Parts:
    """The parts of the return interviews extract, none yet."""
    return Parts(specs.return_interviews())


def districts() -> Parts:
    """The parts of the table of districts, none yet."""
    return Parts(specs.districts())


__all__ = ["STATES", "STOPS", "Parts", "districts", "interviews"]
