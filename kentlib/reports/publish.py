"""What may be given away of a run, in a folder of its own, and what later reports must know of it.

The pages of the public reports, the protected tables as CSV with words to read them by, and
`release.json`, which a later report reads (`kentlib.releases`). Nothing of an internal report.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kentlib import paths, releases
from kentlib.errors import DataError
from kentlib.parameters import PUBLIC
from kentlib.reports import files, notebook, page, record
from kentlib.reports.places import unfit
from kentlib.reports.plan import PlanError
from kentlib.reports.wanted import slug
from kentlib.words import plural

READ_ME = "read-me.txt"

Kind = tuple[str, str]
"""A notebook's name, and the authority that its reports are of."""


@dataclass(frozen=True)
class Public:
    """A public report of a run: its record, its page, and what its notebook tells of its tables;
    None where it has no count of a child."""

    told: Mapping[str, Any]
    html: str
    release: Mapping[str, Any] | None

    @property
    def name(self) -> str:
        return self.told["report"]

    @property
    def kind(self) -> Kind:
        about = Path(self.told["notebook"]).stem
        return about, str(self.told["parameters"].get("authority", ""))


def publish(run: Path, to: Path, say: Callable[[str], None] = print) -> int:
    """Put what may be given away of a run into a folder.

    Parameters
    ----------
    run
        The folder of a complete run.
    to
        The folder to make; one that is there must be empty. It is there whole or not at all.
    say
        Takes lines that say what was written, and how later reports are to mind it.

    Returns
    -------
    0.

    Raises
    ------
    DataError
        Something cannot be published, a line for each reason: the run has no public report, or
        one that failed or is out of date; a file is not as the run wrote it; reports of one kind
        have different tables; or what was published beside it before was not minded.
    OSError
        The folder cannot be written to.
    """
    run, to = run.resolve(), Path(os.path.abspath(to))
    _check_place(run, to)
    try:
        reports = _public(run)
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError):
        raise DataError(
            f"{run.name}: its manifest or a record is not as kentlib wrote it."
        ) from None
    kinds = _kinds(reports)
    _check_minded(to, reports, kinds)
    beside = to.with_name(f".{to.name}.partial")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        # Where no link can be, `latest` is a copy: the run is called as its manifest says.
        stamp = str(files.json_object(run / "manifest.json").get("run", run.name))
        tables = _write(beside, stamp, reports, list(kinds.values()))
        if to.exists():
            to.rmdir()
        beside.rename(to)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    say(f"{plural(len(reports), 'page')} and {plural(tables, 'table')} are in {_shown(to)}.")
    if tables:
        say(f"For later reports to mind them, give their plan: published: {_shown(to.parent)}")
    return 0


def _check_place(run: Path, to: Path) -> None:
    why = unfit(to)
    if not why and to.is_relative_to(run.parent):
        why = "it is among the runs, where old ones are removed: name a folder elsewhere"
    if not why and to.name.startswith("."):
        why = "a hidden folder is not minded later: name another"
    if not why and to.is_dir() and any(to.iterdir()):
        why = "there is something in it: name a new folder"
    if why:
        raise DataError(f"--to is {str(to)!r}; {why}.")


def _public(run: Path) -> list[Public]:
    """The public reports of a run, each as the run wrote it."""
    manifest = files.json_object(run / "manifest.json")
    if not isinstance(manifest.get("reports"), list):
        raise DataError(f"{run.name} is no complete run: it has no manifest.json to go by.")
    found, wrong = [], []
    for one in manifest["reports"]:
        told = record.read(run / f"{one['report']}.json")
        if told is None:
            wrong.append(f"{one['report']}.json is missing, or is no record of a report.")
        elif told["parameters"].get("audience") == PUBLIC:
            try:
                found.append(_read(run, told, one))
            except DataError as error:
                wrong.append(str(error))
    if wrong:
        raise PlanError(wrong)
    if not found:
        raise DataError(f"{run.name} has no public report: run it with audience: public.")
    return found


def _read(run: Path, told: Mapping[str, Any], listed_: Mapping[str, Any]) -> Public:
    name = told["report"]
    if told["outcome"] != record.FINISHED or listed_["outcome"] != record.FINISHED:
        what = "is out of date" if told["outcome"] == record.STALE else "could not be made"
        raise DataError(f"{name} {what}: see the run's index, and run again.")
    if "published" not in told:
        raise DataError(f"{name} was made by an earlier kentlib: run again, with --fresh.")
    contents = {}
    for file in (f"{name}.html", f"{name}.ipynb"):
        path = run / Path(file).name
        contents[file] = path.read_bytes() if path.is_file() else b""
        sha256 = record.sha256(contents[file])
        if not sha256 == listed_["files"].get(file) == told["outputs"].get(file):
            raise DataError(f"{file} is not as the run wrote it: run again.")
    nb = notebook.parse(contents[f"{name}.ipynb"], f"{name}.ipynb")
    from kentlib.publication import MADE

    said = [output["data"]["text/plain"] for output in notebook.outputs(nb, "notice")]
    if not said or not said[0].startswith(MADE):
        raise DataError(f"{name} does not say that it was made for publication.")
    carried = [one["metadata"]["kentlib"]["release"] for one in notebook.outputs(nb, "release")]
    return Public(told, contents[f"{name}.html"].decode(), carried[0] if carried else None)


