import pytest

from kentlib.reports import plan


def problems_of(*files, notebooks):
    with pytest.raises(plan.PlanError) as caught:
        plan.plan(files, notebooks=notebooks)
    assert all("\n" not in problem for problem in caught.value.problems)
    return caught.value.problems


def test_a_job_has_the_files_values_and_the_notebooks_for_the_rest(write_notebook, write_params):
    path = write_notebook("tides")
    file = write_params("tides.south.yaml", "year: 2018\n")
    jobs = plan.plan([file], notebooks=path.parent)
    assert jobs == [plan.Job(path, {"place": "Northfold", "year": 2018}, "tides.south")]


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
    assert "line 1: year is set more than once" in told


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
