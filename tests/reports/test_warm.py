import json
import logging
import operator
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from aftermath import apart, private_place, wait_until, zombies
from kernels import COLD, alive, execute, notebook_of, printed

from kentlib import paths
from kentlib.reports import engine, files, kernel, notebook, warm
from kentlib.reports.kernel import Failure

STATE = """\
_names = sorted(globals())
import json, locale, logging, os, random, resource, signal, sys, threading, time, warnings
import matplotlib as mpl, numpy as np, pandas as pd
_limits = [name for name in dir(resource) if name.startswith("RLIMIT_") and "CORE" not in name]
_options = ("display.max_rows", "display.max_columns", "display.width", "display.precision")
_signals = sorted(signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP})
print(json.dumps({
    "names": _names,
    "name": __name__,
    "path": sys.path,
    "arguments": [os.path.basename(sys.argv[0]), sys.argv[1], len(sys.argv)],
    "folder": os.getcwd(),
    "environment": dict(os.environ),
    "time zone": [time.tzname, time.timezone],
    "locale": locale.setlocale(locale.LC_ALL),
    "pictures": {name: str(value) for name, value in mpl.rcParams.items()},
    "tables": [pd.get_option(name) for name in _options],
    "numbers": [np.geterr(), np.get_printoptions()["precision"]],
    "streams": [type(stream).__name__ for stream in (sys.stdin, sys.stdout, sys.stderr)],
    "log": [logging.root.level, len(logging.root.handlers)],
    "signals": [str(signal.getsignal(number)) for number in _signals],
    "held back": sorted(map(int, signal.pthread_sigmask(signal.SIG_BLOCK, []))),
    "limits": {name: resource.getrlimit(getattr(resource, name)) for name in _limits},
    "session": [os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid()],
    "mask": os.umask(0o022),
    "recursion": sys.getrecursionlimit(),
    "main thread": threading.current_thread() is threading.main_thread(),
    "flags": str(sys.flags),
    "program": sys.executable,
}))"""

OUR_OWN = {"KENTLIB_KERNEL", "KENTLIB_WARM_PARENT"}
OUR_OWN |= {"IPYTHONDIR", "JUPYTER_RUNTIME_DIR"}
OUR_OWN |= {"JPY_PARENT_PID", "PYDEVD_USE_FRAME_EVAL"}
"""Variables of ours and of ipykernel's own watch on its parent and of its debugger."""

SHOWN = (
    "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2]);",
    "import pandas as pd\npd.DataFrame([range(30)] * 80)",
    "import os\nos.write(1, b'written from C\\n')\nos.write(2, b'C\\n')\nos.system('echo so')",
    "print('out')\nimport warnings\nwarnings.warn('careful', stacklevel=1)",
    "import logging\nlogging.warning('heard')\ndisplay({'text/markdown': '**b**'}, raw=True)",
    "import beside\nbeside.VALUE",
)

MESS = """\
import gc, json, locale, logging, math, os, random, signal, sys, tempfile, time, warnings
import this_report_only, matplotlib as mpl, matplotlib.pyplot as plt, numpy as np, pandas as pd
random.seed(1); np.random.seed(1)
mpl.rcParams["lines.linewidth"] = 17; mpl.use("agg"); plt.figure()
pd.set_option("display.max_rows", 3); np.seterr(all="raise")
warnings.simplefilter("error"); warnings.filterwarnings("ignore", "of this report")
locale.setlocale(locale.LC_ALL, "C")
os.environ["OF_THIS_REPORT"] = "1"; os.environ["TZ"] = "Asia/Tokyo"; time.tzset()
os.chdir("/"); os.umask(0o077); sys.path.insert(0, "/of/this/report"); sys.setrecursionlimit(5000)
math.pi = 3
left = [open(tempfile.gettempdir() + "/left", "w"), *os.pipe()]
signal.signal(signal.SIGUSR1, signal.SIG_IGN); logging.basicConfig(level=1)
_unpicklable = lambda: None"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A short folder for temporary files, for this module alone."""
    with apart(tmp_path_factory) as one:
        yield one.folder


@pytest.fixture(scope="module")
def parent(home):
    """One warm parent for the module, since starting it takes seconds."""
    started = warm.Parent()
    started.wait()
    yield started
    started.close()


