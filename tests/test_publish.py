"""`kentlib publish`: what may be given away of a run, whole, and nothing else."""

import json
import os
import re

import pytest

from kentlib import cli, disclosure, paths, publication, releases
from kentlib.reports import files, manifest, page, plan, publish, record
from kentlib.reports import run as reports_run
from tests.released import RULES, protected, told
from tests.reports import a_night

INTERNAL = publication.notice("internal", "suppress", 5)
PUBLIC = publication.notice("public", "suppress", 5)


def shown(kind, sentence, **more):
    """One output of a notebook, as `kentlib.show` has it."""
    data = {"text/markdown": sentence, "text/plain": sentence}
    metadata = {"kentlib": {"kind": kind, **more}}
    return {"output_type": "display_data", "data": data, "metadata": metadata}


def executed(audience="public", release=None):
    outputs = [shown("notice", PUBLIC if audience == "public" else INTERNAL)]
    outputs += [shown("release", "1 of 5 is withheld.", release=release)] if release else []
    cell = {"cell_type": "code", "source": "", "metadata": {}, "execution_count": 1}
    cells = [cell | {"id": "a", "outputs": outputs}]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


CARRIED = told(protected(12, 3, 9, 9))


class Run:
    """The folder of a run, made of reports as one writes them."""

    def __init__(self, folder):
        self.folder, self.told = folder, []
        folder.mkdir(parents=True)

    def add(self, name="permanence.public", audience="public", release=CARRIED, **change):
        params = {"authority": "Kent", "audience": audience, **change.pop("parameters", {})}
        one = a_night.told(name) | {"parameters": params, "outputs": {}, "published": None}
        one |= change
        contents = {
            f"{name}.ipynb": files.as_json(executed(audience, release)),
            f"{name}.html": LINKED.replace("NAME", name).encode(),
        }
        for file, content in contents.items() if one["outcome"] != "failed" else ():
            (self.folder / file).write_bytes(content)
            one["outputs"][file] = record.sha256(content)
        (self.folder / f"{name}.json").write_bytes(files.as_json(one))
        self.told.append(one)
        whole = manifest.make(a_night.FACTS, self.told)
        (self.folder / "manifest.json").write_bytes(files.as_json(whole))
        return self


LINKED = """<p class="series"><a href="index.html">All reports</a></p>
<h1>NAME</h1><p><a href="https://example.org/">The source</a></p>
<div><dt>Files</dt> <dd><a href="NAME.ipynb">executed notebook</a>, \
<a href="NAME.json">full record</a></dd></div>
"""


@pytest.fixture
def run(tmp_path):
    return Run(tmp_path / "reports" / "20261122T013000Z")


@pytest.fixture
def to(tmp_path):
    return tmp_path / "published" / "2017-03"


def published(run, to):
    """What the command says on its two channels, and its exit status."""
    said = []
    return publish.publish(run.folder, to, said.append), said


def refused(run, to, capsys):
    """The lines with which the command ends."""
    assert cli.main(["publish", str(run.folder), "--to", str(to)]) == 2
    told_ = capsys.readouterr()
    assert not told_.out
    assert "Traceback" not in told_.err
    assert not to.exists()
    assert not to.parent.exists() or not any(one.name[0] == "." for one in to.parent.iterdir())
    return told_.err.splitlines()


def test_a_release_has_the_public_pages_the_tables_words_and_what_later_reports_read(run, to):
    run.add("permanence", "internal", None).add().add("permanence.public.dover", area="Dover")
    run.add("judgements.public", release=None)
    status, said = published(run, to)
    assert status == 0
    assert sorted(path.name for path in to.iterdir()) == [
        "judgements.public.html",
        "permanence-adopted.csv",
        "permanence.public.dover.html",
        "permanence.public.html",
        "read-me.txt",
        "release.json",
    ]
    assert said == [
        f"3 pages and 1 table are in {to}.",
        f"For later reports to mind them, give their plan: published: {to.parent}",
    ]
    csv = (to / "permanence-adopted.csv").read_text()
    rows = ["district,adopted", "Ashford,12", "Dover,c", "Swale,9", "Thanet,c", "all,33"]
    assert csv.splitlines() == rows


def test_a_later_report_reads_what_was_published(run, to, monkeypatch):
    monkeypatch.setattr(paths, "ROOT", to.parents[1])
    published(run.add(), to)
    asked = {"audience": "public", **RULES}
    (found,) = releases.before("published", "permanence", "Kent", **asked)
    assert (found.name, found.rules, found.tables) == ("2017-03", RULES, CARRIED["tables"])


def test_the_read_me_says_what_each_table_is_of_which_days_and_by_which_rules(run, to):
    published(run.add("permanence.public.dover", area="Dover"), to)
    words = (to / "read-me.txt").read_text()
    assert "permanence.public.dover.html: Which children reached a permanent home" in words
    assert "Dover (Kent)" in words
    assert "permanence-adopted.csv: Children adopted. From 1 April 2016 to 31 March 2017." in words
    assert "district: District; adopted: Adopted" in words
    assert "counts of children from 1 to 5 are withheld (c)" in words
    assert "low: Rounds to 0, but is not 0." in words


