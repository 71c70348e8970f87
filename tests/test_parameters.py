import pytest

from kentlib import parameters
from kentlib.errors import DataError

GOOD = {
    "judgements": {"authority": "Kent", "framework": "SIF", "comparator": "England"},
    "permanence": {"authority": "Kent", "comparator": "region", "year": 2017},
    "return_interviews": {"authority": "Kent", "comparator": "good or outstanding", "year": 2017},
}


def problem(notebook, **change):
    """The one problem with otherwise good parameters."""
    found = parameters.problems(notebook, GOOD[notebook] | change)
    assert len(found) == 1, found
    return found[0]


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