@pytest.fixture(scope="module")
def beside(home):
    """A folder with a module beside the notebooks."""
    folder = home / "notebooks"
    folder.mkdir()
    (folder / "beside.py").write_text("VALUE = 'found beside the notebook'")
    return folder


@pytest.fixture(scope="module")
def shown(parent, beside):
    """The cells of one notebook, executed warm and cold."""
    return {
        kind: execute(address, STATE, *SHOWN, folder=beside).notebook["cells"]
        for kind, address in (("warm", parent.address), ("cold", COLD))
    }


@pytest.fixture(scope="module")
def states(shown):
    """The state that a kernel begins in, warm and cold."""
    return {kind: state_in(cells[0]) for kind, cells in shown.items()}


def state_in(cell):
    state = json.loads(cell["outputs"][0]["text"])
    for variable in OUR_OWN:
        state["environment"].pop(variable, None)
    return state


@pytest.mark.parametrize("what", re.findall(r'^    "(.*?)"', STATE, re.M))
def test_a_warm_kernel_begins_as_a_cold_one(states, what):
    assert states["warm"][what] == states["cold"][what]


@pytest.mark.parametrize("number", range(1, len(SHOWN) + 1))
def test_a_warm_kernel_shows_what_a_cold_one_shows(shown, number):
    assert shown["warm"][number]["outputs"] == shown["cold"][number]["outputs"] != []


def test_a_figure_drawn_with_pyplot_is_shown(shown):
    (picture,) = shown["warm"][1]["outputs"]
    assert picture["data"]["image/png"]


@pytest.mark.parametrize("path", ["tests/fixtures/small.ipynb", "notebooks/judgements.ipynb"])
def test_a_notebook_has_the_same_bytes_warm_and_cold(parent, path):
    made = []
    for address in (parent.address, COLD):
        with kernel.surroundings():
            os.environ[warm.ADDRESS] = address
            path = paths.ROOT / path
            made.append(kernel.execute(notebook.read(path), {}, path.parent).notebook)
    assert files.notebook_bytes(made[0]) == files.notebook_bytes(made[1])


def test_nothing_of_one_report_is_left_in_the_next(parent, beside):
    (beside / "this_report_only.py").write_text("")
    look = "import sys\nprint('this_report_only' in sys.modules, __import__('math').pi)"
    count = "import os\nprint(len(os.listdir('/proc/self/fd')))"
    before = execute(parent.address, STATE, look, count, folder=beside).notebook["cells"]
    execute(parent.address, MESS, folder=beside)
    after = execute(parent.address, STATE, look, count, folder=beside).notebook["cells"]
    assert state_in(before[0]) == state_in(after[0])
    assert after[1]["outputs"][0]["text"] == "False 3.141592653589793\n"
    assert before[2]["outputs"] == after[2]["outputs"]


def test_chance_is_another_in_every_report(parent, home):
    chance = (
        "import random, uuid, numpy as np, scipy.stats\n"
        "print(random.random(), np.random.rand(), np.random.default_rng().random(),\n"
        "      uuid.uuid4(), uuid.uuid1(), scipy.stats.norm.rvs())"
    )
    first, second = (printed(parent.address, chance, folder=home)[0].split() for _ in range(2))
    assert len(first) == 6
    assert not set(first) & set(second)


SMALL = """import threading
from kentlib.reports import forked, preload
preload.modules = lambda names: None
preload.fonts = preload.templates = lambda: None
"""
"""A start of a parent that has imported nothing, for tests of what else it does."""


def small_parent(monkeypatch, extra=""):
    """A warm parent that starts in a moment, and does something extra first."""
    begun = warm.START.rpartition("\n")[0]
    monkeypatch.setattr(warm, "START", f"{begun}\n{SMALL}{extra}\nmain(*sys.argv[1:])")
    started = warm.Parent()
    started.wait()
    return started


IMPORTED = """import os, sys
from kentlib.reports import preload, processes
os.environ.update(preload.SETTINGS)
preload.modules(preload.READING)
preload.modules(preload.IMPORTS)
preload.tables()
preload.fonts()
preload.templates()
import zmq
print(processes.threads(), "matplotlib_inline" in sys.modules, "polars" in sys.modules,
      zmq.Context._instance)"""


