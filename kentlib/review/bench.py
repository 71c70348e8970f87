"""Executing a report again, as it is asked for today or with some things as they once were."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kentlib import paths, records
from kentlib.reports import files, kernel, notebook, plan, record, warm, worker
from kentlib.reports.facts import Facts
from kentlib.reports.kernel import Failure, Limits
from kentlib.reports.notebook import INJECTED, bare, tags
from kentlib.reports.plan import Job
from kentlib.reports.worker import Making
from kentlib.review import tree
from kentlib.review.changes import EXTRACT, KENTLIB, NOTEBOOK, PARAMETER, SURROUNDING, TABLE, Change
from kentlib.review.past import Past

LIMITS = Limits(plan.SECONDS, plan.MEGABYTES)
TIME_ZONE, CORES, SEED = "time zone", "cores", "PYTHONHASHSEED"

BEGIN = """def _from(place):
    import sys
    for name in [one for one in sys.modules if one.partition(".")[0] == "kentlib"]:
        del sys.modules[name]
    # The finder of a package installed from its checkout knows today's files alone.
    sys.meta_path[:] = [one for one in sys.meta_path if "__editable__" not in str(one)]
    sys.path.insert(0, place)
_from({place!r})
del _from
"""
"""What a kernel does first whose kentlib is to be another than this process's."""


@dataclass(frozen=True)
class Ran:
    """One execution: the notebook, or why there is none; the SHA-256 it has as a file."""

    notebook: dict[str, Any] | None
    sha256: str = ""
    error: str = ""


@dataclass(frozen=True)
class Case:
    """A report as it was made, and as it would be made today.

    `then` and `now` are records; `source_then` and `source_now` the notebooks, whose outputs do
    not count (the old one None where it is not known). `job` is what to make today, its parameters
    today's.
    """

    job: Job
    then: Mapping[str, Any]
    now: Mapping[str, Any]
    source_then: dict[str, Any] | None
    source_now: dict[str, Any]


