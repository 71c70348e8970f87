"""The inputs of a run on another machine: those found there, and those sent to it.

A notebook, a folder of extracts or one of what was published before that holds the same as the
run's is read where it is. What is
missing or differs is sent once, known by its SHA-256, into a private folder that is removed when
the process that has it ends, in whatever way.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from kentlib import paths, records
from kentlib.reports import files, inputs, warm
from kentlib.reports.facts import Facts
from kentlib.reports.inputs import Input
from kentlib.reports.plan import Job

REMOVE = """\
import os, shutil, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
sys.stdin.read()
while os.path.exists(sys.argv[1]):
    shutil.rmtree(sys.argv[1], ignore_errors=True)
    time.sleep(0.05)
"""
"""Removes a folder once the process that holds the other end of its input is gone."""


BYTES = 8 << 20
"""Bytes that are sent at a time."""


@dataclass(frozen=True)
class Part:
    """Bytes of a file, which are never shown: the first of them is at `start`, and `last` says
    that they are the last. The SHA-256 is the whole file's."""

    sha256: str
    start: int
    content: bytes = field(repr=False)
    last: bool


def parts(one: Input) -> Iterator[Part]:
    """A file in parts, as they are sent.

    Raises
    ------
    OSError, ValueError
        It cannot be read, or is not what it was when the run began. The last part is not given.
    """
    known, start = hashlib.sha256(), 0
    with one.path.open("rb") as file:
        content = file.read(BYTES)
        while following := file.read(BYTES):
            known.update(content)
            yield Part(one.sha256, start, content, last=False)
            start, content = start + len(content), following
    known.update(content)
    if known.hexdigest() != one.sha256:
        raise ValueError("the file has changed")
    yield Part(one.sha256, start, content, last=True)


class Here(NamedTuple):
    """A job's notebook and the files of its extracts and of what was published before, as they are
    on this machine; None where it has none."""

    notebook: Input
    extracts: tuple[Input, ...] | None
    published: tuple[Input, ...] | None


class Lacking(Exception):
    """Some files are to be sent first: `digests` has their SHA-256."""

    def __init__(self, digests: set[str]) -> None:
        super().__init__(f"{len(digests)} files are lacking")
        self.digests = digests


class Sent:
    """What this machine has of a run's inputs. Several threads may ask at once.

    Parameters
    ----------
    facts
        The run's own, whose paths are those of its machine.

    Attributes
    ----------
    folder
        A private folder, for whatever is made here too.
    environment
        The variables by which notebooks find what was sent.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.folder = Path(warm.private_folder())
        self._remover = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", REMOVE, str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._store = self.folder / "store"
        self._store.mkdir()
        self._places: dict[str, str] = {}
        self._list = self.folder / "sent.json"
        self._list.write_text("{}")
        self._notebooks: dict[Path, Input] = {}
        self._read_from: dict[tuple[str, ...], tuple[Input, ...]] = {}
        self._lock = threading.Lock()
        self.environment = {records.SENT: str(self._list)}

    def close(self) -> None:
        """Remove the folder and all that is in it."""
        self._remover.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._remover.wait(10)

    def take(self, part: Part) -> None:
        """Take a part of a file.

        Raises
        ------
        OSError
            It cannot be written.
        ValueError
            The whole is not what was to be sent.
        """
        path = self._store / part.sha256
        partial = path.with_suffix(".part")
        try:
            with partial.open("ab" if part.start else "wb") as file:
                file.write(part.content)
            if part.last:
                if inputs.look("", partial).sha256 != part.sha256:
                    raise ValueError("a file did not arrive as it was sent")
                partial.rename(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise

    def inputs(self, job: Job, called: Mapping[str, str]) -> Here:
        """What a job is made from, as it is here.

        Parameters
        ----------
        called
            What the folders are called that its parameters `extracts` and `published` name, which
            what is read from them may tell.

        Raises
        ------
        Lacking
            Some are to be sent first.
        """
        with self._lock:
            facts, params = self._facts, job.params
            whose = str(params.get("authority"))
            return Here(
                self._notebook(job),
                self._folder(
                    ("extracts", str(params.get("extracts")), whose),
                    facts.extracts_of(job),
                    called,
                    lambda: inputs.extracts(params),
                ),
                self._folder(
                    ("published", str(params.get("published"))),
                    facts.published_of(job),
                    called,
                    lambda: inputs.published(params),
                ),
            )

    def new_folder(self) -> Path:
        """A new folder inside the private one."""
        return Path(tempfile.mkdtemp(dir=self.folder))

    def _notebook(self, job: Job) -> Input:
        if job.notebook not in self._notebooks:
            wanted = self._facts.notebook(job)
            for path in (paths.ROOT / wanted.name, job.notebook):
                found = inputs.look(wanted.name, path)
                if found.sha256 == wanted.sha256:
                    break
            else:
                self._need([wanted])
                path = self.new_folder() / job.notebook.name
                found = self._put(wanted, path)
            self._notebooks[job.notebook] = found
        return self._notebooks[job.notebook]

    def _folder(
        self,
        which: tuple[str, ...],
        wanted: tuple[Input, ...] | None,
        called: Mapping[str, str],
        look: Callable[[], list[Input] | None],
    ) -> tuple[Input, ...] | None:
        """The files of the folder that a parameter names; `which` begins with both."""
        if wanted is None:
            return None
        if which not in self._read_from:
            found = look()
            if found is None or inputs.digests(found) != inputs.digests(wanted):
                self._need(wanted)
                parameter, given, *_ = which
                folder = self.new_folder() / called[parameter]
                folder.mkdir(exist_ok=True)
                found = [self._put(one, folder / one.name) for one in wanted]
                self._places[os.path.normpath(paths.ROOT / given)] = str(folder)
                files.write(self._list, json.dumps(self._places).encode())
            self._read_from[which] = tuple(found)
        return self._read_from[which]

    def _need(self, wanted: list[Input] | tuple[Input, ...]) -> None:
        lacking = {one.sha256 for one in wanted if not (self._store / str(one.sha256)).exists()}
        if lacking:
            raise Lacking(lacking)

    def _put(self, wanted: Input, path: Path) -> Input:
        """Put a file that was sent where it is to be read."""
        path.parent.mkdir(parents=True, exist_ok=True)
        stored = self._store / wanted.sha256
        try:
            os.link(stored, path)
        except OSError:
            shutil.copyfile(stored, path)
        return inputs.look(wanted.name, path)
