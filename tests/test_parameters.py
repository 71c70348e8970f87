import datetime as dt

import pytest

from kentlib import parameters, paths, records, shares
from kentlib.errors import DataError

OWN = {"extracts": "data/sample", "district": "all", "period_end": "2017-03-06"}
PROTECTED = {"audience": "public", "min_cell": 5, "zeros": "shown", "method": "suppress"}
GOOD = {
    "data_quality": {
        "authority": "Kent",
        "extracts": "none",
        "period_end": "2017-03-06",
        **PROTECTED,
    },
    "judgements": {
        "authority": "Kent",
        "framework": "SIF",
        "comparator": "England",
        "audience": "internal",
    },
    "permanence": {
        "authority": "Kent",
        "comparator": "region",
        "year": 2017,
        **OWN,
        **PROTECTED,
        "published": "none",
    },
    "return_interviews": {
        "authority": "Kent",
        "comparator": "good or outstanding",
        "year": 2017,
        **OWN,
        "within_hours": 72,
        **PROTECTED,
        "published": "none",
    },
}


def problem(notebook, **change):
    """The one problem with otherwise good parameters."""
    found = parameters.problems(notebook, GOOD[notebook] | change)
    assert len(found) == 1, found
    return found[0]


def test_good_values_are_given_for_every_parameter_of_every_notebook():
    assert {name: list(values) for name, values in GOOD.items()} == {
        name: list(declared) for name, declared in parameters.NOTEBOOKS.items()
    }


@pytest.mark.parametrize("notebook", GOOD)
def test_the_bundled_authority_is_possible_in_every_notebook(notebook):
    parameters.check(notebook, **GOOD[notebook])


def test_every_problem_is_in_one_message():
    with pytest.raises(DataError) as caught:
        parameters.check("permanence", authority="Kint", comparator="France", year="2017", ages=3)
    message = str(caught.value)
    assert "\n" not in message
    for name in ("authority is 'Kint'", "comparator is 'France'", "year is '2017'", "ages is not"):
        assert name in message


def test_a_long_list_is_given_by_its_closest_values_and_its_length():
    told = problem("judgements", authority="kent")
    assert "'Kent'" in told
    assert f"of {len(parameters.judged_authorities({}))} possible values" in told
    assert "Zanzibar" in (told := problem("judgements", authority="Zanzibar xyz"))
    assert "none of the" in told


def test_a_report_is_made_for_one_of_two_audiences_by_known_rules():
    assert problem("judgements", audience="Public") == (
        "audience is 'Public'; it can be 'internal', 'public'."
    )
    assert problem("permanence", min_cell=0) == "min_cell is 0; it must be from 1 to 100."
    assert problem("permanence", zeros="c") == "zeros is 'c'; it can be 'shown', 'withheld'."
    assert problem("permanence", method="hide").endswith("it can be 'suppress', 'round'.")


def test_a_short_list_is_given_whole():
    told = problem("permanence", comparator="Region")
    for group in ("England", "region", "statistical neighbours", "good or outstanding"):
        assert repr(group) in told


@pytest.mark.parametrize("value", [True, "2017", 2017.0, None])
def test_only_a_whole_number_is_a_year(value):
    assert problem("permanence", year=value).endswith("it must be a whole number.")


def test_spaces_around_a_value_are_named():
    told = problem("permanence", authority=" Kent ")
    assert told == "authority is ' Kent '; it has spaces around it: write 'Kent'."


def test_a_year_without_data_lists_the_years_there_are():
    told = problem("return_interviews", year=1999)
    assert "it can be" in told
    assert "2017" in told


def test_a_framework_must_be_one_the_authority_was_inspected_under():
    new = "Cumberland"
    assert "SIF" not in parameters.frameworks({"authority": new})
    told = parameters.problems(
        "judgements", {"authority": new, "framework": "SIF", "comparator": "England"}
    )
    assert [one for one in told if one.startswith("framework is 'SIF'")]