def test_what_is_imported_before_a_fork_starts_no_thread_nor_looks_for_a_shell():
    done = subprocess.run([sys.executable, "-c", IMPORTED], capture_output=True, text=True)
    assert done.stdout == "1 False False None\n", done.stderr


def test_the_parent_has_one_thread_after_many_forks(parent, home):
    for _ in range(3):
        execute(parent.address, "1", folder=home)
    assert len(os.listdir(f"/proc/{parent._process.pid}/task")) == 1


def test_a_parent_with_a_second_thread_forks_nothing_and_that_is_said_once(
    monkeypatch, home, caplog
):
    wait = "threading.Thread(target=threading.Event().wait, daemon=True).start()"
    parent = small_parent(monkeypatch, wait)
    engine._say_once.cache_clear()
    caplog.set_level(logging.WARNING, "papermill")
    for _ in range(2):
        assert printed(parent.address, "print(6 * 7)", folder=home) == ["42"]
    assert [one.message for one in caplog.records] == [
        "kentlib-warm: kernels start cold, since the warm parent has 2 threads."
    ]
    assert [path.name for path in Path(parent.folder).iterdir() if path.is_dir()] == []
    parent.close()
    assert zombies() == []


def test_a_parent_that_cannot_fork_says_so_and_goes_on(monkeypatch, home):
    cannot = """import os, errno
calls, fork = [], os.fork
def once():
    calls.append(1)
    if len(calls) == 1:
        raise OSError(errno.EAGAIN, "no more processes")
    return fork()
os.fork = once"""
    parent = small_parent(monkeypatch, cannot)
    request = {"role": "kernel", "arguments": [], "environment": {}, "folder": str(home)}
    with pytest.raises(warm.Unavailable, match="the warm parent cannot fork: no more processes"):
        warm.Process(parent.address, request).wait_ready(5)
    assert printed(parent.address, "print(6 * 7)", folder=home) == ["42"]
    parent.close()


def test_polars_can_be_imported_in_a_cell(parent, home):
    cell = "import polars\nprint(polars.DataFrame({'a': [1, 2]})['a'].sum())"
    assert printed(parent.address, cell, folder=home) == ["3"]


SLEEPS = """import time
try:
    time.sleep(60)
finally:
    open("ended", "w").write("in order")"""


def test_a_cell_past_the_time_limit_is_interrupted_and_can_end_what_it_began(parent, home):
    begins = r'TimeLimit in the cell that begins "import time": the report took longer than its'
    began = time.monotonic()
    with pytest.raises(Failure, match=begins) as failed:
        execute(parent.address, "1", SLEEPS, folder=home, seconds=0.5)
    assert time.monotonic() - began < 3
    assert (home / "ended").read_text() == "in order"
    assert not failed.value.died


def test_a_cell_that_cannot_be_interrupted_is_killed(parent, home, monkeypatch):
    monkeypatch.setattr(engine, "SETTLE", 0.3)
    deaf = (
        "import os, signal, time\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})\n"
        "open('deaf', 'w').write(str(os.getpid()))\n"
        "time.sleep(60)"
    )
    with pytest.raises(Failure, match="TimeLimit"):
        execute(parent.address, deaf, folder=home, seconds=0.5)
    assert not alive(int((home / "deaf").read_text()))


@pytest.mark.parametrize(
    "cell",
    ["much = bytearray(10**9)", "import numpy as np\nnp.ones(10**9)"],
    ids=["bytes", "numpy"],
)
def test_a_cell_past_the_memory_limit_is_told_the_limit(parent, home, cell):
    with pytest.raises(Failure, match=r"MemoryError in the cell.* A report may use 300 MB\.$"):
        execute(parent.address, cell, folder=home, megabytes=300)


def test_what_a_report_may_use_does_not_depend_on_what_the_parent_has(parent, home):
    cell = "import numpy as np\nprint(np.ones(30_000_000).sum())"  # 240 MB
    assert printed(parent.address, cell, folder=home, megabytes=300) == ["30000000.0"]


ENDINGS = {
    "killed": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "by SIGKILL"),
    "segfault": ("import ctypes\nctypes.string_at(0)", "by SIGSEGV"),
    "exit": ("import os\nos._exit(3)", "the kernel ended under this cell"),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_kernel_that_dies_is_told_by_its_cell_and_signal(parent, home, ending):
    cell, told = ENDINGS[ending]
    with pytest.raises(Failure) as failed:
        execute(parent.address, "1", cell, folder=home)
    assert failed.value.died
    assert (failed.value.error, failed.value.begins) == ("KernelDied", cell.split("\n")[0])
    assert told in failed.value.message


