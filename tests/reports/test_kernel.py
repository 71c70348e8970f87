import os

import pytest

from kentlib.reports import kernel, notebook

TELL = """import json
from ipykernel.connect import get_connection_info
from IPython import get_ipython
print(json.loads(get_connection_info())["transport"], get_ipython().ipython_dir)"""


def executed(path):
    with kernel.surroundings():
        done = kernel.execute(notebook.read(path), {"place": "Southmere"}, path.parent)
    return done.notebook["cells"]


def test_a_kernel_is_quiet_private_and_knows_no_user_settings(write_notebook, capfd):
    (output,) = executed(write_notebook("tides", TELL))[-1]["outputs"]
    transport, home = output["text"].split(maxsplit=1)
    assert transport == "ipc"
    assert "kentlib-" in home
    assert capfd.readouterr() == ("", "")


def test_a_path_too_long_for_a_socket_gives_a_kernel_with_ports(monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", "/" + "long" * 30)
    assert "config" not in kernel.settings()
    monkeypatch.delenv("JUPYTER_RUNTIME_DIR")
    assert "config" not in kernel.settings()


def test_the_surroundings_are_gone_afterwards():
    before = dict(os.environ)
    with kernel.surroundings():
        home = os.environ["IPYTHONDIR"]
        assert os.path.isdir(home)
    assert not os.path.exists(home)
    assert dict(os.environ) == before


def test_parameters_are_injected_after_the_defaults(write_notebook):
    cells = executed(write_notebook("tides", "print(place, year)"))
    assert [cell["id"] for cell in cells] == ["cell-0", "cell-1", "injected-parameters", "cell-2"]
    assert cells[-1]["outputs"][0]["text"] == "Southmere 2017\n"


def ran(*counts, source="x"):
    return {
        "cells": [
            {"cell_type": "code", "source": source, "execution_count": count, "outputs": []}
            for count in counts
        ]
    }


@pytest.mark.parametrize("counts", [(1, None), (2, 1), (1, 3)])
def test_a_cell_that_did_not_run_is_a_failure(counts):
    with pytest.raises(kernel.Failure, match='CellNotRun in the cell that begins "x"'):
        kernel.whole(ran(*counts))


def test_an_empty_cell_need_not_run():
    kernel.whole(ran(1, 2))
    kernel.whole(ran(None, source=" \n"))
