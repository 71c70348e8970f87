"""Nothing that names a child leaves a report: deliberate leaks, ordinary reports, and real ones."""

import json
import os
import re
from functools import cache

import pytest
from kernels import COLD, execute, notebook_of

from kentlib import paths, records
from kentlib.private import gathering, kept
from kentlib.private.known import Known
from kentlib.reports import kernel, notebook, plan, run, scan, warm
from kentlib.reports.kernel import Failure

ID, UPN, POST, NAME, SHORT = "K0045123", "D051910639385", "ME14 1XQ", "Ann Lee", "407"
NOTE = "She was found near the old bus station by her uncle on Tuesday night"
SECRETS = (ID, UPN, POST, NAME, NOTE, "6 March 2009", "2009-03-06", "06/03/2009", "39878")
OPEN = f"""from pathlib import Path
import pandas as pd
from IPython.display import HTML, SVG, JSON, Image, Markdown, display
header, episodes, notes, talks = (
    pd.read_csv(Path("own", f"{{one}}.csv"), dtype=str)
    for one in ("header", "episodes", "notes", "talks"))
one, two = header.loc[header["CHILD"] == header["CHILD"].max()].iloc[0], "{POST[:4]}"
born = pd.to_datetime(one["DOB"], dayfirst=True)"""
"""What each cell below begins from."""

LEAKS = {
    "a raw table": ("header", "a child identifier"),
    "a raw table, printed": ("print(header.head(3))", "a child identifier"),
    "a file as it stands": ("print(Path('own/episodes.csv').read_text())", "a child identifier"),
    "an identifier in a sentence": ("print(f'Only {one.CHILD} was late.')", "a child identifier"),
    "an identifier written otherwise": (
        "one.CHILD[0].lower() + '-' + one.CHILD[1:]",
        "a child identifier",
    ),
    "an identifier without its zeros": ("f'K {int(one.CHILD[1:])}'", "a child identifier"),
    "an identifier in an index": ("episodes.groupby('CHILD').size()", "a child identifier"),
    "short identifiers in a column": ("talks[['child_id']].head(2)", "a child identifier"),
    "a short identifier by its name": (
        "talks.iloc[0][['child_id']].to_dict()",
        "a child identifier",
    ),
    "a pupil number": ("list(header['UPN'].dropna())", "a unique pupil number"),
    "a day of birth in a sentence": ("f'born {born:%d %B %Y}'", "a date of birth"),
    "days of birth in a column": ("header[['SEX', 'DOB']].tail()", "a date of birth"),
    "days of birth as Excel has them": (
        "pd.DataFrame({'DOB': [(born - pd.Timestamp('1899-12-30')).days]})",
        "a date of birth",
    ),
    "a postcode without its space": ("episodes['HOME_POST'].str.replace(' ', '')", "a postcode"),
    "a name, last name first": (
        "Markdown('## ' + ', '.join(notes['Name'].iloc[0].split()[::-1]))",
        "a name",
    ),
    "a part of a free text": ("notes['Remarks'].str.slice(0, 45).iloc[0]", "free text"),
    "an error that quotes one": (
        "try:\n    int(one.CHILD)\nexcept ValueError as error:\n    print(error)",
        "a child identifier",
    ),
    "standard error": ("import sys\nprint(one.CHILD, file=sys.stderr)", "a child identifier"),
    "a chart's labels": (
        "import io\nfrom matplotlib.figure import Figure\nmade, drawn = Figure(), io.StringIO()\n"
        "axes = made.subplots()\naxes.barh(header['CHILD'], 1)\n"
        "made.savefig(drawn, format='svg')\nSVG(drawn.getvalue())",
        "a child identifier",
    ),
    "a text parted by tags": (
        "SVG(f'<svg xmlns=\"http://www.w3.org/2000/svg\"><text><tspan>{one.CHILD[:3]}</tspan>'\n"
        "    f'<tspan x=\"9\">{one.CHILD[3:]}</tspan></text></svg>')",
        "a child identifier",
    ),
    "what a picture says of itself": (
        "import io\nfrom PIL import Image as Picture, PngImagePlugin\n"
        "told, drawn = PngImagePlugin.PngInfo(), io.BytesIO()\ntold.add_text('Title', one.CHILD)\n"
        "Picture.new('L', (1, 1)).save(drawn, 'png', pnginfo=told)\nImage(drawn.getvalue())",
        "a child identifier",
    ),
    "metadata": (
        "display({'text/plain': '1'}, metadata={'about': one.CHILD}, raw=True)",
        "a child identifier",
    ),
    "an attribute": ("HTML(f'<p title=\"{one.CHILD}\">one</p>')", "a child identifier"),
    "an address": ("HTML(f'<a href=\"x?p={two}%201XQ\">one</a>')", "a postcode"),
    "an encoded picture": (
        "import base64\nHTML('<img src=\"data:image/svg+xml;base64,'\n"
        "    + base64.b64encode(f'<svg>{one.CHILD}</svg>'.encode()).decode() + '\">')",
        "a child identifier",
    ),
    "data for a script": ("JSON({'rows': [{'child': one.CHILD}]})", "a child identifier"),
}

