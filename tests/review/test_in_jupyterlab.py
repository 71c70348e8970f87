"""A report that somebody opens where it lies, and runs as JupyterLab does: with nbclient, there."""

import nbclient
import nbformat

from kentlib import paths
from kentlib.reports import notebook
from kentlib.reports.notebook import INJECTED


def test_a_report_runs_in_the_folder_of_its_run_with_the_parameters_put_into_it(tmp_path):
    source = nbformat.read(paths.NOTEBOOKS / "judgements.ipynb", as_version=4)
    at = next(
        number for number, cell in enumerate(source.cells) if "parameters" in notebook.tags(cell)
    )
    put = nbformat.v4.new_code_cell('authority = "Medway"', metadata={"tags": [INJECTED]})
    source.cells.insert(at + 1, put)
    folder = tmp_path / "20261122T013000Z"
    folder.mkdir()
    done = nbclient.NotebookClient(source, resources={"metadata": {"path": str(folder)}}).execute()
    findings = notebook.findings(done)
    assert findings
    assert any("Medway" in one for one in findings)
    assert not any("Kent" in one for one in findings)
    assert list(folder.iterdir()) == []
