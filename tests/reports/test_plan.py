"""Params files, and what is the same for them and for plans; see test_nightly.py for those."""

import os

import pytest

from kentlib import paths
from kentlib.reports import plan


def problems_of(*files, **named):
    with pytest.raises(plan.PlanError) as caught:
        plan.plan(files, **named)
    assert all(problem.isprintable() for problem in caught.value.problems)
    return caught.value.problems


def test_a_job_has_the_files_values_and_the_notebooks_for_the_rest(write_notebook, write_params):
    path = write_notebook("tides")
    file = write_params("tides.south.yaml", "year: 2018\n")
    made = plan.plan([file], notebooks=path.parent)
    job = plan.Job(path, {"place": "Northfold", "year": 2018}, "tides.south", area="all")
    assert made.jobs == (job,)


def test_params_files_have_the_usual_limits_and_leave_other_reports_be(
    write_notebook, write_params, tmp_path
):
    write_notebook("tides")
    files = [write_params("tides.yaml"), write_params("tides.south.yaml")]
    made = plan.plan(files, notebooks=tmp_path)
    assert [job.name for job in made.jobs] == ["tides", "tides.south"]
    assert made == plan.Plan(
        name="tides.yaml, tides.south.yaml",
        jobs=made.jobs,
        kept=(),
        whole=False,
        out=paths.REPORTS,
        workers=len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        seconds=900,
        megabytes=4096,
        keep_runs=14,
    )


def test_the_caller_chooses_folder_and_workers(write_notebook, write_params, tmp_path):
    write_notebook("tides")
    file = write_params("tides.yaml")
    made = plan.plan([file], notebooks=tmp_path, out=tmp_path / "out", workers=7)
    assert (made.out, made.workers) == (tmp_path / "out", 7)


def test_the_area_of_a_report_is_its_district(write_notebook, write_params, tmp_path):
    write_notebook("tides", parameters='district: str = "all"')
    file = write_params("tides.yaml", "district: Eastmere\n")
    (job,) = plan.plan([file], notebooks=tmp_path).jobs
    assert (job.name, job.area) == ("tides", "Eastmere")


def test_problems_of_every_file_are_reported_together(write_notebook, write_params, tmp_path):
    write_notebook("tides")
    files = [
        write_params("tides.yaml", "yeer: 2018\nplace: 7\n"),
        write_params("tide.yaml"),
        write_params("tides.list.yaml", "- a\n- b\n"),
        tmp_path / "tides.gone.yaml",
    ]
    told = problems_of(*files, notebooks=tmp_path)
    assert len(told) == 5
    assert "yeer is not one of its parameters (did you mean year?)" in told[0]
    assert "place is 7, a whole number; it must be text." in told[1]
    assert "'tide' is none of tides" in told[2]
    assert "lines such as `authority: Kent`" in told[3]
    assert "No such file" in told[4]


@pytest.mark.parametrize("value", ["true", '"2017"', "2017.0", "null", "2017-03-31"])
def test_an_ill_typed_value_is_named(value, write_notebook, write_params, tmp_path):
    write_notebook("tides")
    (told,) = problems_of(write_params("tides.yaml", f"year: {value}\n"), notebooks=tmp_path)
    assert "year is" in told
    assert "it must be a whole number." in told


def test_a_name_set_twice_is_an_error_with_its_line(write_notebook, write_params, tmp_path):
    write_notebook("tides")
    file = write_params("tides.yaml", "year: 2017\nplace: Northfold\nyear: 2018\n")
    (told,) = problems_of(file, notebooks=tmp_path)
    assert "line 3: year is set more than once" in told


def test_broken_yaml_names_the_line(write_notebook, write_params, tmp_path):
    write_notebook("tides")
    file = write_params("tides.yaml", "place: Northfold\nyear: [2017\n")
    (told,) = problems_of(file, notebooks=tmp_path)
    assert "line 3: expected ',' or ']'" in told


@pytest.mark.parametrize("content", ["", "Kent\n", "2017: year\n", "!!python/name:os.system ''\n"])
def test_a_file_that_holds_no_names_and_values_is_an_error(
    content, write_notebook, write_params, tmp_path
):
    write_notebook("tides")
    assert problems_of(write_params("tides.yaml", content), notebooks=tmp_path)


def test_a_file_that_is_not_text_is_an_error(write_notebook, tmp_path):
    write_notebook("tides")
    file = tmp_path / "tides.yaml"
    file.write_bytes(b"place: \xff\xfe")
    assert "UTF-8" in problems_of(file, notebooks=tmp_path)[0]


def test_two_files_for_one_report_are_an_error(write_notebook, write_params, tmp_path):
    write_notebook("tides")
    file = write_params("tides.yaml")
    assert (
        "another file asks for the report tides" in problems_of(file, file, notebooks=tmp_path)[0]
    )


def test_names_that_are_one_file_where_case_counts_for_nothing_are_one_name(
    write_notebook, write_params, tmp_path
):
    write_notebook("tides")
    (tmp_path / "more").mkdir()
    files = [write_params("tides.south.yaml"), write_params("more/tides.SOUTH.yaml")]
    (told,) = problems_of(*files, notebooks=tmp_path)
    assert told == "more/tides.SOUTH.yaml: another file asks for the report tides.SOUTH."


@pytest.mark.parametrize("name", ["index", "manifest", "log"])
def test_a_report_cannot_have_the_name_of_a_file_of_the_run(
    name, write_notebook, write_params, tmp_path
):
    write_notebook(name)
    (told,) = problems_of(write_params(f"{name}.yaml"), notebooks=tmp_path)
    assert f"no report can be called {name}" in told