ORDINARY = (
    "header['SEX'].value_counts()",
    "len(header), len(episodes), 12, 407",
    "episodes.groupby(['RNE', 'LS']).size().rename('Children').reset_index()",
    "pd.DataFrame({'Inspected': ['6 March 2009', '13 June 2017'], 'Child places': [407, 408]})",
    "episodes[['DECOM', 'DEC']].head(3)",
    "print('The 31 children of ME14 and CT2 waited 407 days, to 31 March 2017.')",
    "talks['district'].value_counts()",
    "notes.columns.tolist(), header.dtypes",
)


def write(folder):
    """Extracts of forty children; the last is the one that most leaks are about."""
    folder.mkdir()
    ids = [f"K00{number}" for number in range(10000, 10039)] + [ID]
    born = [f"{1 + n % 28:02}/{1 + n % 12:02}/{2001 + n % 7}" for n in range(39)] + ["06/03/2009"]
    upn = [""] * 39 + [UPN]
    posts = [f"CT{1 + n % 20} {1 + n % 9}AB" for n in range(39)] + [POST]
    sexes, routes = ["1", "2"] * 20, ["S", "L", "P", "T"] * 10
    files = {
        "header": ["CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB"]
        + [f"{a},{s},{b},WBRI,{u},," for a, s, b, u in zip(ids, sexes, born, upn, strict=True)],
        "episodes": [
            "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,"
            "HOME_POST,PL_POST,URN"
        ]
        + [
            f"{a},02/05/2016,{r},C2,N1,U1,PR1,03/09/2016,E4A,,{p},,"
            for a, r, p in zip(ids, routes, posts, strict=True)
        ],
        "notes": ["Child ID,Name,Remarks", f"{ID},{NAME},{NOTE}"],
        "talks": ["child_id,district"] + [f"{n},Dover" for n in (SHORT, "408", "409")],
    }
    for name, lines in files.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    made = tmp_path_factory.mktemp("home")
    write(made / "own")
    return made


@pytest.fixture(scope="module")
def looking(home):
    private = gathering.gather(home / "own")
    return scan.Scan(Known(private.cells, private.shown))


@pytest.fixture(scope="module")
def executed(home):
    """The cells as one kernel executed them, after the one that opens the files."""
    sources = [OPEN, *(source for source, _ in LEAKS.values()), *ORDINARY]
    return execute(COLD, *sources, folder=home).notebook["cells"][1:]


def alone(cell):
    """A notebook of one cell, after another."""
    made = notebook_of("1 + 1", "")
    return made | {"cells": [made["cells"][0], cell]}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_is_caught_and_said_without_being_repeated(executed, looking, leak):
    source, kind = LEAKS[leak]
    with pytest.raises(Failure) as failed:
        looking.notebook(alone(executed[list(LEAKS).index(leak)]))
    begins = source.splitlines()[0]
    assert str(failed.value).startswith(f'IdentifierShown in the cell that begins "{begins}": ')
    assert f"code cell 2 shows {kind}" in str(failed.value)
    assert not any(secret in str(failed.value) for secret in SECRETS)


def test_ordinary_cells_are_no_leaks(executed, looking):
    for cell in executed[len(LEAKS) :]:
        looking.notebook(alone(cell))


def test_a_leak_in_the_code_or_the_text_of_a_cell_is_caught(looking):
    code = notebook_of(f"own.query('child == \"{ID}\"')")
    with pytest.raises(Failure, match=r"^IdentifierShown: the text of code cell 1 shows a child"):
        looking.notebook(code)
    text = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": f"Ask {NAME}."}
    with pytest.raises(Failure, match="the text of text cell 1 shows a name"):
        looking.notebook(code | {"cells": [text]})
    text = text | {"source": "!", "attachments": {"a": {"text/plain": POST}}}
    with pytest.raises(Failure, match="text cell 1 shows a postcode"):
        looking.notebook(code | {"cells": [text]})
    with pytest.raises(Failure, match="the notebook's metadata shows a child identifier"):
        looking.notebook(code | {"cells": [], "metadata": {"papermill": {"parameters": [ID]}}})


def test_an_error_that_holds_an_identifier_is_withheld(looking):
    assert looking.without("on_time is above completed") == "on_time is above completed"
    withheld = looking.without(f"DataError: {ID} is twice")
    assert withheld == "What was said is withheld, as it holds a child identifier."


