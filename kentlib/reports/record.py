"""What made a report: everything that a later run could differ in, and nothing of the machine.

A record is written beside each report as JSON. Its paths are relative to the collection, so that
two people's records of the same report are the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kentlib import paths
from kentlib.reports import inputs, notebook
from kentlib.reports.plan import Job

if TYPE_CHECKING:
    from kentlib.reports.facts import Facts
    from kentlib.reports.inputs import Input

FINISHED, FAILED, STALE = "finished", "failed", "stale"
"""How a report ended: made; not made, and there is none; not made, and the last good one stands."""

PACKAGES = ("pandas", "matplotlib", "seaborn", "scipy", "statsmodels", "papermill", "nbconvert")
"""The packages that a page names; the record has them all."""

VARIABLES = (
    *("LANG", "LC_ALL", "LC_COLLATE", "LC_CTYPE", "LC_MONETARY", "LC_NUMERIC", "LC_TIME"),
    *("MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"),
    *("POLARS_MAX_THREADS", "PYTHONHASHSEED"),
)
"""Variables of the environment that a cell's result can depend on, and that name nobody."""


def begin(job: Job, source: dict[str, Any], facts: Facts) -> dict[str, Any]:
    """The record of a report that is about to run.

    Parameters
    ----------
    job
        What to make.
    source
        The notebook.
    facts
        What holds for the run that makes it.
    """
    return {
        "report": job.name,
        "area": job.area,
        "outcome": "started",
        "question": notebook.question(source),
        "finding": "",
        "notebook": facts.notebook(job).name,
        "notebook_sha256": facts.notebook(job).sha256,
        "parameters": job.params,
        **facts.versions,
        "surroundings": surroundings(),
        "lock_sha256": facts.lock_sha256,
        "kentlib_sha256": inputs.digests(facts.package),
        "inputs": inputs.digests(facts.tables),
        "extracts": _folder(job, "extracts", facts.extracts_of(job)),
        "published": _folder(job, "published", facts.published_of(job)),
        "tables": [],
        "key": facts.key(job),
        "run": facts.stamp,
        "asked": True,
        "started": now(),
        "ended": None,
        "seconds": None,
        "megabytes": None,
        "attempts": 1,
        "outputs": {},
    }


def read(path: Path) -> dict[str, Any] | None:
    """The record in a file, or None if there is none that can be read.

    One from before runs had a grid of areas is taken to be about the whole authority.
    """
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    whole = isinstance(told, dict) and isinstance(told.get("outputs"), dict) and "outcome" in told
    since = {"area": "all", "run": path.parent.name, "asked": True}
    return since | told if whole else None


def now() -> str:
    """The time in UTC, to the second, as ISO 8601 writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def sha256(content: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


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


def surroundings() -> dict[str, str]:
    """What a cell could ask of the machine and of whoever started the run.

    Returns
    -------
    `cores` (those that may be used), `time zone` where its name is known, and each of VARIABLES
    that is set; all as text.
    """
    usable = getattr(os, "sched_getaffinity", None)
    cores = len(usable(0)) if usable else os.cpu_count()
    zone = _time_zone()
    told = {"cores": str(cores)} | ({"time zone": zone} if zone else {})
    return told | {name: os.environ[name] for name in VARIABLES if name in os.environ}


def without_paths(text: str) -> str:
    """Text that names no folder of this machine and no terminal colour."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    text = re.sub(r"(?<!\S)\S*[/\\]ipykernel_\d+[/\\]\d+\.py", "the cell", text)
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


def _folder(job: Job, parameter: str, own: tuple[Input, ...] | None) -> dict[str, Any] | None:
    if own is None:
        return None
    return {"folder": job.params[parameter], "files": inputs.digests(own)}


def without_values(text: str, known: str) -> str:
    """An error's text without what it may quote from a record about a child.

    Parameters
    ----------
    text
        What a library said, such as "could not convert string to float: 'ME14 1XQ'".
    known
        Text that names nobody, such as the notebook's code: what stands there can stay.

    Returns
    -------
    The text with a dash for each quotation, and each word that has five figures or figures
    among letters, unless `known` has it.

    Examples
    --------
    >>> without_values("could not convert string to float: 'ME14 1XQ'", "float(x)")
    'could not convert string to float: –'
    >>> without_values("KeyError: 'district' of 12 columns", "told['district']")
    "KeyError: 'district' of 12 columns"
    """

    def kept(match: re.Match[str]) -> str:
        return match[0] if match[0].strip("'\"`,.:;()[]") in known else "–"

    def word(match: re.Match[str]) -> str:
        # One look for each: a pattern of them all takes hours over a word of some thousand letters.
        figures, letters = re.search(r"\d", match[0]), re.search(r"[^\W\d_]", match[0])
        five = re.search(r"(?:\d\D?){4}\d", match[0])
        return kept(match) if (figures and letters) or five else match[0]

    text = re.sub(r"(?<!\w)(['\"`]).*?\1(?!\w)", kept, text, flags=re.DOTALL)
    return re.sub(r"[^\s'\"]+", word, text)


def _time_zone() -> str:
    """The name of this process's time zone, as TZ takes it; empty where the system tells none."""
    named = os.environ.get("TZ", "").removeprefix(":")
    return named or os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(paths.ROOT), *arguments], capture_output=True, text=True, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
