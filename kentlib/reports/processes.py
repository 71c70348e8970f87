"""What keeps a process from outliving the one that answers for it.

On Linux the kernel of the system does it (parent-death signal, subreaper); elsewhere these
functions do nothing, and ipykernel's own watch on its parent is what is left.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

LINUX = sys.platform == "linux"

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_libc = ctypes.CDLL(None, use_errno=True) if LINUX else None


def die_with(parent: int) -> None:
    """Have this process killed when its parent, whose number is given, ends in any way."""
    if _libc:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before this process had asked
            os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of what a descendant leaves running, so that it can be found and ended."""
    if _libc:
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1)


def threads() -> int:
    """Threads of this process, those of libraries written in C included."""
    if LINUX:
        return len(os.listdir("/proc/self/task"))
    import psutil

    return psutil.Process().num_threads()


def children() -> list[int]:
    """The numbers of this process's children, adopted ones included; none known off Linux."""
    own, found = os.getpid(), []
    for number in _all():
        with suppress(OSError, ValueError):
            # The name in brackets may hold anything; the parent comes two fields after it.
            about = Path(f"/proc/{number}/stat").read_text(errors="replace").rpartition(")")[2]
            if int(about.split()[1]) == own:
                found.append(number)
    return found


def _all() -> list[int]:
    """The numbers of every process; none known off Linux."""
    return [int(name) for name in os.listdir("/proc") if name.isdecimal()] if LINUX else []


def end_group(leader: int) -> None:
    """Kill every process of the group that a process leads."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def end_children() -> None:
    """Kill this process's children, until there are no more."""
    for _ in range(100):  # each that is killed may leave others behind it
        found = children()
        for number in found:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(number, 0)
        if not found:
            return


def end_marked(name: str, begins: str) -> None:
    """Kill every process, whoever's child, that has a variable with such a value."""
    for _ in range(100):  # each that is killed may have just started another
        found = [number for number in _all() if variable(number, name).startswith(begins)]
        for number in found:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(number, signal.SIGKILL)
        if not found:
            return
        time.sleep(0.01)


def variable(number: int, name: str) -> str:
    """A variable of the environment that a process was started with; empty where there is none."""
    with suppress(OSError):
        for one in Path(f"/proc/{number}/environ").read_bytes().split(b"\0"):
            found, _, value = one.partition(b"=")
            if found == os.fsencode(name):
                return os.fsdecode(value)
    return ""
