"""Real faults, one by one: what the run says, what it leaves, and whether the next run heals."""

import ctypes
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from aftermath import apart, assert_whole, wait_until, zombies
from kernels import alive

from kentlib import paths
from kentlib.reports import files, index, plan, run, warm

PLAN = """workers: 2
limits: {seconds: 60, megabytes: 300}
reports:
  - notebook: tides
  - notebook: broken
"""

COUNT = """with open("{name}.runs", "a") as file:
    file.write("x")
print(place)"""

COMMAND = """import sys
from pathlib import Path
from kentlib import cli, paths
paths.NOTEBOOKS = Path("{notebooks}")
sys.exit(cli.main(["run", *sys.argv[1:]]))"""

HELD = """import os, time
from pathlib import Path
Path("at.part").write_text(str(os.getpid()))
Path("at.part").rename("at")
while not Path("go").exists():
    time.sleep(0.01)"""
"""A cell that says in which process it runs, and goes on when it is told to."""

FAULTS = {
    "killed": (
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
        'KernelDied in the cell that begins "import os, signal": the kernel was ended under this '
        "cell by SIGKILL",
    ),
    "segfault": (
        "import ctypes\nctypes.string_at(0)",
        'KernelDied in the cell that begins "import ctypes": the kernel was ended under this '
        "cell by SIGSEGV",
    ),
    "memory": (
        "import numpy as np\nnp.ones(2**27)",
        'MemoryError in the cell that begins "import numpy as np": Unable to allocate 1.00 GiB for '
        "an array with shape – and data type –. A report may use 300 MB.",
    ),
    "sleeps": (
        "import time\ntry:\n    time.sleep(1000)\nfinally:\n    open('cleaned', 'w')",
        'TimeLimit in the cell that begins "import time": the report took longer than its '
        "1 seconds and was ended",
    ),
    "deaf": (
        "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\ntime.sleep(1000)",
        'TimeLimit in the cell that begins "import signal, time": the report took longer than its '
        "1 seconds and was ended",
    ),
    "raises": (
        "shares = 1\nraise ValueError('no shares')",
        'ValueError in the cell that begins "shares = 1": no shares',
    ),
}
TWICE = ("killed", "segfault")
"""Faults of which the code may be innocent: the report is tried once more."""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A place for temporary files, this module's alone."""
    with apart(tmp_path_factory) as one:
        yield one


@pytest.fixture(scope="module")
def parent(place):
    """One warm parent for the runs in this process, since starting it takes seconds."""
    started = warm.Parent()
    started.wait()
    yield started
    started.close()


def parent_of(pid):
    """The process that started a process."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def children_of(pid):
    """The processes that a process started and that run."""
    numbers = [int(one.name) for one in Path("/proc").iterdir() if one.name.isdecimal()]
    return [one for one in numbers if alive(one) and parent_of(one) == pid]


BORROWED = """
from types import SimpleNamespace
from kentlib.reports import warm
warm.Parent = lambda *_: SimpleNamespace(
    address={0.address!r}, folder={0.folder!r},
    wait=lambda *_: None, close=int, alive=lambda: True)
"""
"""Has a run use the module's warm parent, which starting takes seconds, instead of its own."""


