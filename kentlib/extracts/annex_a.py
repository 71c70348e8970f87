"""Ofsted's Annex A: lists 1 to 11 as typed tables."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from kentlib.extracts import problems, recognise, specs, typed
from kentlib.extracts.problems import LEFT_OUT, NOTE, STOPS, Found
from kentlib.extracts.recognise import Seems
from kentlib.extracts.sheets import Sheet
from kentlib.extracts.typed import Places, Typed

OFFERED = ["yes", "no", "unknown", "not applicable", "not recorded"]
"""What list 8 says of the return interview after the last missing episode."""

TWICE = "another sheet holds this list too"


@dataclass
class Lists:
    """The lists as they come in, sheet by sheet; `settle` gives the tables."""

    _parts: list[tuple[int, Typed, Found]] = field(default_factory=list)

    def take(self, sheet: Sheet, seems: Seems) -> None:
        """Read a sheet that seems to be one of the lists."""
        number = int(seems.table.part)
        found = Found()
        named = recognise.named_list(sheet.name)
        part = typed.read(sheet, seems, found)
        part.named = named == seems.table.part
        if named and not part.named:
            found.add(
                "sheet-misnamed",
                f"a sheet named list {named} that seems to be {seems.title}, and is read as that",
                file=sheet.file,
                sheet=sheet.name,
                row=seems.header_row,
                seen=seems.title,
                expected=f"Annex A list {named}",
            )
        if sheet.hidden:
            found.add(
                "sheet-hidden",
                "a hidden sheet, read all the same",
                file=sheet.file,
                sheet=sheet.name,
                expected="no hidden sheets",
            )
        if number == 8:
            _say_interviews(part, found)
        self._parts.append((number, part, found))

    @property
    def any(self) -> bool:
        """Whether any list was found."""
        return bool(self._parts)

    def settle(
        self, found: Found
    ) -> tuple[dict[int, pd.DataFrame], dict[int, Places], list[pd.DataFrame]]:
        """One sheet for each list: the tables by number, their places, and what was received.

        Of two sheets that hold the same list the visible one is taken, then the one whose name
        is right, then the first. Unless both hold the same, that stops the measure.
        """
        tables, places, received = {}, {}, []
        for number, table in specs.annex_a().items():
            parts = [(part, told) for n, part, told in self._parts if n == number]
            parts.sort(key=lambda pair: (pair[0].hidden, not pair[0].named))
            if not parts:
                tables[number] = typed.empty(table)
                if self.any:
                    found.add(
                        "list-missing",
                        f"no sheet holds {table.title} ({table.about})",
                        file=self._parts[0][1].file,
                        expected=f"a sheet with the columns of {table.title}",
                        severity=STOPS if table.needed else NOTE,
                    )
                continue
            (used, told), *others = parts
            found.extend(told)
            tables[number], places[number] = used.table, used.places
            left_out = dict(used.left_out)
            for other, _ in others:
                _tell_twice(used, other, table.title, found)
                left_out[TWICE] = left_out.get(TWICE, 0) + other.rows_in
            rows_in = used.rows_in + left_out.get(TWICE, 0)
            received.append(problems.received(table.title, rows_in, len(used.table), left_out))
        return tables, places, received


def _tell_twice(used: Typed, other: Typed, title: str, found: Found) -> None:
    plain = [name for name in used.table if not name.startswith("_")]
    same = used.table[plain].equals(other.table[plain])
    found.add(
        "sheet-twice",
        f"a second sheet that holds {title}, " + ("the same rows" if same else "other rows"),
        file=other.file,
        sheet=other.sheet,
        seen=title,
        expected=f"one sheet with {title}",
        severity=LEFT_OUT if same or (other.hidden and not used.hidden) else STOPS,
        count=max(other.rows_in, 1),
    )


def _say_interviews(part: Typed, found: Found) -> None:
    """List 8 leaves the return interview blank where no child was missing: say which is which."""
    table = part.table
    none = table["missing_episodes"].eq(0).fillna(False).to_numpy(dtype=bool)
    for name in ("interview_offered", "interview_accepted"):
        values = table[name].cat.set_categories(OFFERED)
        blank = values.isna().to_numpy()
        if name == "interview_accepted":
            none = none | table["interview_offered"].isin(["no", "not applicable"]).to_numpy()
        column, letter = part.places[name]
        where = {"file": part.file, "sheet": part.sheet, "column": column, "letter": letter}
        rows = table["_row"].to_numpy()
        if letter and (blank & none).any():
            found.add(
                "blank-not-applicable",
                "blank where there was nothing to offer or accept, read as not applicable",
                row=int(rows[blank & none][0]),
                count=int((blank & none).sum()),
                seen="an empty cell",
                expected="an empty cell",
                **where,
            )
        if letter:
            found.add(
                "blank",
                "blank although the child had missing episodes, or their number is unknown",
                row=rows[blank & ~none],
                seen="an empty cell",
                expected="Yes or No",
                severity=LEFT_OUT,
                **where,
            )
        values[blank & none] = "not applicable"
        values[blank & ~none] = "not recorded"
        table[name] = values
