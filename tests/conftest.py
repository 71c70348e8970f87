"""Small notebooks for the tests of reports and of the command, in the test's own folder."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long one example takes says more of the machine than of the code.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

FIXTURES = Path(__file__).parent / "fixtures"


def code(source, *, tags=()):
    metadata = {"tags": list(tags)} if tags else {}
    cell = {"cell_type": "code", "metadata": metadata, "source": source}
    return cell | {"execution_count": None, "outputs": []}


def markdown(source):
    return {"cell_type": "markdown", "metadata": {}, "source": source}


PARAMETERS = 'place: str = "Northfold"  # the town\nyear: int = 2017  # to 31 March'


@pytest.fixture
def fixtures():
    """The folder of the stored small notebook and its params file."""
    return FIXTURES


@pytest.fixture
def write_notebook(tmp_path):
    """Write a notebook of the given code cells, after a question and a parameters cell."""

    def write(name, *sources, parameters=PARAMETERS):
        cells = [markdown(f"# Is {name} a question?")]
        cells += [code(parameters, tags=["parameters"])] if parameters is not None else []
        cells += [code(source) for source in sources]
        for number, cell in enumerate(cells):
            cell["id"] = f"cell-{number}"
        nb = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        path = tmp_path / f"{name}.ipynb"
        path.write_text(json.dumps(nb), encoding="utf-8")
        return path

    return write


@pytest.fixture
def write_params(tmp_path):
    """Write a params file."""

    def write(name, content="place: Northfold\n"):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return path

    return write


@pytest.fixture(autouse=True)
def where_it_began():
    """Each test begins in the folder that the suite was started in, whatever others did."""
    before = os.getcwd()
    yield
    os.chdir(before)
