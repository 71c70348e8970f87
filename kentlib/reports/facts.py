"""What holds for every report of a run: versions, and what each input file held when it began."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import kentlib
from kentlib import paths
from kentlib.reports import inputs
from kentlib.reports.inputs import Input
from kentlib.reports.plan import Job


@dataclass(frozen=True)
class Facts:
    """The facts of one run, gathered before its first report and the same for all of them.

    `stamp` names the run; `versions` tells kentlib's version and commit, Python's, the system's
    and every package's. The other fields are the input files as they were.
    """

    stamp: str
    versions: dict[str, Any]
    tables: tuple[Input, ...]
    package: tuple[Input, ...]
    lock: tuple[Input, ...]
    notebooks: Mapping[Path, Input]
    extracts: Mapping[str, tuple[Input, ...] | None]
    published: Mapping[str, tuple[Input, ...] | None]

    def notebook(self, job: Job) -> Input:
        """The notebook that a job runs."""
        return self.notebooks[job.notebook]

    def extracts_of(self, job: Job) -> tuple[Input, ...] | None:
        """The files of the extracts that a job's parameters name; None where it has none."""
        return self.extracts[_which(job.params)]

    def published_of(self, job: Job) -> tuple[Input, ...] | None:
        """The files of what was published before that a job must mind; None where it has none."""
        return self.published[_before(job.params)]

    def given_to(self, job: Job) -> list[Input]:
        """The files of every folder that a job's parameters name."""
        return [*(self.extracts_of(job) or ()), *(self.published_of(job) or ())]

    def inputs_of(self, job: Job) -> list[Input]:
        """Every file that a job's report depends on."""
        ours = [self.notebook(job), *self.tables, *self.package, *self.lock]
        return [*ours, *self.given_to(job)]

    @property
    def lock_sha256(self) -> str | None:
        """The SHA-256 of requirements.lock, if there is one."""
        return self.lock[0].sha256

    def key(self, job: Job) -> str:
        """A text that is the same for two reports only if all that made them is.

        It covers the notebook, kentlib's own files, the parameters, the content of every input
        file, the lock file, and the packages in fact installed.
        """
        own, before = self.extracts_of(job), self.published_of(job)
        made_of = {
            "notebook": self.notebook(job).sha256,
            "parameters": job.params,
            "kentlib": inputs.digests(self.package),
            "tables": inputs.digests(self.tables),
            "extracts": None if own is None else inputs.digests(own),
            "published": None if before is None else inputs.digests(before),
            "lock": self.lock_sha256,
            **{name: self.versions[name] for name in ("python", "platform", "packages")},
        }
        written = json.dumps(made_of, sort_keys=True, default=str)
        return hashlib.sha256(written.encode()).hexdigest()

    def told(self) -> dict[str, Any]:
        """The facts as a run's manifest has them."""
        return {
            **self.versions,
            "lock_sha256": self.lock_sha256,
            "kentlib_sha256": inputs.digests(self.package),
            "inputs": inputs.digests(self.tables),
            "extracts": _folders(self.extracts),
            "published": _folders(self.published),
            "notebooks": inputs.digests(self.notebooks.values()),
        }


def gather(stamp: str, jobs: Iterable[Job]) -> Facts:
    """The facts of a run of some jobs, named by a stamp."""
    jobs = list(jobs)
    named = {_which(job.params): job.params for job in jobs}
    found = {which: inputs.extracts(params) for which, params in named.items()}
    minded = {_before(job.params): job.params for job in jobs}
    before = {which: inputs.published(params) for which, params in minded.items()}
    return Facts(
        stamp=stamp,
        versions=versions(),
        tables=tuple(inputs.tables()),
        package=tuple(inputs.package()),
        lock=(inputs.look(inputs.relative(paths.LOCK), paths.LOCK),),
        notebooks={
            path: inputs.look(inputs.relative(path), path)
            for path in dict.fromkeys(job.notebook for job in jobs)
        },
        extracts={which: files and tuple(files) for which, files in found.items()},
        published={which: files and tuple(files) for which, files in before.items()},
    )


def versions() -> dict[str, Any]:
    """What kentlib, Python, the system and the installed packages are."""
    from kentlib.reports import record

    return {
        "kentlib": {"version": kentlib.__version__, **record.commit()},
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "packages": packages(),
    }


def packages() -> dict[str, str]:
    """The version of every installed package, by its name in lower case with hyphens.

    The folder of its metadata is named after both. Parsing the metadata of hundreds of packages
    would take longer than all else that a run with nothing to do does.
    """
    found = {}
    for folder in sys.path:
        for about in sorted(Path(folder).glob("*.dist-info")):
            name, _, version = about.name.removesuffix(".dist-info").partition("-")
            # The first on the path is the one that is imported.
            found.setdefault(name.replace("_", "-").lower(), version)
    return dict(sorted(found.items()))


def _folders(found: Mapping[str, tuple[Input, ...] | None]) -> list[dict[str, Any]]:
    return [
        {"folder": json.loads(which)[0], "files": inputs.digests(files)}
        for which, files in found.items()
        if files is not None
    ]


def _which(params: Mapping[str, Any]) -> str:
    return json.dumps([params.get("extracts"), params.get("authority")], default=str)


def _before(params: Mapping[str, Any]) -> str:
    return json.dumps([params.get("published"), params.get("audience")], default=str)
