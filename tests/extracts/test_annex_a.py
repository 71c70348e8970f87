import datetime as dt

import pandas as pd
import pytest
from annex_a_files import BORN, CHILD, START, header, lists, row, sheet, write

from kentlib import extracts

TODAY = dt.date(2026, 1, 1)


def read(folder, sheets, **options):
    write(folder / "Annex A.xlsx", sheets, **options)
    return extracts.read(folder, today=TODAY)


def found(made, kind):
    problems = made.problems
    return problems[problems["kind"] == kind]


def test_an_ordinary_workbook_has_no_problems_and_every_row_is_used(tmp_path):
    made = read(tmp_path, lists())
    assert made.problems.empty, made.problems.to_string()
    assert made.received["used"].tolist() == [1] * 11
    assert made.files["seems_to_be"].tolist() == [f"Annex A list {n}" for n in range(1, 12)]


def test_a_list_is_typed_as_its_spec_says(tmp_path):
    child = read(tmp_path, lists()).annex_a[8].iloc[0]
    assert child["child_id"] == CHILD
    assert child["date_of_birth"] == pd.Timestamp(BORN)
    assert child["date_started"] == pd.Timestamp(START)
    assert (child["age"], child["gender"], child["unaccompanied"]) == (11, "male", "yes")
    assert (child["legal_status"], child["placement_type"]) == ("C1", "U1")
    assert child["placement_postcode"] == "ME1 1AA"
    assert child["interview_offered"] == "yes"
    assert (child["_file"], child["_sheet"], child["_row"]) == ("Annex A.xlsx", "List 8", 2)


@pytest.mark.parametrize(
    "change",
    [
        str.upper,
        str.lower,
        lambda text: f"  {text} ",
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: text.replace("'", "’"),
        lambda text: text.replace("(Y/N)", "(Y/N))"),
        lambda text: text.replace("Age of Child (Years)", "Age"),
    ],
    ids=["upper", "lower", "spaces", "non-breaking", "curly", "brackets", "age"],
)
def test_headers_are_known_in_every_spelling(tmp_path, change):
    cells = {f"list_{n}": [[change(text) for text in header(n)], *sheet(n)[1:]] for n in (8, 9, 10)}
    made = read(tmp_path, lists(**cells))
    assert set(made.problems["kind"]) <= {"header-spelling"}
    assert [len(made.annex_a[n]) for n in (8, 9, 10)] == [1, 1, 1]


def test_rows_above_the_header_do_not_move_the_row_numbers(tmp_path):
    made = read(tmp_path, lists(list_8=[["Made by ChAT"], *sheet(8, row(8, gender="nobody"))]))
    assert found(made, "code-unknown")["row"].tolist() == [3]
    assert found(made, "rows-above")["severity"].tolist() == ["note"]


def test_a_problem_says_file_sheet_row_header_and_letter(tmp_path):
    made = read(tmp_path, lists(list_8=sheet(8, row(8), row(8, child_id="2", ethnicity=""))))
    problem = made.problems.iloc[0]
    assert problem[["file", "sheet", "row", "column", "letter", "kind"]].tolist() == [
        "Annex A.xlsx",
        "List 8",
        3,
        "Ethnicity",
        "C",
        "blank",
    ]
    assert problem["severity"] == "counted and left out"


def test_rows_without_identifier_and_rows_again_are_left_out_and_counted(tmp_path):
    rows = [row(9), row(9), row(9, gender="b) Female"), row(9, child_id=""), row(9, child_id="2")]
    blank = dict.fromkeys(row(9), "")
    made = read(tmp_path, lists(list_9=sheet(9, *rows[:2], blank, *rows[2:])))
    told = made.received[made.received["table"] == "Annex A list 9"]
    assert dict(zip(told["why"], told["left_out"], strict=True)) == {
        "no identifier": 1,
        "a copy of an earlier row": 1,
        "the same child and event as an earlier row": 1,
    }
    assert (told["rows_in"].iloc[0], told["used"].iloc[0]) == (5, 2)
    assert found(made, "row-again")["row"].tolist() == [3, 5]
    assert found(made, "blank-row")["row"].tolist() == [4]


def test_a_missing_needed_list_stops_and_another_is_a_note(tmp_path):
    sheets = lists()
    del sheets["List 8"], sheets["List 2"]
    made = read(tmp_path, sheets)
    severity = found(made, "list-missing").set_index("problem")["severity"]
    assert severity.filter(like="list 8").item() == "stops the measure"
    assert severity.filter(like="list 2").item() == "note"
    assert made.annex_a[8].empty
    assert "date_started" in made.annex_a[8]


def test_an_empty_sheet_and_a_header_alone_are_told_apart(tmp_path):
    made = read(tmp_path, lists(list_2=[], list_3=[header(3)]))
    assert found(made, "sheet-empty")["sheet"].tolist() == ["List 2"]
    assert found(made, "no-rows")["sheet"].tolist() == ["List 3"]


def test_a_second_sheet_with_other_rows_stops_and_one_with_the_same_does_not(tmp_path):
    made = read(
        tmp_path, lists() | {"List 8 old": sheet(8), "List 9 (2)": sheet(9, row(9, age=12))}
    )
    assert found(made, "sheet-twice").set_index("sheet")["severity"].to_dict() == {
        "List 8 old": "counted and left out",
        "List 9 (2)": "stops the measure",
    }


