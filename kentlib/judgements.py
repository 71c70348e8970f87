"""Inspection judgements: the profile on the day, the trajectory, the national standing.

Grades stand on Ofsted's four-point scale: 1 outstanding, 2 good, 3 requires improvement to be
good, 4 inadequate. Until autumn 2013 the third grade was "adequate"; Ofsted's own series
recodes it, so `grade_then` says what the report of the day said.
"""

from __future__ import annotations

import pandas as pd

from kentlib import statistics
from kentlib.errors import DataError
from kentlib.show import day
from kentlib.words import listed

GRADES = {1: "outstanding", 2: "good", 3: "requires improvement", 4: "inadequate"}
OLD_SCALE = ("SLAC", "CPI", "TLAC")
"""Frameworks that ended before the third grade became "requires improvement"."""

OVERALL = "overall effectiveness"
BOARD = "safeguarding children board"
HEADLINE = {"SLAC": "safeguarding"}
"""The judgement that stands for an inspection that gave no overall one."""

NEXT = {"SLAC": "SIF", "CPI": "SIF", "TLAC": "SIF", "SIF": "ILACS", "ILACS": "ILACS"}
NAMES = {
    "SLAC": "with an inspection of safeguarding and looked after children",
    "CPI": "with a child protection inspection",
    "TLAC": "with a targeted inspection of looked after children",
    "SIF": "inspected under the single inspection framework",
    "ILACS": "inspected under the present framework, ILACS",
}
"""How a sentence tells which authorities were inspected under a framework."""


STANDING_COLUMNS = {
    "aspect": "Judgement",
    "grade": "Grade",
    "better": "Judged better",
    "same": "Judged the same",
    "worse": "Judged worse",
    "authorities": "Others graded",
}
UNEVEN_COLUMNS = {
    "overall": "Overall grade",
    "authorities": "Authorities",
    "with_lower": "With a lower aspect",
    "share": "Share",
    "low": "interval from",
    "high": "to",
}
"""What the columns of `standing` and of `uneven` are called for the reader."""


def frameworks(judgements: pd.DataFrame, authority: str) -> list[str]:
    """The frameworks an authority was inspected under, in the order of their dates."""
    own = judgements[judgements["authority"] == authority]
    return own.sort_values("published")["framework"].unique().tolist()


def profile(judgements: pd.DataFrame, authority: str, framework: str) -> pd.DataFrame:
    """Every judgement of an authority's first inspection under a framework.

    Parameters
    ----------
    judgements
        The table `national_judgements`.
    authority, framework
        As spelt there.

    Returns
    -------
    One row per judgement in the report's order: `aspect`, `grade` (Ofsted's table), `scale`
    (1 to 4; missing where the aspect was not judged), `published` and `below_overall`
    (worse than the headline judgement).

    Raises
    ------
    DataError
        The authority was not inspected under this framework.
    """
    rows = judgements[
        (judgements["authority"] == authority)
        & (judgements["framework"] == framework)
        & (judgements["number"] == 1)
    ]
    if rows.empty:
        known = ", ".join(frameworks(judgements, authority)) or "none"
        raise DataError(f"{authority} has no inspection under {framework}; it has {known}.")
    headline = _headline(rows, framework)
    below = (rows["scale"] > headline).fillna(False).astype(bool)
    found = rows.assign(below_overall=below)
    return found[["aspect", "grade", "scale", "published", "below_overall"]].reset_index(drop=True)


def profile_finding(found: pd.DataFrame, authority: str, framework: str) -> str:
    """What an authority was judged, in a sentence.

    Parameters
    ----------
    found
        What `profile` returns.
    """
    aspect = HEADLINE.get(framework, OVERALL)
    headline = found[found["aspect"] == aspect].iloc[0]
    told = "overall" if aspect == OVERALL else f"for {aspect}"
    sentence = f"{authority} was judged {_word(headline['scale'], framework)} {told}"
    sentence += f" in the report of {day(headline['published'])}"
    below = found[found["below_overall"]]
    if below.empty:
        return sentence + ("; nothing was judged lower" if len(found) > 1 else "")
    aspects = listed([f"the {a}" if a == BOARD else a for a in below["aspect"]])
    return f"{sentence}; {aspects} {'was' if len(below) == 1 else 'were'} judged lower"


