"""Whether CHANGES.md accounts for what the stored notebooks publish."""

import json

import pytest

from kentlib.review import stored

ENTRY = "**{day}**: why.\n{mark}\n\n"


def notebook(
    sentence="11 children.", cell="11", value=11, caption="Leavers", source="Retrieved 2025."
):
    table = f"<table><tr><th>District</th></tr><tbody><tr><td>{cell}</td></tr></tbody></table>"
    data = [{"series": [{"kind": "points", "label": "", "x": [1], "y": [value]}]}]
    shown = [
        ({"text/plain": sentence}, {"kind": "heading"}),
        ({"text/html": table, "text/plain": "t"}, {"kind": "table", "caption": caption}),
        ({"image/svg+xml": "<svg/>", "text/plain": "f"}, {"kind": "figure", "data": data}),
        ({"text/plain": source}, {"kind": "source"}),
    ]
    outputs = [
        {"output_type": "display_data", "data": one, "metadata": {"kentlib": told}}
        for one, told in shown
    ]
    cell = {"cell_type": "code", "metadata": {}, "source": "", "outputs": outputs}
    return {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.mark.parametrize("moved", [{"sentence": "12 children."}, {"cell": "12"}, {"value": 12}])
def test_a_sentence_a_cell_and_the_data_of_a_figure_are_published(moved):
    assert stored.digest(notebook(**moved)) != stored.digest(notebook())


def test_a_caption_and_a_source_are_not():
    other = notebook(caption="Children who left", source="Retrieved 2026.")
    assert stored.digest(other) == stored.digest(notebook())


@pytest.fixture
def folder(tmp_path):
    for name in ("tides", "moons"):
        (tmp_path / f"{name}.ipynb").write_text(json.dumps(notebook()), encoding="utf-8")
    return tmp_path


def test_the_newest_entry_accounts_for_every_notebook_as_it_is_stored(folder):
    entry = ENTRY.format(day="2 May 2025", mark=stored.mark(folder))
    assert stored.unaccounted(folder, f"# What changed\n\n{entry}") == []
    moved = json.dumps(notebook(cell="12"))
    (folder / "tides.ipynb").write_text(moved, encoding="utf-8")
    assert stored.unaccounted(folder, entry) == ["tides"]
    newer = ENTRY.format(day="3 May 2025", mark=stored.mark(folder))
    assert stored.unaccounted(folder, newer + entry) == []
    assert stored.unaccounted(folder, entry + newer) == ["tides"]


def test_without_an_entry_or_without_its_mark_no_notebook_is_accounted_for(folder):
    mark = stored.mark(folder)
    older = ENTRY.format(day="1 May 2025", mark=mark)
    for changes in ("", mark, "**2 May 2025**: why.\n", f"**2 May 2025**: why.\n\n{older}"):
        assert stored.unaccounted(folder, changes) == ["moons", "tides"]


def test_a_notebook_that_is_gone_needs_an_entry_too(folder):
    entry = ENTRY.format(day="2 May 2025", mark=stored.mark(folder))
    (folder / "tides.ipynb").unlink()
    assert stored.unaccounted(folder, entry) == ["tides"]