STARTS = """import subprocess, time
from pathlib import Path
def start(name, *command, **how):
    subprocess.Popen(["sh", "-c", f"echo $$ > {name}; exec sleep 1000"], **how)
start("plain")
start("session", start_new_session=True)
leaves = "echo $$ > twice; sleep 1000 & echo $! > thrice; wait"
subprocess.Popen(["sh", "-c", 'setsid sh -c "$0" &', leaves])
while not all(Path(one).exists() and Path(one).read_text() for one in (
        "plain", "session", "twice", "thrice")):
    time.sleep(0.01)"""
STARTED = ("plain", "session", "twice", "thrice")


@pytest.mark.parametrize("end", ["", "\nimport os\nos._exit(1)"], ids=["ends", "dies"])
def test_whatever_a_cell_started_is_gone_after_its_kernel(parent, home, end):
    folder = home / f"started{len(end)}"
    folder.mkdir()
    try:
        execute(parent.address, STARTS + end, folder=folder)
    except Failure:
        assert end
    numbers = [int((folder / name).read_text()) for name in STARTED]
    wait_until(lambda: not any(map(alive, numbers)), 5)


def test_what_a_live_kernel_started_is_left_when_another_ends(parent, home):
    cell = (
        "import subprocess, time\nfrom pathlib import Path\n"
        "leaves = 'echo $$ > other; exec sleep 1000'\n"
        "subprocess.Popen(['sh', '-c', 'setsid sh -c \"$0\" &', leaves])\n"
        "while not Path('go').exists():\n    time.sleep(0.01)\n"
        "print(Path('/proc', Path('other').read_text().strip(), 'cmdline').read_bytes())"
    )
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(printed, parent.address, cell, folder=home)
        wait_until(lambda: (home / "other").exists() and (home / "other").read_text())
        execute(parent.address, "1", folder=home)
        (home / "go").touch()
        assert "sleep" in first.result()[0]


WHERE = """import os
from ipykernel.connect import get_connection_file
file = get_connection_file()
folder = os.path.dirname(file)
print(os.path.basename(folder), oct(os.stat(folder).st_mode)[-3:], oct(os.stat(file).st_mode)[-3:],
      oct(os.stat(os.path.dirname(folder)).st_mode)[-3:], len(os.listdir(folder)))"""


def test_sockets_are_private_to_each_kernel_and_gone_after_it(parent, home):
    before = set(os.listdir(parent.folder))
    with ThreadPoolExecutor(3) as pool, kernel.surroundings():
        os.environ[warm.ADDRESS] = parent.address
        told = [pool.submit(kernel.execute, notebook_of(WHERE), {}, home) for _ in range(3)]
        lines = [one.result().notebook["cells"][0]["outputs"][0]["text"].split() for one in told]
    assert [line[1:] for line in lines] == [["700", "600", "700", "6"]] * 3
    assert len({line[0] for line in lines}) == 3
    assert set(os.listdir(parent.folder)) == before


def test_a_long_path_for_temporary_files_does_not_stop_kernels(monkeypatch, home):
    long = home / ("long" * 30)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    parent = small_parent(monkeypatch)
    try:
        assert printed(parent.address, "print(6 * 7)", folder=home) == ["42"]
    finally:
        parent.close()


def test_where_every_path_is_too_long_there_is_no_parent_and_kernels_have_ports(monkeypatch, home):
    long = home / ("far" * 30)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    monkeypatch.setattr(warm, "LONGEST", 10)  # as if /tmp could not be written to
    with pytest.raises(warm.Unavailable, match="has a name short enough for sockets"):
        warm.Parent()
    cell = "import json\nfrom ipykernel.connect import get_connection_info as i\nprint(i())"
    assert '"transport": "tcp"' in printed(COLD, cell, folder=home)[0]
    assert list(long.iterdir()) == []


