import json

import pytest

from kentlib import paths
from kentlib.reports import notebook
from tests.benchmarks import nightly, nightly_yardsticks


def test_cells_called_as_functions_show_what_the_stored_notebook_shows():
    stored = notebook.read(paths.NOTEBOOKS / "judgements.ipynb")
    params = {name: one.default for name, one in notebook.parameters(stored).items()}
    called = nightly_yardsticks.called(stored, params)
    assert called["cells"][2]["source"].startswith("# Parameters\nauthority = 'Kent'\n")
    del called["cells"][2]
    outputs = [[cell.get("outputs") for cell in nb["cells"]] for nb in (called, stored)]
    assert outputs[0] == outputs[1]


@pytest.fixture
def night(tmp_path):
    """A night of one area, whose reports are not made."""
    return nightly.Night(tmp_path, 1)


def test_the_night_is_three_notebooks_for_kent_and_twelve_other_areas(tmp_path):
    night = nightly.Night(tmp_path, 13)
    assert len({job.name for job in night.jobs}) == 39
    assert [job.area for job in night.jobs[:2]] == ["Kent", "Bracknell Forest"]
    assert [job.area for job in night.jobs[13:]] == 2 * [
        "all", "Ashford", "Canterbury", "Dartford", "Dover", "Gravesham", "Maidstone",
        "Sevenoaks", "Shepway", "Swale", "Thanet", "Tonbridge and Malling", "Tunbridge Wells",
    ]  # fmt: skip


def test_a_way_that_shows_less_than_the_first_stops_the_benchmark(night, tmp_path):
    job = night.jobs[0]
    night.jobs = [job]
    page, made = (tmp_path / f"{job.name}.{suffix}" for suffix in ("html", "ipynb"))
    page.write_text("a page")
    stored = job.notebook.read_text(encoding="utf-8")
    made.write_text(stored, encoding="utf-8")
    night._compare(tmp_path)
    fewer = json.loads(stored)
    del fewer["cells"][-9:]
    made.write_text(json.dumps(fewer))
    with pytest.raises(SystemExit, match=f"{job.name} in .* shows .* but first .*"):
        night._compare(tmp_path)


def test_the_table_says_which_aims_are_met(night):
    night.took = {
        nightly.OURS: [9.0, 10.0, 20.0],
        nightly.FLOOR: [7.0],
        nightly.SHELL: [90.0],
        nightly.API: [21.0],
        nightly.HELP: [0.1],
    }
    lines, whole = nightly.table(night)
    assert [line.rpartition("  ")[2] for line in lines[2:]] == [
        "ours is 1.43 of it, at most 1.35: NOT met",
        "at least 9 times ours: met",
        "at least 2.2 times ours: NOT met",
        "under 0.3: met",
    ]
    assert lines[1].split()[-5:] == ["10.00", "9.00", "20.00", "3.33", "1.00"]
    assert not whole
