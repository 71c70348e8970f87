"""The districts that extracts know: those of the table of districts, else of the interviews.

The table of districts is the authority's own list, so a name that only the interviews have is a
problem of theirs and no district. `in_files` finds the same without reading every extract.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import pandas as pd

from kentlib.extracts import recognise, sheets
from kentlib.extracts.cells import text
from kentlib.extracts.problems import Found
from kentlib.extracts.return_interviews import NOT_RECORDED

HEAD = 2**16
"""Bytes of a file or sheet in which its header stands."""

STRINGS = 2**26
"""Bytes of the texts of a workbook that are looked through for a header."""


def in_tables(districts: pd.DataFrame | None, interviews: pd.DataFrame | None) -> list[str]:
    """The districts of typed tables, in alphabetical order.

    Parameters
    ----------
    districts, interviews
        `Extracts.districts` and `Extracts.interviews`; the second counts where the first is
        empty.
    """
    for table in (districts, interviews):
        if table is not None and (names := _names(table["district"])):
            return sorted(names)
    return []


def in_files(paths: Iterable[Path]) -> list[str]:
    """The districts that files name, in alphabetical order.

    Only files whose header can hold the word are read: a return of a million episodes is not.
    Files that are as they were at the last call are not opened again. What is wrong in a file is
    not told here; `kentlib.extracts.read` does that.
    """
    return list(_in_files(tuple(sorted((path, _as_it_is(path)) for path in paths))))


@lru_cache(maxsize=256)
def _in_files(files: tuple[tuple[Path, tuple], ...]) -> tuple[str, ...]:
    named: dict[str, set[str]] = {"districts": set(), "return_interviews": set()}
    for path, _ in files:
        if not _may_name(path):
            continue
        for sheet in sheets.read_file(path, path.name, Found()):
            seems = recognise.seems(sheet)
            family = seems.table.family if seems.table else ""
            if family in named and "district" in seems.places:
                column = sheet.body(seems.header_row)[seems.places["district"]]
                named[family] |= _names(text(column).values)
    return tuple(sorted(named["districts"] or named["return_interviews"]))


def _as_it_is(path: Path) -> tuple[int, ...]:
    """What differs once a file was written again; nothing for one that cannot be looked at."""
    try:
        told = path.stat()
    except OSError:
        return ()
    return told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns


def _names(column: pd.Series) -> set[str]:
    return set(column.dropna().unique()) - {"", NOT_RECORDED}


def _may_name(path: Path) -> bool:
    """Whether a file may hold a header with the word district; when in doubt, it may."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
            if not head.startswith(b"PK"):
                return _says(head)
            archive = zipfile.ZipFile(file)
            return any(_member_may(archive, member) for member in archive.infolist())
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError):
        return True


def _member_may(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    if member.filename.lower().endswith((".xlsx", ".xlsm")):
        return True
    texts = member.filename.endswith("sharedStrings.xml")
    with archive.open(member) as opened:
        return _says(opened.read(STRINGS if texts else HEAD))


def _says(content: bytes) -> bool:
    """Whether a text has the word, in whatever case and, its zero bytes gone, in UTF-16."""
    return b"district" in content.replace(b"\0", b"").lower()