def trajectory(judgements: pd.DataFrame, authority: str) -> pd.DataFrame:
    """The headline judgements of all an authority's inspections, in date order.

    Parameters
    ----------
    judgements
        The table `national_judgements`.

    Returns
    -------
    One row per headline judgement (an inspection of 2009 to 2012 had two: safeguarding and
    looked after children): `published`, `framework`, `inspection`, `aspect`, `scale`,
    `grade_then` (the word on that day's scale) and `old_scale` (the third grade was
    "adequate").
    """
    own = judgements[judgements["authority"] == authority]
    main = own["aspect"].isin([OVERALL, "safeguarding", "looked after children"])
    rows = own[main & own["scale"].notna()].sort_values(["published", "aspect"], kind="stable")
    then = [_word(s, f) for s, f in zip(rows["scale"], rows["framework"], strict=True)]
    rows = rows.assign(grade_then=then, old_scale=rows["framework"].isin(OLD_SCALE))
    columns = ["published", "framework", "inspection", "aspect", "scale", "grade_then", "old_scale"]
    return rows[columns].reset_index(drop=True)


def trajectory_finding(found: pd.DataFrame, authority: str) -> str:
    """Where an authority began and where it stands, in a sentence.

    Parameters
    ----------
    found
        What `trajectory` returns.
    """
    if found.empty:
        return f"No graded inspection of {authority} is on record"
    reports = found.drop_duplicates(["published", "framework"])
    if len(reports) == 1:
        return (
            f"{authority} has one graded inspection in Ofsted's table: {_grades(found, reports, 0)}"
        )
    return (
        f"{authority} went from {_grades(found, reports, 0)} to {_grades(found, reports, -1)}, "
        f"over the {len(reports)} graded inspections in Ofsted's table"
    )


def _grades(found: pd.DataFrame, reports: pd.DataFrame, place: int) -> str:
    """The headline grades of one report: "good in 2017", "good for safeguarding and ..."."""
    report = reports.iloc[place]
    rows = found[
        (found["published"] == report["published"]) & (found["framework"] == report["framework"])
    ]
    words = [
        row.grade_then if row.aspect == OVERALL else f"{row.grade_then} for {row.aspect}"
        for row in rows.sort_values("aspect", ascending=False).itertuples()
    ]
    if len(rows) > 1 and rows["grade_then"].nunique() == 1:
        words = [report["grade_then"]]
    return f"{listed(words)} in {report['published'].year}"


def standing(
    judgements: pd.DataFrame, authority: str, framework: str, *, among: list[str] | None = None
) -> pd.DataFrame:
    """How many other authorities were judged better, the same or worse, aspect by aspect.

    Parameters
    ----------
    judgements
        The table `national_judgements`.
    authority, framework
        The first inspection of each authority under this framework is compared.
    among
        Names of the authorities to compare with; all others when not given.

    Returns
    -------
    One row per aspect that the authority was graded on: `aspect`, `scale`, `grade` and the
    counts of other authorities `better`, `same`, `worse` and `authorities` (their sum: those
    graded on the aspect). With nobody to compare with the counts are 0.
    """
    rows = _first(judgements, framework)
    own = profile(judgements, authority, framework).dropna(subset="scale")
    others = rows[rows["authority"] != authority]
    if among is not None:
        others = others[others["authority"].isin(among)]
    made = own[["aspect", "scale", "grade"]].copy()
    pairs = others.merge(made[["aspect", "scale"]], on="aspect", suffixes=("", "_own"))
    gap = (pairs["scale"] - pairs["scale_own"]).astype("float64")
    sides = pd.DataFrame({"better": gap < 0, "same": gap == 0, "worse": gap > 0})
    counts = sides.groupby(pairs["aspect"]).sum().reindex(made["aspect"], fill_value=0)
    made[list(counts)] = counts.to_numpy("int64")
    return made.assign(authorities=made[list(counts)].sum(axis=1))


def standing_finding(found: pd.DataFrame, authority: str, framework: str) -> str:
    """Where the headline judgement stands among the others', in a sentence.

    Parameters
    ----------
    found
        What `standing` returns.
    """
    row = found[found["aspect"] == HEADLINE.get(framework, OVERALL)]
    if row.empty or row["authorities"].iloc[0] == 0:
        return f"No other authority has a {framework} judgement to set beside {authority}'s"
    row = row.iloc[0]
    on = "" if row["aspect"] == OVERALL else f" for {row['aspect']}"
    others = "authority" if row["authorities"] == 1 else "authorities"
    return (
        f"Of {row['authorities']} other {others} {NAMES[framework]}, {_were(row['better'])} judged "
        f"better than {authority}{on}, {row['same']} the same and {row['worse']} worse"
    )


