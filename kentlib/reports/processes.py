"""What keeps a process from outliving the one that answers for it.

On Linux the kernel of the system does it (parent-death signal, subreaper); elsewhere these
functions do nothing, and ipykernel's own watch on its parent is what is left.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
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
    if not LINUX:
        return []
    own, found = os.getpid(), []
    for entry in os.scandir("/proc"):
        with suppress(OSError, ValueError):
            number = int(entry.name)
            # The name in brackets may hold anything; the parent comes two fields after it.
            about = Path(entry.path, "stat").read_text(errors="replace").rpartition(")")[2].split()
            if int(about[1]) == own:
                found.append(number)
    return found


def end_group(leader: int) -> None:
    """Kill every process of the group that a process leads."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def end_children(mark: str = "") -> None:
    """Kill this process's children, until there are no more; with a mark, those that have it."""
    for _ in range(100):  # each that is killed may leave others behind it
        found = [number for number in children() if not mark or marked(number, mark)]
        for number in found:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(number, 0)
        if not found:
            return


def marked(number: int, mark: str) -> bool:
    """Whether a process was started with a variable in its environment that begins so."""
    with suppress(OSError):
        variables = Path(f"/proc/{number}/environ").read_bytes().split(b"\0")
        return any(one.startswith(mark.encode()) for one in variables)
    return False
