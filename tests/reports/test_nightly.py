"""Plan files: what may stand in them, and the reports that they come to."""

import copy
import textwrap

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kentlib import parameters, paths
from kentlib.reports import nightly, plan
from kentlib.reports.wanted import slug

DISTRICTS = "child_id,district\n007,Eastmere\n008,Westmere\n"
TIDES = 'place: str = "Northfold"\nyear: int = 2017\ndistrict: str = "all"'
OWN = """
authority: str = "Kent"
comparator: str = "England"
year: int = 2017
extracts: str = "own"
district: str = "all"
period_end: str = "2017-03-06"
"""
BASIC = "reports: [{notebook: tides}]\n"


@pytest.fixture
def project(tmp_path, monkeypatch, write_notebook):
    """A project of its own: a notebook "tides" that no catalogue knows, and "permanence", which
    is about the extracts in "own" with two districts."""
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    write_notebook("tides", parameters=TIDES)
    write_notebook("permanence", parameters=OWN)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "districts.csv").write_text(DISTRICTS)
    return tmp_path


@pytest.fixture
def planned(project, write_params):
    """The plan that a text asks for."""

    def make(content, **named):
        file = write_params("night.yaml", textwrap.dedent(content))
        return plan.plan([file], notebooks=project, **named)

    return make


@pytest.fixture
def problems(planned):
    """What is wrong with a plan, without the name of its file."""

    def make(content, **named):
        with pytest.raises(plan.PlanError) as caught:
            planned(content, **named)
        told = caught.value.problems
        assert all(one.isprintable() for one in told)
        return [one.partition("/night.yaml: ")[2] or one for one in told]

    return make


def names(made):
    return [job.name for job in made.jobs]


def test_a_plan_says_what_where_and_within_which_limits(planned, project):
    made = planned("""
        out: runs
        workers: 3
        limits: {seconds: 60, megabytes: 512}
        keep: {runs: 2}
        common: {place: Southmere}
        reports:
          - notebook: tides
            parameters: {year: 2018}
    """)
    params = {"place": "Southmere", "year": 2018, "district": "all"}
    assert made == plan.Plan(
        name="night.yaml",
        jobs=(plan.Job(project / "tides.ipynb", params, "tides", "all"),),
        kept=(),
        whole=True,
        out=project / "runs",
        workers=3,
        seconds=60,
        megabytes=512,
        keep_runs=2,
    )


def test_what_a_plan_leaves_out_is_as_usual(planned):
    made = planned(BASIC)
    usual = made.workers >= 1, made.seconds, made.megabytes, made.keep_runs, made.out
    assert usual == (True, 900, 4096, 14, paths.REPORTS)


def test_the_caller_overrides_folder_and_workers(planned, tmp_path):
    made = planned(f"out: runs\nworkers: 3\n{BASIC}", out=tmp_path / "else", workers=5)
    assert (made.out, made.workers) == (tmp_path / "else", 5)


def test_each_value_is_a_report_and_the_whole_authority_has_the_plain_name(planned):
    made = planned("reports: [{notebook: tides, for_each: {district: [all, Thanet, West Bay]}}]")
    assert [(job.name, job.area, job.params["district"]) for job in made.jobs] == [
        ("tides", "all", "all"),
        ("tides.thanet", "Thanet", "Thanet"),
        ("tides.west-bay", "West Bay", "West Bay"),
    ]


def test_two_parameters_give_a_report_for_each_pair(planned):
    made = planned("""
        reports:
          - notebook: tides
            for_each: {year: [2016, 2017], district: [all, Thanet]}
    """)
    assert names(made) == ["tides.2016", "tides.2016.thanet", "tides.2017", "tides.2017.thanet"]


def test_districts_are_found_in_the_extracts(planned):
    made = planned("reports: [{notebook: permanence, for_each: {district: found}}]")
    assert [(job.name, job.area) for job in made.jobs] == [
        ("permanence", "all"),
        ("permanence.eastmere", "Eastmere"),
        ("permanence.westmere", "Westmere"),
    ]


def test_a_district_that_is_new_in_the_extracts_is_found_the_next_night(planned, project):
    content = "reports: [{notebook: permanence, for_each: {district: found}}]"
    assert len(planned(content).jobs) == 3
    (project / "own" / "districts.csv").write_text(f"{DISTRICTS}009,Upmere\n")
    assert names(planned(content))[2] == "permanence.upmere"


