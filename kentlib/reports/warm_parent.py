"""The warm parent: a process that has imported what a report needs, and forks kernels and workers.

    python -P -m kentlib.reports.warm_parent FOLDER DESCRIPTOR

`kentlib.reports.warm` starts it and speaks with it: lines of JSON over a socket in FOLDER, one
connection for each process asked for. DESCRIPTOR is the socket of whoever started it; when that
closes, for whatever reason, everything here is killed and FOLDER removed.

A fork copies one thread. A second one, of a library or of a zmq context, could hold a lock that
the copy would wait for without end, so none may exist here: what starts threads (arrow's memory
pool, OpenBLAS, polars) is switched off or kept out, and a fork is refused while there is one.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kentlib.reports import forked, preload, processes

MARK = "KENTLIB_KERNEL"
"""The variable by which a process that a cell started, and left, is known as that kernel's: the
kernel's private folder. What was forked and has started no program since has the parent's own."""

UNSTARTED = 70
"""The exit status of a fork that failed before it could say how (EX_SOFTWARE)."""


@dataclass
class Child:
    """A forked process, the connection it answers to, and the mark of what it starts."""

    pid: int
    connection: Connection
    mark: str


@dataclass(eq=False)
class Connection:
    """One asker: its socket, what it has said so far, the process it has, files it sent."""

    socket: socket.socket
    heard: bytes = b""
    sent_files: list[int] = field(default_factory=list)
    child: Child | None = None

    def tell(self, **message: Any) -> None:
        """Say something, if anybody still listens."""
        with contextlib.suppress(OSError):
            self.socket.sendall(json.dumps(message).encode() + b"\n")


class WarmParent:
    """Forks what is asked for and answers for it until it ends."""

    def __init__(self, folder: str, owner: socket.socket) -> None:
        self.folder, self.owner, self.pid = folder, owner, os.getpid()
        self.selector = selectors.DefaultSelector()
        self.children: dict[int, Child] = {}
        self.connections: set[Connection] = set()
        self.pipes: set[int] = set()
        self.tables: dict[str, tuple[int, int]] = {}
        self.read: dict[str, object | None] = {}
        self.reading: dict[str, list[Callable[[], None]]] = {}
        self.ending = False
        self.woken, waker = socket.socketpair()
        for end in (self.woken, waker):
            end.setblocking(False)
        self.waker = waker
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: None)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(os.path.join(folder, "parent"))
        self.listener.listen(64)
        self._watch(self.woken, self._signals)
        self._watch(owner, self._owner_gone)

    def open(self) -> None:
        """Take requests from now on."""
        self._watch(self.listener, self._accept)
        self.owner.sendall(b"ready\n")

    def serve(self) -> None:
        """Serve until the owner is gone or the process is asked to end."""
        while not self.ending:
            for key, _ in self.selector.select():
                key.data()

    def end(self) -> None:
        """Kill everything that was forked, and what that started, and remove the folder."""
        for pid in self.children:
            _send(pid, signal.SIGKILL)
        processes.end_children()
        for pid in self.children:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
        shutil.rmtree(self.folder, ignore_errors=True)

    def prepare(self, asked: dict[str, str]) -> str:
        """Start reading extracts in a fork of its own, which may have threads; return their key."""
        key = json.dumps(asked, sort_keys=True)
        if key not in self.read and key not in self.reading:
            self.reading[key] = []
            self._fork_reader(key, asked)
        return key

    def _watch(self, what: Any, call: Callable[[], None]) -> None:
        self.selector.register(what, selectors.EVENT_READ, call)

    def _signals(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self.ending |= signal.SIGTERM in self.woken.recv(256)
        self._reap()

    def _owner_gone(self) -> None:
        try:
            self.ending |= not self.owner.recv(1)
        except OSError:
            self.ending = True

    def _accept(self) -> None:
        try:
            taken, _ = self.listener.accept()
        except OSError:  # no descriptor is left until something here ends
            time.sleep(0.05)
            return
        taken.settimeout(10)
        connection = Connection(taken)
        self.connections.add(connection)
        self._watch(taken, lambda: self._hear(connection))

    def _hear(self, connection: Connection) -> None:
        try:
            data, files, _, _ = socket.recv_fds(connection.socket, 65536, 4)
        except OSError:
            data, files = b"", []
        connection.sent_files += files
        if not data:
            self._drop(connection)
            return
        *lines, connection.heard = (connection.heard + data).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if "signal" in message:
                self._signal(connection, message["signal"])
            else:
                self._asked(connection, message)

    def _drop(self, connection: Connection) -> None:
        """Forget an asker that is gone, and end what it had."""
        if connection in self.connections:
            self.connections.discard(connection)
            self.selector.unregister(connection.socket)
            connection.socket.close()
            for descriptor in connection.sent_files:
                os.close(descriptor)
        if connection.child:
            _send(connection.child.pid, signal.SIGKILL)

    def _signal(self, connection: Connection, number: int) -> None:
        if connection.child:
            _send(connection.child.pid, number)

    def _asked(self, connection: Connection, request: dict[str, Any]) -> None:
        if not request.get("prepare"):
            self._fork(connection, request)
            return
        key = self.prepare(request["prepare"])
        if key in self.read:
            self._fork(connection, request)
        else:
            self.reading[key].append(lambda: self._fork(connection, request))

    def _fork(self, connection: Connection, request: dict[str, Any]) -> None:
        if connection not in self.connections:
            return
        if processes.threads() != 1:
            connection.tell(refused=f"the warm parent has {processes.threads()} threads")
            return
        try:
            read, write, pid = _fork()
        except OSError as error:
            connection.tell(refused=f"the warm parent cannot fork: {error.strerror}")
            return
        if pid == 0:
            status = UNSTARTED
            try:
                os.close(read)
                status = self._become(request, connection.sent_files, write)
            finally:
                os._exit(status)
        os.close(write)
        for descriptor in connection.sent_files:
            os.close(descriptor)
        connection.sent_files = []
        mark = request["environment"].get(MARK, "")
        connection.child = self.children[pid] = Child(pid, connection, mark)
        connection.tell(pid=pid)
        self._watch_pipe(read, lambda: self._ready(read, connection))

    def _ready(self, pipe: int, connection: Connection) -> None:
        if os.read(pipe, 1):
            connection.tell(ready=True)
        self._close_pipe(pipe)

    def _fork_reader(self, key: str, asked: dict[str, str]) -> None:
        try:
            read, write, pid = _fork()
        except OSError:
            del self.reading[key]
            self.read[key] = None
            return
        if pid == 0:
            status = UNSTARTED
            try:
                os.close(read)
                self._leave()
                status = forked.read_extracts(asked, write, self.folder)
            finally:
                os._exit(status)
        os.close(write)
        parts: list[bytes] = []

        def hear() -> None:
            part = os.read(read, 1 << 20)
            parts.append(part)
            if not part:
                self._close_pipe(read)
                self.read[key] = forked.understood(b"".join(parts))
                gc.freeze()
                for waiting in self.reading.pop(key):
                    waiting()

        self._watch_pipe(read, hear)

    def _watch_pipe(self, pipe: int, call: Callable[[], None]) -> None:
        self.pipes.add(pipe)
        self._watch(pipe, call)

    def _close_pipe(self, pipe: int) -> None:
        self.selector.unregister(pipe)
        self.pipes.discard(pipe)
        os.close(pipe)

    def _reap(self) -> None:
        while True:
            try:
                pid, status, used = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            child = self.children.pop(pid, None)
            if child:
                processes.end_group(pid)
            self._end_strangers()
            if child:
                child.connection.child = None
                code = os.waitstatus_to_exitcode(status)
                child.connection.tell(ended=code, megabytes=_megabytes(used.ru_maxrss))
                self._drop(child.connection)

    def _end_strangers(self) -> None:
        """Kill what kernels that are gone had started; one such may have left others behind it."""
        marks = {child.mark for child in self.children.values()}
        for stranger in set(processes.children()) - set(self.children):
            mark = processes.variable(stranger, MARK)
            if mark.startswith(self.folder + os.sep) and mark not in marks:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(stranger, signal.SIGKILL)

    def _become(self, request: dict[str, Any], files: list[int], ready: int) -> int:
        """Turn a fork into the process that was asked for; return its exit status."""
        self._leave(keep=files)
        os.setsid()
        forked.limit("RLIMIT_CORE", 0)  # a dump would hold what was read
        forked.start_afresh(request["environment"], request["folder"])
        if self.tables != preload.stamps():
            preload.forget_tables()
        prepared = request.get("prepare")
        if prepared:
            forked.remember(self.read[json.dumps(prepared, sort_keys=True)])
        if request["role"] == "kernel":
            return forked.kernel(request["arguments"], request.get("megabytes"), ready)
        return forked.worker(files[0], ready)

    def _leave(self, keep: list[int] | tuple[int, ...] = ()) -> None:
        """In a fork: let go of everything that is the parent's, but end when it does."""
        gc.enable()
        signal.set_wakeup_fd(-1)
        processes.die_with(self.pid)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number in (signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        self.selector.close()
        for connection in self.connections:
            connection.socket.close()
            for descriptor in set(connection.sent_files) - set(keep):
                os.close(descriptor)
        for end in (self.listener, self.owner, self.woken, self.waker):
            end.close()
        for pipe in self.pipes:
            os.close(pipe)


def _fork() -> tuple[int, int, int]:
    """Fork, with a pipe from the new process to this one: its two ends, and 0 or the number."""
    read, write = os.pipe()
    try:
        return read, write, os.fork()
    except OSError:
        os.close(read)
        os.close(write)
        raise


def _send(pid: int, number: int) -> None:
    """Send a signal to a forked process and its group."""
    for send in (os.killpg, os.kill):  # it may not lead a group yet
        with contextlib.suppress(ProcessLookupError):
            return send(pid, number)


def _megabytes(peak: int) -> int:
    """A peak of memory as the system counts it (kilobytes; bytes on macOS) in megabytes."""
    return peak >> (20 if sys.platform == "darwin" else 10)


def main(folder: str, descriptor: str) -> None:
    """Serve until the socket with this descriptor closes."""
    gc.disable()  # imports leave nothing to collect, and looking costs a sixth of their time
    processes.adopt_orphans()
    parent = WarmParent(folder, socket.socket(fileno=int(descriptor)))
    try:
        preload.modules(preload.READING)
        asked = json.loads(parent.owner.makefile().readline() or "{}")
        if asked.get("prepare"):
            parent.prepare(asked["prepare"])
        preload.modules(preload.IMPORTS)
        parent.tables = preload.stamps()
        preload.tables()
        preload.fonts()
        preload.templates()
        gc.freeze()
        gc.set_threshold(*preload.GARBAGE)
        gc.enable()
        parent.open()
        parent.serve()
    finally:
        parent.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
