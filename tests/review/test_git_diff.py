"""`git diff` of a notebook in a scratch clone."""

import json
import shutil
import subprocess

import pytest

from kentlib import paths
from kentlib.review import git_diff


def git(folder, *arguments):
    own = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "core.pager=cat"]
    done = subprocess.run(
        ["git", *own, *arguments], cwd=folder, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def table(count):
    row = f'<tr><th scope="row">Thanet</th><td class="number">{count}</td></tr>'
    html = f"<table><caption>Leavers</caption><tbody>{row}</tbody></table>"
    return {"text/html": html, "text/plain": f"Leavers\nThanet {count}"}, {"kind": "table"}


def figure(count):
    series = {"kind": "bars", "label": "adopted", "x": [count], "y": [0]}
    data = [{"y_ticks": [[0, "Thanet"]], "series": [series]}]
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><path d="M 0 0 L {count} 9"/></svg>'
    return {"image/svg+xml": svg, "text/plain": "Bars."}, {"kind": "figure", "data": data}


def notebook(count, source):
    outputs = [
        {"output_type": "display_data", "data": data, "metadata": {"kentlib": told}}
        for data, told in (table(count), figure(count))
    ]
    cell = {"cell_type": "code", "id": "one", "metadata": {}, "execution_count": 1}
    cell |= {"source": source, "outputs": outputs}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def clone(tmp_path):
    """A clone set up as `make setup` does, with a notebook committed and then changed."""
    git(tmp_path, "init", "--quiet")
    shutil.copy(paths.ROOT / ".gitattributes", tmp_path)
    (tmp_path / "tides.ipynb").write_text(notebook(1112, "show(12)"), encoding="utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "first")
    assert git_diff.configure(tmp_path) == 0
    (tmp_path / "tides.ipynb").write_text(notebook(1113, "show(13)"), encoding="utf-8")
    return tmp_path


def test_git_diff_shows_the_code_and_the_numbers_of_a_notebook_and_no_wall_of_html(clone):
    shown = git(clone, "diff", "--no-color")
    for line in ("--- a/tides.ipynb", "show(12)", "show(13)", "Thanet 1113", "adopted: 1113"):
        assert line in shown
    for wall in ("<svg", "<td", "path d=", '"series"'):
        assert wall not in shown
    assert len(shown.splitlines()) < 60


def test_git_diff_shows_a_notebook_that_came_and_one_that_went(clone):
    git(clone, "commit", "--quiet", "-a", "-m", "second")
    (clone / "tides.ipynb").rename(clone / "moons.ipynb")
    git(clone, "add", "-A")
    shown = git(clone, "diff", "--cached", "--no-renames")
    assert "moons.ipynb" in shown
    assert "Thanet 1113" in shown
    assert "<td" not in shown


def test_the_setting_is_the_clone_s_alone(clone, tmp_path_factory):
    assert "kentlib.review.git_diff" in git(clone, "config", "--local", "--list")
    other = tmp_path_factory.mktemp("other")
    git(other, "init", "--quiet")
    assert "kentlib.review.git_diff" not in git(other, "config", "--list")


def test_where_there_is_no_clone_nothing_is_configured(tmp_path, capsys):
    assert git_diff.configure(tmp_path) == 0
    assert list(tmp_path.iterdir()) == []
    (tmp_path / ".git").write_text("gitdir: nowhere\n", encoding="utf-8")
    assert git_diff.configure(tmp_path) == 0
    assert "shows notebooks as JSON" in capsys.readouterr().err


def test_make_setup_configures_the_clone():
    makefile = (paths.ROOT / "Makefile").read_text(encoding="utf-8")
    assert "$(BIN)/python -m kentlib.review.git_diff configure" in makefile
