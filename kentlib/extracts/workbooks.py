"""An .xlsx workbook as lists of cells, with what calamine leaves out put back.

calamine reads an error cell (#N/A, #REF!) and a formula that was never calculated as empty.
Both are looked for in the sheet's own XML and put in the grid as text.
"""

from __future__ import annotations

import io
import re
import struct
import threading
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.compute as pc
import python_calamine as calamine

from kentlib.extracts.problems import STOPS, Found

NOT_CALCULATED = "#NOT CALCULATED"
"""Stands in the cell of a formula that holds no value."""

MOST_CELLS = 20_000_000
"""Cells that a sheet may span, empty ones too."""

_AHEAD = 2
_WIDEST = 16_384
_WIDE = r'r="(?:[B-Z][A-Z]|[A-Z]{3})[0-9]'
_VALUES = re.compile(
    rb'<(?:\w+:)?c [^>]*?\br="([A-Z]{1,3})([0-9]{1,9})"[^>]*[^/>]>(?=<(?:\w+:)?(?:v|f|is)\b)'
)
_LAST_ROW = re.compile(rb'r="[A-Z]{0,3}([0-9]{1,9})"')
_ERROR = re.compile(
    rb'<(?:\w+:)?c (?=[^>]*?\bt="e")[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>'
    rb"(?:(?!</(?:\w+:)?c>).){0,9000}?<(?:\w+:)?v>([^<]{0,40})<",
    re.DOTALL,
)
_FORMULA = re.compile(
    rb'<(?:\w+:)?c (?:[^>]*?)\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>'
    rb"<(?:\w+:)?f(?: [^>]*)?(?:/>|>[^<]{0,9000}</(?:\w+:)?f>)"
    rb"(?:<(?:\w+:)?v ?/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)


class Refused(Exception):
    """A file that is not read: the kind of problem, what is wrong and what would be right."""

    def __init__(self, kind: str, problem: str, expected: str) -> None:
        super().__init__(problem)
        self.kind, self.problem, self.expected = kind, problem, expected

    def tell(self, found: Found, file: str, sheet: str = "") -> None:
        """Put it on the problem list."""
        found.add(
            self.kind,
            self.problem,
            file=file,
            sheet=sheet,
            expected=self.expected,
            severity=STOPS,
        )


def damaged() -> Refused:
    """A zip or workbook that is cut short or not what its name says."""
    return Refused(
        "file-damaged",
        "the file is cut short or damaged: it cannot be unpacked",
        "the file copied or saved again",
    )


@dataclass
class Grid:
    """A sheet's rows from its first, every row as wide as the widest."""

    name: str
    hidden: bool
    rows: list[list]


def unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo | str) -> bytes:
    """A member's content, whole; its size was looked at when the archive was opened."""
    try:
        return archive.read(member)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, OSError, ValueError):
        raise damaged() from None
    except (NotImplementedError, RuntimeError):
        raise Refused(
            "file-protected",
            "the file is packed or protected in a way that cannot be read",
            "the file saved again without a password",
        ) from None


def read(archive: zipfile.ZipFile, content: bytes) -> Iterator[Grid]:
    """The worksheets of a workbook, in its order, the next two being read while one is used.

    Raises
    ------
    Refused
        The workbook is no workbook, is damaged, or a sheet stretches further than can be held.
    """
    if "xl/workbook.xml" not in archive.namelist():
        raise Refused(
            "file-of-another-kind",
            "the file is an Office file but no .xlsx workbook",
            "the workbook saved as .xlsx",
        )
    parts = _parts(archive)
    held = threading.local()

    def book() -> calamine.CalamineWorkbook:
        """This thread's own view of the workbook; opening one costs next to nothing."""
        if not hasattr(held, "book"):
            held.book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return held.book

    sheets = _calamine(lambda: book().sheets_metadata)
    places = [
        place
        for place, sheet in enumerate(sheets[: len(parts)])
        if sheet.typ == calamine.SheetTypeEnum.WorkSheet
    ]

    def grid(place: int) -> Grid:
        if parts[place] not in archive.NameToInfo:
            raise damaged()
        xml = unpack(archive, parts[place])
        _refuse_stretched(xml)
        rows = _calamine(lambda: book().get_sheet_by_index(place).to_python(skip_empty_area=False))
        if rows and len(rows[0]) > _WIDEST:
            raise _stretched()
        _mark(rows, xml)
        hidden = sheets[place].visible != calamine.SheetVisibleEnum.Visible
        return Grid(sheets[place].name, hidden, rows)

    with ThreadPoolExecutor(max_workers=_AHEAD) as readers:
        ahead = deque(readers.submit(grid, place) for place in places[:_AHEAD])
        for place in [*places[_AHEAD:], *[None] * _AHEAD]:
            if not ahead:
                break
            found = ahead.popleft().result()
            if place is not None:
                ahead.append(readers.submit(grid, place))
            yield found