def test_what_is_given_away_can_be_checked_by_its_sha256(run, to):
    published(run.add(), to)
    content = json.loads((to / "release.json").read_bytes())
    assert releases.seal(content)["sha256"] == content["sha256"]
    held = {path.name for path in to.iterdir()} - {"release.json"}
    assert content["files"] == {name: record.sha256((to / name).read_bytes()) for name in held}
    assert content["run"] == run.folder.name


def test_a_page_given_away_leads_to_no_file_that_stays_behind(run, to):
    published(run.add(), to)
    html = (to / "permanence.public.html").read_text()
    assert re.findall('href="(.*?)"', html) == ["https://example.org/"]
    assert "Files" not in html


def test_the_links_of_a_page_as_it_is_made_are_known():
    html = page.make(executed(), a_night.told("permanence.public"))
    local = re.compile(r'href="(?!https?:|#|data:)')
    assert len(local.findall(html)) == 3
    assert not local.findall(page.alone(html))
    assert len(page.alone(html).split("<dt>")) == len(html.split("<dt>")) - 1


def test_tables_of_two_authorities_have_two_names(run, to):
    medway = told(protected(7, 8), authority="Medway")
    run.add().add("permanence.public.medway", release=medway, parameters={"authority": "Medway"})
    published(run, to)
    assert {path.name for path in to.glob("*.csv")} == {
        "permanence-kent-adopted.csv",
        "permanence-medway-adopted.csv",
    }


CODE = """
import os
from pathlib import Path
from kentlib import once, publication, releases, show
from kentlib.disclosure import Spec
import pandas as pd
show.notice(publication.notice(audience, "suppress", 5))
table = pd.DataFrame({"district": ["Dover", "Swale", "all"], "adopted": [3, 12, 15]})
rules = {"min_cell": 5, "zeros": "shown", "method": "suppress"}
one = Spec(table, ["district"], {"adopted": "adopted"})
made = publication.tables({"adopted": one}, audience=audience, **rules)
if audience == "public":
    told = made.plain({"adopted": ("Children adopted", {})})
    show.release(releases.told("tides", "Kent", told, **rules), made)
    Path("shared.txt").write_text(os.environ[once.FOLDER])
    assert list(Path(os.environ[once.FOLDER]).iterdir())
show.table(made["adopted"], caption="Children adopted")
"""


def test_a_run_with_both_kinds_of_report_is_published_without_the_internal_ones(
    write_notebook, write_params, tmp_path, to
):
    # From a real run: what a notebook carries survives being executed, and the pages are as made.
    write_notebook("tides", CODE, parameters='audience: str = "internal"  # or public')
    asked = "reports: [{notebook: tides, for_each: {audience: [internal, public]}}]\n"
    made = plan.plan([write_params("both.yaml", asked)], notebooks=tmp_path, out=tmp_path / "runs")
    assert reports_run.run(made, lambda _: None) == 0
    # What its kernels shared went with the run.
    assert not os.path.exists((tmp_path / "shared.txt").read_text())
    names = {path.name for path in (tmp_path / "runs" / "latest").glob("*.html")}
    assert names == {"tides.html", "tides.public.html", "index.html"}
    publish.publish(tmp_path / "runs" / "latest", to, lambda _: None)
    names = {"tides.public.html", "tides-adopted.csv", "read-me.txt", "release.json"}
    assert {path.name for path in to.iterdir()} == names
    rows = (to / "tides-adopted.csv").read_text().splitlines()
    assert rows == ["district,adopted", "Dover,c", "Swale,c", "all,15"]
    assert not re.search(r'href="(?!https?:|#|data:)', (to / "tides.public.html").read_text())


# What is refused


def test_a_run_without_a_public_report_has_nothing_to_publish(run, to, capsys):
    (line,) = refused(run.add("permanence", "internal", None), to, capsys)
    assert line.endswith("has no public report: run it with audience: public.")


def test_a_report_that_could_not_tell_of_its_tables_yet_is_made_again_first(run, to, capsys):
    told_ = run.add(release=None).told[0]
    del told_["published"]
    (run.folder / "permanence.public.json").write_bytes(files.as_json(told_))
    (line,) = refused(run, to, capsys)
    assert line.endswith("was made by an earlier kentlib: run again, with --fresh.")


def test_a_manifest_that_is_none_of_ours_is_refused(run, to, capsys):
    (run.folder / "manifest.json").write_text('{"reports": [{"report": 7}, "a"]}')
    assert "manifest" in refused(run, to, capsys)[-1]
    run.add()
    (run.folder / "manifest.json").write_text('{"reports": ["a"]}')
    assert "is not as kentlib wrote it" in refused(run, to, capsys)[-1]


