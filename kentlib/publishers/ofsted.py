"""Ofsted's two workbooks: inspection history to 2023, and ILACS inspections to the latest March.

`Childrens_social_care_in_England_*_underlying_data.ods` has one row per authority with a block
of columns per inspection (2009 to 2023), and under it a second such table for authorities that
no longer exist. `LA_Inspection_Outcomes_as_at_*.ods` has one row per ILACS inspection, with
both dates. ILACS judgements are taken from the second file alone; where the first one says
otherwise, the row's note says what.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from pathlib import Path

from kentlib.errors import DataError
from kentlib.publishers import files
from kentlib.publishers.files import Row
from kentlib.publishers.names import REGIONS, agreed

SCALE = {"Outstanding": 1, "Good": 2, "Requires improvement to be good": 3, "Inadequate": 4}
NOT_JUDGED = "' -' in the source: not judged"
BLANK = "blank in the source"
SPLIT = dt.date(2023, 1, 1)
"""From this day an ILACS inspection judges care leavers apart from children in care."""

FRAMEWORKS = ("SLAC", "CPI", "TLAC", "SIF", "ILACS")
ASPECTS = (
    "overall effectiveness",
    "safeguarding",
    "looked after children",
    "impact of leaders",
    "help and protection",
    "looked after and permanence",
    "in care and care leavers",
    "in care",
    "adoption performance",
    "care leavers",
    "leadership",
    "safeguarding children board",
)
"""In the order a report gives them."""


@dataclass(frozen=True)
class Judgement:
    """One aspect of one inspection of one authority, as Ofsted's table gives it."""

    authority: str
    framework: str
    inspection: str
    aspect: str
    grade: str
    inspected: dt.date | None
    published: dt.date
    source: str
    note: str = ""
    number: int = 0


@dataclass(frozen=True)
class Authority:
    """An authority as Ofsted lists it; `code` is "" where the list has none."""

    name: str
    abolished: bool
    region: str
    code: str = ""


@dataclass
class History:
    """What the two workbooks say: judgements, authorities, and remarks for the summary.

    Names are the agreed spellings; whether each is a known area is for the caller to check.
    """

    judgements: list[Judgement]
    authorities: list[Authority]
    editions: list[str]
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Block:
    framework: str
    inspection: str
    published: str
    aspects: dict[str, str]


@dataclass(frozen=True)
class _OldIlacs:
    """An ILACS inspection in the older workbook; `which` is "First" or "Second"."""

    authority: str
    number: int
    which: str
    row: Row


_SIF = {
    "overall effectiveness": "{} SIF{} Overall Judgement (OE)",
    "help and protection": "{} SIF{} children who need help and protection",
    "looked after and permanence": "{} SIF{} children looked after and achieving permanence",
    "adoption performance": "{} SIF{} CLA Sub: Adoption Performance",
    "care leavers": "{} SIF{} CLA Sub: Experiences and progress of care leavers",
    "leadership": "{} SIF{} leadership, management and governance",
}
_SIF_DATE = "Single Inspection of LA Children's Services (SIF) {} publication date"
_BLOCKS = (
    _Block(
        "SLAC",
        "inspection",
        "Safeguarding & Looked After Children (SLAC) Inspection publication date",
        {
            "safeguarding": "SLAC Safeguarding Overall effectiveness (OE)",
            "looked after children": "SLAC Looked After Children Overall Effectiveness (OE)",
        },
    ),
    _Block(
        "SLAC",
        "re-inspection",
        "SLAC re-inspection of Safeguarding publication date",
        {"safeguarding": "SLAC re-inspection Safeguarding OE"},
    ),
    _Block(
        "SLAC",
        "re-inspection",
        "SLAC re-inspection of services for Children Looked After publication date",
        {"looked after children": "SLAC re-inspection of services Children Looked After OE"},
    ),
    _Block(
        "CPI",
        "inspection",
        "Child Protection Inspections (CPI) publication date",
        {"overall effectiveness": "CPI Overall Effectiveness (OE)"},
    ),
    _Block(
        "CPI",
        "re-inspection",
        "Child Protection Re-Inspection (CPRI) publication date",
        {"overall effectiveness": "CPRI Overall Effectiveness (OE)"},
    ),
    _Block(
        "TLAC",
        "inspection",
        "Targeted Looked After Children (TLAC) inspection publication date",
        {"overall effectiveness": "TLAC Overall Effectiveness (OE)"},
    ),
    _Block(
        "SIF",
        "inspection",
        _SIF_DATE.format("First SIF"),
        {aspect: header.format("First", "").strip() for aspect, header in _SIF.items()}
        | {"safeguarding children board": "LSCB Overall Effectiveness"},
    ),
    _Block(
        "SIF",
        "re-inspection",
        _SIF_DATE.format("SIF Re-inspection"),
        {aspect: header.format("", " Re-inspection").strip() for aspect, header in _SIF.items()},
    ),
)