def test_a_wrong_authority_does_not_narrow_the_other_lists():
    told = parameters.problems(
        "judgements", {"authority": "Kint", "framework": "SIF", "comparator": "region"}
    )
    assert len(told) == 1


def test_an_abolished_authority_keeps_its_judgements():
    assert "Northamptonshire" in parameters.judged_authorities({})


def test_a_comparator_that_an_authority_lacks_is_not_offered(monkeypatch):
    import pandas as pd

    from kentlib import tables

    area = {"name": ["Wightshire"], "region": [None], "statistical_neighbours": ["Kent"]}
    monkeypatch.setattr(tables, "load", lambda name: pd.DataFrame(area))
    assert parameters.comparators({"authority": "Wightshire"}) == [
        "England",
        "statistical neighbours",
        "good or outstanding",
    ]


def test_a_suppressed_figure_does_not_make_a_year_possible(monkeypatch):
    import pandas as pd

    from kentlib import tables

    rows = {"area": ["Kent", "Kent"], "year": [2016, 2017], "value": [None, 4.0]}
    monkeypatch.setattr(tables, "load", lambda name: pd.DataFrame(rows))
    assert parameters.years({"authority": "Kent"}) == [2017]


def test_an_unknown_notebook_lists_the_known():
    with pytest.raises(DataError, match="judgements, permanence, return_interviews"):
        parameters.check("judgments", authority="Kent")


