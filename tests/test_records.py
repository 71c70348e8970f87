"""Which extracts a notebook asks for, what is said of them, and what became of the rows."""

import os
import pickle
import subprocess
import sys
from types import SimpleNamespace

import pandas as pd
import pytest

from kentlib import extracts, paths, records, show
from kentlib.errors import DataError
from kentlib.extracts import known_districts

DISTRICTS = "child_id,district\n007,Westmere\n008,Eastmere\n009,Westmere\n"
INTERVIEWS = (
    "child_id,child_group,district,missing_or_away,episode_start,episode_end,offered,held\n"
    "007,at home,Eastmere,missing,2017-01-02,2017-01-03,yes,no\n"
    "008,at home,Northmere,missing,2017-01-02,2017-01-03,yes,no\n"
    "009,at home,,missing,2017-01-04,2017-01-05,no,no\n"
)


@pytest.fixture
def notices(monkeypatch):
    """The sentences shown as notices."""
    shown = []
    monkeypatch.setattr(show, "notice", shown.append)
    return shown


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of its own with extracts in the folder "own" and a sample of two files."""
    monkeypatch.setattr(paths, "ROOT", tmp_path / "project")
    write(tmp_path, "project/own/districts.csv", DISTRICTS)
    write(tmp_path, "project/data/sample/districts.csv", DISTRICTS)
    write(tmp_path, "project/data/sample/2017/more.csv", DISTRICTS)
    return tmp_path / "project"


@pytest.fixture
def reads(monkeypatch):
    """The folders read from now on, nothing remembered of those before."""
    made, was = [], extracts.read
    monkeypatch.setattr(extracts, "read", lambda *a, **k: made.append(a[0]) or was(*a, **k))
    monkeypatch.setattr(records, "_last", None)
    return made


def write(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content) if isinstance(content, str) else path.write_bytes(content)
    return path


def own(*rows):
    """Extracts that received rows of: table, rows in, used, left out, why."""
    received = pd.DataFrame(rows, columns=["table", "rows_in", "used", "left_out", "why"])
    return SimpleNamespace(received=received)


def load(extracts, authority="Kent"):
    return records.load(extracts, authority, period_end="2017-03-06")


def test_a_relative_folder_is_in_the_project_wherever_a_notebook_runs(project, monkeypatch):
    monkeypatch.chdir(project / "own")
    assert records.folder("own") == project / "own"
    assert records.folder("../own") == project / ".." / "own"
    assert records.folder(str(project.parent)) == project.parent


def test_without_extracts_nothing_is_read_and_nothing_is_said(notices):
    assert load(records.NONE) is None
    assert notices == []


def test_a_folder_that_has_not_changed_is_read_once(project, reads):
    (project / "link").symlink_to(project / "own")
    first = load("own")
    records.prepare("own", "Kent", period_end="2017-03-06")
    again = load("link")
    assert reads == [project / "own"]
    pd.testing.assert_frame_equal(again.districts, first.districts)
    assert (first.folder, again.folder) == (project / "own", project / "link")


def test_another_period_or_another_day_is_read_for_itself(project, reads, monkeypatch):
    load("own")
    records.load("own", "Kent", period_end="2016-03-06")
    assert len(reads) == 2
    monkeypatch.setattr(records, "dt", SimpleNamespace(date=SimpleNamespace(today=lambda: "then")))
    records.load("own", "Kent", period_end="2016-03-06")
    assert len(reads) == 3


def test_a_file_that_changed_came_or_went_is_read_again(project, reads):
    path = project / "own/districts.csv"
    load("own")
    before = path.stat()
    path.write_text(DISTRICTS.replace("007", "017"))  # as long as it was
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert "017" in set(load("own").districts["child"])
    write(project, "own/more.csv", DISTRICTS.replace("00", "10"))
    assert len(load("own").districts) == 6
    path.unlink()
    assert len(load("own").districts) == 3
    assert len(reads) == 4


def test_what_is_done_to_extracts_does_not_reach_the_next_load(project, reads):
    write(project, "own/interviews.csv", INTERVIEWS)
    first = load("own")
    kept = pickle.dumps(first)
    first.districts["district"] = "Nowhere"
    del first.interviews["child_id"]
    first.interviews["held"].array[:] = first.interviews["held"].array[0]
    first.problems.index.name = "changed"
    first.annex_a.clear()
    first.ssda903["episodes"] = None
    assert pickle.dumps(load("own")) == kept
    assert len(reads) == 1


def test_a_history_is_the_callers_own_too(reads):
    first = load(records.SAMPLE)
    kept = first.history.periods.copy()
    first.history.periods["route"] = None
    pd.testing.assert_frame_equal(load(records.SAMPLE).history.periods, kept)
    assert len(reads) == 1


def test_what_one_process_read_serves_another(project, reads, tmp_path):
    records.prepare("own", "Kent", period_end="2017-03-06")
    kept = write(tmp_path, "kept.pickle", pickle.dumps(records.remembered()))
    other = """