def test_a_folder_that_is_no_run_is_refused(run, to, capsys):
    (line,) = refused(run, to, capsys)
    assert line.endswith("is no complete run: it has no manifest.json to go by.")


def test_each_report_that_failed_or_is_out_of_date_is_a_line(run, to, capsys):
    run.add(outcome="stale").add("permanence.public.dover", outcome="failed").add(
        "data_quality.public"
    )
    lines = refused(run, to, capsys)
    assert [line.split(":")[1] for line in lines] == [
        " permanence.public is out of date",
        " permanence.public.dover could not be made",
    ]


def test_reports_of_one_kind_with_other_tables_or_rules_are_not_published_together(run, to, capsys):
    run.add().add("permanence.public.dover", release=told(protected(12, 3, 9, 9), min_cell=3))
    run.add("permanence.public.swale", release=None)
    lines = refused(run, to, capsys)
    assert len(lines) == 2
    assert "permanence.public and permanence.public.dover were made from other tables" in lines[0]
    assert lines[0].endswith("publish those of one run.")


@pytest.mark.parametrize("file", ["permanence.public.html", "permanence.public.ipynb"])
def test_a_file_that_is_not_as_the_run_wrote_it_is_refused(run, to, capsys, file):
    run.add()
    (run.folder / file).write_bytes((run.folder / file).read_bytes() + b" ")
    assert refused(run, to, capsys) == [f"kentlib: {file} is not as the run wrote it: run again."]
    (run.folder / file).unlink()
    assert refused(run, to, capsys) == [f"kentlib: {file} is not as the run wrote it: run again."]


def test_an_internal_report_whose_record_says_otherwise_is_refused(run, to, capsys):
    run.add("permanence", "internal", None)
    told_ = files.json_object(run.folder / "permanence.json")
    told_["parameters"]["audience"] = "public"
    (run.folder / "permanence.json").write_bytes(files.as_json(told_))
    (line,) = refused(run, to, capsys)
    assert line.endswith("permanence does not say that it was made for publication.")


def test_a_folder_with_something_in_it_is_refused_and_left(run, to, capsys):
    to.mkdir(parents=True)
    published(run.add(), to)  # an empty one is taken
    held = {path: path.read_bytes() for path in to.iterdir()}
    assert cli.main(["publish", str(run.folder), "--to", str(to)]) == 2
    assert "there is something in it: name a new folder" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in to.iterdir()} == held


@pytest.mark.parametrize("place", ["run", "beside", "data", "file", "hidden"])
def test_no_release_is_made_where_it_would_be_lost_or_in_the_way(run, to, capsys, place):
    run.add()
    (run.folder / "a file").write_text("")
    at = {
        "run": run.folder / "given",
        "beside": run.folder.parent / "given",
        "data": paths.DATA / "given",
        "hidden": to.with_name(".given"),
        "file": run.folder / "a file",
    }[place]
    assert cli.main(["publish", str(run.folder), "--to", str(at)]) == 2
    assert capsys.readouterr().err.startswith("kentlib: --to is ")
    assert not at.is_dir()


def test_the_folder_is_there_whole_or_not_at_all(run, to, capsys, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device", "adopted.csv")

    monkeypatch.setattr(disclosure, "to_csv", full)
    (line,) = refused(run.add(), to, capsys)
    assert line == "kentlib: adopted.csv: No space left on device."


# What was published beside it


def test_reports_that_do_not_mind_what_was_published_beside_them_are_refused(run, to, capsys):
    published(run.add(), to.with_name("2017-02"))
    later = Run(run.folder.with_name("20261222T013000Z")).add(release=told(protected(13, 4, 9, 9)))
    (line,) = refused(later, to, capsys)
    assert "permanence.public does not mind 2017-02, which was published before" in line
    assert line.endswith(f"run again with published: {to.parent}")
    sha256 = record.sha256((to.with_name("2017-02") / "release.json").read_bytes())
    known = {"folder": "published", "files": {"2017-02/release.json": sha256}}
    minded = Run(run.folder.with_name("20261223T013000Z"))
    published(minded.add(release=told(protected(13, 4, 9, 9)), published=known), to)
    assert (to / "release.json").is_file()


def test_the_same_tables_again_and_rounded_ones_need_mind_nothing(run, to):
    published(run.add(), to.with_name("2017-02"))
    published(run, to.with_name("again"))
    rounded = [told(protected(n, 3, method="round"), method="round") for n in (12, 21)]
    apart = to.parents[1] / "rounded"
    for number, one in enumerate(rounded):
        other = Run(run.folder.with_name(f"2026122{number}T013000Z")).add(release=one)
        published(other, apart / str(number))


def test_a_release_beside_it_that_is_not_as_it_was_is_named(run, to, capsys):
    published(run.add(), to.with_name("2017-02"))
    (to.with_name("2017-02") / "release.json").write_text("{}")
    (line,) = refused(run, to, capsys)
    assert line.startswith("kentlib: 2017-02/release.json is not as kentlib publish wrote it")
