"""The notebooks in notebooks/: executed, stable, short, and what their params files say.

That their stored outputs are what their code shows is nbval's to prove, in the same run of pytest;
the last test here proves that nbval would notice.
"""

import copy
import json
import re
import shutil
import subprocess
import sys
from datetime import datetime

import pytest

from kentlib import parameters, paths
from kentlib.reports import files, kernel, notebook, plan
from kentlib.review import stored

NAMES = sorted(path.stem for path in paths.NOTEBOOKS.glob("*.ipynb"))
PASSING = {
    "a time of day": r"\b\d{1,2}:\d\d:\d\d\b",
    "a memory address": r"\b0x[0-9a-fA-F]{6,}\b",
    "a path of one machine": r"(?<![\w.])(/tmp|/home|/root|/Users|/work|/var|/usr)/|[A-Z]:\\\\?\w",
    "a random id": r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
}
LONGEST_CELL = 10


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.fixture
def nb(name):
    return notebook.read(paths.NOTEBOOKS / f"{name}.ipynb")


def code_cells(nb):
    return [cell for cell in nb["cells"] if cell["cell_type"] == "code"]


def all_outputs(nb):
    return [output for cell in code_cells(nb) for output in cell["outputs"]]


def test_every_catalogued_notebook_is_there():
    assert list(parameters.NOTEBOOKS) == NAMES
    assert {path.stem for path in paths.PARAMS.glob("*.yaml")} == {*NAMES, "nightly"}


def test_every_code_cell_was_executed_in_order(nb):
    counts = [cell["execution_count"] for cell in code_cells(nb)]
    assert counts == list(range(1, len(counts) + 1))


def test_every_cell_that_shows_something_has_its_output(nb):
    for cell in code_cells(nb):
        shows = re.search(r"(?m)^ *show\.(?!day)", cell["source"])
        assert bool(cell["outputs"]) == bool(shows), cell["source"]
        # A call that is not under a condition has an output of its own.
        for kind in ("heading", "figure", "table", "source", "text"):
            calls = len(re.findall(rf"(?m)^show\.{kind}\(", cell["source"]))
            assert len(list(notebook.outputs({"cells": [cell]}, kind))) >= calls, cell["source"]


def test_all_output_is_what_show_makes(nb):
    for output in all_outputs(nb):
        assert output["output_type"] == "display_data"
        assert output["metadata"]["kentlib"]["kind"]
        assert output["data"]["text/plain"].strip()


def test_figures_are_drawn_in_svg_and_told_in_words(nb):
    figures = list(notebook.outputs(nb, "figure"))
    assert figures
    for output in figures:
        told = output["metadata"]["kentlib"]
        assert set(output["data"]) == {"image/svg+xml", "text/plain"}
        assert output["data"]["image/svg+xml"].startswith("<svg")
        assert told["alt"] == output["data"]["text/plain"]
        assert len(told["alt"]) > 20
        assert told["caption"]
        assert told["description"]
        assert any(panel["series"] for panel in told["data"]), "run `make accept`"
    assert len({output["metadata"]["kentlib"]["alt"] for output in figures}) == len(figures)


def test_every_section_opens_with_a_finding_and_shows_its_figures(nb):
    kinds = [output["metadata"]["kentlib"]["kind"] for output in all_outputs(nb)]
    assert next(kind for kind in kinds if kind != "notice") == "heading"
    sections = " ".join(kinds).split("heading")[1:]
    assert len(sections) >= 3
    for section in sections:
        assert "table" in section
        assert "source" in section


@pytest.mark.parametrize("what", PASSING)
def test_no_output_holds_what_differs_between_runs(nb, what):
    for output in all_outputs(nb):
        told = output["metadata"]["kentlib"]
        words = (json.dumps(value, ensure_ascii=False) for value in told.values())
        for content in (*output["data"].values(), *words):
            found = re.search(PASSING[what], content)
            assert not found, content[max(0, found.start() - 80) : found.end() + 80]


def test_a_notebook_is_stored_as_accept_stores_it(name, nb):
    stored = copy.deepcopy(nb)
    kernel.stable(stored)
    again = files.notebook_bytes(stored)
    assert again == (paths.NOTEBOOKS / f"{name}.ipynb").read_bytes(), "run `make accept`"


