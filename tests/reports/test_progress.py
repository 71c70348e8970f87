import io
import json

import pytest

from kentlib.reports import progress

MADE = {"report": "tides", "outcome": "finished", "seconds": 1.25, "megabytes": 300, "attempts": 1}
FAILED = {"report": "storms", "outcome": "failed", "seconds": 2.0, "error": "ValueError: x"}


@pytest.fixture
def watched(tmp_path):
    """A run's progress without a terminal, the lines it said, and its log when it is closed."""
    lines = []
    told = progress.Progress(lines.append, tmp_path / "log.jsonl", None)
    yield (
        told,
        lines,
        lambda: told.close() or [json.loads(line) for line in (tmp_path / "log.jsonl").open()],
    )


def test_each_report_is_a_line_for_people_and_an_event_in_the_log(watched):
    told, lines, log = watched
    told.begin(2)
    told.started("tides")
    told.done(MADE)
    told.again("storms", "the kernel died")
    told.done(FAILED)
    assert lines == [
        "tides: finished in 1.2 s",
        "storms: once more. the kernel died",
        "storms: failed in 2.0 s. ValueError: x",
    ]
    events = log()
    assert [event["event"] for event in events] == ["started", "done", "again", "done"]
    assert events[1] | {"time": ""} == {"time": "", "event": "done"} | MADE
    assert all(event["time"].endswith("+00:00") for event in events)


def test_a_report_whose_last_good_version_is_kept_says_so():
    stale = FAILED | {"outcome": "stale"}
    words = "storms: failed in 2.0 s, the last good version is kept. ValueError: x"
    assert progress.sentence(stale) == words


def test_a_terminal_has_a_bar_with_what_runs_and_what_failed(tmp_path):
    lines, drawn = [], io.StringIO()
    told = progress.Progress(lines.append, tmp_path / "log.jsonl", drawn)
    told.begin(2)
    told.started("tides")
    told.done(FAILED)
    told.started("waves")
    told.close()
    assert lines == ["storms: failed in 2.0 s. ValueError: x"]
    assert "of 2 reports" in drawn.getvalue()
    assert "1 failed, running tides, waves" in drawn.getvalue()


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((2, 0, 0, 0), "2 reports made"),
        ((1, 26, 1, 0), "1 report made, 26 unchanged and reused, 1 failed"),
        ((0, 0, 0, 3), "3 kept as they were"),
        ((0, 0, 0, 0), "no report"),
    ],
)
def test_the_end_of_a_run_is_told_in_counts(counts, words):
    assert progress.summary(*counts) == words
