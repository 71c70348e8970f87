"""Renewing the outputs stored in notebooks/, the baseline that the tests compare with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kentlib.reports import kernel, notebook, scan
from kentlib.reports.files import notebook_bytes, write

SHOWN = 100
"""Characters of a changed line that are printed."""


def accept(folder: Path, say: Callable[[str], None] = print) -> int:
    """Execute every notebook of a folder with its own parameters and store the outputs.

    Parameters
    ----------
    folder
        Holds the notebooks. A notebook whose outputs are the same keeps every byte; one whose
        cell raises, or that shows what nobody may be shown, keeps what it had.
    say
        Takes the lines that tell which cells changed, and how.

    Returns
    -------
    0 when every notebook ran, 1 when some did not, 2 when there is none.
    """
    notebooks = sorted(folder.glob("*.ipynb"))
    if not notebooks:
        say(f"{folder.name}/ holds no notebook.")
        return 2
    failed = 0
    with kernel.surroundings():
        for path in notebooks:
            before = path.read_bytes()
            stored = notebook.parse(before, path.name)
            declared = notebook.parameters(stored, path.name)
            looking = scan.of_values({name: one.default for name, one in declared.items()})
            try:
                renewed = execute(stored, folder)
                looking.notebook(renewed)
            except kernel.Failure as failure:
                failed += 1
                say(f"{path.stem}: kept as it was. {looking.without(str(failure))}")
                continue
            after = notebook_bytes(renewed)
            changes = changed(stored, renewed)
            if after != before:
                write(path, after)
            number = f"{len(changes)} code cells" if len(changes) > 1 else "1 code cell"
            other = "only its metadata changed" if after != before else "no change"
            say(f"{path.stem}: {f'{number} changed' if changes else other}")
            for change in changes:
                say(f"  {change}")
    return int(failed > 0)


def execute(source: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A notebook executed with the values of its own parameters cell.

    Raises
    ------
    kentlib.reports.kernel.Failure
        A cell raised, or the kernel died.
    """
    from kentlib.reports import slim  # noqa: F401

    # isort: split
    import nbclient
    import nbformat
    from nbclient.exceptions import CellExecutionError

    nb = nbformat.from_dict(source)
    client = nbclient.NotebookClient(
        nb,
        kernel_name="python3",
        timeout=600,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
        **kernel.settings(),
    )
    try:
        client.execute()
    except CellExecutionError as error:
        begins = next(
            (
                kernel.first_line(cell.source)
                for cell in nb.cells
                if any(output.output_type == "error" for output in cell.get("outputs", []))
            ),
            "",
        )
        raise kernel.Failure(error.ename, error.evalue, begins) from None
    except Exception as error:
        raise kernel.Failure(type(error).__name__, str(error)) from None
    kernel.stable(nb)
    kernel.whole(nb)
    return nb


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Says of each code cell with other outputs what the first different line was and is."""
    found = []
    old_cells = [cell for cell in before["cells"] if cell["cell_type"] == "code"]
    new_cells = [cell for cell in after["cells"] if cell["cell_type"] == "code"]
    for number, (old, new) in enumerate(zip(old_cells, new_cells, strict=True), 1):
        was, now = _lines(old), _lines(new)
        if was == now:
            continue
        first = next(
            (at for at, pair in enumerate(zip(was, now, strict=False)) if pair[0] != pair[1]),
            min(len(was), len(now)),
        )
        pair = (_shown(lines[first]) if first < len(lines) else "nothing" for lines in (was, now))
        found.append("code cell {}: was {}, now {}".format(number, *pair))
    return found


def _lines(cell: dict[str, Any]) -> list[str]:
    """A cell's outputs as lines, the plain form first: a person can read that one."""
    lines = []
    for output in cell["outputs"]:
        lines += output.get("text", "").splitlines()
        lines += [output[key] for key in ("ename", "evalue") if key in output]
        data = output.get("data", {})
        for kind in sorted(data, key=lambda kind: (kind != "text/plain", kind)):
            lines += str(data[kind]).splitlines()
        told = output.get("metadata", {}).get("kentlib", {})
        lines += [f"{name}: {told[name]}" for name in sorted(told)]
    return lines


def _shown(line: str) -> str:
    line = " ".join(line.split())
    return repr(line if len(line) <= SHOWN else line[: SHOWN - 1] + "…")
