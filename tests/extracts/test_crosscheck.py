import datetime as dt

import pytest
from annex_a_files import BORN, CHILD, START, lists, row, sheet, write

from kentlib import extracts

TODAY = dt.date(2026, 1, 1)
DAY = dt.timedelta(days=1)


def read(folder, **changed):
    write(folder / "Annex A.xlsx", lists(**changed))
    return extracts.read(folder, today=TODAY)


def found(made):
    problems = made.problems
    return problems[["kind", "sheet", "row", "letter"]].values.tolist()


def test_an_end_before_the_start_is_left_out(tmp_path):
    ended = row(8, date_ceased=START - DAY, reason_ceased="c) E2: Died")
    made = read(tmp_path, list_8=sheet(8, row(8, child_id="2"), ended))
    assert ["ends-before-start", "List 8", 3, "T"] in found(made)
    assert made.annex_a[8]["date_ceased"].isna().tolist() == [True, True]


def test_an_end_on_the_day_of_the_start_is_no_problem(tmp_path):
    ended = row(8, date_ceased=START, reason_ceased="c) E2: Died")
    assert found(read(tmp_path, list_8=sheet(8, ended))) == []


def test_looked_after_before_birth_leaves_out_the_date_of_birth(tmp_path):
    made = read(tmp_path, list_8=sheet(8, row(8, date_of_birth=START + DAY)))
    assert ["born-after", "List 8", 2, "D"] in found(made)
    assert made.annex_a[8]["date_of_birth"].isna().all()


@pytest.mark.parametrize(("days", "told"), [(200, False), (301, True)])
def test_a_plan_before_birth_is_for_an_unborn_child_up_to_300_days(tmp_path, days, told):
    unborn = row(7, child_id="9", date_of_birth=START + days * DAY)
    made = read(tmp_path, list_7=sheet(7, unborn))
    assert (["born-after", "List 7", 2, "D"] in found(made)) is told


def test_a_date_in_the_future_is_told_and_kept(tmp_path):
    made = read(tmp_path, list_8=sheet(8, row(8, latest_review=TODAY + DAY)))
    assert found(made) == [["date-in-future", "List 8", 2, "M"]]
    assert made.annex_a[8]["latest_review"].notna().all()


def test_an_age_is_held_against_the_birth_on_the_day_of_most_rows(tmp_path):
    rows = [row(8, child_id=n) for n in (CHILD, "1", "2", "3")] + [row(8, child_id="7", age=15)]
    assert found(read(tmp_path, list_8=sheet(8, *rows))) == [["age-not-of-birth", "List 8", 6, "E"]]


def test_a_date_and_a_reason_of_ceasing_go_together(tmp_path):
    rows = [
        row(8, child_id="1", date_ceased=START),
        row(8, child_id="2", reason_ceased="c) E2: Died"),
    ]
    assert found(read(tmp_path, list_8=sheet(8, *rows, row(8)))) == [
        ["end-without-reason", "List 8", 2, "U"],
        ["reason-without-end", "List 8", 3, "T"],
    ]


def test_an_adult_still_looked_after_is_told(tmp_path):
    born = dt.date(1998, 5, 5)
    adult = row(8, child_id="2", age=18, date_of_birth=born)
    assert found(read(tmp_path, list_8=sheet(8, row(8), adult))) == [["over-18", "List 8", 3, "T"]]


def test_a_child_adopted_twice_and_a_child_adopted_and_not(tmp_path):
    order, later = START + 90 * DAY, START + 120 * DAY
    first = {"decision": START + DAY, "matched": later, "placement_order": later}
    again = first | {"decision": START + 2 * DAY}
    rows = [
        row(10),
        row(10, **first, placed=later, adoption_order=later),
        row(10, **again, placed=later, adoption_order=later),
        row(10, child_id="2", adoption_order=order, decision_reversed=later, reversal_reason="RD4"),
    ]  # fmt: skip
    assert found(read(tmp_path, list_10=sheet(10, *rows))) == [
        ["adopted-twice", "List 10", 4, "M"],
        ["adopted-and-reversed", "List 10", 5, "N"],
    ]


def test_a_child_in_one_list_and_not_in_the_other_is_told(tmp_path):
    plan = row(8, child_id="5", permanence_plan="b) Adoption")
    waiting = row(10, child_id="6")
    cared_for = row(6, child_id="7")
    protected = row(6, child_id="8", case_status="b) Child Protection plan")
    made = read(
        tmp_path,
        list_8=sheet(8, row(8), plan),
        list_10=sheet(10, waiting),
        list_6=sheet(6, cared_for, protected),
    )
    assert found(made) == [
        ["not-in-list", "List 8", 3, "A"],
        ["not-in-list", "List 10", 2, "A"],
        ["not-in-list", "List 6", 2, "A"],
        ["not-in-list", "List 6", 3, "A"],
    ]


def test_leading_zeros_lost_on_the_way_are_named_as_that(tmp_path):
    made = read(tmp_path, list_10=sheet(10, row(10, child_id="123456")))
    assert found(made) == [["id-zeros", "List 10", 2, "A"]]


def test_a_child_born_on_two_days_is_told_in_the_later_list(tmp_path):
    made = read(tmp_path, list_9=sheet(9, row(9, date_of_birth=BORN + DAY)))
    told = made.problems.iloc[0]
    assert found(made) == [["born-otherwise", "List 9", 2, "D"]]
    assert told["problem"] == "born on another day than in list 1"
