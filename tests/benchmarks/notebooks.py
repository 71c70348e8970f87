"""Seconds that the cells of the child-level notebooks take on the bundled sample, kernel warm.

    python -m tests.benchmarks.notebooks

The kernel has run the notebook once before, so that imports are paid; what is timed is every
code cell of the second run. The limit is 8 seconds a notebook.
"""

from __future__ import annotations

import time

import nbformat
from nbclient import NotebookClient

from kentlib.paths import NOTEBOOKS

NAMES = ("permanence", "return_interviews")
LIMIT = 8


def cell_seconds(name: str) -> float:
    """Seconds that all code cells of a notebook take when run again in the same kernel."""
    nb = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    client = NotebookClient(nb, resources={"metadata": {"path": str(NOTEBOOKS)}})
    with client.setup_kernel():
        _run(client, nb)
        started = time.perf_counter()
        _run(client, nb)
        return time.perf_counter() - started


def _run(client: NotebookClient, nb: nbformat.NotebookNode) -> None:
    for place, cell in enumerate(nb.cells):
        client.execute_cell(cell, place)


if __name__ == "__main__":
    for name in NAMES:
        print(f"{name}: {cell_seconds(name):.1f} s of cells (limit {LIMIT})")
