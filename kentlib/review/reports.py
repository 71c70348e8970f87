"""What is to be reviewed: an executed notebook, the record of what made it, and its notebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kentlib import paths
from kentlib.errors import DataError
from kentlib.reports import files, manifest, notebook, record, reuse
from kentlib.reports.notebook import INJECTED, tags

BESIDE = (".html", ".json")
"""What lies beside an executed notebook and stands for it."""

NEEDED = {
    **dict.fromkeys(("report", "notebook", "notebook_sha256", "area", "run"), str),
    **dict.fromkeys(("parameters", "packages", "inputs", "kentlib"), dict),
}
"""What a record must tell for a review to go by it."""


@dataclass(frozen=True)
class Report:
    """One report that was made.

    Attributes
    ----------
    name
        The report's, which its files have.
    path
        The executed notebook.
    notebook
        Its content; None where `problem` says why there is none.
    told
        Its record; None without one.
    edited
        Whether it is not, byte for byte, what its record vouches for.
    page
        Whether `path` is its page, the notebook not being beside it, and `notebook` what that
        shows.
    """

    name: str
    path: Path
    notebook: dict[str, Any] | None
    told: dict[str, Any] | None
    edited: bool = False
    problem: str = ""
    page: bool = False

    @property
    def parameters(self) -> dict[str, Any]:
        """What it was asked for: as recorded, or as the notebook itself says."""
        if self.told:
            return self.told.get("parameters", {})
        return injected(self.notebook)

    @property
    def about(self) -> str:
        """The path of the notebook that it was made from, from the collection's folder."""
        if self.told and "notebook" in self.told:
            return self.told["notebook"]
        return f"notebooks/{self.name.partition('.')[0]}.ipynb"

    @property
    def source(self) -> Path | None:
        """That notebook here; None where there is none."""
        inside = paths.ROOT / self.about
        choices = [inside, paths.NOTEBOOKS / inside.name]
        root = paths.ROOT.resolve()
        return next(
            (one for one in choices if one.is_file() and one.resolve().is_relative_to(root)), None
        )


def find(files: Sequence[Path]) -> list[Report]:
    """The reports that some files and folders are.

    Parameters
    ----------
    files
        Executed notebooks, pages or records beside them, and folders of runs.

    Raises
    ------
    DataError
        A folder holds no report.
    """
    found: dict[Path, Report] = {}
    for file in files:
        inside = _in_folder(file) if file.is_dir() else [file]
        for one in inside:
            path = one.with_name(f"{one.name.removesuffix(one.suffix)}.ipynb")
            # A folder's name may be a link, such as latest; its reports are the same.
            found.setdefault(path.resolve(), _read(path if one.suffix in BESIDE else one))
    return list(found.values())


def is_run(path: Path) -> bool:
    """Whether a path is the folder of a run."""
    return path.is_dir() and (path / "manifest.json").is_file()


def injected(source: dict[str, Any] | None) -> dict[str, Any]:
    """The parameters in the cell that a run put into a notebook; nothing without one."""
    for cell in (source or {"cells": []})["cells"]:
        if INJECTED in tags(cell):
            return {name: one.default for name, one in notebook.declared(cell["source"]).items()}
    return {}


def _in_folder(folder: Path) -> list[Path]:
    names = list(reuse.names(folder))
    told = [folder / f"{name}.ipynb" for name in names if record.read(folder / f"{name}.json")]
    found = told or sorted(folder.glob("*.ipynb"))
    if not found:
        raise DataError(f"{folder.name or folder} holds no report: name a run's folder.")
    return found


def _read(path: Path) -> Report:
    name = path.name.removesuffix(".ipynb")
    told = _told(path.with_name(f"{name}.json"))
    page = path.with_suffix(".html")
    if told and told["outcome"] == record.FINISHED and not path.exists() and page.exists():
        return _page(name, page, told)
    if told and told["outcome"] == record.FAILED:
        why = f"the run could not make it: {told.get('error', '')}"
        return Report(name, path, None, told, problem=why)
    try:
        content = path.read_bytes()
        executed = notebook.parse(content, path.name)
        asked = injected(executed)
    except FileNotFoundError:
        return Report(name, path, None, told, problem=f"{path.name} is not there")
    except OSError as error:
        return Report(name, path, None, told, problem=f"{path.name}: {error.strerror}")
    except DataError as error:
        return Report(name, path, None, told, problem=str(error).rstrip("."))
    except (LookupError, TypeError, AttributeError, RecursionError):
        return Report(name, path, None, told, problem=f"{path.name} is not a notebook of format 4")
    if told and asked != told["parameters"]:
        names = sorted(
            n for n in {*asked, *told["parameters"]} if asked.get(n) != told["parameters"].get(n)
        )
        why = f"the notebook and its record tell different parameters ({', '.join(names)})"
        return Report(name, path, executed, told, problem=why)
    vouched = told and told["outputs"].get(path.name)
    return Report(name, path, executed, told, bool(vouched) and vouched != record.sha256(content))


def _page(name: str, path: Path, told: dict[str, Any]) -> Report:
    from kentlib.review import pages

    try:
        content = path.read_bytes()
        shown = pages.as_notebook(content.decode("utf-8", "replace"), path.name)
    except OSError as error:
        return Report(name, path, None, told, problem=f"{path.name}: {error.strerror}")
    except DataError as error:
        return Report(name, path, None, told, problem=str(error).rstrip("."))
    edited = told["outputs"].get(path.name) != record.sha256(content)
    return Report(name, path, shown, told, edited, page=True)


def _told(path: Path) -> dict[str, Any] | None:
    """A report's record, with what a record of an earlier version lacks and its run tells."""
    told = record.read(path)
    if told is None or not all(isinstance(told.get(name), kind) for name, kind in NEEDED.items()):
        return None if told is None or told["outcome"] != record.FAILED else told
    if "kentlib_sha256" not in told:
        run = files.json_object(path.with_name("manifest.json"))
        if run.get("run") == told["run"] and "kentlib_sha256" in run:
            told["kentlib_sha256"] = run["kentlib_sha256"]
    return told


def shown_parameters(report: Report) -> dict[str, Any]:
    """A report's parameters as they can be told: of a folder elsewhere only the name."""
    return {name: manifest.shown(value) for name, value in report.parameters.items()}
