"""Each planted change gets the right verdict, and the right cause."""

import json
import os
import shutil
import subprocess
import sys

import plants
import pytest

from kentlib import paths


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory):
    """What the review of each plant found; all in one process, in a collection of their own."""
    folder = tmp_path_factory.mktemp("collection")
    shutil.copytree(paths.ROOT / "kentlib", folder / "kentlib")
    found = [str(folder), str(folder / "site")]
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        [sys.executable, str(plants.__file__).replace("plants", "collection"), str(folder)],
        cwd=folder,
        env={**os.environ, **quiet, "PYTHONPATH": os.pathsep.join(found)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("planted", plants.PLANTS)
def test_a_planted_change_is_found_and_its_cause_named(reviewed, planted):
    outcome, causes, kinds, says = plants.EXPECTED[planted]
    told = reviewed[planted]
    found = [(why["how"], [one["name"] for one in why["changes"]]) for why in told["causes"]]
    assert (told["outcome"], found) == (outcome, causes), told["verdict"]
    assert says in told["verdict"]
    assert kinds is None or kinds == sorted({one["kind"] for one in told["differences"]})
    status = {"differs": 1, "cannot be reproduced": 2}.get(outcome, 0)
    assert told["status"] == status or not told["alone"]
    assert f"{told['report']}: {told['verdict']}" in told["lines"]
    assert told["verdict"] in told["page"].replace("&#39;", "'").replace("&#34;", '"')


def test_what_changed_without_effect_is_told_as_well(reviewed):
    told = reviewed["rows of a CSV reordered"]
    assert [one["said"] for one in told["changed"]] == ["data/tides.csv has changed"]


def test_a_number_that_differs_is_told_by_its_row_and_column(reviewed):
    told = reviewed["a value in a CSV"]
    said = [one["said"] for one in told["differences"]]
    assert "tides, table 1: Westley, late: 5 then, 6 now" in said
    assert "  tides, table 1: Westley, late: 5 then, 6 now" in told["lines"]


def test_figures_that_differ_are_side_by_side(reviewed):
    page = reviewed["a figure's colour only"]["page"]
    assert page.count('src="data:image/svg+xml;base64,') == 2


def test_each_of_two_causes_has_its_own_differences(reviewed):
    told = reviewed["data and code changed, each with its own effect"]
    assert sum(why["differences"] for why in told["causes"]) == len(told["differences"])


def test_no_folder_of_this_machine_is_in_a_review(reviewed):
    for planted, told in reviewed.items():
        assert str(paths.ROOT.parent) not in json.dumps(told), planted