_LATEST = {
    "authority": "Local authority name",
    "code": "Local authority area code",
    "region": "Ofsted region",
    "inspected": "Inspection date",
    "published": "Publication date",
    "overall effectiveness": "Overall effectiveness",
    "impact of leaders": "The impact of leaders on social work practice with children and families",
    "help and protection": "The experiences and progress of children who need help and protection",
    "in care": "The experiences and progress of children in care",
    "care leavers": "The experiences and progress of care leavers",
}
_ILACS_ASPECTS = tuple(_LATEST)[5:]
_STATUS = {"Current": False, "No longer exists": True}
_TYPES = {
    "ILACS Standard Inspection": "standard inspection",
    "ILACS Short Inspection": "short inspection",
}


def _ilacs_headers(which: str) -> files.Headers:
    """Headers of one ILACS block of the older workbook: `which` is "First" or "Second"."""
    ends = {
        "type": "inspection type",
        "published": "publication date",
        "overall effectiveness": "overall effectiveness",
        "impact of leaders": "impact of leaders",
        "help and protection": "experiences and progress of children who need help and protection",
        "in care": "experiences and progress of children in care",
        "care leavers": "experiences and progress of care leavers",
    }
    made: files.Headers = {}
    for name, end in ends.items():
        headers = [f"{which} ILACS framework {end}"]
        if name == "in care":
            headers.append(f"{headers[0]} and care leavers")
        if which == "First":  # the table of abolished authorities has one block, unnumbered
            headers += [header.removeprefix("First ") for header in headers]
        made[f"{which} {name}"] = tuple(headers)
    return made


def history(folder: Path) -> History:
    """Every judgement in the two workbooks, and every authority they list.

    Raises
    ------
    DataError
        A file is missing or its layout is not the one expected, a grade is not on the scale, or
        a judgement has no publication date.
    """
    older = files.find(folder, "Childrens_social_care_in_England_*_underlying_data.ods")
    latest = files.find(folder, "LA_Inspection_Outcomes_as_at_*.ods")
    old_title, old_day = _cover(older)
    new_title, new_day = _cover(latest)

    judgements, authorities, old_ilacs = _to_2023(older, f"Ofsted {old_day.year}")
    ilacs, dated = _ilacs(latest, f"Ofsted {new_day.year}")
    current = _current(latest)
    noted, remarks = _compared(ilacs, old_ilacs, f"Ofsted's {old_day.year} table")
    return History(
        judgements=_numbered(judgements + noted),
        authorities=current + dated + authorities,
        editions=[
            f"Ofsted, {old_title}, underlying data, published {_long(old_day)}",
            f"Ofsted, {new_title}, published {_long(new_day)}",
        ],
        remarks=remarks,
    )