import pathlib, pickle, sys
from kentlib import extracts, paths, records
extracts.read = None  # would raise
paths.ROOT = pathlib.Path(sys.argv[1])
records.remember(pickle.loads(pathlib.Path(sys.argv[2]).read_bytes()))
print(len(records.load("own", "Kent", period_end="2017-03-06").districts))
"""
    said = subprocess.run(
        [sys.executable, "-c", other, str(project), str(kept)], capture_output=True, text=True
    )
    assert (said.stdout, said.stderr) == ("3\n", "")


def test_preparing_shows_nothing_and_without_extracts_reads_nothing(project, reads, notices):
    records.prepare(records.SAMPLE, "Kent", period_end="2017-03-06")
    records.prepare(records.NONE, "Kent", period_end="2017-03-06")
    records.prepare(records.SAMPLE, "Medway", period_end="2017-03-06")
    assert (len(reads), notices) == (1, [])
    assert load(records.SAMPLE) is not None
    assert notices == [records.SYNTHETIC]


def test_the_sample_stands_in_for_the_one_authority_and_says_it_is_synthetic(project, notices):
    assert len(load(records.SAMPLE).districts) == 3
    assert notices == [records.SYNTHETIC]
    assert load(records.SAMPLE, "Medway") is None
    assert len(notices) == 1


def test_a_part_of_the_sample_and_the_sample_by_another_way_are_the_sample(project, notices):
    (project / "link").symlink_to(project / "data" / "sample")
    for way in ("data/sample/2017", "own/../data/sample", str(project / "data/sample"), "link"):
        notices.clear()
        assert load(way) is not None
        assert notices == [records.SYNTHETIC]
        assert load(way, "Medway") is None


def test_an_authority_s_own_extracts_are_read_without_a_notice(project, notices):
    for authority in ("Kent", "Medway"):
        assert len(load("own", authority).districts) == 3
    assert notices == []


def test_a_copy_of_synthetic_files_still_says_so(project, notices):
    write(project, "own/sub/interviews_Synthetic.csv", INTERVIEWS)
    assert load("own", "Medway") is not None
    assert notices == [records.SYNTHETIC]


def test_the_notice_has_no_number_and_ends_as_a_sentence_does():
    assert not any(letter.isdigit() for letter in records.SYNTHETIC)
    assert records.SYNTHETIC.startswith("Data about children on this page are synthetic: ")
    assert records.SYNTHETIC.endswith(".")


def test_the_period_ends_on_the_day_given(project, monkeypatch, notices):
    import kentlib.extracts

    asked = []
    found = SimpleNamespace(files=pd.DataFrame({"file": ["a.csv"]}))
    monkeypatch.setattr(
        kentlib.extracts, "read", lambda *given, **named: asked.append((given, named)) or found
    )
    assert load("own") is found
    assert asked == [((project / "own",), {"period_end": "2017-03-06"})]


def test_a_folder_that_went_away_is_an_error_without_a_path(project):
    with pytest.raises(DataError, match="There is no folder gone") as caught:
        load("gone")
    assert str(project) not in str(caught.value)


def test_the_bundled_sample_is_read_and_its_districts_are_found_both_ways(notices):
    read = load(records.SAMPLE)
    assert notices == [records.SYNTHETIC]
    names = records.districts(read)
    assert len(names) == 12
    assert names == sorted(names)
    assert "Folkestone and Hythe" not in names
    folder = records.folder(records.SAMPLE)
    assert known_districts.in_files(records.files(folder)) == names
    told = records.received(read)
    assert (told["rows_in"] == told["used"] + told["left_out"]).all()
    assert told["table"].is_unique


def test_without_extracts_the_one_line_says_what_to_do():
    line = (
        "No extracts were given for Medway: set the parameter extracts to a folder that holds them"
    )
    assert records.absent(records.NONE, "Medway") == line
    assert records.absent(records.SAMPLE, "Medway") == line


def test_a_table_received_is_one_row_with_its_reasons_the_commonest_first():
    told = records.received(
        own(
            ("Episodes", 20, 12, 3, "ends before it starts"),
            ("Episodes", 20, 12, 5, "a later return tells it"),
            ("Districts", 4, 4, 0, ""),
            ("Reviews", 9, 8, 1, "no date"),
        )
    )
    assert list(told) == list(records.RECEIVED_COLUMNS)
    assert told.drop(columns="why").to_numpy().tolist() == [
        ["Episodes", 20, 12, 8],
        ["Districts", 4, 4, 0],
        ["Reviews", 9, 8, 1],
    ]
    assert told["why"].fillna("").tolist() == [
        "a later return tells it (5); ends before it starts (3)",
        "",
        "no date",
    ]


def test_sheets_that_nobody_could_read_are_counted_each():
    told = records.received(
        own(("Another", 3, 0, 3, "not recognised"), ("Another", 3, 0, 3, "not recognised"))
    )
    assert told.to_numpy().tolist() == [["Another", 6, 0, 6, "not recognised"]]


def test_a_table_received_is_shown_with_its_numbers_grouped(monkeypatch):
    shown = []
    monkeypatch.setattr(show, "display", lambda data, **named: shown.append(data["text/html"]))
    told = records.received(own(("Episodes", 1200, 1190, 10, "no date")))
    show.table(
        told, caption="Rows", columns=records.RECEIVED_COLUMNS, formats=records.RECEIVED_FORMATS
    )
    assert "1,200" in shown[0]
    assert "Why left out" in shown[0]


@pytest.mark.parametrize(
    ("rows", "finding"),
    [
        ([], "The extracts hold no row that could be read"),
        ([("A", 0, 0, 0, "")], "The extracts hold no row that could be read"),
        ([("A", 1200, 1200, 0, "")], "All 1,200 rows in 1 table were used"),
        (
            [("A", 9, 8, 1, "no date"), ("B", 4, 4, 0, "")],
            "Of 13 rows in 2 tables, 12 were used; 1 was left out (no date)",
        ),
        (
            [("A", 5, 1, 1, "no date"), ("A", 5, 1, 3, "a copy")],
            "Of 5 rows in 1 table, 1 was used; 4 were left out (3 of them: a copy)",
        ),
        (
            [("A", 6, 4, 2, "a copy"), ("B", 3, 1, 2, "a copy"), ("C", 3, 0, 3, "no date")],
            "Of 12 rows in 3 tables, 5 were used; 7 were left out (4 of them: a copy)",
        ),
    ],
    ids=["nothing", "empty", "all", "one", "reasons", "reason over tables"],
)
def test_the_finding_says_how_many_rows_were_used_and_why_others_were_not(rows, finding):
    assert records.received_finding(own(*rows)) == finding


def test_the_districts_are_those_of_their_own_table(project):
    write(project, "own/interviews.csv", INTERVIEWS)
    assert records.districts(load("own")) == ["Eastmere", "Westmere"]
    assert known_districts.in_files(records.files(project / "own")) == ["Eastmere", "Westmere"]


def test_without_that_table_they_are_those_of_the_interviews(project):
    (project / "own" / "districts.csv").unlink()
    write(project, "own/interviews.csv", INTERVIEWS)
    assert records.districts(load("own")) == ["Eastmere", "Northmere"]
    assert known_districts.in_files(records.files(project / "own")) == ["Eastmere", "Northmere"]


def test_files_are_opened_again_only_when_they_have_changed(project, monkeypatch):
    from kentlib.extracts import sheets

    read, was = [], sheets.read_file
    monkeypatch.setattr(
        sheets, "read_file", lambda path, *given: read.append(path.name) or was(path, *given)
    )
    for _ in range(3):
        named = known_districts.in_files(records.files(project / "own"))
        assert named == ["Eastmere", "Westmere"]
        named.clear()
    assert read == ["districts.csv"]
    file = project / "own" / "districts.csv"
    was_written = file.stat().st_mtime_ns
    write(project, "own/districts.csv", DISTRICTS.replace("Eastmere", "Downmere"))
    os.utime(file, ns=(was_written, was_written + 10**9))
    assert known_districts.in_files(records.files(project / "own")) == ["Downmere", "Westmere"]


def test_a_district_not_recorded_is_none(project):
    write(project, "own/districts.csv", DISTRICTS + "010,\n011,not recorded\n")
    assert records.districts(load("own")) == ["Eastmere", "Westmere"]
    assert known_districts.in_files(records.files(project / "own")) == ["Eastmere", "Westmere"]


def test_extracts_without_districts_know_none():
    assert records.districts(SimpleNamespace(districts=None, interviews=None)) == []


def workbook(path, rows, *, zipped=""):
    """A workbook of one sheet, or a zip that holds it."""
    import io
    import zipfile

    made = io.BytesIO()
    pd.DataFrame(rows[1:], columns=rows[0]).to_excel(made, index=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not zipped:
        path.write_bytes(made.getvalue())
        return
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipped, made.getvalue())


@pytest.mark.parametrize("kind", ["xlsx", "zip of csv", "zip of xlsx", "utf-16", "upper case"])
def test_districts_are_found_in_whatever_form_the_table_comes(kind, tmp_path):
    import zipfile

    rows = [line.split(",") for line in DISTRICTS.split()]
    if kind == "xlsx":
        workbook(tmp_path / "a.xlsx", rows)
    elif kind == "zip of xlsx":
        workbook(tmp_path / "a.zip", rows, zipped="in/a.xlsx")
    elif kind == "zip of csv":
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.writestr("in/a.csv", DISTRICTS)
    elif kind == "utf-16":
        write(tmp_path, "a.csv", DISTRICTS.encode("utf-16"))
    else:
        write(tmp_path, "a.csv", DISTRICTS.replace("district", "DISTRICT"))
    assert known_districts.in_files(records.files(tmp_path)) == ["Eastmere", "Westmere"]


def test_a_file_without_the_word_in_its_header_is_not_read(tmp_path, monkeypatch):
    from kentlib.extracts import sheets

    read, was = [], sheets.read_file
    monkeypatch.setattr(
        sheets, "read_file", lambda path, *given: read.append(path.name) or was(path, *given)
    )
    write(tmp_path, "districts.csv", DISTRICTS)
    write(tmp_path, "episodes.csv", "CHILD,DECOM,RNE,LS\n1,01/04/2016,S,C2\n")
    workbook(tmp_path / "list.xlsx", [["Child Unique ID", "Team"], ["1", "North"]])
    assert known_districts.in_files(records.files(tmp_path)) == ["Eastmere", "Westmere"]
    assert read == ["districts.csv"]


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"PK\x03\x04" + b"district" * 9, b"\xff\xfe\x00", b"district\x00\xff"]
)
def test_noise_names_no_district(content, tmp_path):
    write(tmp_path, "noise.xlsx", content)
    assert known_districts.in_files(records.files(tmp_path)) == []


def test_hidden_files_are_no_extracts(tmp_path):
    for name in (".a.csv", ".git/a.csv", "~$a.xlsx"):
        write(tmp_path, name, "a")
    assert list(records.files(tmp_path)) == []
    assert records.problem(str(tmp_path)) == "that folder holds no file"


@pytest.mark.parametrize("extracts", ["none", "own", "data/sample", "own/../own"])
def test_a_folder_with_a_file_or_none_is_no_problem(extracts, project):
    assert records.problem(extracts) is None
    assert records.problem(str(project / "own")) is None


@pytest.mark.parametrize(
    ("extracts", "why"),
    [
        ("", "it must name a folder, or be 'none'"),
        ("  ", "it must name a folder, or be 'none'"),
        ("own\0", "it must name a folder, or be 'none'"),
        ("own/districts.csv", "it is a file: name the folder that holds it"),
        ("gone", "there is no such folder; the project's folder holds the folders data, own"),
        ("data/gone/2", "there is no such folder; data holds the folder sample"),
        ("own/gone", "there is no such folder; own holds no folder"),
        ("../gone", "there is no such folder; .. holds the folder project"),
        (".", "it holds files of this project: name a folder that holds extracts alone"),
        ("data", "it holds files of this project: name a folder that holds extracts alone"),
        ("/", "it holds files of this project: name a folder that holds extracts alone"),
    ],
)
def test_any_other_folder_is_a_problem_in_words(extracts, why, project):
    assert records.problem(extracts) == why


def test_a_name_that_no_folder_can_have_is_a_problem_in_words(project):
    assert records.problem("x" * 5000)


def test_of_many_folders_the_closest_are_named(project):
    for number in range(records.SHORT):
        (project / f"year-{number}").mkdir()
    told = records.problem("yaer-3")
    assert told.startswith("there is no such folder; the closest in the project's folder: ")
    assert "year-3" in told
    assert records.problem("???") == "there is no such folder, in the project's folder"


def test_no_path_of_this_machine_is_told_unless_it_was_given(project):
    for relative in ("gone", "../gone", "data/gone", "own/districts.csv"):
        assert str(project.parent) not in records.problem(relative)
    assert str(project) in records.problem(str(project / "gone"))
