"""What the reports of one notebook work out alike in a run is worked out by the first of them.

Kernels of a run that were forked from one warm parent, for the same cells, share a private folder,
which is removed with it. What one worked out from some things is kept there, under a key that says
of what; in any other process nothing is kept. Another notebook's kernels have another folder: what
its cells change in kentlib is for its own reports alone.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

FOLDER = "KENTLIB_SHARED"
"""The variable that names the private folder to a kernel that has one."""

Made, Given = TypeVar("Made"), ParamSpec("Given")


def once(of: Callable[[], Any], make: Callable[[], Made]) -> Made:
    """What `make` gives, or gave in another kernel that shares this one's folder.

    Parameters
    ----------
    of
        Gives all that it is made of, or None where that cannot be told; nothing is kept then, nor
        where it cannot be pickled. It is not called where nothing would be kept.
    make
        Makes it, and the same each time; it can be pickled.
    """
    folder = os.environ.get(FOLDER)
    key = _key(of()) if folder else None
    if key is None:
        return make()
    path = Path(folder, key)
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


def _key(told: Any) -> str | None:
    """What things are, by their content; None if that cannot be told."""
    try:
        return None if told is None else hashlib.sha256(pickle.dumps(told, protocol=5)).hexdigest()
    except Exception:  # each thing that cannot be pickled says so in its own way
        return None


def once_for_each(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """Have a function that gives the same for the same arguments called once for each of them."""

    @functools.wraps(make)
    def made(*some: Given.args, **named: Given.kwargs) -> Made:
        of = (make.__module__, make.__qualname__, some, named)
        return once(lambda: of, lambda: make(*some, **named))

    return made


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
