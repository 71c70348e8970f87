"""What another machine has of a run's inputs. The two machines are two folders of this one."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from kentlib import paths, records, releases
from kentlib.reports import facts
from kentlib.reports import sent as module
from kentlib.reports.files import as_json
from kentlib.reports.plan import Job
from kentlib.reports.sent import Lacking, Sent, parts

CALLED = {"extracts": "kent"}


@pytest.fixture
def job(tmp_path, monkeypatch):
    """A job as the run's machine has it, and paths.ROOT is the other's; and its facts."""
    here, there = tmp_path / "here", tmp_path / "there"
    for name, content in {
        "notebooks/tides.ipynb": "{}",
        "data/kent/2017/episodes.csv": "child\n1\n",
        "data/kent/districts.csv": "",
    }.items():
        path = here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    there.mkdir()
    monkeypatch.setattr(paths, "ROOT", here)
    made = Job(here / "notebooks" / "tides.ipynb", {"extracts": "data/kent"}, "tides")
    gathered = facts.gather("20261122T013000Z", [made])
    monkeypatch.setattr(paths, "ROOT", there)
    return made, gathered


@pytest.fixture
def sent(job):
    made = Sent(job[1])
    yield made
    made.close()


def files(job):
    made, gathered = job
    return [gathered.notebook(made), *gathered.extracts_of(made)]


def test_what_is_lacking_is_told_and_once_sent_is_there(job, sent, tmp_path, monkeypatch):
    made, _ = job
    (tmp_path / "here" / "notebooks").rename(tmp_path / "here" / "gone")
    inputs = [
        replace(one, path=Path(str(one.path).replace("notebooks", "gone"))) for one in files(job)
    ]
    lacking = set()
    for _ in range(2):
        with pytest.raises(Lacking) as told:
            sent.inputs(made, CALLED)
        lacking |= told.value.digests
        for one in inputs:
            for part in parts(one) if one.sha256 in told.value.digests else ():
                sent.take(part)
    assert lacking == {one.sha256 for one in inputs}
    notebook, own, _ = sent.inputs(made, CALLED)
    assert notebook.path.read_text() == "{}"
    assert notebook.name == "notebooks/tides.ipynb"
    assert [one.name for one in own] == ["2017/episodes.csv", "districts.csv"]
    monkeypatch.setenv(*next(iter(sent.environment.items())))
    assert records.folder("data/kent").name == "kent"
    assert (records.folder("data/kent/2017") / "episodes.csv").read_text() == "child\n1\n"
    assert records.folder("data/kent/../kent") == records.folder("data/kent")
    assert records.folder("data/medway") == paths.ROOT / "data/medway"


def test_what_is_there_already_is_read_where_it_is(job, sent, tmp_path):
    made, _ = job
    shutil.copytree(tmp_path / "here", tmp_path / "there", dirs_exist_ok=True)
    notebook, own, _ = sent.inputs(made, CALLED)
    assert notebook.path == tmp_path / "there" / "notebooks" / "tides.ipynb"
    assert {one.path.parents[-1] for one in own} == {notebook.path.parents[-1]}
    assert all(one.path.is_relative_to(tmp_path / "there") for one in own)


def test_what_was_published_before_is_sent_like_extracts(job, tmp_path, monkeypatch):
    made = replace(job[0], params={"audience": "public", "published": "published"})
    place = tmp_path / "here" / "published" / "2017-02"
    place.mkdir(parents=True)
    content = releases.seal({"kentlib_release": 1, "reports": [], "files": {}})
    (place / "release.json").write_bytes(as_json(content))
    monkeypatch.setattr(paths, "ROOT", tmp_path / "here")
    gathered = facts.gather("20261122T013000Z", [made])
    monkeypatch.setattr(paths, "ROOT", tmp_path / "there")
    there = Sent(gathered)
    called = {"published": "published"}
    for one in [gathered.notebook(made), *gathered.published_of(made)]:
        for part in parts(one):
            there.take(part)
    _, own, before = there.inputs(made, called)
    assert (own, [one.name for one in before]) == (None, ["2017-02/release.json"])
    monkeypatch.setenv(*next(iter(there.environment.items())))
    assert releases.problem("published", "permanence", {}) is None
    assert [path.name for path in releases.places(records.folder("published"))] == ["2017-02"]
    there.close()


def test_a_folder_with_one_file_more_is_not_the_same(job, sent, tmp_path):
    shutil.copytree(tmp_path / "here", tmp_path / "there", dirs_exist_ok=True)
    (tmp_path / "there" / "data" / "kent" / "older.csv").write_text("child\n2\n")
    with pytest.raises(Lacking):
        sent.inputs(job[0], CALLED)


def test_a_file_is_sent_in_parts_and_only_as_it_was(job, sent, monkeypatch):
    monkeypatch.setattr(module, "BYTES", 3)
    one = next(one for one in files(job) if one.name == "2017/episodes.csv")
    assert [(part.start, part.content, part.last) for part in parts(one)] == [
        (0, b"chi", False),
        (3, b"ld\n", False),
        (6, b"1\n", True),
    ]
    assert "chi" not in repr(next(parts(one)))
    one.path.write_text("child\n2\n")
    with pytest.raises(ValueError, match="has changed"):
        list(parts(one))


def test_a_part_that_was_altered_on_the_way_is_not_taken(job, sent):
    one = files(job)[0]
    with pytest.raises(ValueError, match="did not arrive as it was sent"):
        sent.take(replace(next(parts(one)), content=b"[]"))
    assert not list((sent.folder / "store").iterdir())
    sent.take(next(parts(one)))
    assert [path.name for path in (sent.folder / "store").iterdir()] == [one.sha256]


def test_the_folder_is_private_and_goes_with_its_process_however_that_ends(job):
    code = (
        "import sys, time\nfrom kentlib.reports.sent import Sent\n"
        "print(Sent(None).folder, flush=True)\ntime.sleep(600)"
    )
    running = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    folder = running.stdout.readline().strip()
    assert os.stat(folder).st_mode & 0o777 == 0o700
    running.kill()
    running.wait()
    end = time.monotonic() + 20
    while os.path.exists(folder):
        assert time.monotonic() < end
        time.sleep(0.05)