def test_another_kernel_runs_cold_and_that_is_said_once(home, parent, monkeypatch, caplog):
    spec = home / "kernels" / "other"
    spec.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    told = {"argv": command, "display_name": "Other", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(told))
    monkeypatch.setenv("JUPYTER_PATH", str(home))
    monkeypatch.setenv(warm.ADDRESS, parent.address)
    engine._say_once.cache_clear()
    caplog.set_level(logging.WARNING, "papermill")
    import nbformat
    import papermill

    for _ in range(2):
        nb = nbformat.from_dict(notebook_of("print(6 * 7)"))
        nb.metadata["kernelspec"] = {**told, "name": "other"}
        done = papermill.execute_notebook(
            nb, None, engine_name="kentlib-warm", progress_bar=False, cwd=home
        )
        assert done.cells[0].outputs[0].text == "42\n"
    assert [one.message for one in caplog.records] == [
        "kentlib-warm: kernels start cold, since the notebook asks for the kernel other."
    ]


def test_papermill_has_the_engine_on_its_command_line_and_nothing_is_left(write_notebook):
    path = write_notebook("tides", "print(place)", parameters="place = 1")
    with private_place() as place:
        command = [sys.executable, "-m", "papermill", "--engine", "kentlib-warm"]
        command += ["-k", "python3", "-l", "python"]
        done = subprocess.run(
            [*command, str(path), str(path.with_name("out.ipynb")), "-p", "place", "Southmere"],
            capture_output=True,
            text=True,
            env={**os.environ, "TMPDIR": str(place.folder)},
        )
        assert done.returncode == 0, done.stderr
        assert "start cold" not in done.stderr
        told = json.loads(path.with_name("out.ipynb").read_text())
        assert told["cells"][-1]["outputs"][0]["text"] == ["Southmere\n"]
        place.assert_nothing_left()


OWNS = """import sys, time
from kentlib.reports import warm
parent = warm.Parent()
if {ready}:
    parent.wait()
print(parent.folder, flush=True)
time.sleep(60)"""


@pytest.mark.parametrize("ready", [False, True], ids=["while it imports", "when it serves"])
def test_a_parent_whose_owner_is_killed_leaves_nothing(ready):
    with private_place() as place:
        code = OWNS.format(ready=ready)
        environment = {**os.environ, "TMPDIR": str(place.folder)}
        with subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment
        ) as owner:
            assert owner.stdout.readline()
            owner.kill()
        place.assert_nothing_left(seconds=20)


def test_closing_a_parent_that_still_imports_does_not_wait_for_it(home):
    parent = warm.Parent()
    began = time.monotonic()
    parent.close()
    assert time.monotonic() - began < 1
    assert not Path(parent.folder).exists()


def test_a_parent_that_was_killed_leaves_nothing_that_its_kernels_started(monkeypatch, home):
    other = subprocess.Popen(["sleep", "1000"])  # of the same process, and none of ours
    parent = small_parent(monkeypatch)
    folder = home / "of-a-killed-parent"
    folder.mkdir()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(
            execute, parent.address, f"{STARTS}\nPath('pid').write_text('1')\ntime.sleep(60)",
            folder=folder,
        )  # fmt: skip
        wait_until((folder / "pid").exists)
        os.kill(parent._process.pid, signal.SIGKILL)
        with pytest.raises(Failure, match="by SIGKILL"):
            running.result(20)
    parent.close()
    numbers = [int((folder / name).read_text()) for name in STARTED]
    wait_until(lambda: not any(map(alive, numbers)), 5)
    assert not Path(parent.folder).exists()
    assert other.poll() is None
    other.kill()
    other.wait()


def test_a_parent_asked_to_end_ends_all_it_forked_and_removes_its_folder(monkeypatch, home):
    parent = small_parent(monkeypatch)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(
            execute, parent.address, "import os, time\nopen('at', 'w').write(str(os.getpid()))\n"
            "time.sleep(60)", folder=home,
        )  # fmt: skip
        wait_until(lambda: (home / "at").exists() and (home / "at").read_text())
        os.kill(parent._process.pid, signal.SIGTERM)
        with pytest.raises(Failure, match="KernelDied"):
            running.result(20)
    assert parent._process.wait(5) == 0
    assert not alive(int((home / "at").read_text()))
    assert not Path(parent.folder).exists()
    parent.close()


