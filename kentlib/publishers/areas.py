"""The table of areas, joined from what each publisher says of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from kentlib.errors import DataError
from kentlib.publishers import dfe
from kentlib.publishers.dfe import Listed
from kentlib.publishers.ofsted import Authority

COUNTRY, REGION, PART, AUTHORITY = "country", "region", "part of region", "authority"
LEFT_OUT = {"England (discontinued)"}
"""Areas of the department's code list that no figure is published for."""

TYPES = {"E06": "Unitary", "E08": "Metropolitan district", "E09": "London borough", "E10": "County"}
"""What an authority is, by the first three characters of its ONS code."""

_LISTED_TYPES = {
    "UA": "Unitary",
    "MD": "Metropolitan district",
    "ILB": "London borough",
    "OLB": "London borough",
    "SC": "County",
}
_PARTS = {"Inner London", "Outer London"}

_BCP = "Bournemouth, Christchurch and Poole"
CHANGED = {
    "Bournemouth": f"Became part of {_BCP} on 1 April 2019",
    "Poole": f"Became part of {_BCP} on 1 April 2019",
    "Dorset (pre 2019)": f"Became Dorset, and with Christchurch part of {_BCP}, on 1 April 2019",
    "Northamptonshire": "Became North Northamptonshire and West Northamptonshire on 1 April 2021",
    "Cumbria": "Became Cumberland and Westmorland and Furness on 1 April 2023",
    _BCP: "Formed on 1 April 2019 from Bournemouth, Poole and the Christchurch district of Dorset",
    "Dorset": "Formed on 1 April 2019 from Dorset (pre 2019) without its Christchurch district",
    "North Northamptonshire": "Formed on 1 April 2021 from part of Northamptonshire",
    "West Northamptonshire": "Formed on 1 April 2021 from part of Northamptonshire",
    "Cumberland": "Formed on 1 April 2023 from part of Cumbria",
    "Westmorland and Furness": "Formed on 1 April 2023 from part of Cumbria",
    "Buckinghamshire": "County until 1 April 2020 (code E10000002), unitary since",
    "North Yorkshire": "County until 1 April 2023 (code E10000023), unitary since",
    "Somerset": "County until 1 April 2023 (code E10000027), unitary since",
}
"""Reorganisations of local government since 2016: facts that none of the files states."""


@dataclass
class Areas:
    """The rows of the table, and remarks for the summary."""

    rows: list[dict[str, str]]
    neighbours_edition: str
    remarks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.by_name = {row["name"]: row for row in self.rows}

    def check(self, names: set[str], source: str) -> None:
        """Stop if any name is not an area's.

        Raises
        ------
        DataError
            The message lists all such names.
        """
        unknown = sorted(names - set(self.by_name))
        if unknown:
            raise DataError(
                f"{source} names {', '.join(map(repr, unknown))}, which no area is called. If it "
                "is another spelling, add it to SPELLINGS in kentlib/publishers/names.py; if it "
                "is a new authority, the department's code list has to have it first."
            )


def build(folder: Path, ofsted: list[Authority]) -> Areas:
    """One row per area: England, its regions, and every authority since 2009.

    Parameters
    ----------
    folder
        Holds the department's files.
    ofsted
        Every authority that Ofsted's files list, once or more often.

    Raises
    ------
    DataError
        The sources name different authorities, or give one authority two codes or regions; an
        authority has no code; an abolished one has no entry in `CHANGED`.
    """
    listed = [it for it in dfe.code_list(folder) if it.name not in LEFT_OUT]
    codes = dfe.ons_codes(folder)
    near, edition = dfe.neighbours(folder)
    names = {it.number: it.name for it in listed}
    if len(names) != len(listed) or len(set(names.values())) != len(listed):
        raise DataError("la_code_list.xlsx lists a number or a name twice.")
    rows, differing = [], []
    for it in listed:
        if it.region:
            row = _authority(it, codes.get(it.number, ""), ofsted)
            row["statistical_neighbours"] = "; ".join(_named(near, names, it.number))
            kind = _LISTED_TYPES.get(it.kind)
            if kind != row["type"]:
                differing.append(f"{it.name} ({kind}; its code says {row['type']})")
        else:
            row = _wider(it, codes)
        rows.append(row)
    known = {row["name"] for row in rows if row["kind"] == AUTHORITY}
    found = Areas(sorted(rows, key=_order), edition)
    found.check({it.name for it in ofsted}, "Ofsted's workbooks")
    unlisted = sorted(known - {it.name for it in ofsted})
    if unlisted:
        raise DataError(f"Ofsted's workbooks lack {', '.join(unlisted)}.")
    if differing:
        found.remarks.append(f"la_code_list.xlsx has an earlier type for {', '.join(differing)}")
    without = sorted(r["name"] for r in rows if _lonely(r))
    if without:
        found.remarks.append(f"without statistical neighbours: {', '.join(without)}")
    return found


def _authority(it: Listed, code: str, ofsted: list[Authority]) -> dict[str, str]:
    told = [one for one in ofsted if one.name == it.name]
    current = any(not one.abolished for one in told) and not any(one.abolished for one in told)
    said = {one.code for one in told if one.code} | ({code} if code else set())
    if len(said) != 1:
        raise DataError(
            f"{it.name} has the codes {', '.join(sorted(said)) or '(none)'} in the sources; "
            "one was expected."
        )
    [code] = said
    if code[:3] not in TYPES:
        raise DataError(f"{it.name}: a code that begins {code[:3]} is of no known type.")
    regions = {one.region for one in told}
    if len(regions) > 1:
        raise DataError(f"Ofsted puts {it.name} in the regions {', '.join(sorted(regions))}.")
    if not current and it.name not in CHANGED:
        raise DataError(
            f"{it.name} no longer exists; say into what it changed, and when, in CHANGED in "
            "kentlib/publishers/areas.py."
        )
    in_london = it.region in _PARTS
    return {
        "name": it.name,
        "kind": AUTHORITY,
        "la_number": it.number,
        "code": code,
        "region": "London" if in_london else it.region,
        "london_part": it.region if in_london else "",
        "ofsted_region": "".join(regions),
        "type": TYPES[code[:3]],
        "status": "current" if current else "abolished",
        "changed": CHANGED.get(it.name, ""),
        "statistical_neighbours": "",
    }


def _wider(it: Listed, codes: dict[str, str]) -> dict[str, str]:
    if it.name not in codes:
        raise DataError(f"{it.name} is in la_code_list.xlsx, but no release gives it a code.")
    kind = PART if it.name in _PARTS else REGION
    if codes[it.name].startswith("E92"):
        kind = COUNTRY
    return {
        "name": it.name,
        "kind": kind,
        "la_number": it.number,
        "code": codes[it.name],
        "region": "London" if kind == PART else "",
        "london_part": "",
        "ofsted_region": "",
        "type": "",
        "status": "current",
        "changed": "",
        "statistical_neighbours": "",
    }


def _named(near: dict[str, list[str]], names: dict[str, str], number: str) -> list[str]:
    unknown = [it for it in near.get(number, []) if it not in names]
    if unknown:
        raise DataError(
            f"The statistical neighbours of {names[number]} include {', '.join(unknown)}, a "
            "number that la_code_list.xlsx does not have."
        )
    return [names[it] for it in near.get(number, [])]


def _lonely(row: dict[str, str]) -> bool:
    return row["kind"] == AUTHORITY and not row["statistical_neighbours"]


def _order(row: dict[str, str]) -> tuple[int, str]:
    return [COUNTRY, REGION, PART, AUTHORITY].index(row["kind"]), row["name"]