def _calamine(step):
    """What calamine gives, or the file refused: it panics on some of what is damaged."""
    try:
        return step()
    except calamine.PasswordError:
        raise Refused(
            "file-protected",
            "the workbook is protected by a password",
            "the workbook saved without a password",
        ) from None
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # a panic in Rust is a BaseException
        raise damaged() from None


def _parts(archive: zipfile.ZipFile) -> list[str]:
    """The member that holds each sheet, in the workbook's order; "" where it has none."""
    try:
        book = ElementTree.fromstring(unpack(archive, "xl/workbook.xml"))
        links = ElementTree.fromstring(unpack(archive, "xl/_rels/workbook.xml.rels"))
    except (ElementTree.ParseError, ValueError, LookupError):
        raise damaged() from None
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    found = []
    for sheet in book.iter():
        if sheet.tag.rpartition("}")[2] == "sheet":
            names = [value for key, value in sheet.attrib.items() if key.endswith("}id")]
            target = targets.get(names[0], "") if names else ""
            found.append(target.lstrip("/") if target.startswith("/") else f"xl/{target}")
    return found


def _number(letters: bytes) -> int:
    number = 0
    for byte in letters:
        number = number * 26 + byte - 64
    return number


def _refuse_stretched(xml: bytes) -> None:
    """Raise when the grid that holds every value would be too large to lay out.

    What the sheet says of its own size is not believed: a damaged one may say anything. Only
    where the size found is too large are formatted cells without a value told from the others,
    because calamine leaves them out.
    """
    last = max((int(row) for row in _LAST_ROW.findall(xml[-20_000:])), default=0)
    if last * _WIDEST <= MOST_CELLS or (last * 52 <= MOST_CELLS and not _is_wide(xml)):
        return
    held = {(_number(column), int(row)) for column, row in _VALUES.findall(xml)}
    last = max((row for _, row in held), default=0)
    width = max((column for column, _ in held), default=0)
    if last > 1_048_576 or last * width > MOST_CELLS:
        raise _stretched()


def _is_wide(xml: bytes) -> bool:
    """Whether a cell stands beyond column AZ. Arrow looks, and leaves Python to the others."""
    ends = pa.py_buffer(struct.pack("<2q", 0, len(xml)))
    whole = pa.Array.from_buffers(pa.large_binary(), 1, [None, ends, pa.py_buffer(xml)])
    return pc.match_substring_regex(whole, _WIDE)[0].as_py()


def _stretched() -> Refused:
    return Refused(
        "sheet-stretched",
        "a sheet stretches to cells far from its table",
        "no stray cells below or beside the table (delete those rows and columns)",
    )


def _mark(rows: list[list], xml: bytes) -> None:
    """Put the text of error cells, and a mark for formulas without a value, in the grid.

    A sheet's cells hold no "#" but in an error and no "f" but in a formula (or a text that
    stands in the cell itself), and one letter is looked for at the speed of memory.
    """
    start, end = xml.find(b"sheetData"), xml.rfind(b"sheetData")
    if xml.find(b"#", start, end) >= 0:
        for letters, row, text in _ERROR.findall(xml):
            _put(rows, letters, row, text.decode("ascii", "replace"))
    if xml.find(b"f", start, end) >= 0 and re.search(rb"<(?:\w+:)?f[ >]", xml):
        for letters, row in _FORMULA.findall(xml):
            _put(rows, letters, row, NOT_CALCULATED)


def _put(rows: list[list], letters: bytes, row: bytes, text: str) -> None:
    """Write a cell, the grid growing to hold it: calamine lays out none that are empty."""
    place, number = _number(letters) - 1, int(row)
    width = len(rows[0]) if rows else 0
    if max(number, len(rows)) * max(place + 1, width) > MOST_CELLS:
        return
    if place >= width:
        for cells in rows:
            cells.extend([""] * (place + 1 - width))
        width = place + 1
    while len(rows) < number:
        rows.append([""] * width)
    if rows[number - 1][place] in ("", 0):
        rows[number - 1][place] = text
