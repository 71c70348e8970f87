"""Small notebooks executed in kernels of a warm parent, or in cold ones."""

import os

from kentlib.reports import kernel, warm
from kentlib.reports.kernel import Limits

COLD = warm.NONE


def notebook_of(*sources):
    """A notebook of some code cells."""
    cells = [
        {"cell_type": "code", "id": f"cell-{number}", "metadata": {}, "source": source}
        | {"execution_count": None, "outputs": []}
        for number, source in enumerate(sources)
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def execute(address, *sources, folder, params=None, share=False, **limits):
    """The executed notebook and its memory; the kernel is forked at an address, or is cold."""
    with kernel.surroundings():
        os.environ[warm.ADDRESS] = address
        nb, limits = notebook_of(*sources), Limits(**limits)
        return kernel.execute(nb, params or {}, folder, limits, share=share)


def printed(address, *sources, folder, **limits):
    """What each cell printed."""
    done = execute(address, *sources, folder=folder, **limits).notebook
    return [
        "".join(output.get("text", "") for output in cell["outputs"]).strip()
        for cell in done["cells"]
    ]


def alive(pid):
    """Whether a process runs: one that ended and waits to be asked how does not."""
    try:
        with open(f"/proc/{pid}/stat") as about:
            return about.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
