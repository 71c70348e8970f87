"""What a report was made from, and whether that is here as it was: for a reviewer in JupyterLab."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kentlib.errors import DataError
from kentlib.reports import inputs
from kentlib.review import reports

if TYPE_CHECKING:
    import pandas as pd

SAME, CHANGED, MISSING = "as it was", "changed", "missing"


def inputs_of(executed: str | Path) -> pd.DataFrame:
    """What a report was made from, and how that is here today.

    Parameters
    ----------
    executed
        The report's notebook, page or record, such as "permanence.ipynb" in the folder of a run.

    Returns
    -------
    One row per file that the record names, those not as they were first: `input`, what it `is`
    (table, extract, release, notebook or kentlib), `here`: "as it was", "changed", "missing", or
    "as it was, called NAME" for one that is found by its content under another name.

    Raises
    ------
    DataError
        The report cannot be read or has no record beside it.

    Examples
    --------
    In a cell of a report that is open in JupyterLab::

        from kentlib.review import inputs_of
        inputs_of("permanence.ipynb")
    """
    import pandas as pd

    (report,) = reports.find([Path(executed)])
    if report.told is None:
        raise DataError(f"{report.path.name} has no record beside it: {report.name}.json.")
    rows = [
        {"input": name, "is": kind, "here": _here(name, sha256, today)}
        for kind, then, today in _files(report)
        for name, sha256 in then.items()
    ]
    made = pd.DataFrame(rows, columns=["input", "is", "here"])
    fine = made["here"].str.startswith(SAME)
    return pd.concat([made[~fine], made[fine]], ignore_index=True)


def _here(name: str, sha256: str | None, today: dict[str, str | None]) -> str:
    if today.get(name) == sha256:
        return SAME
    called = next((other for other, digest in today.items() if digest == sha256), None)
    if called:
        return f"{SAME}, called {called}"
    return CHANGED if name in today else MISSING


def _files(report: reports.Report) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Of each kind of input: the SHA-256 by name that were recorded, and those of today."""
    told = report.told
    source = report.source
    notebook = {told["notebook"]: inputs.look("", source).sha256} if source else {}
    own = inputs.extracts(report.parameters) or []
    before = inputs.published(report.parameters) or []
    return [
        ("notebook", {told["notebook"]: told["notebook_sha256"]}, notebook),
        ("table", told.get("inputs", {}), inputs.digests(inputs.tables())),
        ("extract", (told.get("extracts") or {}).get("files", {}), inputs.digests(own)),
        ("release", (told.get("published") or {}).get("files", {}), inputs.digests(before)),
        ("kentlib", told.get("kentlib_sha256", {}), inputs.digests(inputs.package())),
    ]
