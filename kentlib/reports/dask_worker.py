"""A dask worker's side of a run: it tells what it has, takes what it lacks, and makes reports.

`kentlib.reports.distributed` is the run's side, and calls these functions on a worker. A run has
a session on each of its workers: what was sent, and the processes that make its reports as they
would on the run's own machine. All of it is gone when the run ends, when the worker ends in any
way, or when nothing was heard of the run for a while.

Once a worker is known to have the same kentlib none of these functions raises, since dask writes
what a function was given into its log when one does.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import shutil
import time
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import wait
from typing import Any

from distributed import Worker, WorkerPlugin, get_worker

from kentlib.reports import facts, inputs, pool, warm
from kentlib.reports.kernel import Failure, Limits
from kentlib.reports.plan import Job
from kentlib.reports.sent import Lacking, Part, Sent
from kentlib.reports.worker import Making

LEASE = 60.0
"""Seconds without a word from the run after which its session ends: its machine may be gone."""

LOADED = inputs.digests(inputs.package())
"""kentlib's files when this process imported them."""


async def about() -> dict[str, Any]:
    """What this worker would make reports with, to be compared with the run's own facts.

    Returns
    -------
    `versions`; `files`, the SHA-256 of kentlib's files, the bundled tables and the lock file by
    name; and `outdated`, those of kentlib's that changed since the worker was started.
    """
    here = await asyncio.to_thread(facts.gather, "", [])
    ours = inputs.digests(here.package)
    return {
        "versions": here.versions,
        "files": ours | inputs.digests([*here.tables, *here.lock]),
        "outdated": [name for name, digest in ours.items() if LOADED.get(name) != digest],
    }


async def begin(token: str, theirs: facts.Facts, limits: Limits, dask_worker: Worker) -> str:
    """Open the session of a run, named by a token; return why that is not possible, if so."""
    try:
        session = await asyncio.to_thread(Session, token, theirs, limits)
        await dask_worker.plugin_add(session)
    except Exception as error:
        return _told(error)
    return ""


async def renew(token: str, dask_worker: Worker) -> bool:
    """Hear from the run; return whether it has a session here."""
    session = _session(token, dask_worker)
    if session:
        session.until = time.monotonic() + LEASE
    return session is not None


async def take(token: str, part: Part, dask_worker: Worker) -> str:
    """Take a part of a file; return why that is not possible, if so."""
    session = _session(token, dask_worker)
    try:
        if session:
            await asyncio.to_thread(session.sent.take, part)
    except Exception as error:
        return _told(error)
    return "" if session else "the worker was started anew"


async def end(token: str, dask_worker: Worker) -> None:
    """End the session of a run, if it has one."""
    session = _session(token, dask_worker)
    if session:
        await dask_worker.plugin_remove(session.name)


def make(token: str, job: Job, attempt: int, called: dict[str, str]) -> dict[str, Any]:
    """Make a report.

    Parameters
    ----------
    called
        What the folders of the job's extracts and of what was published before are called, by the
        parameters that name them.

    Returns
    -------
    `told`, the report's record, and `files`, its files' content by name. Or one of: `lacks`, the
    SHA-256 of files to be sent first; `again` or `lost`, as a pool's worker says it; `failed`,
    what was wrong; `unable`, why no report can be made here; `gone`, when the run has no session
    here. And `cold`, why kernels start cold.
    """
    session = _session(token, get_worker())
    if session is None:
        return {"gone": True}
    try:
        return session.make(job, attempt, called) | {"cold": session.staff.cold}
    except Lacking as lacking:
        return {"lacks": lacking.digests}
    except warm.Unavailable as why:
        return {"lost": str(why)}
    except OSError as error:
        return {"unable": _told(error)}
    except Exception as error:
        return {"failed": _told(error)}


class Session(WorkerPlugin):
    """What one run has on one worker.

    Attributes
    ----------
    sent
        What it has of the run's inputs.
    staff
        Starts the processes that make its reports.
    until
        When it ends by itself, on the monotonic clock.
    """

    def __init__(self, token: str, theirs: facts.Facts, limits: Limits) -> None:
        self.name = _name(token)
        here = facts.gather("", [])
        self._facts = replace(theirs, tables=here.tables, package=here.package, lock=here.lock)
        self._limits = limits
        self._busy: set[pool.Worker] = set()
        self._idle: list[pool.Worker] = []
        self._watching: asyncio.Task | None = None
        self.sent = Sent(theirs)
        self.staff = pool.Staff(self.sent.environment)
        self.until = time.monotonic() + LEASE
        # A nanny's worker may start no process by multiprocessing, which cold kernels need.
        multiprocessing.current_process()._config["daemon"] = False

    def setup(self, worker: Worker) -> None:
        """Begin to watch whether the run is heard of."""
        self._watching = asyncio.create_task(self._watch(worker))

    async def teardown(self, worker: Worker) -> None:
        """End every process, and remove what was sent and made."""
        if self._watching is not asyncio.current_task():
            self._watching.cancel()
        await asyncio.to_thread(self._close)

    def make(self, job: Job, attempt: int, called: dict[str, str]) -> dict[str, Any]:
        """As the function of that name."""
        own = self.sent.inputs(job, called)
        here = replace(job, notebook=own.notebook.path)
        made = self.sent.new_folder()
        making = Making(
            facts=replace(
                self._facts,
                notebooks={own.notebook.path: own.notebook},
                extracts=dict.fromkeys(self._facts.extracts, own.extracts),
                published=dict.fromkeys(self._facts.published, own.published),
            ),
            folder=made,
            previous=made / "none",  # the run keeps the last good version, and knows it
            limits=self._limits,
            share=True,
        )
        try:
            told = self._answer(here, attempt, making)
            if "outputs" not in told:
                return told
            return {"told": told, "files": {n: (made / n).read_bytes() for n in told["outputs"]}}
        finally:
            shutil.rmtree(made, ignore_errors=True)

    def _answer(self, job: Job, attempt: int, making: Making) -> dict[str, Any]:
        """What comes of a job in a process of its own, which may be killed meanwhile."""
        one = self._process(making)
        self._busy.add(one)
        one.give(job, attempt, "make", job, attempt)
        seconds = self._limits.seconds
        heard = wait([one.channel], seconds + pool.GRACE if seconds else None)
        told = one.answer(late=not heard)
        self._busy.discard(one)
        if isinstance(told, OSError) or "lost" in told:
            one.end()
        else:
            self._idle.append(one)
        if isinstance(told, OSError):
            raise told
        return told

    def _process(self, making: Making) -> pool.Worker:
        """A process that has nothing to do; several threads may ask at once."""
        with suppress(IndexError):
            while one := self._idle.pop():
                if not one.channel.poll():
                    one.brief(making)
                    return one
                one.end()  # it says something unasked: that it is dead
        return self.staff.hire(making)

    def _close(self) -> None:
        for one in self._busy.copy():
            one.process.kill()  # the thread that waits for it does the rest
        with suppress(IndexError):
            while one := self._idle.pop():
                one.end()
        self.staff.close()
        self.sent.close()

    async def _watch(self, worker: Worker) -> None:
        while time.monotonic() < self.until:
            await asyncio.sleep(LEASE / 20)
        await worker.plugin_remove(self.name)


def _name(token: str) -> str:
    return f"kentlib-{token}"


def _session(token: str, worker: Worker) -> Session | None:
    return worker.plugins.get(_name(token))


def _told(error: Exception) -> str:
    return str(Failure(type(error).__name__, str(error)))
