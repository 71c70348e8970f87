"""What the warm parent imports, reads and draws before it forks, so that no kernel does it again.

All of it starts no thread and no event loop, and asks for no kernel's shell: see `warm_parent`.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import string
import sys

SETTINGS = {
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
"""The environment that the imports here must find. The inline backend is named, not imported: it
finds its shell when it is imported, and there is none before the fork."""

READING = (
    "pandas",
    "pyarrow.compute",
    "kentlib.records",
    "kentlib.extracts.reading",
    "kentlib.private.gathering",
    "kentlib.private.kept",
)

IMPORTS = (
    "kentlib.reports.slim",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_svg",
    "pandas.core.methods.to_dict",
    "pandas.core.reshape.reshape",
    "pandas.io.formats.string",
    "seaborn",
    "kentlib.charts.behind",
    "kentlib.charts.fingerprint",
    "kentlib.comparators",
    "kentlib.indicators",
    "kentlib.interview_tables",
    "kentlib.interview_times",
    "kentlib.judgements",
    "kentlib.missing",
    "kentlib.parameters",
    "kentlib.permanence",
    "kentlib.permanence_tables",
    "kentlib.programme",
    "kentlib.quality.completeness",
    "kentlib.quality.mending",
    "kentlib.quality.trend",
    "kentlib.reconcile",
    "kentlib.return_interviews",
    "kentlib.show",
    "kentlib.variation",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "kentlib.reports.streams",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.magics",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "IPython.utils.wildcard",
    "tornado.platform.asyncio",
    "papermill.execute",
    "nbconvert.exporters",
    "kentlib.reports.engine",
    "kentlib.reports.scan",
    "kentlib.reports.worker",
)

GARBAGE = (50_000, 20, 50)
"""When what is forked looks for garbage: not, as by default, every 700 objects, a thousand times
in a report of which hardly any is garbage."""


def modules(names: tuple[str, ...]) -> None:
    """Import what reports need, but not polars, which starts threads when it is imported.

    statsmodels looks for it; a notebook that wants it can import it after the fork.
    """
    kept_out = "polars" not in sys.modules
    if kept_out:
        sys.modules["polars"] = None
    try:
        for name in names:
            importlib.import_module(name)
    finally:
        if kept_out:
            del sys.modules["polars"]


def fonts() -> None:
    """Draw one small figure, so that fonts are found and read once and not in every kernel."""
    import io

    from matplotlib.figure import Figure

    from kentlib.charts.look import style

    with style():
        made = Figure()
        axes = made.subplots()
        axes.plot([0, 1], label="one")
        for weight in ("normal", "bold"):
            axes.text(0, 0, string.printable.strip() + "–’%£", weight=weight, in_layout=False)
        axes.legend()
        made.savefig(io.StringIO(), format="svg")


def templates() -> None:
    """Compile the template of tables once and not in every kernel."""
    from kentlib import show

    show.table_template()


def tables() -> None:
    """Read the bundled tables once; what is wrong with one is said where a report needs it."""
    from kentlib import tables as bundled
    from kentlib.errors import DataError

    for name in bundled.names():
        with contextlib.suppress(DataError):
            bundled.load(name)


def stamps() -> dict[str, tuple[int, int]]:
    """When each file beside the bundled tables was last written to, and its size."""
    from kentlib.paths import DATA

    with os.scandir(DATA) as entries:
        about = {entry.name: entry.stat() for entry in entries if entry.is_file()}
    return {name: (one.st_mtime_ns, one.st_size) for name, one in about.items()}


def forget_tables() -> None:
    """Have them read anew: one was written to since."""
    from kentlib import tables

    tables.forget()
