"""The bundled sample: the published totals, told by the files themselves; the same bytes again."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import yaml

from kentlib import (
    extracts,
    interviews,
    leaving,
    out_of_area,
    returning,
    sample,
    stability,
    tables,
    variation,
)
from kentlib import missing as repeats
from kentlib.errors import DataError
from kentlib.extracts import problems as found_problems
from kentlib.paths import DATA, ROOT
from kentlib.sample import published
from kentlib.sample.draws import Draws

SAMPLE = DATA / "sample"
DAY, SINCE = pd.Timestamp("2017-03-06"), pd.Timestamp("2016-03-07")
MARCH = pd.Timestamp("2016-03-31")
FIRST_INTERVIEWS = pd.Timestamp("2015-04-01")
FOSTER = ["U1", "U2", "U3", "U4", "U5", "U6"]
LINES = {
    "foster_families": FOSTER,
    "childrens_homes": ["K2"],
    "residential_schools": ["S1"],
    "with_parents": ["P1"],
}


@pytest.fixture(scope="module")
def said() -> pd.Series:
    """The published figures by id."""
    return tables.load("inspection_metrics").set_index("id")["value"]


@pytest.fixture(scope="module")
def truth() -> dict:
    return yaml.safe_load((SAMPLE / "truth.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def periods() -> pd.DataFrame:
    """Periods of care, joined from the episodes of all years by plain pandas."""
    years = [
        returned("episodes", year).assign(year=year)
        for year in ("2012-13", "2013-14", "2014-15", "2015-16", "2016-17")
    ]
    episodes = pd.concat(years).drop_duplicates(["CHILD", "DECOM"], keep="last")
    episodes = episodes.sort_values(["CHILD", "DECOM"], kind="stable")
    closed = episodes["REC"].notna() & (episodes["REC"] != "X1")
    before = closed.groupby(episodes["CHILD"]).transform(lambda ended: ended.shift().cumsum())
    whose = [episodes["CHILD"], before.fillna(0)]
    first, last = episodes.groupby(whose).head(1), episodes.groupby(whose).tail(1)
    made = last[["CHILD", "DEC", "REC"]].set_axis(["child", "end", "rec"], axis=1)
    return made.assign(start=first["DECOM"].to_numpy()).reset_index(drop=True)


@pytest.fixture(scope="module")
def workbook() -> dict[int, pd.DataFrame]:
    path = SAMPLE / "annex_a_synthetic.xlsx"
    sheets = pd.read_excel(path, sheet_name=None, engine="calamine")
    return {n: sheets[f"List {n}"] for n in range(1, 12)}


@pytest.fixture(scope="module")
def read() -> extracts.Extracts:
    return extracts.read(SAMPLE, period_end="2017-03-06", today=DAY.date())


def returned(table: str, year: str) -> pd.DataFrame:
    rows = pd.read_csv(SAMPLE / "ssda903_synthetic" / year / f"{table}.csv", dtype="str")
    dates = [name for name in rows if name in ("DECOM", "DEC", "DOB", "DUC", "MIS_START")]
    return rows.assign(**{name: pd.to_datetime(rows[name], dayfirst=True) for name in dates})


def hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def still(workbook: dict[int, pd.DataFrame]) -> pd.DataFrame:
    return workbook[8][workbook[8]["Date Ceased to be Looked After"].isna()]


def code(cells: pd.Series) -> pd.Series:
    """The code in a cell of the workbook: "f) U6: Foster..." is U6."""
    return cells.str.extract(r"^(?:[a-z]+\) )?([A-Z][A-Z0-9]*)", expand=False)


def test_the_default_seed_makes_the_committed_bytes_whatever_the_hash_seed(tmp_path):
    run = [sys.executable, "-m", "kentlib", "sample", "--out", str(tmp_path)]
    set_otherwise = {**os.environ, "PYTHONHASHSEED": "4"}
    subprocess.run(run, check=True, cwd=ROOT, env=set_otherwise, capture_output=True)
    assert hashes(tmp_path) == hashes(SAMPLE)


def test_another_seed_makes_other_children_and_keeps_the_totals(tmp_path, said):
    sample.make(5, tmp_path)
    other, ours = hashes(tmp_path), hashes(SAMPLE)
    assert sorted(other) == sorted(ours)
    assert [name for name in ours if other[name] == ours[name]] == []
    rows = pd.read_excel(
        tmp_path / "annex_a_synthetic.xlsx", sheet_name="List 8", engine="calamine"
    )
    held = rows["Date Ceased to be Looked After"].isna()
    assert held.sum() == said["looked_after_total"]
    assert rows.loc[~held, "Child Unique ID"].nunique() == said["ceased_12_months"]


def test_a_seed_below_0_is_refused(tmp_path):
    with pytest.raises(DataError, match="The seed is -1"):
        sample.make(-1, tmp_path)


def test_draws_are_these_numbers_on_every_machine():
    draws = Draws(2017, "care")
    assert [draws.below(1000) for _ in range(5)] == [26, 314, 175, 314, 597]


def test_looked_after_and_unaccompanied_on_the_day_are_as_published(workbook, periods, said):
    held = still(workbook)
    assert held["Child Unique ID"].is_unique
    alone = held.filter(like="Unaccompanied").iloc[:, 0] == "a) Yes"
    assert (len(held), alone.sum()) == (said["looked_after_total"], said["unaccompanied"])
    open_now = set(periods.loc[periods["end"].isna(), "child"])
    assert open_now == set(held["Child Unique ID"])
    assert len(open_now & set(returned("uasc", "2016-17")["CHILD"])) == said["unaccompanied"]


@pytest.mark.parametrize("line", LINES)
def test_each_placement_line_and_its_children_outside_are_as_published(line, workbook, said):
    held = still(workbook)
    here = held[code(held["Placement Type"]).isin(LINES[line])]
    out = here["Placement Location"] == "b) Out"
    assert (len(here), out.sum()) == (said[line], said[f"{line}_out_of_area"])


def test_children_outside_the_area_are_as_many_as_published(workbook, said):
    out = still(workbook)["Placement Location"] == "b) Out"
    assert out.sum() == said["looked_after_out_of_area"]


def test_the_last_placement_is_the_same_in_return_and_workbook(workbook):
    episodes = returned("episodes", "2016-17").sort_values(["CHILD", "DECOM"], kind="stable")
    last = episodes[episodes["DEC"].isna()].groupby("CHILD")["PLACE"].last()
    held = still(workbook).set_index("Child Unique ID")["Placement Type"]
    there = code(held)
    settled = ~last.str.startswith("T")
    assert (last[settled] == there.reindex(last.index)[settled]).all()


def test_looked_after_a_year_before_are_as_published(periods, said):
    held = periods[(periods["start"] <= MARCH) & ~(periods["end"] <= MARCH)]
    assert len(held) == held["child"].nunique() == said["looked_after_total_2016"]
    alone = set(returned("uasc", "2015-16")["CHILD"])
    assert held["child"].isin(alone).sum() == published.read().unaccompanied_2016


def test_children_who_ceased_and_their_routes_are_as_published(periods, said, truth):
    left = periods[(periods["end"] >= SINCE) & (periods["end"] <= DAY)]
    assert left["child"].nunique() == said["ceased_12_months"]
    assert len(left) == truth["invented"]["leavings_in_12_months"]
    routes = left.groupby("rec")["child"].nunique()
    assert routes[["E11", "E12"]].sum() == said["adoptions_12_months"]
    assert routes[["E43", "E44"]].sum() == said["special_guardianship_12_months"]
    assert routes[["E5", "E6"]].sum() == said["independent_living_12_months"]
    assert "E3" not in routes
    first = left.groupby("child")["end"].min()
    later = periods["start"] > periods["child"].map(first)
    assert periods.loc[later, "child"].nunique() == said["returned_12_months"]


def test_share_with_three_placements_rounds_to_the_published_percentage(workbook, said):
    held = still(workbook)
    many = (held["Number of Placements in the Last 12 months"] >= 3).sum()
    percent = 100 * many / len(held)
    assert round(percent) == said["short_term_stability_percent"]
    assert many == published.read().three_placements


def test_care_leavers_are_as_published(workbook, periods, said):
    rows = workbook[9]
    alone = rows.filter(like="Unaccompanied").iloc[:, 0] == "a) Yes"
    assert len(rows) == said["care_leavers_supported"]
    assert alone.sum() == said["care_leavers_unaccompanied"]
    touch = rows[rows["LA in Touch"] == "a) Yes"]
    suitable = (touch["Suitability of Accommodation"] == "a) Suitable").mean()
    assert round(100 * suitable) == said["suitable_accommodation_in_touch_percent"]
    idle = rows["Activity Status"].str.startswith("G", na=False)
    assert idle.sum() == said["not_in_employment_feb_2017"]
    shared = rows[rows["Type of Accommodation"].str.startswith("Y", na=False)]
    lately = periods[(periods["end"] >= SINCE) & periods["rec"].isin(["E5", "E6"])]
    assert len(shared) == said["multiple_occupation_12_months"]
    assert shared["Child Unique ID"].isin(lately["child"]).all()


def test_children_placed_by_others_are_as_published(said):
    rows = pd.read_csv(SAMPLE / "placed_by_others_synthetic.csv")
    assert len(rows) == rows["child_id"].nunique() == said["placed_by_other_authorities"]
    names = set(rows["responsible_authority"])
    assert len(names) == said["placing_authorities"]
    assert names <= set(tables.load("areas")["name"]) - {"Kent"}
    went = pd.read_csv(SAMPLE / "return_interviews_synthetic.csv")
    theirs = went[went["child_group"] == "placed by another authority"]
    placed_by = rows.set_index("child_id")["responsible_authority"]
    assert (theirs["child_id"].map(placed_by) == theirs["responsible_authority"]).all()


def test_other_published_counts_are_in_the_lists(workbook, said):
    assert len(workbook[7]) == said["protection_plans"]
    placed = pd.to_datetime(workbook[10]["Date Placed for Adoption"])
    assert (placed.dt.year == 2016).sum() == said["placed_for_adoption_2016"]
    adopters = workbook[11]
    waiting = adopters["Date application approved"].notna()
    waiting &= adopters["Date adopter matched with child(ren)"].isna()
    assert waiting.sum() == said["adopters_waiting"]


def test_more_unaccompanied_children_came_than_published_over(periods, said):
    alone = pd.concat(
        [returned("uasc", year)["CHILD"] for year in ("2014-15", "2015-16", "2016-17")]
    )
    came = periods[(periods["start"] >= "2015-01-01") & periods["child"].isin(alone)]
    assert said["unaccompanied_arrivals_since_2015"] < len(came) < 1450
    summer = came["start"].dt.to_period("M").value_counts()
    assert summer.idxmax() == pd.Period("2015-07")


def test_every_file_says_that_it_is_synthetic():
    for path in (one for one in SAMPLE.rglob("*") if one.is_file()):
        name = path.relative_to(SAMPLE).as_posix()
        assert "synthetic" in name or "synthetic" in path.read_text(encoding="utf-8").lower()
    for path in SAMPLE.rglob("*.csv"):
        first = pd.read_csv(path, dtype="str").iloc[:, 0]
        assert first.str.fullmatch("SYN[0-9]{7}").all()
    with zipfile.ZipFile(SAMPLE / "annex_a_synthetic.xlsx") as book:
        assert b"synthetic" in book.comment
        assert b"synthetic" in book.read("docProps/core.xml")


def test_postcodes_belong_to_no_place(workbook):
    for year in ("2012-13", "2016-17"):
        rows = returned("episodes", year)
        assert rows[["HOME_POST", "PL_POST"]].stack().dropna().str.startswith("ZZ99 ").all()
    assert workbook[8]["Placement postcode"].dropna().str.startswith("ZZ99 ").all()


def test_the_workbook_is_stored_so_that_no_compressor_changes_its_bytes():
    with zipfile.ZipFile(SAMPLE / "annex_a_synthetic.xlsx") as book:
        assert {part.compress_type for part in book.infolist()} == {zipfile.ZIP_STORED}
        assert {part.date_time[0] for part in book.infolist()} == {1980}


def test_text_has_no_carriage_return_and_the_whole_is_small():
    files = [path for path in SAMPLE.rglob("*") if path.is_file()]
    assert not any(b"\r" in path.read_bytes() for path in files if path.suffix != ".xlsx")
    assert sum(path.stat().st_size for path in files) < 12.5e6


def test_nothing_in_the_sample_stops_a_measure(read):
    assert not found_problems.stops(read.problems)


def test_planted_mistakes_are_what_the_reader_leaves_out(read, truth):
    counted = read.problems[read.problems["severity"] == found_problems.LEFT_OUT]
    interview = counted[counted["file"].str.startswith("return_interviews")]
    planted = truth["mistakes"]["return interviews"]
    column = interview.groupby(["kind", "column"]).size()
    assert column["ends-before-start", "held_at"] == planted["held before the child came back"]
    back = planted["came back before going missing"]
    assert column["ends-before-start", "episode_end"] == back
    assert column["row-again"].sum() == planted["row stands twice"]
    strange = (read.problems["kind"] == "district-unknown").sum()
    assert (
        strange == planted["district is Folkestone and Hythe, the name that Shepway took in 2018"]
    )
    blank = counted[(counted["column"] == "Placement postcode") & (counted["kind"] == "blank")]
    assert len(blank) == truth["mistakes"]["annex a"]["list 8: placement postcode is blank"]


def test_measures_find_the_published_totals(read, said):
    history = read.history
    routes = leaving.routes(history.periods, period_end=DAY)
    year = routes[routes["year"] == DAY.year].set_index("route")
    assert set(year["left_care"]) == {said["ceased_12_months"]}
    assert year.at["adopted", "children"] == said["adoptions_12_months"]
    assert year.at["special guardianship", "children"] == said["special_guardianship_12_months"]
    assert year.at["independent living", "children"] == said["independent_living_12_months"]
    back = returning.returned_since(history.periods, period_end=DAY)
    assert back["returned"].tolist() == [said["returned_12_months"]]
    lines = out_of_area.lines(read.annex_a[8], on=DAY).set_index("line")
    assert lines.at["all", "children"] == said["looked_after_total"]
    assert lines.at["foster families", "out_of_area"] == said["foster_families_out_of_area"]
    stays = stability.stays(history.placements)
    many = stability.in_year(stays, history.periods, on=DAY)
    assert many["many"].tolist() == [published.read().three_placements]


def test_measures_find_the_two_districts_that_differ_in_time_and_no_other(read, truth):
    made = held_in_time(read)
    found = variation.funnel(made, "counted", "base").set_index("area")["signal"]
    differ = found[found != "no more than chance"].to_dict()
    assert differ == {"Ashford": "higher", "Thanet": "lower"}
    assert set(differ) == set(truth["planted"]["interview_within_72_hours"]["rate_in_thousand"])


def test_measures_find_the_month_from_which_more_interviews_were_offered(read, truth):
    back = interviews.returned(read.interviews, period_start=FIRST_INTERVIEWS, period_end=DAY)
    told = interviews.states(back, as_at=DAY)
    by_month = interviews.months(
        back, told, "offered", period_start=FIRST_INTERVIEWS, period_end=pd.Timestamp("2017-02-28")
    )
    chart = variation.p_chart(by_month, "counted", "base", baseline=12)
    outside = chart.loc[chart["beyond_3"], "time"]
    assert outside.min() == pd.Timestamp(truth["planted"]["more_offered"]["from"])
    assert len(outside) == 6


def test_measures_find_the_month_from_which_more_reasons_were_recorded(read, truth):
    back = interviews.returned(read.interviews, period_start=FIRST_INTERVIEWS, period_end=DAY)
    told = interviews.states(back, as_at=DAY)
    by_month = interviews.step(back, told, "reasons_recorded", of="held", by=["month"])
    chart = variation.p_chart(by_month, "counted", "base", baseline=12)
    outside = chart.loc[chart["beyond_3"], "time"]
    assert outside.min() == pd.Timestamp(truth["planted"]["reasons_better_recorded"]["from"])


def test_what_the_reasons_are_does_not_change_when_more_are_recorded(read, truth):
    rows = read.interviews[read.interviews["reasons"].fillna("") != ""]
    changed = truth["planted"]["reasons_better_recorded"]["from"]
    family = rows["reasons"].str.contains("contact with family")
    later = rows["episode_end"] >= pd.Timestamp(changed)
    assert abs(family[later].mean() - family[~later].mean()) < 0.06


def test_measures_find_who_goes_missing_again_and_again(read, truth):
    for group, known in truth["planted"]["missing_3_times_within_30_days"].items():
        rows = read.interviews[read.interviews["child_group"] == group]
        begun = repeats.begun(rows, period_start=SINCE, period_end=DAY)
        assert repeats.repeated(begun)["repeated"].tolist() == [known["repeated"]]


def held_in_time(read: extracts.Extracts) -> pd.DataFrame:
    back = interviews.returned(read.interviews, period_start=FIRST_INTERVIEWS, period_end=DAY)
    told = interviews.states(back, as_at=DAY)
    made = interviews.step(back, told, "held_in_time", of="held", by=["district"])
    return made[made["district"].isin(read.districts["district"].unique())]
