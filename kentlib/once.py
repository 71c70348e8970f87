"""What all reports of a run work out alike is worked out by the first of them.

Kernels that were forked from one warm parent share a private folder, which is removed with it. What
one worked out from some things is kept there, under a key that says of what; in any other process
nothing is kept.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

FOLDER = "KENTLIB_SHARED"
"""The variable that names the private folder to a kernel that has one."""

Made = TypeVar("Made")


def once(of: str, make: Callable[[], Made]) -> Made:
    """What `make` gives, or gave in another kernel of the same warm parent.

    Parameters
    ----------
    of
        All that it is made of, as text: the code too.
    make
        Makes it, and the same each time; it can be pickled. It holds nothing that a report of the
        run may not show.
    """
    folder = os.environ.get(FOLDER)
    if not folder or not os.path.isdir(folder):
        return make()
    path = Path(folder, f"once-{hashlib.sha256(of.encode()).hexdigest()}")
    try:
        return pickle.loads(path.read_bytes())
    except FileNotFoundError:
        made = make()
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        pickle.dump(made, file, protocol=5)
    os.replace(beside, path)
    return made
