"""Return interviews: what was found, what was not published, what an extract must hold."""

import pandas as pd
import pytest

from kentlib import return_interviews, tables

ABSENT = "No inspection report on Medway has been transcribed, so this section stays empty"


def metric(value=2.0, *, theme="missing", name="figure", measure="Missing coordinators", why=None):
    """One row of `inspection_metrics`."""
    return {
        "id": name, "theme": theme, "measure": measure, "value": value, "unit": "people",
        "as_at": pd.NaT, "page": 13, "paragraph": "26", "no_value_because": why,
    }  # fmt: skip


def metrics(*rows):
    return pd.DataFrame(rows)


def findings(*rows):
    """The table `findings` from (topic, direction)."""
    return pd.DataFrame(rows, columns=["topic", "direction"])


def fields(**returns):
    """Fields of an extract and the national return, if any, that asks for each."""
    return pd.DataFrame({"field": returns.keys(), "national_return": returns.values()})


def steps(**needs):
    """Steps of a cascade and the fields each needs."""
    table = pd.DataFrame({"step": needs.keys(), "needs": needs.values()})
    return table.assign(counts="what is counted", of="returned")


def test_figures_with_a_value_are_published_and_those_without_are_not():
    told = metrics(metric(), metric(None, measure="Interviews offered", why="not published"))
    assert return_interviews.published(told)["measure"].tolist() == ["Missing coordinators"]
    assert return_interviews.not_published(told)["measure"].tolist() == ["Interviews offered"]


def test_a_published_nought_is_published():
    told = metrics(metric(0.0))
    assert return_interviews.published(told)["value"].tolist() == [0]
    assert return_interviews.not_published(told).empty


def test_figures_of_other_themes_are_left_out_save_children_placed_here():
    told = metrics(metric(theme="permanence"), metric(theme="looked_after",
                                                      name="placing_authorities"))  # fmt: skip
    assert len(return_interviews.published(told)) == 1


@pytest.mark.parametrize(
    ("given", "absent", "said"),
    [
        (
            1,
            ["Return interviews offered", "Missing episodes"],
            "The report prints 1 figure on children missing or placed by others and leaves 2 "
            "unsaid, 1 of them about return interviews",
        ),
        (
            2,
            ["Missing episodes"],
            "The report prints 2 figures on children missing or placed by others and leaves 1 "
            "unsaid, 0 of them about return interviews",
        ),
        (0, [], ABSENT),
    ],
)
def test_publication_finding(given, absent, said):
    found = pd.DataFrame({"measure": ["x"] * given})
    without = pd.DataFrame({"measure": pd.Series(absent, dtype="str")})
    assert return_interviews.publication_finding(found, without, "Medway") == said


def test_the_report_publishes_no_count_of_return_interviews():
    absent = return_interviews.not_published(tables.load("inspection_metrics"))
    assert absent["measure"].str.contains("interviews").sum() == 4
    given = return_interviews.published(tables.load("inspection_metrics"))
    assert not given["measure"].str.contains("interview", case=False).any()


def test_inspectors_keep_the_two_topics_in_their_order():
    told = findings(("missing", "strength"), ("adoption", "strength"),
                    ("return interviews", "weakness"))  # fmt: skip
    assert return_interviews.inspectors(told)["topic"].tolist() == ["missing", "return interviews"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [("return interviews", "weakness")] * 2
            + [("return interviews", "strength"), ("missing", "weakness"), ("missing", "neutral")],
            "Of the inspectors' 3 statements on Kent's return interviews, 2 are weaknesses, "
            "against 1 of 2 on children going missing",
        ),
        (
            [("return interviews", "weakness"), ("missing", "strength")],
            "Of the inspectors' 1 statement on Kent's return interviews, 1 is a weakness, against "
            "0 of 1 on children going missing",
        ),
    ],
    ids=["several", "one"],
)
def test_inspectors_finding(rows, said):
    assert return_interviews.inspectors_finding(findings(*rows), "Kent") == said


def test_inspectors_finding_without_a_report_is_one_line():
    assert return_interviews.inspectors_finding(findings(), "Medway") == ABSENT


def test_a_step_is_held_nationally_only_if_every_field_it_needs_is():
    told = fields(start="SSDA903 Missing", offered="Annex A List 8", held=None)
    found = return_interviews.cascade(
        steps(returned="start", offered="start; offered", held="start; held"), told
    )
    assert found["held_nationally"].tolist() == [True, True, False]
    assert found["missing_nationally"].tolist() == ["", "", "held"]


def test_cascade_finding_names_the_72_hour_test_where_it_is_among_them():
    told = fields(start="SSDA903 Missing", held=None)
    with_it = return_interviews.cascade(steps(**{"held within 72 hours": "held"}), told)
    without = return_interviews.cascade(steps(returned="start", held="held"), told)
    assert return_interviews.cascade_finding(with_it) == (
        "1 of the 1 steps from return to an interview that is used, the 72-hour test among them, "
        "can be counted only from an authority's own extract"
    )
    assert return_interviews.cascade_finding(without) == (
        "1 of the 2 steps can be counted only from an authority's own extract"
    )


def test_no_national_return_holds_what_the_72_hour_question_needs():
    found = return_interviews.cascade(
        tables.load("return_interview_cascade"), tables.load("return_interview_fields")
    ).set_index("step")
    test = found.loc["interview held within 72 hours"]
    assert not test["held_nationally"]
    assert test["missing_nationally"] == "held; held_at"