def test_without_extracts_only_the_whole_authority_is_found(planned):
    each = "for_each: {district: found}"
    none = f"reports: [{{notebook: permanence, parameters: {{extracts: none}}, {each}}}]"
    assert names(planned(none)) == ["permanence"]
    assert names(planned(f"reports: [{{notebook: tides, {each}}}]")) == ["tides"]


def test_extracts_that_are_not_there_are_the_one_problem_of_finding_districts(problems):
    (told,) = problems("""
        reports:
          - notebook: permanence
            parameters: {extracts: gone}
            for_each: {district: found}
    """)
    assert told.startswith("reports[1] permanence: extracts is 'gone'; there is no such folder")


def test_the_sample_has_districts_for_its_own_authority_alone(planned, monkeypatch, project):
    monkeypatch.setattr("kentlib.records.SAMPLE", "own")
    made = planned("""
        reports:
          - notebook: permanence
            for_each: {authority: [Kent, Medway], district: found}
    """)
    assert [(job.name, job.area) for job in made.jobs] == [
        ("permanence.kent", "Kent"),
        ("permanence.kent.eastmere", "Eastmere"),
        ("permanence.kent.westmere", "Westmere"),
        ("permanence.medway", "Medway"),
    ]


def test_districts_to_be_found_where_the_extracts_name_none_are_an_error(problems, project):
    (project / "own" / "districts.csv").write_text("CHILD,DECOM\n007,2017-01-01\n")
    (told,) = problems("reports: [{notebook: permanence, for_each: {district: found}}]")
    assert told == (
        "reports[1] permanence: district is to be found, but the extracts in own name none: "
        "leave for_each out, or list the districts."
    )


def test_common_values_go_to_each_notebook_that_declares_them_and_its_own_come_first(planned):
    made = planned("""
        common: {year: 2016, place: Southmere, period_end: "2016-12-31"}
        reports:
          - notebook: tides
            parameters: {year: 2018}
          - notebook: permanence
    """)
    tides, permanence = (job.params for job in made.jobs)
    assert tides == {"place": "Southmere", "year": 2018, "district": "all"}
    assert permanence["year"] == 2016
    assert permanence["period_end"] == "2016-12-31"
    assert permanence["comparator"] == "England"


def test_every_problem_is_told_before_anything_runs(problems):
    told = problems("""
        out: own/runs/../../notebooks/runs
        wrokers: 2
        limits: {seconds: 0, megabytes: lots}
        keep: {runs: 1.5}
        common: {perod_end: "2017-03-06", authority: Kint}
        reports:
          - notebook: permanence
            parameters: {year: 1999, comparater: England}
            for_each: {district: [all, Eastmere, Thanet]}
          - notebook: tidse
          - tides
          - {parameters: {}}
          - notebook: tides
            for_each: {year: 2017}
            paramaters: {}
          - notebook: tides
            for_each: {year: [2017, "2018"]}
          - notebook: tides
    """)
    expected = [
        "limits.seconds is 0; it must be from 1 to 86,400.",
        "limits.megabytes is 'lots', text; it must be a whole number.",
        "keep.runs is 1.5, a number; it must be a whole number.",
        "reports[3] is 'tides', text; it must be a mapping.",
        "reports[4] lacks the key notebook.",
        "reports[5].for_each.year is 2017; it must be a list of values, such as [all, Thanet].",
        "reports[5]: paramaters is not one of its keys (did you mean parameters?); they are ",
        "wrokers is not one of its keys (did you mean workers?); they are out, workers, limits, ",
        "reports[1] permanence: comparater is not one of its parameters (did you mean comparator?)",
        "common (for permanence): authority is 'Kint'; of ",
        "reports[1] permanence: year is 1999; it can be ",
        "reports[1] permanence: district is 'Thanet'; it can be 'all', 'Eastmere', 'Westmere'.",
        "reports[2] tidse: there is no such notebook (did you mean tides?); there are permanence, ",
        "reports[6] tides: year is '2018', text; it must be a whole number.",
        "reports[7] tides would be called tides, as reports[5] tides is.",
        "out is 'own/runs/../../notebooks/runs'; notebooks/ holds the project's own files: ",
    ]
    assert len(told) == len(expected)
    for said, begins in zip(told, expected, strict=True):
        assert said.startswith(begins)


