"""An authority's own extracts as the notebooks take them: a folder, the sample, or none.

`kentlib.extracts` reads any folder. This module says which one the parameter `extracts` means,
that a page about the sample is about no real child, and what became of the rows.

Importing it costs little, since the check of the parameters imports it before any kernel starts.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kentlib import paths

if TYPE_CHECKING:
    import pandas as pd

    from kentlib.extracts import Extracts
    from kentlib.private.gathering import Private

SAMPLE = "data/sample"
"""The bundled sample, as the parameter `extracts` names it."""

NONE = "none"
"""What the parameter `extracts` is when there are no extracts."""

ALL = "all"
"""What the parameter `district` is for the whole authority, as `kentlib.shares.ALL`."""

SYNTHETIC = (
    "Data about children on this page are synthetic: what is worked out from the extracts is "
    "made to be tried with, and no child, carer or worker in them exists. Figures that Ofsted "
    "and the department published are theirs."
)
"""What a page about the sample says before anything else."""

RECEIVED_COLUMNS = {
    "table": "Table",
    "rows_in": "Rows in",
    "used": "Used",
    "left_out": "Left out",
    "why": "Why left out",
}
"""The columns of `received` for `show.table`."""

RECEIVED_FORMATS = dict.fromkeys(("rows_in", "used", "left_out"), "{:,}")
"""How `show.table` writes the numbers of `received`."""

SHORT = 12
"""As many folders are listed whole in a message; of more, the closest."""


SENT = "KENTLIB_SENT"
"""The variable that names a file, on a worker of another machine, of what was sent to it: where
each folder is, by its path as the parameter `extracts` would have it."""


def folder(extracts: str) -> Path:
    """The folder that the parameter `extracts` names.

    A relative path is taken from the project's own folder, wherever a notebook runs. On another
    machine than the run's it is the copy that was sent there, if there is one.
    """
    named = paths.ROOT / extracts
    if SENT not in os.environ:
        return named
    sent = json.loads(Path(os.environ[SENT]).read_bytes())
    whole = Path(os.path.normpath(named))
    inside = (above for above in (whole, *whole.parents) if str(above) in sent)
    above = next(inside, None)
    return Path(sent[str(above)], whole.relative_to(above)) if above else named


def given(extracts: str, authority: str | None) -> Path | None:
    """The folder to read, or None where there is none for this authority.

    The bundled sample stands in for one authority only, so for another it is as good as none.

    Parameters
    ----------
    authority
        None where that is not known; the folder is then taken to be about the right one.
    """
    if extracts == NONE:
        return None
    chosen = folder(extracts)
    if authority is not None and _is_bundled(chosen):
        from kentlib import narrative

        return chosen if authority == narrative.AUTHORITY else None
    return chosen


_last: tuple[object, Extracts] | None = None
"""What the last folder held, after what it was read from: see `_state`."""


def load(extracts: str, authority: str, *, period_end: str) -> Extracts | None:
    """Give the extracts that the parameters name, and say so where they are synthetic.

    A folder that has not changed since it was last read is not read again.

    Parameters
    ----------
    extracts
        A folder, or "none".
    authority
        Whose extracts they are to be.
    period_end
        The last day measured, as an ISO date.

    Returns
    -------
    What the folder held, the caller's to change; None without extracts for this authority (see
    `absent`).

    Raises
    ------
    DataError
        The folder is missing or holds no file that is read.
    """
    chosen = given(extracts, authority)
    if chosen is None:
        return None
    from kentlib import show

    own = _copy(_read(chosen, period_end))
    own.folder = chosen
    marked = own.files["file"].str.contains("synthetic", case=False).any()
    if marked or _is_bundled(chosen):
        show.notice(SYNTHETIC)
    return own


def prepare(
    extracts: str, authority: str, *, period_end: str, private: Private | None = None
) -> None:
    """Read the extracts that the parameters name, if any, so that `load` need not.

    Parameters and errors are those of `load`; nothing is shown. What nobody may be shown goes into
    `private`, if that is given and the extracts were not read before.
    """
    chosen = given(extracts, authority)
    if chosen is not None:
        _read(chosen, period_end, **({} if private is None else {"private": private}))


def remembered() -> object | None:
    """What `load` would not read again, for `remember` in another process; it can be pickled."""
    return _last


def remember(thing: object | None) -> None:
    """Take what `remembered` gave in another process; a folder that has changed is read anew."""
    global _last
    _last = thing


def _read(chosen: Path, period_end: str, **more: Any) -> Extracts:
    """What a folder holds: as the last reading found it, unless that was of another state."""
    from kentlib.extracts import read

    state = _state(chosen, period_end)
    if _last is None or _last[0] != state:
        remember((state, read(chosen, period_end=period_end, **more)))
    return _last[1]


def _state(chosen: Path, period_end: str) -> object:
    """All that reading a folder depends on: where, until when, today, and which files it holds."""
    held = []
    for path in files(chosen):
        told = path.stat()
        name = path.relative_to(chosen).as_posix()
        held.append((name, told.st_size, told.st_mtime_ns, told.st_ctime_ns, told.st_ino))
    return str(chosen.resolve()), period_end, dt.date.today(), sorted(held)


def _copy(held: Any) -> Any:
    """Tables in a dataclass or a dictionary, each a copy."""
    if dataclasses.is_dataclass(held):
        fields = {field.name: getattr(held, field.name) for field in dataclasses.fields(held)}
        return dataclasses.replace(held, **_copy(fields))
    if isinstance(held, dict):
        return {name: _copy(part) for name, part in held.items()}
    return held.copy() if hasattr(held, "copy") else held


def absent(extracts: str, authority: str) -> str:
    """The one line that a section says when there are no extracts for it to work from.

    It is the same whether `extracts` is "none" or the sample of another authority: either way
    nothing of this authority's own was given.
    """
    return (
        f"No extracts were given for {authority}: "
        "set the parameter extracts to a folder that holds them"
    )


def received(own: Extracts) -> pd.DataFrame:
    """What became of the rows of each table.

    Returns
    -------
    One row per table, in the order they were read: `table`, `rows_in`, `used`, `left_out` (for
    whatever reason) and `why` (each reason, with its rows where there are several; missing
    where nothing was left out).
    """
    # A table says its rows again with each reason; sheets nobody could read share a name.
    by_table = own.received.groupby("table", sort=False)
    rows = by_table.agg({"used": "max", "left_out": "sum"}).astype("int64").reset_index()
    told = _reasons(own, ["table", "why"]).reset_index()
    told["alone"] = ~told["table"].duplicated(keep=False)
    told["said"] = [
        row.why if row.alone else f"{row.why} ({row.left_out:,})" for row in told.itertuples()
    ]
    said = {table: "; ".join(each) for table, each in told.groupby("table")["said"]}
    why = rows["table"].map(said).astype("str")
    rows = rows.assign(rows_in=rows["used"] + rows["left_out"], why=why)
    return rows[list(RECEIVED_COLUMNS)]


def _reasons(own: Extracts, by: list[str]) -> pd.Series:
    """Rows left out by reason, those with most first and of as many those told first."""
    told = own.received[own.received["why"] != ""]
    counts = told.groupby(by, sort=False)["left_out"].sum()
    return counts.sort_values(ascending=False, kind="stable")


def received_finding(own: Extracts) -> str:
    """How many of the rows received were used, and why most of the others were not."""
    told = received(own)
    rows, used, left_out = (int(told[name].sum()) for name in ("rows_in", "used", "left_out"))
    tables = f"{len(told):,} table{'' if len(told) == 1 else 's'}"
    if not rows:
        return "The extracts hold no row that could be read"
    if not left_out:
        return f"All {rows:,} rows in {tables} were used"
    reasons = _reasons(own, ["why"])
    most = reasons.idxmax()
    many = "" if reasons[most] == left_out else f"{reasons[most]:,} of them: "
    return (
        f"Of {rows:,} rows in {tables}, {used:,} {'was' if used == 1 else 'were'} used; "
        f"{left_out:,} {'was' if left_out == 1 else 'were'} left out ({many}{most})"
    )


def districts(own: Extracts) -> list[str]:
    """The districts that the extracts know, in order: see `kentlib.extracts.known_districts`."""
    from kentlib.extracts import known_districts

    return known_districts.in_tables(own.districts, own.interviews)


def files(folder: Path) -> Iterator[Path]:
    """The files of a folder that its readers look at: all but hidden ones, in no order."""
    for path in folder.rglob("*"):
        inside = path.relative_to(folder).parts
        if not any(part.startswith((".", "~$")) for part in inside) and path.is_file():
            yield path


def problem(extracts: str) -> str | None:
    """Why the parameter `extracts` cannot have this value, or None if it can."""
    if extracts == NONE:
        return None
    if not extracts.strip() or "\0" in extracts:
        return f"it must name a folder, or be {NONE!r}"
    chosen = folder(extracts)
    try:
        if chosen.is_file():
            return "it is a file: name the folder that holds it"
        if not chosen.is_dir():
            return f"there is no such folder{_there(chosen, extracts)}"
        if folder(SAMPLE).resolve().is_relative_to(chosen.resolve()) and not _is_bundled(chosen):
            return "it holds files of this project: name a folder that holds extracts alone"
        if next(files(chosen), None) is None:
            return "that folder holds no file"
    except OSError as error:
        return f"it cannot be looked into: {error.strerror or 'an error of the system'}"
    return None


def _there(chosen: Path, extracts: str) -> str:
    """What the nearest folder above one that is missing holds instead."""
    above = next(parent for parent in chosen.parents if parent.is_dir())
    if Path(extracts).is_absolute():
        place = above.as_posix()
    else:
        place = above.relative_to(paths.ROOT).as_posix()
        place = "the project's folder" if place == "." else place
    missing = chosen.relative_to(above).parts[0]
    names = [path.name for path in above.iterdir() if path.is_dir()]
    names = sorted(name for name in names if not name.startswith("."))
    if len(names) > SHORT:
        names = get_close_matches(missing, names, n=3, cutoff=0.5)
        return f"; the closest in {place}: {', '.join(names)}" if names else f", in {place}"
    held = f"the folders {', '.join(names)}" if len(names) > 1 else f"the folder {''.join(names)}"
    return f"; {place} holds {held if names else 'no folder'}"


def _is_bundled(chosen: Path) -> bool:
    """Whether a folder is the bundled sample or a part of it."""
    return chosen.resolve().is_relative_to(folder(SAMPLE).resolve())
