"""Who may read a report: what it says of that, and the marks of what it withholds."""

import pandas as pd
import pytest

from kentlib import parameters, publication
from kentlib.disclosure import Spec
from kentlib.errors import DataError

RULES = {"min_cell": 5, "zeros": "shown", "method": "suppress"}


def adopted(*numbers, left=40, **columns):
    names = ["Ashford", "Dover", "Swale", "Thanet"][: len(numbers)]
    table = pd.DataFrame({"district": names, "adopted": numbers, "left": left} | columns)
    return table.assign(share=table["adopted"] / table["left"])


def spec(table, **more):
    told = {"within": {"adopted": "left"}, "shares": {"share": ("adopted", "left")}}
    return Spec(table, ["district"], ["adopted", "left"], **(told | more))


def public(one, **more):
    return publication.tables({"it": one}, audience="public", **(RULES | more))["it"]


def test_an_internal_report_shows_its_tables_as_they_came():
    table = adopted(3, 12)
    assert publication.tables({"it": spec(table)}, audience="internal", **RULES)["it"] is table


def test_a_public_report_withholds_small_counts_and_marks_their_shares():
    shown = public(spec(adopted(3, 12)))
    assert shown["adopted"].tolist() == [pd.NA, 12]
    assert shown["share"].isna().tolist() == [True, False]
    assert shown["share_mark"].tolist() == shown["adopted_mark"].tolist() == ["c", ""]


def test_what_was_missing_anyway_is_marked_alike_beside_a_withheld_count():
    # Whether there were enough for a median would say how many there were.
    table = adopted(3, 4, 12, 20, days=[None, 7.0, None, 8.0])
    shown = public(spec(table, derived=["days"]))
    assert shown["days"].isna().tolist() == [True, True, True, False]
    assert shown["days_mark"].tolist() == ["c", "c", "", ""]


def test_a_column_that_goes_with_its_whole_is_marked_where_its_own_counts_are_shown():
    whole = pd.DataFrame({"route": ["home", "other", "all"], "adopted": [3, 0, 3], "days": [1] * 3})
    shown = public(Spec(whole, ["route"], ["adopted"], derived=["days"]))
    assert shown["adopted"].tolist() == [pd.NA, 0, pd.NA]
    assert shown["days_mark"].tolist() == ["c", "c", "c"]


def test_what_is_worked_out_is_marked_where_rounding_takes_it_out():
    shown = public(spec(adopted(12, 20, days=[1.0, None]), derived=["days"]), method="round")
    assert shown["adopted"].tolist() == [10, 20]
    assert shown["days_mark"].tolist() == ["c", ""]


def test_nothing_is_hidden_behind_a_number_that_others_have_printed():
    table = pd.DataFrame({"district": ["Ashford", "Dover", "Swale", "all"], "held": [3, 8, 9, 20]})
    one = Spec(table, ["district"], ["held"])
    assert public(one)["held_mark"].tolist() == ["c", "c", "", ""]
    printed = pd.DataFrame({"district": ["Dover"], "held": [8]})
    again = publication.tables({"it": one}, audience="public", **RULES, known={"it": printed})
    assert again["it"]["held_mark"].tolist() == ["c", "", "c", ""]


@pytest.mark.parametrize("audience", ["Public", "", "everyone"])
def test_no_misspelt_audience_is_taken_for_another(audience):
    with pytest.raises(DataError, match="it can be 'internal', 'public'"):
        publication.tables({"it": spec(adopted(3, 12))}, audience=audience, **RULES)


def test_the_notice_says_in_words_who_may_read_and_what_is_withheld():
    inside, outside = (publication.notice(one, **RULES) for one in parameters.AUDIENCES)
    assert inside.startswith("For use inside the authority, not for publication")
    assert outside.startswith("Made for publication: counts of children from 1 to 5 are withheld")
    noughts = publication.notice("public", "suppress", 9, "withheld")
    assert "from 0 to 9 are withheld" in noughts
    assert "rounded to the nearest 5" in publication.notice("public", "round", 5)
    for audience in parameters.AUDIENCES:
        assert publication.notice(audience).endswith("has been published before.")


def test_the_legend_has_only_the_marks_in_use():
    assert publication.legend(pd.DataFrame({"a": [1], "a_mark": [""]})) == ""
    told = publication.legend(public(spec(adopted(2, 21)), method="round"))
    assert told.startswith("c: withheld")
    assert "low: rounds to 0, but is not 0" in told
    assert "not available" not in told


def test_the_number_withheld_is_told():
    assert publication.finding(public(spec(adopted(3, 12)))) == (
        "2 of the 6 numbers in tables of children are withheld"
    )


def test_a_sentence_stands_where_nothing_is_shown():
    assert publication.withheld("Months").startswith("Months: not shown in a report made for pub")
