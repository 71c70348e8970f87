"""What the reports of one notebook work out alike in a run is worked out by the first of them.

Kernels that were forked from one warm parent, for the same cells, share a private folder, which is
removed with it. What one worked out from some things is kept there, under a key that says of what;
in any other process nothing is kept. Another notebook's kernels have another folder: what its cells
change in kentlib is for its own reports alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

FOLDER = "KENTLIB_SHARED"
"""The variable that names the private folder to a kernel that has one."""

Made = TypeVar("Made")


def once(of: Callable[[], Any], make: Callable[[], Made]) -> Made:
    """What `make` gives, or gave in another kernel that shares this one's folder.

    Parameters
    ----------
    of
        Gives all that it is made of, which can be pickled; None where that cannot be told. It is
        not called where nothing is kept.
    make
        Makes it, and the same each time; it can be pickled.
    """
    folder = os.environ.get(FOLDER)
    told = of() if folder else None
    if told is None:
        return make()
    path = Path(folder, hashlib.sha256(pickle.dumps(told, protocol=5)).hexdigest())
    try:
        return pickle.loads(path.read_bytes())
    except OSError:
        made = pickle.dumps(make(), protocol=5)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    with contextlib.suppress(OSError):  # no room for it: the next one works it out again
        with contextlib.suppress(FileExistsError):
            os.mkdir(folder, mode=0o700)
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(made)
        os.replace(beside, path)
    return pickle.loads(made)  # as the others get it: what is made of it has one key for all


def folder(inside: str, *cells: str) -> str:
    """The folder that kernels share which run the same cells; whoever keeps something makes it.

    Parameters
    ----------
    inside
        The warm parent's own.
    cells
        Where they run, and the code in them, but for the parameters that were put in.
    """
    return os.path.join(inside, f"once-{hashlib.sha256(repr(cells).encode()).hexdigest()}")
