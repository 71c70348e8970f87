"""Running jobs: every report whole or not at all, and one failure stops no other."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kentlib.reports import files, index, kernel, notebook, page, record
from kentlib.reports.plan import Job

FINISHED, FAILED, STALE = "finished", "failed", "stale"


def run(jobs: Sequence[Job], out: Path, say: Callable[[str], None] = print) -> int:
    """Make the reports of one run.

    Parameters
    ----------
    jobs
        What to make, as `kentlib.reports.plan.plan` gives it.
    out
        The folder of all runs. This run becomes a folder in it, named by the time in UTC, and
        `latest` points to it once it is complete; until then nothing of it is to be seen.
    say
        Takes the lines of progress; the last is the path of the index page.

    Returns
    -------
    0 when every report was made, 1 when some failed. A failed report keeps its last good
    version, marked stale, if the run before had one.
    """
    out.mkdir(parents=True, exist_ok=True)
    previous = (out / "latest").resolve()
    final, partial = _new(out)
    records = []
    try:
        with _terminate_as_interrupt(), kernel.surroundings():
            for job in jobs:
                began = time.monotonic()
                records.append(_report(job, partial, previous))
                say(_progress(records[-1], time.monotonic() - began))
        files.write(partial / "index.html", index.make(records).encode())
        os.rename(partial, final)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    files.point(out / "latest", final)
    say(os.path.relpath(out / "latest" / "index.html"))
    return int(any(told["outcome"] != FINISHED for told in records))


def _report(job: Job, folder: Path, previous: Path) -> dict[str, Any]:
    """Make one report in the run's folder; return its record, which says how it ended."""
    content = job.notebook.read_bytes()
    source = notebook.parse(content, job.notebook.name)
    told = record.begin(job, source, content)
    try:
        told["tables"] = record.tables(source)
        done = kernel.execute(source, job.params, job.notebook.parent)
        found = next(iter(notebook.findings(done)), "")
        told |= {"ended": record.now(), "outcome": FINISHED, "finding": found}
        made = {
            f"{job.name}.ipynb": files.notebook_bytes(done),
            f"{job.name}.html": page.make(done, told).encode(),
        }
    except Exception as error:
        failure = error if isinstance(error, kernel.Failure) else _unexpected(error)
        told |= {"ended": record.now(), "outcome": FAILED, "error": str(failure)}
        return _last_good(job, told, folder, previous)
    return _publish(job, told, made, folder)


def _last_good(job: Job, failed: dict[str, Any], folder: Path, previous: Path) -> dict[str, Any]:
    """Keep the previous run's version of a report that failed, marked stale on its page."""
    try:
        told = json.loads((previous / f"{job.name}.json").read_bytes())
        content = (previous / f"{job.name}.ipynb").read_bytes()
        good = told["outcome"] in (FINISHED, STALE)
    except (OSError, ValueError, KeyError):
        good = False
    if not good:
        return _publish(job, failed, {}, folder)
    told |= {"outcome": STALE, "failed": failed["ended"], "error": failed["error"]}
    made, tried = page.moment(told["started"]), page.moment(told["failed"])
    notice = f"this report was made on {made}. It could not be made again on {tried}."
    made_again = {
        f"{job.name}.ipynb": content,
        f"{job.name}.html": page.make(
            notebook.parse(content, f"{job.name}.ipynb"), told, [notice]
        ).encode(),
    }
    return _publish(job, told, made_again, folder)


def _publish(
    job: Job, told: dict[str, Any], made: dict[str, bytes], folder: Path
) -> dict[str, Any]:
    """Write a report's files and, last, the record that vouches for them."""
    for name, content in made.items():
        files.write(folder / name, content)
    told["outputs"] = {name: record.sha256(content) for name, content in made.items()}
    written = json.dumps(told, indent=2, ensure_ascii=False, default=str) + "\n"
    files.write(folder / f"{job.name}.json", written.encode())
    return told


def _unexpected(error: Exception) -> kernel.Failure:
    return kernel.Failure(type(error).__name__, str(error))


def _progress(told: dict[str, Any], seconds: float) -> str:
    words = f"{told['report']}: {told['outcome']} in {seconds:.1f} s"
    if told["outcome"] == FINISHED:
        return words
    kept = ", the last good version is kept" if told["outcome"] == STALE else ""
    return f"{told['report']}: failed in {seconds:.1f} s{kept}. {told['error']}"


def _new(out: Path) -> tuple[Path, Path]:
    """The folder that a run will have, and the one, made here, where it is built until whole."""
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    for again in itertools.count(1):
        name = f"{stamp}-{again}" if again > 1 else stamp
        partial = out / f".{name}.partial"
        with suppress(FileExistsError):
            partial.mkdir()
            if not (out / name).exists():
                return out / name, partial
            partial.rmdir()


@contextmanager
def _terminate_as_interrupt() -> Iterator[None]:
    """A polite end (SIGTERM) stops the run as Ctrl-C does: kernel ended, `latest` as it was."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