def test_a_misspelt_name_suggests_the_right_one():
    told = parameters.problems("permanence", {"comparater": "England"})
    assert told[0].startswith("comparater is not one of its parameters (did you mean comparator?)")


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A folder of extracts, "own", with two districts, in a project of its own."""
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    (tmp_path / "own").mkdir()
    table = "child_id,district\n007,Eastmere\n008,Westmere\n"
    (tmp_path / "own" / "districts.csv").write_text(table)
    return tmp_path


@pytest.mark.parametrize("district", ["all", "Eastmere", "Westmere"])
def test_a_district_is_all_or_one_that_the_extracts_know(own, district):
    given = GOOD["permanence"] | {"extracts": "own", "district": district}
    assert parameters.problems("permanence", given) == []


@pytest.mark.parametrize("district", ["Northmere", "eastmere", '"); import os', "../..", "", "007"])
def test_any_other_district_is_told_what_it_can_be(own, district):
    told = problem("permanence", extracts="own", district=district)
    assert told == f"district is {district!r}; it can be 'all', 'Eastmere', 'Westmere'."


def test_without_extracts_there_is_no_district():
    told = problem("permanence", extracts="none", district="Dover")
    assert told == (
        "district is 'Dover'; it can only be 'all', since there are no extracts of Kent to read."
    )


def test_the_sample_has_no_district_for_another_authority():
    assert "no extracts of Medway" in problem("permanence", authority="Medway", district="Dover")
    assert parameters.problems("permanence", GOOD["permanence"] | {"authority": "Medway"}) == []


def test_extracts_without_districts_say_so(own):
    (own / "own" / "districts.csv").unlink()
    (own / "own" / "episodes.csv").write_text("CHILD,DECOM\n007,2017-01-01\n")
    told = problem("permanence", extracts="own", district="Eastmere")
    assert told.endswith("since the extracts name no district.")


def test_a_wrong_authority_or_folder_is_not_held_against_the_district():
    for wrong in ({"authority": "Kint"}, {"extracts": "gone"}, {"extracts": 7}):
        assert next(iter(wrong)) in problem("permanence", district="Dover", **wrong)


@pytest.mark.parametrize("authority", [["Kent"], {"Kent": 1}, 2017, None])
def test_an_authority_of_another_type_is_one_problem_and_stops_no_other_check(authority):
    told = parameters.problems("permanence", GOOD["permanence"] | {"authority": authority})
    assert len(told) == 1
    assert told[0].endswith("it must be text.")


def test_a_value_is_looked_up_once_for_many_reports(own, monkeypatch):
    looked_up, was = [], parameters.districts
    monkeypatch.setattr(
        parameters, "districts", lambda values: looked_up.append(values) or was(values)
    )
    answers = {}
    given = GOOD["permanence"] | {"extracts": "own"}
    for year in (2016, 2017, 2016):
        for district in ("Eastmere", "Northmere", "all"):
            told = parameters.problems(
                "permanence", given | {"year": year, "district": district}, answers=answers
            )
            assert len(told) == (district == "Northmere")
    assert looked_up == [{"authority": "Kent", "extracts": "own"}] * 2


def test_a_value_looked_up_for_one_authority_says_nothing_of_another():
    answers = {}
    dover = GOOD["permanence"] | {"district": "Dover"}
    assert parameters.problems("permanence", dover, answers=answers) == []
    (told,) = parameters.problems("permanence", dover | {"authority": "Medway"}, answers=answers)
    assert "no extracts of Medway" in told


def test_the_same_word_means_the_whole_authority_everywhere():
    assert records.ALL == shares.ALL


def test_no_extracts_is_a_value():
    given = GOOD["permanence"] | {"extracts": "none"}
    assert parameters.problems("permanence", given) == []


def test_a_missing_folder_is_told_what_is_there(own):
    told = problem("permanence", extracts="pwn")
    assert told == (
        "extracts is 'pwn'; there is no such folder; the project's folder holds the folder own."
    )


@pytest.mark.parametrize("last", ["2017-03-06", "2010-01-01", "2016-02-29"])
def test_a_period_ends_on_a_day_that_has_been(last):
    assert parameters.problems("permanence", GOOD["permanence"] | {"period_end": last}) == []


def test_a_period_may_end_today_and_not_later():
    today = dt.date.today()
    given = GOOD["permanence"] | {"period_end": today.isoformat()}
    assert parameters.problems("permanence", given) == []
    later = (today + dt.timedelta(days=2)).isoformat()
    assert "it is in the future" in problem("permanence", period_end=later)


@pytest.mark.parametrize(
    ("last", "why"),
    [
        ("2017-02-29", "there is no such day"),
        ("2009-12-31", "it must not be before 2010-01-01"),
        ("6 March 2017", "a day is written as 2017-03-06"),
        ("06/03/2017", "a day is written as 2017-03-06"),
        ("20170306", "a day is written as 2017-03-06"),
        ("2017-03-06\n", "a day is written as 2017-03-06"),
        ("2017-3-6", "a day is written as 2017-03-06"),
        ("\u0662\u0660\u0661\u0667-03-06", "a day is written as 2017-03-06"),
        ("", "a day is written as 2017-03-06"),
    ],
)
def test_a_day_that_cannot_be_says_why(last, why):
    assert problem("permanence", period_end=last) == f"period_end is {last!r}; {why}."


@pytest.mark.parametrize("last", [dt.date(2017, 3, 6), dt.datetime(2017, 3, 6, 9, 30)])
def test_a_date_that_yaml_made_of_a_day_is_to_be_quoted(last):
    assert problem("permanence", period_end=last) == (
        'period_end is 2017-03-06, a date; it must be text: quote it, as "2017-03-06".'
    )


def test_a_date_where_a_number_is_asked_for_is_not_to_be_quoted():
    told = problem("permanence", year=dt.date(2017, 3, 6))
    assert told == "year is 2017-03-06, a date; it must be a whole number."


@pytest.mark.parametrize("hours", [1, 72, 720])
def test_hours_within_bounds_are_possible(hours):
    given = GOOD["return_interviews"] | {"within_hours": hours}
    assert parameters.problems("return_interviews", given) == []


@pytest.mark.parametrize("hours", [-1, 0, 721])
def test_hours_out_of_bounds_are_told_the_bounds(hours):
    told = problem("return_interviews", within_hours=hours)
    assert told == f"within_hours is {hours}; it must be from 1 to 720."


@pytest.mark.parametrize("hours", [72.0, "72", True, None])
def test_hours_are_a_whole_number(hours):
    assert problem("return_interviews", within_hours=hours).endswith("it must be a whole number.")
