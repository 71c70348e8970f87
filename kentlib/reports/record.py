"""What made a report: everything that a later run could differ in, and nothing of the machine.

A record is written beside each report as JSON. Its paths are relative to the collection, so that
two people's records of the same report are the same.
"""

from __future__ import annotations

import hashlib
import platform
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import kentlib
from kentlib import paths, records
from kentlib.reports import notebook
from kentlib.reports.plan import Job

PACKAGES = ("pandas", "matplotlib", "seaborn", "scipy", "statsmodels", "papermill", "nbconvert")
"""The packages a report names; requirements.lock, whose hash it carries, pins them all."""


def begin(job: Job, source: dict[str, Any], content: bytes) -> dict[str, Any]:
    """The record of a report that is about to run.

    Parameters
    ----------
    job
        What to make.
    source, content
        The notebook and the bytes it was read from.
    """
    return {
        "report": job.name,
        "outcome": "started",
        "question": notebook.question(source),
        "finding": "",
        "notebook": relative(job.notebook),
        "notebook_sha256": sha256(content),
        "parameters": job.params,
        "kentlib": {"version": kentlib.__version__, **commit()},
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "packages": {name: metadata.version(name) for name in PACKAGES},
        "lock_sha256": sha256(paths.LOCK.read_bytes()) if paths.LOCK.exists() else None,
        "inputs": inputs(),
        "extracts": extracts(job.params),
        "tables": [],
        "started": now(),
        "ended": None,
        "outputs": {},
    }


def now() -> str:
    """The time in UTC, to the second, as ISO 8601 writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def sha256(content: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def inputs() -> dict[str, str]:
    """The SHA-256 of every file of the bundled tables, by its path."""
    files = sorted([*paths.DATA.glob("*.csv"), *paths.DATA.glob("*.yaml")])
    return {relative(file): sha256(file.read_bytes()) for file in files}


def extracts(params: dict[str, Any]) -> dict[str, Any] | None:
    """The files of the folder that the parameter `extracts` names, and the SHA-256 of each.

    Returns
    -------
    `folder` as it was given, and `files` by their path inside it, None for a file that cannot
    be opened. None where there is no such parameter, or no folder for the authority.
    """
    named, authority = params.get("extracts"), params.get("authority")
    if not isinstance(named, str) or records.problem(named):
        return None
    folder = records.given(named, authority if isinstance(authority, str) else None)
    if folder is None:
        return None
    inside = {_name(path.relative_to(folder)): path for path in records.files(folder)}
    return {"folder": named, "files": {name: _sha256_of(inside[name]) for name in sorted(inside)}}


def tables(source: dict[str, Any]) -> list[dict[str, Any]]:
    """The bundled tables that the notebook's code names, with what a reader must know of each."""
    from kentlib import tables as bundled

    used = notebook.names_used(source, bundled.names())
    wanted = ("title", "source", "url", "retrieved", "licence", "synthetic")
    told = [(name, bundled.dictionary(name)) for name in used]
    return [{"name": name, **{one: getattr(d, one) for one in wanted}} for name, d in told]


def commit() -> dict[str, Any]:
    """The git commit of the collection and whether files differ from it; None where unknown."""
    head = _git("rev-parse", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no") if head else None
    return {"commit": head, "modified": None if changed is None else bool(changed)}


def relative(path: Path) -> str:
    """A path as the collection's reader knows it; a file from elsewhere by its name alone."""
    path = path.resolve()
    inside = path.is_relative_to(paths.ROOT)
    return path.relative_to(paths.ROOT).as_posix() if inside else path.name


def without_paths(text: str) -> str:
    """Text that names no folder of this machine and no terminal colour."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    text = re.sub(r"\S*[/\\]ipykernel_\d+[/\\]\d+\.py", "the cell", text)
    folders = {
        sys.prefix: ".venv",
        str(paths.ROOT): "kentlib's folder",
        tempfile.gettempdir(): "the temporary folder",
        str(Path.home()): "~",
    }
    for folder, name in folders.items():
        if folder != Path(folder).anchor:
            text = re.sub(rf"{re.escape(folder)}(?![\w-])", name, text)
    return text


def _name(path: Path) -> str:
    """A path as text that can be written, whatever bytes the file system has for it."""
    return path.as_posix().encode("utf-8", "backslashreplace").decode()


def _sha256_of(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(paths.ROOT), *arguments], capture_output=True, text=True, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
