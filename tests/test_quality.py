"""What is wrong in the extracts, what it costs each measure, and what to mend first."""

import functools
import io
import re

import matplotlib as mpl
import pandas as pd
import pytest
import yaml

from kentlib import charts, extracts, paths
from kentlib.extracts import Extracts, problems
from kentlib.extracts.problems import LEFT_OUT, NOTE, STOPS, Found
from kentlib.quality import completeness, costs, kinds, mending, trend

DAY = pd.Timestamp("2017-03-06")
SAMPLE = paths.DATA / "sample"
FIELDS = (paths.DATA / "templates" / "return_interviews.csv").read_text().strip().split(",")
EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,HOME_POST,PL_POST,URN"
ORDINARY = {
    "child_id": "00123456",
    "child_group": "looked after",
    "district": "Dover",
    "missing_or_away": "missing",
    "episode_start": "2017-01-01 10:00",
    "episode_end": "2017-01-02 10:00",
    "offered": "yes",
    "offered_at": "2017-01-02 11:00",
    "accepted": "yes",
    "held": "yes",
    "held_at": "2017-01-03 10:00",
    "reasons": "boundaries",
    "informed_safety_plan": "yes",
    "shared_with_authority": "not applicable",
}


@functools.cache
def sample():
    return extracts.read(SAMPLE, period_end="2017-03-06", today=DAY.date())


