"""What nbval compares of the notebooks' outputs, and how it says what differs.

nbval leaves out pictures in bitmaps and all metadata, where a figure's caption, description and
data and a table's caption live. Here everything is compared but what `LEFT_OUT` lists, and
nothing is sanitised. What differs is told in a reader's words: cell, old value, new value.
"""

import pytest
from nbval.plugin import IPyNbCell

LEFT_OUT = {
    "execution_count": "which execution of the session it was; the reader is shown the same",
    "traceback": "names lines of other packages; the error's own name and words are compared",
}
"""What is not compared of an output, and why."""


def pytest_collection_modifyitems(items):
    for notebook in {item.parent for item in items if isinstance(item, IPyNbCell)}:
        notebook.skip_compare = tuple(LEFT_OUT)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if (
        isinstance(item, IPyNbCell)
        and report.failed
        and "outputs differ" in str(call.excinfo.value)
    ):
        report.longrepr = differing(item)
    return report


def differing(item):
    """What a cell's stored outputs show and what its code shows now."""
    from kentlib.review.outputs import differences

    stored = item.parent.nb
    shown = {**item.cell, "outputs": item.test_outputs}
    cells = [shown if cell is item.cell else cell for cell in stored["cells"]]
    found = differences(stored, {**stored, "cells": cells}, name=item.path.stem)
    begins = item.cell["source"].strip().partition("\n")[0]
    lines = [one.said() for one in found] or [
        "the bytes differ, though a reader sees the same: `make accept` stores them anew"
    ]
    return "\n".join([
        f"{item.path.name}, code cell {item.cell_num + 1}, which begins `{begins}`:",
        *(f"  {line}" for line in lines),
        "What is stored stands before “then”, what the code shows now before “now”. If it should"
        " have moved: `make accept`.",
    ])  # fmt: skip
