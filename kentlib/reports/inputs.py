"""The files that a run reads: what each held when the run began, and whether that has changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kentlib import parameters, paths, records, releases


@dataclass(frozen=True)
class Input:
    """One file: its name in a record, where it is, its SHA-256 and what the system said of it.

    A file that cannot be read has no SHA-256.
    """

    name: str
    path: Path
    sha256: str | None
    seen: tuple[int, ...] | None


def look(name: str, path: Path) -> Input:
    """Read a file's content and what tells that it has not been touched since."""
    seen = _seen(path)
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        digest = None
    return Input(name, path, digest, seen)


def changed(inputs: Iterable[Input]) -> list[str]:
    """The names of the files whose content is not what it was; one only touched is the same."""
    return [
        one.name
        for one in inputs
        if _seen(one.path) != one.seen and look(one.name, one.path).sha256 != one.sha256
    ]


def tables() -> list[Input]:
    """The files of the bundled tables."""
    files = sorted([*paths.DATA.glob("*.csv"), *paths.DATA.glob("*.yaml")])
    return [look(relative(file), file) for file in files]


def package() -> list[Input]:
    """The files that kentlib is made of."""
    folder = Path(__file__).parents[1]
    files = [path for path in folder.rglob("*") if path.is_file()]
    ours = sorted(path for path in files if "__pycache__" not in path.parts)
    return [look(f"kentlib/{path.relative_to(folder).as_posix()}", path) for path in ours]


def extracts(params: Mapping[str, Any]) -> list[Input] | None:
    """The files of the folder that the parameter `extracts` names, by their path inside it.

    Returns
    -------
    None where there is no such parameter, or no folder for the authority.
    """
    inside = _inside(params)
    return None if inside is None else [look(name, inside[name]) for name in sorted(inside)]


def published(params: Mapping[str, Any]) -> list[Input] | None:
    """The files of what was published before, by their path in the folder that the parameter
    `published` names.

    Returns
    -------
    None where there is no such parameter, it names no folder, or the report is not public and so
    minds none.
    """
    before = _before(params)
    return None if before is None else [look(name, before[name]) for name in sorted(before)]


def added(inputs: Iterable[Input], params: Mapping[str, Any]) -> list[str]:
    """The names of files that came into the folders of the extracts and of what was published
    after `extracts` and `published` listed them."""
    found = {*(_inside(params) or ()), *(_before(params) or ())}
    return sorted(found - {one.name for one in inputs})


def _inside(params: Mapping[str, Any]) -> dict[str, Path] | None:
    named, authority = params.get("extracts"), params.get("authority")
    if not isinstance(named, str) or records.problem(named):
        return None
    folder = records.given(named, authority if isinstance(authority, str) else None)
    if folder is None:
        return None
    return {_name(path.relative_to(folder)): path for path in records.files(folder)}


def _before(params: Mapping[str, Any]) -> dict[str, Path] | None:
    named = params.get("published")
    if not isinstance(named, str) or params.get("audience") != parameters.PUBLIC:
        return None
    if named == releases.NONE or releases.problem(named, "", {}):
        return None
    return {_name(Path(name)): path for name, path in releases.files(named).items()}


def digests(inputs: Iterable[Input]) -> dict[str, str | None]:
    """The SHA-256 of each file by its name, None for one that cannot be read."""
    return {one.name: one.sha256 for one in inputs}


def relative(path: Path) -> str:
    """A path as the collection's reader knows it; a file from elsewhere by its name alone."""
    path = path.resolve()
    inside = path.is_relative_to(paths.ROOT)
    return path.relative_to(paths.ROOT).as_posix() if inside else path.name


def _seen(path: Path) -> tuple[int, ...] | None:
    try:
        told = os.stat(path)
    except OSError:
        return None
    return told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns


def _name(path: Path) -> str:
    """A path as text that can be written, whatever bytes the file system has for it."""
    return path.as_posix().encode("utf-8", "backslashreplace").decode()
