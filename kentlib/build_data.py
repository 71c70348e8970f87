"""Rebuild the national tables from the publishers' own files.

    kentlib build-data --from FOLDER

reads Ofsted's two workbooks and the Department for Education's files from a folder, wherever
in it they lie, and writes `areas`, `national_judgements`, `measures` and
`published_indicators`: the CSV files, and in the dictionaries beside them the lines `shape`,
`source` and `retrieved`. The rest of a dictionary is written by hand and stays. The same files
give the same bytes.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from kentlib import tables
from kentlib.errors import DataError
from kentlib.paths import DATA
from kentlib.publishers import areas, dfe, ofsted
from kentlib.publishers.areas import Areas
from kentlib.publishers.catalogue import MEASURES, Measure
from kentlib.publishers.dfe import Told, Value
from kentlib.publishers.ofsted import History

TABLES = ("areas", "measures", "national_judgements", "published_indicators")

Rows = list[dict[str, str]]


def build(
    folder: Path,
    data: Path = DATA,
    *,
    say: Callable[[str], None] = print,
    today: dt.date | None = None,
) -> list[tuple[str, int]]:
    """Rebuild the national tables: all of them, or none if anything is wrong.

    Parameters
    ----------
    folder
        Holds the publishers' files, in it or in folders under it.
    data
        Holds the dictionaries; the tables are written there.
    say
        Is given each remark on what the sources hold and the tables leave out, or where they
        disagree.
    today
        Written as `retrieved` beside a table whose rows have changed; this day if not given.

    Returns
    -------
    Name and number of rows of each table.

    Raises
    ------
    DataError
        A file is missing, is there twice or is laid out in a way not known; the sources name an
        area that is not known; or a table would break its dictionary. Nothing is written then.
    """
    history = ofsted.history(folder)
    area_table = areas.build(folder, history.authorities)
    codes = [measure.lait_code for measure in MEASURES]
    values, others = dfe.values(folder, codes)
    lait = dfe.told(folder, codes)

    made = {
        "areas": area_table.rows,
        "measures": _measures(values, lait),
        "national_judgements": _judgements(history, area_table),
        "published_indicators": _indicators(values, area_table),
    }
    tool = _lait_edition(lait.values())
    editions = {
        "areas": f"{tool}, code list and statistical neighbours ({area_table.neighbours_edition}); "
        f"{history.editions[1]}",
        "measures": f"{tool}, data dictionary",
        "national_judgements": "; ".join(history.editions),
        "published_indicators": tool,
    }
    _write(data, made, editions, today or dt.date.today())
    for remark in [*history.remarks, *area_table.remarks, *_left_out(made, others)]:
        say(remark)
    return [(name, len(made[name])) for name in TABLES]


def _measures(values: list[Value], lait: dict[str, Told]) -> Rows:
    """Rows of `measures`: the catalogue, with years, decimals and polarity from the files."""
    return [_measure(it, values, lait[it.lait_code].polarity) for it in MEASURES]


def _measure(it: Measure, values: list[Value], polarity: str) -> dict[str, str]:
    own = [v for v in values if v.lait_code == it.lait_code and v.value is not None]
    if not own:
        raise DataError(f"{it.lait_code} has no value at all, only marks.")
    years = [v.year for v in own]
    note = it.note
    if polarity == "none":
        note = " ".join(filter(None, [note, "LAIT does not say whether high or low is good."]))
    return {
        "measure": it.measure,
        "label": it.label,
        "topic": it.topic,
        "unit": it.unit,
        "stock_or_flow": it.stock_or_flow,
        "polarity": polarity,
        "numerator": it.numerator,
        "denominator": it.denominator,
        "denominator_basis": it.denominator_basis,
        "definition": it.definition,
        "decimals": str(max(_decimals(v.value) for v in own)),
        "lait_code": it.lait_code,
        "first_year": str(min(years)),
        "last_year": str(max(years)),
        "note": note,
    }


def _judgements(history: History, area_table: Areas) -> Rows:
    """Rows of `national_judgements`, by authority and date, aspects in a report's order."""
    area_table.check({it.authority for it in history.judgements}, "Ofsted's workbooks")
    ordered = sorted(
        history.judgements,
        key=lambda it: (
            it.authority,
            ofsted.FRAMEWORKS.index(it.framework),
            it.number,
            ofsted.ASPECTS.index(it.aspect),
        ),
    )
    return [
        {
            "authority": it.authority,
            "code": area_table.by_name[it.authority]["code"],
            "region": area_table.by_name[it.authority]["region"],
            "framework": it.framework,
            "inspection": it.inspection,
            "number": str(it.number),
            "aspect": it.aspect,
            "grade": it.grade,
            "scale": str(ofsted.SCALE[it.grade]) if it.grade else "",
            "inspected": it.inspected.isoformat() if it.inspected else "",
            "published": it.published.isoformat(),
            "source": it.source,
            "note": it.note,
        }
        for it in ordered
    ]


