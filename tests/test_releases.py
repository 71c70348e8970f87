"""What was published before, as a later report reads it: nothing lost, and nothing that is no more
as it was."""

import json
import shutil

import pandas as pd
import pytest

from kentlib import (
    interview_tables,
    labels,
    parameters,
    paths,
    permanence_tables,
    publication,
    released_tables,
    releases,
)
from kentlib.disclosure import Spec
from kentlib.errors import DataError
from kentlib.histories import History
from tests.released import RULES, WHEN, YEAR, protected, spec, told, write_release

PUBLIC = {"audience": "public", **RULES}


@pytest.fixture
def published(tmp_path, monkeypatch):
    """The folder "published" of a project with one release in it, "2017-03"."""
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    (tmp_path / "published").mkdir()
    release("2017-03", told(protected(12, 3, 9, 9)))
    return tmp_path / "published"


def release(name, *reports, **how):
    """Write a release into the folder "published"."""
    write_release(paths.ROOT / "published" / name, *reports, **how)


def before(notebook="permanence", authority="Kent", **values):
    return releases.before("published", notebook, authority, **PUBLIC | values)


def marks(tables):
    return tables["adopted"]["adopted_mark"].tolist()


# A table as plain data


def test_a_protected_table_is_the_same_again_when_it_was_written_and_read():
    made = protected(12, 3, 9, 9)
    plain = json.loads(json.dumps(told(made)["tables"]["adopted"]))
    again = released_tables.frame(plain)
    pd.testing.assert_frame_equal(again, made["adopted"], check_dtype=False)
    assert again["adopted"].dtype == "Int64"
    assert released_tables.period(plain) == YEAR


def test_only_keys_and_counts_with_their_marks_travel():
    table = pd.DataFrame({"district": ["Dover", "Swale"], "adopted": [3, 12], "left": [40, 40]})
    table = table.assign(share=table["adopted"] / 40, days=[7.0, 8.0], days_of="all", is_="x")
    one = Spec(
        table,
        ["district"],
        ["adopted", "left"],
        within={"adopted": "left"},
        shares={"share": ("adopted", "left")},
        derived=["days"],
        kept=["days_of"],
        cells={"left": ("is_", ["district"])},
    )
    made = publication.tables({"it": one}, **PUBLIC)
    plain = made.plain({"it": ("It", {"adopted": "Adopted"})})["it"]
    assert plain == {
        "title": "It",
        "period": None,
        "columns": [
            ["district", "District"],
            ["days_of", "Days of"],
            ["adopted", "Adopted"],
            ["left", "Left"],
        ],
        "counts": ["adopted", "left"],
        "cells": {
            "district": ["Dover", "Swale"],
            "days_of": ["all", "all"],
            "adopted": ["c", 12],
            "left": [40, 40],
            "is_": ["x", "x"],
        },
    }
    assert list(released_tables.in_csv(plain))[:4] == ["district", "days_of", "adopted", "left"]


def test_an_internal_report_carries_nothing():
    made = publication.tables({"adopted": spec(12, 3)}, audience="internal", **RULES)
    assert made.plain({}) == {}


# Reading


def test_nothing_was_published_before_where_the_parameter_says_so():
    assert releases.before("none", "permanence", "Kent", **PUBLIC) == []


def test_every_release_of_the_same_kind_and_authority_is_minded(published):
    release("2017-01", told(protected(1, 2)), told(protected(7, 8), notebook="return_interviews"))
    release("2017-02", told(protected(3, 4), authority="Medway"))
    (published / ".2017-04.partial").mkdir()
    shutil.copy(published / "2017-03" / "release.json", published / ".2017-04.partial")
    assert [one.name for one in before()] == ["2017-01", "2017-03"]
    assert [one.name for one in before(authority="Medway")] == ["2017-02"]
    assert [one.name for one in before("return_interviews")] == ["2017-01"]


def test_releases_come_in_the_order_in_which_they_were_published(published):
    release("later", told(protected(12, 3, 9, 9)), when="2017-06-01T09:00:00Z")
    release("zero", told(protected(12, 3, 9, 9)), when="2017-02-01T09:00:00Z")
    assert [one.name for one in before()] == ["zero", "2017-03", "later"]


def test_an_internal_report_minds_none_but_the_folder_is_looked_at(published):
    assert before(audience="internal", min_cell=9) == []
    (published / "2017-03" / "release.json").write_text("{}")
    with pytest.raises(DataError, match=r"2017-03/release\.json is not as kentlib publish wrote"):
        before(audience="internal")


