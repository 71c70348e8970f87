"""A papermill engine whose kernels are forked from a warm parent: `--engine kentlib-warm`.

A kernel so started is an ipykernel like any other, with a namespace of its own; it has only
imported already what notebooks of this collection import. Where there is no warm parent, or the
notebook asks for another kernel than this environment's, papermill's own engine runs, and says
why once.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from functools import cache
from typing import Any
from uuid import uuid4

from jupyter_client import AsyncKernelManager
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import NATIVE_KERNEL_NAME
from jupyter_client.provisioning import LocalProvisioner
from jupyter_core.utils import run_sync
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine
from papermill.log import logger

from kentlib import once
from kentlib.reports import notebook, processes, warm
from kentlib.reports.warm_parent import MARK

LAUNCHER = "ipykernel_launcher"

SETTLE = 2.0
"""Seconds that an interrupted cell has to end by itself."""

START = 120.0
"""Seconds that a kernel may take to start; reading extracts for it is part of that."""


UNHEARD = logging.getLogger(f"{__name__}.unheard")
"""Where jupyter_client logs, with a traceback, what is raised to this module, which tells it."""
UNHEARD.disabled = True


class WarmEngine(NBClientEngine):
    """Papermill's engine with kernels from a warm parent.

    Beside the settings of papermill's own it takes `seconds` (of the whole notebook), `megabytes`
    (what a forked kernel may allocate), `prepare` (extracts that it is to have read already: the
    arguments of `kentlib.records.prepare`) and `share` (whether kernels that run the same cells
    work out once what they work out alike: see `kentlib.once`).
    """

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **settings):
        """Execute the notebook that papermill manages."""
        settings.setdefault("start_timeout", START)
        limits = {name: settings.pop(name, None) for name in ("seconds", "megabytes", "prepare")}
        cells = _cells(nb_man.nb) if settings.pop("share", False) else None
        why = _unsuited(kernel_name)
        if not why and os.environ.get(warm.ADDRESS) != warm.NONE:
            manager = None
            try:
                manager = WarmKernelManager(_address(), cells, **limits)
                return cls._execute(nb_man, kernel_name, manager, limits["seconds"], settings)
            except warm.Unavailable as unavailable:
                why = str(unavailable)
            finally:
                if manager:  # nbclient does so only for a kernel that started
                    run_sync(manager.cleanup_resources)()
        if why:
            _say_once(why)
        return cls._execute(nb_man, kernel_name, None, limits["seconds"], settings)

    @staticmethod
    def _execute(nb_man, kernel_name, manager, seconds, settings):
        """As papermill's own does it, with a time limit for the whole."""
        for unused in ("input_path", "timeout", "startup_timeout"):
            settings = {name: settings[name] for name in settings if name != unused}
        a_cell = settings.pop("execution_timeout", None)
        client = LimitedClient(
            nb_man,
            km=manager,
            kernel_name=kernel_name,
            startup_timeout=settings.pop("start_timeout"),
            log=logger,
            **settings,
        )
        client.limit(seconds, a_cell)
        # A manager that is handed in is not ended by the client: it might be meant to go on.
        client.owns_km = True
        done = client.execute()
        if manager:
            done.metadata.papermill["megabytes"] = manager.provisioner.megabytes
        return done


class LimitedClient(PapermillNotebookClient):
    """Papermill's client with a time limit, that knows in which cell it was when a kernel died."""

    def limit(self, seconds: float | None, a_cell: float | None) -> None:
        """Give the whole notebook and each cell so many seconds, from now."""
        end = time.monotonic() + seconds if seconds else None

        def left(_: Any) -> float | None:
            now = end and max(0.01, end - time.monotonic())
            return min(filter(None, (now, a_cell)), default=None)

        self.timeout_func = left

    def execute_cell(self, cell, cell_index, *more, **named):
        """Execute one cell; on a time-out interrupt it, so that it can end what it began."""
        try:
            return super().execute_cell(cell, cell_index, *more, **named)
        except CellTimeoutError:
            self._settle()
            raise CellTimedOut(cell.source) from None
        except DeadKernelError:
            raise KernelDied(cell.source, getattr(self.km, "provisioner", None)) from None

    def _settle(self) -> None:
        run_sync(self._interrupted)()

    async def _interrupted(self) -> None:
        await self.km.interrupt_kernel()
        end = time.monotonic() + SETTLE
        while (left := end - time.monotonic()) > 0 and await self.km.is_alive():
            try:
                message = await self.kc.iopub_channel.get_msg(timeout=left)
            except Exception:
                return
            if message["content"].get("execution_state") == "idle":
                return


class CellTimedOut(Exception):
    """A cell that still ran when the time was over; `source` is its code."""

    def __init__(self, source: str) -> None:
        super().__init__("it was still running at the time limit")
        self.source = source


class KernelDied(Exception):
    """A kernel that ended under a cell: `source` its code, `status` and `megabytes` if known."""

    def __init__(self, source: str, provisioner: Any) -> None:
        super().__init__("the kernel died")
        self.source = source
        told = getattr(provisioner, "process", None) or provisioner
        self.status = getattr(told, "status", None) or getattr(told, "returncode", None)
        self.megabytes = getattr(told, "megabytes", None)