@cache
def sample():
    private = gathering.gather(records.folder(records.SAMPLE))
    return private, scan.Scan(Known(private.cells, private.shown))


NOTEBOOKS = sorted(path.stem for path in paths.NOTEBOOKS.glob("*.ipynb"))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_reports_of_ten_thousand_children_show_none_of_them(name):
    private, looking = sample()
    path = paths.NOTEBOOKS / f"{name}.ipynb"
    looking.notebook(notebook.read(path))
    planted = private.cells["identifier"] | private.cells["postcode"]
    assert len(planted) > 10_000
    # Once more without what is tried here: all that is written, spaces and signs taken out.
    written = re.sub(r"[^0-9A-Z]", "", path.read_text(encoding="utf-8").upper())
    beginnings = {one[:3].upper() for one in planted}
    spelt = {re.sub(r"[^0-9A-Z]", "", one.upper()) for one in planted}
    lengths = {len(one) for one in spelt}
    for found in re.finditer("|".join(sorted(map(re.escape, beginnings))), written):
        at = found.start()
        assert spelt.isdisjoint(written[at : at + length] for length in lengths)


SHOWS = """from IPython.display import display
told = {"text/plain": str(year), "text/markdown": f"## {year}"}
display(told, metadata={"kentlib": {"kind": "heading"}}, raw=True)"""
PARAMETERS = """authority: str = "Kent"  # a
year: int = 2017  # b
extracts: str = "none"  # c
period_end: str = "2017-03-06"  # d"""


def test_a_report_that_leaks_fails_and_is_said_why_and_the_others_are_made(
    tmp_path, write_notebook, write_params, monkeypatch
):
    monkeypatch.setattr(scan, "_gathered", lambda params: pytest.fail("read once more"))
    write(tmp_path / "own")
    write_notebook("good", SHOWS, parameters=PARAMETERS)
    opens = OPEN.replace('Path("own"', f'Path("{tmp_path / "own"}"')
    write_notebook("leaks", SHOWS, opens, "header", parameters=PARAMETERS)
    given = f"extracts: {tmp_path / 'own'}\nauthority: Medway\n"
    asked = [write_params(f"{name}.yaml", given) for name in ("good", "leaks")]
    made = plan.plan(asked, notebooks=tmp_path, out=tmp_path / "out", workers=1)
    lines = []
    assert run.run(made, lines.append) == 1
    latest = tmp_path / "out" / "latest"
    why = 'IdentifierShown in the cell that begins "header": code cell 5 shows a child identifier'
    told = json.loads((latest / "leaks.json").read_text())
    assert told["outcome"] == "failed"
    assert why in told["error"]
    assert why in "\n".join(lines)
    assert {path.name for path in latest.glob("[gl]*.*")} == {
        *("good.html", "good.ipynb", "good.json", "leaks.json", "log.jsonl")
    }
    for path in latest.iterdir():
        assert not any(secret in path.read_text() for secret in SECRETS), path.name


def _no_parent(*_):
    raise warm.Unavailable("there is none here")


def test_a_run_whose_own_pages_would_hold_an_identifier_publishes_nothing(
    tmp_path, write_notebook, write_params, monkeypatch
):
    monkeypatch.setattr(warm, "Parent", _no_parent)
    write(tmp_path / "own")
    (tmp_path / "own" / "header.csv").rename(tmp_path / "own" / f"{ID}.csv")
    write_notebook("good", SHOWS, parameters=PARAMETERS)
    asked = [write_params("good.yaml", f"extracts: {tmp_path / 'own'}\nauthority: Medway\n")]
    made = plan.plan(asked, notebooks=tmp_path, out=tmp_path / "out", workers=1)
    with pytest.raises(run.DataError, match=r"shows a child identifier.*rename that") as failed:
        run.run(made, print)
    assert ID not in str(failed.value)
    assert not list((tmp_path / "out").glob("[!.]*"))


def test_the_warm_parent_leaves_what_it_knows_in_a_file_of_this_user_alone(tmp_path):
    write(tmp_path / "own")
    asked = {"extracts": str(tmp_path / "own"), "authority": "Medway", "period_end": "2017-03-06"}
    parent = warm.Parent()
    parent.wait()
    try:
        with kernel.surroundings():
            os.environ[warm.ADDRESS] = parent.address
            kernel.execute(notebook_of("1"), {}, tmp_path, prepare=asked)
        path = kept.place(parent.folder, kept.key(asked))
        assert path.stat().st_mode & 0o777 == 0o600
        assert kept.load(path).told(ID) == "identifier"
    finally:
        parent.close()
    assert not path.exists()
