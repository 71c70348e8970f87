"""The report on data quality made for publication: words, and no count of a row."""

import re

import pandas as pd
import pytest

from kentlib import records
from kentlib.extracts.problems import SEVERITIES
from kentlib.quality import completeness, costs, kinds
from tests.public_reports import run


@pytest.fixture(scope="module")
def patch():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def test_no_number_of_rows_reaches_a_public_report(patch):
    made, rows = run(patch, "data_quality", audience="public")
    assert not any(kind == "figure" for kind, _, _ in made)
    for table in rows.values():
        assert not any(table.dtypes.map(lambda kind: kind.kind in "iuf"))
    patch.setattr("kentlib.show._show", lambda *_, **__: None)
    other = records.load("data/sample", "Kent", period_end="2017-03-06")
    other.problems = other.problems.assign(count=other.problems["count"] * 3 + 1).iloc[::-1]
    other.received["used"] += 1
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(records, "load", lambda *_, **__: other)
        again, _ = run(changed, "data_quality", audience="public")
    assert again == [one for one in made if "synthetic" not in one[1]["text/plain"]]


def test_with_noughts_withheld_it_says_nothing_of_what_is_not_there(patch):
    made, rows = run(patch, "data_quality", audience="public", zeros="withheld")
    assert not rows
    headings = [data["text/plain"] for kind, data, _ in made if kind == "heading"]
    assert len(headings) == 6
    assert all("not shown in a report made for publication" in one for one in headings)


def problems(*rows):
    return pd.DataFrame(rows, columns=["severity", "kind", "count"])


def test_kinds_of_problem_are_in_an_order_that_tells_nothing():
    stops, left, _ = SEVERITIES
    rows = [(left, "blank", 3), (left, "again", 2), (stops, "no header", 1)]
    found = kinds.public(problems(*rows))
    assert found.values.tolist() == [[stops, "no header"], [left, "again"], [left, "blank"]]
    said = kinds.public_finding(found)
    assert said == "1 kind of problem stops a measure; 3 kinds of problem found"
    assert kinds.public_finding(found.iloc[:0]) == "Nothing is wrong with what was received"
    assert kinds.public_finding(found.iloc[1:]).startswith("Nothing stops a measure; 2 kinds")


def test_columns_are_full_or_not_by_name():
    columns = ["table", "column", "owed_by", "rows", "filled", "blank", "share", "first"]
    rows = [
        ("b", "emptiest", "every row", 10, 1, 9, 0.1, "row 2"),
        ("a", "full", "every row", 10, 10, 0, 1.0, None),
        ("a", "owed by none", "every row", 0, 0, 0, float("nan"), None),
    ]
    found = completeness.public(pd.DataFrame(rows, columns=columns))
    assert found[["column", "full"]].values.tolist() == [["full", True], ["emptiest", False]]
    assert completeness.public_finding(found) == "1 of 2 columns that the measures need are full"


@pytest.mark.parametrize(
    ("stopped", "said"),
    [
        ([False, False], "All 2 measures can be made"),
        ([True, False], "1 of 2 measures cannot be made"),
        ([True, True], "None of the 2 measures can be made from what was received"),
    ],
)
def test_measures_that_can_be_made_are_told_without_counts(stopped, said):
    found = costs.public(
        pd.DataFrame({"measure": ["a", "b"], "counts": "rows", "stopped": stopped, "used": [3, 4]})
    )
    assert costs.public_finding(found) == said
    assert not re.search(r"[34]", found.to_string(index=False))