def test_a_notebook_without_a_parameters_cell_is_an_error(write_notebook, write_params, tmp_path):
    write_notebook("tides", "1 + 1", parameters=None)
    (told,) = problems_of(write_params("tides.yaml"), notebooks=tmp_path)
    assert "tides.ipynb has no cell tagged parameters." in told


def test_a_parameters_cell_that_computes_is_an_error(write_notebook, write_params, tmp_path):
    write_notebook("tides", parameters="year: int = 2000 + 17")
    (told,) = problems_of(write_params("tides.yaml"), notebooks=tmp_path)
    assert "its parameters cell can only hold lines such as" in told


def test_a_broken_notebook_is_an_error(write_params, tmp_path):
    (tmp_path / "tides.ipynb").write_text("{")
    (told,) = problems_of(write_params("tides.yaml"), notebooks=tmp_path)
    assert "tides.ipynb is not a notebook" in told


def test_values_are_looked_up_before_anything_runs(write_notebook, write_params, tmp_path):
    cell = 'authority: str = "Kent"\ncomparator: str = "England"\nyear: int = 2017'
    write_notebook("permanence", parameters=cell)
    file = write_params("permanence.yaml", "authority: Kint\nyear: 1999\n")
    told = problems_of(file, notebooks=tmp_path)
    assert len(told) == 2
    assert "the closest: 'Kent'" in told[0]
    assert "year is 1999" in told[1]


@pytest.mark.parametrize("value", ["[2017-03-06]", "{a: .nan}", ".inf", "{1: a}", "!!set {a}"])
def test_a_value_that_no_record_can_hold_is_an_error(value, write_notebook, write_params, tmp_path):
    write_notebook("tides", parameters="when = 2017")
    (told,) = problems_of(write_params("tides.yaml", f"when: {value}\n"), notebooks=tmp_path)
    assert told.endswith("when must be text, a number, true or false, or a list of those.")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('{"nbformat": 4}', "is not a notebook of format 4"),
        ('{"nbformat": 4, "cells": [7]}', "is not a notebook of format 4"),
        ("[" * 100_000, "is not a notebook"),
    ],
)
def test_a_notebook_that_is_json_and_no_notebook_is_an_error(content, why, write_params, tmp_path):
    (tmp_path / "tides.ipynb").write_text(content)
    (told,) = problems_of(write_params("tides.yaml"), notebooks=tmp_path)
    assert why in told


def test_a_notebook_that_cannot_be_opened_is_an_error(write_params, tmp_path):
    (tmp_path / "tides.ipynb").mkdir()
    (told,) = problems_of(write_params("tides.yaml"), notebooks=tmp_path)
    assert told.endswith("tides.ipynb cannot be read: Is a directory.")


def test_a_file_that_is_there_and_broken_is_named_by_its_fault_whatever_its_name(
    write_notebook, write_params, tmp_path
):
    write_notebook("tides")
    (told,) = problems_of(write_params("night.yaml", "reports: [\n"), notebooks=tmp_path)
    assert "/night.yaml: line 2: " in told


@pytest.mark.parametrize("inside", ["", "notebooks/new", "kentlib", "data/own", "tests", ".git/a"])
def test_runs_are_not_put_among_the_projects_own_files(
    inside, write_notebook, write_params, tmp_path
):
    write_notebook("tides")
    out = paths.ROOT / inside
    (told,) = problems_of(write_params("tides.yaml"), notebooks=tmp_path, out=out)
    assert told.startswith(f"--out is {str(out)!r}; ")
    assert told.endswith("such as reports.")


def test_a_folder_above_the_project_is_no_place_for_runs(write_notebook, write_params, tmp_path):
    write_notebook("tides")
    file = write_params("tides.yaml")
    (told,) = problems_of(file, notebooks=tmp_path, out=paths.ROOT.parent)
    assert "it holds this project" in told


def test_runs_are_not_put_among_the_extracts_that_are_read(
    write_notebook, write_params, tmp_path, monkeypatch
):
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    write_notebook("tides", parameters='extracts: str = "own"')
    own, none = write_params("tides.yaml", "{}\n"), write_params("tides.b.yaml", "extracts: none")
    for out in (tmp_path / "own", tmp_path / "own" / "runs"):
        (told,) = problems_of(own, notebooks=tmp_path, out=out)
        assert told.endswith(
            "it is in the folder of the extracts, all of which is read: name another."
        )
        assert plan.plan([none], notebooks=tmp_path, out=out).out == out
    assert plan.plan([none], notebooks=tmp_path, out=tmp_path / "none").out == tmp_path / "none"
    night = write_params("night.yaml", "out: own/runs\nreports: [{notebook: tides}]\n")
    (told,) = problems_of(night, notebooks=tmp_path)
    assert "out is 'own/runs'; it is in the folder of the extracts" in told


def test_a_run_can_go_anywhere_else(write_notebook, write_params, tmp_path):
    write_notebook("tides")
    for out in (paths.ROOT / "reports" / "spring", tmp_path / "not" / "there"):
        assert plan.plan([write_params("tides.yaml")], notebooks=tmp_path, out=out).out == out


def test_whatever_a_file_holds_is_one_line_that_any_terminal_can_show(
    write_notebook, write_params, tmp_path
):
    write_notebook("tides")
    file = write_params("tides.yaml", '"ye\\e[2Jar\\nx": 1\n')
    (told,) = problems_of(file, notebooks=tmp_path)
    assert "ye\\x1b[2Jar x is not one of its parameters" in told
