"""One run at a time in a folder of runs."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from kentlib.errors import DataError
from kentlib.reports import record

NAME = ".lock"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder of runs; the system lets go of it if this process dies.

    Raises
    ------
    DataError
        Another run has it: which, and since when.
    """
    with (folder / NAME).open("a+", encoding="utf-8") as file:
        if not _take(file):
            raise DataError(f"{folder.name}/ is in use by {_holder(file)}. Wait for it, or end it.")
        file.seek(0)
        file.truncate()
        holder = {"process": os.getpid(), "machine": socket.gethostname(), "since": record.now()}
        file.write(json.dumps(holder))
        file.flush()
        try:
            yield
        finally:
            file.seek(0)
            file.truncate()


def _take(file: IO[str]) -> bool:
    try:
        import fcntl
    except ImportError:
        import msvcrt

        try:
            # A byte beyond the text, so that another process can read who has the lock.
            file.seek(1 << 16)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(file: IO[str]) -> str:
    try:
        file.seek(0)
        told = json.load(file)
        return f"a run (process {told['process']} on {told['machine']}, since {told['since']})"
    except (ValueError, KeyError, OSError):
        return "another run"