class WarmKernelManager(AsyncKernelManager):
    """Starts its kernel through a warm parent, with sockets in a private folder of its own."""

    def __init__(
        self, address: str, cells: list[str] | None, *, seconds=None, megabytes=None, prepare=None
    ) -> None:
        self.cells = cells
        try:
            self.private = tempfile.mkdtemp(prefix="k", dir=os.path.dirname(address))
        except OSError as error:
            raise warm.Unavailable(f"the warm parent is gone: {error.strerror}") from None
        super().__init__(
            kernel_name=NATIVE_KERNEL_NAME,
            transport="ipc",
            ip=os.path.join(self.private, "s"),
            connection_file=os.path.join(self.private, "connection.json"),
            client_factory=ReadyClient,
            log=UNHEARD,
        )
        self.provisioner = WarmProvisioner(
            kernel_id=str(uuid4()), kernel_spec=self.kernel_spec, parent=self
        )
        self.provisioner.asked = (address, megabytes, prepare, seconds)

    async def cleanup_resources(self, restart: bool = False) -> None:
        """Remove the sockets and the connection file, and the folder they were in."""
        await self._async_cleanup_resources(restart=restart)
        if not restart:
            shutil.rmtree(self.private, ignore_errors=True)


class WarmProvisioner(LocalProvisioner):
    """A kernel that a warm parent forked; jupyter_client asks here how it is."""

    asked: tuple[str, int | None, dict[str, str] | None, float | None]
    status: int | None = None
    megabytes: int | None = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        """Have the kernel forked, and wait until its sockets are bound."""
        address, megabytes, prepare, seconds = self.asked
        folder = str(kwargs.get("cwd") or os.getcwd())
        environment = {**kwargs.get("env", os.environ), MARK: self.parent.private}
        environment.pop(once.FOLDER, None)
        if self.parent.cells is not None:
            inside = os.path.dirname(address)
            environment[once.FOLDER] = once.folder(inside, folder, *self.parent.cells)
        request = {
            "role": "kernel",
            "arguments": cmd[cmd.index(LAUNCHER) + 1 :],
            "environment": environment,
            "folder": folder,
            "megabytes": megabytes,
            "prepare": prepare,
        }
        self.process = warm.Process(address, request)
        if not self.process.wait_ready(seconds or START):
            late = self.process.status is None
            self.process.kill()
            status = self._ended()
            if late and seconds:
                raise CellTimedOut("")
            if megabytes and processes.LINUX and not late:
                raise KernelDied("", self)
            raise warm.Unavailable(f"the warm parent's kernel did not start ({status})")
        self.pid = self.pgid = self.process.pid
        return self.connection_info

    async def poll(self) -> int | None:
        """None while the kernel runs, as `subprocess` has it."""
        return self.process.poll() if self.process else 0

    async def wait(self) -> int | None:
        """Wait for the kernel's end, without asking again and again."""
        if self.process is None:
            return 0
        while self.process.poll() is None:
            await asyncio.to_thread(self.process.wait, 1)
        return self._ended()

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel and what it started."""
        if self.process:
            self.process.send(signum)

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and what it started, and wait for that: it takes milliseconds."""
        if self.process:
            self.process.kill()

    async def terminate(self, restart: bool = False) -> None:
        """Ask the kernel to end."""
        await self.send_signal(signal.SIGTERM)

    async def cleanup(self, restart: bool = False) -> None:
        """Let go of the kernel."""
        if self.process:
            self.process.poll()
            self._ended()
        await super().cleanup(restart=restart)

    def _ended(self) -> int | None:
        self.status, self.megabytes = self.process.status, self.process.megabytes
        self.process.close()
        self.process = None
        return self.status


class ReadyClient(AsyncKernelClient):
    """Waits for what tells that a kernel hears and is heard, and for nothing else.

    The kernel's sockets are bound before it is announced. Its first message on the channel of
    outputs says that this client is subscribed (Jupyter Enhancement Proposal 65); a request on
    the others is kept until it is read.
    """

    def start_channels(self, **channels: bool) -> None:
        """Start all channels but the heartbeat, in whose place the warm parent watches."""
        super().start_channels(**{**channels, "hb": False})

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait for the kernel's welcome."""
        end = time.monotonic() + (timeout or START)
        while True:
            try:
                message = await self.iopub_channel.get_msg(timeout=1)
            except Exception:
                message = {}
            if message.get("msg_type") == "iopub_welcome":
                return
            if not await self.parent.is_alive():
                raise RuntimeError("Kernel died before it was ready")
            if time.monotonic() > end:
                raise RuntimeError(f"Kernel was not ready in {timeout} seconds")


def _cells(nb: Any) -> list[str]:
    """The code of a notebook's cells, but for the parameters that were put into it."""
    code = (cell for cell in nb.cells if cell.cell_type == "code")
    return [cell.source for cell in code if notebook.INJECTED not in notebook.tags(cell)]


def _unsuited(kernel_name: str) -> str:
    """Why a kernel of this name cannot be forked here; nothing if it can."""
    if kernel_name not in (NATIVE_KERNEL_NAME, "python"):
        return f"the notebook asks for the kernel {kernel_name}"
    from jupyter_client.kernelspec import KernelSpecManager

    command = KernelSpecManager().get_kernel_spec(NATIVE_KERNEL_NAME).argv
    ours = command[0] in ("python", "python3", sys.executable) and LAUNCHER in command
    return "" if ours else f"the kernel {kernel_name} is not this environment's"


def _address() -> str:
    """The socket of the warm parent to ask: the run's, or one of this process's own."""
    return os.environ.get(warm.ADDRESS) or _own().address


@cache
def _own() -> warm.Parent:
    parent = warm.Parent()
    atexit.register(parent.close)
    parent.wait()
    return parent


@cache
def _say_once(why: str) -> None:
    logger.warning(f"kentlib-warm: kernels start cold, since {why}.")
