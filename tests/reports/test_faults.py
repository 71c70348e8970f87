"""What can happen to a run, and what is left of it: nothing half done, and the next one heals."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from aftermath import DEADLINE, Place, assert_whole, records_of, wait_until

from kentlib import paths
from kentlib.reports import run

HEADING = """from IPython.display import display
told = {"text/markdown": f"## {place} in {year}", "text/plain": f"{place} in {year}"}
display(told, metadata={"kentlib": {"kind": "heading"}}, raw=True)"""

COMMAND = """import sys
from pathlib import Path
from kentlib import cli, paths
paths.NOTEBOOKS = Path(sys.argv[1])
sys.exit(cli.main(sys.argv[2:]))"""

SAID_INTERRUPTED = "kentlib: interrupted; reports/latest is as it was.\n"


class Night:
    """Runs of a plan by the command, in a place of their own; notebooks are made of cells."""

    def __init__(self, folder, write_notebook):
        self.folder, self.write_notebook = folder, write_notebook
        self.out, self.plan = folder / "out", folder / "night.yaml"
        self.place = Place(folder / "temporary")
        self.place.folder.mkdir()

    def make(self, *, seconds=60, megabytes=2048, **cells):
        """Write the notebooks and the plan of a report of each."""
        for name, sources in cells.items():
            self.write_notebook(name, HEADING, *sources)
        reports = "".join(f"  - notebook: {name}\n" for name in cells)
        limits = f"limits: {{seconds: {seconds}, megabytes: {megabytes}}}\n"
        self.plan.write_text(
            f"workers: 2\n{limits}common: {{place: Southmere}}\nreports:\n{reports}"
        )

    def start(self, *more, **how):
        """Start the command; it has the place's folder for its temporary files."""
        return subprocess.Popen(
            [
                sys.executable,
                "-c",
                COMMAND,
                self.folder,
                "run",
                self.plan,
                "--out",
                self.out,
                *more,
            ],
            env={**os.environ, "TMPDIR": str(self.place.folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **how,
        )

    def run(self, *more, **how):
        """Run the command to its end; give its exit status and what it said."""
        started = self.start(*more, **how)
        said, complained = started.communicate(timeout=120)
        assert "Traceback" not in said + complained
        return started.returncode, said + complained

    def heals(self, *reports):
        """Check that the next run, whatever there was, makes everything and leaves nothing."""
        self.make(**{name: [] for name in reports})
        assert self.run()[0] == 0
        told = assert_whole(self.out)
        assert {name: one["outcome"] for name, one in told.items()} == dict.fromkeys(
            reports, "finished"
        )
        self.place.assert_nothing_left()

    def marker(self, name):
        """A file that a cell writes, and the cell that does."""
        path = self.folder / name
        return path, f"import os\nopen({str(path)!r}, 'a').write(f'{{os.getpid()}} ')"


@pytest.fixture
def night(tmp_path, write_notebook):
    """Runs in a folder of their own."""
    return Night(tmp_path, write_notebook)


DEADLY = {
    "SIGKILL": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "SIGSEGV": "import ctypes\nctypes.string_at(0)",
}


@pytest.mark.parametrize("how", DEADLY)
def test_a_kernel_that_is_killed_is_tried_once_more_and_takes_no_other_report_along(night, how):
    path, count = night.marker("tries")
    night.make(broken=[count, DEADLY[how]], tides=[])
    status, said = night.run()
    assert status == 1
    assert len(path.read_text().split()) == 2
    assert f"broken: once more. KernelDied in the cell that begins {DEADLY[how][:6]!r}"[:40] in said
    assert f"the kernel was ended under this cell by {how}" in said
    told = assert_whole(night.out)
    assert (told["broken"]["outcome"], told["broken"]["attempts"]) == ("failed", 2)
    assert told["tides"]["outcome"] == "finished"
    night.place.assert_nothing_left()
    night.heals("broken", "tides")


def test_a_kernel_that_died_once_is_no_failure(night):
    path, count = night.marker("tries")
    once = f"if len(open({str(path)!r}).read().split()) == 1:\n    os._exit(1)"
    night.make(tides=[count, once])
    status, said = night.run()
    assert status == 0
    assert "tides: once more." in said
    assert assert_whole(night.out)["tides"]["attempts"] == 2
    night.place.assert_nothing_left()


def test_a_cell_that_wants_more_memory_than_a_report_may_have_is_refused_it(night):
    night.make(broken=["import numpy as np\nnp.ones(2 << 27)"], tides=[], megabytes=512)
    status, said = night.run()
    assert status == 1
    assert 'MemoryError in the cell that begins "import numpy as np"' in said
    assert "A report may use 512 MB." in said
    assert assert_whole(night.out)["tides"]["outcome"] == "finished"
    night.place.assert_nothing_left()
    night.heals("broken", "tides")


def test_a_cell_that_never_ends_is_interrupted_and_its_report_ended(night):
    path, count = night.marker("cleaned")
    endless = f"try:\n    time.sleep(1000)\nfinally:\n    {count.splitlines()[1]}"
    night.make(broken=["import os, time", endless], tides=[], seconds=3)
    status, said = night.run()
    assert status == 1
    assert 'TimeLimit in the cell that begins "try:"' in said
    assert "longer than its 3 seconds" in said
    assert path.exists()
    assert assert_whole(night.out)["tides"]["outcome"] == "finished"
    night.place.assert_nothing_left()


def test_a_cell_that_cannot_be_interrupted_is_killed(night):
    deaf = "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\ntime.sleep(1000)"
    night.make(broken=[deaf], seconds=2)
    status, said = night.run()
    assert status == 1
    assert "longer than its 2 seconds" in said
    assert_whole(night.out)
    night.place.assert_nothing_left()


def test_a_cell_that_raises_fails_its_report_once_and_no_other(night):
    path, count = night.marker("tries")
    night.make(broken=[count, "raise ValueError('on_time is above completed')"], tides=[])
    status, said = night.run()
    assert status == 1
    assert len(path.read_text().split()) == 1
    assert "on_time is above completed" in said
    told = assert_whole(night.out)
    assert (told["broken"]["outcome"], told["tides"]["outcome"]) == ("failed", "finished")
    night.place.assert_nothing_left()
    night.heals("broken", "tides")


def test_what_a_cell_started_ends_with_its_report(night):
    started = (
        "import subprocess\n"
        "subprocess.Popen(['sleep', '1000'])\n"
        "subprocess.Popen(['sleep', '1001'], start_new_session=True)\n"
        "subprocess.Popen(['sh', '-c', 'setsid sleep 1002 &']).wait()"
    )
    night.make(tides=[started])
    assert night.run()[0] == 0
    assert_whole(night.out)
    night.place.assert_nothing_left()


def test_a_full_disk_leaves_the_last_run_and_says_so(night):
    night.make(tides=[])
    assert night.run()[0] == 0
    before = (night.out / "latest").resolve()

    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    night.make(tides=["1 + 1"])
    status, said = night.run(preexec_fn=small_files)
    assert status == 2
    assert "File too large" in said
    assert (night.out / "latest").resolve() == before
    assert_whole(night.out)
    night.place.assert_nothing_left()
    night.heals("tides")


def test_a_folder_that_cannot_be_written_to_is_named(night):
    night.make(tides=[])
    night.out.write_text("a file where the folder should be")
    status, said = night.run()
    assert status == 2
    assert "out" in said
    assert night.out.read_text() == "a file where the folder should be"
    night.place.assert_nothing_left()
    night.out.unlink()
    night.heals("tides")


def test_a_damaged_extract_is_named_in_the_report_and_mended_the_report_is_made_again(night):
    own = night.folder / "own"
    shutil.copytree(paths.DATA / "sample", own)
    book = own / "annex_a_synthetic.xlsx"
    sound = book.read_bytes()
    reading = (
        "from kentlib import records\n"
        f"own = records.load({str(own)!r}, 'Kent', period_end='2017-03-06')\n"
        "damaged = own.problems.query('kind == \"file-damaged\"')\n"
        "print(damaged[['file', 'problem']].to_dict('records'))"
    )
    parameters = f'place: str = "Northfold"\nyear: int = 2017\nextracts: str = {str(own)!r}'
    night.write_notebook("broken", HEADING, reading, parameters=parameters)
    night.make(tides=[])
    night.plan.write_text("reports:\n  - notebook: broken\n  - notebook: tides\n")
    damaged = f"'{book.name}', 'problem': 'the file is cut"
    for content, told in ((sound[:5000], damaged), (sound, "[]")):
        book.write_bytes(content)
        assert night.run()[0] == 0
        assert_whole(night.out)
        assert told in (night.out / "latest" / "broken.ipynb").read_text()
    assert records_of(night.out)["tides"]["run"] < records_of(night.out)["broken"]["run"]
    night.place.assert_nothing_left()


def test_a_broken_plan_runs_nothing(night):
    night.make(tides=[])
    assert night.run()[0] == 0
    before = (night.out / "latest").resolve()
    for content in ("reports: [", "reports:\n  - notebok: tides\n", "reports: []\n"):
        night.plan.write_text(content)
        status, said = night.run()
        assert status == 2
        assert "night.yaml" in said
    assert (night.out / "latest").resolve() == before
    assert_whole(night.out)
    night.place.assert_nothing_left()


def test_a_notebook_without_a_parameters_cell_runs_nothing(night):
    night.make(tides=[])
    night.write_notebook("tides", HEADING, parameters=None)
    status, said = night.run()
    assert status == 2
    assert "tides.ipynb has no cell tagged parameters" in said
    assert not (night.out / "latest").exists()


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_run_leaves_latest_and_the_next_takes_up_what_it_did(night, sent):
    night.make(tides=[])
    assert night.run()[0] == 0
    before = (night.out / "latest").resolve()
    done, count = night.marker("done")
    slow, running = night.marker("slow")
    stop = f"import time\nwhile not os.path.exists({str(night.folder / 'go')!r}): time.sleep(0.05)"
    night.make(tides=[count], waves=[running, stop])
    started = night.start(start_new_session=True)
    wait_until(lambda: slow.exists() and list(night.out.glob(".*.partial/tides.json")))
    os.killpg(started.pid, sent)  # as a terminal does
    _, complained = started.communicate(timeout=DEADLINE)
    assert (started.returncode, complained) == (130, SAID_INTERRUPTED)
    assert (night.out / "latest").resolve() == before
    assert_whole(night.out, broken_off=1)
    night.place.assert_nothing_left()
    (night.folder / "go").touch()
    assert night.run()[0] == 0
    assert_whole(night.out)
    assert len(done.read_text().split()) == 1
    night.place.assert_nothing_left()


def test_a_run_that_was_killed_leaves_no_process_and_the_next_takes_up_what_it_did(night):
    done, count = night.marker("done")
    slow, running = night.marker("slow")
    child = "import subprocess\nsubprocess.Popen(['sleep', '1000'], start_new_session=True)"
    stop = f"import time\nwhile not os.path.exists({str(night.folder / 'go')!r}): time.sleep(0.05)"
    night.make(tides=[count], waves=[child, running, stop])
    started = night.start()
    wait_until(lambda: slow.exists() and list(night.out.glob(".*.partial/tides.json")))
    started.kill()
    started.communicate(timeout=DEADLINE)
    night.place.assert_nothing_left()
    assert not (night.out / "latest").exists()
    (night.folder / "go").touch()
    status, said = night.run()
    assert status == 0
    assert "1 unchanged and reused" in said
    assert_whole(night.out)
    assert len(done.read_text().split()) == 1
    night.place.assert_nothing_left()


@pytest.mark.parametrize("which", ["worker", "parent"])
def test_a_process_of_the_run_that_is_killed_costs_one_attempt(night, which):
    tries, count = night.marker("tries")
    go = night.folder / "go"
    stop = f"import time\nwhile not os.path.exists({str(go)!r}): time.sleep(0.05)"
    night.make(tides=[count, stop])
    started = night.start()
    wait_until(lambda: tries.exists() and tries.read_text())
    kernel = int(tries.read_text().split()[0])
    parent = parent_of(kernel)
    others = [pid for pid in night.place.processes() if parent_of(pid) == parent and pid != kernel]
    go.touch()
    os.kill(parent if which == "parent" else others[0], signal.SIGKILL)
    said, complained = started.communicate(timeout=60)
    assert started.returncode == 0, said + complained
    assert "tides: once more." in said
    assert assert_whole(night.out)["tides"]["outcome"] == "finished"
    assert len(tries.read_text().split()) == 2
    night.place.assert_nothing_left()


def parent_of(pid):
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def test_a_second_run_says_who_holds_the_folder(night):
    slow, running = night.marker("slow")
    go = night.folder / "go"
    stop = f"import time\nwhile not os.path.exists({str(go)!r}): time.sleep(0.05)"
    night.make(tides=[running, stop])
    first = night.start()
    wait_until(slow.exists)
    status, said = night.run()
    assert status == 2
    assert f"in use by a run (process {first.pid} on " in said
    go.touch()
    first.communicate(timeout=DEADLINE)
    assert first.returncode == 0
    assert_whole(night.out)
    night.place.assert_nothing_left()


def test_an_input_that_changes_while_it_is_read_fails_the_report_and_keeps_the_good_one(night):
    night.make(tides=[])
    assert night.run()[0] == 0
    good = records_of(night.out)["tides"]["run"]
    path = night.folder / "tides.ipynb"
    change = f"with open({str(path)!r}, 'a') as own: own.write(' ')"
    night.make(tides=[change])
    status, said = night.run()
    assert status == 1
    assert "tides.ipynb changed while the run was reading it" in said
    told = assert_whole(night.out)["tides"]
    assert (told["outcome"], told["run"]) == ("stale", good)
    night.place.assert_nothing_left()
    night.heals("tides")


def test_a_clock_that_was_moved_back_puts_no_run_before_an_older_one(night):
    night.make(tides=[])
    assert night.run()[0] == 0
    (run_of_today,) = [path for path in night.out.iterdir() if run.STAMP.fullmatch(path.name)]
    tomorrow = night.out / "20991231T235959Z"
    os.rename(run_of_today, tomorrow)
    for name in ("log.jsonl", "manifest.json"):
        content = (tomorrow / name).read_text().replace(run_of_today.name, tomorrow.name)
        (tomorrow / name).write_text(content)
    (night.out / "latest").unlink()
    (night.out / "latest").symlink_to(tomorrow.name)
    assert night.run("--fresh")[0] == 0
    latest = (night.out / "latest").resolve().name
    assert latest == "20991231T235959Z-002"
    assert json.loads((night.out / "latest" / "manifest.json").read_text())["started"] < "2099"
    assert_whole(night.out)


def test_a_run_in_this_process_ends_no_child_of_another(night, write_params):
    other = subprocess.Popen(["sleep", "1000"])
    try:
        from kentlib.reports import plan

        night.make(tides=[])
        asked = plan.plan([night.plan], notebooks=night.folder, out=night.out)
        assert run.run(replace(asked, workers=1), lambda line: None) == 0
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()
