import json
import re

import pytest

from kentlib.reports import accept
from kentlib.review.outputs import Difference


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
        "tides: what moved",
        "  tides, printed text (stdout) 1: nothing then, “4 metres” now",
        "  tides, output 1: nothing then, “8” now",
        "  tides, text 1: nothing then, “a” now",
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


def test_a_changed_output_is_told_as_it_was_and_as_it_is(folder):
    go(folder)
    path = folder / "tides.ipynb"
    path.write_text(path.read_text().replace("depth = 4", "depth = 5"))
    assert go(folder)[1] == [
        "tides: what moved",
        "  tides, printed text (stdout) 1: “4 metres” then, “5 metres” now",
        "  tides, output 1: “8” then, “10” now",
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


def test_of_many_differences_of_one_output_some_are_told_and_the_others_counted():
    def moved(row, place="x, table 1"):
        return Difference("table", 1, place, row, "n", "1", "2", 1.0, place)

    lines = accept.told([*(moved(str(row)) for row in range(25)), moved("a", "x, table 2")])
    assert lines[0] == "x, table 1: 0, n: 1 then, 2 now"
    assert lines[accept.SHOWN :] == ["x, table 2: a, n: 1 then, 2 now", "x, table 1: and 5 more"]


def test_what_moved_is_given_as_an_entry_for_changes_until_it_is_there(write_notebook, tmp_path):
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    source = """from IPython.display import display
told = {"text/plain": f"{year} days"}
display(told, metadata={"kentlib": {"kind": "heading"}}, raw=True)"""
    write_notebook("tides", source).rename(notebooks / "tides.ipynb")
    changes = tmp_path / "CHANGES.md"
    changes.write_text("# What changed\n\n**1 May 2025**: first version.\n", encoding="utf-8")
    _, lines = go(notebooks)
    begins = next(at for at, line in enumerate(lines) if re.fullmatch(r"\*\*.*\*\*: WHY\.", line))
    assert lines[begins + 1] == "- tides, finding 1: nothing then, “2017 days” now"
    assert lines[begins - 3].startswith("CHANGES.md does not account for the stored numbers.")
    entry = "\n".join(lines[begins:])
    assert go(notebooks)[1][-1] == lines[-1]  # until it is written
    changes.write_text(f"# What changed\n\n{entry}\n\n**1 May 2025**: first.\n", encoding="utf-8")
    assert go(notebooks) == (0, ["tides: no change"])


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
