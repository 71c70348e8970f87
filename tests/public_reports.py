"""A notebook's cells run in this process, and what they show."""

from kentlib import paths, show
from kentlib.reports import notebook


def cells(name):
    """The code of the parameters, and of all that is worked out of extracts.

    What lies between is of published figures, and alike in every report.
    """
    every = notebook.read(paths.NOTEBOOKS / f"{name}.ipynb")["cells"]
    code = [cell["source"] for cell in every if cell["cell_type"] == "code"]
    first = next(number for number, one in enumerate(code) if "records.load(" in one)
    return [*code[:4], *code[first:]]


def run(monkeypatch, name, **parameters):
    """What a notebook shows of extracts with these parameters: kind, data and metadata.

    Nothing is displayed. Tables are kept as they were given, too, by their captions.
    """
    shown, rows = [], {}
    true_table = show.table

    def table(made, **told):
        rows[told["caption"]] = made
        true_table(made, **told)

    with monkeypatch.context() as patch:
        patch.setattr(show, "_show", lambda kind, data, /, **told: shown.append((kind, data, told)))
        patch.setattr(show, "table", table)
        scope = {}
        for number, code in enumerate(cells(name)):
            exec(code, scope)
            if not number:
                scope |= parameters
    return shown, rows