def test_a_report_that_cannot_be_read_is_not_held_against_the_common_values(problems):
    told = problems("common: {tide: high}\nreports: [{notebook: tides}, {notebook: 7}]")
    assert told == ["reports[2].notebook is 7, a whole number; it must be text."]


def test_what_a_file_holds_is_left_as_it_is():
    content = {"limits": {"seconds": 0}, "reports": [{"notebook": 7}, {"notebook": "tides"}]}
    before = copy.deepcopy(content)
    file, told = nightly.read(content)
    assert len(told) == 2
    assert file.reports[1].notebook == "tides"
    assert content == before


def test_a_value_wrong_for_each_of_many_reports_is_told_once(problems):
    told = problems("""
        common: {period_end: 2017-03-06}
        reports:
          - notebook: permanence
            for_each: {district: found}
            parameters: {comparator: France}
    """)
    assert len(told) == 2
    assert told[0].startswith("reports[1] permanence: comparator is 'France'; it can be 'England'")
    assert told[1] == (
        "common (for permanence): period_end is 2017-03-06, a date; it must be text: quote it, "
        'as "2017-03-06".'
    )


def test_a_common_name_that_no_notebook_declares_is_told_with_the_nearest(problems):
    (told,) = problems(f"common: {{yaer: 2017, place: Southmere}}\n{BASIC}")
    assert told == (
        "common: yaer is not one of its notebooks’ parameters (did you mean year?); "
        "they are place, year, district."
    )


@pytest.mark.parametrize(
    ("report", "told"),
    [
        (
            "parameters: {year: 2017}, for_each: {year: [2016]}",
            "year is set in parameters and in for_each: leave one out.",
        ),
        ("for_each: {year: found}", "year cannot be found, only district can: list its values."),
        ("for_each: {yaer: [1]}", "yaer is not one of its parameters (did you mean year?)"),
    ],
)
def test_a_name_used_wrongly_in_a_report_is_told(report, told, problems):
    (said,) = problems(f"reports: [{{notebook: tides, {report}}}]")
    assert said.startswith(f"reports[1] tides: {told}")


@pytest.mark.parametrize(
    ("values", "first", "second"),
    [
        ("[St. Ives, St Ives]", "'St. Ives'", "'St Ives'"),
        ("[Thanet, thanet]", "'Thanet'", "'thanet'"),
        ("[../Thanet, Thanet]", "'../Thanet'", "'Thanet'"),
        ("[Thanet, Thanet]", "'Thanet'", "'Thanet'"),
    ],
)
def test_two_reports_of_one_name_are_both_told(values, first, second, problems):
    (told,) = problems(f"reports: [{{notebook: tides, for_each: {{district: {values}}}}}]")
    where = "reports[1] tides for district"
    assert told.startswith(f"{where} {second} would be called tides.")
    assert told.endswith(f", as {where} {first} is.")


@pytest.mark.parametrize(
    "content",
    [
        "reports: []",
        "reports:",
        "reports: tides",
        "reports: {notebook: tides}",
        "reports: [{notebook: 7}]",
        "reports: [{notebook: null}]",
        "reports: [{notebook: ../tides}]",
        'reports: [{notebook: "\\0"}]',
        'reports: [{notebook: ""}]',
        f"limits:\n{BASIC}",
        f"workers: true\n{BASIC}",
        f"workers: 0\n{BASIC}",
        f"workers: -1\n{BASIC}",
        f"limits: {{seconds: 900.0}}\n{BASIC}",
        f"limits: {{megabytes: -4096}}\n{BASIC}",
        f"keep: {{runs: 0}}\n{BASIC}",
        f"common: [authority]\n{BASIC}",
        f"common: {{2017: year}}\n{BASIC}",
        f"2017: year\n{BASIC}",
        f"out: 7\n{BASIC}",
        f"out: ''\n{BASIC}",
        f"out: .\n{BASIC}",
        f"out: ..\n{BASIC}",
        f"out: /\n{BASIC}",
        f'out: "a\\0b"\n{BASIC}',
        f"out: {'a' * 5_000}\n{BASIC}",
        f"out: tides.ipynb\n{BASIC}",
        f"out: data/reports\n{BASIC}",
        "reports: [{notebook: tides, for_each: {district: []}}]",
        "reports: [{notebook: tides, for_each: {district: [[Thanet]]}}]",
        "reports: [{notebook: tides, for_each: {district: Thanet}}]",
        "reports: [{notebook: tides, for_each: [district]}]",
        "reports: [{notebook: tides, parameters: {place: [Thanet]}}]",
    ],
)
def test_what_cannot_be_right_is_one_line(content, problems):
    assert len(problems(content)) == 1