def grade(row: Row, name: str) -> tuple[str, str]:
    """Grade and note of one cell: ("Good", ""), ("", why there is no grade).

    Raises
    ------
    DataError
        The cell holds neither a grade of the four-point scale, nor " -", nor nothing.
    """
    told = row.text(name)
    for word in SCALE:
        if told.casefold() == word.casefold():
            return word, ""
    if told == "-":
        return "", NOT_JUDGED
    if told == "":
        return "", BLANK
    raise DataError(
        f"{row.where}: {name} is {row.as_published(name)!r}; "
        f"it can be {', '.join(SCALE)}, ' -' or blank."
    )


def _to_2023(path: Path, source: str) -> tuple[list[Judgement], list[Authority], list[_OldIlacs]]:
    """Judgements under SLAC, CPI, TLAC and SIF; authorities; ILACS blocks to compare with."""
    headers: files.Headers = {"authority": "Local authority name", "region": "LA region"}
    for place, block in enumerate(_BLOCKS):
        headers[f"{place} published"] = block.published
        headers |= {f"{place} {aspect}": header for aspect, header in block.aspects.items()}
    second = _ilacs_headers("Second")
    headers |= _ilacs_headers("First") | second
    optional = [*second, "First care leavers"]
    sheet = "LA_inspections_*"
    found = files.tables(path, sheet, "authority", headers, optional=optional)
    if len(found) != 2:
        raise DataError(
            f"{path.name}, sheet {sheet}: two tables were expected (authorities of today, and "
            f"under them those that no longer exist); there are {len(found)}."
        )
    name, _ = files.sheet(path, sheet)
    judgements, authorities, ilacs = [], [], []
    for abolished, rows in zip((False, True), found, strict=True):
        for row in rows:
            authority = _authority(row, abolished)
            authorities.append(authority)
            for place, block in enumerate(_BLOCKS):
                judgements += _block(row, place, block, authority.name, f"{source}, {name}")
            for number, which in enumerate(("First", "Second"), start=1):
                if row.text(f"{which} published"):
                    ilacs.append(_OldIlacs(authority.name, number, which, row))
    return judgements, authorities, ilacs


def _authority(row: Row, abolished: bool) -> Authority:
    name = agreed(row.text("authority"), abolished=abolished)
    region = row.text("region")
    return Authority(name, abolished, REGIONS.get(region, region), row.text("code"))


def _block(row: Row, place: int, block: _Block, authority: str, source: str) -> list[Judgement]:
    published = row.day(f"{place} published")
    made = []
    for aspect in block.aspects:
        told, note = grade(row, f"{place} {aspect}")
        if published is None:
            if note != BLANK:
                raise DataError(
                    f"{row.where}: {block.framework} {block.inspection}, {aspect} is "
                    f"{row.as_published(f'{place} {aspect}')!r} but its publication date is blank."
                )
            continue
        made.append(
            Judgement(
                authority=authority,
                framework=block.framework,
                inspection=block.inspection,
                aspect=aspect,
                grade=told,
                inspected=None,
                published=published,
                source=source,
                note=note,
            )
        )
    return made


def _ilacs(path: Path, source: str) -> tuple[list[Judgement], list[Authority]]:
    sheet = "ILACS_inspection_history"
    headers = _LATEST | {"status": "Local authority status", "type": "Inspection type"}
    judgements, authorities = [], []
    for row in files.table(path, sheet, "authority", headers):
        if row.text("status") not in _STATUS or row.text("type") not in _TYPES:
            raise DataError(
                f"{row.where}: status {row.text('status')!r} and type {row.text('type')!r}; the "
                f"status can be {' or '.join(_STATUS)}, the type {' or '.join(_TYPES)}."
            )
        inspected, published = row.day("inspected"), row.day("published")
        if inspected is None or published is None:
            raise DataError(f"{row.where}: an inspection lacks a date.")
        authority = _authority(row, _STATUS[row.text("status")])
        authorities.append(authority)
        for aspect in _ILACS_ASPECTS:
            told, note = grade(row, aspect)
            if aspect == "care leavers" and inspected < SPLIT:
                if told:
                    raise DataError(
                        f"{row.where}: care leavers are graded, but were not before {_long(SPLIT)}."
                    )
                continue
            if aspect == "in care" and inspected < SPLIT:
                aspect = "in care and care leavers"
            judgements.append(
                Judgement(
                    authority=authority.name,
                    framework="ILACS",
                    inspection=_TYPES[row.text("type")],
                    aspect=aspect,
                    grade=told,
                    inspected=inspected,
                    published=published,
                    source=f"{source}, {sheet}",
                    note=note,
                )
            )
    return judgements, authorities


