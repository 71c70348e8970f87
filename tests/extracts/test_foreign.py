"""Workbooks that would run, fetch or grow are refused, in words, before they are unpacked."""

import io
import tracemalloc
import zipfile

import pytest
from annex_a_files import row, sheet, write

from kentlib.extracts import sheets, workbooks
from kentlib.extracts.problems import STOPS, Found

LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
ENTITIES = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]><x>&a11;</x>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


def changed(path, **parts):
    """A workbook with parts of another content, or that it has not had; the path of the new."""
    new = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as made:
        for name in old.namelist():
            if name not in parts:
                made.writestr(name, old.read(name))
        for name, content in parts.items():
            made.writestr(name, content)
    path.unlink()
    return new


def told(folder):
    """The kinds of problem that stop a measure in a folder, and how many sheets were read."""
    found = Found()
    read = list(sheets.read(folder, found))
    problems = found.table()
    return problems[problems["severity"] == STOPS], len(read)


@pytest.fixture
def workbook(tmp_path):
    path = tmp_path / "annex_a.xlsx"
    write(path, {"List 8": sheet(8, row(8))})
    return path


@pytest.mark.parametrize(
    ("part", "content", "kind"),
    [
        ("xl/vbaProject.bin", b"\0", "file-macros"),
        ("xl/macrosheets/sheet1.xml", b"<a/>", "file-macros"),
        ("xl/activeX/activeX1.xml", b"<a/>", "file-macros"),
        ("xl/externalLinks/externalLink1.xml", b"<a/>", "file-linked"),
        ("xl/connections.xml", b"<a/>", "file-linked"),
        ("xl/embeddings/oleObject1.bin", b"\0", "file-linked"),
        ("xl/workbook.xml", ENTITIES, "file-entities"),
        ("xl/sharedStrings.xml", ENTITIES, "file-entities"),
        ("xl/worksheets/sheet1.xml", OUTSIDE, "file-entities"),
        ("xl/_rels/workbook.xml.rels", OUTSIDE.encode("utf-16"), "file-entities"),
        ("xl/styles.xml", b" " * 100_000 + ENTITIES.encode(), "file-entities"),
    ],
)
def test_a_workbook_that_is_more_than_tables_is_refused_by_name(workbook, part, content, kind):
    changed(workbook, **{part: content})
    problems, read = told(workbook.parent)
    assert (problems["kind"].tolist(), read) == ([kind], 0)
    assert problems["file"].tolist() == ["changed.xlsx"]
    assert "not read" in problems["problem"].iloc[0]
    assert "saved" in problems["expected"].iloc[0]


def test_a_workbook_without_any_of_that_is_read(workbook):
    problems, read = told(changed(workbook, **{"docProps/app.xml": "<a/>"}).parent)
    assert (len(problems), read) == (0, 1)


def test_a_part_that_is_larger_than_it_says_is_damaged_and_not_unpacked(workbook, monkeypatch):
    path = changed(workbook, **{"xl/sharedStrings.xml": b"<sst>" + b" " * 5_000_000 + b"</sst>"})
    content = bytearray(path.read_bytes())
    for mark, at in ((b"PK\1\2", 24), (b"PK\3\4", 22)):  # sizes in the list and at the part
        place = -1
        while (place := content.find(mark, place + 1)) >= 0:
            if b"sharedStrings" in content[place : place + 80]:
                content[place + at : place + at + 4] = (100_000).to_bytes(4, "little")
    path.write_bytes(content)
    monkeypatch.setattr(workbooks, "read", lambda *_: pytest.fail("opened"))
    problems, read = told(path.parent)
    assert (problems["kind"].tolist(), read) == (["file-damaged"], 0)


@pytest.mark.parametrize("inside", ["a.csv", "xl/worksheets/sheet1.xml"])
def test_a_bomb_is_refused_in_little_memory(tmp_path, inside):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(inside, "w", force_zip64=True) as part:
            for _ in range(100):
                part.write(bytes(2**20))
        archive.writestr("[Content_Types].xml" if "xl" in inside else "b.csv", "a,b")
    (tmp_path / "bomb.zip").write_bytes(held.getvalue())
    tracemalloc.start()
    problems, read = told(tmp_path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (problems["kind"].tolist(), read) == (["file-swells"], 0)
    assert most < 20 * 2**20
