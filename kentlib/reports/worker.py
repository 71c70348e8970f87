"""Making one report: execute the notebook, make the page, write both, say how it went.

A worker process does it for one report after another. It shares nothing with the run that asks
but the folder to write into, so it can as well be on another machine.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from kentlib import records
from kentlib.reports import files, inputs, kernel, notebook, record
from kentlib.reports.facts import Facts
from kentlib.reports.kernel import Failure, Limits
from kentlib.reports.plan import Job


@dataclass(frozen=True)
class Making:
    """What all reports of a run have in common.

    `folder` is where they are written, hidden until the run is complete; `previous` holds the
    last complete run, if there is one. With `share` kernels of one notebook work out once what
    they work out alike (see `kentlib.once`), which only those may that have the same code, tables
    and surroundings.
    """

    facts: Facts
    folder: Path
    previous: Path
    limits: Limits
    share: bool = False


def make(job: Job, making: Making, attempt: int = 1) -> dict[str, Any]:
    """Make one report.

    Returns
    -------
    Its record. A report that failed keeps its last good version, marked stale, if the previous
    run had one. With `again` in it nothing was written: the kernel died at the first attempt.

    Raises
    ------
    OSError
        The run's folder cannot be written to, as no report of this run could be.
    """
    began = time.monotonic()
    told = {"report": job.name}
    try:
        source = _source(job, making.facts)
        told = record.begin(job, source, making.facts) | {"attempts": attempt}
        told["tables"] = record.tables(source)
        params, folder = job.params, job.notebook.parent
        with _page_prepared(source, making.facts.notebook(job).sha256):
            done, megabytes = kernel.execute(
                source, params, folder, making.limits, prepare(job), share=making.share
            )
        moved = inputs.changed(making.facts.inputs_of(job))
        if moved := moved + inputs.added(making.facts.given_to(job), job.params):
            raise Failure("InputChanged", changed_while_read(moved))
        made = {"ended": record.now(), "outcome": record.FINISHED, "megabytes": megabytes}
        made |= {"finding": notebook.finding_about(done, job.area)}
        made |= {"seconds": round(time.monotonic() - began, 1)}
        contents = _files(job, done, told | made)
        _look_through(_scan(job, making), job.name, done, contents, told | made)
    except Failure as failure:
        if failure.died and attempt == 1:
            return {"again": withheld(job, making, str(failure))}
        error = str(failure)
    except Exception as unexpected:
        error = str(Failure(type(unexpected).__name__, str(unexpected)))
    else:
        return _written(told | made, contents, making.folder)
    told |= {"seconds": round(time.monotonic() - began, 1)}
    return keep_last_good(job, making, told, withheld(job, making, error))


@contextmanager
def _page_prepared(source: dict[str, Any], digest: str) -> Iterator[None]:
    """Meanwhile, do what is alike for all pages of the notebook, once in this process."""
    if digest in _prepared:
        yield
        return

    from kentlib.reports import page

    def ahead() -> None:
        with suppress(Exception):  # it is said when the page itself is made
            page.prepare(source)

    thread = threading.Thread(target=ahead)
    thread.start()
    try:
        yield
    finally:
        thread.join()
        _prepared.add(digest)


_prepared: set[str] = set()
"""The notebooks whose pages are prepared for, by their SHA-256."""


def withheld(job: Job, making: Making, error: str) -> str:
    """What is said of a failure, unless it holds what nobody may be shown."""
    try:
        return _scan(job, making).without(error)
    except Exception as unexpected:
        return f"What was said is withheld: it could not be looked through ({_name(unexpected)})."


def _name(error: Exception) -> str:
    return type(error).__name__


def _scan(job: Job, making: Making) -> Any:
    from kentlib.reports import scan

    return scan.of(job, making.facts, prepare(job))


def _look_through(
    scan: Any, name: str, nb: dict[str, Any], contents: dict[str, bytes], told: dict[str, Any]
) -> None:
    """Raise unless nothing that was made shows what nobody may be shown."""
    scan.notebook(nb)
    scan.text(contents[f"{name}.html"].decode(), "the page")
    scan.record(told, "the record")


def keep_last_good(job: Job, making: Making, told: Mapping[str, Any], error: str) -> dict[str, Any]:
    """Keep the previous run's version of a report that failed, marked stale on its page.

    Parameters
    ----------
    told
        The record of the attempt that failed, as far as it came.
    error
        What is to be said of it.

    Returns
    -------
    The record: the last good version's with `failed` and `error`, or the attempt's own.

    Raises
    ------
    OSError
        The run's folder cannot be written to.
    """
    good = last_good(job.name, making.previous)
    if good is None:
        return failed(job, making, told, error)
    before, content = good
    before |= {"outcome": record.STALE, "asked": True, "failed": record.now(), "error": error}
    try:
        kept = notebook.parse(content, f"{job.name}.ipynb")
        contents = {f"{job.name}.ipynb": content, f"{job.name}.html": _stale(before, kept)}
        _look_through(_scan(job, making), job.name, kept, contents, before)
    except Failure as failure:  # the extracts now name a child that it shows
        return failed(job, making, told, f"{error} The last good version is gone: {failure}.")
    except Exception as unexpected:  # another version of kentlib made it
        error += f" The last good version cannot be shown ({_name(unexpected)})."
        return failed(job, making, told, error)
    return _written(before, contents, making.folder)


def _stale(before: dict[str, Any], kept: dict[str, Any]) -> bytes:
    """The page of a report's last good version, which says that it is out of date."""
    from kentlib.reports import page

    made, tried = page.moment(before["started"]), page.moment(before["failed"])
    notice = f"this report was made on {made}. It could not be made again on {tried}."
    return page.make(kept, before, [notice]).encode()


