"""The workers of a run: processes that make reports, and what becomes of a job when one is lost.

Workers are forked from the warm parent where there is one. Elsewhere they are started anew, and
their kernels cold: the same reports, later. A `Staff` starts them, for this machine's `Pool` and
for a dask worker alike.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from typing import Any

from kentlib import paths
from kentlib.reports import processes, warm
from kentlib.reports.plan import Job
from kentlib.reports.worker import Making, failed, prepare, serve

GRACE = 30.0
"""Seconds beyond a report's limit after which its worker is taken to hang, and killed."""

BEAT = 0.5
"""Seconds after which somebody who watches is told again how long things take."""

Told = dict[str, Any]


class Pool:
    """Workers that make the reports of one run.

    Parameters
    ----------
    making
        What all its reports have in common.
    size
        Reports made at a time.
    parent
        The warm parent to fork workers from, if one has begun.

    Attributes
    ----------
    cold
        Why kernels start cold, in a clause; empty when they are forked.
    """

    def __init__(self, making: Making, size: int, parent: warm.Parent | None = None) -> None:
        self._making, self._size = making, size
        self._staff = Staff(parent=parent)
        self._workers: list[Worker] = []

    @property
    def cold(self) -> str:
        return self._staff.cold

    @property
    def address(self) -> str:
        """The socket of the warm parent; nothing where there is none."""
        return self._staff.address

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: Any) -> None:
        """End every worker and kernel, whatever it does, and remove what they used."""
        for worker in self._workers:
            worker.end()
        self._staff.close()

    def make(self, jobs: Sequence[Job]) -> Iterator[tuple[str, Job | None, Told]]:
        """Make the reports of some jobs.

        Yields
        ------
        What happens: "started", "again" (with the reason) and "done" (with the record), each
        with its job; and "beat" now and then, with none.
        """
        waiting = deque((job, 1) for job in jobs)
        self._staff.start(next(filter(None, map(prepare, jobs)), None))
        said_cold = False
        while waiting or any(worker.job for worker in self._workers):
            while waiting and (worker := self._free()):
                job, attempt = waiting.popleft()
                worker.give(job, attempt, "make", job, attempt)
                if self.cold and not said_cold:
                    said_cold = True
                    yield "cold", None, {"why": self.cold}
                yield "started", job, {}
            busy = {worker.channel: worker for worker in self._workers if worker.job}
            heard = wait(list(busy), BEAT)
            if not heard:
                yield "beat", None, {}
            late = [channel for channel, worker in busy.items() if self._late(worker)]
            for channel in {*heard, *late}:
                worker = busy[channel]
                job, attempt = worker.job, worker.attempt
                told = worker.answer(late=channel in late and channel not in heard)
                if isinstance(told, OSError):
                    raise told
                if "again" in told:
                    waiting.appendleft((job, attempt + 1))
                    yield "again", job, told
                elif "lost" in told:
                    self._lost(worker)
                    begun = {"report": job.name, "attempts": attempt}
                    if attempt == 1:
                        waiting.appendleft((job, attempt + 1))
                        yield "again", job, {"again": told["lost"]}
                    elif attempt == 2:
                        asked = ("keep_last_good", job, begun, told["lost"])
                        self._free().give(job, attempt + 1, *asked)
                    else:
                        begun["attempts"] = 2
                        yield "done", job, failed(job, self._making, begun, told["lost"])
                else:
                    yield "done", job, told

    def _free(self) -> Worker | None:
        """A worker that has nothing to do, started if there may be one more."""
        for worker in self._workers:
            if not worker.job:
                return worker
        if len(self._workers) >= self._size:
            return None
        self._workers.append(self._staff.hire(self._making))
        return self._workers[-1]

    def _late(self, worker: Worker) -> bool:
        seconds = self._making.limits.seconds
        # A second attempt begins when the first has ended, so each has the limit to itself.
        return bool(seconds) and time.monotonic() - worker.since > seconds + GRACE

    def _lost(self, worker: Worker) -> None:
        worker.end()
        self._workers.remove(worker)


