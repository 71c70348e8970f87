"""What a run made, for machines: its manifest, and that as an RO-Crate for archives.

The crate is RO-Crate 1.1 with the Process Run Crate profile: one action for each report, the
notebook its instrument, parameters and input files its objects, the files made its results.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PureWindowsPath
from typing import Any
from urllib.parse import quote

from kentlib import records as extracts
from kentlib.reports import record
from kentlib.reports.files import json_object
from kentlib.words import listed, plural

OUTCOMES = ("finished", "stale", "failed")
TOLD = ("report", "area", "outcome", "run", "asked", "seconds", "megabytes", "attempts")
CRATE = "ro-crate-metadata.json"
SPECIFICATION = "https://w3id.org/ro/crate/1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
CONTEXT = [f"{SPECIFICATION}/context", "https://w3id.org/ro/terms/workflow-run/context"]
FORMATS = {
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
}
OPEN = {
    "@id": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    "@type": "CreativeWork",
    "name": "Open Government Licence v3.0",
    "description": "The licence of the published figures that the reports are made from.",
}
OWN = {
    "@id": "#licence",
    "@type": "CreativeWork",
    "name": "No licence is given here",
    "description": "Some reports are made from an authority's own extracts, and are for that "
    "authority to license. Published figures in them are under the Open Government Licence v3.0.",
}

Graph = dict[str, dict[str, Any]]
"""The entities of a crate by their @id, in the order they are written."""


def make(facts: Mapping[str, Any], records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The manifest of a run.

    Parameters
    ----------
    facts
        The run's own, as `kentlib.reports.facts` tells them; they come first.
    records
        The reports' records, in the order to list them.

    Returns
    -------
    What JSON can hold, its keys always in the same order: the facts, `counts` of reports by
    outcome, and `reports`, each with the SHA-256 of every page and notebook it has in `files`.
    `finding` and `error` are there only where a report has one.
    """
    outcomes = [told["outcome"] for told in records]
    folders = {
        name: [one | {"folder": shown(one["folder"])} for one in facts[name]]
        for name in ("extracts", "published")
        if name in facts
    }
    return {
        **facts,
        **folders,
        "counts": {outcome: outcomes.count(outcome) for outcome in OUTCOMES},
        "reports": [_report(told) for told in records],
    }


def is_synthetic(told: Mapping[str, Any]) -> bool:
    """Whether a report is of synthetic data, as its tables or the names of its extracts say."""
    own = told.get("extracts")
    if own and (
        own["folder"].rstrip("/") == extracts.SAMPLE
        or any("synthetic" in name.lower() for name in own["files"])
    ):
        return True
    return any(table["synthetic"] for table in told.get("tables", []))


def shown(value: Any) -> Any:
    """A parameter's value; of a folder outside the collection only its name.

    Examples
    --------
    >>> shown("/srv/children/kent"), shown("data/sample"), shown(2017)
    ('kent', 'data/sample', 2017)
    """
    if not isinstance(value, str):
        return value
    outside = value.startswith(("/", "\\", "~", "..")) or PureWindowsPath(value).is_absolute()
    return PureWindowsPath(value).name or value if outside else value


