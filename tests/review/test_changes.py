"""What changed between two records, and which of it can matter to a notebook."""

import pytest

from kentlib.review import changes, reach
from kentlib.review.changes import UNTOLD, Change


def record(**other):
    return {
        "parameters": {"year": 2017, "extracts": "/srv/children/kent"},
        "notebook": "notebooks/tides.ipynb",
        "notebook_sha256": "0",
        "inputs": {"data/a.csv": "0"},
        "extracts": {"folder": "/srv/children/kent", "files": {"episodes.csv": "0"}},
        "published": {"folder": "published", "files": {"2017-02/release.json": "0"}},
        "kentlib": {"version": "0.1.0", "commit": "c", "modified": False},
        "kentlib_sha256": {"kentlib/a.py": "0"},
        "packages": {"pandas": "3.0.0", "kentlib": "0.1.0"},
        "python": "3.11.2",
        "platform": "Linux x86_64",
        "surroundings": {"time zone": "Europe/London", "cores": "2"},
    } | other


def notebook(*sources, tag="parameters"):
    cells = [{"cell_type": "markdown", "metadata": {}, "source": "# Is it so?"}]
    cells += [{"cell_type": "code", "metadata": {"tags": [tag]}, "source": "year = 2017"}]
    cells += [{"cell_type": "code", "metadata": {}, "source": source} for source in sources]
    return {"cells": cells}


def said(then, now, source_then=None, source_now=None):
    source_then, source_now = source_then or notebook(), source_now or notebook()
    return [one.said() for one in changes.between(then, now, source_then, source_now)]


def test_nothing_changed_between_the_same_records():
    assert said(record(), record()) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"parameters": {"year": 2016, "extracts": "/srv/children/kent"}},
         "the parameter year was 2017 and is 2016"),
        ({"parameters": {"year": 2017, "extracts": "/home/a/medway"}},
         "the parameter extracts was 'kent' and is 'medway'"),
        ({"inputs": {"data/a.csv": "1"}}, "data/a.csv has changed"),
        ({"inputs": {}}, "data/a.csv is gone"),
        ({"inputs": {"data/a.csv": "0", "data/b.csv": "0"}}, "data/b.csv was added"),
        ({"extracts": {"files": {"episodes.csv": "1"}}},
         "episodes.csv in the extracts has changed"),
        ({"extracts": None}, "episodes.csv in the extracts is gone"),
        ({"published": {"files": {"2017-02/release.json": "1"}}},
         "2017-02/release.json of what was published before has changed"),
        ({"published": {"files": {"2017-02/release.json": "0", "2017-03/release.json": "0"}}},
         "2017-03/release.json of what was published before was added"),
        ({"kentlib_sha256": {"kentlib/a.py": "1"}}, "kentlib/a.py has changed"),
        ({"packages": {"pandas": "3.1.1"}}, "pandas was 3.0.0 and is 3.1.1"),
        ({"packages": {}}, "pandas was 3.0.0 and is not installed"),
        ({"python": "3.12.1"}, "Python was 3.11.2 and is 3.12.1"),
        ({"platform": "Darwin arm64"}, "the system was Linux x86_64 and is Darwin arm64"),
        ({"surroundings": {"time zone": "Etc/UTC", "cores": "2"}},
         "the time zone was Europe/London and is Etc/UTC"),
        ({"surroundings": {"time zone": "Europe/London", "cores": "8"}},
         "the number of cores was 2 and is 8"),
        ({"surroundings": {"time zone": "Europe/London", "cores": "2", "LC_ALL": "C"}},
         "LC_ALL was not set and is C"),
    ],
)  # fmt: skip
def test_each_thing_that_changed_is_a_clause(change, sentence):
    assert said(record(), record(**change)) == [sentence]


def test_a_notebook_whose_cells_are_the_same_has_not_changed_whatever_its_file_holds():
    assert said(record(), record(notebook_sha256="1")) == []


def test_an_edited_cell_is_told_by_its_number_in_the_executed_notebook():
    told = said(record(), record(), notebook("a", "b"), notebook("a", "c"))
    assert told == ["notebooks/tides.ipynb has changed (code cell 4)"]
    told = said(record(), record(), notebook("a", tag="none"), notebook("c", tag="none"))
    assert told == ["notebooks/tides.ipynb has changed (code cell 2)"]


def test_a_record_that_tells_no_files_of_kentlib_says_what_is_known():
    older = {name: value for name, value in record().items() if name != "kentlib_sha256"}
    assert changes.between(older, record(), notebook(), notebook()) == []
    changed = record(kentlib={"version": "0.2.0", "commit": "d", "modified": False})
    assert changes.between(older, changed, notebook(), notebook()) == [UNTOLD]


@pytest.fixture
def package(tmp_path):
    """A small kentlib: `a` imports `b`, `b` a name of the folder `c`; `d` is by itself."""
    files = {
        "__init__.py": "",
        "a.py": "from kentlib import b\n",
        "b.py": "def later():\n    from kentlib.c import one\n",
        "c/__init__.py": "from .one import it\n",
        "c/one.py": "",
        "c/two.py": "",
        "c/words.yaml": "",
        "d.py": "",
    }
    for name, content in files.items():
        path = tmp_path / "kentlib" / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(content)
    return tmp_path


def reached(package, source, **before):
    old = {f"kentlib/{name}.py": text for name, text in before.items()}
    found = reach.reached([notebook(source)], package, lambda name: old.get(name, ""))
    return sorted(one.removeprefix("kentlib/") for one in found)


def test_what_a_notebook_imports_is_followed_to_the_end(package):
    through = ["__init__.py", "a.py", "b.py", "c/__init__.py", "c/one.py", "c/words.yaml"]
    assert reached(package, "%matplotlib inline\nfrom kentlib import a") == through
    assert reached(package, "import kentlib.d") == ["__init__.py", "c/words.yaml", "d.py"]
    assert reached(package, "import pandas") == []


def test_what_a_file_imported_before_counts_too(package):
    assert "a.py" in reached(package, "import kentlib.d", d="import kentlib.a")


def test_a_change_of_a_file_that_is_gone_says_so():
    assert Change("table", "data/a.csv", "0", None).gone
    assert not Change("table", "data/a.csv", None, "0").gone
