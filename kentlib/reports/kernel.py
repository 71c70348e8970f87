"""Executing one notebook with papermill, away from the user's own Jupyter and IPython settings."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from kentlib.reports import warm
from kentlib.reports.notebook import INJECTED, bare, tags
from kentlib.reports.record import without_paths, without_values

LONGEST = 96
"""Bytes in the name of a socket, which systems limit to about 104 with the number it gets."""

ENGINE = "kentlib-warm"

MESSAGE = 2000
"""Characters of an error's message that are told."""

_names = (f"kernel-{os.getpid()}-{number}" for number in itertools.count(1))
"""Names of sockets: several processes may have one runtime folder."""


class Failure(Exception):
    """A report that could not be made: where, and what was said. No traceback, no paths.

    `died` says that nothing is known against the code: its kernel ended under it, and a second
    attempt may go well.
    """

    def __init__(self, error: str, message: str, begins: str = "", *, died: bool = False) -> None:
        self.error, self.message, self.begins = error, _short(without_paths(message)), begins
        self.died = died
        where = f' in the cell that begins "{begins}"' if begins else ""
        super().__init__(" ".join(f"{error}{where}: {self.message}".split()))


@dataclass(frozen=True)
class Limits:
    """What one report may use: seconds from start to end, megabytes its kernel may allocate."""

    seconds: float | None = None
    megabytes: int | None = None


class Executed(NamedTuple):
    """An executed notebook, and the most memory that its kernel had, in megabytes, if known."""

    notebook: dict[str, Any]
    megabytes: int | None


@contextmanager
def surroundings() -> Iterator[None]:
    """A private home for IPython and for kernels' connection files, gone afterwards."""
    kept = dict(os.environ)
    home = warm.private_folder()
    os.environ.update(warm.quiet_home(home))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)
        shutil.rmtree(home, ignore_errors=True)


def execute(
    source: dict[str, Any],
    params: dict[str, Any],
    folder: Path,
    limits: Limits = Limits(),  # noqa: B008
    prepare: dict[str, str] | None = None,
    *,
    share: bool = False,
) -> Executed:
    """Execute a notebook with papermill, in a kernel forked from the warm parent if there is one.

    Parameters
    ----------
    source
        The notebook; it is not changed.
    params
        What to put into it, by name.
    folder
        Where it runs: the notebook's own folder, as in JupyterLab and in the tests.
    limits
        What it may use; without them as much as it likes.
    prepare
        The extracts that its kernel is to have read already.
    share
        Whether it may take what a kernel of the same warm parent worked out for the same cells.

    Returns
    -------
    The executed notebook, the same bytes whenever its code shows the same, and what it used.

    Raises
    ------
    Failure
        A cell raised, the kernel died, a limit was met, or a cell did not run.
    """
    from kentlib.reports import slim  # noqa: F401

    # isort: split
    import nbformat
    import papermill
    from papermill.engines import papermill_engines
    from papermill.exceptions import PapermillExecutionError

    from kentlib.reports import engine

    papermill_engines.register(ENGINE, engine.WarmEngine)
    try:
        done = papermill.execute_notebook(
            nbformat.from_dict(bare(source)),  # papermill would write outputs only to drop them
            None,
            parameters=params,
            engine_name=ENGINE,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            cwd=folder,
            seconds=limits.seconds,
            megabytes=limits.megabytes,
            prepare=prepare,
            share=share,
            **settings(),
        )
    except PapermillExecutionError as error:
        known = "\n".join(
            [*(cell["source"] for cell in source["cells"]), *map(str, params.values())]
        )
        raise Failure(error.ename, _told(error, limits, known), first_line(error.source)) from None
    except engine.CellTimedOut as error:
        many = f"the report took longer than its {limits.seconds:g} seconds"
        raise Failure("TimeLimit", f"{many} and was ended", first_line(error.source)) from None
    except engine.KernelDied as error:
        raise Failure(
            "KernelDied", _ended(error, limits), first_line(error.source), died=True
        ) from None
    except Exception as error:
        raise Failure(type(error).__name__, str(error), died="died" in str(error)) from None
    megabytes = done.metadata.papermill.get("megabytes")
    stable(done, params)
    whole(done)
    return Executed(done, megabytes)


