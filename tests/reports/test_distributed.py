"""A run on a dask cluster: a real scheduler and real workers, each a process of this machine.

Their temporary files are in a folder of the test's own, so that what is left there is theirs.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from asyncio import run
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import a_night
import pytest
from distributed import Client

from kentlib import cli, once, paths
from kentlib.errors import DataError
from kentlib.reports import dask_worker, distributed, facts, processes, record, roll
from kentlib.reports.distributed import Cluster
from kentlib.reports.kernel import Limits
from kentlib.reports.plan import Job
from kentlib.reports.pool import Pool
from kentlib.reports.worker import Making

PATIENCE = 60
HERE = ("--host", "127.0.0.1", "--no-dashboard")
HEADING = """from IPython.display import display
told = {"text/markdown": f"## {place} in {year}", "text/plain": f"{place} in {year}"}
display(told, metadata={"kentlib": {"kind": "heading"}}, raw=True)"""
FIGURE = "import matplotlib.pyplot as plt\nimport random\nplt.plot([1, year]);"
KILL = """import os, signal
parent = int(open(f"/proc/{os.getppid()}/stat").read().rpartition(")")[2].split()[1])
os.kill(parent, signal.SIGKILL)  # the dask worker, by way of the warm parent
import time; time.sleep(600)"""
WINDS = f"""\
import os
print(os.path.basename(os.getcwd()), "shares", "{once.FOLDER}" in os.environ)"""
WHEN = {"started", "ended", "failed", "seconds", "megabytes", "outputs"}
WHERE = {"surroundings"}  # dask sets how many threads numeric libraries may have


def wait_until(true, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)
    return found


def alive(process):
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.fixture(scope="module")
def scheduler():
    """The address of a scheduler."""
    with tempfile.TemporaryDirectory() as folder, ended_after() as start:
        told = Path(folder, "scheduler.json")
        start("scheduler", folder, "--port", "0", "--scheduler-file", str(told))
        yield wait_until(lambda: told.exists() and json.loads(told.read_text()))["address"]


@pytest.fixture
def temporary():
    """The workers' temporary folder. Its name is short, as those of sockets must be."""
    with tempfile.TemporaryDirectory(prefix="d") as folder:
        yield Path(folder)


@pytest.fixture
def left(temporary):
    """What a run has left in the workers' temporary folder."""
    return lambda: sorted(path.name for path in temporary.glob("kentlib-*"))


@pytest.fixture
def workers(scheduler, temporary):
    """Start a process of so many workers of one report at a time. They are ended after."""
    with ended_after() as start, Client(scheduler, set_as_default=False) as client:
        wait_until(lambda: not client.nthreads())  # those of the test before

        def begin(many=1, *arguments, project=paths.ROOT):
            before = len(client.nthreads())
            one = ("--nworkers", str(many), "--nthreads", "1", "--local-directory", str(temporary))
            start("worker", temporary, scheduler, *one, *arguments, project=project)
            wait_until(lambda: len(client.nthreads()) == before + many)

        yield begin


@contextmanager
def ended_after():
    """Give a function that starts a dask process, and kill all that it started."""
    started, ours = [], os.getpid()

    def start(command, folder, *arguments, project=paths.ROOT):
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{command}", *arguments, *HERE],
                cwd=folder,
                env={**os.environ, "TMPDIR": str(folder), "PYTHONPATH": str(project)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=lambda: processes.die_with(ours),
            )
        )
        return started[-1]

    try:
        yield start
    finally:
        for process in started:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def making(tmp_path):
    """What reports of some jobs have in common, in a folder of a name."""

    def make(jobs, name="made"):
        folder = tmp_path / name
        folder.mkdir()
        gathered = facts.gather("20261122T013000Z", jobs)
        return Making(gathered, folder, tmp_path / "previous", Limits(120, 4096), share=True)

    return make


@pytest.fixture
def job(write_notebook):
    """A job of a notebook made of some cells."""

    def make(name, *sources, **params):
        declared = {"place": "Northfold", "year": 2017} | params
        cell = "\n".join(f"{one}: {type(v).__name__} = {v!r}" for one, v in declared.items())
        path = write_notebook(name, *sources, parameters=cell)
        return Job(path, {"place": "Southmere", "year": 2017} | params, name)

    return make