def _indicators(values: list[Value], area_table: Areas) -> Rows:
    """Rows of `published_indicators`, in the catalogue's order, then by area and year."""
    names = {row["la_number"]: row["name"] for row in area_table.rows}
    strange = sorted({f"{it.area} ({it.number})" for it in values if it.number not in names})
    if strange:
        raise DataError(f"LAIT has values for areas its code list lacks: {', '.join(strange)}.")
    differing = sorted(
        {f"{it.area} for {names[it.number]}" for it in values if it.area != names[it.number]}
    )
    if differing:
        raise DataError(
            f"LAIT's values and its code list name areas differently: {', '.join(differing)}. "
            "Add the spelling to SPELLINGS in kentlib/publishers/names.py."
        )
    place = {it.lait_code: number for number, it in enumerate(MEASURES)}
    ordered = sorted(values, key=lambda it: (place[it.lait_code], it.area, it.year))
    return [
        {
            "measure": MEASURES[place[it.lait_code]].measure,
            "area": it.area,
            "year": str(it.year),
            "value": "" if it.value is None else shortest(it.value),
            "mark": it.mark,
        }
        for it in ordered
    ]


def shortest(value: float) -> str:
    """A number in its shortest form.

    Examples
    --------
    >>> shortest(36.2), shortest(86.0)
    ('36.2', '86')
    """
    return str(int(value)) if value.is_integer() else repr(value)


def _decimals(value: float) -> int:
    _, _, after = shortest(value).partition(".")
    return len(after)


def _lait_edition(lait: Iterable[Told]) -> str:
    days = sorted(told.updated for told in lait)
    first, last = (f"{day.day} {day:%B %Y}" for day in (days[0], days[-1]))
    return (
        "Department for Education, Local authority interactive tool (LAIT), "
        f"measures updated from {first} to {last}"
    )


def _left_out(made: dict[str, Rows], others: int) -> list[str]:
    """Remarks on what the sources hold and the tables do not."""
    judgements, indicators = made["national_judgements"], made["published_indicators"]
    ungraded = [row for row in judgements if not row["grade"]]
    judged = {row["authority"] for row in judgements}
    without = [
        row["name"]
        for row in made["areas"]
        if row["kind"] == areas.AUTHORITY and row["name"] not in judged
    ]
    marks: dict[str, int] = {}
    for row in indicators:
        marks[row["mark"]] = marks.get(row["mark"], 0) + 1
    values = marks.pop("", 0)
    told = ", ".join(f"{count:,} are marked {mark}" for mark, count in sorted(marks.items()))
    return [
        f"{len(ungraded)} aspects were not judged",
        f"authorities without any judgement: {', '.join(without) or 'none'}",
        f"areas of the code list left out: {', '.join(sorted(areas.LEFT_OUT))}",
        f"{values:,} indicators have a value; {told or 'none is marked'}",
        f"{others} other measures of LAIT are left out",
    ]


def _write(data: Path, made: dict[str, Rows], editions: dict[str, str], today: dt.date) -> None:
    """Check every table against its dictionary, then replace all the files."""
    with tempfile.TemporaryDirectory(dir=data, prefix=".build-") as folder:
        new = Path(folder)
        for name in TABLES:
            table = _csv(made[name])
            (new / f"{name}.csv").write_bytes(table)
            told = _dictionary(data / f"{name}.yaml", made[name])
            lines = {
                "shape": f"[{len(made[name])}, {len(made[name][0])}]",
                "source": json.dumps(editions[name], ensure_ascii=False),
            }
            old = data / f"{name}.csv"
            if not old.exists() or old.read_bytes() != table:
                lines["retrieved"] = json.dumps(today.isoformat())
            (new / f"{name}.yaml").write_bytes(_with_lines(told, lines, name).encode())
        for name in TABLES:
            tables.read(new / f"{name}.csv", tables.read_dictionary(new / f"{name}.yaml"))
        for name in TABLES:
            for ending in ("csv", "yaml"):
                os.replace(new / f"{name}.{ending}", data / f"{name}.{ending}")
    tables.forget()


def _dictionary(path: Path, rows: Rows) -> str:
    if not path.exists():
        raise DataError(f"{path.name} is missing from {path.parent.name}/; it is written by hand.")
    if not rows:
        raise DataError(f"{path.stem} would have no rows.")
    return path.read_text(encoding="utf-8")


def _csv(rows: Rows) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8")


def _with_lines(text: str, lines: dict[str, str], name: str) -> str:
    """A dictionary's text with the values of some of its top-level keys replaced."""
    for key, value in lines.items():
        at_start = re.compile(rf"^{key}:.*$", re.MULTILINE)
        found = len(at_start.findall(text))
        if found != 1:
            raise DataError(f"{name}.yaml: one line must begin with '{key}:'; {found} do.")
        text = at_start.sub(lambda _, line=f"{key}: {value}": line, text)
    return text
