"""What papermill finds under its entry point: the engine, imported when it is first used.

Papermill loads every engine while it is imported itself. One that imports papermill could not be
imported first, and a fault in it would be one of every papermill in this environment.
"""

from __future__ import annotations

from typing import Any


class _Engine:
    def __getattr__(self, name: str) -> Any:
        from kentlib.reports.engine import WarmEngine

        return getattr(WarmEngine, name)


engine = _Engine()
