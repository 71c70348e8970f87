"""Workbooks that are more than tables: with macros, links or entities. They are not read."""

from __future__ import annotations

import re
import zipfile
import zlib

from kentlib.extracts.workbooks import Refused, damaged

UNPACKED = ("xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml")
"""Parts that calamine unpacks whole when it opens a workbook, however much the zip says it is."""

_PROLOGUE = 2**16
"""Bytes within which the first element of an XML part begins."""

_FOREIGN = (
    (
        re.compile(r"(^|/)vbaProject|(^|/)macrosheets/|(^|/)activeX/", re.I),
        "file-macros",
        "the workbook holds macros; it was not read",
        "the workbook saved as .xlsx, without macros",
    ),
    (
        re.compile(r"(^|/)(externalLinks/|connections\.xml$|queryTables/)|(^|/)embeddings/", re.I),
        "file-linked",
        "the workbook links to other files or sources; it was not read",
        "the workbook with its links broken (Data, Edit Links) and saved again",
    ),
)


def refuse(archive: zipfile.ZipFile) -> None:
    """Raise for a workbook that would run something, fetch something or grow when it is read.

    Nothing here runs a macro or follows a link. But a workbook with either is more than a table,
    its cells may hold what another file held once, and whoever it is sent on to may open it.
    """
    for member in archive.infolist():
        for pattern, kind, problem, expected in _FOREIGN:
            if pattern.search(member.filename):
                raise Refused(kind, problem, expected)
        if member.filename.endswith((".xml", ".rels")):
            _refuse_entities(archive, member)
    for name in UNPACKED:
        _whole(archive, name)


def _refuse_entities(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Raise for XML that defines entities: a few of them make a text of endless size."""
    try:
        with archive.open(member) as part:
            start = part.read(_PROLOGUE).replace(b"\0", b"")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError):
        raise damaged() from None
    except (NotImplementedError, RuntimeError):
        return  # packed in a way that `unpack` tells of, if it is needed at all
    first = re.search(rb"<[A-Za-z_]", start)
    prologue = start[: first.start()] if first else start
    if b"<!" in re.sub(rb"<!--.*?-->", b"", prologue, flags=re.DOTALL) or (start and not first):
        raise Refused(
            "file-entities",
            "the workbook's XML defines what no workbook needs to; it was not read",
            "the workbook opened in Excel and saved again",
        )


def _whole(archive: zipfile.ZipFile, name: str) -> None:
    """Raise if a part is more than the zip says it is: calamine would unpack all of it."""
    try:
        with archive.open(name) as part:
            while part.read(2**20):
                pass
    except KeyError:
        return
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError):
        raise damaged() from None
    except (NotImplementedError, RuntimeError):
        return