class Night:
    """A folder of notebooks, a plan of two, and the folder of their runs."""

    def __init__(self, folder, parent, place, write):
        self.folder, self.parent, self.place, self.write = folder, parent, place, write
        self.out, self.plan = folder / "out", folder / "plan.yaml"
        self.said = []

    def run(self, **options):
        """Run in this process, with the module's parent."""
        self.said = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(warm, "Parent", warm.Parent)  # to have it back
            exec(BORROWED.format(self.parent), {})
            made = plan.plan([self.plan], notebooks=self.folder, out=self.out)
            return run.run(made, self.said.append, **options)

    def start(self, before="", **named):
        """Start the command, after some other code."""
        code = before + COMMAND.format(notebooks=self.folder)
        return subprocess.Popen(
            [sys.executable, "-c", code, str(self.plan), "--out", str(self.out)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            **named,
        )

    def borrow(self, **named):
        """Start the command with the module's parent."""
        return self.start(BORROWED.format(self.parent), **named)

    def ended(self, running, status):
        """What the command said on standard error, a line each, once it ended so."""
        try:
            out, said = running.communicate(timeout=60)
        finally:
            running.kill()
        assert "Traceback" not in out + said
        assert running.returncode == status, out + said
        return said.splitlines()

    def runs(self, name):
        """How many times a notebook was executed so far."""
        path = self.folder / f"{name}.runs"
        return len(path.read_text()) if path.exists() else 0

    def at(self):
        """The process of the kernel that is held."""
        wait_until((self.folder / "at").exists, 60)
        return int((self.folder / "at").read_text())

    def assert_nothing_left(self):
        """Check that no process and no temporary file is left but the module's parent's."""
        process, folder = self.parent._process.pid, self.parent.folder
        self.place.assert_nothing_left(processes=[process], folders=[folder])
        assert zombies() == []

    def assert_as_before(self, *, broken_off=0):
        """Check that what is to be seen is the good night alone, whole, and nothing is left."""
        told = assert_whole(self.out, broken_off=broken_off)
        assert os.readlink(self.out / "latest") == self.good
        assert {one["outcome"] for one in told.values()} == {"finished"}
        self.assert_nothing_left()

    def assert_heals(self, *, tides=0):
        """Check that the next run makes what failed, and executes the other as often as said."""
        before = self.runs("tides")
        self.write("broken", COUNT.format(name="broken"), "'mended'")
        assert self.run() == 0
        told = assert_whole(self.out)
        assert {name: one["outcome"] for name, one in told.items()} == {
            "tides": "finished",
            "broken": "finished",
        }
        assert self.runs("tides") == before + tides
        self.assert_nothing_left()


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """Where the runs of a good night are kept, once there was one."""
    return tmp_path_factory.mktemp("good") / "out"


@pytest.fixture
def night(tmp_path, parent, place, write_notebook, good):
    """A night after a good one: `latest` has both reports."""
    made = Night(tmp_path, parent, place, write_notebook)
    for name in ("tides", "broken"):
        write_notebook(name, COUNT.format(name=name))
    made.plan.write_text(PLAN)
    if good.exists():
        shutil.copytree(good, made.out, symlinks=True)
    else:
        assert made.run() == 0
        shutil.copytree(made.out, good, symlinks=True)
    made.good = os.readlink(made.out / "latest")
    return made


@pytest.mark.parametrize("fault", FAULTS)
def test_a_report_that_fails_keeps_its_last_version_and_stops_no_other(night, fault):
    cell, why = FAULTS[fault]
    if fault in ("sleeps", "deaf"):
        night.plan.write_text(PLAN.replace("seconds: 60", "seconds: 1"))
    night.write("broken", COUNT.format(name="broken"), cell)
    tries = night.runs("broken")
    assert night.run() == 1
    told = assert_whole(night.out)
    assert told["tides"]["outcome"] == "finished"
    assert (told["broken"]["outcome"], told["broken"]["run"]) == ("stale", night.good)
    assert told["broken"]["error"].startswith(why)
    (line,) = [line for line in night.said if line.startswith("broken: failed")]
    assert why in line and "the last good version is kept" in line
    twice = fault in TWICE
    assert night.runs("broken") - tries == 1 + twice
    assert any(line.startswith("broken: once more. KernelDied") for line in night.said) == twice
    assert (night.folder / "cleaned").exists() == (fault == "sleeps")
    night.assert_nothing_left()
    night.assert_heals()


def test_a_kernel_that_died_once_is_no_failure(night):
    once = "import os\nif len(open('broken.runs').read()) % 2:\n    os._exit(1)"
    (night.folder / "broken.runs").write_text("")
    night.write("broken", COUNT.format(name="broken"), once)
    assert night.run() == 0
    told = assert_whole(night.out)["broken"]
    assert (told["outcome"], told["attempts"]) == ("finished", 2)
    night.assert_nothing_left()


def test_a_notebook_without_a_parameters_cell_is_named_before_anything_runs(night, write_notebook):
    write_notebook("broken", "1", parameters=None)
    (line,) = night.ended(night.start(), 2)
    assert line.endswith(
        "/plan.yaml: reports[2] broken: broken.ipynb has no cell tagged parameters."
    )
    night.assert_as_before()
    night.assert_heals()


def test_a_plan_that_is_broken_is_told_by_its_line_and_nothing_runs(night):
    for content, told in (
        (PLAN + "  - notebook: [broken\n", "line 7: expected ',' or ']', but got '<stream end>'."),
        (PLAN + "  - notebok: tides\n", "reports[3] lacks the key notebook."),
    ):
        night.plan.write_text(content)
        assert night.ended(night.start(), 2)[0].endswith(f"/plan.yaml: {told}")
        night.assert_as_before()
    night.plan.write_text(PLAN)
    night.assert_heals()


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_ended_leaves_latest_and_no_kernel_and_is_taken_up(night, sent):
    night.write("tides", COUNT.format(name="tides"), "'anew'")
    night.write("broken", HELD)
    running = night.start()
    kernel = night.at()
    made = wait_until(lambda: list(night.out.glob(".*.partial/tides.json")))
    os.killpg(running.pid, sent)
    assert night.ended(running, 130) == ["kentlib: interrupted; reports/latest is as it was."]
    assert not alive(kernel)
    night.assert_as_before(broken_off=1)
    log = [json.loads(line) for line in (made[0].parent / "log.jsonl").read_text().splitlines()]
    assert (log[-1]["event"], log[-1]["done"]) == ("interrupted", 1)
    night.assert_heals()


def test_a_run_that_is_interrupted_while_it_imports_ends_at_once(night):
    night.write("broken", HELD)
    running = night.start()
    wait_until(lambda: any(night.out.glob(".*.partial/*.json")), 60)  # one was reused
    os.killpg(running.pid, signal.SIGINT)
    began = time.monotonic()
    assert night.ended(running, 130) == ["kentlib: interrupted; reports/latest is as it was."]
    assert time.monotonic() - began < 2
    night.assert_as_before(broken_off=1)
    night.assert_heals()


def test_a_run_that_is_killed_leaves_nothing_and_the_next_makes_only_what_it_had_not(night):
    night.write("tides", COUNT.format(name="tides"), "'anew'")
    child = "import subprocess\nsubprocess.Popen(['sleep', '1000'], start_new_session=True)"
    night.write("broken", child, HELD)
    running = night.start()
    kernel = night.at()
    wait_until(lambda: list(night.out.glob(".*.partial/tides.json")))
    assert night.runs("tides") == 1
    running.kill()
    running.communicate()
    night.assert_as_before(broken_off=1)
    assert not alive(kernel)
    night.assert_heals(tides=0)
    assert "1 report made, 1 unchanged and reused." in night.said


def test_a_second_run_says_who_holds_the_folder(night):
    night.write("broken", HELD)
    first = night.borrow()
    night.at()
    second = night.borrow()
    (line,) = night.ended(second, 2)
    holder = rf"kentlib: out/ is in use by a run \(process {first.pid} on \S+, since \S+Z\)\."
    assert re.match(holder, line)
    (night.folder / "go").touch()
    assert night.ended(first, 0) == []
    assert_whole(night.out)
    night.assert_heals()


def test_a_full_disk_ends_the_run_and_latest_is_as_it_was(night):
    for name in ("tides", "broken"):
        night.write(name, COUNT.format(name=name), "'anew'")
    running = night.borrow(preexec_fn=smallest_files)
    (line,) = night.ended(running, 2)
    assert re.fullmatch(r"kentlib: \S+/out/\.\S+\.partial/\w+\.json: File too large\.", line)
    night.assert_as_before()
    night.assert_heals(tides=1)


def smallest_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))