def interviews(folder, *changes):
    """The extracts of a folder of return interviews: ordinary ones, each with its changes."""
    lines = [",".join(FIELDS)]
    for number, change in enumerate(changes):
        row = ORDINARY | {"child_id": f"0012345{number}"} | change
        lines.append(",".join(row.get(name, "") for name in FIELDS))
    folder.mkdir(exist_ok=True)
    (folder / "interviews.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return extracts.read(folder, period_end=DAY.date(), today=DAY.date())


def episodes(folder, *rows):
    year = folder / "2016-17"
    year.mkdir(parents=True, exist_ok=True)
    (year / "episodes.csv").write_text("\n".join([EPISODES, *rows]) + "\n", encoding="utf-8")
    return extracts.read(folder, period_end=DAY.date(), today=DAY.date())


def made_of(found, files=()):
    """Extracts that hold a problem list and no rows."""
    listed = pd.DataFrame(list(files), columns=["file", "sheet", "seems_to_be", "rows"])
    return Extracts(paths.ROOT, listed, found.table(), problems.nothing_received())


def measure(found, name):
    return found.set_index("measure").loc[name]


# --- what is wrong, by kind ---


def test_a_line_counts_for_all_its_rows_and_the_worst_kind_comes_first():
    found = Found()
    found.add("codes-mixed", "mixed", file="a.csv", row=2, count=40)
    found.add(
        "blank", "empty", file="a.csv", row=[7, 9], column="DOB", letter="C", severity=LEFT_OUT
    )
    found.add("blank", "empty", file="b.csv", row=3, column="DOB", letter="C", severity=LEFT_OUT)
    found.add("file-damaged", "cut short", file="c.xlsx", severity=STOPS)
    told = kinds.by_kind(found.table())
    assert told["kind"].tolist() == ["file damaged", "blank", "codes mixed"]
    assert told["count"].tolist() == [1, 3, 40]
    assert told["places"].tolist() == [1, 2, 1]
    assert told["where"].tolist() == ["c.xlsx", "a.csv, row 7, column C, DOB", "a.csv, row 2"]
    assert kinds.finding(told) == (
        "1 problem stops a measure; 3 cells or rows were left out, most often “blank” (3)"
    )


def test_what_is_found_is_said_also_when_it_is_little_or_nothing():
    found = Found()
    assert kinds.finding(kinds.by_kind(found.table())) == "Nothing is wrong with what was received"
    found.add("codes-mixed", "mixed", file="a.csv", row=2)
    assert kinds.finding(kinds.by_kind(found.table())) == (
        "Nothing stops a measure, nothing was left out, and 1 note can wait"
    )
    found = Found()
    found.add("file-damaged", "cut short", file="a.xlsx", severity=STOPS)
    assert kinds.finding(kinds.by_kind(found.table())) == (
        "1 problem stops a measure; nothing was left out"
    )


# --- what to mend first ---

FILES = [("r.csv", "", "return interviews", 9), ("o.csv", "", "SSDA903 oc2", 9)]


def told_of(found):
    return mending.tasks(made_of(found, FILES))


def test_what_costs_most_rows_of_most_measures_is_mended_first():
    found = Found()
    add = functools.partial(found.add, file="r.csv", severity=LEFT_OUT)
    add("x", "held wrongly", row=[2, 3, 4], column="held_at", letter="M")
    add("x", "ended wrongly", row=[5, 6], column="episode_end", letter="H")
    add("x", "unused", row=range(2, 80), column="held_by", letter="N")
    found.add("y", "not there", file="gone.xlsx", severity=STOPS)
    told = told_of(found)
    assert told["problem"].tolist() == ["not there", "ended wrongly", "held wrongly", "unused"]
    assert told["measures"].tolist() == [0, 4, 1, 0]
    assert told["costs"].tolist()[2:] == ["Interviews held in time", "no measure"]
    assert mending.finding(told) == "Mend a file first, since it stops a measure: not there"
    assert mending.finding(told[1:]) == (
        "Mend episode_end of the return interviews first: 2 rows, which 4 measures need"
    )


def test_a_cell_with_two_problems_is_one_cell_to_mend():
    found = Found()
    add = functools.partial(found.add, file="r.csv", column="held_at", severity=LEFT_OUT)
    add("ends-before-start", "too early", row=[2, 3])
    add("held-without-time", "no time", row=[2, 3, 4])
    told = told_of(found)
    assert dict(zip(told["problem"], told["count"], strict=True)) == {"too early": 2, "no time": 1}


def test_a_copy_of_a_row_costs_nothing_and_a_note_is_listed_only_if_it_costs():
    found = Found()
    add = functools.partial(found.add, file="r.csv", row=2)
    add("row-again", "a copy of an earlier row: left out", column="child_id", severity=LEFT_OUT)
    add("codes-mixed", "mixed", column="held", severity=NOTE)
    add("district-unknown", "nowhere", column="district", severity=NOTE)
    told = told_of(found)
    assert told[["problem", "measures"]].to_numpy().tolist() == [
        ["nowhere", 1],
        ["a copy of an earlier row: left out", 0],
    ]


def test_a_row_without_its_identifier_is_lost_to_every_measure_of_the_table():
    found = Found()
    found.add("blank", "no id", file="r.csv", row=2, column="child_id", severity=LEFT_OUT)
    needing = [one.name for one in costs.MEASURES if "Return interviews" in one.needs]
    assert told_of(found)["measures"].tolist() == [len(needing)] == [8]


def test_the_rows_to_mend_are_told_one_by_one_up_to_as_many_as_asked():
    found = Found()
    add = functools.partial(found.add, severity=LEFT_OUT, expected="a date", letter="M")
    add("x", "wrong", file="r.csv", sheet="S", row=[9, 4], column="held_at")
    own = made_of(found, [("r.csv", "S", "return interviews", 9)])
    first = mending.rows(own, most=1)
    assert first[["column_of", "row", "file_of", "expected"]].to_numpy().tolist() == [
        ["M, held_at", 4, "r.csv, sheet S", "a date"]
    ]
    assert len(mending.rows(own, most=None)) == 2
    assert mending.finding(mending.tasks(made_of(Found()))) == (
        "Nothing has to be mended: no cell or row was left out"
    )


# --- what it costs each measure ---


def test_each_measure_of_interviews_counts_what_it_cannot_use_and_why(tmp_path):
    own = interviews(
        tmp_path,
        {},
        {"offered": "", "offered_at": ""},
        {"held_at": "2017-01-02 09:00"},  # an hour before the child came back
        {"held_at": "2017-01-05"},  # no time of day, three days after: undecidable
        {"reasons": "", "child_group": "placed by another authority", "shared_with_authority": ""},
        {"episode_end": "2016-12-30 10:00", "offered_at": "", "held_at": ""},
    )
    found = costs.costs(own, period_end=DAY)

    steps = measure(found, "Return interviews step by step")
    assert steps[["rows", "used", "left_out"]].tolist() == [6, 4, 2]
    assert steps["why"] == (
        "1 whose time of return cannot be right; 1 that do not say whether an interview was offered"
    )
    timely = measure(found, "Interviews held in time")
    assert timely[["rows", "used", "left_out"]].tolist() == [5, 3, 2]
    assert timely["why"] == (
        "1 held before the return, which cannot be right; "
        "1 undecidable, a date without a time of day"
    )
    reasons = measure(found, "Reasons for going missing")
    assert reasons[["rows", "used", "share"]].tolist() == [5, 4, 0.8]
    repeats = measure(found, "Going missing repeatedly")
    assert repeats[["rows", "left_out"]].tolist() == [6, 0]


def test_a_measure_without_its_table_or_its_column_is_stopped_and_says_why(tmp_path):
    own = interviews(tmp_path, {"informed_safety_plan": ""}, {"informed_safety_plan": ""})
    found = costs.costs(own, period_end=DAY)
    plans = measure(found, "Safety plans informed")
    assert plans["stopped"]
    assert plans["why"] == "informed_safety_plan of Return interviews says nothing"
    assert pd.isna(plans["used"])
    assert measure(found, "Routes out of care")["why"] == "no rows of SSDA903 episodes"
    compared = measure(found, "Districts compared: return interviews")
    assert compared["why"] == "no rows of Districts"
    stopped = found["stopped"].sum()
    assert costs.finding(found).startswith(f"{stopped} of {len(found)} measures cannot be made")


def test_a_problem_that_stops_a_table_stops_its_measures_and_no_others(tmp_path):
    own = interviews(tmp_path, {})
    found = Found()
    found.add("sheet-twice", "two of them", file="interviews.csv", severity=STOPS)
    found.add("x", "no date", file="interviews.csv", column="held_at", severity=STOPS)
    own.problems = found.table().iloc[1:]
    told = costs.costs(own, period_end=DAY)
    assert measure(told, "Interviews held in time")["why"] == "no date (interviews.csv)"
    assert not measure(told, "Interviews offered in time")["stopped"]
    own.problems = found.table()
    told = costs.costs(own, period_end=DAY)
    assert measure(told, "Interviews offered in time")["why"] == "two of them (interviews.csv)"


def test_rows_left_out_before_a_measure_sees_them_are_told_but_not_those_told_elsewhere(tmp_path):
    again = {"child_id": "00123450"}
    own = interviews(tmp_path, {}, {"child_id": ""}, again)
    assert own.received["left_out"].sum() == 2
    repeats = measure(costs.costs(own, period_end=DAY), "Going missing repeatedly")
    assert repeats[["rows", "not_read", "why"]].tolist() == [
        1, 1, "1 row of its tables could not be read",
    ]  # fmt: skip


def test_care_that_began_before_the_first_return_is_no_fault_of_the_record(tmp_path):
    own = episodes(
        tmp_path,
        "1,01/05/2015,P,C2,N1,U6,PR1,,,,,",
        "2,01/05/2016,S,C2,N1,U6,PR1,01/07/2016,E4A,,,",
        "3,01/05/2016,S,C2,N1,U6,PR1,01/07/2016,,,,",
    )
    found = costs.costs(own, period_end=DAY)
    entries = measure(found, "Time to a permanent home")
    assert entries[["rows", "used", "left_out", "earlier"]].tolist() == [3, 1, 1, 1]
    routes = measure(found, "Routes out of care")
    assert routes[["rows", "used", "left_out", "earlier"]].tolist() == [2, 1, 1, 0]
    moves = measure(found, "Three or more placements")
    assert moves[["rows", "used"]].tolist() == [1, 1]


def test_a_decision_for_adoption_may_stand_in_an_earlier_return(tmp_path):
    (tmp_path / "2016-17").mkdir()
    plans = (
        "CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED\n4,01/05/2014,01/06/2016,,\n"
    )
    (tmp_path / "2016-17" / "plans.csv").write_text(plans)
    own = episodes(
        tmp_path,
        "1,01/05/2015,P,E1,N1,A4,PR1,,,,,",
        "2,01/05/2016,S,E1,N1,A4,PR1,,,,,",
        "4,01/05/2016,S,E1,N1,A4,PR1,,,,,",
    )
    found = measure(costs.costs(own, period_end=DAY), "Adoption: waiting, and plans changed")
    assert found[["rows", "used", "left_out", "earlier"]].tolist() == [3, 1, 1, 1]


def test_how_long_a_child_has_lived_in_a_place_needs_earlier_returns_or_a_birth(tmp_path):
    (tmp_path / "2016-17").mkdir()
    header = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n1,1,01/05/2010,WBRI,X,,\n2,1,,WBRI,X,,\n"
    (tmp_path / "2016-17" / "header.csv").write_text(header)
    own = episodes(tmp_path, "1,01/05/2015,P,C2,N1,U6,PR1,,,,,", "2,01/05/2016,S,C2,N1,U6,PR1,,,,,")
    settled = measure(costs.costs(own, period_end=DAY), "Long-term stability")
    assert settled[["rows", "used", "left_out", "earlier"]].tolist() == [2, 0, 1, 1]


def test_every_row_has_one_reason_and_none_is_lost_from_the_count():
    found = costs.costs(sample(), period_end=DAY)
    assert not found["stopped"].any()
    assert (found["used"] + found["left_out"] + found["earlier"] == found["rows"]).all()
    told = found["why"].fillna("").str.findall(r"(?:^|; )([\d,]+) ")
    sums = [sum(int(count.replace(",", "")) for count in counts) for counts in told]
    assert sums == (found["left_out"] + found["earlier"]).tolist()


def test_the_mistakes_planted_in_the_sample_are_what_the_measures_lose():
    truth = yaml.safe_load((SAMPLE / "truth.yaml").read_text(encoding="utf-8"))["mistakes"]
    found = costs.costs(sample(), period_end=DAY)

    def lost(name, reason):
        said = re.search(rf"([\d,]+) {reason}", measure(found, name)["why"])
        return int(said[1].replace(",", ""))

    planted = truth["return interviews"]
    early = planted["held before the child came back"]
    assert lost("Interviews held in time", "held before the return") == early
    assert lost("Interviews offered in time", "offered before the return") == early
    backward = planted["came back before going missing"]
    assert lost("Return interviews step by step", "whose time of return") == backward
    renamed = next(count for said, count in planted.items() if said.startswith("district"))
    assert lost("Districts compared: return interviews", "in a district that") == renamed
    blank = truth["annex a"]["list 9: accommodation is blank though in touch"]
    assert lost("Care leavers now", "in touch, without accommodation") == blank


def test_measures_of_one_day_count_the_children_looked_after_on_it():
    found = costs.costs(sample(), period_end=DAY)
    assert measure(found, "Living outside the area")["rows"] == 1893
    assert measure(found, "Three or more placements")["rows"] == 1893


def test_what_costs_most_is_said_in_a_sentence():
    found = costs.costs(sample(), period_end=DAY)
    worst = measure(found, "Interviews shared with the placing authority")
    assert costs.finding(found) == (
        f"All {len(found)} measures can be made; the records say least for “Interviews shared with "
        f"the placing authority”: {worst['left_out']} of {worst['rows']} interviews held say too "
        "little"
    )
    full = found.assign(left_out=0)
    assert costs.finding(full) == f"All {len(found)} measures can be made; no row says too little"
    none = found.assign(stopped=True)
    assert costs.finding(none).startswith(f"None of the {len(found)} measures can be made")


# --- how full the columns are ---


def test_a_column_is_held_only_to_the_rows_that_owe_a_value(tmp_path):
    own = interviews(
        tmp_path,
        {"held_at": "2017-01-05", "reasons": ""},
        {"held": "no", "held_at": "", "reasons": ""},
        {"held": "", "held_at": "", "reasons": ""},
    )
    found = completeness.columns(own).set_index("column")
    assert found.loc["held", ["rows", "filled", "blank"]].tolist() == [3, 2, 1]
    assert found.loc["held", "first"] == "interviews.csv, row 4"
    assert found.loc["reasons", ["rows", "filled", "blank"]].tolist() == [1, 0, 1]
    assert found.loc["held_at", ["rows", "blank"]].tolist() == [1, 0]
    assert found.loc["held_at, time of day", ["rows", "blank"]].tolist() == [1, 1]
    assert found.loc["shared_with_authority", "rows"] == 0
    assert pd.isna(found.loc["shared_with_authority", "share"])
    said = completeness.finding(found.reset_index())
    assert said.endswith("the return interviews, with 1 of 1 empty")


def test_the_first_empty_cells_are_named_by_row_as_excel_shows_it():
    found = completeness.columns(sample()).set_index("column")
    assert found.loc["Type of Accommodation", "first"] == (
        "annex_a_synthetic.xlsx, sheet List 9, rows 228, 484, 720, 862, 877 and 3 more"
    )
    by_table = completeness.by_table(found.reset_index()).set_index("table")
    assert by_table.loc["Annex A list 9", ["columns", "full", "blank"]].tolist() == [4, 3, 8]
    assert by_table["columns"].sum() == len(found)


def test_a_table_that_is_not_there_has_no_columns_to_fill():
    found = completeness.columns(made_of(Found()))
    assert found.empty
    assert completeness.finding(found) == "No table was received that a measure needs"


# --- the trend ---


@pytest.mark.parametrize(
    ("name", "when"),
    [
        ("2017-03-06", "2017-03-06"),
        ("2017-03", "2017-03-01"),
        ("extract 2016-12-31 final", "2016-12-31"),
        ("2016-17", None),  # a year of the return
        ("2011-12", None),
        ("903-2012-13", None),
        ("2017-02-30", None),
        ("letters", None),
        ("2017", None),
    ],
)
def test_a_folder_is_dated_by_a_day_or_a_month_and_not_by_a_year_of_the_return(
    tmp_path, name, when
):
    folder = tmp_path / name
    folder.mkdir()
    (folder / "a.csv").write_text("a\n")
    assert [str(day.date()) for day in trend.dated(tmp_path)] == ([when] if when else [])


def test_of_several_dated_folders_the_newest_is_looked_at_and_otherwise_all(tmp_path):
    assert trend.newest("none") == "none"
    interviews(tmp_path / "2017-03", {})
    assert trend.newest(str(tmp_path)) == str(tmp_path)
    interviews(tmp_path / "2017-01-31", {})
    assert trend.newest(str(tmp_path)) == (tmp_path / "2017-03").as_posix()
    assert trend.read("none", "Kent") == {}


def test_problems_are_counted_in_a_thousand_rows_of_each_dated_folder(tmp_path):
    interviews(tmp_path / "2017-01", {}, {"held_at": "2017-01-01 09:00"})
    interviews(tmp_path / "2017-03", {}, {}, {}, {})
    found = trend.trend(trend.read(str(tmp_path), "Kent"))
    left = found[found["severity"] == LEFT_OUT]
    assert left["date"].tolist() == list(pd.to_datetime(["2017-01-01", "2017-03-01"]))
    assert left[["rows", "count"]].to_numpy().tolist() == [[2, 1], [4, 0]]
    assert left["per_thousand"].tolist() == [500.0, 0.0]
    assert trend.finding(found) == (
        "Problems that cost a cell or a row fell from 500.0 to 0.0 in a thousand rows "
        "between 1 January 2017 and 1 March 2017"
    )


def test_a_trend_says_when_nothing_moved_or_nothing_can_be_compared():
    days = pd.to_datetime(["2017-01-01", "2017-03-01"])
    columns = ["date", "rows", "severity", "count", "per_thousand"]

    def said(*rows):
        return trend.finding(pd.DataFrame(list(rows), columns=columns))

    first, same = (days[0], 100, LEFT_OUT, 1, 10.0), (days[1], 200, LEFT_OUT, 2, 10.0)
    assert said(first) == "One set of extracts was given, so there is no trend to show"
    assert "stayed at 10.0" in said(first, same)
    assert "rose from 10.0 to 20.0" in said(first, (days[1], 200, STOPS, 4, 20.0))
    assert "rose" not in said(first, same, (days[1], 200, NOTE, 900, 4500.0))
    assert "no rows to compare" in said(first, (days[1], 0, LEFT_OUT, 0, None))


# --- figures, and what none of this may tell ---


def test_a_panel_stands_for_each_severity_that_occurs_and_a_bar_for_each_kind():
    found = kinds.by_kind(sample().problems)
    made = charts.problem_bars(found)
    assert [axes.get_title(loc="left") for axes in made.axes] == ["Counted and left out", "Notes"]
    bars = [len(axes.patches) for axes in made.axes]
    assert bars == found["severity"].value_counts()[[LEFT_OUT, NOTE]].tolist()


def test_the_bars_of_a_measure_fill_its_row_and_one_that_is_stopped_says_so(tmp_path):
    found = costs.costs(interviews(tmp_path, {}, {"reasons": ""}), period_end=DAY)
    (axes,) = charts.usable_bars(found).axes
    said = [text.get_text() for text in axes.texts]
    assert said.count("cannot be made") == found["stopped"].sum()
    widths = pd.Series([bar.get_width() for bar in axes.patches])
    of_row = widths.groupby(widths.index % len(found)).sum()
    assert of_row.tolist() == pytest.approx(found["share"].notna().astype(float).tolist())
    assert said.count("no rows") == (found["rows"] == 0).sum() == 1


def drawn(made):
    target = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "test"}):
        made.savefig(target, format="svg", metadata={"Date": None})
    return target.getvalue()