def test_a_hidden_sheet_gives_way_to_a_visible_one_and_is_read_when_alone(tmp_path):
    both = lists() | {"List 8 hidden": sheet(8, row(8, age=12)), "List 9": sheet(9)}
    made = read(tmp_path, both, hidden=("List 8 hidden", "List 9"))
    assert found(made, "sheet-twice")["severity"].tolist() == ["counted and left out"]
    assert made.annex_a[8]["age"].tolist() == [11]
    assert found(made, "sheet-hidden")["sheet"].tolist() == ["List 9"]
    assert len(made.annex_a[9]) == 1


def test_a_sheet_is_read_for_what_it_is_whatever_its_name(tmp_path):
    made = read(tmp_path, lists(list_6=sheet(7), list_7=sheet(6)))
    assert found(made, "sheet-misnamed")["seen"].tolist() == ["Annex A list 6", "Annex A list 7"]
    assert len(made.annex_a[6]) == len(made.annex_a[7]) == 1


def test_the_header_of_another_extract_in_a_lists_slot_is_named(tmp_path):
    other = [["CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"], ["1", "", "M", "", ""]]
    send = [["Name of school", "EHC plan issued", "SEN support", "Primary SEN"], ["a", "", "", ""]]
    made = read(tmp_path, lists(list_8=other, list_10=send))
    assert found(made, "sheet-misnamed")["seen"].tolist() == ["SSDA903 missing"]
    assert "SEND Annex A" in found(made, "not-recognised")["problem"].item()
    assert (found(made, "not-recognised")["severity"] == "stops the measure").all()


def test_a_missing_column_costs_what_it_is_needed_for(tmp_path):
    gone = {"Date Started to be Looked After", "Ethnicity", "Date of Last Dental Check"}
    keep = [place for place, text in enumerate(header(8)) if text not in gone]
    cells = [[line[place] for place in keep] for line in sheet(8)]
    severity = found(read(tmp_path, lists(list_8=cells)), "column-missing").set_index("column")
    assert severity["severity"].to_dict() == {
        "Date Started to be Looked After": "stops the measure",
        "Ethnicity": "counted and left out",
        "Date of Last Dental Check": "note",
    }


def test_columns_of_2024_may_be_there_or_not(tmp_path):
    new = {"Allocated Personal Advisor", "Latest Date of Contact"}
    keep = [place for place, text in enumerate(header(9)) if text not in new]
    made = read(tmp_path, lists(list_9=[[line[place] for place in keep] for line in sheet(9)]))
    assert made.problems.empty


def test_strange_twofold_and_nameless_columns_are_told_by_letter(tmp_path):
    top, line = sheet(9)
    cells = [[*top, "Shoe size", "Gender", ""], [*line, 4, "b) Female", "x"]]
    made = read(tmp_path, lists(list_9=cells))
    assert found(made, "column-strange")["letter"].tolist() == ["R"]
    assert found(made, "column-twice")["letter"].tolist() == ["S"]
    assert found(made, "cells-without-header")["letter"].tolist() == ["T"]
    assert made.annex_a[9]["gender"].tolist() == ["male"]
    assert not made.problems.astype(str).map(lambda text: "Shoe" in text).any().any()


def test_the_return_interview_is_blank_only_where_nobody_was_missing(tmp_path):
    blank = {"interview_offered": "", "interview_accepted": ""}
    rows = [
        row(8, missing_episodes=0, **blank),
        row(8, child_id="2", missing_episodes=3, **blank),
        row(8, child_id="3", missing_episodes=3, interview_accepted=""),
        row(8, child_id="4", missing_episodes=3, interview_offered="b) No", interview_accepted=""),
    ]
    made = read(tmp_path, lists(list_8=sheet(8, *rows)))
    assert made.annex_a[8]["interview_offered"].tolist() == [
        "not applicable",
        "not recorded",
        "yes",
        "no",
    ]
    told = found(made, "blank")
    assert told[["row", "letter"]].values.tolist() == [[3, "AE"], [3, "AF"], [4, "AF"]]
    told = found(made, "blank-not-applicable")
    assert told[["row", "count", "severity"]].values.tolist() == [[2, 1, "note"], [2, 2, "note"]]


def test_errors_and_formulas_without_value_are_told_by_row(tmp_path):
    cells = row(8, ethnicity=("=VLOOKUP(1,A:B,2)", "#REF!"), date_started=("=A1", ""))
    made = read(tmp_path, lists(list_8=sheet(8, cells)))
    assert made.problems[["kind", "row", "letter", "seen"]].values.tolist() == [
        ["error-cell", 2, "C", "#REF!"],
        ["formula-not-calculated", 2, "H", "a formula without a value"],
    ]


def test_a_column_blank_throughout_is_one_problem(tmp_path):
    rows = [row(8, child_id=str(n), placement_location="") for n in range(5)]
    told = found(read(tmp_path, lists(list_8=sheet(8, *rows))), "blank-column")
    assert told[["row", "count", "severity"]].values.tolist() == [[2, 5, "counted and left out"]]
