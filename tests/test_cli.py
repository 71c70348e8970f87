import os
import re
import subprocess
import sys

import pytest

from kentlib import __version__, cli, parameters, paths
from kentlib.errors import DataError

HEAVY = {"papermill", "nbconvert", "nbformat", "nbclient", "pandas", "matplotlib", "pydantic"}


def said(capsys):
    told = capsys.readouterr()
    assert "Traceback" not in told.err
    return told.err.splitlines()


@pytest.mark.parametrize("imported", ["kentlib", "kentlib.cli", "kentlib.parameters"])
def test_importing_costs_nothing_heavy(imported):
    code = f"import sys, {imported}; print(*{HEAVY} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "")


def test_planning_reports_imports_neither_papermill_nor_nbconvert(tmp_path):
    code = (
        "import sys; from kentlib.reports import plan, run; plan.plan(); "
        "print(*{'papermill', 'nbconvert', 'nbformat', 'matplotlib'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stderr, done.stdout.strip()) == ("", "")


def test_help_imports_nothing_that_takes_time():
    code = (
        "import sys\nfrom kentlib import cli\ntry:\n    cli.main(['--help'])\nexcept SystemExit:\n"
    )
    code += "    print(sorted(sys.modules.keys() & {'numpy', 'pandas', 'pydantic', 'yaml'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "usage: kentlib" in done.stdout
    assert done.stdout.endswith("\n[]\n")


def test_every_command_that_the_readme_gives_is_one():
    readme = (paths.ROOT / "README.md").read_text(encoding="utf-8")
    given = re.findall(r"(?m)^    \.venv[/\\]\w+[/\\]kentlib +(.*?)(?: +#.*)?$", readme)
    assert len(given) > 5
    for command in given:
        assert cli._parser().parse_args(command.split()).handle
    assert "run params/nightly.yaml" in given


def test_version(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"kentlib {__version__}\n"


def test_nothing_starts_and_every_problem_is_a_line_when_params_are_wrong(tmp_path, capsys):
    wrong = tmp_path / "permanence.yaml"
    wrong.write_text("authority: Kint\nyaer: 2017\n")
    status = cli.main(["run", str(wrong), str(tmp_path / "gone.yaml"), "--out", str(tmp_path)])
    lines = said(capsys)
    assert status == 2
    assert len(lines) == 3
    assert all(line.startswith("kentlib: ") for line in lines)
    assert "yaer is not one of its parameters" in lines[0]
    assert "authority is 'Kint'" in lines[1]
    assert f"'gone' is none of {', '.join(parameters.NOTEBOOKS)}" in lines[2]
    assert [path.name for path in tmp_path.iterdir()] == ["permanence.yaml"]


def test_a_file_is_no_folder_to_write_to_and_is_named(tmp_path, capsys):
    file = tmp_path / "file"
    file.write_text("")
    assert cli.main(["run", str(paths.PARAMS / "permanence.yaml"), "--out", str(file)]) == 2
    (line,) = said(capsys)
    assert line == f"kentlib: --out is {str(file)!r}; it is a file: name a folder."


def test_a_folder_that_cannot_be_made_is_named(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    out = tmp_path / "file" / "runs"
    assert cli.main(["run", str(paths.PARAMS / "permanence.yaml"), "--out", str(out)]) == 2
    (line,) = said(capsys)
    assert line == f"kentlib: {out}: Not a directory."


@pytest.fixture
def ran(monkeypatch):
    """What the command had made, in place of making it."""
    from kentlib.reports import run

    calls = []
    monkeypatch.setattr(run, "run", lambda plan, **named: calls.append((plan, named)) or 1)
    return calls


def test_the_nightly_plan_is_run_unless_files_are_named(ran):
    assert cli.main(["run"]) == 1
    assert cli.main(["run", str(paths.PARAMS / "nightly.yaml")]) == 1
    (first, named), (second, _) = ran
    assert first == second
    assert (first.name, first.whole) == ("nightly.yaml", True)
    assert (named["fresh"], named["dask"]) == (False, None)


def test_every_option_of_a_run_reaches_it(ran, tmp_path):
    options = ["--only", "permanence", "--only", "judgements", "--district", "Thanet"]
    options += ["--district", "all", "--workers", "3", "--fresh", "--dask", "tcp://one:8786"]
    cli.main(["run", *options, "--out", str(tmp_path)])
    ((made, named),) = ran
    assert [job.name for job in made.jobs] == ["judgements", "permanence", "permanence.thanet"]
    assert (made.out, made.workers, made.whole) == (tmp_path, 3, False)
    assert len(made.kept) > 20
    assert (named["fresh"], named["dask"]) == (True, "tcp://one:8786")


def test_a_dry_run_lists_the_reports_and_makes_none(ran, tmp_path, capsys):
    out = tmp_path / "out"
    assert cli.main(["run", "--dry-run", "--district", "Thanet", "--out", str(out)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "permanence.thanet         permanence         district: Thanet",
        "return_interviews.thanet  return_interviews  district: Thanet",
        f"2 reports, 2 at a time, to {out}; 26 others stay as before",
    ]
    assert ran == []
    assert not out.exists()


def test_narrowing_to_nothing_is_told_what_there_is(ran, capsys):
    assert cli.main(["run", "--only", "permanense", "--district", "Thanett"]) == 2
    first, second = said(capsys)
    assert first.startswith("kentlib: --only is 'permanense'; it can be 'judgements', 'permanence'")
    assert second.startswith("kentlib: --district is 'Thanett'; it can be 'all', 'Ashford', ")
    assert ran == []


@pytest.mark.parametrize("number", ["0", "-1", "two", "1.5", "", "9" * 5_000])
def test_a_number_of_workers_that_cannot_be_is_told(number, ran, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["run", f"--workers={number}"])
    assert ended.value.code == 2
    assert "--workers" in said(capsys)[-1]
    assert ran == []


def test_a_missing_plan_says_so(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(paths, "PARAMS", tmp_path)
    assert cli.main(["run"]) == 2
    (line,) = said(capsys)
    assert line.endswith("/nightly.yaml: it cannot be read: No such file or directory.")


def test_data_that_cannot_be_right_is_one_line(tmp_path, capsys, monkeypatch):
    from kentlib import build_data

    def stop(folder):
        raise DataError("sheet 1 lacks the header Authority")

    monkeypatch.setattr(build_data, "build", stop)
    assert cli.main(["build-data", "--from", str(tmp_path)]) == 2
    assert said(capsys) == ["kentlib: sheet 1 lacks the header Authority"]


def test_building_data_prints_the_rows_of_each_table(tmp_path, capsys, monkeypatch):
    from kentlib import build_data

    monkeypatch.setattr(build_data, "build", lambda folder: [("areas", 170), ("measures", 25)])
    assert cli.main(["build-data", "--from", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "areas: 170 rows\nmeasures: 25 rows\n"


def test_an_interrupt_is_130(capsys, monkeypatch):
    from kentlib.reports import accept

    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(accept, "accept", interrupt)
    assert cli.main(["accept"]) == 130
    assert said(capsys)


def test_run_ends_with_the_path_of_the_index(tmp_path, capsys, fixtures, monkeypatch):
    monkeypatch.setattr(paths, "NOTEBOOKS", fixtures)
    assert cli.main(["run", str(fixtures / "small.yaml"), "--out", str(tmp_path)]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == os.path.relpath(tmp_path / "latest" / "index.html")
    assert os.path.exists(last)
