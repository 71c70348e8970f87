"""What a notebook says about itself, read from its JSON without starting or importing anything."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kentlib import records
from kentlib.errors import DataError

KINDS = {"str": str, "int": int, "float": float, "bool": bool}
PARAMETERS = "parameters"
INJECTED = "injected-parameters"


@dataclass(frozen=True)
class Declared:
    """One line of a parameters cell: `year: int = 2017  # to 31 March`."""

    kind: type | None
    default: Any
    comment: str


def read(path: Path) -> dict[str, Any]:
    """The notebook in a file.

    Raises
    ------
    DataError
        The file is missing, or is not a notebook of format 4.
    """
    try:
        return parse(path.read_bytes(), path.name)
    except FileNotFoundError:
        raise DataError(f"{path.name} is missing from {path.parent.name}/.") from None


def parse(content: bytes, name: str) -> dict[str, Any]:
    """The notebook in a file's bytes; `name` is for the error message."""
    try:
        notebook = json.loads(content)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise DataError(f"{name} is not a notebook: {error}.") from None
    if not isinstance(notebook, dict) or notebook.get("nbformat") != 4:
        raise DataError(f"{name} is not a notebook of format 4.")
    for cell in notebook["cells"]:
        cell["source"] = _joined(cell["source"])
        for output in cell.get("outputs", []):
            if "text" in output:
                output["text"] = _joined(output["text"])
            for kind, content in output.get("data", {}).items():
                output["data"][kind] = _joined(content)
    return notebook


def bare(notebook: dict[str, Any]) -> dict[str, Any]:
    """A notebook without its stored outputs."""
    cells = [
        cell | {"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else cell
        for cell in notebook["cells"]
    ]
    return notebook | {"cells": cells}


def tags(cell: dict[str, Any]) -> list[str]:
    """A cell's tags."""
    return cell.get("metadata", {}).get("tags", [])


def parameters(notebook: dict[str, Any], name: str = "The notebook") -> dict[str, Declared]:
    """What the cell tagged `parameters` declares, in its order; nothing without such a cell.

    Raises
    ------
    DataError
        There are two such cells, or one has a line that is not `name: type = value`.
    """
    cells = [cell for cell in notebook["cells"] if PARAMETERS in tags(cell)]
    if len(cells) > 1:
        raise DataError(f"{name} has {len(cells)} cells tagged parameters; it can have one.")
    return declared(cells[0]["source"], name) if cells else {}


def declared(source: str, name: str = "The notebook") -> dict[str, Declared]:
    """What the source of a parameters cell declares.

    Examples
    --------
    >>> declared('year: int = 2017  # to 31 March')
    {'year': Declared(kind=<class 'int'>, default=2017, comment='to 31 March')}
    """
    try:
        lines = ast.parse(source).body
        comments = _comments(source)
        found = {}
        for line in lines:
            target, kind = _target(line)
            default = ast.literal_eval(line.value)
            found[target] = Declared(kind, default, comments.get(line.end_lineno, ""))
    except (SyntaxError, ValueError, tokenize.TokenError):
        raise DataError(
            f"{name}: its parameters cell can only hold lines such as `year: int = 2017`."
        ) from None
    return found


def question(notebook: dict[str, Any]) -> str:
    """The first heading of the notebook, as plain text."""
    for cell in notebook["cells"]:
        match = re.search(r"^# +(.+?) *#*$", cell["source"], re.MULTILINE)
        if cell["cell_type"] == "markdown" and match:
            return plain(match[1])
    return ""


def outputs(notebook: dict[str, Any], *kinds: str) -> Iterator[dict[str, Any]]:
    """The outputs that `kentlib.show` marked with one of these kinds, in order."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if output.get("metadata", {}).get("kentlib", {}).get("kind") in kinds:
                yield output


def findings(notebook: dict[str, Any]) -> list[str]:
    """The finding sentences of the notebook, as plain text."""
    return [plain(o["data"]["text/plain"]) for o in outputs(notebook, "heading")]


def finding_about(notebook: dict[str, Any], area: str) -> str:
    """The finding that stands for an area in a list of reports.

    Returns
    -------
    The first that names the area in whole words ("Thanet's", not "Thanetian"); the first of all
    where none does or the area is "all"; nothing where the notebook shows no finding.
    """
    told = findings(notebook)
    named = re.compile(rf"(?<!\w){re.escape(area)}(?!\w)")
    about = [one for one in told if area != records.ALL and named.search(one)]
    return next(iter(about or told), "")


def names_used(notebook: dict[str, Any], names: list[str]) -> list[str]:
    """Those of `names` that the notebook's code writes as a text: the tables it loads."""
    written = set()
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            written |= set(re.findall(r"""["'](\w+)["']""", cell["source"]))
    return [name for name in names if name in written]


def plain(markdown: str) -> str:
    """A line of Markdown without its marks.

    Examples
    --------
    >>> plain("Was *Kent* **good** in `SIF`?")
    'Was Kent good in SIF?'
    """
    return re.sub(r"(\*{1,2}|`)(?=\S)(.+?)(?<=\S)\1", r"\2", markdown).strip()


def _joined(content: Any) -> Any:
    """Text that the file may hold as a list of lines."""
    lines = isinstance(content, list) and all(isinstance(line, str) for line in content)
    return "".join(content) if lines else content


def _target(line: ast.stmt) -> tuple[str, type | None]:
    if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.value:
        return line.target.id, KINDS.get(ast.unparse(line.annotation))
    if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
        return line.targets[0].id, None
    raise ValueError


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {t.start[0]: t.string.lstrip("# ") for t in tokens if t.type == tokenize.COMMENT}
