"""Which of kentlib's files a notebook can depend on, told from what imports what.

A file that nothing imported is no cause of a difference, so it need not be put back to see.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

PACKAGE = "kentlib"


def reached(
    sources: Iterable[dict[str, Any]],
    root: Path,
    before: Callable[[str], str] = lambda _: "",
) -> set[str]:
    """The files of kentlib that notebooks import, and all that those import.

    Parameters
    ----------
    sources
        Notebooks.
    root
        The folder that holds kentlib/.
    before
        What a file held, by its path from that folder, where it held something else.

    Returns
    -------
    Paths such as "kentlib/tables.py"; those of a folder that one of them is in and that are no
    modules (templates, dictionaries) are there too.
    """
    waiting: list[str] = []
    for source in sources:
        for cell in source["cells"]:
            if cell["cell_type"] == "code":
                waiting += _imported(_code(cell["source"]), "")
    seen: set[Path] = set()
    known: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in known or name.partition(".")[0] != PACKAGE:
            continue
        known.add(name)
        waiting.append(name.rpartition(".")[0])
        path = _path(root, name)
        if path is None or path in seen:
            continue
        seen.add(path)
        inside = name if path.name == "__init__.py" else name.rpartition(".")[0]
        waiting += _imported(path.read_text(encoding="utf-8", errors="replace"), inside)
        waiting += _imported(before(path.relative_to(root).as_posix()), inside)
    folders = {path.parent for path in seen}
    beside = {
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc")
    }
    return {path.relative_to(root).as_posix() for path in seen | beside}


def _path(root: Path, name: str) -> Path | None:
    place = root.joinpath(*name.split("."))
    choices = (place.with_name(f"{place.name}.py"), place / "__init__.py")
    return next((path for path in choices if path.is_file()), None)


def _imported(code: str, inside: str) -> list[str]:
    """Every module that code names in an import, and each name it takes from one."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = inside.split(".")[: len(inside.split(".")) - node.level + 1]
            start = ".".join(above) if node.level else ""
            module = ".".join(filter(None, (start, node.module)))
            found += [module, *(f"{module}.{one.name}" for one in node.names)]
        elif isinstance(node, ast.Constant) and str(node.value).startswith(f"{PACKAGE}."):
            found.append(str(node.value))  # for importlib
    return found


def _code(source: str) -> str:
    """A cell's code without the lines that only IPython reads."""
    lines = source.splitlines()
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in lines)