def test_a_folder_that_cannot_be_written_to_is_named(night):
    os.chmod(night.out, 0o555)
    try:
        running = night.borrow(preexec_fn=no_privilege)
        (line,) = night.ended(running, 2)
        assert re.fullmatch(r"kentlib: \S+/out/\.\S+\.partial: Permission denied\.", line)
    finally:
        os.chmod(night.out, 0o755)
    night.assert_as_before()
    night.assert_heals()


def test_a_file_where_the_folder_of_runs_should_be_is_named_and_kept(night):
    shutil.move(night.out, night.folder / "aside")
    night.out.write_text("a file")
    (line,) = night.ended(night.start(), 2)
    assert line == f"kentlib: --out is {str(night.out)!r}; it is a file: name a folder."
    assert night.out.read_text() == "a file"
    night.out.unlink()
    shutil.move(night.folder / "aside", night.out)
    night.assert_heals()


def no_privilege():
    """Let modes of files hold for the superuser too."""
    drop, override = 24, 1
    ctypes.CDLL(None).prctl(drop, override, 0, 0, 0)


def test_an_input_that_changes_while_a_report_is_made_fails_it(night):
    extracts = night.folder / "extracts"
    extracts.mkdir()
    (extracts / "a.csv").write_text("a")
    touched = (  # its size and the time of its last change stay as they are
        "import os\ntold = os.stat('extracts/a.csv')\nopen('extracts/a.csv', 'w').write('b')\n"
        "os.utime('extracts/a.csv', ns=(told.st_atime_ns, told.st_mtime_ns))"
    )
    changes = {
        "a.csv": touched,
        "b.csv": "open('extracts/b.csv', 'w')",
        "broken.ipynb": "with open('broken.ipynb', 'a') as own:\n    own.write(' ')",
    }
    for name, cell in changes.items():
        night.write("broken", cell, parameters=f"extracts = {str(extracts)!r}")
        assert night.run() == 1
        told = assert_whole(night.out)["broken"]
        assert (told["outcome"], told["run"]) == ("stale", night.good)
        assert told["error"] == (
            f"InputChanged: {name} changed while the run was reading it. Run again once it is whole"
        )
    night.assert_heals()