def crate(manifest: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The RO-Crate metadata of a run's folder, to be written last: it lists every other file.

    Parameters
    ----------
    manifest
        As `make` gives it.
    folder
        Holds the run's files. The reports' own records there say what each was made from; a
        report whose record cannot be read has its files listed and no more.

    Returns
    -------
    JSON-LD for `ro-crate-metadata.json`. It names no folder of the machine and no file of the
    extracts: those are known by their SHA-256.
    """
    graph: Graph = {
        CRATE: {
            "@id": CRATE,
            "@type": "CreativeWork",
            "about": _ref("./"),
            "conformsTo": _ref(SPECIFICATION),
        }
    }
    root = _add(graph, {"@id": "./", "@type": "Dataset"})
    _add(graph, {"@id": PROFILE, "@type": "CreativeWork", "name": "Process Run Crate"})
    known = {name: sha for told in manifest["reports"] for name, sha in told["files"].items()}
    parts = [_add(graph, _file(folder, name, known.get(name))) for name in _names(folder)]
    whole = [told | json_object(folder / f"{told['report']}.json") for told in manifest["reports"]]
    actions = [action for told in whole for action in _actions(graph, told, manifest)]
    sets = [_ref(one) for one, about in graph.items() if about["@type"] == "Collection"]
    own = any(told.get("extracts") and not is_synthetic(told) for told in whole)
    synthetic = any(is_synthetic(told) for told in whole)
    graph[root["@id"]] |= {
        "conformsTo": _ref(PROFILE),
        "name": f"Reports of {manifest['plan']}, run {manifest['run']}",
        "description": _description(manifest, synthetic),
        "datePublished": manifest.get("ended") or manifest["started"],
        "license": _add(graph, OWN if own else OPEN),
        "keywords": ["reports", *(["synthetic"] if synthetic else [])],
        "hasPart": parts,
        "mentions": [*actions, *sets],
    }
    return {"@context": CONTEXT, "@graph": [_compact(entity) for entity in graph.values()]}


def _report(told: Mapping[str, Any]) -> dict[str, Any]:
    words = {key: told[key] for key in ("finding", "error") if told.get(key)}
    files = dict(sorted(told.get("outputs", {}).items()))
    return {key: told.get(key) for key in TOLD} | words | {"files": files}


def _description(manifest: Mapping[str, Any], synthetic: bool) -> str:
    told = manifest["counts"]
    counted = listed(f"{told[outcome]:,} {outcome}" for outcome in OUTCOMES if told[outcome])
    words = (
        f"{plural(len(manifest['reports']), 'report')}: {counted}. Each report is an executed "
        "notebook, a page made of it and a record of what made it."
    )
    made_up = " Some are made from synthetic data, about no real child, carer or worker."
    return words + made_up * synthetic


def _names(folder: Path) -> list[str]:
    """Every file of the folder but the crate's own and those not yet in their place."""
    inside = [path for path in folder.iterdir() if path.is_file()]
    return sorted(one.name for one in inside if one.name != CRATE and one.name[0] != ".")


def _file(folder: Path, name: str, sha256: str | None) -> dict[str, Any]:
    path = folder / name
    return {
        "@id": quote(name),
        "@type": "File",
        "name": name,
        "encodingFormat": FORMATS.get(path.suffix, "application/octet-stream"),
        "contentSize": str(path.stat().st_size),
        "sha256": sha256 or record.sha256(path.read_bytes()),
    }


def _actions(graph: Graph, told: dict[str, Any], manifest: Mapping[str, Any]) -> list[dict]:
    """How a report was made; for one out of date, also how it could not be made again."""
    if "notebook" not in told:
        return []
    name = told["report"]
    title = f"{told['question'] or told['notebook']} ({told['area']})"
    files = [quote(f"{name}{suffix}") for suffix in (".html", ".ipynb", ".json")]
    made = {
        "@id": f"#made-{quote(name)}",
        "@type": "CreateAction",
        "name": title,
        "description": told["finding"] or "papermill executed the notebook; no finding was made.",
        "instrument": _notebook(graph, told),
        "object": [*_parameters(graph, told["parameters"]), *_inputs(graph, told)],
        "result": [_ref(file) for file in files if file in graph],
        "startTime": told["started"],
        "endTime": told["ended"],
    }
    actions = [_add(graph, made | _status(told if told["outcome"] == "failed" else None))]
    if told["outcome"] == "stale":
        now = manifest["notebooks"].get(told["notebook"], told["notebook_sha256"])
        again = {
            "@id": f"#again-{quote(name)}",
            "@type": "ActivateAction",
            "name": title,
            "description": "The report could not be made again; its last good version is kept.",
            "instrument": _notebook(graph, told | {"notebook_sha256": now} | _maker(manifest)),
            "endTime": told["failed"],
        }
        actions.append(_add(graph, again | _status(told)))
    return actions


def _status(failed: Mapping[str, Any] | None) -> dict[str, str]:
    if failed is None:
        return {"actionStatus": "http://schema.org/CompletedActionStatus"}
    error = failed.get("error", "")
    return {"actionStatus": "http://schema.org/FailedActionStatus", "error": error}


def _maker(manifest: Mapping[str, Any]) -> dict[str, Any]:
    return {key: manifest[key] for key in ("kentlib", "python", "lock_sha256")}


def _notebook(graph: Graph, told: Mapping[str, Any]) -> dict[str, str]:
    python = {
        "@id": f"#python-{told['python']}",
        "@type": ["ComputerLanguage", "SoftwareApplication"],
        "name": "Python",
        "version": told["python"],
        "url": "https://www.python.org/",
    }
    needs = [_add(graph, python)]
    if told["lock_sha256"]:
        needs.append(_content(graph, told["lock_sha256"], "requirements.lock"))
    version = _version(told["kentlib"])
    ours = {
        "@id": f"#kentlib-{quote(version)}-{told['python']}-{str(told['lock_sha256'])[:12]}",
        "@type": "SoftwareApplication",
        "name": "kentlib",
        "softwareVersion": version,
        "softwareRequirements": needs,
    }
    requires = _add(graph, ours)
    source = {
        "@id": f"#notebook-{told['notebook_sha256'][:12]}-{quote(version)}",
        "@type": "SoftwareSourceCode",
        "name": told["notebook"],
        "version": told["notebook_sha256"][:12],
        "sha256": told["notebook_sha256"],
        "programmingLanguage": needs[0],
        "softwareRequirements": requires,
    }
    return _add(graph, source)


def _version(ours: Mapping[str, Any]) -> str:
    """kentlib's version as PEP 440 writes one from a commit: 0.1.0+bbbbbbbbbbbb.modified."""
    marks = [(ours["commit"] or "")[:12], "modified" if ours["modified"] else ""]
    local = ".".join(filter(None, marks))
    return f"{ours['version']}+{local}" if local else ours["version"]


def _parameters(graph: Graph, values: Mapping[str, Any]) -> Iterable[dict[str, str]]:
    for name, value in values.items():
        plain = shown(value)
        if not isinstance(plain, str | int | float):
            plain = json.dumps(plain, default=str)
        about = {"@type": "PropertyValue", "name": name, "value": plain}
        yield _add(graph, {"@id": f"#{quote(name)}={quote(str(plain), safe='')}"} | about)


def _inputs(graph: Graph, told: Mapping[str, Any]) -> Iterable[dict[str, str]]:
    named = [_content(graph, sha, name) for name, sha in told["inputs"].items() if sha]
    yield _collection(graph, "The bundled tables and their dictionaries", named)
    own = told.get("extracts")
    if own:
        shas = [sha for sha in own["files"].values() if sha]
        unnamed = [_content(graph, sha, "A file of the extracts") for sha in shas]
        yield _collection(graph, f"The extracts in {shown(own['folder'])}", unnamed)
    before = told.get("published")
    if before and before["files"]:
        named = [_content(graph, sha, name) for name, sha in before["files"].items() if sha]
        yield _collection(graph, f"What was published before, in {shown(before['folder'])}", named)


def _collection(graph: Graph, name: str, parts: list[dict[str, str]]) -> dict[str, str]:
    of = record.sha256("".join(sorted(part["@id"] for part in parts)).encode())
    made = {"@id": f"#files-{of[:12]}", "@type": "Collection", "name": name, "hasPart": parts}
    return _add(graph, made)


def _content(graph: Graph, sha256: str, name: str) -> dict[str, str]:
    about = {"@type": "CreativeWork", "name": name, "sha256": sha256}
    return _add(graph, {"@id": f"#sha256-{sha256}"} | about)


def _compact(entity: dict[str, Any]) -> dict[str, Any]:
    """A list of one is written as the one, as RO-Crate asks."""
    return {
        key: value[0] if isinstance(value, list) and len(value) == 1 else value
        for key, value in entity.items()
    }


def _ref(address: str) -> dict[str, str]:
    return {"@id": address}


def _add(graph: Graph, entity: dict[str, Any]) -> dict[str, str]:
    """Put an entity into the graph, if it is not there yet, and refer to it."""
    graph.setdefault(entity["@id"], dict(entity))
    return _ref(entity["@id"])