def test_extracts_whose_reader_was_killed_are_read_by_the_kernel(monkeypatch, home):
    killed = """import os
def killed(asked, write, folder):
    os.write(write, b"\\\\x80\\\\x05half a pickle")
    os.kill(os.getpid(), 9)
forked.read_extracts = killed"""
    parent = small_parent(monkeypatch, killed)
    asked = {"extracts": "data/sample", "authority": "Kent", "period_end": "2017-03-06"}
    with kernel.surroundings():
        os.environ[warm.ADDRESS] = parent.address
        nb = notebook_of("from kentlib import records\nprint(records.remembered())")
        done = kernel.execute(nb, {}, home, prepare=asked)
    assert done.notebook["cells"][0]["outputs"][0]["text"] == "None\n"
    parent.close()


def test_a_kernel_that_its_memory_limit_keeps_from_starting_is_told_so(parent, home):
    with pytest.raises(Failure, match=r"before its first cell.* the 20 MB of a report") as failed:
        execute(parent.address, "1", folder=home, megabytes=20)
    assert failed.value.died


def test_a_report_whose_time_is_over_before_its_kernel_is_ready_is_not_begun_anew(parent, home):
    with pytest.raises(Failure, match=r"^TimeLimit: the report took longer than its 0\.01 seconds"):
        execute(parent.address, "1", folder=home, seconds=0.01)


def test_kernels_share_what_they_worked_out_with_those_that_run_the_same_cells_alone(
    parent, home, tmp_path
):
    cell = "import os\nfrom kentlib.once import once\nprint(once(lambda: 'what', os.getpid))"
    (first,) = printed(parent.address, cell, folder=home, share=True)
    assert printed(parent.address, cell, folder=home, share=True) == [first]
    others = [
        printed(parent.address, cell, "once.__module__ = 'mine'", folder=home, share=True)[0],
        printed(parent.address, cell, folder=tmp_path, share=True)[0],
        printed(COLD, cell, folder=home, share=True)[0],
        printed(parent.address, cell, folder=home)[0],
    ]
    assert len({first, *others}) == 5
    for shared in Path(parent.folder).glob("once-*"):
        shutil.rmtree(shared)


DRAWN = """\
import pandas as pd
from kentlib import charts, show
counts = pd.DataFrame({"topic": ["Care", "Court"], "strength": [3, 1], "weakness": [1, len(place)]})
show.figure(charts.balance_bars(counts, "topic"), alt=place, caption="Findings")
"""


def test_a_figure_drawn_for_another_report_is_what_each_would_have_drawn(parent, home):
    def made(address):
        return [
            execute(address, DRAWN, folder=home, params={"place": place}, share=True).notebook[
                "cells"
            ][1]
            for place in ("Dover", "Swale", "Dartford")
        ]

    warm_ones, cold_ones = made(parent.address), made(COLD)
    assert [one["outputs"] for one in warm_ones] == [one["outputs"] for one in cold_ones]
    (shared,) = Path(parent.folder).glob("once-*")
    assert len(list(shared.iterdir())) == 2
    shutil.rmtree(shared)


def test_many_kernels_leave_no_descriptor_nor_zombie_behind(parent, home):
    def descriptors():
        return len(os.listdir("/proc/self/fd")), len(os.listdir(theirs))

    theirs = f"/proc/{parent._process.pid}/fd"
    for _ in range(2):
        execute(parent.address, "1", folder=home)
    before = descriptors()
    for _ in range(10):
        execute(parent.address, "1", folder=home)
    # The parent hears of the last kernel's end a moment after its asker.
    wait_until(lambda: all(map(operator.le, descriptors(), before)), seen=descriptors)
    assert zombies() == []
    assert sorted(os.listdir(parent.folder)) == ["parent", "said"]


def test_bundled_tables_are_read_once_for_all_kernels_and_anew_once_one_is_written_to(
    monkeypatch, home, tmp_path
):
    for path in paths.DATA.glob("*.*"):
        shutil.copy2(path, tmp_path)
    place = f"paths.DATA = tables.DATA = paths.Path({str(tmp_path)!r})"
    parent = small_parent(monkeypatch, f"from kentlib import paths, tables\n{place}")
    held = "from kentlib import tables\nprint(tables._loaded.cache_info().currsize)"
    many = len(list(tmp_path.glob("*.yaml")))
    assert printed(parent.address, held, folder=home) == [str(many)]
    with (tmp_path / "areas.csv").open("a") as table:
        table.write("\n")
    assert printed(parent.address, held, folder=home) == ["0"]
    parent.close()
