"""`git diff` of a notebook: nbdime's, of code, sentences and numbers.

git calls this for each notebook that changed, once `configure` has told the clone so and
.gitattributes names the driver. nbdime would print whole drawings and HTML; so it is given each
notebook with the plain form of its outputs, and the data behind figures a point a line.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
from contextlib import chdir, suppress
from pathlib import Path
from typing import Any

from kentlib.review import behind

DRIVER = "jupyternotebook"
"""The name in .gitattributes: nbdime's own, so that its tools find it too."""


def main(arguments: list[str]) -> int:
    """Print what differs between two versions of a notebook, as git asks a driver to.

    Parameters
    ----------
    arguments
        The path, then file, hash and mode of the old and of the new version; /dev/null stands
        for none. Or only `configure`.
    """
    if arguments == ["configure"]:
        return configure(Path.cwd())
    from kentlib.reports import slim  # noqa: F401

    # isort: split
    from nbdime import nbdiffapp

    path, old, _, _, new = arguments[:5]
    files = {side: Path(file).absolute() for side, file in (("a", old), ("b", new))}
    with tempfile.TemporaryDirectory() as folder, chdir(folder):  # nbdime prints a/PATH and b/PATH
        return nbdiffapp.main([_side(file, Path(side, path)) for side, file in files.items()])


def configure(clone: Path) -> int:
    """Have git show notebooks so in one clone; nothing where there is no clone.

    Returns
    -------
    0, also where git is missing or refuses: then notebooks are shown as their JSON.
    """
    if not (clone / ".git").exists():
        return 0
    python = Path(sys.executable)
    shown = python.relative_to(clone) if python.is_relative_to(clone) else python
    command = f"{shlex.quote(shown.as_posix())} -m {__spec__.name}"
    try:
        subprocess.run(
            ["git", "-C", str(clone), "config", "--local", f"diff.{DRIVER}.command", command],
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        print("git diff shows notebooks as JSON: git could not be configured.", file=sys.stderr)
    return 0


def plain(nb: dict[str, Any]) -> dict[str, Any]:
    """The notebook with what a reader reads of its outputs: plain text, and the data of figures."""
    for cell in nb["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "text/plain" in data:
                output["data"] = {"text/plain": data["text/plain"]}
            told = output.get("metadata", {}).get("kentlib", {})
            if told.get("data"):
                told["data"] = "\n".join(behind.lines(told["data"]))
            if told.get("alt") == data.get("text/plain"):
                told.pop("alt", None)
    return nb


def _side(file: Path, kept: Path) -> str:
    """A slim copy of one version; of none, what nbdime takes for none."""
    if str(file) in (os.devnull, "/dev/null"):
        return os.devnull
    from kentlib.errors import DataError
    from kentlib.reports import notebook

    kept.parent.mkdir(parents=True)
    content = file.read_bytes()
    with suppress(DataError):  # nbdime says what is wrong with it
        content = json.dumps(plain(notebook.parse(content, kept.name)), ensure_ascii=False).encode()
    kept.write_bytes(content)
    return str(kept)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
