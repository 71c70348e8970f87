"""The transcribed documents: whom they are about, and how they are counted."""

import pandas as pd
import pytest

from kentlib import judgements, narrative, tables


def judged(inspection, aspect, grade, *, published=None, stated=None, inspected=None):
    """One row of `kent_judgements`."""
    return {
        "inspection": inspection, "framework_name": f"Inspection {inspection}", "aspect": aspect,
        "grade_as_published": grade, "published": pd.Timestamp(published),
        "published_as_stated": stated, "inspected_as_stated": inspected,
    }  # fmt: skip


def statements(*rows):
    """The table `findings` from (topic, direction, aspect)."""
    return pd.DataFrame(rows, columns=["topic", "direction", "aspect"])


def asked(*rows):
    """The table `recommendations` from (number, whom to, aspect)."""
    columns = ["number", "addressed_to", "aspect"]
    return pd.DataFrame(rows, columns=columns).astype({"number": "Int64"})


@pytest.mark.parametrize("name", ["findings", "recommendations", "inspection_metrics"])
def test_documents_are_about_kent_alone(name):
    assert len(narrative.load(name, "Kent")) == len(tables.load(name))
    other = narrative.load(name, "Medway")
    assert other.empty
    assert list(other.columns) == list(tables.load(name).columns)


def test_absent_says_in_one_line_whose_report_is_not_there():
    assert narrative.absent("Medway") == (
        "No inspection report on Medway has been transcribed, so this section stays empty"
    )


def test_an_inspection_is_one_row_with_its_judgements():
    found = narrative.inspections(
        pd.DataFrame(
            [
                judged("a", "overall", "good", published="2017-06-13"),
                judged("a", "leadership", "good", published="2017-06-13"),
            ]
        )
    )
    assert found.values.tolist() == [
        ["Inspection a", "13 June 2017", "overall: good; leadership: good"]
    ]


def test_an_ungraded_inspection_is_listed_with_the_time_its_source_states():
    found = narrative.inspections(
        pd.DataFrame(
            [
                judged("a", "exploitation", None, stated="November 2014"),
                judged("b", "front door", None, inspected="2019"),
            ]
        )
    )
    assert found["Report published"].tolist() == ["November 2014", "inspected 2019"]
    assert found["Judgements as published"].tolist() == ["not graded", "not graded"]


def test_inspections_sentence_counts_those_without_a_grade():
    found = narrative.inspections(
        pd.DataFrame([judged("a", "x", "good", published="2017-06-13"), judged("b", "y", None)])
    )
    assert narrative.inspections_sentence(found, "Kent") == (
        "The documents and Ofsted's table name 2 inspections of Kent; 1 of them gave no grade."
    )


def test_inspections_sentence_without_documents_is_one_line():
    found = narrative.inspections(narrative.load("kent_judgements", "Medway"))
    assert narrative.inspections_sentence(found, "Medway") == f"{narrative.absent('Medway')}."


def test_kent_s_inspections_are_each_named_once_in_the_order_of_the_table():
    found = narrative.inspections(tables.load("kent_judgements"))
    assert found["Inspection"].is_unique
    assert len(found) == tables.load("kent_judgements")["inspection"].nunique()
    assert found["Report published"].notna().all()


def test_strengths_count_statements_by_topic_most_first():
    found = narrative.strengths(
        statements(
            ("missing", "weakness", "x"),
            ("adoption", "strength", "x"),
            ("adoption", "neutral", "x"),
        )
    )
    assert found.values.tolist() == [["adoption", 1, 0, 1, 2], ["missing", 0, 1, 0, 1]]


def test_strengths_finding_names_the_topic_with_the_largest_share_of_weaknesses():
    found = narrative.strengths(
        statements(
            ("missing", "weakness", "x"),
            ("adoption", "weakness", "x"),
            ("adoption", "strength", "x"),
        )
    )
    told = asked((1, "authority", "x"), (2, "authority", "x"), (3, "board", "x"))
    assert narrative.strengths_finding(found, told, "Kent") == (
        "Inspectors made 3 recommendations, 2 to Kent and 1 to its board; missing drew the largest "
        "share of weaknesses (1 of 1 statements)"
    )


def test_strengths_finding_without_a_report_is_one_line():
    said = narrative.strengths_finding(narrative.strengths(statements()), asked(), "Medway")
    assert said == narrative.absent("Medway")


def test_behind_each_grade_stand_its_statements_and_recommendations():
    profile = pd.DataFrame({"aspect": ["leadership", "care leavers"], "grade": ["Good", "Good"]})
    found = narrative.behind_grades(
        profile,
        statements(("missing", "weakness", "leadership"), ("missing", "strength", "elsewhere")),
        asked((7, "authority", "leadership"), (8, "authority", "leadership")),
    )
    assert found["weakness"].tolist() == [1, 0]
    assert found["strength"].tolist() == [0, 0]
    assert found["recommendations"].tolist()[0] == "7, 8"
    assert found["recommendations"].isna().tolist() == [False, True]
    assert set(narrative.BEHIND_COLUMNS) == set(found.columns)


def test_behind_kent_s_grades_no_statement_or_recommendation_is_lost():
    profile = judgements.profile(tables.load("national_judgements"), "Kent", "SIF")
    findings, recommendations = tables.load("findings"), tables.load("recommendations")
    found = narrative.behind_grades(profile, findings, recommendations)
    counted = found[["strength", "weakness", "neutral"]].to_numpy().sum()
    assert counted == len(findings)
    numbers = found["recommendations"].dropna().str.split(", ").explode()
    assert len(numbers) == len(recommendations)


@pytest.mark.parametrize(
    ("columns", "table"),
    [
        (narrative.RECOMMENDATION_COLUMNS, "recommendations"),
        (narrative.FINDING_COLUMNS, "findings"),
    ],
)
def test_columns_for_the_reader_are_columns_of_the_table(columns, table):
    assert set(columns) <= set(tables.load(table).columns)