def go(workers, jobs, when=lambda event, job: None):
    """The records of the reports that workers make, and what happened on the way."""
    told, events = {}, []
    end = time.monotonic() + 2 * PATIENCE
    with workers:
        for event, about, more in workers.make(jobs):
            assert time.monotonic() < end, f"it took too long: {events}"
            when(event, about)
            if event == "done":
                told[about.name] = more
            if event != "beat":
                events.append((event, about and about.name))
    return told, events


def without_times(told):
    return {name: value for name, value in told.items() if name not in WHEN | WHERE}


def test_reports_are_those_of_a_run_on_this_machine(
    scheduler, workers, job, making, left, tmp_path
):
    workers(2)
    jobs = [
        job("tides", HEADING, FIGURE, "import os\nprint(sorted(os.listdir()))"),
        job("floods", HEADING, "import os\nos.chdir('/')\n1 / 0"),
        job("winds", HEADING, WINDS),
    ]
    here, there = making(jobs, "here"), making(jobs, "there")
    ours, _ = go(Pool(here, 2), jobs)
    theirs, events = go(Cluster(there, scheduler), jobs)
    assert sorted(events) == sorted((e, j.name) for e in ("started", "done") for j in jobs)
    assert [event for event, _ in events[:2]] == ["started", "started"]
    assert [theirs[job.name]["outcome"] for job in jobs] == ["finished", "failed", "finished"]
    for name, told in ours.items():
        assert without_times(theirs[name]) == without_times(told)
        assert theirs[name].keys() == told.keys()
        for made, digest in theirs[name]["outputs"].items():
            assert record.sha256((there.folder / made).read_bytes()) == digest
    for name in ("tides.ipynb", "winds.ipynb"):
        assert (there.folder / name).read_bytes() == (here.folder / name).read_bytes()
    assert "shares True" in (there.folder / "winds.ipynb").read_text()
    names = {"tides.html", "tides.ipynb", "winds.html", "winds.ipynb"}
    assert {path.name for path in there.folder.iterdir()} == names
    wait_until(lambda: not left())


def test_a_report_that_fails_on_a_worker_keeps_its_last_good_version(
    scheduler, workers, job, making, tmp_path
):
    workers(1)
    good = job("tides", HEADING).notebook.read_bytes()
    before = a_night.told("judgements") | {"report": "tides"}
    before["outputs"] = {"tides.ipynb": record.sha256(good)}
    previous = tmp_path / "previous"
    previous.mkdir()
    (previous / "tides.json").write_text(json.dumps(before))
    (previous / "tides.ipynb").write_bytes(good)
    jobs = [job("tides", HEADING, "1 / 0")]
    now = making(jobs)
    told = go(Cluster(now, scheduler), jobs)[0]["tides"]
    assert (told["outcome"], told["started"]) == ("stale", before["started"])
    assert told["error"].startswith('ZeroDivisionError in the cell that begins "1 / 0"')
    assert (now.folder / "tides.ipynb").read_bytes() == good
    assert "It could not be made again on" in (now.folder / "tides.html").read_text()


READ = """from kentlib import records
for path in sorted(records.files(records.folder(extracts))):
    print(path.parent.name, path.name, len(path.read_bytes()))"""


@pytest.fixture
def elsewhere(temporary):
    """A copy of the project as another machine has it, without any extracts."""
    copy = temporary / "project"
    here = {"data": ("sample", "templates"), "kentlib": ("__pycache__",)}
    for name, without in here.items():
        shutil.copytree(paths.ROOT / name, copy / name, ignore=shutil.ignore_patterns(*without))
        shutil.rmtree(copy / name / "templates", ignore_errors=True)
    shutil.copytree(paths.ROOT / "kentlib" / "templates", copy / "kentlib" / "templates")
    shutil.copy(paths.LOCK, copy)
    return copy