def _kinds(reports: Sequence[Public]) -> dict[Kind, Mapping[str, Any]]:
    """What the reports of each kind tell of their tables, which all of them must tell alike."""
    firsts: dict[Kind, Public] = {}
    wrong = []
    for one in reports:
        first = firsts.setdefault(one.kind, one)
        if one.release != first.release:
            wrong.append(
                f"{first.name} and {one.name} were made from other tables or by other rules, and "
                "may give away what each withholds: publish those of one run."
            )
    if wrong:
        raise PlanError(wrong)
    return {kind: one.release for kind, one in firsts.items() if one.release is not None}


def _check_minded(
    to: Path, reports: Sequence[Public], kinds: Mapping[Kind, Mapping[str, Any]]
) -> None:
    """Raise for a release beside the new one that its reports were made without."""
    wrong = []
    for place in releases.places(to.parent) if to.parent.is_dir() else ():
        try:
            before = releases.read(place)
        except releases.Broken as broken:
            raise DataError(f"{broken}.") from None
        sha256 = record.sha256((place / releases.FILE).read_bytes())
        for old in before:
            new = kinds.get((old.notebook, old.authority))
            if new is None or new["tables"] == old.tables or _both_round(new["rules"], old.rules):
                continue
            of = [one for one in reports if one.kind == (old.notebook, old.authority)]
            minded = [(one.told.get("published") or {}).get("files", {}).values() for one in of]
            if not all(sha256 in known for known in minded):
                wrong.append(
                    f"{of[0].name} does not mind {place.name}, which was published before: run "
                    f"again with published: {_shown(to.parent)}"
                )
    if wrong:
        raise PlanError(wrong)


def _both_round(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    return new.get("method") == old.get("method") == releases.ROUND


def _write(
    folder: Path, stamp: str, reports: Sequence[Public], carried: Sequence[Mapping[str, Any]]
) -> int:
    """Write all files of a release; return how many tables it has."""
    from kentlib import disclosure, released_tables

    for one in reports:
        files.write(folder / f"{one.name}.html", page.alone(one.html).encode(), flush=False)
    named = {}
    several = len({one["authority"] for one in carried}) > 1
    for one in carried:
        whose = f"-{slug(one['authority'])}" if several else ""
        for name, table in one["tables"].items():
            file = f"{one['notebook']}{whose}-{name}.csv"
            disclosure.to_csv(released_tables.in_csv(table), folder / file)
            named[file] = (one, table)
    when = record.now()
    words = _read_me(stamp, when, reports, named)
    files.write(folder / READ_ME, words.encode(), flush=False)
    held = sorted(path for path in folder.iterdir())
    content = {
        "kentlib_release": releases.VERSION,
        "published": when,
        "run": stamp,
        "reports": list(carried),
        "files": {path.name: record.sha256(path.read_bytes()) for path in held},
    }
    sealed = files.as_json(releases.seal(content))
    files.write(folder / releases.FILE, sealed, flush=False)
    files.flush(folder)
    return len(named)


def _read_me(
    stamp: str,
    when: str,
    reports: Sequence[Public],
    named: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]],
) -> str:
    """What each file of a release is, in words."""
    from kentlib import publication
    from kentlib.disclosure import LEGEND

    lines = [f"Published on {page.day(when)}, from the run {stamp}.", "", "The reports", ""]
    for one in reports:
        area = one.told["area"]
        whose = one.kind[1] if area in ("all", one.kind[1]) else f"{area} ({one.kind[1]})"
        lines.append(f"{one.name}.html: {one.told['question']} {whose}")
    used = set()
    for file, (one, table) in named.items():
        if (one["notebook"], one["authority"]) not in used:
            used.add((one["notebook"], one["authority"]))
            rules = {name: one["rules"][name] for name in ("method", "min_cell", "zeros")}
            kind = one["notebook"].replace("_", " ")
            lines += ["", f"The tables of the reports on {kind}, {one['authority']}", ""]
            lines += [publication.notice(PUBLIC, **rules)]
            if "within_hours" in one["rules"]:
                lines += [f"In time is within {one['rules']['within_hours']} hours of the return."]
        columns = "; ".join(f"{name}: {called}" for name, called in table["columns"])
        lines += ["", f"{file}: {table['title']}. {_of(table['period'])}", f"    {columns}"]
    if named:
        marks = [f"{mark}: {means}." for mark, means in LEGEND.items()]
        lines += ["", "What stands in the place of a number", "", *marks]
        lines += ["", "all: the whole authority, or the whole of what the column splits."]
    return "\n".join(lines) + "\n"


def _of(period: Sequence[str] | None) -> str:
    if period is None:
        return "Each row is of the year that it names."
    first, last = (page.day(day) for day in period)
    return f"On {first}." if first == last else f"From {first} to {last}."


def _shown(path: Path) -> str:
    """A folder as a plan names it: from the project's folder where it is inside."""
    inside = path.is_relative_to(paths.ROOT)
    return path.relative_to(paths.ROOT).as_posix() if inside else str(path)
