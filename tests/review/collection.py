"""A small collection of its own for reviews: kentlib with one more module, data, notebooks, git.

    python collection.py FOLDER

makes it in FOLDER, which must hold a copy of kentlib/ that Python imports, makes its reports once,
then plants one change after the other (`plants`), reviews a report each time in this one process,
undoes the change, and prints what each review found, as JSON.
"""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

MEASURES = '''"""Invented measures, and a figure."""

import csv

import pandas as pd
from matplotlib.figure import Figure

from kentlib import paths, tide_words

COLOUR = "#12436D"


def load(name):
    with (paths.DATA / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


def shares(tides, places):
    names = {row["code"]: row["name"] for row in places}
    found = {}
    for row in tides:
        counts = found.setdefault(names[row["code"]], [0, 0])
        counts[0] += int(row["late"])
        counts[1] += int(row["tides"])
    rows = [(name, late, of, round(100 * late / of, 1)) for name, (late, of) in found.items()]
    made = pd.DataFrame(rows, columns=["place", "late", "tides", "share"])
    return made.sort_values("place", ignore_index=True)


def change(made):
    return float(made["share"].iloc[0] - made["share"].iloc[-1])


def bars(made):
    figure = Figure(figsize=(4, 2))
    axes = figure.subplots()
    axes.bar(made["place"], made["tides"], color=COLOUR)
    return figure


finding = tide_words.finding
'''

WORDS = '''"""Invented sentences."""


def finding(place, year, share):
    return f"In {year}, {share:.1f}% of the tides at {place} were late"
'''

TIDES = "code,tides,late\nN,40,10\nE,80,12\nW,37,5\nN,8,3\nS,50,6\n"
PLACES = "code,name\nN,Northfold\nE,Eastmere\nW,Westley\nS,Southey\n"
WAVES = "height\n3\n4\n5\n"
PACKAGE = "tidelib"

FIRST = """from kentlib import show, tides
made = tides.shares(tides.load("tides"), tides.load("places"))"""
HEADING = """show.heading(tides.finding(place, year, made["share"].max()))"""
TABLE = """show.table(made, caption="Late tides by place")"""
FIGURE = """show.figure(tides.bars(made), alt="Bars", caption="Tides by place")"""
PRINT = """print(f"from last to first: {tides.change(made):.1f}")"""

NOTEBOOKS = {
    "tides": (FIRST, HEADING, TABLE, FIGURE, PRINT),
    "waves": (
        'import csv\nfrom kentlib import records\nfolder = records.folder("received")',
        'print(sum(int(row["height"]) for row in csv.DictReader((folder / "waves.csv").open())))',
    ),
    "clock": ("from datetime import datetime\nprint(datetime.now().isoformat())", "print(1 + 1)"),
    "chance": ("import random\nprint(random.random())",),
    "order": ('print({f"a word, {n}" for n in range(12)})',),
    "zone": ("from datetime import datetime\nprint(datetime.fromtimestamp(0).isoformat())",),
    "place": ("import locale\nprint(locale.setlocale(locale.LC_ALL, ''))",),
    "threads": (
        'import os\nparts = int(os.environ.get("OMP_NUM_THREADS", 1))',
        "numbers = [1 / n for n in range(1, 1000)]",
        "print(sum(sum(numbers[part::parts]) for part in range(parts)))",
    ),
    "folder": (
        "from pathlib import Path\nprint(Path.cwd().name, len(list(Path().iterdir())) > 3)",
    ),
    "packed": (f"import {PACKAGE}\nprint({PACKAGE}.answer())",),
}
PARAMETERS = 'place: str = "Northfold"  # the town\nyear: int = 2017  # to 31 March'