def test_a_report_that_rounds_passes_over_releases_that_do(published):
    shutil.rmtree(published / "2017-03")
    release("2017-02", told(protected(12, 3, method="round"), method="round"))
    assert before(method="round") == []


def edited(place):
    path = place / "release.json"
    path.write_text(path.read_text().replace("33", "34"))


def not_json(place):
    (place / "release.json").write_text("{")


def csv_edited(place):
    (place / "adopted.csv").write_text("district,adopted\nDover,4\n")


def csv_gone(place):
    (place / "adopted.csv").unlink()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (edited, r"2017-03/release\.json is not as kentlib publish wrote it: put the release back"),
        (not_json, r"2017-03/release\.json is not as kentlib publish wrote it"),
        (csv_edited, r"2017-03/adopted\.csv is not as kentlib publish wrote it"),
        (csv_gone, r"2017-03 lacks adopted\.csv: put the release back"),
    ],
)
def test_a_release_that_is_not_as_it_was_published_is_named(published, damage, said):
    damage(published / "2017-03")
    with pytest.raises(DataError, match=rf"published is 'published'; {said}"):
        before()


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"min_cell": 3}, "min_cell 5, and this report has 3"),
        ({"zeros": "withheld"}, "zeros 'shown', and this report has 'withheld'"),
        ({"method": "round"}, "method 'suppress', and this report has 'round'"),
    ],
)
def test_a_release_by_other_rules_is_refused_with_the_rule(published, rule, said):
    with pytest.raises(DataError, match=f"the release 2017-03 was made with {said}: give it the"):
        before(**rule)


def test_the_limit_in_hours_is_a_rule_of_the_reports_that_have_one(published):
    release("2017-01", told(protected(7, 8), notebook="return_interviews", within_hours=72))
    assert len(before("return_interviews", within_hours=72)) == 1
    with pytest.raises(DataError, match="within_hours 72, and this report has 24"):
        before("return_interviews", within_hours=24)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("gone", "there is no such folder: name the one that holds what was published"),
        ("published/2017-03/adopted.csv", "it is a file: name the one"),
        ("published/2017-03", "it is a release itself: name the folder that holds it"),
        (".", "no folder in it is a release: name the one that holds releases, or 'none'"),
        (" ", "it must name a folder, or be 'none'"),
    ],
)
def test_a_folder_that_cannot_be_read_stops_before_anything_runs(published, value, said):
    (why,) = parameters.problems("permanence", {"published": value})
    assert why.startswith(f"published is {value!r}; {said}")


def test_the_plan_is_told_of_other_rules_before_a_kernel_starts(published):
    asked = {"authority": "Kent", **PUBLIC, "min_cell": 4, "published": "published"}
    (why,) = parameters.problems("permanence", asked)
    assert "the release 2017-03 was made with min_cell 5" in why
    assert not parameters.problems("permanence", asked | {"audience": "internal"})


def test_the_first_month_an_empty_folder_will_do(published):
    shutil.rmtree(published / "2017-03")
    (published / ".keep").write_text("")
    assert before() == []


# What it changes


def test_a_number_that_was_published_is_no_cover_for_a_small_one(published):
    shutil.rmtree(published / "2017-03")
    release("2017-04", told(protected(12, 6, 9, 40)))
    assert marks(protected(12, 3, 9, 40)) == ["", "c", "c", "", ""]
    # The others, unchanged, are known; so the whole, which fell by three, is what must go.
    assert marks(protected(12, 3, 9, 40, before=before())) == ["", "c", "", "", "c"]


def test_the_same_again_withholds_the_same(published):
    once, again = protected(12, 3, 9, 9), protected(12, 3, 9, 9, before=before())
    pd.testing.assert_frame_equal(once["adopted"], again["adopted"])


def test_the_few_added_since_the_year_so_far_are_withheld(published):
    shutil.rmtree(published / "2017-03")
    so_far = (YEAR[0], pd.Timestamp("2016-12-31"))
    release("2016-12", told(protected(12, 60, 90, period=so_far)))
    assert marks(protected(12, 63, 99))[1] == ""
    assert marks(protected(12, 63, 99, before=before()))[1] == "c"


def test_a_report_that_rounds_is_the_same_whatever_was_published(published):
    minded = protected(12, 3, before=before(), method="round")
    pd.testing.assert_frame_equal(minded["adopted"], protected(12, 3, method="round")["adopted"])


