import json

import pytest

from kentlib.errors import DataError
from kentlib.reports import notebook


def cell(kind, source, **more):
    return {"cell_type": kind, "metadata": {}, "source": source, "outputs": [], **more}


def test_a_parameters_cell_gives_type_value_and_comment_in_order():
    told = notebook.declared('place: str = "A # b"  # the town\nyears: list = [1, 2]\nlow = -1.5')
    assert list(told) == ["place", "years", "low"]
    assert told["place"] == notebook.Declared(str, "A # b", "the town")
    assert told["years"] == notebook.Declared(None, [1, 2], "")
    assert told["low"] == notebook.Declared(None, -1.5, "")


@pytest.mark.parametrize("source", ["import os", "a: int = f()", "a: int", "a, b = 1, 2", "a ="])
def test_a_parameters_cell_holds_nothing_else(source):
    with pytest.raises(DataError, match="can only hold lines such as"):
        notebook.declared(source)


def test_two_parameters_cells_are_an_error():
    both = [cell("code", "a: int = 1") | {"metadata": {"tags": ["parameters"]}}] * 2
    with pytest.raises(DataError, match="2 cells tagged parameters"):
        notebook.parameters({"cells": both})


def test_lines_of_a_file_are_joined():
    source = cell("code", ["a = 1\n", "a"]) | {
        "outputs": [{"output_type": "stream", "text": ["1\n", "2"]}]
    }
    nb = notebook.parse(json.dumps({"nbformat": 4, "cells": [source]}).encode(), "x.ipynb")
    assert nb["cells"][0]["source"] == "a = 1\na"
    assert nb["cells"][0]["outputs"][0]["text"] == "1\n2"


@pytest.mark.parametrize("content", [b"{", b"\xff", b"[]", b'{"nbformat": 3}'])
def test_what_is_no_notebook_is_named(content):
    with pytest.raises(DataError, match=r"x\.ipynb is not a notebook"):
        notebook.parse(content, "x.ipynb")


def test_a_missing_notebook_is_named(tmp_path):
    with pytest.raises(DataError, match=r"x\.ipynb is missing from"):
        notebook.read(tmp_path / "x.ipynb")


def test_the_question_is_the_first_heading_without_marks():
    cells = [cell("code", "# a comment"), cell("markdown", "Hello\n\n# Was *it* so? #\n\n# Two")]
    assert notebook.question({"cells": cells}) == "Was it so?"
    assert notebook.question({"cells": []}) == ""


def test_findings_are_the_headings_that_cells_show(fixtures):
    nb = notebook.read(fixtures / "small.ipynb")
    assert notebook.findings(nb) == ["Northfold finished 75% of assessments on time in 2017"]


def findings_of(*sentences):
    marked = {"kentlib": {"kind": "heading"}}
    outputs = [{"data": {"text/plain": one}, "metadata": marked} for one in sentences]
    return {"cells": [cell("code", "") | {"outputs": outputs}]}


def test_the_finding_about_an_area_is_the_first_that_names_it():
    nb = findings_of("Kent and all of it", "Not Thanetian", "31 left Thanet's care", "Thanet: 2")
    assert notebook.finding_about(nb, "Thanet") == "31 left Thanet's care"


@pytest.mark.parametrize("area", ["all", "Dover", "("])
def test_without_a_finding_that_names_the_area_the_first_stands_for_it(area):
    nb = findings_of("In Kent", "Of all 51, Dovercourt and McDover")
    assert notebook.finding_about(nb, area) == "In Kent"
    assert notebook.finding_about({"cells": []}, area) == ""


def test_tables_are_those_that_the_code_names():
    cells = [cell("code", "tables.load('areas')"), cell("markdown", '"measures"')]
    assert notebook.names_used({"cells": cells}, ["areas", "measures"]) == ["areas"]
