"""Asking a warm parent for processes: `kentlib.reports.warm_parent` is the other side."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing import connection
from pathlib import Path
from typing import Any

from kentlib.reports import preload, processes, warm_parent

ADDRESS = "KENTLIB_WARM_PARENT"
"""The variable that tells a process the socket of the warm parent it is to ask."""

NONE = "none"
"""What that variable says where there is none and none is to be started."""

LONGEST = 70
"""Bytes in the name of the private folder: a socket's whole name can have about 104."""

SLOW = 120
"""Seconds that imports may take on a machine that does much else before that is a fault."""

KERNEL_SETTINGS = (
    "c.IPKernelApp.log_level = 50",
    "c.HistoryManager.enabled = False",
    # Half a millisecond after each cell, lest an output come late; who asks waits for it anyway.
    "c.Kernel._execute_sleep = 0.0",
    "",
)
"""What a kernel's IPython is set to."""

START = f"""import sys
sys.path[:] = filter(None, sys.path)  # no module of the folder it happens to be started in
from {warm_parent.__name__} import main
main(*sys.argv[1:])"""
"""How a warm parent is started. Python's own -P for that would be its kernels' as well."""


class Unavailable(Exception):
    """There is no warm parent, or it forks nothing: why, in a clause."""


class Parent:
    """A warm parent of this process's own; everything it forked ends with it.

    It begins to import what reports need at once, so it is best started early.

    Parameters
    ----------
    environment
        What it has beside this process's own variables.

    Raises
    ------
    Unavailable
        There is no fork on this system, or the parent could not start.
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        if not hasattr(os, "fork"):
            raise Unavailable("this system has no fork")
        self.folder = private_folder()
        if len(os.fsencode(self.folder)) > LONGEST:
            os.rmdir(self.folder)
            raise Unavailable("no folder for temporary files has a name short enough for sockets")
        self.address = os.path.join(self.folder, "parent")
        self._said = Path(self.folder, "said")
        self._ready = False
        try:
            self._owner, theirs = socket.socketpair()
            with theirs:
                self._process = self._start(theirs.fileno(), {**os.environ, **(environment or {})})
        except BaseException as error:
            shutil.rmtree(self.folder, ignore_errors=True)
            if isinstance(error, OSError):
                raise Unavailable(f"the warm parent cannot start: {error.strerror}") from None
            raise

    def _start(self, descriptor: int, environment: dict[str, str]) -> subprocess.Popen:
        with self._said.open("wb") as said:
            return subprocess.Popen(
                [sys.executable, "-c", START, self.folder, str(descriptor)],
                pass_fds=[descriptor],
                start_new_session=True,  # Ctrl-C is for the run, which ends this
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                env={**environment, **preload.SETTINGS, warm_parent.MARK: self.folder},
            )

    def wait(self, prepare: dict[str, str] | None = None) -> None:
        """Wait until it serves.

        Parameters
        ----------
        prepare
            The extracts to read while other things are imported: the arguments of
            `kentlib.records.prepare`.

        Raises
        ------
        Unavailable
            It ended, or was not ready in time.
        """
        if self._ready:
            return
        self._owner.settimeout(SLOW)
        try:
            self._owner.sendall(json.dumps({"prepare": prepare}).encode() + b"\n")
            self._ready = self._owner.recv(16) == b"ready\n"
        except TimeoutError:
            raise Unavailable(f"the warm parent was not ready in {SLOW} seconds") from None
        except OSError:
            self._ready = False
        if not self._ready:
            said = self._said.read_text(errors="replace").strip().splitlines()
            raise Unavailable(f"the warm parent ended: {said[-1] if said else 'it said nothing'}")

    def alive(self) -> bool:
        """Whether it still runs; one that does not answer is given a moment to be gone."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(0.2)
        return self._process.returncode is None

    def close(self) -> None:
        """End it, and with it whatever it forked, and wait for that."""
        self._owner.close()
        try:
            # While it imports, it has forked nothing that does not end with it.
            self._process.wait(10 if self._ready else 0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.returncode:  # it was killed, and could end nobody
            processes.end_marked(warm_parent.MARK, self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)


def begin() -> Parent | None:
    """A warm parent that has begun, where there can be one."""
    try:
        return Parent()
    except Unavailable:
        return None


class Process:
    """A process forked by a warm parent; it is killed when this object or this process ends.

    Parameters
    ----------
    address
        The parent's socket.
    request
        `role` ("kernel" or "worker"), `environment`, `folder` to work in, and what the role needs.
    files
        Descriptors to hand over.

    Raises
    ------
    Unavailable
        The parent is gone, or refuses to fork.
    """

    def __init__(self, address: str, request: dict[str, Any], files: Sequence[int] = ()) -> None:
        self.status: int | None = None
        self.megabytes: int | None = None
        self._heard = b""
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._socket.connect(address)
            socket.send_fds(self._socket, [json.dumps(request).encode() + b"\n"], list(files))
        except OSError as error:
            self._socket.close()
            raise Unavailable(f"the warm parent does not answer: {error.strerror}") from None
        self.pid: int | None = None
        self.ready = False

    def wait_ready(self, seconds: float) -> bool:
        """Wait until it serves; False when it ended first or took longer."""
        end = time.monotonic() + seconds
        while not self.ready and self.status is None and time.monotonic() < end:
            self._hear(end - time.monotonic())
        return self.ready

    def poll(self) -> int | None:
        """Its exit status as `subprocess` has it, negative for a signal; None while it runs."""
        while self.status is None and self._hear(0):
            pass
        return self.status

    def wait(self, seconds: float) -> int | None:
        """Wait for its end, but no longer than that."""
        end = time.monotonic() + seconds
        while self.status is None and time.monotonic() < end:
            self._hear(end - time.monotonic())
        return self.status

    def send(self, number: int) -> None:
        """Send a signal to it and to what it started."""
        with suppress(OSError):
            self._socket.sendall(json.dumps({"signal": int(number)}).encode() + b"\n")

    def kill(self) -> int | None:
        """Kill it and what it started; return its exit status."""
        if self.status is None:
            self.send(signal.SIGKILL)
        return self.wait(10)

    def close(self) -> None:
        """Let go of it: whatever still runs is killed."""
        self._socket.close()

    def _hear(self, seconds: float) -> bool:
        """Take in what the parent says, waiting so long for it; False when it says nothing."""
        if not connection.wait([self._socket], max(0, seconds)):
            return False
        try:
            data = self._socket.recv(65536)
        except OSError:
            data = b""
        if not data:
            # The parent is gone, and with it everything it forked.
            self.status = -int(signal.SIGKILL) if self.status is None else self.status
            return False
        *lines, self._heard = (self._heard + data).split(b"\n")
        for line in lines:
            told = json.loads(line)
            if "refused" in told:
                self.status = warm_parent.UNSTARTED
                raise Unavailable(told["refused"])
            self.pid = told.get("pid", self.pid)
            self.ready |= told.get("ready", False)
            self.status = told.get("ended", self.status)
            self.megabytes = told.get("megabytes", self.megabytes)
        return True


def private_folder() -> str:
    """A new folder only this user can look into, its name short enough for sockets if it can be."""
    for place in (tempfile.gettempdir(), os.path.join(os.sep, "tmp")):
        if len(os.fsencode(place)) + 20 <= LONGEST and os.access(place, os.W_OK):
            return tempfile.mkdtemp(prefix="kentlib-", dir=place)
    return tempfile.mkdtemp(prefix="kentlib-")


def quiet_home(folder: str) -> dict[str, str]:
    """The environment in which kernels use none of the user's own settings; made in a folder.

    Their IPython has no history and no start-up files, and says nothing of its debugger.
    """
    profile = Path(folder, "profile_default")
    profile.mkdir(mode=0o700, exist_ok=True)
    settings = profile / "ipython_kernel_config.py"
    if not settings.exists():  # a kernel may be reading it
        settings.write_text("\n".join(KERNEL_SETTINGS))
    runtime = Path(folder, "runtime")
    runtime.mkdir(mode=0o700, exist_ok=True)
    return {
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "JUPYTER_PREFER_ENV_PATH": "1",
        "IPYTHONDIR": folder,
        "JUPYTER_RUNTIME_DIR": str(runtime),
    }