def test_a_plan_of_reports_without_end_is_refused_at_once(problems):
    many = list(range(40))
    each = f"{{year: {many}, place: {many}, district: {many}}}"
    (told,) = problems(f"reports: [{{notebook: tides, for_each: {each}}}]")
    assert told == "for_each asks for 64,000 reports; a plan can have 50,000."


def test_a_plan_is_run_by_itself(project, write_params):
    files = [write_params("night.yaml", BASIC), write_params("tides.yaml", "yaer: 1\n")]
    with pytest.raises(plan.PlanError) as caught:
        plan.plan(files, notebooks=project)
    assert len(caught.value.problems) == 2
    assert "it is a plan: run it without other files." in caught.value.problems[0]
    assert "yaer is not one of its parameters" in caught.value.problems[1]


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("Tonbridge and Malling", "tonbridge-and-malling"),
        ("Ynys Môn", "ynys-mon"),
        ("../../etc/passwd", "etc-passwd"),
        ('"); import os', "import-os"),
        ("C:\\Thanet", "c-thanet"),
        ("nul\0\n", "nul"),
        (2017, "2017"),
        (-1.5, "1-5"),
    ],
)
def test_a_value_is_a_plain_part_of_a_files_name(value, part):
    assert slug(value) == part


@given(st.text(max_size=200) | st.sampled_from(["\ud800", ".", "..", "/", "-", " ", "con"]))
def test_whatever_a_value_is_it_cannot_leave_its_folder(value):
    part = slug(value)
    assert part.strip("-") == part
    assert set(part) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 0 < len(part) < 80


def test_names_of_other_letters_and_long_names_stay_apart():
    assert slug("東京") != slug("大阪")
    assert slug("a" * 300) != slug("a" * 301)
    assert len(slug("a" * 300)) == len(slug("a" * 301)) < 80


PUBLIC = 'place: str = "Northfold"\ndistrict: str = "all"\naudience: str = "internal"'


def test_a_report_for_publication_says_so_in_its_name_however_it_is_asked_for(
    planned, write_notebook
):
    write_notebook("tides", parameters=PUBLIC)
    asked = "reports: [{notebook: tides, for_each: {district: [all, Thanet], audience: %s}}]"
    assert names(planned(asked % "[internal, public]")) == [
        "tides",
        "tides.public",
        "tides.thanet",
        "tides.public.thanet",
    ]
    once = "reports: [{notebook: tides}, {notebook: tides, parameters: {audience: public}}]"
    assert names(planned(once)) == ["tides", "tides.public"]
    common = "common: {audience: public}\nreports: [{notebook: tides}]"
    assert names(planned(common)) == ["tides.public"]


def test_a_plan_is_narrowed_to_notebooks_and_districts(planned):
    content = """
        reports:
          - notebook: permanence
            for_each: {district: found}
          - notebook: tides
    """
    made = planned(content, only=["permanence"], districts=["Eastmere"])
    assert names(made) == ["permanence.eastmere"]
    assert made.kept == ("permanence", "permanence.westmere", "tides")
    assert not made.whole
    assert names(planned(content, districts=["all"])) == ["permanence", "tides"]
    assert names(planned(content, only=["tides", "permanence"])) == names(planned(content))
    assert planned(content, only=["tides"]).kept == tuple(names(planned(content)))[:3]


def test_narrowing_to_what_there_is_not_says_what_there_is(problems):
    content = "reports: [{notebook: permanence, for_each: {district: found}}, {notebook: tides}]"
    assert problems(content, only=["tidse", "tides"], districts=["eastmere"]) == [
        "--only is 'tidse'; it can be 'permanence', 'tides'.",
        "--district is 'eastmere'; it can be 'all', 'Eastmere', 'Westmere'.",
    ]
    assert problems(content, only=["tides"], districts=["Eastmere", "Westmere"]) == [
        "No report of tides is about Eastmere and Westmere."
    ]


