import hashlib
import json
from copy import deepcopy
from urllib.parse import unquote

import pytest
from a_night import FACTS, FAILED, RUN, STALE, TABLE, UNCHANGED, WHY, records, told

from kentlib.reports import manifest

OWN = {"folder": "/srv/children/kent", "files": {"Jane Doe 1234.csv": "9" * 64}}


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def folder(tmp_path):
    """The folder of a run as it is when the crate is made, and the night's records."""

    def write(*made):
        for one in made:
            for name in one["outputs"]:
                (tmp_path / name).write_text(f"this is {name}")
                one["outputs"][name] = sha256((tmp_path / name).read_bytes())
            (tmp_path / f"{one['report']}.json").write_text(json.dumps(one))
        for name in ("index.html", "log.jsonl"):
            (tmp_path / name).write_text(name)
        whole = manifest.make(FACTS, made)
        (tmp_path / "manifest.json").write_text(json.dumps(whole))
        return tmp_path, whole

    return write


@pytest.fixture
def night(folder):
    """The folder of the whole night and the entities of its crate by their @id."""
    inside, whole = folder(*records())
    return inside, entities(manifest.crate(whole, inside))


def entities(crate):
    by_id = {one["@id"]: one for one in crate["@graph"]}
    assert len(by_id) == len(crate["@graph"])
    return by_id


def made(folder, *some):
    """The entities of the crate of a few reports."""
    inside, whole = folder(*some)
    return entities(manifest.crate(whole, inside))


def many(value):
    """RO-Crate writes a list of one as the one."""
    return value if isinstance(value, list) else [value]


def ids(value):
    return [one["@id"] for one in many(value)]


def references(value):
    """Every @id that something refers to."""
    if isinstance(value, list):
        return [found for one in value for found in references(one)]
    if isinstance(value, dict):
        return [value["@id"]] if set(value) == {"@id"} else references(list(value.values()))
    return []


def test_the_manifest_is_the_facts_then_counts_then_a_line_for_each_report():
    whole = manifest.make(FACTS, records())
    assert {key: whole[key] for key in FACTS} == FACTS
    assert list(whole) == [*FACTS, "counts", "reports"]
    assert whole["counts"] == {"finished": 26, "stale": 1, "failed": 1}
    assert [one["report"] for one in whole["reports"]] == [one["report"] for one in records()]
    assert whole["reports"][0] == {
        "report": "judgements",
        "area": "all",
        "outcome": "finished",
        "run": "20251103T021500Z",
        "asked": True,
        "seconds": 2.5,
        "megabytes": 212,
        "attempts": 1,
        "finding": records()[0]["finding"],
        "files": {"judgements.html": "f" * 64, "judgements.ipynb": "0" * 64},
    }


def test_a_failure_has_its_error_and_no_finding_and_no_files():
    by_name = {one["report"]: one for one in manifest.make(FACTS, records())["reports"]}
    failed, stale = by_name[FAILED], by_name[STALE]
    assert (failed["error"], failed["files"]) == (WHY, {})
    assert "finding" not in failed
    assert stale["finding"] and stale["error"] == WHY


def test_the_manifest_is_plain_json_and_the_same_each_time():
    facts, made = deepcopy(FACTS), records()
    one, two = (json.dumps(manifest.make(facts, made)) for _ in range(2))
    assert one == two
    assert json.loads(one) == manifest.make(facts, made)
    assert (facts, made) == (FACTS, records())


def test_a_record_from_before_the_nightly_run_has_its_line():
    old = {key: value for key, value in told("judgements").items() if key not in manifest.TOLD}
    old |= {"report": "judgements", "outcome": "finished"}
    (line,) = manifest.make(FACTS, [old])["reports"]
    assert (line["area"], line["run"], line["files"]) == (None, None, old["outputs"])


@pytest.mark.parametrize(
    ("change", "synthetic"),
    [
        ({}, False),
        ({"extracts": OWN}, False),
        ({"extracts": {"folder": "data/sample/", "files": {}}}, True),
        ({"extracts": {"folder": "own", "files": {"Synthetic 2017.csv": "9" * 64}}}, True),
        ({"tables": [TABLE | {"synthetic": True}]}, True),
    ],
)
def test_synthetic_data_are_known_by_table_folder_or_file(change, synthetic):
    assert manifest.is_synthetic(told("judgements", **change)) is synthetic


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("/srv/children/kent", "kent"),
        ("/srv/children/kent/", "kent"),
        ("C:\\children\\kent", "kent"),
        ("\\\\server\\children\\kent", "kent"),
        ("\\children\\kent", "kent"),
        ("~/children/kent", "kent"),
        ("../children/kent", "kent"),
        ("own/2017", "own/2017"),
        ("Kent", "Kent"),
        (72, 72),
        (None, None),
    ],
)
def test_a_folder_outside_the_collection_is_known_by_its_name(value, shown):
    assert manifest.shown(value) == shown


