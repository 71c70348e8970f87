"""The national tables: what a build makes of the publishers' files, and when it refuses."""

import csv
import datetime as dt
import shutil
from pathlib import Path

import pandas as pd
import pytest
from publishers_files import Sources, write_ods

from kentlib import build_data, tables
from kentlib.errors import DataError
from kentlib.paths import DATA, ROOT
from kentlib.publishers import files
from kentlib.publishers.names import agreed

PUBLISHERS = ROOT.parent / "shared" / "sources"
"""The publishers' own files, where a developer keeps them; they are not in the collection."""

CASES = ["small files", *(["publishers' files"] if PUBLISHERS.is_dir() else [])]


@pytest.fixture
def data(tmp_path):
    """A data folder with the hand-written dictionaries and no table yet."""
    folder = tmp_path / "data"
    folder.mkdir()
    for name in build_data.TABLES:
        shutil.copy(DATA / f"{name}.yaml", folder)
    return folder


def build(folder: Path, data: Path, **more) -> list[tuple[str, int]]:
    return build_data.build(folder, data, **{"say": lambda _: None} | more)


def made(sources: Sources, tmp_path: Path, data: Path, table: str) -> list[dict[str, str]]:
    """The rows of one table, built from these files."""
    build(sources.write(tmp_path / "sources"), data)
    with (data / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def contents(data: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(data.iterdir())}


@pytest.mark.parametrize("case", CASES)
def test_building_again_from_the_same_files_changes_no_byte(case, tmp_path, data):
    if case == "small files":
        folder = Sources().write(tmp_path / "sources")
        build(folder, data, today=dt.date(2026, 1, 2))
    else:
        folder = PUBLISHERS
        for name in build_data.TABLES:
            shutil.copy(DATA / f"{name}.csv", data)
    before = contents(data)
    build(folder, data, today=dt.date(2030, 1, 1))
    assert contents(data) == before


def test_retrieved_is_renewed_where_rows_change_and_only_there(tmp_path, data):
    sources = Sources()
    build(sources.write(tmp_path / "one"), data, today=dt.date(2026, 1, 2))
    sources.set_value("LAC", "Kent", "2025", "53")
    build(sources.write(tmp_path / "two"), data, today=dt.date(2027, 3, 4))
    retrieved = {
        name: tables.read_dictionary(data / f"{name}.yaml").retrieved for name in build_data.TABLES
    }
    assert retrieved.pop("published_indicators") == "2027-03-04"
    assert set(retrieved.values()) == {"2026-01-02"}


def test_the_result_names_each_table_and_its_rows(tmp_path, data):
    found = build(Sources().write(tmp_path / "sources"), data)
    assert found == [
        ("areas", 7),
        ("measures", 32),
        ("national_judgements", 24),
        ("published_indicators", 448),
    ]


def test_what_the_tables_leave_out_is_said(tmp_path, data):
    sources, said = Sources(), []
    sources.set_value("LAC", "Kent", "2025", "-")
    build(sources.write(tmp_path / "sources"), data, say=said.append)
    assert "1 aspects were not judged" in said
    assert "areas of the code list left out: England (discontinued)" in said
    assert "447 indicators have a value; 1 are marked -" in said
    assert "authorities without any judgement: Dorset" in said


def test_nothing_is_written_if_one_table_breaks_its_dictionary(tmp_path, data):
    sources = Sources()
    build(sources.write(tmp_path / "one"), data)
    before = contents(data)
    sources.set_value("LAC", "Kent", "2025", "-3")
    sources.history[5][sources.column("TLAC Overall Effectiveness (OE)")] = "Good"
    with pytest.raises(DataError, match=r"published_indicators\.csv, column value, row .*'-3'"):
        build(sources.write(tmp_path / "two"), data)
    assert contents(data) == before


def test_the_second_table_is_of_abolished_authorities(tmp_path, data):
    rows = made(Sources(), tmp_path, data, "national_judgements")
    dorset = [row for row in rows if "Dorset" in row["authority"]]
    assert {(row["authority"], row["code"], row["published"]) for row in dorset} == {
        ("Dorset (pre 2019)", "E10000009", "2011-10-28")
    }


def test_a_dash_is_an_aspect_not_judged(tmp_path, data):
    rows = made(Sources(), tmp_path, data, "national_judgements")
    [row] = [row for row in rows if not row["grade"]]
    assert (row["authority"], row["aspect"]) == ("Bristol, City of", "looked after children")
    assert (row["scale"], row["note"]) == ("", "' -' in the source: not judged")


def test_care_leavers_are_judged_apart_from_2023(tmp_path, data):
    rows = made(Sources(), tmp_path, data, "national_judgements")
    ilacs = [(r["authority"], r["aspect"]) for r in rows if r["framework"] == "ILACS"]
    assert [aspect for name, aspect in ilacs if name == "Kent"][-1] == "in care and care leavers"
    assert [aspect for name, aspect in ilacs if name != "Kent"][-2:] == ["in care", "care leavers"]


def test_a_re_inspection_is_the_second_of_its_framework(tmp_path, data):
    sources = Sources()
    place = sources.column("SLAC re-inspection of Safeguarding publication date")
    sources.history[5][place : place + 2] = [dt.date(2011, 2, 25), "Good"]
    rows = made(sources, tmp_path, data, "national_judgements")
    slac = [r for r in rows if r["authority"] == "Kent" and r["framework"] == "SLAC"]
    assert [(r["number"], r["inspection"], r["aspect"], r["grade"]) for r in slac] == [
        ("1", "inspection", "safeguarding", "Inadequate"),
        ("1", "inspection", "looked after children", "Inadequate"),
        ("2", "re-inspection", "safeguarding", "Good"),
    ]


def test_where_ofsteds_workbooks_differ_the_later_stands_and_the_row_says_so(tmp_path, data):
    sources = Sources()
    sources.history[5][sources.column("First ILACS framework publication date")] = dt.date(
        2022, 11, 5
    )
    sources.history[5][sources.column("First ILACS framework impact of leaders")] = "Good"
    rows = made(sources, tmp_path, data, "national_judgements")
    kent = {r["aspect"]: r for r in rows if (r["authority"], r["framework"]) == ("Kent", "ILACS")}
    assert kent["impact of leaders"]["published"] == "2022-07-05"
    assert kent["impact of leaders"]["grade"] == "Outstanding"
    assert kent["impact of leaders"]["note"] == (
        "Ofsted's 2023 table says published 5 November 2022; "
        "Ofsted's 2023 table says Good for impact of leaders"
    )


def test_a_grade_without_a_date_names_the_row(tmp_path, data):
    sources = Sources()
    place = sources.column("Targeted Looked After Children (TLAC) inspection publication date")
    sources.history[5][place] = ""
    with pytest.raises(DataError, match=r"2009-2023, row 6: TLAC .* publication date is blank"):
        made(sources, tmp_path, data, "national_judgements")


def test_a_grade_that_is_not_on_the_scale_names_the_row(tmp_path, data):
    sources = Sources()
    sources.history[5][sources.column("TLAC Overall Effectiveness (OE)")] = "Adequate"
    with pytest.raises(DataError, match=r"2009-2023, row 6: .* is 'Adequate'; it can be"):
        made(sources, tmp_path, data, "national_judgements")


def test_a_sheet_without_its_second_table_stops_the_build(tmp_path, data):
    sources = Sources()
    del sources.history[8:]
    with pytest.raises(DataError, match="two tables were expected"):
        made(sources, tmp_path, data, "areas")


def test_headers_may_move(tmp_path, data):
    as_issued = made(Sources(), tmp_path / "one", data, "national_judgements")
    sources = Sources()
    for row in sources.ilacs:  # the last column to the front, and a line more above
        row[:] = row[-1:] + row[:-1]
    sources.ilacs.insert(0, ["A note"])
    assert made(sources, tmp_path / "two", data, "national_judgements") == as_issued


def test_a_renamed_header_is_named_with_what_stood_there(tmp_path, data):
    sources = Sources()
    sources.ilacs[2][sources.ilacs[2].index("Publication date")] = "Date published"
    expected = (
        r"as_at_31_March_2025\.ods, sheet ILACS_inspection_history, row 3: the header "
        r"'Publication date' was expected and is not there.*\['Web link', 'Date published'\]"
    )
    with pytest.raises(DataError, match=expected):
        made(sources, tmp_path, data, "areas")


def test_a_missing_sheet_is_named_with_those_there(tmp_path, data):
    folder = Sources().write(tmp_path / "sources")
    [path] = folder.rglob("LA_Inspection_Outcomes*")
    _, cover = files.sheet(path, "Cover")
    write_ods(path, {"Cover": cover, "ILACS history": [["Local authority name"]]})
    expected = "ILACS_inspection_history was expected; its sheets are Cover, ILACS history"
    with pytest.raises(DataError, match=expected):
        build(folder, data)


def test_two_files_of_one_kind_are_both_named(tmp_path, data):
    folder = Sources().write(tmp_path / "sources")
    shutil.copy(next(folder.rglob("sn_may_2025.xlsx")), folder / "sn_may_2026.xlsx")
    expected = r"named like sn_\*\.xlsx: dfe/lait/sn_may_2025\.xlsx and sn_may_2026\.xlsx"
    with pytest.raises(DataError, match=expected):
        build(folder, data)


def test_a_missing_file_is_named_by_its_pattern(tmp_path, data):
    folder = Sources().write(tmp_path / "sources")
    next(folder.rglob("bds_long_0.parquet")).unlink()
    with pytest.raises(DataError, match=r"is named like bds_long\*\.parquet"):
        build(folder, data)


def test_files_may_lie_in_one_flat_folder(tmp_path, data):
    folder = Sources().write(tmp_path / "sources")
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        path.rename(folder / path.name)
    assert ("areas", 7) in build(folder, data)


def test_every_name_that_is_no_area_is_listed(tmp_path, data):
    sources = Sources()
    sources.latest[4][2] = "Bristol Council"
    sources.history[5][1] = "County of Kent"
    with pytest.raises(DataError, match="names 'Bristol Council', 'County of Kent', which no area"):
        made(sources, tmp_path, data, "areas")


def test_an_authority_with_two_codes_stops_the_build(tmp_path, data):
    sources = Sources()
    sources.latest[3][1] = "E10000099"
    with pytest.raises(DataError, match="Kent has the codes E10000016, E10000099"):
        made(sources, tmp_path, data, "areas")


def test_values_of_an_area_that_is_not_listed_stop_the_build(tmp_path, data):
    sources = Sources()
    sources.values.append(["LAC", "2025", "Atlantis", "10", 777.0])
    with pytest.raises(DataError, match=r"areas its code list lacks: Atlantis \(777\)"):
        made(sources, tmp_path, data, "areas")


def test_values_under_another_areas_number_stop_the_build(tmp_path, data):
    sources = Sources()
    [row] = [r for r in sources.values if r[:3] == ["LAC", "2025", "Kent"]]
    row[2] = "Medway"
    with pytest.raises(DataError, match="name areas differently: Medway for Kent"):
        made(sources, tmp_path, data, "areas")


def test_a_value_that_stands_twice_stops_the_build(tmp_path, data):
    sources = Sources()
    sources.values.append(["LAC", "2025", "Kent", "11", 886.0])
    with pytest.raises(DataError, match="LAC, Kent, 2025 stands twice"):
        made(sources, tmp_path, data, "areas")


def test_marks_survive_and_noise_does_not(tmp_path, data):
    sources = Sources()
    texts = {"2024": "36.200000000000003", "2025": "-"}
    for year, text in texts.items():
        sources.set_value("LAC", "Kent", year, text)
    sources.set_value("LAC", "Dorset", "2025", None)
    rows = made(sources, tmp_path, data, "published_indicators")
    told = {
        (r["area"], r["year"]): (r["value"], r["mark"])
        for r in rows
        if r["measure"] == "looked_after_rate"
    }
    assert told["Kent", "2024"] == ("36.2", "")
    assert told["Kent", "2025"] == ("", "-")
    assert told["Dorset", "2025"] == ("", "(blank)")
    assert told["Dorset", "2024"] == ("10", "")


def test_an_unknown_mark_names_measure_area_and_year(tmp_path, data):
    sources = Sources()
    sources.set_value("LAC", "Kent", "2025", "low")
    with pytest.raises(DataError, match="LAC, Kent, 2025: 'low' is neither a number nor a mark"):
        made(sources, tmp_path, data, "areas")


def test_a_measure_the_department_no_longer_has_is_named(tmp_path, data):
    sources = Sources()
    sources.values = [row for row in sources.values if row[0] != "ReReferral"]
    with pytest.raises(DataError, match="no row has the 'Short Desc' 'ReReferral'"):
        made(sources, tmp_path, data, "areas")


def test_polarity_years_and_decimals_come_from_the_files(tmp_path, data):
    sources = Sources()
    sources.set_value("LAC", "Kent", "2025", "53.5")
    for row in sources.told:
        row[1] = {"LAC": "-", "ReReferral": "Low"}.get(row[0], "High")
    for row in sources.values:
        if row[0] == "ReReferral" and row[1] == "2024":
            row[3] = "-"
    rows = {row["measure"]: row for row in made(sources, tmp_path, data, "measures")}
    rate, again = rows["looked_after_rate"], rows["re_referral_percent"]
    assert (rate["polarity"], rate["decimals"], rate["first_year"]) == ("none", "1", "2024")
    assert (again["polarity"], again["decimals"], again["first_year"]) == ("low", "0", "2025")


# The tables as they stand


def test_kent_was_judged_as_its_reports_say():
    judgements = tables.load("national_judgements").query("authority == 'Kent'")
    told = {
        (framework, f"{published:%Y-%m-%d}"): rows["scale"].tolist()
        for (framework, published), rows in judgements.groupby(["framework", "published"])
    }
    assert told == {
        ("SLAC", "2010-11-19"): [4, 4],
        ("CPI", "2013-01-15"): [3],
        ("TLAC", "2013-08-23"): [3],
        ("SIF", "2017-06-13"): [2, 3, 2, 2, 2, 2, 3],
        ("ILACS", "2022-07-05"): [1, 1, 2, 1],
    }


def test_grade_and_scale_say_the_same():
    judgements = tables.load("national_judgements")
    pairs = judgements[["grade", "scale"]].dropna().drop_duplicates()
    assert sorted(map(tuple, pairs.to_numpy().tolist())) == [
        ("Good", 2),
        ("Inadequate", 4),
        ("Outstanding", 1),
        ("Requires improvement to be good", 3),
    ]
    assert (judgements["grade"].isna() == judgements["scale"].isna()).all()


def test_the_two_ilacs_rows_that_ofsteds_workbooks_differ_on_are_the_ones_the_dictionary_names():
    judgements = tables.load("national_judgements")
    noted = judgements[judgements["note"].str.contains("2023 table", na=False)]
    assert set(zip(noted["authority"], noted["number"], noted["note"], strict=True)) == {
        ("Merton", 1, "Ofsted's 2023 table says standard inspection"),
        ("Nottingham", 2, "Ofsted's 2023 table says published 5 November 2022"),
    }


def test_every_statistical_neighbour_is_an_authority():
    areas = tables.load("areas").query("kind == 'authority'")
    listed = areas["statistical_neighbours"].dropna().str.split("; ")
    assert listed.str.len().eq(10).all()
    assert set(listed.explode()) <= set(areas["name"])


def test_there_are_nine_regions_and_153_authorities_of_today():
    areas = tables.load("areas")
    assert areas["kind"].value_counts().to_dict() == {
        "authority": 158,
        "region": 9,
        "part of region": 2,
        "country": 1,
    }
    assert areas.query("kind == 'authority'")["status"].value_counts()["current"] == 153


def test_every_indicator_has_a_value_or_a_mark_and_never_both():
    indicators = tables.load("published_indicators")
    assert (indicators["value"].notna() ^ indicators["mark"].notna()).all()


def test_counts_are_whole_numbers_and_percentages_at_most_100():
    indicators = tables.load("published_indicators").dropna(subset="value")
    units = tables.load("measures").set_index("measure")["unit"]
    unit = indicators["measure"].map(units)
    assert (indicators["value"][~unit.isin(["percent", "per 10,000 children"])] % 1 == 0).all()
    assert indicators["value"][unit == "percent"].max() <= 100


def test_authorities_counts_of_2016_and_2017_are_rounded_to_five_where_the_definition_says_so():
    measures = tables.load("measures").set_index("measure")
    authorities = tables.load("areas").query("kind == 'authority'")["name"]
    early = tables.load("published_indicators").query("year in (2016, 2017) and value > 0")
    early = early[early["area"].isin(authorities) & early["measure"].str.endswith("_number")]
    fives = (early["value"] % 5 == 0).groupby(early["measure"]).all()
    said = measures["definition"].str.contains("rounded to the nearest 5", regex=False)
    assert set(fives[fives].index) == set(said[said].index)


@pytest.mark.parametrize(
    "percent",
    tables.load("measures")
    .query("unit == 'percent' and denominator_basis == 'published'")
    .dropna(subset=["numerator", "denominator"])["measure"],
)
def test_a_published_percentage_is_of_its_published_denominator(percent):
    told = tables.load("measures").set_index("measure").loc[percent]
    wide = tables.load("published_indicators").pivot(
        index=["area", "year"], columns="measure", values="value"
    )
    authorities = tables.load("areas").query("kind == 'authority'")["name"]
    wide = wide[wide.index.get_level_values("area").isin(authorities)].query("year >= 2018")
    share = 100 * wide[told["numerator"]] / wide[told["denominator"]]
    off = (share - wide[percent]).abs().dropna()
    assert len(off) > 400
    assert (off > 0.5 * 10 ** -int(told["decimals"]) + 1e-9).mean() < 0.01


# LAIT against the department's own releases

_LOOKED_AFTER = {"population_type": "Children looked after on 31 March each year"}
RELEASES = {
    "cla_number_and_rate_per_10k_children.csv": [
        (_LOOKED_AFTER, "children_count", "looked_after_number"),
        (_LOOKED_AFTER, "rate_per_10000", "looked_after_rate"),
    ],
    "la_cla_placement_stability.csv": [
        (
            {
                "cla_group": "CLA on 31 March",
                "placement_stability": "With 3 or more placements during the year",
            },
            "children_percent",
            "three_placements_percent",
        ),
        (
            {"placement_stability": "Living with the same carer for at least 2 years"},
            "children_count",
            "long_term_stable_number",
        ),
    ],
    "la_care_leavers_activity.csv": [
        (
            {
                "care_leaver_age": "19 to 21 years",
                "breakdown": "Total in education, employment or training",
            },
            "care_leaver_percent",
            "education_employment_percent",
        ),
    ],
    "la_care_leavers_accommodation_suitability.csv": [
        (
            {"care_leaver_age": "19 to 21 years", "breakdown": "Suitability total"},
            "care_leaver_count",
            "care_leavers_number",
        ),
        (
            {
                "care_leaver_age": "19 to 21 years",
                "breakdown": "Accommodation considered suitable",
            },
            "care_leaver_count",
            "suitable_accommodation_number",
        ),
    ],
}


def release(folder: Path, name: str, rows: dict[str, str], column: str) -> pd.Series:
    """One column of a release, by area and year."""
    table = pd.read_csv(files.find(folder, name), dtype="str", encoding="utf-8-sig")
    for filtered, value in rows.items():
        table = table[table[filtered] == value]
    level = table["geographic_level"]
    area = table["la_name"].where(level == "Local authority", table["region_name"])
    area = area.where(level != "National", "England").map(agreed)
    area = area.mask(table["old_la_code"] == "835", "Dorset (pre 2019)")
    index = pd.MultiIndex.from_arrays([area, table["time_period"].astype("int64")])
    return pd.Series(table[column].to_numpy(), index=index)


def differing(folder: Path, indicators: pd.DataFrame) -> tuple[int, list[tuple]]:
    """How many figures stand in both, and those that differ: measure, area, year."""
    compared, found = 0, []
    for name, parts in RELEASES.items():
        for rows, column, measure in parts:
            lait = indicators[indicators["measure"] == measure].set_index(["area", "year"])
            released = pd.to_numeric(release(folder, name, rows, column), errors="coerce")
            assert not released.index.duplicated().any()
            both = pd.DataFrame({"lait": lait["value"], "released": released}).dropna()
            compared += len(both)
            off = both[(both["lait"] - both["released"]).abs() > 1e-9]
            found += [(measure, *key) for key in off.index]
    return compared, found


def small_releases(different: str) -> dict[str, str]:
    """Releases that hold Kent and England for 2025, all "10" but one."""
    made_files = {}
    for name, parts in RELEASES.items():
        columns = sorted({key for rows, *_ in parts for key in rows})
        values = sorted({column for _, column, _ in parts})
        lines = ["time_period,geographic_level,region_name,old_la_code,la_name,"]
        lines[0] += ",".join([*columns, *values])
        for rows, _, measure in parts:
            told = ",".join(f'"{rows.get(key, "")}"' for key in columns)
            figure = "11" if measure == different else "10"
            lines.append(f"2025,National,,,,{told}" + f",{figure}" * len(values))
            lines.append(f"2025,Local authority,South East,886,Kent,{told}" + ",10" * len(values))
        made_files[name] = "\n".join(dict.fromkeys(lines)) + "\n"
    return made_files


@pytest.mark.parametrize("case", CASES)
def test_lait_and_the_departments_releases_give_the_same_figures(case, tmp_path, data):
    if case == "small files":
        sources = Sources()
        sources.extra = small_releases(different="suitable_accommodation_number")
        made(sources, tmp_path, data, "areas")
        told = tables.read_dictionary(data / "published_indicators.yaml")
        indicators = tables.read(data / "published_indicators.csv", told)
        assert differing(tmp_path / "sources", indicators) == (
            14,
            [("suitable_accommodation_number", "England", 2025)],
        )
    else:
        compared, found = differing(PUBLISHERS, tables.load("published_indicators"))
        assert compared > 5000
        assert found == []
