"""Renewing the outputs stored in notebooks/, the baseline that the tests compare with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from kentlib.reports import kernel, notebook, scan
from kentlib.reports.files import notebook_bytes, write
from kentlib.review import stored
from kentlib.review.outputs import Difference, differences

SHOWN = 20
"""Differences of one table, figure or text, and lines of an entry for CHANGES.md, that are told;
of the others the number."""


def accept(folder: Path, say: Callable[[str], None] = print) -> int:
    """Execute every notebook of a folder with its own parameters and store the outputs.

    Parameters
    ----------
    folder
        Holds the notebooks. A notebook whose outputs are the same keeps every byte; one whose
        cell raises, or that shows what nobody may be shown, keeps what it had.
    say
        Takes the lines that tell which numbers and sentences moved, from what to what, and what
        to write of it into the CHANGES.md beside the folder.

    Returns
    -------
    0 when every notebook ran, 1 when some did not, 2 when there is none.
    """
    notebooks = sorted(folder.glob("*.ipynb"))
    if not notebooks:
        say(f"{folder.name}/ holds no notebook.")
        return 2
    failed, moved = 0, []
    with kernel.surroundings():
        for path in notebooks:
            before = path.read_bytes()
            source = notebook.parse(before, path.name)
            declared = notebook.parameters(source, path.name)
            looking = scan.of_values({name: one.default for name, one in declared.items()})
            try:
                renewed = execute(source, folder)
                looking.notebook(renewed)
            except kernel.Failure as failure:
                failed += 1
                say(f"{path.stem}: kept as it was. {looking.without(str(failure))}")
                continue
            after = notebook_bytes(renewed)
            lines = told(differences(source, renewed, name=path.stem))
            moved += lines
            if after != before:
                write(path, after)
            other = "stored anew, though a reader sees the same" if after != before else "no change"
            say(f"{path.stem}: {'what moved' if lines else other}")
            for line in lines:
                say(f"  {line}")
    for line in entry(folder, moved):
        say(line)
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


def told(found: list[Difference]) -> list[str]:
    """The differences in words, those of one place up to SHOWN."""
    lines, shown = [], Counter()
    for one in found:
        shown[one.place] += 1
        if shown[one.place] <= SHOWN:
            lines.append(one.said())
    more = {place: many - SHOWN for place, many in shown.items() if many > SHOWN}
    return lines + [f"{place}: and {many} more" for place, many in more.items()]


def entry(folder: Path, moved: list[str]) -> list[str]:
    """What to write into CHANGES.md, beside the folder, for what moved; nothing if it has it."""
    changes = folder.parent / "CHANGES.md"
    if not changes.exists() or not stored.unaccounted(folder, changes.read_text(encoding="utf-8")):
        return []
    today = date.today()
    more = [f"- and {len(moved) - SHOWN} more"] if len(moved) > SHOWN else []
    return [
        "CHANGES.md does not account for the stored numbers. Put an entry such as this on top of",
        "it, and say why they moved; its last line is what the tests look for:",
        "",
        f"**{today.day} {today:%B %Y}**: WHY.",
        *(f"- {line}" for line in moved[:SHOWN]),
        *more,
        stored.mark(folder),
    ]