def standing_sentence(found: pd.DataFrame, authority: str, where: str) -> str:
    """Where an authority's grades stand within a group, in a sentence.

    Parameters
    ----------
    found
        What `standing` returns for the group's members.
    where
        The group's name in a sentence.
    """
    judged = found[found["authorities"] > 0]
    if judged.empty:
        return f"Compared with {where}: no other authority has a judgement under this framework."
    most = judged["authorities"].max()
    ahead = judged.loc[judged["better"] > judged["worse"], "aspect"].tolist()
    behind = judged.loc[judged["worse"] > judged["better"], "aspect"].tolist()
    those = "1 other authority" if most == 1 else f"{most} other authorities"
    those = f"Compared with {where}, {those} with a judgement"
    if len(judged) == 1:
        row = judged.iloc[0]
        return (
            f"{those}: {_were(row['better'])} judged better than {authority}, {row['same']} the "
            f"same and {row['worse']} worse."
        )
    return (
        f"{those}: more were judged worse than {authority} than better on {len(behind)} of "
        f"{len(judged)} judgements"
        + (f", and more were judged better on {listed(ahead)}." if ahead else ".")
    )


def grade_counts(judgements: pd.DataFrame, framework: str) -> pd.DataFrame:
    """How many authorities got each grade, aspect by aspect, at their first inspection.

    Returns one row per aspect and grade, empty grades included: `aspect`, `scale`, `count`.
    """
    rows = _first(judgements, framework)
    rows = rows.dropna(subset="scale")
    every = pd.MultiIndex.from_product(
        [rows["aspect"].unique(), list(GRADES)], names=["aspect", "scale"]
    )
    return (
        rows.groupby(["aspect", "scale"])
        .size()
        .reindex(every, fill_value=0)
        .reset_index(name="count")
    )


def uneven(judgements: pd.DataFrame, framework: str) -> pd.DataFrame:
    """How often an aspect was judged below the overall grade, by overall grade.

    Parameters
    ----------
    judgements
        The table `national_judgements`.
    framework
        First inspections under this framework. The safeguarding children board is left out:
        it was judged as a body of its own.

    Returns
    -------
    One row per overall grade given, and one for all: `overall` ("good", "all"),
    `authorities`, `with_lower` (at least one aspect below overall), `share` (0 to 1) with its
    interval `low`, `high`. Empty where the framework gives no overall grade or no aspects.
    """
    rows = _first(judgements, framework).dropna(subset="scale")
    rows = rows[rows["aspect"] != BOARD]
    overall = rows[rows["aspect"] == OVERALL].set_index("authority")["scale"]
    aspects = rows[rows["aspect"] != OVERALL]
    worst = aspects.groupby("authority")["scale"].max()
    both = pd.DataFrame({"overall": overall, "worst": worst}).dropna()
    lower = both["worst"] > both["overall"]
    parts = [("all", lower)] + [
        (GRADES[grade], lower[both["overall"] == grade])
        for grade in sorted(both["overall"].unique())
    ]
    found = pd.DataFrame(
        [(name, len(part), int(part.sum())) for name, part in parts if len(part)],
        columns=["overall", "authorities", "with_lower"],
    )
    found["share"] = found["with_lower"] / found["authorities"]
    return found.join(statistics.share_interval(found["with_lower"], found["authorities"]))


def uneven_finding(found: pd.DataFrame, own: pd.DataFrame, authority: str) -> str:
    """Whether an aspect below the overall grade was usual, in a sentence.

    Parameters
    ----------
    found
        What `uneven` returns.
    own
        What `profile` returns for the authority.
    """
    overall = own[own["aspect"] == OVERALL]
    if found.empty or overall.empty:
        return (
            f"{authority}'s inspection gave no overall grade with aspects under it, so none could "
            "fall below"
        )
    grade = GRADES[int(overall["scale"].iloc[0])]
    row = found[found["overall"] == grade].iloc[0]
    lower = own.loc[own["below_overall"] & (own["aspect"] != BOARD), "aspect"].tolist()
    those = (
        f"of all {row['authorities']} authorities judged {grade} overall, {authority} among them, "
        f"{row['with_lower']}"
    )
    if lower:
        return (
            f"{authority} had {listed(lower)} below its overall grade; {those} "
            f"({row['share']:.0%}) had an aspect below theirs"
        )
    return (
        f"{authority} had no aspect below its overall grade; {those} ({row['share']:.0%}) had one "
        "below theirs"
    )


