"""A run: every report whole or not at all, one failure stops no other, nothing done twice."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kentlib.errors import DataError
from kentlib.reports import (
    facts,
    files,
    index,
    lock,
    manifest,
    prune,
    record,
    reuse,
    scan,
    warm,
    worker,
)
from kentlib.reports.kernel import Failure, Limits
from kentlib.reports.plan import Job, Plan
from kentlib.reports.progress import Progress, summary, terminal
from kentlib.reports.prune import STAMP
from kentlib.reports.worker import Making

WHOLE = ("index.html", "manifest.json", "ro-crate-metadata.json", "log.jsonl")
"""The files about the whole run."""


def run(
    plan: Plan,
    say: Callable[[str], None] = print,
    *,
    fresh: bool = False,
    dask: str | None = None,
    parent: warm.Parent | None = None,
) -> int:
    """Make the reports of one run.

    Parameters
    ----------
    plan
        What to make and how, as `kentlib.reports.plan.plan` gives it. This run becomes a folder in
        the plan's `out`, named by the time in UTC, and `latest` leads to it once it is complete;
        until then nothing of it is to be seen.
    say
        Takes the lines of progress; the last is the path of the index page.
    fresh
        Make every report again, also those that would come out the same.
    dask
        The address of a dask scheduler whose workers make the reports.
    parent
        The warm parent to fork workers from, if one has begun.

    Returns
    -------
    0 when every report was made, 1 when some failed. A failed report keeps its last good
    version, marked stale, if the run before had one.

    Raises
    ------
    kentlib.errors.DataError
        Another run is at work in the same folder, or what is said of the whole run would show
        what nobody may be shown: `latest` is as it was.
    OSError
        The folder cannot be written to, or the disk is full: `latest` is as it was.
    KeyboardInterrupt
        The run was interrupted: so is `latest`, and the next run takes up what was not done.
    """
    plan.out.mkdir(parents=True, exist_ok=True)
    # A polite end (SIGTERM) stops the run as Ctrl-C does.
    try:
        with _on_signals(signal.default_int_handler, signal.SIGTERM), lock.held(plan.out):
            return _Run(plan, say, dask, parent).complete(fresh)
    except OSError as error:
        error.filename = error.filename or str(plan.out)  # a full disk does not say which it is
        raise


class _Run:
    """One run at work: its folder, its facts, and the records so far."""

    def __init__(
        self,
        plan: Plan,
        say: Callable[[str], None],
        dask: str | None,
        parent: warm.Parent | None,
    ) -> None:
        self.plan, self.say, self.dask, self.parent = plan, say, dask, parent
        self.latest = (plan.out / "latest").resolve()
        self.broken_off = reuse.broken_off(plan.out)
        self.stamp = _stamp(plan.out)
        self.folder = plan.out / f".{self.stamp}{reuse.PARTIAL}"
        self.records: dict[str, dict[str, Any]] = {}
        self.scans: list[scan.Scan] | None = None

    def complete(self, fresh: bool) -> int:
        self.folder.mkdir()
        self.progress = Progress(self.say, self.folder / "log.jsonl", terminal())
        try:
            self.began = record.now()
            self.progress.log("run", run=self.stamp, plan=self.plan.name, process=os.getpid())
            self.facts = facts.gather(self.stamp, self.plan.jobs)
            left = list(self.plan.jobs) if fresh else self._reuse()
            reused = len(self.records)
            self._make(left)
            failed = sum(self._failed(told) for told in self.records.values())
            made = len(self.plan.jobs) - reused - failed
            kept = self._keep()
            self.progress.log("ended", made=made, reused=reused, failed=failed, kept=kept)
            self._sum_up()
            with _on_signals(signal.SIG_IGN, signal.SIGINT, signal.SIGTERM):
                # Too late to be interrupted: `latest` is about to move.
                self._publish()
                self._clear_up()
                self.say(summary(made, reused, failed, kept) + ".")
                self.say(os.path.relpath(self.plan.out / "latest" / "index.html"))
                return int(failed > 0)
        except KeyboardInterrupt:
            self._interrupted()
            raise
        except BaseException:
            with suppress(OSError):
                self.progress.close()
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def _reuse(self) -> list[Job]:
        """Take what was made before from the same things; return the jobs that are left."""
        sources = [*self.broken_off, self.latest]
        left = []
        for job in self.plan.jobs:
            told = reuse.take(job.name, self.facts.key(job), sources, self.folder)
            if told is None:
                left.append(job)
                continue
            self._record(told)
            self.progress.log("reused", report=job.name, run=told["run"])
        if self.records:
            self.say(f"{summary(0, len(self.records), 0, 0)}: nothing that made them has changed.")
        return left

    def _make(self, jobs: list[Job]) -> None:
        if not jobs:
            return
        limits = Limits(self.plan.seconds, self.plan.megabytes)
        many = len(jobs) > 1
        making = Making(self.facts, self.folder.resolve(), self.latest, limits, share=many)
        self.progress.begin(len(jobs))
        with self._workers(making) as workers:
            for event, job, told in workers.make(jobs):
                if event == "started":
                    self.progress.started(job.name)
                elif event == "again":
                    self.progress.again(job.name, told["again"])
                elif event == "done":
                    self._record(told)
                    self.progress.done(told)
                elif event == "cold":
                    self.progress.log("cold", why=told["why"])
                    self.progress.line(
                        f"Kernels start cold, slower and without a memory limit: {told['why']}."
                    )
                elif event == "unfit":
                    self.progress.log("unfit", why=told["why"])
                    self.progress.line(f"{told['why']}.")
                else:
                    self.progress.beat()
            self._learn(workers.address)

    def _learn(self, address: str) -> None:
        """Take up what nothing of this run may show, while the warm parent still has it."""
        jobs = self.plan.jobs
        scans = (scan.of(job, self.facts, worker.prepare(job), address) for job in jobs)
        self.scans = list({id(one): one for one in scans}.values())

    def _workers(self, making: Making) -> Any:
        if self.dask:
            from kentlib.reports.distributed import Cluster

            return Cluster(making, self.dask)
        from kentlib.reports.pool import Pool

        return Pool(making, min(self.plan.workers, len(self.plan.jobs)), self.parent)

    def _record(self, told: dict[str, Any]) -> None:
        """Write, last, the record that vouches for a report's files."""
        files.write(self.folder / f"{told['report']}.json", files.as_json(told), flush=False)
        self.records[told["report"]] = told

    def _failed(self, told: dict[str, Any]) -> bool:
        return told["outcome"] != record.FINISHED

    def _keep(self) -> int:
        """Carry over the reports that this run was not asked for."""
        kept = 0
        others = [] if self.plan.whole else list(reuse.names(self.latest))
        if others and self.scans is None:
            self._learn("")
        for name in others:
            told = name not in self.records and reuse.keep(name, self.latest, self.folder)
            if told and self._may_stay(told):
                self._record(told)
                kept += 1
        return kept

    def _may_stay(self, told: dict[str, Any]) -> bool:
        """Whether a report carried over, made by whichever kentlib, shows nothing it may not."""
        made = [self.folder / name for name in told["outputs"]]
        try:
            for one in self.scans or ():
                for path in made:
                    one.file(path)
                one.record(told, "the record")
        except Failure as failure:
            for path in made:
                path.unlink()
            self.progress.log("withheld", report=told["report"], why=str(failure))
            self.progress.line(f"{told['report']}: not kept. {failure}")
            return False
        return True

    def _told(self, outcome: str) -> dict[str, Any]:
        """The facts of this run as its manifest begins with them."""
        return {
            "run": self.stamp,
            "plan": self.plan.name,
            "outcome": outcome,
            "started": self.began,
            "ended": record.now(),
            "workers": self.plan.workers,
            **self.facts.told(),
        }

    def _sum_up(self) -> None:
        """Write what is about the whole run."""
        told = self._told("complete")
        ordered = self._ordered()
        page = index.make(ordered, told).encode()
        files.write(self.folder / "index.html", page, flush=False)
        summed = manifest.make(told, ordered)
        for name, content in (
            ("manifest.json", summed),
            ("ro-crate-metadata.json", manifest.crate(summed, self.folder)),
        ):
            files.write(self.folder / name, files.as_json(content), flush=False)
        self._look_through()
        files.flush(self.folder)

    def _look_through(self) -> None:
        """Stop before `latest` moves if what is said of the whole run shows what it may not.

        Where every report was reused, all that is said of them was looked through by this very
        kentlib when they were made, and the extracts are not read for it again.
        """
        records = [(one, f"{one}.json") for one in self.records]
        try:
            for one in self.scans or ():
                for name, path in records:
                    one.record(self.records[name], path)
                for path in WHOLE:
                    one.file(self.folder / path)
        except Failure as failure:
            raise DataError(
                f"{failure.message}. Perhaps a parameter, or the name of a file of the extracts, "
                "holds it: rename that. Nothing of this run is kept."
            ) from None

    def _publish(self) -> None:
        """Show the run: one rename, one link."""
        self.progress.close()
        final = self.plan.out / self.stamp
        os.rename(self.folder, final)
        try:
            files.point(self.plan.out / "latest", final)
        except OSError:
            os.rename(final, self.folder)
            raise

    def _clear_up(self) -> None:
        """Remove runs that were broken off, and old ones."""
        for folder in self.broken_off:
            shutil.rmtree(folder, ignore_errors=True)
        for note in prune.prune(self.plan.out, self.plan.keep_runs):
            self.say(note)

    def _ordered(self) -> list[dict[str, Any]]:
        """The records in the plan's order, those carried over after them."""
        asked = [self.records[job.name] for job in self.plan.jobs]
        return asked + [told for told in self.records.values() if told not in asked]

    def _interrupted(self) -> None:
        """Leave what was done where the next run finds it."""
        with suppress(OSError):
            self.progress.log("interrupted", done=len(self.records))
            self.progress.close()
        if not self.records:
            shutil.rmtree(self.folder, ignore_errors=True)


def _stamp(out: Path) -> str:
    """A name for a run from the time in UTC, after those of all runs before it.

    A clock that was moved back would put the newest run among the oldest; it gets the name of
    the last one with a number instead.
    """
    taken = {path.name.removeprefix(".").removesuffix(reuse.PARTIAL) for path in out.iterdir()}
    before = sorted(name for name in taken if STAMP.fullmatch(name))
    now = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    if not before or now > before[-1]:
        return now
    last, _, number = before[-1].partition("-")
    return f"{last}-{int(number or 1) + 1:03}"


@contextmanager
def _on_signals(act: Any, *numbers: int) -> Iterator[None]:
    """Answer some signals otherwise, where that can be: only the main thread hears them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, act) for number in numbers}
    try:
        yield
    finally:
        for number, had in before.items():
            if had is not None:  # None was not set by Python, which cannot set it again
                signal.signal(number, had)
