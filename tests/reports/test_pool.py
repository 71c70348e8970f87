import os
import resource
import signal
from types import SimpleNamespace

import pytest
from aftermath import apart, wait_until, zombies
from kernels import alive

from kentlib.reports import facts, plan, pool, warm
from kentlib.reports.kernel import Limits
from kentlib.reports.worker import Making

HELD = """import os, time
from pathlib import Path
Path(f"{place}.at").write_text(str(os.getpid()))
while not Path("go").exists():
    time.sleep(0.01)"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    with apart(tmp_path_factory) as one:
        yield one


@pytest.fixture(scope="module")
def parent(place):
    """One warm parent for the module."""
    started = warm.Parent()
    started.wait()
    yield started
    started.close()
    place.assert_nothing_left()
    assert zombies() == []


@pytest.fixture(autouse=True)
def borrowed(parent, monkeypatch):
    """Have pools use the module's parent, and leave it running."""

    def borrow(*_):
        return SimpleNamespace(
            address=parent.address,
            folder=parent.folder,
            alive=parent.alive,
            wait=lambda *_: None,
            close=lambda: None,
        )

    monkeypatch.setattr(warm, "Parent", borrow)


@pytest.fixture
def jobs(write_notebook, tmp_path):
    """A job for each name, of one notebook with these cells."""

    def make(*names, cells=(HELD,)):
        path = write_notebook("tides", *cells)
        return [plan.Job(path, {"place": name, "year": 2017}, name) for name in names]

    return make


@pytest.fixture
def staffed(tmp_path):
    """A pool for some jobs."""
    (tmp_path / "made").mkdir()
    (tmp_path / "previous").mkdir()

    def make(jobs, size=2, seconds=60):
        known = facts.gather("20261122T013000Z", jobs)
        folders = (tmp_path / "made", tmp_path / "previous")
        return pool.Pool(Making(known, *folders, Limits(seconds, 500)), size)

    return make


def told_of(events, which):
    return [(job and job.name, told) for event, job, told in events if event == which]


def wait_for(tmp_path, name):
    """The process of the kernel that holds a report."""
    wait_until(lambda: (path := tmp_path / f"{name}.at").exists() and path.read_text())
    number = int((tmp_path / f"{name}.at").read_text())
    (tmp_path / f"{name}.at").unlink()
    return number


def test_a_worker_that_hangs_is_killed_and_its_report_tried_once_more(
    jobs, staffed, tmp_path, monkeypatch
):
    monkeypatch.setattr(pool, "GRACE", 0.2)
    events = []
    asked = jobs("one")
    with staffed(asked, seconds=2) as workers:
        for event in workers.make(asked):
            events.append(event)
            if event[0] == "started":
                os.kill(workers._workers[0].process.pid, signal.SIGSTOP)
    why = "the report took longer than its limit and did not let itself be ended"
    assert told_of(events, "again") == [("one", {"again": why})]
    ((name, told),) = told_of(events, "done")
    assert (name, told["outcome"], told["attempts"], told["error"]) == ("one", "failed", 2, why)


def test_a_worker_that_dies_with_nothing_to_do_costs_nothing_but_an_attempt(
    jobs, staffed, tmp_path
):
    asked = jobs("one", "two", "three", cells=("1",))
    events = []
    with staffed(asked, size=1) as workers:
        for event in workers.make(asked):
            events.append(event)
            if event[0] == "done" and event[1].name == "one":
                os.kill(workers._workers[0].process.pid, signal.SIGKILL)
                wait_until(lambda: workers._workers[0].process.poll() is not None)
    assert [name for name, _ in told_of(events, "again")] == ["two"]
    outcomes = {name: told["outcome"] for name, told in told_of(events, "done")}
    assert outcomes == dict.fromkeys(("one", "two", "three"), "finished")


def test_a_report_whose_last_version_cannot_be_kept_either_is_failed(jobs, staffed, tmp_path):
    good = '{"report": "one", "outcome": "finished", "outputs": {"one.ipynb": ""}}'
    (tmp_path / "previous" / "one.json").write_text(good)
    os.mkfifo(tmp_path / "previous" / "one.ipynb")  # who reads it waits without end
    asked = jobs("one")
    events = []
    with staffed(asked) as workers:
        for event in workers.make(asked):
            events.append(event)
            if event[0] == "started":
                wait_for(tmp_path, "one")
                os.kill(workers._workers[0].process.pid, signal.SIGKILL)
            if event[0] == "beat" and workers._workers[0].attempt == 3:
                os.kill(workers._workers[0].process.pid, signal.SIGKILL)
    ((_, told),) = told_of(events, "done")
    assert (told["outcome"], told["attempts"]) == ("failed", 2)
    assert told["error"] == "the process that made the report was ended by something else"


def test_what_a_worker_cannot_write_ends_the_run_with_the_file_it_was(jobs, staffed, tmp_path):
    asked = jobs("one", cells=("1",))
    (tmp_path / "made").rmdir()
    with staffed(asked) as workers, pytest.raises(FileNotFoundError) as raised:
        list(workers.make(asked))
    assert raised.value.filename.startswith(str(tmp_path / "made"))


def test_a_parent_that_forks_no_more_takes_no_work_away(jobs, staffed, tmp_path, monkeypatch):
    asked = jobs("one", "two")
    events = []
    with staffed(asked) as workers:
        hear = warm.Process._hear

        def refused(process, seconds):
            if workers._workers:
                raise warm.Unavailable("the warm parent cannot fork: it was told not to")
            return hear(process, seconds)

        for event in workers.make(asked):
            if event[0] == "started" and event[1].name == "one":
                kernel = wait_for(tmp_path, "one")
                monkeypatch.setattr(warm.Process, "wait_ready", refused)
            elif event[0] == "started":
                assert alive(kernel)
                (tmp_path / "go").touch()
            events.append(event)
    why = "the warm parent cannot fork: it was told not to"
    assert told_of(events, "cold") == [(None, {"why": why})]
    assert told_of(events, "again") == []
    outcomes = {name: told["outcome"] for name, told in told_of(events, "done")}
    assert outcomes == {"one": "finished", "two": "finished"}


def test_a_pool_that_is_left_ends_its_workers_and_their_kernels(jobs, staffed, tmp_path):
    asked = jobs("one", "two")
    with staffed(asked) as workers:
        events = workers.make(asked)
        while next(events)[0] != "beat":
            pass
        kernels = [wait_for(tmp_path, name) for name in ("one", "two")]
        numbers = [worker.process.pid for worker in workers._workers]
        assert all(map(alive, numbers + kernels))
    assert not any(map(alive, numbers))
    wait_until(lambda: not any(map(alive, kernels)), 5)


def test_many_runs_in_one_process_leave_no_descriptor(jobs, staffed):
    asked = jobs("one", cells=("1",))
    counts = []
    for _ in range(4):
        with staffed(asked) as workers:
            list(workers.make(asked))
        counts.append(len(os.listdir("/proc/self/fd")))
    assert counts[1:] == counts[:1] * 3


def test_a_pool_works_in_a_process_with_a_thousand_open_files(jobs, staffed):
    asked = jobs("one", cells=("1",))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    held = []
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1200), hard))
        held = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
        with staffed(asked) as workers:
            ((_, told),) = told_of(list(workers.make(asked)), "done")
        assert told["outcome"] == "finished"
    finally:
        for descriptor in held:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