def test_extracts_that_are_damaged_are_named_and_the_others_are_used(night):
    own = night.folder / "own"
    shutil.copytree(paths.DATA / "sample" / "ssda903_synthetic" / "2016-17", own)
    whole = {name: (own / name).read_bytes() for name in ("episodes.csv", "reviews.csv")}
    for name, content in whole.items():
        (own / name).unlink()
        with zipfile.ZipFile(own / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr(name, content)
        half = (own / f"{name}.zip").read_bytes()
        (own / f"{name}.zip").write_bytes(half[: len(half) // 2])
    (own / "oc2.csv").write_bytes(bytes(range(256)) * 40)
    (own / "annex_a.xlsx").write_bytes(b"PK\x03\x04 and no more")
    damaged = ["annex_a.xlsx", "episodes.csv.zip", "oc2.csv", "reviews.csv.zip"]
    shutil.copy(paths.NOTEBOOKS / "data_quality.ipynb", night.folder)
    asked = f"{{authority: Kent, extracts: {own}, period_end: '2017-03-06'}}"
    more = f"  - notebook: data_quality\n    parameters: {asked}\n"
    night.plan.write_text(PLAN.replace("megabytes: 300", "megabytes: 2000") + more)
    assert night.run() == 0, night.said
    page = (night.out / "latest" / "data_quality.html").read_text()
    assert [name for name in damaged if name in page] == damaged
    told = assert_whole(night.out)
    assert told["data_quality"]["outcome"] == "finished"
    night.plan.write_text(PLAN)
    night.assert_heals()


def test_a_clock_that_was_moved_back_puts_no_run_before_the_last(night):
    ahead = "20991231T235959Z"
    os.rename(night.out / night.good, night.out / ahead)
    (night.out / "latest").unlink()
    (night.out / "latest").symlink_to(ahead)
    for name in ("log.jsonl", "manifest.json"):
        path = night.out / ahead / name
        path.write_text(path.read_text().replace(night.good, ahead))
    for number in (2, 3):
        night.write("broken", COUNT.format(name="broken"), str(number))
        assert night.run() == 0
        told = assert_whole(night.out)
        assert os.readlink(night.out / "latest") == f"{ahead}-{number:03}"
        assert told["broken"]["seconds"] >= 0
        assert told["tides"]["outcome"] == "finished"


COLD = """
from kentlib.reports import warm
def none(*_):
    raise warm.Unavailable("this is a test")
warm.Parent = none
"""


def test_where_there_is_no_fork_reports_are_the_same_and_ctrl_c_ends_all(night):
    night.write("broken", COUNT.format(name="broken"), "'anew'")
    assert night.run() == 0
    warm_one = (night.out / "latest" / "broken.ipynb").read_bytes()
    shutil.rmtree(night.out)
    running = night.start(COLD)
    assert night.ended(running, 0) == []
    assert_whole(night.out)
    assert (night.out / "latest" / "broken.ipynb").read_bytes() == warm_one
    night.assert_nothing_left()
    night.good = os.readlink(night.out / "latest")
    night.write("broken", HELD)
    running = night.start(COLD)
    kernel = night.at()
    os.killpg(running.pid, signal.SIGINT)
    assert night.ended(running, 130) == ["kentlib: interrupted; reports/latest is as it was."]
    wait_until(lambda: not alive(kernel))
    night.assert_as_before(broken_off=1)


@pytest.mark.parametrize("which", ["worker", "parent"])
def test_a_process_of_the_run_that_is_killed_costs_one_attempt(night, which):
    night.write("broken", COUNT.format(name="broken"), HELD)
    tries = night.runs("broken")
    running = night.start() if which == "parent" else night.borrow()
    kernel = night.at()
    process = parent_of(kernel)
    if which == "worker":
        (process,) = [one for one in children_of(process) if one != kernel]
    os.kill(process, signal.SIGKILL)
    wait_until(lambda: not alive(kernel))
    (night.folder / "go").touch()
    assert night.ended(running, 0) == []
    told = assert_whole(night.out)["broken"]
    assert (told["outcome"], told["attempts"]) == ("finished", 2)
    assert night.runs("broken") - tries == 2
    night.assert_nothing_left()
    night.assert_heals()


def test_an_interrupt_while_a_run_is_published_is_too_early_or_too_late(night, monkeypatch):
    night.write("broken", COUNT.format(name="broken"), "'anew'")
    make = index.make

    def interrupted(*given):
        signal.raise_signal(signal.SIGINT)
        return make(*given)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(index, "make", interrupted)
        night.run()
    night.assert_as_before(broken_off=1)
    point = files.point

    def late(*given):
        signal.raise_signal(signal.SIGTERM)
        point(*given)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(files, "point", late)
    executed = night.runs("broken")
    assert night.run() == 0
    assert night.runs("broken") == executed
    assert_whole(night.out)
    night.assert_nothing_left()
