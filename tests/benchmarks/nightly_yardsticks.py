"""Other ways to make the reports of a night, against which the nightly run is measured.

Each makes the notebook and the page of every job in a folder: by the commands people type, by
papermill's Python API, and as plain functions without a kernel, which nothing can be faster than.
The two last have a pool of processes that is warm before the clock starts.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import json
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import yaml

from kentlib import paths
from kentlib.reports import files, notebook, preload, record, scan, worker
from kentlib.reports.facts import Facts
from kentlib.reports.plan import Job

PAPERMILL = ("papermill", "nbconvert.exporters", "kentlib.reports.page")
"""What a process of the second yardstick has imported."""

CELLS = (*preload.READING, *preload.IMPORTS, "kentlib.reports.page")
"""What a process of the floor has imported: as much as the warm parent."""

START = 300
"""Seconds in which a pool must be warm."""

Shown = tuple[list[str], int, int]
"""What a notebook shows: the headings of its findings, how many figures, how many tables."""


def shell_loop(jobs: Sequence[Job], folder: Path) -> None:
    """As people do it: `papermill`, then `jupyter nbconvert`, for one report after the other."""
    for job in jobs:
        params, made = folder / f"{job.name}.yaml", folder / f"{job.name}.ipynb"
        params.write_text(yaml.safe_dump(job.params, allow_unicode=True), encoding="utf-8")
        cwd = ("--cwd", str(job.notebook.parent))
        command("papermill", str(job.notebook), str(made), "-f", str(params), *cwd)
        command("jupyter", "nbconvert", "--to", "html", str(made))


@contextlib.contextmanager
def pool(workers: int, imports: Sequence[str], **prepare: str) -> Iterator[ProcessPoolExecutor]:
    """Processes that have imported what they need, each of them, when the block begins.

    Parameters
    ----------
    workers
        How many.
    imports
        The modules.
    prepare
        The extracts that they are to have read too: the arguments of `kentlib.records.prepare`.
    """
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(workers + 1)
    executor = ProcessPoolExecutor(workers, context, _warm, (tuple(imports), prepare, barrier))
    with executor:
        for _ in range(workers):
            executor.submit(os.getpid)
        barrier.wait(START)
        yield executor


def by_api(facts: Facts, folder: Path, job: Job) -> None:
    """Make one report by papermill's Python API with its own engine, and our own page of it."""
    import papermill

    made = folder / f"{job.name}.ipynb"
    told = _begun(facts, job, notebook.read(job.notebook))
    done = papermill.execute_notebook(
        job.notebook, made, parameters=job.params, cwd=job.notebook.parent, progress_bar=False
    )
    _page(folder, job, done, told)


def as_functions(facts: Facts, folder: Path, job: Job) -> None:
    """Make one report by calling what is in its cells."""
    source = notebook.read(job.notebook)
    told = _begun(facts, job, source)
    done = called(source, job.params)
    (folder / f"{job.name}.ipynb").write_bytes(files.notebook_bytes(done))
    _page(folder, job, done, told)


def as_functions_looked_through(facts: Facts, folder: Path, job: Job) -> None:
    """The same, and look through what was made for what nobody may be shown."""
    as_functions(facts, folder, job)
    looked = scan.of(job, facts, worker.prepare(job))
    for kind in ("ipynb", "html", "json"):
        looked.file(folder / f"{job.name}.{kind}")


def called(source: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    """A notebook as executed: its code cells called one by one in this process."""
    from kentlib import show

    shown: list[dict[str, Any]] = []

    def display(data: dict[str, str], *, metadata: dict[str, Any], raw: bool) -> None:
        shown.append({"output_type": "display_data", "data": data, "metadata": metadata})

    usual, show.display = show.display, display
    namespace: dict[str, Any] = {"__name__": "__main__"}
    cells, ran = [], 0
    try:
        for cell in _injected(source["cells"], params):
            if cell["cell_type"] == "code":
                ran += 1
                exec(_compiled(cell["source"]), namespace)
                cell = cell | {"outputs": list(shown), "execution_count": ran}
                shown.clear()
            cells.append(cell)
    finally:
        show.display = usual
    return source | {"cells": cells}


def seconds_of_cells(*jobs: Job) -> list[float]:
    """Seconds that the cells of each job take when called in this process, in turn."""
    took = []
    for job in jobs:
        source = notebook.read(job.notebook)
        began = time.perf_counter()
        called(source, job.params)
        took.append(time.perf_counter() - began)
    return took


def shown(path: Path) -> Shown:
    """What an executed notebook shows."""
    nb = notebook.read(path)
    figures, tables = (len(list(notebook.outputs(nb, kind))) for kind in ("figure", "table"))
    return notebook.findings(nb), figures, tables


def _warm(imports: Sequence[str], prepare: dict[str, str], barrier: Any) -> None:
    """Begin a process of a pool; one that calls cells itself is set as a kernel of ours is."""
    try:
        if imports == CELLS:
            os.environ.update(preload.SETTINGS)
        for name in imports:
            importlib.import_module(name)
        os.chdir(paths.NOTEBOOKS)
        if prepare:
            from kentlib import records

            records.prepare(**prepare)
    except BaseException:
        barrier.abort()
        raise
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # kernels started here say that tcp is not secret
    barrier.wait(START)


def _injected(cells: Sequence[dict[str, Any]], params: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The cells with one that sets the parameters after the cell that declares them."""
    lines = [f"{name} = {value!r}" for name, value in params.items()]
    for cell in cells:
        yield cell
        if notebook.PARAMETERS in notebook.tags(cell):
            metadata = {"tags": [notebook.INJECTED]}
            source = "\n".join(["# Parameters", *lines, ""])
            yield cell | {"id": notebook.INJECTED, "metadata": metadata, "source": source}


@functools.cache
def _compiled(source: str) -> Any:
    return compile(source, "<cell>", "exec")


def _begun(facts: Facts, job: Job, source: dict[str, Any]) -> dict[str, Any]:
    told = record.begin(job, source, facts)
    return told | {"tables": record.tables(source), "outcome": record.FINISHED}


def _page(folder: Path, job: Job, done: dict[str, Any], told: dict[str, Any]) -> None:
    """Write the page and the record."""
    from kentlib.reports import page

    (folder / f"{job.name}.html").write_text(page.make(done, told), encoding="utf-8")
    (folder / f"{job.name}.json").write_text(json.dumps(told, indent=2, ensure_ascii=False))


def command(name: str, *arguments: str) -> None:
    """Run a command of this environment; what it says is shown only if it fails."""
    folder = Path(sys.executable).parent
    path = os.pathsep.join([str(folder), os.environ.get("PATH", "")])
    done = subprocess.run(
        [str(folder / name), *arguments],
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"{name} {' '.join(arguments)} failed:\n{done.stdout}")