class Staff:
    """Starts workers: forks of a warm parent while that can be had, and new processes after.

    Several threads may hire at once.

    Parameters
    ----------
    environment
        What workers have beside this process's own variables.
    parent
        The warm parent to fork workers from, if one has begun.

    Attributes
    ----------
    cold
        Why kernels start cold, in a clause; empty when they are forked.
    """

    def __init__(
        self, environment: Mapping[str, str] | None = None, parent: warm.Parent | None = None
    ) -> None:
        self._environment = dict(environment or {})
        self._parent = parent
        self._home: str | None = None
        self._lock = threading.Lock()
        self._closed = False
        self.cold = ""

    @property
    def address(self) -> str:
        """The socket of the warm parent; nothing where there is none."""
        return self._parent.address if self._parent else ""

    def start(self, prepared: dict[str, str] | None = None) -> None:
        """Have the warm parent begin, reading some extracts; or find why there is none."""
        try:
            self._parent = self._parent or warm.Parent(self._environment)
            self._parent.wait(prepared)
        except warm.Unavailable as why:
            self._be_cold(str(why))

    def hire(self, making: Making) -> Worker:
        """A new worker, which has nothing to do yet.

        Raises
        ------
        Unavailable
            The staff was closed.
        """
        with self._lock:
            if self._closed:
                raise warm.Unavailable("the run has ended")
            for _ in range(2):
                if not self._parent and not self.cold:
                    self.start()
                if self.cold:
                    break
                try:
                    return Worker(making, self._parent, self._parent.folder, self._environment)
                except (warm.Unavailable, FileNotFoundError) as why:
                    if self._parent.alive():
                        self._be_cold(str(why))
                    else:  # it was killed
                        self._parent.close()
                        self._parent = None
            self.cold = self.cold or "a second warm parent ended before it had forked anything"
            return Worker(making, None, self._cold_home(), self._environment)

    def close(self) -> None:
        """End everything that came from the warm parent, and remove what workers used."""
        with self._lock:
            self._closed = True
            if self._parent:
                self._parent.close()
            if self._home:
                shutil.rmtree(self._home, ignore_errors=True)

    def _be_cold(self, why: str) -> None:
        self.cold = why  # workers that the parent has forked already go on

    def _cold_home(self) -> str:
        self._home = self._home or warm.private_folder()
        return self._home


class Worker:
    """One worker process, and the job it has."""

    def __init__(
        self,
        making: Making,
        parent: warm.Parent | None,
        home: str,
        environment: Mapping[str, str],
    ) -> None:
        self.channel, theirs = multiprocessing.Pipe()
        environment = {**os.environ, **environment, **warm.quiet_home(home)}
        self.job: Job | None = None
        self.attempt, self.since = 0, 0.0
        try:
            if parent:
                environment[warm.ADDRESS] = parent.address
                request = {"role": "worker", "environment": environment, "folder": str(paths.ROOT)}
                self.process = warm.Process(parent.address, request, [theirs.fileno()])
                if not self.process.wait_ready(warm.SLOW):
                    raise warm.Unavailable("the warm parent's worker did not start")
            else:
                self.process = _Spawned(theirs, environment)
        finally:
            theirs.close()
        self.brief(making)

    def brief(self, making: Making) -> None:
        """Tell it what the reports have in common that it makes from now on."""
        self._send(making)

    def give(self, job: Job, attempt: int, *asked: Any) -> None:
        """Give it something to do for a job."""
        self.job, self.attempt, self.since = job, attempt, time.monotonic()
        self._send(asked)

    def _send(self, something: Any) -> None:
        with suppress(OSError):  # it is dead, which the answer tells
            self.channel.send(something)

    def answer(self, *, late: bool) -> Told:
        """What came of it; `lost`, with the reason, when the worker did not live to tell."""
        self.job = None
        if late:
            return {"lost": "the report took longer than its limit and did not let itself be ended"}
        try:
            return self.channel.recv()
        except (EOFError, OSError):
            return {"lost": "the process that made the report was ended by something else"}

    def end(self) -> None:
        """Kill it, and its kernel with it."""
        self.process.kill()
        self.process.close()
        self.channel.close()


class _Spawned:
    """A worker started anew, where there is no fork."""

    def __init__(self, channel: Connection, environment: dict[str, str]) -> None:
        self._process = multiprocessing.get_context("spawn").Process(
            target=_serve, args=(channel, environment, os.getpid()), daemon=True
        )
        # Ctrl-C is for the run, which ends this; it starts with the signal held back.
        with _held_back(signal.SIGINT):
            self._process.start()

    def kill(self) -> None:
        self._process.kill()
        self._process.join()

    def close(self) -> None:
        self._process.close()


@contextmanager
def _held_back(number: int) -> Iterator[None]:
    """Hold a signal back from this process and from those it starts."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {number})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(channel: Connection, environment: dict[str, str], parent: int) -> None:
    processes.die_with(parent)
    signal.signal(signal.SIGINT, lambda *_: None)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    os.environ.clear()
    os.environ.update(environment)
    os.environ[warm.ADDRESS] = warm.NONE
    serve(channel)
