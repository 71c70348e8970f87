import os
import subprocess
import sys

import pytest

from kentlib.errors import DataError
from kentlib.reports import lock


def test_a_second_run_is_told_who_holds_the_folder_and_a_later_one_has_it(tmp_path):
    with lock.held(tmp_path):
        with pytest.raises(DataError) as told, lock.held(tmp_path):
            pass
        assert f"{tmp_path.name}/ is in use by a run (process {os.getpid()} on " in str(told.value)
    with lock.held(tmp_path):
        pass


def test_a_run_that_was_killed_holds_nothing(tmp_path):
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom kentlib.reports import lock\n"
        "with lock.held(Path(sys.argv[1])):\n    os.kill(os.getpid(), 9)"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], timeout=30)
    assert ended.returncode == -9
    with lock.held(tmp_path):
        pass


def test_a_lock_whose_holder_cannot_be_read_is_held_all_the_same(tmp_path):
    with lock.held(tmp_path):
        (tmp_path / lock.NAME).write_text("{")
        with pytest.raises(DataError, match="in use by another run"), lock.held(tmp_path):
            pass
