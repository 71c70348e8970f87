"""Reports that need not be made again, and those that a run keeps though it did not make them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kentlib.reports import files, record

PARTIAL = ".partial"
"""What the hidden folder of a run that is being made, or was broken off, ends in."""

NOT_REPORTS = ("manifest.json", "ro-crate-metadata.json")


def broken_off(out: Path) -> list[Path]:
    """The folders of runs that did not come to their end, newest first."""
    return sorted(out.glob(f".*{PARTIAL}"), reverse=True)


def take(name: str, key: str, sources: list[Path], folder: Path) -> dict[str, Any] | None:
    """Take a report that was made from the very same things into the folder of a run.

    Parameters
    ----------
    name
        The report's name.
    key
        What it must have been made from: see `kentlib.reports.facts.Facts.key`.
    sources
        Folders of runs to look in.
    folder
        Where it is taken.

    Returns
    -------
    Its record; None if no source has it whole, finished, and made from the same.
    """
    for source in sources:
        told = record.read(source / f"{name}.json")
        if told and told.get("key") == key and told.get("outcome") == record.FINISHED:
            told["asked"] = True
            if _copied(told, source, folder):
                return told
    return None


def keep(name: str, source: Path, folder: Path) -> dict[str, Any] | None:
    """Carry a report over from the last run as it is, whatever it was made from.

    Returns
    -------
    Its record, which says that this run was not asked for it; None if it is not whole there.
    """
    told = record.read(source / f"{name}.json")
    if not told:
        return None
    told["asked"] = False
    return told if _copied(told, source, folder) else None


def names(folder: Path) -> Iterator[str]:
    """The names of the reports in the folder of a run."""
    for path in sorted(folder.glob("*.json")):
        if path.name not in NOT_REPORTS:
            yield path.stem


def _copied(told: dict[str, Any], source: Path, folder: Path) -> bool:
    """Copy a report's files if each is what the record says; a changed one vouches for nothing."""
    contents = {}
    for name, digest in told["outputs"].items():
        try:
            contents[name] = (source / name).read_bytes()
        except OSError:
            return False
        if Path(name).name != name or record.sha256(contents[name]) != digest:
            return False
    for name, content in contents.items():
        files.write(folder / name, content, flush=False)
    return True
