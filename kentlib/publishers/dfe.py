"""The Department for Education's files: LAIT's values and dictionary, area codes, neighbours."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from pathlib import Path

from kentlib.errors import DataError
from kentlib.publishers import files
from kentlib.publishers.names import agreed

MARKS = ("-",)
"""The marks the department puts where a value would stand."""
BLANK = "(blank)"
"""Our mark for a cell in which the department put nothing at all."""

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_SPREADSHEET_DAY_0 = dt.date(1899, 12, 30)


@dataclass(frozen=True)
class Listed:
    """An area in the department's code list; `region` and `kind` are "" for a region."""

    number: str
    name: str
    region: str
    kind: str


@dataclass(frozen=True)
class Value:
    """One published figure: a value, or the mark that stands in its place."""

    lait_code: str
    number: str
    area: str
    year: int
    value: float | None
    mark: str


@dataclass(frozen=True)
class Told:
    """What LAIT's dictionary says of a measure that a table repeats: `polarity`, `updated`."""

    polarity: str
    updated: dt.date


def read_value(text: object) -> tuple[float | None, str]:
    """A figure as LAIT holds it: (36.2, "") or, where a mark stands, (None, "-").

    LAIT's values are text with the noise of floating point ("36.200000000000003"): they are
    rounded to ten decimal places, far beyond what is published. An absent or empty cell is
    marked "(blank)", so that no missing figure goes without a mark.

    Raises
    ------
    DataError
        The text is neither a number nor a known mark.

    Examples
    --------
    >>> read_value("36.200000000000003")
    (36.2, '')
    >>> read_value("-")
    (None, '-')
    """
    if text is None or (isinstance(text, float) and math.isnan(text)):
        return None, BLANK
    told = str(text).strip()
    if told == "":
        return None, BLANK
    if told in MARKS:
        return None, told
    if _NUMBER.fullmatch(told) and math.isfinite(float(told)):
        return round(float(told), 10) + 0.0, ""
    raise DataError(
        f"{str(text)[:40]!r} is neither a number nor a mark that is known ({', '.join(MARKS)}). "
        "If the department has begun to use it, say what it means in "
        "data/published_indicators.yaml and add it to MARKS."
    )


def values(folder: Path, lait_codes: list[str]) -> tuple[list[Value], int]:
    """The figures of some measures, for all areas and years; and how many others were left out.

    Raises
    ------
    DataError
        The file or a column is missing, a measure has no rows, a year is not one year, a value
        is neither a number nor a mark, or an area has two figures for one measure and year.
    """
    path = files.find(folder, "bds_long*.parquet")
    columns = ["Short Desc", "Years", "LA and Regions", "Values", "LA Number"]
    table = files.frame(path, columns)
    wanted = table[table["Short Desc"].isin(lait_codes)]
    missing = sorted(set(lait_codes) - set(wanted["Short Desc"]))
    if missing:
        raise DataError(
            f"{path.name}: no row has the 'Short Desc' {', '.join(map(repr, missing))}. "
            "Has the department renamed the measure?"
        )
    found, seen = [], set()
    for code, year, area, text, number in wanted.itertuples(index=False):
        if not re.fullmatch(r"20[0-9]{2}", str(year)):
            raise DataError(
                f"{path.name}: {code} has the year {year!r}; one such as 2024 expected."
            )
        try:
            value, mark = read_value(text)
        except DataError as error:
            raise DataError(f"{path.name}: {code}, {area}, {year}: {error}") from None
        key = (code, number, year)
        if key in seen:
            raise DataError(f"{path.name}: {code}, {area}, {year} stands twice.")
        seen.add(key)
        found.append(Value(code, _whole(path, number), agreed(str(area)), int(year), value, mark))
    return found, table["Short Desc"].nunique() - len(lait_codes)


def _whole(path: Path, number: object) -> str:
    try:
        return str(int(float(number)))
    except (TypeError, ValueError):
        raise DataError(f"{path.name}: an 'LA Number' is {number!r}, not a number.") from None


def told(folder: Path, lait_codes: list[str]) -> dict[str, Told]:
    """What LAIT's dictionary says of each measure.

    Raises
    ------
    DataError
        A measure is not in the dictionary once, or its polarity or last update is not of the
        kind expected.
    """
    path = files.find(folder, "lait_data_dictionary.csv")
    table = files.frame(path, ["Measure_short", "Polarity", "Last Update"])
    polarities = {"High": "high", "Low": "low", "-": "none", "NA": "none", "": "none"}
    found = {}
    for code in lait_codes:
        rows = table[table["Measure_short"] == code]
        if len(rows) != 1:
            raise DataError(
                f"{path.name}: {len(rows)} rows have the Measure_short {code!r}; one was expected."
            )
        row = rows.iloc[0]
        if row["Polarity"] not in polarities or not row["Last Update"].isdigit():
            raise DataError(
                f"{path.name}: {code} has the polarity {row['Polarity']!r} and the last update "
                f"{row['Last Update']!r}; High, Low or - and a spreadsheet's day were expected."
            )
        updated = _SPREADSHEET_DAY_0 + dt.timedelta(days=int(row["Last Update"]))
        found[code] = Told(polarities[row["Polarity"]], updated)
    return found


def code_list(folder: Path) -> list[Listed]:
    """The areas LAIT knows: authorities of today and of before, regions, England."""
    path = files.find(folder, "la_code_list.xlsx")
    headers: files.Headers = {
        "number": "LA Number",
        "name": "LA Name",
        "region": "Region",
        "kind": "Type",
    }
    rows = files.table(path, "*", "name", headers)
    return [
        Listed(
            number=row.number("number"),
            name=agreed(row.text("name")),
            region="" if row.text("region") == "NA" else row.text("region"),
            kind="" if row.text("kind") == "NA" else row.text("kind"),
        )
        for row in rows
    ]


def neighbours(folder: Path) -> tuple[dict[str, list[str]], str]:
    """Each authority's statistical neighbours as DfE numbers, closest first; and the edition."""
    path = files.find(folder, "sn_*.xlsx")
    headers: files.Headers = {"name": "LA Name", "number": "LA num"}
    places = [f"SN{place}" for place in range(1, 11)]
    headers |= {place: place for place in places}
    rows = files.table(path, "*", "name", headers)
    found = {}
    for row in rows:
        number = row.number("number")
        if number == "" and row.text("name").casefold().startswith("old sn"):
            continue  # the line above the neighbours of authorities that no longer exist
        if not number or number in found:
            raise DataError(f"{row.where}: {row.text('name')} has no number of its own.")
        found[number] = [row.number(place) for place in places if row.number(place)]
    return found, path.stem


def ons_codes(folder: Path) -> dict[str, str]:
    """The latest ONS code of each DfE number; regions and England by their name instead."""
    path = files.find(folder, "c1_children_in_need_referrals_and_rereferrals_*.csv")
    columns = ["time_period", "geographic_level", "country_code", "country_name"]
    columns += ["region_code", "region_name", "old_la_code", "new_la_code"]
    table = files.frame(path, columns).sort_values("time_period", kind="stable")
    found = {}
    for row in table.itertuples(index=False):
        if row.geographic_level == "Local authority":
            found[row.old_la_code] = row.new_la_code
        elif row.geographic_level == "Regional":
            found[agreed(row.region_name)] = row.region_code
        elif row.geographic_level == "National":
            found[agreed(row.country_name)] = row.country_code
        else:
            raise DataError(f"{path.name}: the geographic_level {row.geographic_level!r} is new.")
    return found
