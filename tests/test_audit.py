"""What the audit of dependencies says and stops; the database is played here."""

import runpy

import pytest

from kentlib import paths

AUDIT = runpy.run_path(str(paths.ROOT / ".ci" / "audit"))
LOCK = "a-b==1.0 \\\n    --hash=sha256:00\n    # via c\nc==2.1 ; sys_platform == 'win32' \\\n"


def database(fixed, **more):
    events = [{"introduced": "0"}, *([{"fixed": fixed}] if fixed else [])]
    about = {
        "affected": [
            {"package": {"name": "C"}, "ranges": [{"type": "ECOSYSTEM", "events": events}]},
            {"package": {"name": "d"}, "ranges": []},
        ],
        **more,
    }

    def ask(path, question):
        if path == "querybatch":
            names = [one["package"]["name"] for one in question["queries"]]
            assert names == ["a-b", "c"]
            return {"results": [{}, {"vulns": [{"id": "X-1"}]}]}
        assert path == "vulns/X-1"
        return about

    return ask


def no_answer(*_):
    raise OSError


@pytest.mark.parametrize(
    ("ask", "status", "said"),
    [
        (database("2.2"), 1, "c 2.1: X-1, https://osv.dev/X-1, mended in 2.2: make lock"),
        (database(None), 0, "c 2.1: X-1, https://osv.dev/X-1, not mended yet"),
        (database("2.2", withdrawn="2025"), 0, "2 dependencies audited, 0 known vulnerabilities."),
        (no_answer, 0, "Dependencies were NOT audited: https://api.osv.dev/v1 gave no answer"),
    ],
)
def test_a_vulnerability_that_is_mended_stops_and_all_else_is_told(ask, status, said):
    lines = []
    assert AUDIT["main"](LOCK, ask, lines.append) == status
    assert lines[0].startswith(said)


def test_every_locked_package_is_asked_about():
    lock = paths.LOCK.read_text(encoding="utf-8")
    assert len(AUDIT["locked"](lock)) == lock.count("==") - lock.count(" == ")


def test_the_lock_file_names_no_place_to_install_from():
    lock = paths.LOCK.read_text(encoding="utf-8")
    assert "://" not in lock
    assert not [line for line in lock.splitlines() if line.startswith("-")]
