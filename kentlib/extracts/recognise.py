"""What a file or sheet seems to be, by its header alone: its name is only a tie-breaker."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kentlib.extracts import specs
from kentlib.extracts.cells import header
from kentlib.extracts.sheets import Sheet
from kentlib.extracts.specs import Table

UNKNOWN = "a table that is none of those read here"

_OTHERS = (
    (
        re.compile(r"\b(ehcp?s?|send?|sen2|senco|education health and care|special educational)\b"),
        "a SEND Annex A (special educational needs), not that of children's services",
    ),
    (
        re.compile(
            r"\b(lachildid|personbirthdate|cinreferraldate|referralsource|cpp(start|end)date)\b"
        ),
        "a table of the children in need census",
    ),
    (
        re.compile(r"\b(urn|provider name|overall effectiveness|inspection date)\b"),
        "a table of inspections or providers",
    ),
)


@dataclass(frozen=True)
class Seems:
    """What a sheet seems to be.

    Attributes
    ----------
    table
        The table, or None if it is none that is read here.
    title
        The same in words: "Annex A list 8", "a SEND Annex A...", "an empty sheet".
    header_row
        The row of the header (1 is the sheet's first), 0 if there is none.
    places
        The position of each field, from 0.
    repeated
        Positions of headers that stand there a second time.
    strange
        Positions of headers that the table does not have.
    """

    table: Table | None
    title: str
    header_row: int = 0
    places: dict[str, int] = field(default_factory=dict)
    repeated: list[int] = field(default_factory=list)
    strange: list[int] = field(default_factory=list)


def seems(sheet: Sheet) -> Seems:
    """What a sheet seems to be, from its first rows.

    A row is a table's header if it has most of the table's columns, or the table has most of
    the row's; between several the best fit is taken, the first row of equals.
    """
    rows = [[header(cell) for cell in row] for row in sheet.top]
    if not any(any(cell != "" for cell in row) for row in sheet.top):
        return Seems(None, "an empty sheet")
    hinted = named_list(sheet.name) or named_list(sheet.file.rpartition("/")[2])
    best, fit = None, (0.0, False, 0)
    for place, row in enumerate(rows):
        filled = len({cell for cell in row if cell})
        for table in specs.every():
            matched = len({table.headers[cell] for cell in row if cell in table.headers})
            size = len(set(table.headers.values()))
            if matched < min(3, size) or max(matched / size, matched / filled) < 0.5:
                continue
            named = table.family == "annex_a" and table.part == hinted
            this = (round(2 * matched / (size + filled), 2), named, matched)
            if this > fit:
                best, fit = (place, table), this
    if best is None:
        return Seems(None, _other(rows))
    place, table = best
    return _placed(table, rows[place], place + 1)


def _placed(table: Table, row: list[str], header_row: int) -> Seems:
    places: dict[str, int] = {}
    repeated, strange = [], []
    for position, cell in enumerate(row):
        name = table.headers.get(cell)
        if name is None:
            strange.extend([position] if cell else [])
        elif name in places:
            repeated.append(position)
        else:
            places[name] = position
    return Seems(table, table.title, header_row, places, repeated, strange)


def _other(rows: list[list[str]]) -> str:
    for pattern, title in _OTHERS:
        if any(sum(bool(pattern.search(cell)) for cell in row) >= 2 for row in rows):
            return title
    return UNKNOWN


def named_list(name: str) -> str:
    """The number of the Annex A list that a name names, "" if it names none.

    >>> named_list("List 8 - CLA"), named_list("list_10.csv"), named_list("Checklist")
    ('8', '10', '')
    """
    found = re.search(r"(?<![a-z])list[\s_-]*0?(1[01]|[1-9])(?![0-9])", name, re.I)
    return found[1] if found else ""
