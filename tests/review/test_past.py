"""Old files found by what they held, and copies of the collection that hold them."""

import subprocess

import pytest

from kentlib import paths
from kentlib.reports.record import sha256
from kentlib.review import tree
from kentlib.review.past import Past, knows


def git(folder, *arguments):
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def history(tmp_path, monkeypatch):
    """A collection with two versions of a table in its history."""
    monkeypatch.setattr(paths, "ROOT", tmp_path / "collection")
    for folder in ("kentlib", "data/sample", "notebooks"):
        (paths.ROOT / folder).mkdir(parents=True)
    (paths.ROOT / "kentlib" / "__init__.py").write_text("")
    (paths.ROOT / "data" / "sample" / "b.csv").write_text("b")
    git(paths.ROOT, "init", "--quiet")
    commits = []
    for content in ("first", "second"):
        (paths.ROOT / "data" / "a.csv").write_text(content)
        git(paths.ROOT, "add", "--all")
        git(paths.ROOT, "commit", "--quiet", "-m", content)
        commits.append(git(paths.ROOT, "rev-parse", "HEAD"))
    return commits


def test_an_old_file_is_found_in_its_commit_and_without_one(history):
    for commit in (history[0], history[1], "f" * 40, None):
        assert Past().content("data/a.csv", sha256(b"first"), commit) == b"first"


def test_what_never_was_is_not_found(history):
    assert Past().content("data/a.csv", sha256(b"third"), history[0]) is None
    assert Past().content("data/none.csv", sha256(b"first"), None) is None
    assert Past().content("/etc/passwd", sha256(b"first"), None) is None
    assert Past().content("data/a.csv", None, history[0]) is None


def test_a_copy_kept_elsewhere_is_found_under_any_name(history, tmp_path):
    (tmp_path / "kept" / "deep").mkdir(parents=True)
    (tmp_path / "kept" / "deep" / "x.bin").write_text("third")
    past = Past([tmp_path / "kept"])
    assert past.content("data/a.csv", sha256(b"third"), history[0]) == b"third"


def test_a_commit_is_known_or_not(history):
    assert knows(history[0])
    assert not knows("f" * 40)


def test_without_git_nothing_old_is_found(history, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert Past().content("data/a.csv", sha256(b"first"), history[0]) is None
    assert not knows(history[0])


def test_a_copy_of_the_collection_has_old_files_and_todays(history, tmp_path):
    old = {"data/a.csv": b"first", "data/sample/b.csv": None, "kentlib/c/d.py": b"d"}
    place = tree.build(tmp_path / "copy", paths.ROOT, old)
    assert (place / "data" / "a.csv").read_text() == "first"
    assert not (place / "data" / "sample" / "b.csv").exists()
    assert (place / "kentlib" / "c" / "d.py").read_text() == "d"
    assert (place / "kentlib" / "__init__.py").resolve().is_relative_to(place.resolve())
    assert (paths.ROOT / "data" / "a.csv").read_text() == "second"
    assert (paths.ROOT / "data" / "sample" / "b.csv").exists()


def test_what_is_put_back_into_copied_extracts_leaves_todays_as_they_are(history, tmp_path):
    tree.copy(paths.ROOT / "data" / "sample", tmp_path / "copy")
    tree.replace(tmp_path / "copy" / "b.csv", b"old")
    assert (tmp_path / "copy" / "b.csv").read_text() == "old"
    assert (paths.ROOT / "data" / "sample" / "b.csv").read_text() == "b"
