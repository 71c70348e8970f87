"""What was published before, as a later report reads it: folders that `kentlib publish` made.

The parameter `published` names the folder that holds them, one folder for each release. Each has a
`release.json` with the protected tables of its reports, the days they count and the rules they were
made by. Importing this module costs little, since the check of the parameters does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kentlib import records
from kentlib.errors import DataError
from kentlib.parameters import PUBLIC

if TYPE_CHECKING:
    from kentlib.disclosure import Earlier, Spec

NONE = "none"
"""What the parameter `published` is when nothing was published before, or it is not minded."""

FILE = "release.json"
VERSION = 1
RULES = ("min_cell", "zeros", "method", "within_hours")
"""What two releases of one kind must have in common, where the kind has it."""

ROUND = "round"


@dataclass(frozen=True)
class Release:
    """What one release holds of reports of one kind: `name` is that of its folder, `when` the time
    it was published (ISO, UTC), `tables` the protected tables as `kentlib.released_tables` writes
    them."""

    name: str
    when: str
    notebook: str
    authority: str
    rules: Mapping[str, Any]
    tables: Mapping[str, Any]


class Broken(Exception):
    """A release is not as it was published; the message is a clause that names it."""


def told(notebook: str, authority: str, tables: Mapping[str, Any], **rules: Any) -> dict[str, Any]:
    """What a public report tells those who publish it, as plain data.

    Parameters
    ----------
    notebook
        The kind of report.
    tables
        Every protected table of all its districts, as `kentlib.released_tables.plain` writes it.
    rules
        Those of RULES that the kind has; others are passed over.
    """
    kept = {name: rules[name] for name in RULES if name in rules}
    return {"notebook": notebook, "authority": authority, "rules": kept, "tables": dict(tables)}


def before(
    published: str, notebook: str, authority: str, *, audience: str, **rules: Any
) -> list[Release]:
    """The releases that a report must mind.

    Parameters
    ----------
    published
        The parameter: the folder that holds releases, from the project's folder, or "none".
    notebook, authority
        Of which kind of report, and whose.
    audience
        An internal report minds none.
    rules
        Those of RULES that the report has.

    Returns
    -------
    Those of the same kind and authority, the oldest first. None for a report that rounds: a
    rounded number hides nothing behind another.

    Raises
    ------
    DataError
        The folder or a release cannot be read or is not as it was published, or was made by other
        rules than the report's.
    """
    values = {"authority": authority, "audience": audience, **rules}
    if why := problem(published, notebook, values):
        raise DataError(f"published is {published!r}; {why}.")
    if published == NONE or audience != PUBLIC or rules.get("method") == ROUND:
        return []
    try:
        found = [one for place in places(records.folder(published)) for one in read(place)]
    except Broken as broken:  # since it was looked at
        raise DataError(f"published is {published!r}; {broken}.") from None
    alike = [one for one in found if (one.notebook, one.authority) == (notebook, authority)]
    return sorted(alike, key=lambda one: (one.when, one.name))


def problem(published: str, notebook: str, values: Mapping[str, Any]) -> str | None:
    """Why the parameter `published` cannot have this value, or None if it can.

    Parameters
    ----------
    values
        The report's other parameters, as far as they are known.
    """
    if published == NONE:
        return None
    if not published.strip() or "\0" in published:
        return f"it must name a folder, or be {NONE!r}"
    folder = records.folder(published)
    try:
        if not folder.is_dir():
            what = "it is a file" if folder.is_file() else "there is no such folder"
            return f"{what}: name the one that holds what was published, or {NONE!r}"
        if (folder / FILE).exists():
            return f"it is a release itself: name the folder that holds it, or {NONE!r}"
        if not places(folder) and any(path.name[0] != "." for path in folder.iterdir()):
            return f"no folder in it is a release: name the one that holds releases, or {NONE!r}"
        found = [one for path in places(folder) for one in read(path)]
    except Broken as broken:
        return str(broken)
    except OSError as error:
        return f"it cannot be looked into: {error.strerror or 'an error of the system'}"
    if values.get("audience") != PUBLIC:
        return None
    alike = (
        one for one in found if (one.notebook, one.authority) == (notebook, values.get("authority"))
    )
    return next(filter(None, (_unlike(one, values) for one in alike)), None)


def places(folder: Path) -> list[Path]:
    """The releases directly in a folder, in order; a hidden one is being made."""
    found = sorted(path.parent for path in folder.glob(f"*/{FILE}"))
    return [path for path in found if not path.name.startswith(".")]


def files(published: str) -> dict[str, Path]:
    """The files of releases that are read, by their path in the folder that holds them."""
    folder = records.folder(published)
    read_ = [
        path for place in places(folder) for path in (place / FILE, *sorted(place.glob("*.csv")))
    ]
    return {path.relative_to(folder).as_posix(): path for path in read_}


def read(place: Path) -> list[Release]:
    """What a release holds, by kind of report and authority.

    Raises
    ------
    Broken
        A file is not as it was published.
    OSError
        It cannot be read.
    """
    whole = contents(place)
    try:
        return [Release(place.name, whole["published"], **one) for one in whole["reports"]]
    except (KeyError, TypeError):
        raise Broken(_not_ours(place, FILE)) from None


def contents(place: Path) -> dict[str, Any]:
    """What the release.json of a folder holds; see `read`."""
    try:
        found = json.loads((place / FILE).read_bytes())
        sound = found["kentlib_release"] == VERSION and seal(found)["sha256"] == found["sha256"]
        listed = {name: sha for name, sha in found["files"].items() if name.endswith(".csv")}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Broken(_not_ours(place, FILE)) from None
    if not sound:
        raise Broken(_not_ours(place, FILE))
    for name, sha in listed.items():
        path = place / name
        if not path.is_file():
            raise Broken(f"{place.name} lacks {name}: put the release back as it was published")
        if hashlib.sha256(path.read_bytes()).hexdigest() != sha:
            raise Broken(_not_ours(place, name))
    return found


def seal(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a release.json with the SHA-256 by which a change in it shows."""
    bare = {name: part for name, part in content.items() if name != "sha256"}
    written = json.dumps(bare, sort_keys=True, ensure_ascii=False).encode()
    return bare | {"sha256": hashlib.sha256(written).hexdigest()}


def earlier(before: Iterable[Release], specs: Mapping[str, Spec]) -> dict[str, list[Earlier]]:
    """What was published before of some tables, for `kentlib.disclosure.protect_all`.

    Raises
    ------
    DataError
        A table is of another version of kentlib and cannot be compared, or is none.
    """
    from kentlib import released_tables

    made: dict[str, list[Earlier]] = {}
    for release in before:
        for name, table in release.tables.items():
            if name not in specs:
                continue
            where = f"The table {name} of the release {release.name}"
            try:
                one = released_tables.earlier(table, specs[name], where=where)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                if isinstance(error, DataError):
                    raise
                raise DataError(f"{where} is not as kentlib writes one.") from None
            made.setdefault(name, []).append(one)
    return made


def _unlike(release: Release, values: Mapping[str, Any]) -> str | None:
    """Why a release cannot stand beside a report, in a clause."""
    for name in RULES:
        if name in values and name in release.rules and values[name] != release.rules[name]:
            return (
                f"the release {release.name} was made with {name} {release.rules[name]!r}, and "
                f"this report has {values[name]!r}: give it the same, since two that differ may "
                "give away what each withholds"
            )
    return None


def _not_ours(place: Path, name: str) -> str:
    return (
        f"{place.name}/{name} is not as kentlib publish wrote it: put the release back as it was "
        "published"
    )
