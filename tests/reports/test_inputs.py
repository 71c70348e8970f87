import hashlib
import json
import os
from pathlib import Path

import pytest

from kentlib import paths, releases
from kentlib.reports import files, inputs


def told_of(params):
    found = inputs.extracts(params)
    return None if found is None else inputs.digests(found)


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A folder of extracts, "own", in a project of its own."""
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    for name in ("own/2016-17/header.csv", "own/a.csv", "own/.hidden.csv", "own/~$a.xlsx"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def test_extracts_are_known_by_the_sha256_of_each_file_and_its_path_in_the_folder(own):
    told = told_of({"authority": "Kent", "extracts": "own"})
    assert told == {
        "2016-17/header.csv": hashlib.sha256(b"own/2016-17/header.csv").hexdigest(),
        "a.csv": hashlib.sha256(b"own/a.csv").hexdigest(),
    }
    assert list(told) == sorted(told)


def test_a_changed_extract_has_another_sha256(own):
    before = told_of({"extracts": "own"})
    (own / "own" / "a.csv").write_text("another")
    after = told_of({"extracts": "own"})
    assert before.keys() == after.keys()
    assert before["a.csv"] != after["a.csv"]


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"extracts": "none"},
        {"extracts": "gone"},
        {"extracts": 7},
        {"extracts": "."},
        {"authority": "Medway", "extracts": "data/sample"},
    ],
    ids=["no parameter", "none", "no folder", "no text", "the project", "another's sample"],
)
def test_without_extracts_there_are_no_files_of_them(params, tmp_path, monkeypatch):
    (tmp_path / "data" / "sample").mkdir(parents=True)
    (tmp_path / "data" / "sample" / "a.csv").write_text("a")
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    assert told_of(params) is None


def test_an_extract_that_cannot_be_opened_is_listed_without_a_sha256(own, monkeypatch):
    def refuse(*given):
        raise PermissionError

    monkeypatch.setattr(hashlib, "file_digest", refuse)
    assert told_of({"extracts": "own"})["a.csv"] is None


def test_a_file_whose_name_is_no_text_is_listed_in_a_record_that_can_be_written(own):
    try:
        Path(os.fsdecode(bytes(own / "own") + b"/\xe9.csv")).write_text("a")
    except OSError:
        return  # This file system has no such names.
    told = told_of({"extracts": "own"})
    assert "\\udce9.csv" in told
    json.dumps(told, ensure_ascii=False).encode()


def test_the_sample_is_known_without_a_path_of_this_machine():
    told = told_of({"authority": "Kent", "extracts": "data/sample"})
    assert "districts_synthetic.csv" in told
    assert str(paths.ROOT) not in str(told)


def test_a_file_from_elsewhere_is_known_by_its_name(tmp_path):
    assert inputs.relative(tmp_path / "own.ipynb") == "own.ipynb"
    assert inputs.relative(Path(paths.ROOT, "data", "a.csv")) == "data/a.csv"


def test_a_file_that_was_only_touched_has_not_changed(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("one")
    seen = inputs.look("a.csv", path)
    os.utime(path, (1, 1))
    assert inputs.changed([seen]) == []


@pytest.mark.parametrize("change", ["written", "written with its old time", "gone", "replaced"])
def test_a_file_with_other_content_has_changed(tmp_path, change):
    path = tmp_path / "a.csv"
    path.write_text("one")
    seen = inputs.look("a.csv", path)
    if change == "gone":
        path.unlink()
    elif change == "replaced":
        (tmp_path / "b.csv").write_text("two")
        os.replace(tmp_path / "b.csv", path)
    else:
        before = path.stat()
        path.write_text("two")
        if change == "written with its old time":
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert inputs.changed([seen]) == ["a.csv"]


def test_a_file_that_came_into_the_extracts_later_is_named(own):
    found = inputs.extracts({"extracts": "own"})
    assert inputs.added(found, {"extracts": "own"}) == []
    (own / "own" / "late.csv").write_text("late")
    assert inputs.added(found, {"extracts": "own"}) == ["late.csv"]


MINDED = {"audience": "public", "published": "published"}


def test_what_was_published_before_is_an_input_of_a_public_report_alone(own):
    (own / "published" / "2017-02").mkdir(parents=True)
    content = files.as_json(releases.seal({"kentlib_release": 1, "reports": [], "files": {}}))
    (own / "published" / "2017-02" / "release.json").write_bytes(content)
    (own / "published" / "2017-02" / "permanence.public.html").write_text("not read")
    found = inputs.published(MINDED)
    sha256 = hashlib.sha256(content).hexdigest()
    assert inputs.digests(found) == {"2017-02/release.json": sha256}
    for other in ({"audience": "internal"}, {"published": "none"}, {"published": "gone"}):
        assert inputs.published(MINDED | other) is None
    assert inputs.added(found, MINDED) == []
    (own / "published" / "2017-03").mkdir()
    (own / "published" / "2017-03" / "release.json").write_bytes(content)
    assert inputs.added(found, MINDED) == ["2017-03/release.json"]


def test_kentlib_is_all_its_files_but_what_python_makes_of_them():
    names = [one.name for one in inputs.package()]
    assert "kentlib/reports/inputs.py" in names
    assert "kentlib/reports/template/look.css" in names
    assert not [name for name in names if "__pycache__" in name]
