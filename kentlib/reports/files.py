"""Files that are there whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any


def write(path: Path, content: bytes, *, flush: bool = True) -> None:
    """Write a file beside its place, to the disk, then into its place.

    Without `flush` it may be on the disk only after the `flush` of its folder: many files are
    faster so.
    """
    beside = path.with_name(f".{path.name}.new")
    try:
        with beside.open("wb") as file:
            file.write(content)
            if flush:
                file.flush()
                os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException as error:
        beside.unlink(missing_ok=True)
        if isinstance(error, OSError) and not error.filename:
            error.filename = str(path)  # which a full disk does not say
        raise


def as_json(content: Any) -> bytes:
    """What a JSON file of ours holds; what JSON has no form for is written as text."""
    return (json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n").encode()


def json_object(path: Path) -> dict[str, Any]:
    """A JSON file's object; an empty one where there is none to read."""
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def flush(folder: Path) -> None:
    """Bring every file of a folder to the disk, and which files it has.

    Not by `os.sync`, which waits for whatever else the machine is writing.
    """
    for path in folder.iterdir():
        if path.is_file():
            with path.open("rb+" if os.name == "nt" else "rb") as file:
                os.fsync(file.fileno())
    if os.name != "nt":
        names = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(names)
        finally:
            os.close(names)


def notebook_bytes(nb: dict[str, Any]) -> bytes:
    """A notebook as JupyterLab would write it."""
    import nbformat

    return (nbformat.writes(nbformat.from_dict(nb)) + "\n").encode()


def point(link: Path, folder: Path) -> None:
    """Make `link`, beside the folder, lead to it in one step; a copy where no link can be."""
    beside, old = (link.with_name(f".{link.name}.{which}") for which in ("new", "old"))
    for left in (beside, old):  # by a run that was killed
        _remove(left)
    try:
        try:
            beside.symlink_to(folder.name, target_is_directory=True)
        except (OSError, NotImplementedError):
            shutil.copytree(folder, beside)
        if link.is_dir() and not link.is_symlink():
            os.replace(link, old)
        os.replace(beside, link)
    except BaseException:
        _remove(beside)
        raise
    _remove(old)


def _remove(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)