class Collection:
    """The collection in a folder; `plants` change it, `review` reviews one of its reports."""

    def __init__(self, root):
        self.root, self.run = root, root / "reports" / "latest"

    def make(self):
        write(self.root / "kentlib" / "tides.py", MEASURES)
        write(self.root / "kentlib" / "tide_words.py", WORDS)
        write(self.root / "data" / "tides.csv", TIDES)
        write(self.root / "data" / "places.csv", PLACES)
        write(self.root / "received" / "waves.csv", WAVES)
        write(self.root / "received" / "boats.csv", WAVES.replace("height", "length"))
        self.package("1.0", 40)
        for name, sources in NOTEBOOKS.items():
            extra = '\nextracts: str = "received"' if name == "waves" else ""
            write(self.notebook(name), notebook(name, sources, PARAMETERS + extra))
            write(self.root / "params" / f"{name}.yaml", "year: 2016\n")
        write(
            self.root / ".gitignore",
            "/reports/\n/reviews/\n/other/\n/received/\n/site/\n__pycache__/\n",
        )
        self.git("init", "--quiet")
        self.commit("as it was")
        self.runs(*(f"{name}.yaml" for name in NOTEBOOKS))

    def runs(self, *names, out="reports"):
        from kentlib import cli

        files = [str(self.root / "params" / name) for name in names]
        with contextlib.redirect_stdout(io.StringIO()) as said:
            status = cli.main(["run", *files, "--out", str(self.root / out), "--workers", "1"])
        assert status == 0, said.getvalue()

    def notebook(self, name):
        return self.root / "notebooks" / f"{name}.ipynb"

    def package(self, version, answer):
        """Install one version of a package, in place of any other."""
        site = self.root / "site"
        shutil.rmtree(site, ignore_errors=True)
        write(site / PACKAGE / "__init__.py", f"def answer():\n    return {answer}\n")
        write(site / f"{PACKAGE}-{version}.dist-info" / "METADATA", f"Name: {PACKAGE}\n")

    def git(self, *arguments):
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        asked = ["git", *who, *arguments]
        done = subprocess.run(asked, cwd=self.root, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, why):
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", why)

    def edit(self, path, old, new):
        path = self.root / path
        content = path.read_text()
        assert old in content, (path, old)
        write(path, content.replace(old, new))

    def review(self, *executed, report="tides", **asked):
        """What the command wrote of one report."""
        told = self.reviews(*executed, **asked)
        return told[report] if len(told) > 1 else next(iter(told.values()))

    def reviews(self, *executed, **asked):
        """What the command wrote of each report, with its exit status, its lines and the page."""
        from kentlib.review import command

        lines = []
        out = self.root / "reviews" / "now"
        files = [self.run / file for file in executed]
        status = command.review(files, lines.append, asked=command.Asked(**asked), out=out)
        told = json.loads((out / "review.json").read_text())["reports"]
        page = (out / "review.html").read_text()
        common = {"status": status, "lines": lines, "page": page, "alone": len(told) == 1}
        return {one["report"]: common | one for one in told}

    @contextlib.contextmanager
    def kept(self):
        """Whatever is changed inside, files or environment, is as it was afterwards."""
        folders = ("data", "notebooks", "params", "received", "site", "reports")
        ours = [self.root / "kentlib" / name for name in ("tides.py", "tide_words.py")]
        before, environment = self.root.parent / "before", dict(os.environ)
        shutil.rmtree(before, ignore_errors=True)
        for name in folders:
            shutil.copytree(self.root / name, before / name, symlinks=True)
        texts = {path: path.read_text() for path in ours}
        head = self.git("rev-parse", "HEAD")
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(environment)
            os.chdir(self.root)
            for name in folders:
                shutil.rmtree(self.root / name, ignore_errors=True)
                shutil.copytree(before / name, self.root / name, symlinks=True)
            for path, text in texts.items():
                if not path.exists() or path.read_text() != text:
                    write(path, text)
            if self.git("rev-parse", "HEAD") != head:
                self.git("reset", "--quiet", "--mixed", head)


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    # Compiled code is known by the second and the size, which two plants can share.
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
        compiled.unlink()


def cell(name, source, *tags):
    metadata = {"tags": list(tags)} if tags else {}
    made = {"cell_type": "code", "id": name, "metadata": metadata, "source": source}
    return made | {"execution_count": None, "outputs": []}


def notebook(name, sources, parameters=PARAMETERS):
    about = {"cell_type": "markdown", "id": "about", "metadata": {}, "source": f"# Are {name} so?"}
    cells = [about, cell("parameters", parameters, "parameters")]
    cells += [cell(f"cell-{number}", source) for number, source in enumerate(sources)]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def main(root):
    import plants

    os.chdir(root)
    made = Collection(Path(root))
    made.make()
    told = {}
    for name, plant in plants.PLANTS.items():
        began = time.perf_counter()
        with made.kept():
            told[name] = plant(made)
        told[name]["seconds"] = round(time.perf_counter() - began, 2)
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1])