def test_a_table_with_a_count_less_or_one_that_is_no_more_is_used_as_far_as_it_goes(published):
    carried = told(protected(12, 3, 9, 9))
    carried["tables"]["gone"] = carried["tables"]["adopted"]
    (one,) = releases.earlier(
        [releases.Release("2017-03", WHEN, **carried)], {"adopted": spec(12, 3)}
    )["adopted"]
    assert one.period == YEAR
    wider = Spec(spec(1).table.assign(placed=1), ["district"], ["adopted", "placed"])
    (one,) = releases.earlier([releases.Release("2017-03", WHEN, **carried)], {"adopted": wider})[
        "adopted"
    ]
    assert one.table["placed"].isna().all()
    assert one.table["adopted"].tolist()[0] == 12


def test_a_table_that_cannot_say_what_its_rows_are_of_is_refused_with_what_to_do(published):
    other = Spec(spec(1).table.assign(team="A"), ["district", "team"], ["adopted"])
    with pytest.raises(DataError, match="adopted of the release 2017-03 has no column team: anoth"):
        releases.earlier(before(), {"adopted": other})


def test_a_table_that_is_none_is_named(published):
    carried = told(protected(12, 3))
    carried["tables"]["adopted"]["cells"]["adopted"][0] = -1
    with pytest.raises(DataError, match="adopted of the release 2017-03 is not as kentlib writes"):
        releases.earlier([releases.Release("2017-03", WHEN, **carried)], {"adopted": spec(12, 3)})


# The days that each table counts

HISTORY = History(
    **dict.fromkeys(("periods", "placements", "statuses", "adoption", "missing", "leavers")),
    first_return=pd.Timestamp("2012-04-01"),
    last_return=pd.Timestamp("2016-03-31"),
)


def days(*told):
    return tuple(pd.Timestamp(day) for day in told)


def test_each_table_on_permanence_has_the_days_that_it_counts():
    made = {"routes": pd.DataFrame({"year": [2015, 2016]})}
    on = pd.Timestamp("2016-12-31")
    found = permanence_tables.periods(made, HISTORY, year=2016, on=on)
    assert found["routes"] == days("2016-01-01", "2016-12-31")
    assert found["homes"] == found["returned"] == days("2012-04-01", "2016-03-31")
    assert found["timely"] == found["waited"] == days("2013-04-01", "2016-03-31")
    for name in ("waiting", "moved", "settled", "fostered"):
        assert found[name] == (on, on)
    by_year = {"changed", "matched"}
    assert set(found) | by_year == set(labels.PERMANENCE_TABLES)


@pytest.mark.parametrize(
    ("on", "year", "first", "last"),
    [
        ("2017-03-06", 2017, "2016-03-07", "2017-03-06"),
        ("2017-02-28", 2017, "2016-02-29", "2017-02-28"),
        ("2016-02-29", 2016, "2015-03-01", "2016-02-29"),
        ("2017-03-06", 2015, "2014-03-07", "2015-03-06"),
    ],
)
def test_the_days_of_the_routes_are_those_of_the_year_that_the_table_is_of(on, year, first, last):
    made = {"routes": pd.DataFrame({"year": [year]})}
    found = permanence_tables.periods(made, HISTORY, year=2016, on=pd.Timestamp(on))
    assert found["routes"] == days(first, last)


def test_nobody_who_left_is_a_year_without_rows():
    made = {"routes": pd.DataFrame({"year": []})}
    found = permanence_tables.periods(made, HISTORY, year=2016, on=pd.Timestamp("2017-03-06"))
    assert found["routes"] == days("2016-03-07", "2017-03-06")


def test_all_tables_on_return_interviews_count_the_twelve_months(monkeypatch):
    got = {}
    monkeypatch.setattr(interview_tables, "specs", lambda *_, **__: dict.fromkeys("ab"))
    monkeypatch.setattr(
        publication, "tables", lambda *_, **more: got.update(more) or {"reasons": 0}
    )
    monkeypatch.setattr(interview_tables, "_in_order", lambda _: None)
    first, last = days("2016-03-07", "2017-03-06")
    asked = {"period_start": first, "period_end": last, "within_hours": 72}
    interview_tables.tables(None, [], **asked, **PUBLIC)
    assert got["periods"] == {"a": (first, last), "b": (first, last)}
