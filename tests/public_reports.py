"""Run a notebook's cells in this process, and keep what they show."""

from kentlib import paths, show
from kentlib.reports import notebook


def run(monkeypatch, name, **parameters):
    """Every output of a notebook run with these parameters: its kind, data and metadata.

    Nothing is displayed. Tables are kept as they were given, too, by their captions.
    """
    shown, rows = [], {}
    true_table = show.table

    def table(made, **told):
        rows[told["caption"]] = made
        true_table(made, **told)

    with monkeypatch.context() as patch:
        patch.setattr(show, "_show", lambda kind, data, **told: shown.append((kind, data, told)))
        patch.setattr(show, "table", table)
        scope = {}
        for cell in notebook.read(paths.NOTEBOOKS / f"{name}.ipynb")["cells"]:
            if cell["cell_type"] == "code":
                exec(cell["source"], scope)
                if "parameters" in cell["metadata"].get("tags", []):
                    scope |= parameters
    return shown, rows