def one_kind():
    found = Found()
    found.add("file-damaged", "cut short", file="a.xlsx", severity=STOPS)
    return kinds.by_kind(found.table())


def two_days(*rates):
    days = pd.to_datetime(["2017-01-01", "2017-03-01"])
    rows = [
        (day, 9, name, 1, rate) for day in days for name, rate in zip(SEVERE, rates, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(trend.COLUMNS))


SEVERE = problems.SEVERITIES
DRAWINGS = {
    "one kind of problem": lambda: charts.problem_bars(one_kind()),
    "every measure stopped": lambda: charts.usable_bars(
        costs.costs(made_of(Found()), period_end=DAY)
    ),
    "a trend": lambda: charts.problem_lines(two_days(0.0, 2.5, 60.0)),
    "a trend of folders without rows": lambda: charts.problem_lines(two_days(*[float("nan")] * 3)),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("case", DRAWINGS)
def test_a_figure_is_drawn_at_its_edges_the_same_each_time_and_says_how_to_read_it(case):
    first, again = (drawn(DRAWINGS[case]()) for _ in range(2))
    assert first == again
    assert not re.search(r">[^<]*\b(nan|None|NaT|inf)\b[^<]*<", first)
    assert DRAWINGS[case]().get_label().endswith(".")


def test_no_identifier_birth_or_postcode_is_in_any_table_or_sentence():
    own = sample()
    found = [
        kinds.by_kind(own.problems),
        completeness.columns(own),
        costs.costs(own, period_end=DAY),
        mending.tasks(own),
        mending.rows(own, most=None),
    ]
    text = "\n".join(table.to_csv() for table in found)
    assert "SYN" not in text
    assert "ZZ99" not in text
    assert not re.search(r"\b(19|20)\d\d-\d\d-\d\d\b|\b\d\d/\d\d/\d{4}\b", text)