@dataclass
class Bench:
    """Kernels of one warm parent, for reports one after the other. Use it with `with`."""

    past: Past = field(default_factory=Past)
    limits: Limits = LIMITS

    def __enter__(self) -> Bench:
        self._ended = ExitStack()
        self._ended.enter_context(kernel.surroundings())
        self._temporary = Path(tempfile.mkdtemp(prefix="kentlib-review-"))
        self._ended.callback(shutil.rmtree, self._temporary, ignore_errors=True)
        self._trees: dict[Any, Path] = {}
        return self

    def __exit__(self, *_: Any) -> None:
        self._ended.close()

    def make(self, job: Job, facts: Facts, folder: Path) -> dict[str, Any]:
        """Make a report whole in a folder, as a run does; return its record."""
        making = Making(facts, folder, folder / "no run before", self.limits)
        told = worker.make(job, making)
        return worker.make(job, making, 2) if "again" in told else told

    def can_put_back(self, case: Case, change: Change) -> bool:
        """Whether what changed can be as it was for an execution."""
        if change.kind == NOTEBOOK:
            return case.source_then is not None
        if change.kind == PARAMETER:
            return True
        if change.kind == SURROUNDING:
            return change.name != CORES
        if change.kind == EXTRACT and not _folder(case):
            return False
        if change.kind in (TABLE, EXTRACT, KENTLIB):
            return change.then is None or self._content(case, change) is not None
        return False

    def run(self, case: Case, restored: Iterable[Change] = (), *, cold: bool = False) -> Ran:
        """Execute a report with some changes undone.

        With `cold` the kernel starts anew, with another seed for the order of sets than any fork
        of the warm parent has.
        """
        by_kind: dict[str, list[Change]] = {}
        for change in restored:
            by_kind.setdefault(change.kind, []).append(change)
        source = case.source_then if NOTEBOOK in by_kind else case.source_now
        params = dict(case.job.params)
        for change in by_kind.get(PARAMETER, ()):
            params.pop(change.name, None)
            if change.then is not None:
                params[change.name] = case.then["parameters"][change.name]
        kept = dict(os.environ)
        try:
            with ExitStack() as ended:
                folder = case.job.notebook.parent
                _surround(by_kind.get(SURROUNDING, ()))
                seeded = any(one.name == SEED for one in by_kind.get(SURROUNDING, ()))
                if cold or seeded:
                    os.environ[warm.ADDRESS] = warm.NONE
                if cold and not seeded:
                    os.environ.pop(SEED, None)
                place = self._place(case, by_kind)
                if place:
                    ended.callback(_begin_in(place).unlink)
                    folder = place / "notebooks" if (place / "notebooks").is_dir() else folder
                prepare = None if place or cold else worker.prepare(case.job)
                done = kernel.execute(clean(source), params, folder, self.limits, prepare)
        except Failure as failure:
            return Ran(None, error=str(failure))
        finally:
            os.environ.clear()
            os.environ.update(kept)
        content = files.notebook_bytes(done.notebook)
        return Ran(notebook.parse(content, case.job.name), record.sha256(content))

    def _content(self, case: Case, change: Change) -> bytes | None:
        if change.kind == EXTRACT:
            found = (case.now.get("extracts") or {}).get("files", {})
            called = next((name for name, sha in found.items() if sha == change.then), None)
            if called:  # it has another name now
                return (records.folder(case.job.params["extracts"]) / called).read_bytes()
        name = _path(case, change)
        return self.past.content(name, change.then, case.then.get("kentlib", {}).get("commit"))

    def _place(self, case: Case, by_kind: Mapping[str, Sequence[Change]]) -> Path | None:
        """The copy of the collection that holds the old files, if there are any."""
        old = [change for kind in (TABLE, EXTRACT, KENTLIB) for change in by_kind.get(kind, ())]
        if not old:
            return None
        which = frozenset((_path(case, change), change.then) for change in old)
        if which not in self._trees:
            place = self._temporary / f"tree-{len(self._trees)}"
            ours = {
                _path(case, one): self._content(case, one) for one in old if one.kind != EXTRACT
            }
            tree.build(place, paths.ROOT, ours)
            self._trees[which] = place
            if own := by_kind.get(EXTRACT):
                self._extracts(case, own, place)
        place = self._trees[which]
        sent = place.with_suffix(".sent")
        if sent.exists():
            os.environ[records.SENT] = str(sent)
        return place

    def _extracts(self, case: Case, changed: Sequence[Change], place: Path) -> None:
        """Put old extracts where the kernel finds them under the name of today's folder."""
        named = case.job.params["extracts"]
        here = place.with_suffix(".extracts")
        tree.copy(records.folder(named), here)
        for one in changed:
            tree.replace(here / one.name, self._content(case, one))
        if Path(named).is_absolute() or ".." in Path(named).parts:
            found = {os.path.normpath(place / named): str(here)}
            place.with_suffix(".sent").write_text(json.dumps(found))
            return
        there = place / named
        tree.own(place, there.parent)
        there.unlink(missing_ok=True)
        here.rename(there)


def clean(source: dict[str, Any]) -> dict[str, Any]:
    """A notebook without the cell that a run put in and without outputs."""
    cells = [cell for cell in bare(source)["cells"] if INJECTED not in tags(cell)]
    return source | {"cells": cells, "metadata": {}}


def _folder(case: Case) -> bool:
    """Whether the report reads a folder of extracts that is here."""
    named = case.job.params.get("extracts")
    return isinstance(named, str) and named != records.NONE and records.folder(named).is_dir()


def _path(case: Case, change: Change) -> str:
    """Where a file is, from the collection's folder; of extracts elsewhere the whole path."""
    if change.kind != EXTRACT:
        return change.name
    return (Path(case.job.params["extracts"]) / change.name).as_posix()


def _surround(changed: Iterable[Change]) -> None:
    """Set this process's environment as it was."""
    for change in changed:
        name = "TZ" if change.name == TIME_ZONE else change.name
        os.environ.pop(name, None)
        if change.then is not None:
            os.environ[name] = change.then


def _begin_in(place: Path) -> Path:
    """Have the next kernels take kentlib from another place; return the file that does so."""
    folder = Path(os.environ["IPYTHONDIR"], "profile_default", "startup")
    folder.mkdir(exist_ok=True)
    file = folder / "00-kentlib.py"
    file.write_text(BEGIN.format(place=str(place)), encoding="utf-8")
    return file