def test_neither_manifest_nor_crate_names_a_folder_or_the_extracts_files(folder):
    one = told("permanence", extracts=OWN)
    one["parameters"] |= {"extracts": OWN["folder"]}
    inside, _ = folder(one)
    facts = FACTS | {"extracts": [{"folder": OWN["folder"], "files": {}}]}
    whole = manifest.make(facts, [one])
    crate = json.dumps(manifest.crate(whole, inside))
    for secret in ("/srv", "children/kent", str(inside)):
        assert secret not in crate
        assert secret not in json.dumps(whole)
    assert "Jane" not in crate
    assert "9" * 64 in crate


def test_the_crate_describes_itself_and_its_root(night):
    inside, by_id = night
    told = by_id["ro-crate-metadata.json"]
    assert told["@type"] == "CreativeWork"
    assert told["about"] == {"@id": "./"}
    assert told["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    root = by_id["./"]
    assert root["@type"] == "Dataset"
    assert root["name"] == f"Reports of nightly.yaml, run {RUN}"
    assert root["description"].startswith("28 reports: 26 finished, 1 stale and 1 failed.")
    assert root["datePublished"] == "2026-11-22T01:30:43Z"
    assert root["conformsTo"] == {"@id": "https://w3id.org/ro/wfrun/process/0.5"}
    crate = manifest.crate(json.loads((inside / "manifest.json").read_text()), inside)
    assert crate["@context"] == [
        "https://w3id.org/ro/crate/1.1/context",
        "https://w3id.org/ro/terms/workflow-run/context",
    ]


def test_all_that_is_referred_to_is_told(night):
    _, by_id = night
    told = [found for one in by_id.values() for found in references(list(one.values()))]
    assert set(told) - set(by_id) == {"https://w3id.org/ro/crate/1.1"}
    for one in by_id.values():
        assert one["@type"]


def test_every_file_of_the_folder_is_listed_with_its_format_size_and_hash(night):
    inside, by_id = night
    (inside / ".log.jsonl.new").write_text("half")
    listed = [by_id[one] for one in ids(by_id["./"]["hasPart"])]
    assert [one["name"] for one in listed] == sorted(
        path.name for path in inside.iterdir() if not path.name.startswith(".")
    )
    for one in listed:
        path = inside / unquote(one["@id"])
        assert one["@type"] == "File"
        assert one["contentSize"] == str(path.stat().st_size)
        assert one["sha256"] == sha256(path.read_bytes())
    assert {one["encodingFormat"] for one in listed} == {
        "text/html",
        "application/x-ipynb+json",
        "application/json",
        "application/jsonl",
    }


def test_a_page_that_is_not_what_was_made_does_not_match_the_crate(folder):
    inside, whole = folder(told("judgements"))
    (inside / "judgements.html").write_text("half of it")
    page = entities(manifest.crate(whole, inside))["judgements.html"]
    assert page["sha256"] == whole["reports"][0]["files"]["judgements.html"]


def test_neither_the_crate_nor_a_half_written_file_is_part_of_the_crate(folder):
    inside, whole = folder(told("judgements"))
    for name in ("ro-crate-metadata.json", ".index.html.new"):
        (inside / name).write_text("{}")
    by_id = entities(manifest.crate(whole, inside))
    assert not {"ro-crate-metadata.json", ".index.html.new"} & set(ids(by_id["./"]["hasPart"]))


def test_an_action_tells_how_each_report_was_made(night):
    _, by_id = night
    action = by_id["#made-return_interviews.dover"]
    assert action["@type"] == "CreateAction"
    assert action["name"].endswith("return interview in time? (Dover)")
    assert action["actionStatus"] == "http://schema.org/CompletedActionStatus"
    assert (action["startTime"], action["endTime"]) == (
        "2025-11-03T02:15:01Z",
        "2025-11-03T02:15:04Z",
    )
    stem = "return_interviews.dover"
    assert ids(action["result"]) == [f"{stem}.html", f"{stem}.ipynb", f"{stem}.json"]
    assert {"@id": "#made-return_interviews.dover"} in by_id["./"]["mentions"]
    source = by_id[action["instrument"]["@id"]]
    assert source["@type"] == "SoftwareSourceCode"
    assert (source["name"], source["sha256"]) == ("notebooks/return_interviews.ipynb", "r" * 64)
    used = [by_id[one] for one in ids(action["object"])]
    values = {one["name"]: one["value"] for one in used if one["@type"] == "PropertyValue"}
    assert values == {
        "authority": "Kent",
        "year": 2017,
        "extracts": "data/sample",
        "district": "Dover",
    }
    sets = [one for one in used if one["@type"] == "Collection"]
    hashes = [[by_id[part]["sha256"] for part in ids(one["hasPart"])] for one in sets]
    assert hashes == [["1" * 64, "2" * 64], ["d" * 64]]
    assert {one["@id"] for one in sets} <= set(ids(by_id["./"]["mentions"]))


def test_the_software_is_told_with_its_versions(night):
    _, by_id = night
    source = by_id[by_id["#made-judgements"]["instrument"]["@id"]]
    ours = by_id[source["softwareRequirements"]["@id"]]
    assert (ours["name"], ours["softwareVersion"]) == ("kentlib", "0.1.0+bbbbbbbbbbbb")
    needs = [by_id[one] for one in ids(ours["softwareRequirements"])]
    assert [(one["name"], one.get("version", one.get("sha256"))) for one in needs] == [
        ("Python", "3.11.2"),
        ("requirements.lock", "c" * 64),
    ]


@pytest.mark.parametrize(
    ("ours", "version"),
    [
        ({"version": "0.1.0", "commit": None, "modified": None}, "0.1.0"),
        ({"version": "0.1.0", "commit": "b" * 40, "modified": True}, "0.1.0+bbbbbbbbbbbb.modified"),
    ],
)
def test_the_version_names_the_commit_and_whether_files_differ_from_it(folder, ours, version):
    by_id = made(folder, told("judgements", kentlib=ours, lock_sha256=None))
    (told_version,) = [one["softwareVersion"] for one in by_id.values() if "softwareVersion" in one]
    assert told_version == version


def test_a_failed_report_is_a_failed_action(night):
    _, by_id = night
    action = by_id[f"#made-{FAILED}"]
    assert action["actionStatus"] == "http://schema.org/FailedActionStatus"
    assert action["error"] == WHY
    assert ids(action["result"]) == [f"{FAILED}.json"]


def test_a_stale_report_has_an_action_that_made_it_and_one_that_failed(night):
    _, by_id = night
    first, again = by_id[f"#made-{STALE}"], by_id[f"#again-{STALE}"]
    assert first["actionStatus"] == "http://schema.org/CompletedActionStatus"
    assert "error" not in first
    assert first["endTime"] == "2025-11-03T02:15:04Z"
    assert again["actionStatus"] == "http://schema.org/FailedActionStatus"
    assert (again["error"], again["endTime"]) == (WHY, "2026-11-22T01:30:09Z")
    assert "result" not in again


def test_an_unchanged_report_keeps_the_times_at_which_it_was_made(night):
    _, by_id = night
    assert {by_id[f"#made-{name}"]["endTime"] for name in UNCHANGED} == {"2025-11-03T02:15:04Z"}


def test_a_report_whose_record_cannot_be_read_has_its_files_listed(folder):
    inside, whole = folder(told("judgements"), told("permanence"))
    (inside / "judgements.json").write_text("{")
    by_id = entities(manifest.crate(whole, inside))
    assert "#made-judgements" not in by_id
    assert "#made-permanence" in by_id
    assert "judgements.html" in ids(by_id["./"]["hasPart"])


def test_synthetic_data_are_said_to_be_synthetic(folder):
    root = made(folder, told("permanence"))["./"]
    assert "synthetic data, about no real child" in root["description"]
    assert "synthetic" in root["keywords"]
    root = made(folder, told("judgements"))["./"]
    assert "synthetic" not in json.dumps(root)


def test_what_is_made_from_an_authoritys_own_extracts_is_under_no_open_licence(folder):
    def licence(one):
        by_id = made(folder, one)
        return by_id[by_id["./"]["license"]["@id"]]["name"]

    assert licence(told("permanence")) == "Open Government Licence v3.0"
    assert licence(told("permanence", extracts=OWN)) == "No licence is given here"


def test_a_name_with_a_space_or_a_hash_is_still_an_address(folder):
    by_id = made(folder, told("judgements") | {"report": "a b#c", "outputs": {"a b#c.html": ""}})
    assert by_id["a%20b%23c.html"]["name"] == "a b#c.html"
    assert by_id["#made-a%20b%23c"]["result"]
