"""What a run says while it goes: a bar on a terminal, lines otherwise, and a log in its folder."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from kentlib.words import plural


class Progress:
    """Tells people and the log what happens to the reports of a run.

    Parameters
    ----------
    say
        Takes the lines for people.
    log
        The file that takes every event as a line of JSON.
    terminal
        Where a bar is drawn while reports are made; None for lines alone.
    """

    def __init__(self, say: Callable[[str], None], log: Path, terminal: IO[str] | None) -> None:
        self._say, self._terminal = say, terminal
        self._log = log.open("a", encoding="utf-8")
        self._bar: Any = None
        self._failed = 0
        self._running: dict[str, float] = {}

    def close(self) -> None:
        """Take the bar away and close the log."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
        self._log.close()

    def log(self, event: str, **told: Any) -> None:
        """Write an event to the log, and to the disk."""
        when = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": when, "event": event, **told}, ensure_ascii=False)
        self._log.write(line + "\n")
        self._log.flush()

    def line(self, text: str) -> None:
        """Say a line to people, above the bar if there is one."""
        if self._bar is not None:
            self._bar.clear()
        self._say(text)
        if self._bar is not None:
            self._bar.refresh()

    def begin(self, many: int) -> None:
        """So many reports are to be made."""
        if self._terminal is not None and many:
            from tqdm import tqdm

            self._bar = tqdm(
                total=many, file=self._terminal, unit="report", leave=False, dynamic_ncols=True,
                bar_format="{n_fmt} of {total_fmt} reports |{bar}| {postfix}{remaining} left",
            )  # fmt: skip

    def started(self, name: str) -> None:
        """A report is being made."""
        self._running[name] = time.monotonic()
        self.log("started", report=name)
        self.beat()

    def again(self, name: str, why: str) -> None:
        """A report is to be tried once more."""
        self._running.pop(name, None)
        self.log("again", report=name, why=why)
        self.line(f"{name}: once more. {why}")

    def done(self, told: dict[str, Any]) -> None:
        """A report was made, or failed."""
        self._running.pop(told["report"], None)
        failed = "error" in told
        self._failed += failed
        kept = ("outcome", "seconds", "megabytes", "attempts", "error")
        self.log("done", report=told["report"], **{one: told[one] for one in kept if one in told})
        if failed or self._bar is None:
            self.line(sentence(told))
        if self._bar is not None:
            self._bar.update()
        self.beat()

    def beat(self) -> None:
        """Draw the bar as things stand."""
        if self._bar is not None:
            running = ", ".join(sorted(self._running))
            failed = f"{self._failed} failed, " if self._failed else ""
            self._bar.set_postfix_str(f"{failed}running {running}; " if running else failed)


def sentence(told: dict[str, Any]) -> str:
    """How one report ended."""
    took = f" in {told['seconds']:.1f} s" if told.get("seconds") is not None else ""
    if "error" not in told:
        return f"{told['report']}: {told['outcome']}{took}"
    kept = ", the last good version is kept" if told["outcome"] == "stale" else ""
    return f"{told['report']}: failed{took}{kept}. {told['error']}"


def summary(made: int, reused: int, failed: int, kept: int) -> str:
    """How a run ended, in a line."""
    parts = [
        f"{plural(made, 'report')} made" if made else "",
        f"{reused} unchanged and reused" if reused else "",
        f"{kept} kept as they were" if kept else "",
        f"{failed} failed" if failed else "",
    ]
    return ", ".join(filter(None, parts)) or "no report"


def terminal() -> IO[str] | None:
    """Where a bar can be drawn, if anywhere."""
    return sys.stderr if sys.stderr.isatty() and sys.stdout.isatty() else None