def _told(error: Any, limits: Limits, known: str) -> str:
    """What a cell's error said; kentlib's own names no child, another's may quote a record."""
    said = error.evalue
    if error.ename != "DataError":
        said = without_values(said[: 10 * MESSAGE], known)
    if error.ename.endswith("MemoryError") and limits.megabytes:
        said = f"{said.rstrip('.')}. A report may use {limits.megabytes:,} MB.".lstrip(". ")
    return said


def _short(text: str) -> str:
    return text if len(text) <= MESSAGE else f"{text[:MESSAGE]} …"


def _ended(error: Any, limits: Limits) -> str:
    """What became of a kernel that died, and what it may have died of."""
    when = "under this cell" if error.source else "before its first cell"
    how = f"the kernel ended {when}"
    if error.status is not None and error.status < 0:
        with suppress(ValueError):  # a signal without a name
            how = f"the kernel was ended {when} by {signal.Signals(-error.status).name}"
    if error.megabytes:
        how += f", having used {error.megabytes:,} MB"
    own = f"the {limits.megabytes:,} MB of a report" if limits.megabytes else "its own"
    return f"{how}. The memory of the machine or {own} may have run out"


def stable(nb: dict[str, Any], params: dict[str, Any] | None = None) -> None:
    """Take out of an executed notebook what differs between runs, users and machines."""
    nb["metadata"] = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {
            "file_extension": ".py",
            "mimetype": "text/x-python",
            "name": "python",
            "pygments_lexer": "ipython3",
        },
    }
    if params is not None:
        nb["metadata"]["papermill"] = {"parameters": params}
    for cell in nb["cells"]:
        for passing in ("papermill", "execution", "ExecuteTime", "collapsed", "scrolled"):
            cell["metadata"].pop(passing, None)
        if not cell["metadata"].get("tags", True):
            del cell["metadata"]["tags"]
        if INJECTED in tags(cell):
            cell["id"] = INJECTED
        for output in cell.get("outputs", []):
            if output["output_type"] == "stream":
                output["text"] = without_paths(output["text"])
            for kind, content in output.get("data", {}).items():
                if kind.startswith("text/"):
                    output["data"][kind] = without_paths(content)


def whole(nb: dict[str, Any]) -> None:
    """Stop unless every code cell ran, in order, and none raised.

    Papermill marks cells after a dead kernel as completed, so the cells are asked, not it.
    """
    ran = 0
    for cell in nb["cells"]:
        if cell["cell_type"] != "code" or not cell["source"].strip():
            continue
        ran += 1
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                raise Failure(output["ename"], output["evalue"], first_line(cell["source"]))
        if cell["execution_count"] != ran:
            raise Failure("CellNotRun", "this cell did not run", first_line(cell["source"]))


def settings() -> dict[str, Any]:
    """How a kernel is reached and ended, for papermill and nbclient alike.

    Sockets in the runtime folder cannot be reached by other users and need no port; where there
    are none (Windows, a very long path) a kernel has loopback ports, as Jupyter's own. Once the
    last cell has run there is nothing to wait for, and one polite end in four takes 2.5 seconds.
    """
    from traitlets.config import Config

    ended = {"shutdown_kernel": "immediate"}
    runtime = os.environ.get("JUPYTER_RUNTIME_DIR")
    name = os.path.join(runtime, next(_names)) if runtime else ""
    if not hasattr(socket, "AF_UNIX") or not 0 < len(os.fsencode(name)) < LONGEST:
        return ended
    return {"config": Config({"KernelManager": {"transport": "ipc", "ip": name}}), **ended}


def first_line(source: str) -> str:
    """The first line of a cell that is not blank."""
    return next((line.strip() for line in source.splitlines() if line.strip()), "")
