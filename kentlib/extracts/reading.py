"""A folder read whole: every sheet goes to the reader of what it seems to be, once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from kentlib import histories
from kentlib.errors import DataError
from kentlib.extracts import (
    Extracts,
    annex_a,
    crosscheck,
    problems,
    recognise,
    return_interviews,
    sheets,
    ssda903,
)
from kentlib.extracts.problems import LEFT_OUT, NOTE, STOPS, Found
from kentlib.extracts.recognise import Seems
from kentlib.extracts.sheets import Sheet

if TYPE_CHECKING:
    from kentlib.private.gathering import Private

_FILES = {"file": "str", "sheet": "str", "seems_to_be": "str", "rows": "Int64"}

_EXPECTED = (
    "an Annex A list, an SSDA903 table, return interviews or districts, with its header in the "
    "first 10 rows"
)

_NAMED = {
    "header": ("header",),
    "episodes": ("episode",),
    "reviews": ("review",),
    "uasc": ("uasc",),
    "oc2": ("oc2",),
    "oc3": ("oc3",),
    "ad1": ("ad1",),
    "placedadoption": ("placed", "adoptionplan"),
    "prevperm": ("prevperm", "previouspermanence"),
    "missing": ("missing",),
    "swepisodes": ("swepisode", "socialwork"),
    "dolo": ("dolo",),
}
"""What the file of each table of the return is usually called."""


def read(
    folder: Path,
    *,
    period_end: str | dt.date | None,
    today: dt.date,
    private: Private | None = None,
) -> Extracts:
    """As `kentlib.extracts.read`."""
    if not folder.is_dir():
        raise DataError(f"There is no folder {folder.name or folder}: where are the extracts?")
    found = Found()
    lists = annex_a.Lists()
    interviews, districts = return_interviews.interviews(), return_interviews.districts()
    files: list[tuple[str, str, str, int]] = []
    others: list[tuple[Sheet, Seems]] = []

    def the_rest() -> Iterator[Sheet]:
        """Take each sheet in; give those that may be tables of the return."""
        for sheet in sheets.read(folder, found):
            seems = recognise.seems(sheet)
            if private is not None:
                private.take(sheet, seems)
            rows = max(sheet.rows - seems.header_row, 0)
            files.append((sheet.file, sheet.name, seems.title, rows))
            family = seems.table.family if seems.table else ""
            _tell_name(sheet, seems, found)
            if family == "annex_a":
                lists.take(sheet, seems)
            elif family == "return_interviews":
                interviews.take(sheet, seems, found)
            elif family == "districts":
                districts.take(sheet, seems, found)
            else:
                others.append((Sheet(sheet.file, sheet.name, [], sheet.hidden), seems))
                yield sheet

    rest = the_rest()
    first = next(rest, None)
    if first is None:
        returned = _no_return()
    else:
        named = folder.resolve().name
        returned = ssda903.read_sheets(chain([first], rest), found, folder=named)
    listed = pd.DataFrame(files, columns=list(_FILES)).astype(_FILES)
    if listed.empty and not len(found.table()):
        raise DataError(
            f"The folder {folder.name or folder} holds no file that is read here: "
            "an extract is .xlsx, CSV or a zip of them."
        )
    tables, places, received = lists.settle(found)
    tables = crosscheck.annex_a(tables, places, found, today=today)
    by_district, _, received_districts = districts.settle(found)
    returns, seen_at, received_interviews = interviews.settle(found)
    returns = crosscheck.interviews(returns, seen_at, by_district, found, today=today)
    cared_for = _cared_for(tables, returned.tables)
    if cared_for is not None:
        crosscheck.looked_after(returns, seen_at, *cared_for, found)
    unread = _tell_unread(others, returned.files, listed, found)
    history = None
    by_district = by_district.rename(columns={"child_id": "child"})
    if len(returned.tables.get("episodes", ())):
        history = histories.build(
            returned.tables,
            districts=by_district[["child", "district"]] if len(by_district) else None,
            period_end=None if period_end is None else pd.Timestamp(period_end),
        )
    parts = [*received, returned.received, *received_interviews, *received_districts, unread]
    return Extracts(
        folder=folder,
        files=listed,
        problems=found.table(),
        received=pd.concat([problems.nothing_received(), *parts], ignore_index=True),
        annex_a=tables,
        ssda903={name: table.copy() for name, table in returned.tables.items()}
        if first is None
        else returned.tables,
        interviews=returns,
        districts=by_district,
        history=history,
    )


@cache
def _no_return() -> ssda903.Return:
    """What the reader of the SSDA903 return gives when there is none."""
    return ssda903.read_sheets([], Found())


def _cared_for(
    lists: dict[int, pd.DataFrame], returned: dict[str, pd.DataFrame]
) -> tuple[set[str], str] | None:
    """The looked-after children known from the fullest table, and what that is called."""
    episodes = returned.get("episodes")
    if episodes is not None and len(episodes):
        children = set(episodes["child"].dropna())
        if len(lists[8]):
            return children | set(lists[8]["child_id"]), "the SSDA903 episodes or list 8"
        return children, "the SSDA903 episodes"
    return (set(lists[8]["child_id"]), "Annex A list 8") if len(lists[8]) else None


def _tell_name(sheet: Sheet, seems: Seems, found: Found) -> None:
    """Tell of a name that says another table than the header does."""
    where = {"file": sheet.file, "sheet": sheet.name, "row": seems.header_row or None}
    hinted = recognise.named_list(sheet.name)
    if hinted and seems.table is not None and seems.table.family != "annex_a":
        found.add(
            "sheet-misnamed",
            f"a sheet named list {hinted} that seems to be {seems.title}",
            seen=seems.title,
            expected=f"Annex A list {hinted}",
            severity=STOPS,
            **where,
        )
    if seems.table is None or seems.table.family != "ssda903":
        return
    name = re.sub(r"[^a-z0-9]", "", (sheet.name or Path(sheet.file).stem).lower())
    called = [part for part, words in _NAMED.items() if any(word in name for word in words)]
    if called and seems.table.part not in called:
        found.add(
            "file-misnamed",
            f"named for {called[0]}, and seems to be {seems.title}; read as that",
            seen=seems.title,
            expected=f"SSDA903 {called[0]}",
            **where,
        )


def _tell_unread(
    others: list[tuple[Sheet, Seems]], taken: pd.DataFrame, listed: pd.DataFrame, found: Found
) -> pd.DataFrame:
    """Tell of the sheets that no reader took; give what was received in them."""
    known = set(zip(taken["file"], taken["sheet"], strict=True))
    rows = {(file, sheet): count for file, sheet, _, count in listed.itertuples(index=False)}
    counts: dict[str, int] = {}
    for sheet, seems in others:
        if (sheet.file, sheet.name) in known:
            continue
        hinted = recognise.named_list(sheet.name)
        empty = seems.title == "an empty sheet"
        wrong = hinted or seems.title != recognise.UNKNOWN
        severity = STOPS if wrong else LEFT_OUT if not sheet.name else NOTE
        found.add(
            "sheet-empty" if empty else "not-recognised",
            "an empty sheet" if empty else f"not read: it seems to be {seems.title}",
            file=sheet.file,
            sheet=sheet.name,
            seen=seems.title,
            expected=f"Annex A list {hinted}" if hinted else _EXPECTED,
            severity=NOTE if empty else severity,
        )
        title = f"{seems.title[0].upper()}{seems.title[1:]}, not read"
        counts[title] = counts.get(title, 0) + rows[sheet.file, sheet.name]
    received = [
        problems.received(title, count, 0, {"not recognised": count})
        for title, count in counts.items()
        if count
    ]
    return pd.concat([problems.nothing_received(), *received], ignore_index=True)
