"""A copy of the collection in which some files are as they once were, and the rest as today.

Only what has to be its own is copied: kentlib, by which everything else is found, and the folders
on the way to a file that is put back. The rest are links to today's.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

LEFT_OUT = {".git", ".venv", "__pycache__", "reports", "reviews", "kentlib"}
"""What no report reads; kentlib is copied whole."""


def build(place: Path, root: Path, put_back: Mapping[str, bytes | None]) -> Path:
    """Make the copy.

    Parameters
    ----------
    place
        Where; a folder that is not there yet.
    root
        The collection.
    put_back
        By its path from the collection's folder what a file is to hold; None for one that was
        not there.

    Returns
    -------
    The folder to import kentlib from.
    """
    place.mkdir(parents=True)
    shutil.copytree(root / "kentlib", place / "kentlib", copy_function=shutil.copy2)
    for inside in root.iterdir():
        if inside.name not in LEFT_OUT:
            _link(inside, place / inside.name)
    own(place, place / "notebooks")  # where cells run, which may look beside it
    for name, content in put_back.items():
        path = place / name
        own(place, path.parent)
        replace(path, content)
    return place


def replace(path: Path, content: bytes | None) -> None:
    """Put content in a file's place, whatever linked to; None removes it."""
    path.unlink(missing_ok=True)
    # Compiled code is known by the second and the size, which another version can share.
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()
    if content is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def copy(folder: Path, to: Path) -> None:
    """A copy of a folder of inputs that shares its files' bytes where the system can."""
    shutil.copytree(folder, to, copy_function=_share)


def own(place: Path, folder: Path) -> None:
    """Have a folder of the copy, and those above it, hold links of their own."""
    if folder != place:
        own(place, folder.parent)
    if folder.is_symlink():
        there = folder.resolve()
        folder.unlink()
        folder.mkdir()
        for inside in there.iterdir():
            _link(inside, folder / inside.name)


def _link(there: Path, here: Path) -> None:
    try:
        here.symlink_to(there, target_is_directory=there.is_dir())
    except OSError:  # Windows lets not everybody
        (shutil.copytree if there.is_dir() else shutil.copy2)(there, here)


def _share(there: str, here: str) -> None:
    try:
        os.link(there, here)
    except OSError:
        shutil.copy2(there, here)
