from dataclasses import replace

import pytest

from kentlib import paths
from kentlib.reports import facts, inputs, plan


@pytest.fixture
def job(write_notebook, write_params, tmp_path):
    """A job of a small notebook, in the test's own folder."""
    write_notebook("tides", "print(place)")
    return plan.plan([write_params("tides.yaml")], notebooks=tmp_path).jobs[0]


def key_of(job, **changed):
    return replace(facts.gather("20261122T013000Z", [job]), **changed).key(job)


def test_the_same_things_have_the_same_key_whatever_the_run_is_called(job):
    assert key_of(job) == key_of(job, stamp="20261123T013000Z")


def test_whatever_made_a_report_changes_its_key(job, monkeypatch):
    known = facts.gather("20261122T013000Z", [job])

    def other(files):
        return (replace(files[0], sha256="0"), *files[1:])

    changes = {
        "tables": other(known.tables),
        "package": other(known.package),
        "lock": other(known.lock),
        "notebooks": {job.notebook: replace(known.notebook(job), sha256="0")},
        "versions": known.versions | {"packages": known.versions["packages"] | {"pandas": "0"}},
        "extracts": {which: (known.lock[0],) for which in known.extracts},
        "published": {which: (known.lock[0],) for which in known.published},
    }
    keys = {name: key_of(job, **{name: value}) for name, value in changes.items()}
    keys["parameters"] = key_of(replace(job, params={**job.params, "year": 2018}))
    keys["python"] = key_of(job, versions=known.versions | {"python": "3"})
    keys["nothing"] = known.key(job)
    assert len(set(keys.values())) == len(keys)


def test_a_report_depends_on_its_notebook_the_tables_kentlib_the_lock_and_its_extracts(job):
    params = {"extracts": "data/sample", "authority": "Kent"}
    job = replace(job, params=params)
    names = [one.name for one in facts.gather("20261122T013000Z", [job]).inputs_of(job)]
    for name in ("tides.ipynb", "data/areas.csv", "kentlib/show.py", "requirements.lock"):
        assert name in names
    assert "districts_synthetic.csv" in names


def test_facts_are_told_without_a_path_of_this_machine(job):
    told = facts.gather("20261122T013000Z", [job]).told()
    assert told["kentlib_sha256"]["kentlib/show.py"]
    assert told["lock_sha256"] == inputs.look("lock", paths.LOCK).sha256
    assert told["notebooks"] == {"tides.ipynb": inputs.look("", job.notebook).sha256}
    assert str(paths.ROOT) not in str(told)
    assert str(job.notebook.parent) not in str(told)


def test_packages_are_those_that_are_installed():
    import pandas

    found = facts.packages()
    assert found["pandas"] == pandas.__version__
    assert found["python-calamine"]
    assert list(found) == sorted(found)