def test_the_listing_has_a_line_for_each_report_and_what_tells_it_apart(planned, project):
    content = """
        out: runs
        workers: 2
        reports:
          - notebook: permanence
            for_each: {district: found}
          - notebook: tides
    """
    assert plan.listing(planned(content)) == [
        "permanence           permanence  district: all",
        "permanence.eastmere  permanence  district: Eastmere",
        "permanence.westmere  permanence  district: Westmere",
        "tides                tides",
        f"4 reports, 2 at a time, to {project / 'runs'}",
    ]
    assert plan.listing(planned(content, districts=["Westmere"], workers=1)) == [
        "permanence.westmere  permanence  district: Westmere",
        f"1 report, 1 at a time, to {project / 'runs'}; 3 others stay as before",
    ]


def test_the_bundled_plan_asks_for_every_notebook_and_each_district_of_the_sample():
    made = plan.plan()
    assert made.name == "nightly.yaml"
    assert {job.notebook.stem for job in made.jobs} == set(parameters.NOTEBOOKS)
    districts = parameters.districts({"authority": "Kent", "extracts": "data/sample"})
    for about in ("permanence", "return_interviews"):
        areas = [job.area for job in made.jobs if job.notebook.stem == about]
        assert areas == ["all", *districts]
    assert made.out == paths.REPORTS


def test_the_bundled_plans_whole_authority_is_what_its_params_files_ask_for():
    whole = {job.name: job for job in plan.plan().jobs if job.area == "all"}
    single = plan.plan([paths.PARAMS / f"{name}.yaml" for name in parameters.NOTEBOOKS])
    assert whole == {job.name: job for job in single.jobs}


def test_looking_at_many_reports_reads_each_notebook_and_extract_once(planned, monkeypatch):
    from kentlib.extracts import sheets
    from kentlib.reports import notebook

    read = []
    was_notebook, was_sheet = notebook.read, sheets.read_file
    monkeypatch.setattr(notebook, "read", lambda path: read.append(path.name) or was_notebook(path))
    monkeypatch.setattr(
        sheets, "read_file", lambda path, *rest: read.append(path.name) or was_sheet(path, *rest)
    )
    looked_up, was = [], parameters.districts
    monkeypatch.setattr(parameters, "districts", lambda one: looked_up.append(one) or was(one))
    made = planned("""
        reports:
          - notebook: permanence
            for_each: {district: found, comparator: [England, region], year: [2016, 2017]}
    """)
    assert len(made.jobs) == 12
    assert sorted(read) == ["districts.csv", "permanence.ipynb"]
    # Four times to find the districts, and once to check each of the two.
    assert len(looked_up) == 6


KEYS = "reports notebook parameters for_each common limits keep out workers seconds runs"
KEYS = f"{KEYS} megabytes district extracts authority comparator year place".split()
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.dates()
    | st.binary(max_size=4)
    | st.sampled_from(["tides", "permanence", "found", "all", "Eastmere", "own", "none", "Kent"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=6) | st.integers(), inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
REPORTS = st.lists(
    st.fixed_dictionaries(
        {"notebook": st.sampled_from(["tides", "permanence"]) | VALUES},
        optional={"parameters": VALUES, "for_each": VALUES},
    ),
    max_size=3,
)
PLANS = st.fixed_dictionaries(
    {"reports": REPORTS | VALUES},
    optional=dict.fromkeys(["common", "limits", "keep", "out", "workers", "other"], VALUES),
)


class _AsItStands(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


def only_a_plan_or_its_problems(content, project):
    file = project / "night.yaml"
    file.write_text(content, encoding="utf-8", errors="surrogatepass")
    try:
        made = plan.plan([file], notebooks=project)
    except plan.PlanError as error:
        assert error.problems
        assert all(one.isprintable() for one in error.problems)
    else:
        assert made.jobs
        assert len({job.name for job in made.jobs}) == len(made.jobs)
        assert all(line.isprintable() for line in plan.listing(made))


ONE_PROJECT = settings(
    deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@ONE_PROJECT
@given(content=PLANS)
def test_any_values_give_a_plan_or_its_problems(content, project):
    only_a_plan_or_its_problems(yaml.dump(content, Dumper=_AsItStands), project)


@ONE_PROJECT
@given(content=st.text(st.sampled_from("reports:\n -[]{},&*!?|>%@`'\"#0x1.~\t\0é\ud800\\")))
def test_any_text_gives_a_plan_or_its_problems(content, project):
    only_a_plan_or_its_problems(content, project)
    only_a_plan_or_its_problems(f"{BASIC}{content}", project)
