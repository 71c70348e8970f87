"""The ready units of params/schedule: each can be read by what it is for, and starts the plan.

What this cannot prove: that Windows and GitHub take theirs, since neither is asked here.
"""

import configparser
import re
import shlex
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
import yaml

from kentlib import cli, paths
from kentlib.reports import plan

FOLDER = paths.PARAMS / "schedule"
UNITS = sorted(path.name for path in FOLDER.iterdir() if path.name != "README.md")
TASK = {"": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
CRON_RANGES = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)]
"""Smallest and largest of minute, hour, day of the month, month and day of the week."""


def text(name):
    return (FOLDER / name).read_text(encoding="utf-8")


def unit(name):
    """The settings of a systemd unit by section; one that is set twice is an error."""
    parser = configparser.ConfigParser(interpolation=None, delimiters="=", comment_prefixes="#")
    parser.optionxform = str
    parser.read_string(text(name))
    return {section: dict(parser[section]) for section in parser.sections()}


def cron(line):
    """The five fields of a crontab's line, and what stands after them."""
    *fields, command = line.split(None, 5)
    assert len(fields) == 5
    for field, (smallest, largest) in zip(fields, CRON_RANGES, strict=True):
        for number in re.fullmatch(r"\*|\d+(,\d+)*", field)[0].split(","):
            assert number == "*" or smallest <= int(number) <= largest
    return fields, command


def crontab():
    """The variables and the one line of the crontab."""
    lines = [line for line in text("kentlib.crontab").splitlines() if line and line[0] != "#"]
    (entry,) = (line for line in lines if not re.match(r"\w+=", line))
    return dict(line.split("=", 1) for line in lines if line != entry), cron(entry)


def workflow():
    # This loader takes every value for text, as `on` is here, and which is no "true".
    return yaml.load(text("github-actions.yaml"), Loader=yaml.BaseLoader)


def task(path):
    """The one element of the Windows task there."""
    (found,) = ElementTree.fromstring(text("windows-task.xml")).findall(path, TASK)
    return found.text


def commands():
    """Of each unit: the folder that it works in, and its command, word by word."""
    service = unit("kentlib.service")["Service"]
    _, (_, line) = crontab()
    cron_folder, cron_command = re.fullmatch(r"cd (\S+) && (.+)", line).groups()
    (run,) = (
        step["run"] for step in workflow()["jobs"]["reports"]["steps"] if "kentlib run" in str(step)
    )
    windows = [task("Actions/Exec/Command"), *task("Actions/Exec/Arguments").split()]
    return {
        "kentlib.service": (service["WorkingDirectory"], shlex.split(service["ExecStart"])),
        "kentlib.crontab": (cron_folder, shlex.split(cron_command)),
        "github-actions.yaml": (".", shlex.split(run)),
        "windows-task.xml": (
            PureWindowsPath(task("Actions/Exec/WorkingDirectory")).as_posix(),
            [PureWindowsPath(word).as_posix() for word in windows],
        ),
    }


@pytest.mark.parametrize("name", commands())
def test_each_unit_runs_the_nightly_plan_in_the_projects_folder(name):
    folder, (program, *arguments) = commands()[name]
    inside = PurePosixPath(program.removesuffix(".exe"))
    if inside.is_absolute() or ":" in program:
        inside = inside.relative_to(folder)
    assert inside.parts in {(".venv", "bin", "kentlib"), (".venv", "Scripts", "kentlib")}
    asked = cli._parser().parse_args(arguments)
    assert asked.handle is cli._run
    assert [paths.ROOT / file for file in asked.params] == [paths.PARAMS / plan.DEFAULT]


def test_each_unit_starts_at_half_past_two_at_night():
    _, (crontab_fields, _) = crontab()
    (on_github,) = workflow()["on"]["schedule"]
    github_fields, _ = cron(f"{on_github['cron']} make")
    assert crontab_fields == github_fields == ["30", "2", "*", "*", "*"]
    assert unit("kentlib.timer")["Timer"]["OnCalendar"] == "*-*-* 02:30:00"
    assert task("Triggers/CalendarTrigger/StartBoundary").endswith("T02:30:00")
    assert task("Triggers/CalendarTrigger/ScheduleByDay/DaysInterval") == "1"


