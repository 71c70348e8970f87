"""What is no longer as it was when a report was made: one change for each thing that moved.

Two records are compared, each of all that made a report. What a record does not tell (one from
before it told so much) is a change of its own, which nothing can be put back for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kentlib.reports import manifest
from kentlib.reports.notebook import INJECTED, PARAMETERS, tags

PARAMETER, TABLE, EXTRACT, NOTEBOOK = "parameter", "table", "extract", "notebook"
RELEASE = "release"
KENTLIB, PACKAGE, SURROUNDING = "kentlib", "package", "surrounding"
KINDS = (PARAMETER, NOTEBOOK, TABLE, EXTRACT, RELEASE, KENTLIB, PACKAGE, SURROUNDING)
"""In the order they are told: what somebody asked for, what was read, what computed it."""

FILES = (NOTEBOOK, TABLE, EXTRACT, RELEASE, KENTLIB)
"""Changes of a file: `then` and `now` are SHA-256."""


@dataclass(frozen=True)
class Change:
    """One thing that is not what it was.

    Attributes
    ----------
    kind
        One of KINDS.
    name
        Which: a file, a parameter, a package, a variable.
    then, now
        What it was and is: a value or version as text, or a file's SHA-256; None where it was
        not there, or is not.
    cells
        Of a notebook, the numbers of the code cells that differ.
    """

    kind: str
    name: str
    then: str | None
    now: str | None
    cells: tuple[int, ...] = ()

    @property
    def gone(self) -> bool:
        """Whether a file or package that was there is missing now."""
        return self.then is not None and self.now is None

    def said(self) -> str:
        """A clause: "data/areas.csv has changed", "pandas was 3.0.1 and is 3.1.1"."""
        name = {
            PARAMETER: f"the parameter {self.name}",
            EXTRACT: f"{self.name} in the extracts",
            RELEASE: f"{self.name} of what was published before",
            SURROUNDING: f"the {self.name}" if " " in self.name else self.name,
        }.get(self.kind, self.name)
        if self.name == "cores":
            name = "the number of cores"
        if self.kind in FILES and self != UNTOLD:
            if self.gone:
                return f"{name} is gone"
            many = f" (code cell{'s' * (len(self.cells) > 1)} {', '.join(map(str, self.cells))})"
            edited = many if self.cells else ""
            return f"{name} was added" if self.then is None else f"{name} has changed{edited}"
        missing = "not installed" if self.kind == PACKAGE else "not set"
        return f"{name} was {self.then or missing} and is {self.now or missing}"


UNTOLD = Change(KENTLIB, "kentlib", "a version whose files its record does not tell", "another")
"""That kentlib may have changed, where a record does not say of what it was made."""


def between(
    then: Mapping[str, Any],
    now: Mapping[str, Any],
    source_then: Mapping[str, Any] | None,
    source_now: Mapping[str, Any],
) -> list[Change]:
    """What changed from one record to another.

    Parameters
    ----------
    then, now
        Records, as `kentlib.reports.record` writes them.
    source_then, source_now
        The notebooks that were run: their cells tell whether the code changed, since stored
        outputs and metadata make no difference. Where the old one is None its SHA-256 tells.

    Returns
    -------
    In the order of KINDS, then by name.
    """
    found = [
        *_values(PARAMETER, _plain(then["parameters"]), _plain(now["parameters"])),
        *_notebook(then, now, source_then, source_now),
        *_values(TABLE, then.get("inputs", {}), now.get("inputs", {})),
        *_values(EXTRACT, _inside("extracts", then), _inside("extracts", now)),
        *_values(RELEASE, _inside("published", then), _inside("published", now)),
        *_kentlib(then, now),
        *_values(PACKAGE, _packages(then), _packages(now)),
    ]
    if "surroundings" in then and "surroundings" in now:
        found += _values(SURROUNDING, then["surroundings"], now["surroundings"])
    return found


def code(notebook: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The cells of a notebook without what a run puts in: kind and text."""
    return [
        (cell["cell_type"], cell["source"].strip())
        for cell in notebook["cells"]
        if INJECTED not in tags(cell)
    ]


def _values(kind: str, then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    return [
        Change(kind, name, then.get(name), now.get(name))
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    ]


def _plain(parameters: Mapping[str, Any]) -> dict[str, str]:
    return {name: repr(manifest.shown(value)) for name, value in parameters.items()}


def _inside(folder: str, record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The files of a folder that a parameter names."""
    return (record.get(folder) or {}).get("files", {})


def _packages(record: Mapping[str, Any]) -> dict[str, Any]:
    # kentlib's own version says less than the content of its files does.
    told = {name: v for name, v in record.get("packages", {}).items() if name != "kentlib"}
    return told | {"Python": record.get("python"), "the system": record.get("platform")}


def _notebook(then, now, source_then, source_now) -> list[Change]:
    hashes = then.get("notebook_sha256", ""), now["notebook_sha256"]
    if source_then is None:
        return [] if hashes[0] == hashes[1] else [Change(NOTEBOOK, now["notebook"], *hashes)]
    was = code(source_then)
    if was == code(source_now):
        return []
    return [Change(NOTEBOOK, now["notebook"], *hashes, _other_cells(source_now, set(was)))]


def _other_cells(source: Mapping[str, Any], known: set[tuple[str, str]]) -> tuple[int, ...]:
    """The code cells that are not among those known, numbered as in the executed notebook."""
    numbers, number = [], 0
    for cell in source["cells"]:
        if cell["cell_type"] == "code" and INJECTED not in tags(cell):
            number += 1
            if ("code", cell["source"].strip()) not in known:
                numbers.append(number)
            number += PARAMETERS in tags(cell)  # the cell that a run puts after it
    return tuple(numbers)


def _kentlib(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    if "kentlib_sha256" in then and "kentlib_sha256" in now:
        return _values(KENTLIB, then["kentlib_sha256"], now["kentlib_sha256"])
    ours, theirs = (told.get("kentlib", {}) for told in (then, now))
    if ours == theirs and ours.get("modified") is False:
        return []
    return [UNTOLD]
