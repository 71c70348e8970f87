import json

import pytest

from kentlib.reports import record, reuse

KEY = "0" * 64


@pytest.fixture
def last(tmp_path):
    """The folder of a run with one finished report, "tides"."""
    folder = tmp_path / "20261121T000000Z"
    folder.mkdir()
    write(folder)
    return folder


@pytest.fixture
def here(tmp_path):
    """The folder of the run that looks for reports to take."""
    folder = tmp_path / ".20261122T000000Z.partial"
    folder.mkdir()
    return folder


def write(folder, **changed):
    content = b"<p>tides</p>"
    (folder / "tides.html").write_bytes(content)
    told = {"report": "tides", "outcome": "finished", "key": KEY, "run": folder.name}
    told |= {"outputs": {"tides.html": record.sha256(content)}} | changed
    (folder / "tides.json").write_text(json.dumps(told))


def test_a_report_made_from_the_same_things_is_taken(last, here):
    told = reuse.take("tides", KEY, [last], here)
    assert (told["run"], told["asked"]) == (last.name, True)
    assert (here / "tides.html").read_bytes() == b"<p>tides</p>"


@pytest.mark.parametrize(
    "changed", [{"key": "1" * 64}, {"outcome": "stale"}, {"outcome": "failed"}, {"key": None}]
)
def test_a_report_of_other_things_or_not_good_is_not(last, here, changed):
    write(last, **changed)
    assert reuse.take("tides", KEY, [last], here) is None
    assert list(here.iterdir()) == []


def test_a_report_that_somebody_changed_is_not_taken(last, here):
    (last / "tides.html").write_text("<p>better tides</p>")
    assert reuse.take("tides", KEY, [last], here) is None
    (last / "tides.html").unlink()
    assert reuse.take("tides", KEY, [last], here) is None
    assert list(here.iterdir()) == []


def test_a_record_cannot_have_files_taken_from_outside_its_run(last, here):
    outside = last.parent / "secret"
    outside.write_text("x")
    write(last, outputs={"../secret": record.sha256(b"x")})
    assert reuse.take("tides", KEY, [last], here) is None


def test_what_an_interrupted_run_had_made_is_taken_before_the_last_complete_one(last, here):
    broken = last.parent / ".20261121T120000Z.partial"
    broken.mkdir()
    write(broken)
    assert reuse.broken_off(last.parent) == [here, broken]
    assert reuse.take("tides", KEY, [broken, last], here)["run"] == broken.name


def test_a_report_that_was_not_asked_for_is_kept_whatever_it_is(last, here):
    write(last, outcome="stale", key="1" * 64)
    told = reuse.keep("tides", last, here)
    assert (told["asked"], told["outcome"]) == (False, "stale")
    assert (here / "tides.html").exists()


def test_a_runs_own_files_are_no_reports(last):
    for name in ("manifest.json", "ro-crate-metadata.json"):
        (last / name).write_text("{}")
    assert list(reuse.names(last)) == ["tides"]
