"""The report on return interviews made for publication, on the sample: all and two districts."""

import pandas as pd
import pytest

from kentlib import disclosure, interview_tables, records
from tests.public_reports import numbers, run

PUBLIC = {"audience": "public", "min_cell": 5, "zeros": "shown", "method": "suppress"}
PROTECT = interview_tables.tables
KINDS = ("heading", "text", "figure")
PLACES = ("all", "Thanet", "Sevenoaks")
SPAN = {
    "period_start": pd.Timestamp("2016-03-07"),
    "period_end": pd.Timestamp("2017-03-06"),
    "within_hours": 72,
}


@pytest.fixture(scope="module")
def patch():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def own(patch):
    records.prepare("data/sample", "Kent", period_end="2017-03-06")
    patch.setattr("kentlib.show._show", lambda *_, **__: None)
    return records.load("data/sample", "Kent", period_end="2017-03-06")


@pytest.fixture(scope="module")
def reports(patch, own):
    """What each report shows, and the tables that it made all of it from."""
    kept, true = [], interview_tables.tables

    def tables(*told, **more):
        kept.append(true(*told, **more) if not kept else kept[0])
        return kept[0]

    patch.setattr(interview_tables, "tables", tables)
    made = {place: run(patch, "return_interviews", audience="public", district=place)
            for place in PLACES}  # fmt: skip
    return made, kept[0]


def test_nothing_but_the_protected_tables_reaches_a_public_report(patch, own, reports):
    made, safe = reports
    other = records.load("data/sample", "Kent", period_end="2017-03-06")
    other.interviews = other.interviews.iloc[::7].reset_index(drop=True)
    other.received["used"] += 1
    other.problems = other.problems.iloc[:5]
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(records, "load", lambda *_, **__: other)
        changed.setattr(records, "districts", lambda _: ["Thanet"])
        changed.setattr(interview_tables, "tables", lambda *_, **__: safe)
        for place in PLACES:
            again, _ = run(changed, "return_interviews", audience="public", district=place)
            shown = [one for one in made[place][0] if "synthetic" not in one[1]["text/plain"]]
            assert again == shown


def test_every_section_of_a_public_report_has_a_heading(reports):
    for shown, _ in reports[0].values():
        kinds = [kind for kind, _, _ in shown]
        assert kinds.count("heading") == 7
        assert shown[0][0] == "notice" and "Made for publication" in shown[0][1]["text/plain"]


def test_a_district_report_shows_its_rows_of_the_county_tables(reports):
    made, safe = reports
    for place in PLACES:
        whose = "Kent" if place == "all" else place
        rows = made[place][1][f"{whose}: each step as a share of a group"]
        pd.testing.assert_frame_equal(rows, interview_tables.at(safe["cascade"], place))


def test_no_small_count_of_the_county_and_all_districts_can_be_worked_out(own):
    specs = interview_tables.specs(own.interviews, records.districts(own), **SPAN)
    safe = disclosure.protect_all(specs)
    tried = 0
    for name, protected in safe.items():
        small = protected.audit[protected.audit["why"] == "small"]
        assert (small["high"].fillna(10**9) - small["low"] >= 5).all(), name
        tried += len(small)
        for count in specs[name].measures:
            assert not protected.table[count].between(1, 5).any(), (name, count)
    assert tried > 25


def test_the_county_keeps_what_it_is_asked_about(reports):
    steps = interview_tables.at(reports[1]["cascade"], "all")
    held = steps[steps["name"].isin(["held", "held_in_time"]) & (steps["of"] == "returns")]
    assert held["share"].notna().all()


@pytest.mark.parametrize("rule", [{"method": "round"}, {"zeros": "withheld"}])
def test_a_report_by_another_rule_shows_what_that_rule_allows_and_nothing_else(own, rule):
    kept = []

    def tables(*told, **more):
        kept.append(PROTECT(*told, **more) if not kept else kept[0])
        return kept[0]

    def allowed(shown):
        return (shown % 5 == 0).all() if "method" in rule else (shown > 5).all()

    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(interview_tables, "tables", tables)
        asked = {"audience": "public", **rule}
        shown = {one: run(changed, "return_interviews", district=one, **asked)[0] for one in PLACES}
        other = records.load("data/sample", "Kent", period_end="2017-03-06")
        other.interviews = other.interviews.iloc[::7].reset_index(drop=True)
        changed.setattr(records, "load", lambda *_, **__: other)
        again, _ = run(changed, "return_interviews", **asked)
    for name, spec in kept[0].specs.items():
        for count in spec.measures:
            assert allowed(kept[0][name][count].dropna()), (name, count)
    for outputs in shown.values():
        said = [data["text/plain"] for kind, data, _ in outputs if kind in KINDS]
        found = pd.Series([*numbers(*said)])
        assert len(found) > 3
        assert allowed(found), said
    # And all of it, figures' data too, is made from those tables: from others it is the same.
    assert again == [one for one in shown["all"] if "synthetic" not in one[1]["text/plain"]]


def test_a_report_without_extracts_holds_published_figures_only(patch):
    shown, rows = run(patch, "return_interviews", audience="public", extracts="none")
    assert "has been published before" in shown[0][1]["text/plain"]
    assert not rows
