"""The numbers that stored notebooks publish, and whether CHANGES.md accounts for them.

The newest entry of CHANGES.md ends with a digest for each notebook of what its stored outputs
publish. So a number cannot move without an entry, and no history of the repository is needed.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from kentlib.reports import notebook
from kentlib.review import html_tables

DIGITS = 10
"""Hexadecimal digits of a digest."""

ENTRY = re.compile(r"(?m)^\*\*(?P<day>\d{1,2} [A-Z][a-z]+ \d{4})\*\*: ")
MARK = re.compile(r"<!-- stored numbers: (.*?) -->", re.DOTALL)


def published(nb: dict[str, Any]) -> list[Any]:
    """What a notebook's outputs publish: sentences, the cells of tables, the data of figures.

    Sources, captions, headers and pictures are not among it: they hold no number of ours.
    """
    found: list[Any] = []
    for output in notebook.outputs(nb, "heading", "text", "notice", "table", "figure"):
        told = output["metadata"]["kentlib"]
        if told["kind"] == "table":
            tables = html_tables.read(output["data"]["text/html"])
            found.append([table.rows for table in tables])
        elif told["kind"] == "figure":
            found.append(told.get("data", []))
        else:
            found.append(notebook.plain(output["data"]["text/plain"]))
    return found


def digest(nb: dict[str, Any]) -> str:
    """A digest of what a notebook publishes."""
    told = json.dumps(published(nb), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:DIGITS]


def mark(folder: Path) -> str:
    """The line with which CHANGES.md accounts for the stored numbers of a folder's notebooks."""
    paths = sorted(folder.glob("*.ipynb"))
    told = [f"{path.stem} {digest(notebook.read(path))}" for path in paths]
    return f"<!-- stored numbers: {', '.join(told)} -->"


def unaccounted(folder: Path, changes: str) -> list[str]:
    """The notebooks whose stored numbers the newest entry of CHANGES.md does not account for.

    Parameters
    ----------
    folder
        Holds the notebooks.
    changes
        The text of CHANGES.md.
    """
    here = _digests(mark(folder))
    begins = [found.start() for found in ENTRY.finditer(changes)] + [len(changes)]
    newest = changes[begins[0] : begins[1]] if len(begins) > 1 else ""
    there = _digests(newest)
    return sorted(name for name in here | there if here.get(name) != there.get(name))


def _digests(text: str) -> dict[str, str]:
    found = MARK.search(text)
    return dict(re.findall(r"(\S+) ([0-9a-f]+)\b", found[1])) if found else {}
