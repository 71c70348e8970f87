"""What the notebooks of a folder declare, and whether values given to them are possible.

Each notebook is read once and each value looked up once, however many reports ask for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import Any

from kentlib import parameters, records
from kentlib.errors import DataError
from kentlib.reports import notebook
from kentlib.reports.notebook import Declared


class Notebooks:
    """The notebooks of a folder, by their names without ".ipynb"."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names = sorted(path.stem for path in folder.glob("*.ipynb"))
        self.listed = ", ".join(self.names) or "none"
        self._read: dict[str, dict[str, Declared] | DataError] = {}
        self._answers: dict[Any, str | None] = {}

    def path(self, name: str) -> Path:
        """The notebook's file."""
        return self.folder / f"{name}.ipynb"

    def declared(self, name: str) -> dict[str, Declared]:
        """What a notebook's parameters cell declares, in its order.

        Raises
        ------
        DataError
            There is no such notebook, it cannot be read, or it has no such cell or one that
            computes.
        """
        if name not in self.names:
            close = get_close_matches(name, self.names, n=1)
            hint = f" (did you mean {close[0]}?)" if close else ""
            raise DataError(f"there is no such notebook{hint}; there are {self.listed}.")
        if name not in self._read:
            try:
                self._read[name] = _declared(self.path(name))
            except DataError as error:
                self._read[name] = error
        found = self._read[name]
        if isinstance(found, DataError):
            raise found
        return found

    def unknown(self, name: str, given: Mapping[str, Any]) -> list[str]:
        """One sentence for each name given that the notebook does not declare."""
        known = list(self.declared(name))
        return [parameters.unknown_name(one, known) for one in given if one not in known]

    def whole(self, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Every parameter of a notebook: as given, or the notebook's own value."""
        return {one: given.get(one, told.default) for one, told in self.declared(name).items()}

    def problems(self, name: str, values: Mapping[str, Any]) -> list[str]:
        """One sentence for each value that is not possible, all of the notebook's being given."""
        catalogue = parameters.NOTEBOOKS.get(name, {})
        found = []
        for one, told in self.declared(name).items():
            if one in catalogue:
                continue
            if told.kind and not parameters.is_a(values[one], told.kind):
                found.append(parameters.wrong_type(one, values[one], told.kind))
            elif not _is_plain(values[one]):
                found.append(f"{one} must be text, a number, true or false, or a list of those.")
        looked_up = {one: value for one, value in values.items() if one in catalogue}
        if looked_up:
            found += parameters.problems(name, looked_up, answers=self._answers)
        return found

    def districts(self, values: Mapping[str, Any]) -> list[str] | None:
        """The districts of the extracts that a report reads; None where it reads none."""
        extracts = values.get("extracts")
        if not isinstance(extracts, str) or records.problem(extracts):
            return None
        return parameters.districts(values)


def _declared(path: Path) -> dict[str, Declared]:
    try:
        found = notebook.parameters(notebook.read(path), path.name)
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror}.") from None
    except (LookupError, TypeError, AttributeError, RecursionError):
        raise DataError(f"{path.name} is not a notebook of format 4.") from None
    if not found:
        raise DataError(f"{path.name} has no cell tagged parameters.")
    return found


def _is_plain(value: Any) -> bool:
    """Whether a value can be written to a record and a notebook as what it is."""
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(isinstance(name, str) for name in value) and all(map(_is_plain, value.values()))
    if isinstance(value, float):
        return isfinite(value)
    return value is None or isinstance(value, str | int)
