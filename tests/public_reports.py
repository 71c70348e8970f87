"""A notebook's cells run in this process, and what they show."""

import re

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


def numbers(*said):
    """The whole numbers of sentences that could be counts: no percentages, years or limits of
    time, and not how many rows a chart has."""
    for text in said:
        bare = re.sub(r"chart of \d+|plot of \d+|[\d.,]+%|\b20\d\d\b", "", text)
        bare = re.sub(r"(?:within|for|the) \d+ (?:months|hours|days)|\d or more", "", bare)
        bare = re.sub(r"\d+ districts", "", bare)
        bare = re.sub(r"age under 18|under 16|(?:from|to) \d+ ", "", bare)
        yield from (int(one.replace(",", "")) for one in re.findall(r"\d[\d,]*", bare))


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
