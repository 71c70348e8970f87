"""A run past one machine: the workers of a dask cluster make its reports.

Each job goes to one worker, which makes it as this machine would and sends the files back. What a
worker lacks of notebooks and extracts is sent to it; kentlib, Python and the packages must be the
same there. `kentlib.reports.dask_worker` is the worker's side, `kentlib.reports.roll` knows who
is there.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from kentlib import records
from kentlib.errors import DataError
from kentlib.reports import files, record, worker
from kentlib.reports.kernel import Failure
from kentlib.reports.plan import Job
from kentlib.reports.pool import BEAT, Told
from kentlib.reports.worker import Making

try:
    from distributed import Client, Future
except ImportError:
    raise DataError("--dask needs dask: install kentlib[distributed].") from None

# isort: split
from kentlib.reports import dask_worker
from kentlib.reports.roll import Roll, connected
from kentlib.reports.sent import parts

ALONE = 30.0
"""Seconds without any worker after which what is left to do is given up."""

HUNG = 300.0
"""Seconds beyond a report's limit after which its worker is taken to hang: it ends its processes
itself before that, and may have to start a warm parent first."""

FETCH = 60
"""Seconds in which a worker that made a report must hand it over."""

ROUNDS = 4
"""Times that a worker may ask for files before it makes a report: the notebook, the extracts, what
was published before."""

Event = tuple[str, Job | None, Told]
"""What happens, as a pool tells it."""


@dataclass
class _Site:
    """A worker: the reports it makes at a time, those it is making, and what was sent to it."""

    address: str
    threads: int
    tasks: dict[str, _Task] = field(default_factory=dict)
    sent: set[str] = field(default_factory=set)
    read: set[tuple[Any, Any]] = field(default_factory=set)


@dataclass(eq=False)
class _Task:
    """A job, and where it is being done, if it is."""

    job: Job
    attempt: int = 1
    rounds: int = 0
    site: _Site | None = None
    key: str = ""
    future: Future | None = None
    since: float = 0.0

    @property
    def extracts(self) -> tuple[Any, Any]:
        """Which extracts it reads."""
        return self.job.params.get("extracts"), self.job.params.get("authority")


class Cluster:
    """The workers of a dask cluster, in a pool's place.

    Parameters
    ----------
    making
        What all reports have in common.
    address
        The scheduler's, such as tcp://scheduler:8786 or tls://scheduler:8786.

    Raises
    ------
    kentlib.errors.DataError
        On entering: the scheduler cannot be reached, has no workers, or has one that would not
        make the same reports.
    """

    address = ""
    """The socket of a warm parent on this machine: there is none."""

    def __init__(self, making: Making, address: str) -> None:
        self._making, self._address = making, address
        self._client: Client | None = None
        self._roll: Roll | None = None
        self._heard: queue.Queue[tuple[Any, ...]] = queue.Queue()
        self._sites: dict[str, _Site] = {}
        self._waiting: deque[_Task] = deque()
        self._alone: float | None = None
        self._cold = ""

    def __enter__(self) -> Cluster:
        try:
            self._client = connected(self._address)
            self._roll = Roll(self._client, self._making, self._heard.put)
            self._roll.first(self._address)
            self._roll.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: Any) -> None:
        """Let go of every job, and end whatever the workers have of this run."""
        for site in self._sites.values():
            for task in site.tasks.values():
                task.future.release()
        if self._roll:
            _within(15, self._roll.end)
        if self._client:
            _within(10, self._client.close)

    def make(self, jobs: Sequence[Job]) -> Iterator[Event]:
        """As `kentlib.reports.pool.Pool.make`; and "unfit" for a worker that came but is not used.

        A job whose worker is lost is given to another; one that loses a second fails.
        """
        self._waiting.extend(_Task(job) for job in jobs)
        happened = {
            "here": self._here,
            "gone": self._gone,
            "unfit": self._unfit,
            "answer": self._answered,
        }
        while self._waiting or any(site.tasks for site in self._sites.values()):
            yield from self._give()
            try:
                kind, *about = self._heard.get(timeout=BEAT)
            except queue.Empty:
                yield "beat", None, {}
                yield from self._overdue()
                continue
            yield from happened[kind](*about)

    def _give(self) -> Iterator[Event]:
        """Give every worker as much as it makes at a time, first to those with least to do."""
        while self._waiting and self._client.status == "running":
            free = [site for site in self._sites.values() if len(site.tasks) < site.threads]
            if not free:
                return
            site = min(free, key=lambda one: len(one.tasks) / one.threads)
            task = self._next(site)
            self._submit(task, site)
            yield "started", task.job, {}

    def _next(self, site: _Site) -> _Task:
        """The first job whose extracts a worker has, if they had to be sent; else the first."""
        had = (n for n, task in enumerate(self._waiting) if task.extracts in site.read)
        number = next(had, 0) if site.sent else 0
        task = self._waiting[number]
        del self._waiting[number]
        return task

    def _submit(self, task: _Task, site: _Site) -> None:
        # The key is what dask shows and logs: the report's name, and what tells runs apart.
        task.site, task.key, task.since = site, f"{task.job.name}-{uuid4().hex}", time.monotonic()
        task.future = self._client.submit(
            dask_worker.make,
            self._roll.token,
            task.job,
            task.attempt,
            _called(task.job),
            key=task.key,
            workers=[site.address],
            allow_other_workers=False,
            pure=False,
        )
        site.tasks[task.key] = task
        site.read.add(task.extracts)
        task.future.add_done_callback(lambda future: self._heard.put(_outcome(task, future)))

    def _answered(self, task: _Task, answer: Told) -> Iterator[Event]:
        """A worker is done with a job, or cannot do it."""
        site = task.site
        if site is None or site.tasks.pop(task.key, None) is None:
            return  # it was taken from that worker meanwhile
        task.future.release()
        if answer.get("cold") and not self._cold:
            self._cold = answer["cold"]
            yield "cold", None, {"why": self._cold}
        if "told" in answer:
            yield "done", task.job, self._taken(task, answer)
        elif "again" in answer:
            yield self._again(task, answer["again"])
        elif "failed" in answer:
            yield "done", task.job, self._failed(task, answer["failed"])
        elif "lacks" in answer:
            yield from self._lacking(task, answer["lacks"])
        elif "unable" in answer:
            yield from self._unable(task, answer["unable"])
        elif "gone" in answer:
            yield self._lost(task)
            yield from self._gone(site.address)
        else:
            yield self._lost(task, answer["lost"])

    def _lacking(self, task: _Task, digests: set[str | None]) -> Iterator[Event]:
        """Send a worker what it lacks of a job's inputs, and give it the job again."""
        task.rounds += 1
        try:
            if task.rounds > ROUNDS:
                raise Failure("WorkerLost", "a worker did not keep what was sent to it")
            why = self._send(task, digests)
        except Failure as failure:
            yield "done", task.job, self._failed(task, str(failure))
            return
        if why:
            yield from self._unable(task, why)
        else:
            self._submit(task, task.site)  # if that was lost meanwhile, it will be heard

    def _unable(self, task: _Task, why: str) -> Iterator[Event]:
        """A worker can make no report, its disk being full for one: it gets no more of them."""
        address = task.site.address
        yield from self._unfit(address, f"is used no more. {why}")
        yield self._lost(task, why)
        yield from self._gone(address)

    def _here(self, address: str, threads: int) -> Iterator[Event]:
        """A worker can be used."""
        self._sites[address] = _Site(address, threads)
        yield from ()

    def _gone(self, address: str) -> Iterator[Event]:
        """A worker was lost, with what it was making."""
        site = self._sites.pop(address, None)
        while site and site.tasks:
            _, task = site.tasks.popitem()
            task.future.release()
            yield self._lost(task)

    def _unfit(self, address: str, why: str) -> Iterator[Event]:
        yield "unfit", None, {"why": f"the worker {address} {why}"}

    def _overdue(self) -> Iterator[Event]:
        """Give up workers that hang, and all that is left when there has been none for a while."""
        now, seconds = time.monotonic(), self._making.limits.seconds
        for site in list(self._sites.values()) if seconds else ():
            if any(now - task.since > seconds + HUNG for task in site.tasks.values()):
                yield from self._gone(site.address)
        self._alone = None if self._sites else self._alone or now
        if self._alone and now - self._alone > ALONE:
            there = self._client.status == "running"
            why = "no worker of the cluster is left" if there else "the scheduler was lost"
            while self._waiting:
                task = self._waiting.popleft()
                yield "done", task.job, self._failed(task, why)

    def _lost(self, task: _Task, why: str = "") -> Event:
        """Have a job done once more whose worker, or process there, was lost; or fail it."""
        if task.attempt == 1:
            return self._again(task, why or f"the worker {task.site.address} was lost")
        error = why or "a second worker was lost while it made the report"
        return "done", task.job, self._failed(task, error)

    def _again(self, task: _Task, why: str) -> Event:
        self._waiting.appendleft(_Task(task.job, task.attempt + 1))
        return "again", task.job, {"again": why}

    def _taken(self, task: _Task, answer: Told) -> Told:
        """Write the files of a report that a worker made."""
        told, contents = answer["told"], answer["files"]
        if told["outcome"] == record.FAILED:
            return self._failed(task, told["error"], told)
        whole = {name: record.sha256(content) for name, content in contents.items()}
        if whole != told["outputs"] or any(Path(name).name != name for name in whole):
            return self._failed(task, "what arrived of the report is not what the worker made")
        for name, content in contents.items():
            files.write(self._making.folder / name, content, flush=False)
        return told

    def _failed(self, task: _Task, error: str, told: Told | None = None) -> Told:
        """The record of a job that failed, its last good version kept."""
        begun = {"report": task.job.name, "attempts": task.attempt, **(told or {})}
        begun["notebook"] = self._making.facts.notebook(task.job).name
        return worker.keep_last_good(task.job, self._making, begun, error)

    def _send(self, task: _Task, digests: set[str | None]) -> str:
        """Send files to a worker; return why it cannot take them, if so."""
        facts, site = self._making.facts, task.site
        for one in [facts.notebook(task.job), *facts.given_to(task.job)]:
            if one.sha256 not in digests - site.sent:
                continue
            try:
                for part in parts(one):
                    answers = self._roll.ask(dask_worker.take, [site.address], part)
                    why = answers.get(site.address)
                    if isinstance(why, Exception):
                        return ""  # it is being lost, as will be heard
                    if why:
                        return why
            except (OSError, ValueError):
                told = worker.changed_while_read([one.name])
                raise Failure("InputChanged", told) from None
            site.sent.add(one.sha256)
        return ""


def _called(job: Job) -> dict[str, str]:
    """What the folders are called that a job reads, by the parameter that names them."""
    given = {name: job.params.get(name) for name in ("extracts", "published")}
    return {
        name: records.folder(folder).resolve().name
        for name, folder in given.items()
        if isinstance(folder, str)
    }


def _outcome(task: _Task, future: Future) -> tuple[Any, ...]:
    """What became of a job, as a thing heard; the worker may be lost before it handed it over."""
    try:
        return "answer", task, future.result(timeout=FETCH)
    except BaseException:
        return "answer", task, {"lost": ""}


def _within(seconds: float, call: Callable[[], Any]) -> None:
    """Call something that may wait for another machine, and wait no longer than that."""
    calling = threading.Thread(target=call, daemon=True)
    calling.start()
    calling.join(seconds)