@pytest.mark.parametrize("name", UNITS)
def test_each_unit_says_at_its_top_which_lines_to_change(name):
    before, _, after = text(name).partition("Change ")
    assert len(before.splitlines()) < 10
    assert after.startswith(("MAILTO", 'the line marked "<-"', 'the lines marked "<-"'))
    assert after.startswith("MAILTO") or "<-" in after.partition("<-")[2]
    assert text(name).isascii()


def test_every_unit_is_listed():
    assert set(re.findall(r"\]\(([\w.-]+)\)", text("README.md"))) == set(UNITS)


def test_the_service_can_write_runs_and_nothing_else_and_reaches_no_network():
    service = unit("kentlib.service")["Service"]
    out = plan.plan().out.relative_to(paths.ROOT).as_posix()
    assert service["ReadWritePaths"] == f"{service['WorkingDirectory']}/{out}"
    promised = {
        "Type": "oneshot",
        "KillMode": "control-group",
        "KillSignal": "SIGTERM",
        "PrivateNetwork": "yes",
        "PrivateTmp": "yes",
        "ProtectSystem": "strict",
        "NoNewPrivileges": "yes",
    }
    assert service.items() >= promised.items()
    assert service["User"] != "root"
    assert service["TimeoutStopSec"].isdigit()


def test_a_run_with_failed_reports_is_a_failed_service():
    assert unit("kentlib.service")["Service"].get("SuccessExitStatus", "0") == "0"


def test_a_server_that_was_off_makes_up_for_the_night():
    timer = unit("kentlib.timer")
    assert timer["Timer"]["Persistent"] == "true"
    assert timer["Install"]["WantedBy"] == "timers.target"
    assert task("Settings/StartWhenAvailable") == "true"


def verified(folder):
    done = subprocess.run(
        ["systemd-analyze", "verify", *sorted(map(str, folder.iterdir()))],
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def test_systemd_takes_the_units_once_the_lines_are_changed(tmp_path):
    """Where there is no systemd, the marked lines are still all that names a place or account."""
    changed = text("kentlib.service")
    changes = {
        "ExecStart=/srv/kentlib/.venv/bin/kentlib ": f"ExecStart={sys.executable} ",
        "User=kentlib": "User=root",
        "=/srv/kentlib": f"={paths.ROOT}",
    }
    for marked, real in changes.items():
        assert re.search(rf"(?m)^# <-\n\w*{re.escape(marked)}", changed)
        changed = re.sub(rf"(?m)^(?<=# <-\n)(\w*){re.escape(marked)}", rf"\1{real}", changed)
    settings = "\n".join(line for line in changed.splitlines() if not line.startswith("#"))
    assert "/srv" not in settings
    service = tmp_path / "kentlib.service"
    service.write_text(changed, encoding="utf-8")
    shutil.copy(FOLDER / "kentlib.timer", tmp_path)
    if shutil.which("systemd-analyze"):
        assert verified(tmp_path) == (0, "")
        service.write_text(changed.replace("KillMode=control-group", "KillMode=everything"))
        assert "Failed to parse kill mode" in verified(tmp_path)[1]


def test_the_crontab_has_no_sign_that_cron_takes_for_the_end_of_a_line():
    variables, (_, command) = crontab()
    assert "%" not in command
    assert list(variables) == ["MAILTO"]
    assert text("kentlib.crontab").endswith("\n")


def test_the_workflow_reads_the_repository_sets_up_and_keeps_the_reports():
    told = workflow()
    assert told["permissions"] == {"contents": "read"}
    steps = told["jobs"]["reports"]["steps"]
    done = [step.get("run") or step["uses"].partition("@")[0] for step in steps]
    assert done == [
        "actions/checkout",
        "actions/setup-python",
        "make setup",
        ".venv/bin/kentlib run params/nightly.yaml",
        "actions/upload-artifact",
    ]
    assert re.search(r"(?m)^setup:", (paths.ROOT / "Makefile").read_text(encoding="utf-8"))
    assert Path(steps[-1]["with"]["path"]) == plan.plan().out.relative_to(paths.ROOT) / "latest"


def test_a_unit_is_no_params_file():
    with pytest.raises(plan.PlanError, match="'github-actions' is none of"):
        plan.plan([FOLDER / "github-actions.yaml"])
