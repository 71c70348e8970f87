from pathlib import Path

from kentlib.review import command, verdict
from kentlib.review.compared import Reviewed
from kentlib.review.reports import Report


def test_a_report_that_shows_a_child_is_not_told_of(tmp_path):
    (tmp_path / "districts.csv").write_text("child_id,district\nK0045123,Dover\n")
    cell = {"cell_type": "code", "metadata": {}, "source": "own", "execution_count": 1}

    def notebook(said):
        output = {"output_type": "stream", "name": "stdout", "text": said}
        return {"cells": [cell | {"id": "a", "outputs": [output]}], "metadata": {}}

    def reviewed(then, now):
        told = {"parameters": {"extracts": str(tmp_path), "authority": "Kent"}}
        report = Report("tides", Path("tides.ipynb"), then and notebook(then), told)
        return Reviewed(report, verdict.cannot("of this"), now and notebook(now))

    clean = reviewed("1 child", "2 children")
    assert command.looked_through(clean) is clean
    unread = reviewed(None, None)
    assert command.looked_through(unread) is unread
    for leaking in (reviewed("K0045123", None), reviewed("1 child", "k-0045123")):
        made = command.looked_through(leaking)
        assert made.now is None
        assert "code cell 1 shows a child identifier" in made.verdict.words
        assert "45123" not in made.verdict.words
