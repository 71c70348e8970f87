import json

import pytest

from kentlib.reports import accept


def go(folder):
    lines = []
    return accept.accept(folder, say=lines.append), lines


@pytest.fixture
def folder(write_notebook, tmp_path):
    shown = """from IPython.display import display
told = {"kind": "text", "alt": "b", "caption": "c"}
display({"text/plain": "a", "text/markdown": "b"}, metadata={"kentlib": told}, raw=True)"""
    write_notebook("tides", "depth = 4", "print(f'{depth} metres')\ndepth * 2", shown)
    return tmp_path


def test_accepting_twice_changes_no_byte(folder):
    path = folder / "tides.ipynb"
    status, lines = go(folder)
    assert status == 0
    assert lines == [
        "tides: 2 code cells changed",
        "  code cell 3: was nothing, now '4 metres'",
        "  code cell 4: was nothing, now 'a'",
    ]
    before, when = path.read_bytes(), path.stat().st_mtime_ns
    assert go(folder) == (0, ["tides: no change"])
    assert path.read_bytes() == before
    assert path.stat().st_mtime_ns == when


def test_what_is_stored_names_no_time_version_or_machine(folder):
    go(folder)
    nb = json.loads((folder / "tides.ipynb").read_text())
    assert [cell["id"] for cell in nb["cells"]] == [f"cell-{number}" for number in range(5)]
    assert set(nb["metadata"]) == {"kernelspec", "language_info"}
    assert "version" not in nb["metadata"]["language_info"]
    assert [c["metadata"] for c in nb["cells"]] == [{}, {"tags": ["parameters"]}, {}, {}, {}]
    assert (folder / "tides.ipynb").read_bytes().endswith(b"}\n")


def test_a_changed_output_is_told_by_its_cell_and_line(folder):
    go(folder)
    path = folder / "tides.ipynb"
    path.write_text(path.read_text().replace("depth = 4", "depth = 5"))
    assert go(folder)[1] == [
        "tides: 1 code cell changed",
        "  code cell 3: was '4 metres', now '5 metres'",
    ]


def test_a_notebook_that_raises_keeps_what_it_had_and_stops_no_other(folder, write_notebook):
    go(folder)
    broken = write_notebook("broken", "surely = 1\n1 / 0")
    before = broken.read_bytes()
    status, lines = go(folder)
    assert status == 1
    why = 'ZeroDivisionError in the cell that begins "surely = 1": division by zero'
    assert lines == [f"broken: kept as it was. {why}", "tides: no change"]
    assert broken.read_bytes() == before


def test_a_folder_without_notebooks_is_said_to_hold_none(tmp_path):
    assert go(tmp_path) == (2, [f"{tmp_path.name}/ holds no notebook."])


def test_a_change_in_words_about_a_figure_is_a_change():
    def cell(caption):
        told = {"kentlib": {"kind": "figure", "caption": caption}}
        output = {"output_type": "display_data", "data": {"text/plain": "a"}, "metadata": told}
        return {"cells": [{"cell_type": "code", "outputs": [output]}]}

    (told,) = accept.changed(cell("Shares, 2016"), cell("Shares, 2017"))
    assert told == "code cell 1: was 'caption: Shares, 2016', now 'caption: Shares, 2017'"


def test_a_notebook_that_shows_a_child_keeps_what_it_had(folder, write_notebook):
    (folder / "own").mkdir()
    (folder / "own" / "districts.csv").write_text("child_id,district\nK0045123,Dover\n")
    shows = write_notebook(
        "shows", "print('K00' + '45123')", parameters=f'extracts: str = "{folder}/own"'
    )
    before = shows.read_bytes()
    status, lines = go(folder)
    assert (status, shows.read_bytes()) == (1, before)
    assert "code cell 2 shows a child identifier" in lines[0]
    assert "K0045123" not in lines[0]
