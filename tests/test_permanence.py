"""Permanence: the report's sums, both sources side by side, children looked after."""

import pandas as pd
import pytest

from kentlib import permanence, tables

COUNTS = {
    "looked_after_total": 100,
    "looked_after_out_of_area": 30,
    "foster_families": 60,
    "foster_families_out_of_area": 6,
    "childrens_homes": 10,
    "childrens_homes_out_of_area": 5,
    "with_parents": 4,
    "with_parents_out_of_area": 0,
    "residential_schools": 6,
    "residential_schools_out_of_area": 3,
    "ceased_12_months": 50,
    "independent_living_12_months": 20,
    "adoptions_12_months": 5,
    "special_guardianship_12_months": 10,
    "returned_12_months": 2,
    "multiple_occupation_12_months": 8,
}


def metrics(**change):
    """The report's figures on children looked after and leaving care."""
    told = COUNTS | change
    table = pd.DataFrame({"id": told.keys(), "value": map(float, told.values())})
    return table.assign(as_at=pd.Timestamp("2017-03-06"), unit="children")


EMPTY = metrics().iloc[:0]
ABSENT = "No inspection report on Medway has been transcribed, so this section stays empty"


def looked_after(number, rate, unaccompanied=0, *, area="Northfold", year=2018):
    """The published figures of one area and year."""
    values = {
        "looked_after_number": number,
        "looked_after_rate": rate,
        "unaccompanied_number": unaccompanied,
    }
    rows = [(area, year, measure, value) for measure, value in values.items()]
    return pd.DataFrame(rows, columns=["area", "year", "measure", "value"])


def both(*figures):
    """Published figures of several areas."""
    return pd.concat(figures, ignore_index=True)


# Placements


def test_placement_lines_are_largest_first_and_end_with_the_rest():
    found = permanence.placement_lines(metrics())
    assert found["line"].tolist() == [
        "foster families",
        "residential children's homes",
        "residential special schools",
        "parents",
        "in no line of the report",
    ]
    assert found["children"].tolist() == [60, 10, 6, 4, 20]
    assert found["out_of_area"].tolist() == [6, 5, 3, 0, 16]


def test_placement_lines_and_their_rest_add_up_to_the_totals():
    found = permanence.placement_lines(tables.load("inspection_metrics"))
    assert found["children"].sum() == 1893
    assert found["out_of_area"].sum() == 338
    assert found["children"].iloc[-1] == 426


def test_placement_shares_have_their_intervals():
    found = permanence.placement_lines(metrics())
    assert found["share"].tolist() == [0.1, 0.5, 0.5, 0.0, 0.8]
    assert (found["low"] <= found["share"] + 1e-12).all()
    assert (found["share"] <= found["high"]).all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {},
            "The report's 4 placement lines add up to 80 of 100 children looked after; it does "
            "not say where the other 20 lived",
        ),
        (
            {"looked_after_total": 80, "looked_after_out_of_area": 14},
            "The report's 4 placement lines account for all 80 children",
        ),
    ],
    ids=["some missing", "all accounted for"],
)
def test_placement_finding(change, said):
    told = metrics(**change)
    found = permanence.placement_lines(told)
    assert permanence.placement_finding(found, told, "Kent") == said


def test_sums_show_what_does_not_add_up():
    found = permanence.sums(metrics())
    assert found["sum"].tolist() == [80, 14, 35]
    assert found["published"].tolist() == [100, 30, 50]
    assert found["missing"].tolist() == [20, 16, 15]
    assert found["parts"].tolist()[2] == "20 + 5 + 10"


def test_the_report_s_sums_are_those_of_its_page():
    found = permanence.sums(tables.load("inspection_metrics"))
    assert found["missing"].tolist() == [426, 142, 717]


# Leaving care


def test_routes_share_one_denominator_and_end_with_what_is_not_given():
    found = permanence.routes(metrics())
    assert found["children"].tolist() == [20, 10, 5, 15]
    assert found["left_care"].unique().tolist() == [50]
    assert found["share"].sum() == pytest.approx(1)
    assert found["route"].iloc[-1] == "route not given"


def test_routes_finding():
    told = metrics()
    assert permanence.routes_finding(permanence.routes(told), told, "Kent") == (
        "In the year to 6 March 2017, 50 children left Kent's care; the report counts 5 adoptions "
        "and 10 special guardianship orders, together 30% of that, and gives 15 no route"
    )


def test_returns_sentence_shares_those_back_among_those_who_left():
    said = permanence.returns_sentence(metrics())
    assert said.startswith("Of the 50 who left, 2 (4.0%) had come back into care by the inspection")
    assert "8 were care leavers living in houses in multiple occupation" in said


def test_an_authority_without_a_report_gets_one_line_for_each_section():
    lines = permanence.placement_lines(EMPTY)
    left = permanence.routes(EMPTY)
    assert lines.empty and left.empty and permanence.sums(EMPTY).empty
    assert permanence.placement_finding(lines, EMPTY, "Medway") == ABSENT
    assert permanence.routes_finding(left, EMPTY, "Medway") == ABSENT
    assert permanence.both_sources_finding(lines, "Medway") == ABSENT


# Both sources


def pairs(*measures, year=2017):
    names = ["adoptions_12_months", "ceased_12_months"][: len(measures)]
    table = pd.DataFrame({"metric": names, "measure": measures})
    return table.assign(figure="What both count", year=year, why="Another day")


def test_both_sources_stand_side_by_side_each_with_its_date():
    told = looked_after(48.5, None, year=2017)
    found = permanence.both_sources(
        pairs("looked_after_number"), metrics(), told, "Northfold"
    ).iloc[0]
    assert found["inspection"] == 5
    assert found["department"] == 48.5
    assert found["difference"] == -43.5
    assert found["inspection_as_at"] == pd.Timestamp("2017-03-06")
    assert found["department_as_at"] == pd.Timestamp("2017-03-31")