def test_notebooks_and_extracts_that_a_worker_lacks_are_sent_once_and_gone_afterwards(
    scheduler, workers, elsewhere, job, making, left, temporary, tmp_path, monkeypatch
):
    workers(1, "--nthreads", "2", project=elsewhere)
    kent, away = tmp_path / "kent", tmp_path / "away"
    shutil.copytree(paths.DATA / "templates", kent)
    asked = {"extracts": str(kent), "authority": "Kent"}
    jobs = [job("tides", READ, **asked), job("winds", READ, "print(year)", **asked)]
    here, there = making(jobs, "here"), making(jobs, "there")
    ours, _ = go(Pool(here, 1), jobs)
    away.mkdir()
    for path in (kent, *(one.notebook for one in jobs)):
        path.rename(away / path.name)  # a worker on this machine must not see them
    sent, seen, parts = [], {}, distributed.parts

    def read(one):
        sent.append(one.name)
        return parts(replace(one, path=away / one.path.relative_to(tmp_path)))

    def look(event, about):
        seen.update({path: path.stat().st_mode & 0o777 for path in temporary.glob("kentlib-*")})

    monkeypatch.setattr(distributed, "parts", read)
    theirs, _ = go(Cluster(there, scheduler), jobs, look)
    own = ["README.md", "districts.csv", "return_interviews.csv"]
    assert sorted(sent) == sorted([*own, "tides.ipynb", "winds.ipynb"])
    assert seen
    assert set(seen.values()) == {0o700}
    for name in ("tides", "winds"):
        assert theirs[name]["outcome"] == "finished"
        assert without_times(theirs[name]) == without_times(ours[name])
        made = (there.folder / f"{name}.ipynb").read_bytes()
        assert made == (here.folder / f"{name}.ipynb").read_bytes()
    assert "kent districts.csv" in (there.folder / "tides.ipynb").read_text()
    wait_until(lambda: not left())


def test_a_worker_with_another_kentlib_is_refused_by_name(
    scheduler, workers, elsewhere, job, making, left
):
    workers(project=elsewhere)
    with (elsewhere / "kentlib" / "words.py").open("a") as file:
        file.write("# later\n")
    with pytest.raises(DataError) as refused, Cluster(making([job("tides")]), scheduler):
        pass
    told, advice = str(refused.value).splitlines()
    another = r"has another kentlib than this machine \(kentlib/words.py\)\."
    assert re.fullmatch(r"the worker tcp://127\.0\.0\.1:\d+ " + another, told)
    assert advice.endswith("see README, More than one machine.")
    assert not left()


def test_a_job_whose_worker_is_killed_is_done_by_another_and_one_that_kills_two_fails(
    scheduler, workers, job, making, left, tmp_path
):
    workers(2)  # each with a nanny, which starts it anew
    marker = tmp_path / "killed"
    once = (
        f"from pathlib import Path\nmarker = Path({str(marker)!r})\n"
        f"if not marker.exists():\n    marker.touch()\n    exec({KILL!r})"
    )
    jobs = [job("once", HEADING, once), job("always", HEADING, KILL)]
    told, events = go(Cluster(making(jobs), scheduler), jobs)
    assert told["once"]["outcome"] == "finished"
    assert told["once"]["attempts"] == 2
    assert told["always"]["outcome"] == "failed"
    assert told["always"]["error"] == "a second worker was lost while it made the report"
    assert events.count(("again", "once")) == events.count(("again", "always")) == 1
    wait_until(lambda: not left())


def test_a_worker_whose_disk_is_full_makes_no_report_and_stops_none(
    scheduler, workers, job, making, left, temporary
):
    full = temporary / "full.py"
    full.write_text("import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (9999, 9999))\n")
    workers(1, "--preload", str(full))
    workers(1)
    jobs = [job(name, HEADING) for name in ("tides", "winds", "storms")]
    told, events = go(Cluster(making(jobs), scheduler), jobs)
    assert {one["outcome"] for one in told.values()} == {"finished"}
    assert [event for event, _ in events].count("unfit") == 1
    wait_until(lambda: not left())


