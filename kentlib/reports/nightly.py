"""What a plan file says: which notebooks, for which values, within which limits.

The models are the form of the file. What breaks the form becomes a line in the words of the file
rather than pydantic's. `kentlib.reports.wanted` turns a plan's reports into jobs.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from kentlib import parameters

FOUND = "found"
"""What `for_each` sets `district` to: the whole authority, and each district of the extracts."""

SHAPES = {"int_type": int, "string_type": str, "list_type": list, "dict_type": dict}
SHAPES |= {"model_type": dict}
"""What pydantic wanted, by the name of its error."""


def _within(smallest: int, largest: int) -> Any:
    """The type of a whole number that has bounds."""

    def check(value: int) -> int:
        if smallest <= value <= largest:
            return value
        raise ValueError(f"it must be from {smallest:,} to {largest:,}")

    return Annotated[int, AfterValidator(check)]


def _some_values(values: Any) -> Any:
    if values == FOUND:
        return values
    inner = list | dict | set
    if isinstance(values, list) and values and not any(isinstance(one, inner) for one in values):
        return values
    raise ValueError("it must be a list of values, such as [all, Thanet]")


def _some_reports(reports: list) -> list:
    if reports:
        return reports
    raise ValueError("it must name a report, as `- notebook: judgements`")


class Strict(BaseModel):
    """No other keys, and no value taken for one of another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Limits(Strict):
    """Of one report: seconds from its start to its end, and megabytes of its kernel."""

    seconds: _within(1, 86_400) = 900
    megabytes: _within(1, 2**20) = 4096


class Keep(Strict):
    """How many complete runs stay in the folder; the last good one does anyway."""

    runs: _within(1, 10_000) = 14


class Report(Strict):
    """A notebook and its values, and one report for each combination of those of `for_each`."""

    notebook: str
    parameters: dict[str, Any] = {}
    for_each: dict[str, Annotated[Any, AfterValidator(_some_values)]] = {}


class File(Strict):
    """A plan file. `common` goes to each report whose notebook declares it."""

    out: str | None = None
    workers: _within(1, 1024) | None = None
    limits: Limits = Limits()
    keep: Keep = Keep()
    common: dict[str, Any] = {}
    reports: Annotated[list[Report], AfterValidator(_some_reports)]


MODELS = {"limits": Limits, "keep": Keep, "reports": Report}


UNREADABLE = Report.model_construct(notebook="")
"""Stands for a report that breaks the form, so that the others keep their numbers."""


def read(content: Mapping[Any, Any]) -> tuple[File | None, list[str]]:
    """A plan from what its file holds.

    Returns
    -------
    The plan without the parts that break the form of a plan file, None where nothing is left;
    and a sentence for each of those parts.
    """
    try:
        return File.model_validate(content), []
    except ValidationError as error:
        found = error.errors(include_url=False)
    rest = copy.deepcopy(dict(content))
    for told in found:
        with suppress(LookupError, TypeError, AttributeError):
            _leave_out(rest, told)
    try:
        file = File.model_validate(rest)
    except ValidationError:
        file = None
    return file, list(dict.fromkeys(map(_in_words, found)))


def _leave_out(content: dict[Any, Any], told: Mapping[str, Any]) -> None:
    """Take out of a file's content what one of pydantic's errors is about."""
    parts = [part for part in told["loc"] if part != "[key]"]
    if parts[0] == "reports" and parts[-1] == "notebook":
        parts = parts[:2]
    *above, last = parts
    place: Any = content
    for part in above:
        place = place[part]
    if isinstance(place, list):
        place[last] = UNREADABLE
    else:
        del place[last]


def _in_words(told: Mapping[str, Any]) -> str:
    """One of pydantic's errors as a sentence about the file."""
    kind, seen, place = told["type"], told["input"], list(told["loc"])
    if kind == "value_error":
        shown = seen if isinstance(seen, int) else "wrong"
        return f"{_place(place)} is {shown}; {told['ctx']['error']}."
    if (place and place[-1] == "[key]") or kind == "invalid_key":
        name = seen if kind != "invalid_key" else place[-1]
        return f"a name must be text, and {name!r} is none: quote it."
    if kind == "extra_forbidden":
        model = MODELS[place[0]] if len(place) > 1 else File
        within = f"{_place(place[:-1])}: " if len(place) > 1 else ""
        return f"{within}{parameters.unknown_name(place[-1], list(model.model_fields), 'keys')}"
    if kind == "missing":
        return f"{_place(place[:-1])} lacks the key {place[-1]}."
    if kind in SHAPES:
        return parameters.wrong_type(_place(place), seen, SHAPES[kind])
    return f"{_place(place)}: {told['msg']}."


def _place(parts: list[Any]) -> str:
    """Where in the file: `reports[2].for_each.district`, the first of a list being 1."""
    words = "".join(f"[{one + 1}]" if isinstance(one, int) else f".{one}" for one in parts)
    return words.removeprefix(".") or "the file"
