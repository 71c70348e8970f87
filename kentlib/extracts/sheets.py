"""Raw reading: a file in the folder becomes sheets of cells, or a problem that says why not.

A workbook is looked at before it is unpacked (a member that would unpack to far more than an
extract can be is refused) and before it is laid out as a grid (one stray cell in the last row
and column of Excel is a grid of 17 billion cells).
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd

from kentlib.extracts import foreign, workbooks
from kentlib.extracts.problems import LEFT_OUT, STOPS, Found
from kentlib.extracts.workbooks import Refused

TOP = 10
"""How many rows are looked through for the header."""

LARGEST = 2 * 2**30
"""Bytes that a file, or a member of a zip once unpacked, may have."""

MOST_TIMES = 200
"""How many times its packed size a member of a zip may unpack to, above a small size."""

_SMALL = 50 * 2**20
_WIDEST = 16_384
_READ = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".zip")

_MAGIC = (
    (b"%PDF", "a PDF", "the workbook or CSV file that the PDF was made from"),
    (b"\x89PNG", "a picture", "the workbook or CSV file that the picture shows"),
    (b"\xff\xd8\xff", "a picture", "the workbook or CSV file that the picture shows"),
    (b"PAR1", "a Parquet file", "the same table saved as CSV"),
    (b"\x1f\x8b", "a gzip archive", "the file inside it, unpacked"),
    (b"Rar!", "a RAR archive", "the files inside it, unpacked"),
    (b"7z\xbc\xaf", "a 7-Zip archive", "the files inside it, unpacked"),
    (b"{\\rtf", "a text document", "the workbook or CSV file"),
)


@dataclass
class Sheet:
    """One sheet of a workbook, or one CSV file, as it stands.

    Attributes
    ----------
    file, name
        The file's path inside the folder ("return.zip/episodes.csv" inside a zip), and the
        sheet's name ("" for CSV).
    top
        The first rows as lists of raw cells, to find the header in.
    hidden
        The sheet is hidden in Excel.
    """

    file: str
    name: str
    top: list[list]
    hidden: bool = False
    _rows: list[list] = field(default_factory=list, repr=False)
    _text: pd.DataFrame | None = field(default=None, repr=False)

    @property
    def rows(self) -> int:
        """Rows of the sheet, header and all."""
        return len(self._rows) if self._text is None else len(self._text)

    def body(self, header_row: int) -> pd.DataFrame:
        """The cells below row `header_row` (1 is the sheet's first).

        Returns
        -------
        Columns 0, 1, 2... from the left, untouched (`str` from CSV, Python objects from a
        workbook; an empty cell is ""), and `_row`, the row as Excel shows it.
        """
        if self._text is not None:
            found = self._text.iloc[header_row:].reset_index(drop=True)
        else:
            rows = self._rows[header_row:]
            width = len(self._rows[0]) if self._rows else 0
            count = len(rows) * width
            grid = np.fromiter(chain.from_iterable(rows), dtype=object, count=count)
            by_column = np.ascontiguousarray(grid.reshape(len(rows), width).T)
            found = pd.DataFrame(by_column.T, dtype=object, copy=False)
        found["_row"] = np.arange(header_row + 1, header_row + 1 + len(found))
        return found


def letter(position: int) -> str:
    """A column's letters as Excel shows them; 0 is A.

    Examples
    --------
    >>> letter(0), letter(27), letter(16383)
    ('A', 'AB', 'XFD')
    """
    letters, left = "", position + 1
    while left:
        left, last = divmod(left - 1, 26)
        letters = chr(65 + last) + letters
    return letters


def read(folder: Path, found: Found) -> Iterator[Sheet]:
    """Every sheet of every file in a folder and the folders in it, in order of path.

    What cannot be read is added to `found`. Hidden files, Excel's lock files (~$) and notes
    that lie beside the extracts (.md, .yaml, .json) are passed by; any other file that is no
    table is a problem.
    """
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if any(part.startswith((".", "~$")) for part in inside.parts) or not path.is_file():
            continue
        yield from read_file(path, inside.as_posix(), found)


def read_file(path: Path, name: str, found: Found) -> Iterator[Sheet]:
    """The sheets of one file; see `read`."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise Refused("file-too-large", "a file of more than 2 GB", "an extract is smaller")
        content = path.read_bytes()
    except OSError:
        found.add(
            "file-unreadable",
            "the file cannot be opened",
            file=name,
            expected="a file that this account may read",
            severity=STOPS,
        )
        return
    except Refused as refused:
        refused.tell(found, name)
        return
    yield from read_bytes(content, name, found)


def read_bytes(content: bytes, name: str, found: Found, *, inside: bool = False) -> Iterator[Sheet]:
    """The sheets of a file's content; `inside` says it came out of a zip."""
    try:
        if content.startswith(b"PK"):
            yield from _zip(content, name, found, inside=inside)
        elif _is_note(content, name):
            return
        else:
            _refuse_other(content)
            yield _csv(content, name, found)
    except Refused as refused:
        refused.tell(found, name)


def _is_note(content: bytes, name: str) -> bool:
    """A text that says what the folder holds is not an extract."""
    return Path(name).suffix.lower() in (".md", ".yaml", ".yml", ".json")


def _refuse_other(content: bytes) -> None:
    """Raise for what is neither a workbook nor a table in text, naming what it seems to be."""
    if not content.strip():
        raise Refused("file-empty", "the file is empty", "a table with a header row")
    for magic, what, instead in _MAGIC:
        if content[:1024].lstrip().startswith(magic):
            raise Refused("file-of-another-kind", f"the file seems to be {what}", instead)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Refused(
                "file-protected",
                "the workbook is protected by a password",
                "the workbook saved without a password",
            )
        raise Refused(
            "file-of-another-kind",
            "the file seems to be a workbook or document in the format of 1997",
            "the workbook saved as .xlsx",
        )
    start = content[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table")):
        raise Refused(
            "file-of-another-kind",
            "the file seems to be a web page",
            "the table saved as .xlsx or CSV",
        )
    if start.startswith((b"<?xml", b"<message")):
        raise Refused(
            "file-of-another-kind",
            "the file seems to be XML, perhaps the return as it is submitted",
            "the return as CSV files",
        )


def _zip(content: bytes, name: str, found: Found, *, inside: bool) -> Iterator[Sheet]:
    archive = _open(content)
    names = archive.namelist()
    if "[Content_Types].xml" in names or any(part.startswith("xl/") for part in names):
        foreign.refuse(archive)
        for sheet in workbooks.read(archive, content):
            yield Sheet(name, sheet.name, sheet.rows[:TOP], sheet.hidden, sheet.rows)
        return
    if "mimetype" in names or "content.xml" in names:
        raise Refused(
            "file-of-another-kind",
            "the file seems to be an OpenDocument file",
            "the workbook saved as .xlsx",
        )
    if inside:
        raise Refused("zip-in-zip", "a zip inside a zip", "the files in one zip")
    for member in archive.infolist():
        if member.is_dir() or "__MACOSX" in member.filename:
            continue
        if not member.filename.lower().endswith(_READ):
            found.add(
                "file-of-another-kind",
                "a member of the zip is neither CSV nor .xlsx and is not read",
                file=name,
                expected="CSV or .xlsx files in the zip",
                severity=LEFT_OUT,
            )
            continue
        part = f"{name}/{member.filename}"
        try:
            yield from read_bytes(workbooks.unpack(archive, member), part, found, inside=True)
        except Refused as refused:
            refused.tell(found, part)


def _open(content: bytes) -> zipfile.ZipFile:
    """A zip whose members are of a size that an extract may have."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, IndexError):
        raise workbooks.damaged() from None
    members = archive.infolist()
    total = sum(member.file_size for member in members)
    swollen = any(
        member.file_size > _SMALL and member.file_size > MOST_TIMES * max(member.compress_size, 1)
        for member in members
    )
    if total > LARGEST or swollen:
        raise Refused(
            "file-swells",
            "the file would unpack to far more than an extract holds; it was not unpacked",
            "a workbook or zip of the usual size",
        )
    if any(member.flag_bits & 1 for member in members):
        raise Refused(
            "file-protected", "the zip is protected by a password", "the files without a password"
        )
    return archive


def _csv(content: bytes, name: str, found: Found) -> Sheet:
    """A table in text: UTF-8 with or without its mark, else as Windows writes it (cp1252)."""
    text = _decoded(content)
    mark = _delimiter(text[:20_000])
    cells = _quick(text, mark)
    if cells is None:
        cells = _slow(text, mark)
    top = cells.head(TOP).astype(object).to_numpy().tolist()
    return Sheet(name, "", top, _text=cells)


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in content[:65_536]:
        encodings = []
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except (UnicodeDecodeError, UnicodeError):
            continue
        if "\x00" not in text:
            return text
    raise Refused(
        "file-of-another-kind",
        "the file is neither a workbook nor text",
        "a CSV file in UTF-8, or a workbook saved as .xlsx",
    )


def _delimiter(start: str) -> str:
    """What parts the cells of the fullest of the first lines."""
    lines = start.splitlines()[:TOP]
    counts = {mark: max((line.count(mark) for line in lines), default=0) for mark in ",;\t|"}
    return max(counts, key=counts.get)


def _quick(text: str, mark: str) -> pd.DataFrame | None:
    """The table when every row is as long as the first; None when one is not."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    try:
        first = next(csv.reader(io.StringIO(text[:100_000], newline=""), delimiter=mark), [])
    except csv.Error:
        return None
    names = [str(place) for place in range(len(first))]
    if not 0 < len(names) <= _WIDEST:
        return None
    try:
        table = arrow.read_csv(
            pa.py_buffer(text.rstrip("\r\n").encode()),
            read_options=arrow.ReadOptions(column_names=names),
            parse_options=arrow.ParseOptions(
                delimiter=mark, newlines_in_values='"' in text, ignore_empty_lines=False
            ),
            convert_options=arrow.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowException:
        return None
    found = table.to_pandas()
    found.columns = range(found.shape[1])
    return found


def _slow(text: str, mark: str) -> pd.DataFrame:
    """The table when rows differ in length: the short ones are filled with empty cells."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    except csv.Error:
        raise Refused(
            "file-unreadable",
            "the file cannot be parted into cells: perhaps a quotation mark is never closed",
            "a CSV file whose quoted cells are closed",
        ) from None
    width = max((len(row) for row in rows), default=0)
    if width > _WIDEST or width * len(rows) > workbooks.MOST_CELLS:
        raise Refused(
            "file-too-large",
            "a row has far more cells than an extract has columns",
            "a CSV file parted by commas",
        )
    filled = [row + [""] * (width - len(row)) for row in rows]
    return pd.DataFrame(filled, columns=range(width), dtype="str")
