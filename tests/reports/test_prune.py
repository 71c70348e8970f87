import json
import os
import shutil
from pathlib import Path

import pytest

from kentlib.reports import prune

OLD = [f"2026110{day}T013000Z" for day in range(1, 7)]


@pytest.fixture
def write_run(tmp_path):
    """Write a run's folder: a page and a manifest of reports that ended as told."""

    def write(name, *outcomes, manifest=True):
        run = tmp_path / name
        run.mkdir()
        (run / "index.html").write_text("page")
        reports = [{"report": f"r{n}", "outcome": one} for n, one in enumerate(outcomes)]
        if manifest:
            told = {"run": name, "outcome": "complete", "reports": reports}
            (run / "manifest.json").write_text(json.dumps(told))
        else:
            for told in reports:
                (run / f"{told['report']}.json").write_text(json.dumps(told))
        return run

    return write


@pytest.fixture
def runs(write_run, tmp_path):
    """Six nights, each good, `latest` leading to the last."""
    for name in OLD:
        write_run(name, "finished", "finished")
    (tmp_path / "latest").symlink_to(OLD[-1], target_is_directory=True)
    return tmp_path


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_oldest_runs_are_removed_until_as_many_are_left_as_asked_for(runs):
    assert prune.prune(runs, 4) == [f"the old run {name} was removed" for name in OLD[:2]]
    assert names(runs) == [*OLD[2:], "latest"]
    assert prune.prune(runs, 4) == []
    assert names(runs) == [*OLD[2:], "latest"]


def test_no_more_runs_than_are_to_be_kept_are_left_as_they_are(runs):
    assert prune.prune(runs, 6) == []
    assert names(runs) == [*OLD, "latest"]


def test_the_second_run_of_a_second_is_younger_than_the_first_and_the_tenth_than_the_second(
    write_run, tmp_path
):
    for name in (OLD[0], f"{OLD[0]}-2", f"{OLD[0]}-10", OLD[1]):
        write_run(name, "finished")
    prune.prune(tmp_path, 2)
    assert names(tmp_path) == [f"{OLD[0]}-10", OLD[1]]


def test_the_run_that_latest_leads_to_stays_though_it_is_the_oldest(runs):
    (runs / "latest").unlink()
    (runs / "latest").symlink_to(OLD[0], target_is_directory=True)
    prune.prune(runs, 2)
    assert names(runs) == [OLD[0], OLD[-1], "latest"]


def test_a_run_that_latest_is_a_copy_of_stays(runs):
    (runs / "latest").unlink()
    shutil.copytree(runs / OLD[0], runs / "latest")
    prune.prune(runs, 2)
    assert names(runs) == [OLD[0], OLD[-1], "latest"]
    assert names(runs / "latest") == ["index.html", "manifest.json"]


@pytest.mark.parametrize("bad", ["failed", "stale"])
def test_the_last_good_run_stays_however_old(write_run, tmp_path, bad):
    write_run(OLD[0], "finished")
    write_run(OLD[1], "finished", "finished")
    for name in OLD[2:]:
        write_run(name, "finished", bad)
    (tmp_path / "latest").symlink_to(OLD[-1], target_is_directory=True)
    prune.prune(tmp_path, 2)
    assert names(tmp_path) == [OLD[1], OLD[-1], "latest"]
    prune.prune(tmp_path, 1)
    assert names(tmp_path) == [OLD[1], OLD[-1], "latest"]


def test_a_run_without_a_manifest_is_known_by_its_records(write_run, tmp_path):
    write_run(OLD[0], "finished", manifest=False)
    write_run(OLD[1], "finished", manifest=False)
    write_run(OLD[2], "failed", manifest=False)
    write_run(OLD[3], "failed")
    prune.prune(tmp_path, 2)
    assert names(tmp_path) == [OLD[1], OLD[3]]


def test_what_a_person_put_there_stays(runs, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "manifest.json").write_text('{"reports": []}')
    kept = {"notes", "20261031", "20261031T013000Z", "20261030T013000Z", "20261029T013000Z.txt"}
    (runs / "notes").mkdir()
    (runs / "20261031").mkdir()
    (runs / "20261031" / "manifest.json").write_text('{"reports": []}')
    (runs / "20261031T013000Z").mkdir()
    (runs / "20261031T013000Z" / "letter.json").write_text('{"report": "another"}')
    (runs / "20261030T013000Z").symlink_to(elsewhere, target_is_directory=True)
    (runs / "20261029T013000Z.txt").write_text("kept")
    prune.prune(runs, 1)
    assert set(names(runs)) == kept | {OLD[-1], "latest"}
    assert names(elsewhere) == ["manifest.json"]


def test_nothing_outside_is_removed_through_a_link_inside_a_run(runs, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "letter").write_text("kept")
    (runs / OLD[0] / "link").symlink_to(elsewhere, target_is_directory=True)
    (runs / f".{OLD[1]}.pruned").symlink_to(elsewhere, target_is_directory=True)
    prune.prune(runs, 5)
    assert OLD[0] not in names(runs)
    assert names(elsewhere) == ["letter"]


def test_a_run_is_gone_at_once_and_an_interrupted_removal_is_finished_next_time(runs, monkeypatch):
    def interrupt(path):
        Path(path, "index.html").unlink()
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", interrupt)
        with pytest.raises(KeyboardInterrupt):
            prune.prune(runs, 5)
    assert names(runs) == [f".{OLD[0]}.pruned", *OLD[1:], "latest"]
    assert prune.prune(runs, 5) == []
    assert names(runs) == [*OLD[1:], "latest"]


def test_what_cannot_be_removed_is_said_and_stops_nothing(runs, monkeypatch):
    rename = os.rename

    def refuse(source, target):
        if Path(source).name == OLD[0]:
            raise PermissionError(13, "Permission denied", str(source))
        rename(source, target)

    monkeypatch.setattr(os, "rename", refuse)
    assert prune.prune(runs, 4) == [
        f"the old run {OLD[0]} could not be removed: Permission denied",
        f"the old run {OLD[1]} was removed",
    ]


def test_a_file_where_the_removed_run_was_to_go_is_left_and_said(runs):
    (runs / f".{OLD[0]}.pruned").write_text("a person's")
    (note,) = prune.prune(runs, 5)
    assert note.startswith(f"the old run {OLD[0]} could not be removed: ")
    assert OLD[0] in names(runs)
    assert (runs / f".{OLD[0]}.pruned").read_text() == "a person's"


def test_files_that_cannot_be_deleted_are_said_each_time(runs, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(shutil, "rmtree", refuse)
    left = f"files of an old run are left in .{OLD[0]}.pruned: Permission denied"
    assert prune.prune(runs, 5) == [f"the old run {OLD[0]} was removed", left]
    assert prune.prune(runs, 5) == [left]


def test_a_folder_that_is_no_folder_is_said(tmp_path):
    (tmp_path / "out").write_text("")
    why = "old runs could not be looked for"
    for name in ("out", "none"):
        (note,) = prune.prune(tmp_path / name, 1)
        assert note.startswith(why)
        assert str(tmp_path) not in note


def test_no_plan_can_ask_for_every_run_to_go(write_run, tmp_path):
    for name in OLD:
        write_run(name, "failed")
    prune.prune(tmp_path, 0)
    assert names(tmp_path) == [OLD[-1]]