def test_a_run_that_is_interrupted_or_killed_leaves_nothing_on_its_workers(
    scheduler, workers, job, left, tmp_path, temporary
):
    hurry = temporary / "hurry.py"
    hurry.write_text("from kentlib.reports import dask_worker\ndask_worker.LEASE = 6.0\n")
    workers(1, "--preload", str(hurry))
    marker, out = tmp_path / "kernel", tmp_path / "out"
    job("tides", f"import os\nopen({str(marker)!r}, 'w').write(str(os.getpid()))\nwhile 1: 0")
    (tmp_path / "tides.yaml").write_text("place: Northfold\n")
    code = (
        "import sys\nfrom pathlib import Path\nfrom kentlib import cli, paths\n"
        "from kentlib.reports import roll\n"
        f"roll.RENEW, paths.NOTEBOOKS = 1.0, Path({str(tmp_path)!r})\n"
        f"sys.exit(cli.main(['run', {str(tmp_path / 'tides.yaml')!r}, '--out', {str(out)!r},"
        f" '--dask', {scheduler!r}]))"
    )
    said = {}
    for sent in (signal.SIGTERM, signal.SIGKILL):
        marker.unlink(missing_ok=True)
        running = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
        kernel = int(wait_until(lambda: marker.exists() and marker.read_text()))
        assert alive(kernel)
        assert left()
        running.send_signal(sent)
        said[running.wait(PATIENCE)] = running.stderr.read()
        wait_until(lambda pid=kernel: not alive(pid) and not left())
    interrupted = "kentlib: interrupted; reports/latest is as it was.\n"
    assert said == {130: interrupted, -signal.SIGKILL: ""}
    assert not (out / "latest").exists()


def test_what_a_worker_differs_in_is_said():
    ours, told = facts.gather("20261122T013000Z", []), run(dask_worker.about())
    pandas, python = ours.versions["packages"]["pandas"], ours.versions["python"]

    def differing(where, **change):
        return roll.differs(told | {where: told[where] | change}, ours)

    packages = {**told["versions"]["packages"], "pandas": "1.0"}
    assert roll.differs(told, ours) == ""
    assert differing("versions", python="3.0.1") == f"has Python 3.0.1, and this machine {python}"
    assert differing("versions", packages=packages) == (
        f"has other packages than this machine (pandas 1.0, here {pandas})"
    )
    assert differing("files", **{"data/areas.csv": "0"}) == (
        "has other tables than this machine (data/areas.csv)"
    )
    outdated = roll.differs(told | {"outdated": ["kentlib/words.py"]}, ours)
    assert outdated == "was started before its kentlib was changed: start it again"
    none = roll.differs(ModuleNotFoundError("kentlib"), ours)
    assert none == "has another kentlib, or none (ModuleNotFoundError)"


@pytest.mark.parametrize(
    ("address", "why"),
    {
        "tcp://127.0.0.1:9": "cannot reach the scheduler at tcp://127.0.0.1:9: is it running?",
        "carrier://127.0.0.1:9": "cannot use the scheduler at carrier://127.0.0.1:9: unknown",
        "tls://127.0.0.1:9": "cannot use the scheduler at tls://127.0.0.1:9: TLS expects",
    }.items(),
)
def test_a_scheduler_that_does_not_answer_is_said_in_a_line(
    address, why, job, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(paths, "NOTEBOOKS", job("tides", HEADING).notebook.parent)
    monkeypatch.setattr(roll, "REACH", 1)
    params = tmp_path / "tides.yaml"
    params.write_text("place: Northfold\n")
    asked = ["run", str(params), "--out", str(tmp_path / "out"), "--dask", address]
    assert cli.main(asked) == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith(f"kentlib: {why}")
    assert [path.name for path in (tmp_path / "out").iterdir()] == [".lock"]


def test_without_the_extra_it_is_said_what_to_install():
    code = (
        "import sys\nsys.modules['distributed'] = None\n"
        "try:\n    from kentlib.reports import distributed\n"
        "except ValueError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "--dask needs dask: install kentlib[distributed].\n"


def test_dask_is_imported_for_a_cluster_only():
    code = "import sys\nfrom kentlib.reports import run, pool\nprint('distributed' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "False\n"
