"""What a fork of the warm parent becomes: a kernel, a worker, or the reader of extracts."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import random
import sys
import time

from kentlib.reports import preload, processes

IN_A_KERNEL = 20
"""Columns of a wide table that pandas shows in a kernel; in a terminal, as many as fit."""


def start_afresh(environment: dict[str, str], folder: str) -> None:
    """Make this process such as a new one would be: environment, folder, time zone, chance."""
    with open(os.devnull, "r+b") as null:
        for stream in (0, 1, 2):
            os.dup2(null.fileno(), stream)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    time.tzset()
    random.seed()
    import matplotlib as mpl
    import numpy as np
    import pandas as pd

    np.random.seed()
    mpl.rcParams["backend"] = environment.get("MPLBACKEND") or preload.SETTINGS["MPLBACKEND"]
    # When it is imported, pandas looks whether it is in a kernel.
    pd.set_option("display.max_columns", IN_A_KERNEL)


def understood(content: bytes) -> object | None:
    """What `read_extracts` gave, in the parent, so that it is there in every fork.

    None if it did not come to an end: the kernel reads them for itself, and says what is wrong
    there, where a report can show it.
    """
    import pickle

    with contextlib.suppress(EOFError, pickle.UnpicklingError):  # the reader was killed
        return pickle.loads(content)
    return None


def remember(read: object | None) -> None:
    """Have the extracts that `read_extracts` read."""
    from kentlib import records

    if read is not None:
        records.remember(read)


def read_extracts(asked: dict[str, str], write: int, folder: str) -> int:
    """Read extracts for kernels, and leave for workers what no report may show."""
    import pickle

    from kentlib import records
    from kentlib.private import kept
    from kentlib.private.gathering import Private
    from kentlib.private.known import Known

    private = Private()
    records.prepare(**asked, private=private)
    kept.keep(Known(private.cells, private.shown), kept.place(folder, kept.key(asked)))
    with open(write, "wb") as answer:
        pickle.dump(records.remembered(), answer, protocol=5)
    return 0


def kernel(arguments: list[str], megabytes: int | None, ready: int) -> int:
    """Be an ipykernel until it is ended; one byte into `ready` says that it hears. Exit status."""
    import atexit

    from ipykernel.kernelapp import IPKernelApp

    launcher = importlib.util.find_spec("ipykernel_launcher").origin
    sys.argv = [launcher, *arguments]
    if megabytes and processes.LINUX:
        # The system counts what may be written to, touched or not; what this process began with
        # is its parent's.
        limit("RLIMIT_DATA", _data() + (megabytes << 20))
    app = IPKernelApp.instance(outstream_class="kentlib.reports.streams.OutStream")
    if not processes.LINUX:
        app.parent_handle = os.getppid()
    app.initialize(list(arguments))
    os.write(ready, b"1")
    os.close(ready)
    try:
        app.start()
    finally:
        atexit._run_exitfuncs()
    return 0


def worker(descriptor: int, ready: int) -> int:
    """Make reports for whoever holds the other end of a pipe until that hangs up. Exit status."""
    from multiprocessing.connection import Connection as Channel

    from kentlib.reports import worker as serving

    os.write(ready, b"1")
    os.close(ready)
    serving.serve(Channel(descriptor))
    return 0


def limit(which: str, most: int) -> None:
    """Bound what this process may use of a resource, by the name that the system has for it."""
    import resource

    resource.setrlimit(getattr(resource, which), (most, most))


def _data() -> int:
    """Bytes of this process's memory that it may write to and shares with no other."""
    with open("/proc/self/status") as about:
        return next(int(line.split()[1]) << 10 for line in about if line.startswith("VmData"))