def next_inspection(judgements: pd.DataFrame, framework: str) -> pd.DataFrame:
    """The headline grade of each authority's first inspection, and under the framework after.

    After SLAC, CPI and TLAC that is the first SIF inspection; after SIF the first ILACS
    inspection; after the first ILACS inspection the second. An inspection in between, such as a
    re-inspection under the same framework, is passed over.

    Returns
    -------
    One row per authority that had both: `authority`, `scale`, `published`, `next_framework`,
    `next_scale`, `next_published`, `move` (grades up; below 0 is down).
    """
    now = _headlines(judgements, framework, number=1)
    after = NEXT[framework]
    then = _headlines(judgements, after, number=2 if after == framework else 1)
    both = now.merge(then.add_prefix("next_"), left_on="authority", right_on="next_authority")
    both = both[both["next_published"] > both["published"]]
    both = both.assign(next_framework=after, move=both["scale"] - both["next_scale"])
    columns = ["authority", "scale", "published", "next_framework", "next_scale", "next_published"]
    return both[[*columns, "move"]].sort_values("authority", ignore_index=True)


def next_finding(found: pd.DataFrame, authority: str, framework: str) -> str:
    """What happened next to an authority, and to the others with its grade, in a sentence.

    "Adequate" and "requires improvement" are one step of the scale under two names: from one
    to the other counts as having stayed.

    Parameters
    ----------
    found
        What `next_inspection` returns.
    """
    after = NEXT[framework]
    own = found[found["authority"] == authority]
    if own.empty:
        return f"{authority} has no {after} inspection after its first {framework} one on record"
    own = own.iloc[0]
    peers = found[(found["scale"] == own["scale"]) & (found["authority"] != authority)]
    start, end = _word(own["scale"], framework), GRADES[int(own["next_scale"])]
    moved = f"was judged {end} again" if start == end else f"went from {start} to {end}"
    if framework in HEADLINE:
        moved = f"was judged {start} for {HEADLINE[framework]}, then {end} overall"
    sentence = (
        f"{authority} {moved} at its {'second' if after == framework else 'first'} {after} "
        "inspection"
    )
    if peers.empty:
        return f"{sentence}; no other authority started from the same grade"
    up, down = int((peers["move"] > 0).sum()), int((peers["move"] < 0).sum())
    others = "1 other" if len(peers) == 1 else f"{len(peers)} others"
    return (
        f"{sentence}; of {others} that started from {start}, {up} rose, "
        f"{len(peers) - up - down} stayed and {down} fell"
    )


def own_move(found: pd.DataFrame, authority: str) -> tuple[int, int] | tuple[None, None]:
    """An authority's grade then and next, or two Nones when `found` does not have it.

    Parameters
    ----------
    found
        What `next_inspection` returns.
    """
    own = found[found["authority"] == authority]
    if own.empty:
        return None, None
    return int(own["scale"].iloc[0]), int(own["next_scale"].iloc[0])


def transitions(found: pd.DataFrame) -> pd.DataFrame:
    """Counts of authorities by grade then (rows, 1 to 4) and grade next (columns, 1 to 4).

    Parameters
    ----------
    found
        What `next_inspection` returns.
    """
    counts = pd.crosstab(found["scale"].astype("int64"), found["next_scale"].astype("int64"))
    return counts.reindex(index=list(GRADES), columns=list(GRADES), fill_value=0)


def transitions_table(found: pd.DataFrame) -> pd.DataFrame:
    """`transitions` with grades as words and a total, for reading."""
    counts = transitions(found).rename(index=GRADES, columns=GRADES)
    counts["all"] = counts.sum(axis=1)
    return counts.rename_axis("Grade then").rename_axis(None, axis="columns").reset_index()


def _first(judgements: pd.DataFrame, framework: str) -> pd.DataFrame:
    return judgements[(judgements["framework"] == framework) & (judgements["number"] == 1)]


def _headline(rows: pd.DataFrame, framework: str) -> int | None:
    scale = rows.loc[rows["aspect"] == HEADLINE.get(framework, OVERALL), "scale"]
    return scale.iloc[0] if len(scale) else None


def _headlines(judgements: pd.DataFrame, framework: str, *, number: int) -> pd.DataFrame:
    rows = judgements[
        (judgements["framework"] == framework)
        & (judgements["number"] == number)
        & (judgements["aspect"] == HEADLINE.get(framework, OVERALL))
        & judgements["scale"].notna()
    ]
    return rows[["authority", "scale", "published"]]


def _word(scale: int, framework: str) -> str:
    return "adequate" if scale == 3 and framework in OLD_SCALE else GRADES[int(scale)]


def _were(count: int) -> str:
    return f"{count} was" if count == 1 else f"{count} were"
