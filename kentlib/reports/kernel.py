"""Executing one notebook with papermill, away from the user's own Jupyter and IPython settings."""

from __future__ import annotations

import itertools
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kentlib.reports.notebook import INJECTED, tags
from kentlib.reports.record import without_paths

QUIET = {"PYDEVD_DISABLE_FILE_VALIDATION": "1", "JUPYTER_PREFER_ENV_PATH": "1"}
"""No debugger warning in the terminal; this environment's kernel before a user's own."""

LONGEST = 96
"""Bytes in the name of a socket, which systems limit to about 104 with the number it gets."""

_names = (f"kernel-{number}" for number in itertools.count(1))


class Failure(Exception):
    """A report that could not be made: where, and what was said. No traceback, no paths."""

    def __init__(self, error: str, message: str, begins: str = "") -> None:
        self.error, self.message, self.begins = error, without_paths(message), begins
        where = f' in the cell that begins "{begins}"' if begins else ""
        super().__init__(" ".join(f"{error}{where}: {self.message}".split()))


@contextmanager
def surroundings() -> Iterator[None]:
    """A private home for IPython and for kernels' connection files, gone afterwards."""
    kept = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="kentlib-") as home:
        runtime = Path(home, "runtime")
        runtime.mkdir(mode=0o700)
        profile = Path(home, "profile_default")
        profile.mkdir()
        profile.joinpath("ipython_kernel_config.py").write_text("c.IPKernelApp.log_level = 50\n")
        os.environ.update(QUIET, IPYTHONDIR=home, JUPYTER_RUNTIME_DIR=str(runtime))
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(kept)


def execute(source: dict[str, Any], params: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Execute a notebook with papermill.

    Parameters
    ----------
    source
        The notebook; it is not changed.
    params
        What to put into it, by name.
    folder
        Where it runs: the notebook's own folder, as in JupyterLab and in the tests.

    Returns
    -------
    The executed notebook: the same bytes whenever its code shows the same.

    Raises
    ------
    Failure
        A cell raised, the kernel died, or a cell did not run.
    """
    from kentlib.reports import slim  # noqa: F401

    # isort: split
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    try:
        done = papermill.execute_notebook(
            nbformat.from_dict(source),
            None,
            parameters=params,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            cwd=folder,
            **settings(),
        )
    except PapermillExecutionError as error:
        if error.ename == "KeyboardInterrupt":
            raise KeyboardInterrupt from None
        raise Failure(error.ename, error.evalue, first_line(error.source)) from None
    except Exception as error:
        raise Failure(type(error).__name__, str(error)) from None
    stable(done, params)
    whole(done)
    return done


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
