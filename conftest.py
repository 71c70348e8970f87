"""What nbval compares of the notebooks' outputs.

nbval leaves metadata out, but a figure's caption and description and a table's caption live there,
and a reader sees them; so they are compared as the outputs are.
"""

from nbval.plugin import IPyNbCell


def pytest_collection_modifyitems(items):
    for notebook in {item.parent for item in items if isinstance(item, IPyNbCell)}:
        notebook.skip_compare = tuple(set(notebook.skip_compare) - {"metadata"})
