"""Where runs can be put: not among the project's own files, nor among the extracts they read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kentlib import paths, records

OURS = ("kentlib", "notebooks", "data", "params", "tests", ".git", ".venv")
"""Folders of this project that no run is put into."""


def unfit(out: Path, extracts: Iterable[str] = ()) -> str | None:
    """Why runs cannot go into a folder, or None if they can.

    Parameters
    ----------
    out
        The folder, which need not be there yet.
    extracts
        What the reports have as the parameter of that name. A run in such a folder would be
        read as an extract by the next.
    """
    try:
        folder, root = out.resolve(), paths.ROOT.resolve()
        if folder.is_file():
            return "it is a file: name a folder"
        read = {records.folder(one).resolve() for one in extracts if one != records.NONE}
    except (OSError, ValueError, RuntimeError):
        return "no folder can be called so"
    if root.is_relative_to(folder):
        return "it holds this project: name a folder of its own, such as reports"
    for one in OURS:
        if folder.is_relative_to(root / one):
            return f"{one}/ holds the project's own files: name another folder, such as reports"
    if any(folder.is_relative_to(one) for one in read):
        return "it is in the folder of the extracts, all of which is read: name another"
    return None
