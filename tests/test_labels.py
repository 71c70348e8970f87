"""Labels: every table's columns have a name of their own, and findings a place."""

import pandas as pd
import pytest

from kentlib import labels

TABLES = {
    name: columns
    for name, columns in vars(labels).items()
    if name.isupper() and isinstance(columns, dict) and not name.endswith(("FORMATS", "_TABLES"))
}
TABLES |= {
    f"{name}, published": columns
    for kind in (labels.PERMANENCE_TABLES, labels.INTERVIEW_TABLES)
    for name, (_, columns) in kind.items()
}


@pytest.mark.parametrize("name", TABLES)
def test_no_two_columns_of_a_table_are_called_the_same(name):
    called = list(TABLES[name].values())
    assert len(called) == len(set(called))


def test_formats_write_a_number():
    for form in [*labels.FORMATS.values(), *labels.CURVE_FORMATS.values()]:
        assert form.format(0.5 if "%" in form or "f" in form else 5)


def test_a_finding_takes_its_place_before_it():
    assert labels.at("Thanet", "Of 2 returns, 1") == "Thanet: of 2 returns, 1"


def test_follow_up_names_the_time_and_the_denominator():
    found = pd.DataFrame({"months": [6, 12], "of": ["all leavings", "leavings under 18"]})
    assert labels.follow_up(found).tolist() == [
        "6 months, all leavings",
        "12 months, leavings under 18",
    ]