def test_a_figure_the_department_suppressed_is_missing_and_not_counted():
    told = looked_after(50, None, year=2017)
    found = permanence.both_sources(
        pairs("looked_after_rate", "looked_after_number"), metrics(), told, "Northfold"
    )
    assert found["department"].isna().tolist() == [True, False]
    assert permanence.both_sources_finding(found, "Kent") == (
        "Inspectors and the department both give 1 of these figures: 1 the same to the whole "
        "number, 0 different, by date or by definition"
    )


def test_figures_that_differ_by_rounding_only_are_the_same():
    found = pd.DataFrame({"difference": [0.0, -0.2, 4.0, None]})
    said = permanence.both_sources_finding(found, "Kent")
    assert "both give 3 of these figures: 2 the same to the whole number, 1 different" in said


def test_kent_s_pairs_keep_both_figures():
    found = permanence.both_sources(
        tables.load("paired_figures"),
        tables.load("inspection_metrics"),
        tables.load("published_indicators"),
        "Kent",
    ).set_index("figure")
    adopted = found.loc["Children adopted in the year"]
    guardians = found.loc["Special guardianship orders in the year"]
    assert adopted[["inspection", "department"]].tolist() == [86, 80]
    assert guardians[["inspection", "department"]].tolist() == [51, 55]


# Children looked after


def test_looked_after_of_one_area_has_the_published_rate():
    found = permanence.looked_after(looked_after(1901, 57, 484), ["Northfold"]).iloc[0]
    assert found["rate"] == pytest.approx(57)
    assert found["others"] == 1417
    assert found["rate_others"] == pytest.approx(57 * 1417 / 1901)
    assert found["low"] < 57 < found["high"]


def test_looked_after_of_a_group_weighs_by_population():
    told = both(looked_after(100, 50, area="A"), looked_after(300, 100, area="B"))
    found = permanence.looked_after(told, ["A", "B"]).iloc[0]
    assert found["children"] == 400
    assert found["rate"] == 400 / (100 / 50 + 300 / 100)


def test_an_area_with_a_suppressed_rate_is_left_out_of_the_group():
    told = both(looked_after(100, 50, area="A"), looked_after(300, None, area="B"))
    assert permanence.looked_after(told, ["A", "B"])["children"].tolist() == [100]


def test_a_suppressed_count_of_unaccompanied_children_is_missing_not_zero():
    told = both(looked_after(100, 50, 10, area="A"), looked_after(300, 100, None, area="B"))
    found = permanence.looked_after(told, ["A", "B"]).iloc[0]
    assert found[["unaccompanied", "others", "rate_others"]].isna().all()


def looked_after_said(own, other=None, *, counts_authority=True):
    beside = looked_after(500, 62, area="England") if other is None else other
    return permanence.looked_after_finding(
        permanence.looked_after(own, ["Northfold"]),
        permanence.looked_after(beside, ["England"]),
        "Northfold",
        "England",
        2018,
        counts_authority=counts_authority,
    )


ENGLAND = looked_after(70_000, 62, area="England")
START = "On 31 March 2018, Northfold looked after 2,000 children"


@pytest.mark.parametrize(
    ("own", "said"),
    [
        (
            looked_after(2000, 57, 500),
            f"{START}, 25% of them unaccompanied: 57 per 10,000, below England (62) by more than "
            "chance would give",
        ),
        (
            looked_after(2000, 70, 0),
            f"{START}, 0% of them unaccompanied: 70 per 10,000, above England (62) by more than "
            "chance would give",
        ),
        (
            looked_after(2000, 61, 1),
            f"{START}, under 1% of them unaccompanied: 61 per 10,000, no more apart from England "
            "(62) than chance would give",
        ),
        (
            looked_after(2000, 57, None),
            f"{START}: 57 per 10,000, below England (62) by more than chance would give",
        ),
    ],
    ids=["below", "above", "same", "unaccompanied suppressed"],
)
def test_looked_after_finding(own, said):
    assert looked_after_said(own, ENGLAND) == said


def test_looked_after_finding_of_a_suppressed_number_says_so():
    assert looked_after_said(looked_after(None, None)) == (
        "No number of looked-after children was published for Northfold in 2018"
    )


def test_looked_after_finding_with_nobody_to_compare_gives_the_rate_alone():
    said = looked_after_said(
        looked_after(2000, 57, 500), looked_after(1, 1, area="England", year=2017)
    )
    assert said == f"{START}, 25% of them unaccompanied: 57 per 10,000"


def test_no_child_looked_after_gives_no_share_of_none():
    said = looked_after_said(looked_after(0, None, 0), ENGLAND)
    assert "nan" not in said
    assert "unaccompanied" not in said


def test_an_authority_that_is_the_whole_region_is_compared_with_nobody():
    said = looked_after_said(looked_after(2000, 57, 500), looked_after(2000, 57, area="England"))
    assert said == f"{START}, 25% of them unaccompanied: 57 per 10,000"


def test_a_region_is_compared_without_the_authority_it_counts():
    # The other 100 children make 41 per 10,000; the region with all 300 makes 52.
    own, region = looked_after(200, 60), looked_after(300, 52, area="England")
    apart = looked_after_said(own, region, counts_authority=True)
    counted_twice = looked_after_said(own, region, counts_authority=False)
    assert "above England (52)" in apart
    assert "no more apart from England (52)" in counted_twice


def test_rates_a_rounding_apart_are_no_more_than_chance_apart():
    said = looked_after_said(looked_after(20_000, 61), looked_after(900_000, 62, area="England"))
    assert "no more apart from England (62) than chance would give" in said
