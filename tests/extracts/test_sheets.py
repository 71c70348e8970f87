import io
import zipfile

import pytest
import xlsxwriter
from annex_a_files import lists, write

from kentlib.extracts import sheets, workbooks
from kentlib.extracts.problems import Found


def read(path):
    found = Found()
    return list(sheets.read_file(path, path.name, found)), found.table()


def csv(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(path)


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1,é\n",
        "a,b\r\n1,é\r\n",
        "\ufeffa,b\n1,é",
        "a,b\n1,é\n".encode("cp1252"),
        '"a","b"\r\n"1","é"\r\n',
        "a;b\n1;é\n",
        "a\tb\n1\té\n",
        "a,b\n1,é\n".encode("utf-16"),
    ],
    ids=["plain", "crlf", "mark", "cp1252", "quoted", "semicolons", "tabs", "utf-16"],
)
def test_a_csv_file_is_read_whatever_its_encoding_and_line_ends(tmp_path, content):
    [sheet], problems = csv(tmp_path / "a.csv", content)
    assert sheet.top == [["a", "b"], ["1", "é"]]
    assert sheet.body(1).to_dict("list") == {0: ["1"], 1: ["é"], "_row": [2]}
    assert problems.empty


def test_rows_of_other_lengths_and_blank_lines_keep_their_row_numbers(tmp_path):
    [sheet], _ = csv(tmp_path / "a.csv", 'Title\n\na,b\n"1\n2",x\n3\n')
    body = sheet.body(3)
    assert body["_row"].tolist() == [4, 5]
    assert body[0].tolist() == ["1\n2", "3"]
    assert body[1].tolist() == ["x", ""]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"%PDF-1.4 ...", "a PDF"),
        (b"\x89PNG\r\n", "a picture"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "format of 1997"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"<html><table>", "a web page"),
        (b"<?xml version='1.0'?><Message/>", "XML"),
        (b"PK\x03\x04 and then nothing", "cut short or damaged"),
        (bytes(range(256)) * 20, "neither a workbook nor text"),
        (b'a,b\n"' + b"x" * 200_000, "never closed"),
    ],
)
def test_a_file_of_another_kind_is_named_for_what_it_seems_to_be(tmp_path, content, says):
    found_sheets, problems = csv(tmp_path / "Annex A.xlsx", content)
    assert found_sheets == []
    assert says in problems["problem"].item()
    assert problems["severity"].item() == "stops the measure"


def test_a_workbook_cut_short_is_told(tmp_path):
    whole = write(tmp_path / "a.xlsx", lists()).read_bytes()
    _, problems = csv(tmp_path / "b.xlsx", whole[: len(whole) * 2 // 3])
    assert problems["kind"].tolist() == ["file-damaged"]


def test_what_would_unpack_to_far_more_is_refused_without_unpacking(tmp_path, monkeypatch):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * 60_000_000)
    monkeypatch.setattr(workbooks, "unpack", lambda *_: pytest.fail("unpacked"))
    _, problems = read(path)
    assert problems["kind"].tolist() == ["file-swells"] or sheets.MOST_TIMES >= 1030


def test_a_swollen_zip_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "MOST_TIMES", 100)
    test_what_would_unpack_to_far_more_is_refused_without_unpacking(tmp_path, monkeypatch)


def test_a_stray_cell_in_the_last_corner_is_refused_not_laid_out(tmp_path):
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("List 8")
    sheet.write(0, 0, "x")
    sheet.write(1_048_575, 16_383, "stray")
    book.close()
    _, problems = read(path)
    assert problems["kind"].tolist() == ["sheet-stretched"]


@pytest.mark.parametrize("dimension", [b"", b'<dimension ref="A1"/>'])
def test_a_stray_cell_is_found_where_the_sheet_does_not_say_how_far_it_goes(tmp_path, dimension):
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    sheet = book.add_worksheet()
    sheet.write(0, 0, "x")
    sheet.write(1_048_575, 16_383, "stray")
    book.close()
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            part = old.read(name).replace(b'<dimension ref="A1:XFD1048576"/>', dimension)
            new.writestr(name, part)
    _, problems = read(path)
    assert problems["kind"].tolist() == ["sheet-stretched"]


def test_formatted_blank_cells_to_the_last_row_are_no_stray_cells(tmp_path):
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write(0, 0, "a")
    sheet.write(1, 0, 1)
    sheet.write_blank(1_048_575, 40, None, book.add_format({"bold": True}))
    book.close()
    [sheet], problems = read(path)
    assert sheet.rows == 2
    assert problems.empty


def test_errors_and_formulas_without_a_value_are_seen_where_calamine_sees_nothing(tmp_path):
    cells = [["a", "b"], [("=NA()", "#N/A"), ("=1/0", "#DIV/0!")], [("=A9", ""), ("=1+1", 2)]]
    [sheet], _ = read(write(tmp_path / "a.xlsx", {"S": cells}))
    body = sheet.body(1)
    assert body[0].tolist() == ["#N/A", workbooks.NOT_CALCULATED]
    assert body[1].tolist() == ["#DIV/0!", 2]


def test_a_zip_gives_its_tables_and_refuses_a_zip_within(tmp_path):
    path = tmp_path / "return.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("2017/a.csv", "x,y\n1,2\n")
        archive.writestr("inner.zip", (_zip_of("b.csv", "x\n")))
        archive.writestr("notes.docx", "words")
    found_sheets, problems = read(path)
    assert [sheet.file for sheet in found_sheets] == ["return.zip/2017/a.csv"]
    assert sorted(problems["kind"]) == ["file-of-another-kind", "zip-in-zip"]


def _zip_of(name, text):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, text)
    return content.getvalue()


def test_hidden_and_lock_files_are_passed_by(tmp_path):
    for name in (".hidden.csv", "~$Annex A.xlsx"):
        (tmp_path / name).write_bytes(b"\x00\x01")
    found = Found()
    assert list(sheets.read(tmp_path, found)) == []
    assert found.table().empty
