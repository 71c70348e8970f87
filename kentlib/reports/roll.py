"""Which workers of a dask cluster a run can use: who came, who is gone, who would not do."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
import warnings
from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

from distributed import Client, Security
from distributed.comm import connect

from kentlib.errors import DataError
from kentlib.reports import dask_worker, inputs
from kentlib.reports.facts import Facts
from kentlib.reports.worker import Making

LOOK = 1.0
"""Seconds between two looks at who is there."""

RENEW = 10.0
"""Seconds after which the workers are told again that the run goes on."""

ADVICE = (
    "A worker needs this machine's Python, packages and copy of the project: see README, More than "
    "one machine."
)

REACH = 10
"""Seconds in which a scheduler must answer."""

SOON = 30.0
"""Seconds in which the first worker must be there."""

SHOWN = 3
"""As many of a worker's differences are named."""


def connected(address: str) -> Client:
    """A connection to a scheduler.

    Raises
    ------
    DataError
        It does not answer, or not to this.
    """
    # What matters of the connection is told in the run's own words.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        asyncio.run(_reach(address))  # a client that cannot connect would end in a traceback
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of other versions: what matters is told of workers
            return Client(address, timeout=REACH, set_as_default=False)
    except OSError:
        why = f"cannot reach the scheduler at {address}: is it running?"
    except Exception as error:
        why = f"cannot use the scheduler at {address}: {error}"
    raise DataError(why) from None


class Roll(threading.Thread):
    """Watches a cluster's workers from a thread of its own.

    Parameters
    ----------
    client
        The connection to the scheduler.
    making
        What a worker must be able to make.
    tell
        Takes what happens: ("here", address, reports at a time), ("gone", address) and
        ("unfit", address, why).

    Attributes
    ----------
    token
        The name of the run's session on each worker.
    """

    def __init__(
        self, client: Client, making: Making, tell: Callable[[tuple[Any, ...]], None]
    ) -> None:
        super().__init__(daemon=True)
        self.token = uuid4().hex
        self._client, self._making, self._tell = client, making, tell
        self._known: set[str] = set()
        self._refused: set[str] = set()
        self._renewed = time.monotonic()
        self._over = threading.Event()

    def first(self, scheduler: str) -> None:
        """Open a session on each worker there is, waiting for the first to come.

        Parameters
        ----------
        scheduler
            Its address, for messages.

        Raises
        ------
        DataError
            None came, or one would not make the same reports as this machine.
        """
        end = time.monotonic() + SOON
        while not (there := self._client.nthreads()):
            if time.monotonic() > end:
                raise DataError(
                    f"the scheduler at {scheduler} has no workers: "
                    f"start some with `dask worker {scheduler}`."
                )
            time.sleep(LOOK / 4)
        refused = [f"the worker {address} {why}." for address, why in self._admit(there).items()]
        if refused:
            raise DataError("\n".join([*refused, ADVICE]))

    def run(self) -> None:
        """Look who is there until the run is over."""
        while not self._over.wait(LOOK):
            try:
                self._look()
            except Exception:  # the scheduler does not answer now; whoever is gone is seen later
                continue

    def end(self) -> None:
        """End the run's sessions."""
        self._over.set()
        if self.is_alive():
            self.join(5)
        self.ask(dask_worker.end, self._known)

    def ask(
        self, function: Callable[..., Any], addresses: Iterable[str], *more: Any
    ) -> dict[str, Any]:
        """What workers answer a function of `dask_worker`, or the error, by their address."""
        workers = list(addresses)
        if not workers:
            return {}
        return self._client.run(function, self.token, *more, workers=workers, on_error="return")

    def _look(self) -> None:
        there = self._client.nthreads() if self._client.status == "running" else {}
        gone = self._known - there.keys()
        if time.monotonic() - self._renewed > RENEW:
            self._renewed = time.monotonic()
            # One that was started anew at the same address knows nothing of the run.
            answers = self.ask(dask_worker.renew, self._known - gone)
            gone |= {address for address, known in answers.items() if known is False}
        for address in gone:
            self._known.discard(address)
            self._tell(("gone", address))
        self._refused &= there.keys()
        new = {one: there[one] for one in there if one not in self._known | self._refused}
        for address, why in self._admit(new).items():
            self._tell(("unfit", address, why))

    def _admit(self, there: dict[str, int]) -> dict[str, str]:
        """Open a session on each worker that would make the same reports; say why not on others."""
        if not there:
            return {}
        told = self._client.run(dask_worker.about, workers=list(there), on_error="return")
        why = {one: differs(answer, self._making.facts) for one, answer in told.items()}
        fit = [address for address in why if not why[address]]
        why |= self.ask(dask_worker.begin, fit, self._making.facts, self._making.limits)
        for address, reason in why.items():
            if not reason:
                self._known.add(address)
                self._tell(("here", address, there[address]))
        # One that is lost while it is asked is no fault of it.
        refused = {one: str(why[one]) for one in why if why[one] and not _lost(why[one])}
        self._refused |= refused.keys()
        return refused


def differs(told: dict[str, Any] | Exception, facts: Facts) -> str | Exception:
    """In what a worker differs from this machine so that it would not make the same reports.

    Parameters
    ----------
    told
        What `kentlib.reports.dask_worker.about` told there, or the error that came of it.
    facts
        The run's own.

    Returns
    -------
    A clause, such as "has Python 3.12.1, and this machine 3.11.7"; nothing if it differs in
    nothing; the error if the worker was lost.
    """
    if isinstance(told, Exception):
        return told if _lost(told) else f"has another kentlib, or none ({type(told).__name__})"
    ours, theirs = facts.versions, told["versions"]
    for name, called in {"python": "Python ", "platform": ""}.items():
        if theirs[name] != ours[name]:
            return f"has {called}{theirs[name]}, and this machine {ours[name]}"
    files = inputs.digests([*facts.package, *facts.tables, *facts.lock])
    other = _other(files, told["files"])
    if other:
        kentlib = any(name.startswith("kentlib/") for name in other)
        what = "another kentlib" if kentlib else "other tables"
        return f"has {what} than this machine ({_some(other)})"
    other = _other(ours["packages"], theirs["packages"])
    if other:
        each = [
            f"{name} {theirs['packages'].get(name) or 'missing'}, "
            f"here {ours['packages'].get(name) or 'missing'}"
            for name in other
        ]
        return f"has other packages than this machine ({_some(each, '; ')})"
    if told["outdated"]:
        return "was started before its kentlib was changed: start it again"
    return ""


async def _reach(address: str) -> None:
    security = Security().get_connection_args("client")
    comm = await connect(address, timeout=REACH, **security)
    await comm.close()


def _other(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    return sorted(one for one in ours | theirs if ours.get(one) != theirs.get(one))


def _some(names: list[str], between: str = ", ") -> str:
    more = len(names) - SHOWN
    return between.join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _lost(error: Any) -> bool:
    return isinstance(error, OSError)
