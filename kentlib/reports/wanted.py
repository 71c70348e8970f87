"""The jobs that a plan's reports come to: one for each combination of `for_each`.

A job's name is its notebook's with the values that vary, so that it is a file's name on every
system, whatever the values are. The whole authority's report has the notebook's name alone, and
"public" after it where it is made for publication.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from kentlib import parameters
from kentlib.errors import DataError
from kentlib.parameters import PUBLIC
from kentlib.records import ALL
from kentlib.reports.declared import Notebooks
from kentlib.reports.nightly import FOUND, UNREADABLE, File, Report
from kentlib.reports.plan import Job

MOST = 50_000
"""Reports of one plan. Each authority in England, district and notebook make about 16,000."""

LONGEST = 60
"""Characters that one value adds to a report's name."""


def wanted(file: File, notebooks: Notebooks) -> tuple[list[Job], list[str]]:
    """The jobs of a plan, in its order, and what is wrong with them.

    Returns
    -------
    The jobs, each of its own name; and a sentence for each notebook that is unknown, name that
    is not declared, value that is not possible (once, however many reports have it) and two
    reports of one name.
    """
    many = sum(_many(report) for report in file.reports)
    if many > MOST:
        return [], [f"for_each asks for {many:,} reports; a plan can have {MOST:,}."]
    problems = dict.fromkeys(_undeclared(file, notebooks))
    jobs: dict[str, tuple[str, Job]] = {}
    for number, report in enumerate(file.reports, 1):
        if report is UNREADABLE:
            continue
        where = f"reports[{number}] {report.notebook}"
        try:
            problems |= dict.fromkeys(f"{where}: {told}" for told in _misnamed(report, notebooks))
            chosen = _combinations(report, file.common, notebooks)
        except DataError as error:
            problems[f"{where}: {error}"] = None
            continue
        own = {*report.parameters, *report.for_each}
        for varied, params in chosen:
            for told in notebooks.problems(report.notebook, params):
                name = told.partition(" ")[0]
                common = name in file.common and name not in own
                place = f"common (for {report.notebook})" if common else where
                problems[f"{place}: {told}"] = None
            job = Job(notebooks.path(report.notebook), params, *_called(report, varied, params))
            which = ", ".join(f"{name} {value!r}" for name, value in varied.items())
            told_apart = f"{where} for {which}" if which else where
            other, first = jobs.setdefault(job.name, (told_apart, job))
            if first is not job:
                problems[f"{told_apart} would be called {job.name}, as {other} is."] = None
    return [job for _, job in jobs.values()], list(problems)


def slug(value: Any) -> str:
    """A value as part of a file's name: lower case letters, digits and hyphens, whatever it is.

    Examples
    --------
    >>> slug("Tonbridge and Malling"), slug("Ynys Môn"), slug("../../etc"), slug(2017)
    ('tonbridge-and-malling', 'ynys-mon', 'etc', '2017')
    """
    letters = unicodedata.normalize("NFKD", str(value)).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", letters.lower()).strip("-")
    if words and len(words) <= LONGEST:
        return words
    digest = hashlib.sha256(str(value).encode("utf-8", "backslashreplace")).hexdigest()[:8]
    return f"{words[:LONGEST]}-{digest}".strip("-")


def _called(report: Report, varied: Mapping[str, Any], params: Mapping[str, Any]) -> list[str]:
    """A report's name, and its row of the index's grid.

    One made for publication says so in its name, however it came to be; no other does.
    """
    public = [PUBLIC] if params.get("audience") == PUBLIC else []
    told = [one for name, one in varied.items() if one != ALL and name != "audience"]
    name = ".".join([report.notebook, *public, *(slug(one) for one in told)])
    area = params.get("district", ALL)
    if area == ALL and "authority" in varied:
        area = params["authority"]
    return [name, str(area)]


def _combinations(
    report: Report, common: Mapping[str, Any], notebooks: Notebooks
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Of each report: the values that `for_each` gave it, and every parameter."""
    declared = notebooks.declared(report.notebook)
    varying = [name for name in report.for_each if name in declared]
    listed = {name: report.for_each[name] for name in varying if report.for_each[name] != FOUND}
    chosen = []
    for values in itertools.product(*listed.values()):
        varied = dict(zip(listed, values, strict=True))
        params = notebooks.whole(report.notebook, {**common, **report.parameters, **varied})
        if "district" not in varying or "district" in listed:
            chosen.append((varied, params))
            continue
        districts = notebooks.districts(params)
        if districts == []:
            raise DataError(
                f"district is to be {FOUND}, but the extracts in {params['extracts']} name none: "
                "leave for_each out, or list the districts."
            )
        for district in dict.fromkeys([ALL, *(districts or [])]):
            here = varied | {"district": district}
            chosen.append(({name: here[name] for name in varying if name in here}, params | here))
    return chosen


def _many(report: Report) -> int:
    return math.prod(len(values) for values in report.for_each.values() if values != FOUND)


def _misnamed(report: Report, notebooks: Notebooks) -> list[str]:
    """What is wrong with the names that a report gives values to, whatever the values are."""
    told = notebooks.unknown(report.notebook, {**report.parameters, **report.for_each})
    for name, values in report.for_each.items():
        if name in report.parameters:
            told.append(f"{name} is set in parameters and in for_each: leave one out.")
        if values == FOUND and name != "district":
            told.append(f"{name} cannot be {FOUND}, only district can: list its values.")
    return told


def _undeclared(file: File, notebooks: Notebooks) -> list[str]:
    """Each name in `common` that no notebook of the plan declares, if all can be read."""
    known: list[str] = []
    for report in file.reports:
        try:
            known += [name for name in notebooks.declared(report.notebook) if name not in known]
        except DataError:
            return []
    return [
        f"common: {parameters.unknown_name(name, known, 'notebooks’ parameters')}"
        for name in file.common
        if name not in known
    ]