def failed(job: Job, making: Making, told: Mapping[str, Any], error: str) -> dict[str, Any]:
    """The record of a report of which there is nothing to show; the arguments are as above."""
    now = record.now()
    begun = {"area": job.area, "question": "", "finding": "", "outputs": {}, "tables": []}
    begun |= {"started": now, "notebook": inputs.relative(job.notebook)}
    begun |= {"parameters": job.params, "run": making.facts.stamp, "asked": True}
    return {**begun, **told, "ended": now, "outcome": record.FAILED, "error": error}


def last_good(name: str, folder: Path) -> tuple[dict[str, Any], bytes] | None:
    """The record and the notebook of a report in the folder of a run, if both are sound."""
    told = record.read(folder / f"{name}.json")
    if told is None or told["outcome"] not in (record.FINISHED, record.STALE):
        return None
    try:
        content = (folder / f"{name}.ipynb").read_bytes()
    except OSError:
        return None
    sound = told["outputs"].get(f"{name}.ipynb") == record.sha256(content)
    return (told, content) if sound else None


def prepare(job: Job) -> dict[str, str] | None:
    """The extracts that the job's notebook will read, as `kentlib.records.prepare` takes them."""
    asked = {name: job.params.get(name) for name in ("extracts", "authority", "period_end")}
    if not all(isinstance(value, str) for value in asked.values()):
        return None
    return asked if records.given(asked["extracts"], asked["authority"]) else None


def serve(channel: Connection) -> None:
    """Make the reports that a run asks for over a channel, until it hangs up.

    The first thing received is the `Making`, which another may follow at any time; then come
    functions of this module by name with their arguments, and what they return is the answer.
    """
    making = channel.recv()
    while True:
        try:
            received = channel.recv()
        except (EOFError, OSError):
            return
        if isinstance(received, Making):
            making = received
            continue
        name, job, *more = received
        asked = {"make": make, "keep_last_good": keep_last_good}[name]
        try:
            channel.send(asked(job, making, *more))
        except OSError as error:
            channel.send(error)


def changed_while_read(names: list[str]) -> str:
    """Says that inputs are no longer what they were, naming a few."""
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"{shown} changed while the run was reading it. Run again once it is whole"


def _source(job: Job, facts: Facts) -> dict[str, Any]:
    content = job.notebook.read_bytes()
    if record.sha256(content) != facts.notebook(job).sha256:
        raise Failure("InputChanged", changed_while_read([facts.notebook(job).name]))
    return notebook.parse(content, job.notebook.name)


def _files(job: Job, done: dict[str, Any], told: dict[str, Any]) -> dict[str, bytes]:
    from kentlib.reports import page

    return {
        f"{job.name}.ipynb": files.notebook_bytes(done),
        f"{job.name}.html": page.make(done, told).encode(),
    }


def _written(told: dict[str, Any], contents: dict[str, bytes], folder: Path) -> dict[str, Any]:
    """Write a report's files; the record that vouches for them is the run's to write."""
    for name, content in contents.items():
        files.write(folder / name, content, flush=False)
    told["outputs"] = {name: record.sha256(content) for name, content in contents.items()}
    return told
