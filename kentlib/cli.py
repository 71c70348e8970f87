"""The `kentlib` command. Each handler imports what it needs, so that `--help` is immediate."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kentlib import __version__, paths
from kentlib.errors import DataError
from kentlib.sample import DEFAULT_SEED

SOME_FAILED, NOTHING_RAN, INTERRUPTED = 1, 2, 130
MOST_WORKERS = 1024


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status.

    0 all well, 1 some reports failed, 2 nothing could run, 130 interrupted. What is wrong is
    said on standard error, a line for each thing to mend, without a traceback.
    """
    asked = _parser().parse_args(arguments)
    try:
        return asked.handle(asked)
    except DataError as error:
        complaint = str(error)
    except OSError as error:
        named = f"{error.filename}: " if error.filename else ""
        complaint = f"{named}{error.strerror or error}."
    except KeyboardInterrupt:
        print("kentlib: interrupted; reports/latest is as it was.", file=sys.stderr)
        return INTERRUPTED
    for line in complaint.splitlines():
        print(f"kentlib: {line}", file=sys.stderr)
    return NOTHING_RAN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kentlib", description="Reports from the notebooks.")
    parser.add_argument("--version", action="version", version=f"kentlib {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="make reports and print the path of their index page")
    run.add_argument(
        "params",
        nargs="*",
        type=Path,
        metavar="PARAMS",
        help="a plan, or params files named NOTEBOOK.yaml or NOTEBOOK.ANYTHING.yaml; "
        "params/nightly.yaml if none",
    )
    run.add_argument(
        "--out", type=Path, metavar="FOLDER", help="where runs go (as the plan says, or reports/)"
    )
    run.add_argument("--dry-run", action="store_true", help="list the reports and make none")
    run.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="NOTEBOOK",
        help="make this notebook's reports and leave the others as they are; may be repeated",
    )
    run.add_argument(
        "--district",
        action="append",
        default=[],
        metavar="NAME",
        help="make this district's reports, all being the whole authority's; may be repeated",
    )
    run.add_argument(
        "--workers",
        type=_count,
        metavar="N",
        help="reports made at a time (as the plan says, or one per core)",
    )
    run.add_argument("--fresh", action="store_true", help="make again what would come out the same")
    run.add_argument(
        "--dask", metavar="ADDRESS", help="have the workers of this dask scheduler make the reports"
    )
    run.set_defaults(handle=_run)

    accept = commands.add_parser(
        "accept", help="execute the notebooks again and store their outputs as the baseline"
    )
    accept.set_defaults(handle=_accept)

    review = commands.add_parser(
        "review",
        help="run reports again and say what differs and why; 1 if one differs, "
        "2 if one cannot be run here",
    )
    review.add_argument(
        "executed",
        nargs="+",
        type=Path,
        metavar="EXECUTED",
        help="executed notebooks, or pages or records beside them; the folder of a run; or two "
        "such folders to compare",
    )
    review.add_argument(
        "--at-recorded-version",
        action="store_true",
        help="run with the kentlib, notebooks and data of the commit that made each report",
    )
    review.add_argument(
        "--tolerance",
        type=_distance,
        metavar="X",
        help="numbers no more than this apart, in the units shown, count as the same",
    )
    review.add_argument(
        "--inputs",
        action="append",
        default=[],
        type=Path,
        metavar="FOLDER",
        help="where copies of old inputs may lie, under any name; may be repeated",
    )
    review.add_argument(
        "--out", type=Path, metavar="FOLDER", help="where the page goes (a new one in reviews/)"
    )
    review.add_argument(
        "--workers", type=_count, metavar="N", help="reports made at a time (one per core)"
    )
    review.set_defaults(handle=_review)

    publish = commands.add_parser(
        "publish", help="put what may be given away of a run into a folder of its own"
    )
    publish.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=paths.REPORTS / "latest",
        metavar="RUN",
        help="the folder of a run (reports/latest)",
    )
    publish.add_argument(
        "--to", type=Path, required=True, metavar="FOLDER", help="the new folder to give away"
    )
    publish.set_defaults(handle=_publish)

    build = commands.add_parser("build-data", help="rebuild the national tables")
    build.add_argument(
        "--from",
        dest="folder",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="the publishers' own files",
    )
    build.set_defaults(handle=_build_data)

    check = commands.add_parser(
        "check", help="say what is wrong in a folder of extracts; 1 if it stops a measure"
    )
    check.add_argument("folder", type=Path, metavar="FOLDER")
    check.add_argument(
        "--list",
        dest="listing",
        type=Path,
        metavar="CSV",
        default=Path("problems.csv"),
        help="where to write every problem (problems.csv in the current folder)",
    )
    check.set_defaults(handle=_check)

    sample = commands.add_parser("sample", help="make the synthetic sample from a seed")
    sample.add_argument("--seed", type=int, default=DEFAULT_SEED, help=f"({DEFAULT_SEED})")
    sample.add_argument(
        "--out", type=Path, default=paths.DATA / "sample", metavar="FOLDER", help="(data/sample)"
    )
    sample.set_defaults(handle=_sample)
    return parser


def _run(asked: argparse.Namespace) -> int:
    from kentlib.reports import warm

    # It imports what reports need while this process finds out which there are to make.
    parent = None if asked.dry_run or asked.dask else warm.begin()
    try:
        return _planned_and_run(asked, parent)
    finally:
        if parent:
            parent.close()


def _planned_and_run(asked: argparse.Namespace, parent: Any) -> int:
    from kentlib.reports import plan

    planned = plan.plan(
        asked.params,
        only=asked.only,
        districts=asked.district,
        out=asked.out,
        workers=asked.workers,
    )
    if asked.dry_run:
        for line in plan.listing(planned):
            _say(line)
        return 0
    from kentlib.reports import run

    return run.run(planned, say=_say, fresh=asked.fresh, dask=asked.dask, parent=parent)


def _accept(asked: argparse.Namespace) -> int:
    from kentlib.reports import accept

    return accept.accept(paths.NOTEBOOKS, say=_say)


def _review(asked: argparse.Namespace) -> int:
    from kentlib.review import command

    how = command.Asked(
        tolerance=asked.tolerance,
        at_recorded=asked.at_recorded_version,
        inputs=tuple(asked.inputs),
        workers=asked.workers,
    )
    return command.review(asked.executed, _say, asked=how, out=asked.out)


def _publish(asked: argparse.Namespace) -> int:
    from kentlib.reports import publish

    return publish.publish(asked.folder, asked.to, say=_say)


def _build_data(asked: argparse.Namespace) -> int:
    from kentlib import build_data

    for table, rows in build_data.build(asked.folder):
        _say(f"{table}: {rows} rows")
    return 0


def _check(asked: argparse.Namespace) -> int:
    from kentlib.extracts import report

    return report.check(asked.folder, asked.listing, say=_say)


def _sample(asked: argparse.Namespace) -> int:
    from kentlib import sample

    for file, rows in sample.make(asked.seed, asked.out):
        _say(f"{file}: {rows:,} rows")
    return 0


def _count(text: str) -> int:
    """A whole number from 1, as an option has it."""
    if not text.isdecimal() or not 1 <= int(text) <= MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to {MOST_WORKERS}")
    return int(text)


def _distance(text: str) -> float:
    """How far apart numbers may be, as an option has it."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0")
    return number


def _say(line: str) -> None:
    print(line, flush=True)