def _current(path: Path) -> list[Authority]:
    """The authorities there are today: one row each in the list of latest inspections."""
    headers = {name: _LATEST[name] for name in ("authority", "code", "region")}
    rows = files.table(path, "Inspections_as_at_*", "authority", headers)
    return [_authority(row, False) for row in rows]


def _compared(
    ilacs: list[Judgement], old: list[_OldIlacs], told_by: str
) -> tuple[list[Judgement], list[str]]:
    """ILACS judgements with a note wherever the older workbook says otherwise."""
    later: dict[tuple[str, int], list[Judgement]] = {}
    for made in _numbered(ilacs):
        later.setdefault((made.authority, made.number), []).append(made)
    kept, apart = [], []
    earlier = {(it.authority, it.number): it for it in old}
    for key, rows in later.items():
        for made in rows:
            said = _differences(made, earlier[key], told_by) if key in earlier else []
            kept.append(replace(made, note="; ".join(filter(None, [made.note, *said]))))
            if said and made.aspect == ASPECTS[0]:
                apart.append(f"{made.authority}, ILACS {made.number}: {'; '.join(said)}")
    lacking = sorted(f"{name} {number}" for name, number in set(earlier) - set(later))
    if lacking:
        apart.append(f"ILACS inspections that the later workbook lacks: {', '.join(lacking)}")
    both = len(set(earlier) & set(later))
    return kept, [f"{both} ILACS inspections stand in both of Ofsted's workbooks", *apart]


def _differences(made: Judgement, old: _OldIlacs, told_by: str) -> list[str]:
    said = []
    row, which = old.row, old.which
    published = row.day(f"{which} published")
    if published != made.published:
        said.append(f"{told_by} says published {_long(published)}")
    kind = _TYPES.get(row.text(f"{which} type"))
    if kind != made.inspection:
        said.append(f"{told_by} says {kind}")
    aspect = "in care" if made.aspect == "in care and care leavers" else made.aspect
    told, _ = grade(row, f"{which} {aspect}")
    if told != made.grade:
        said.append(f"{told_by} says {told or 'nothing'} for {made.aspect}")
    return said


def _numbered(judgements: list[Judgement]) -> list[Judgement]:
    """Each judgement with the number of its inspection: of its authority, under its framework.

    Inspections are told apart, and put in order, by the day they were published.
    """
    days: dict[tuple[str, str], set[dt.date]] = {}
    for made in judgements:
        days.setdefault((made.authority, made.framework), set()).add(made.published)
    order = {key: sorted(found) for key, found in days.items()}
    return [
        replace(made, number=order[made.authority, made.framework].index(made.published) + 1)
        for made in judgements
    ]


def _cover(path: Path) -> tuple[str, dt.date]:
    """Title and publication day from a workbook's cover."""
    _, cells = files.sheet(path, "Cover")
    labels = {files.tidy(row[0]).casefold(): row for row in cells if row}
    published = labels.get("published on:")
    if published is None or not isinstance(published[1], dt.date):
        raise DataError(f"{path.name}, sheet Cover: no date stands beside 'Published on:'.")
    title = files.tidy(cells[0][0])
    if title.casefold().startswith("cover sheet"):
        title = files.tidy(labels.get("policy area:", ["", title])[1])
    day = published[1]
    return title, day.date() if isinstance(day, dt.datetime) else day


def _long(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