def test_the_notebook_asks_one_question_first(nb):
    first = nb["cells"][0]
    assert first["cell_type"] == "markdown"
    assert re.match(r"# .+\?\n", first["source"])
    assert nb["cells"][1]["metadata"]["tags"] == ["parameters"]
    others = [cell for cell in nb["cells"][1:] if cell["cell_type"] == "markdown"]
    assert not any(re.search(r"(?m)^# ", cell["source"]) for cell in others)


def test_no_number_is_typed_into_a_heading(nb):
    for cell in nb["cells"]:
        if cell["cell_type"] == "markdown":
            assert not re.search(r"(?m)^#+ .*\d", cell["source"]), cell["source"]


def test_cells_are_short(nb):
    for cell in code_cells(nb):
        if "parameters" not in cell["metadata"].get("tags", []):
            assert len(cell["source"].splitlines()) <= LONGEST_CELL, cell["source"]


def test_the_parameters_cell_declares_what_the_catalogue_checks(name, nb):
    declared = notebook.parameters(nb, name)
    assert {one: told.kind for one, told in declared.items()} == {
        one: told.kind for one, told in parameters.NOTEBOOKS[name].items()
    }
    assert list(declared) == list(parameters.NOTEBOOKS[name])
    parameters.check(name, **{one: told.default for one, told in declared.items()})


def test_a_params_file_has_the_names_order_values_and_comments_of_the_cell(name, nb):
    file = paths.PARAMS / f"{name}.yaml"
    declared = notebook.parameters(nb, name)
    values = plan.read_params(file)
    assert list(values.items()) == [(one, told.default) for one, told in declared.items()]
    lines = re.findall(r"(?m)^(\w+):.*?(?:  # (.*))?$", file.read_text(encoding="utf-8"))
    assert lines == [(one, told.comment) for one, told in declared.items()]


def test_nbval_fails_on_any_changed_output_and_says_what_it_was_and_is(tmp_path, fixtures):
    small = (fixtures / "small.ipynb").read_text(encoding="utf-8")
    # What is stored, what is planted there, and how the failure says it.
    planted = {
        'class=\\"number\\">300<': (
            'class=\\"number\\">301<',
            "code cell 7, which begins `told = {\"kind\": \"table\", \"caption\": caption}`:\n"
            "  planted_0, table 1: on time, Assessments: 301 then, 300 now",
        ),
        "## Northfold finished 75%": ("## Northfold finished 74%", "finding 1: “## Northfold"),
        'y=\\"20\\" width=\\"300\\"': (
            'y=\\"20\\" width=\\"290\\"', "figure 1: drawn so then, drawn differently now"
        ),
        '"caption": "Assessments in the year,': (
            '"caption": "Assessments in a year,', "table 1: caption: “Assessments in a year, by"
        ),
        "2 kinds of": ("3 kinds of", "“3 kinds of assessment” then, “2 kinds of assessment” now"),
    }  # fmt: skip
    for number, (true, (false, _)) in enumerate(planted.items()):
        assert small.count(true) == 1, true
        changed = small.replace(true, false)
        (tmp_path / f"planted_{number}.ipynb").write_text(changed, encoding="utf-8")
    (tmp_path / "untouched.ipynb").write_text(small, encoding="utf-8")
    shutil.copy(paths.ROOT / "conftest.py", tmp_path)
    options = ["--nbval", "--nbval-current-env", "-q", "-rf", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--rootdir", ".", *options, "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    failed = re.findall(r"(?m)^FAILED (\w+)", done.stdout)
    assert sorted(failed) == [f"planted_{number}" for number in range(len(planted))], done.stdout
    for _, said in planted.values():
        assert said in done.stdout
    assert "<td" not in done.stdout
    assert "<svg" not in done.stdout


def test_changes_accounts_for_the_stored_numbers():
    changes = (paths.ROOT / "CHANGES.md").read_text(encoding="utf-8")
    moved = stored.unaccounted(paths.NOTEBOOKS, changes)
    assert not moved, f"CHANGES.md needs an entry for {moved}: `kentlib accept` says which"


def test_changes_has_its_entries_dated_the_newest_first():
    changes = (paths.ROOT / "CHANGES.md").read_text(encoding="utf-8")
    days = [datetime.strptime(found["day"], "%d %B %Y") for found in stored.ENTRY.finditer(changes)]
    assert days
    assert days == sorted(days, reverse=True)
    assert "WHY" not in changes
