"""The records of one night: four notebooks, Kent and its districts, as the nightly run makes them.

One report failed, one shows its last good version, some are unchanged since an earlier run and
one was not asked for. The findings are as long as real ones.
"""

import hashlib

RUN, BEFORE = "20261122T013000Z", "20251103T021500Z"
DISTRICTS = (
    "Ashford",
    "Canterbury",
    "Dartford",
    "Dover",
    "Gravesham",
    "Maidstone",
    "Sevenoaks",
    "Shepway",
    "Swale",
    "Thanet",
    "Tonbridge and Malling",
    "Tunbridge Wells",
)
QUESTIONS = {
    "judgements": "How was the authority judged, and where does that stand nationally?",
    "permanence": "Which children reached a permanent home, by which route, "
    "and how does that compare?",
    "return_interviews": "Were children who went missing offered and given a return interview "
    "in time?",
    "data_quality": "What was received, and what must be mended before the figures can be trusted?",
}
KENT = {
    "judgements": "Kent was judged good overall in the report of 13 June 2017; help and protection "
    "and the safeguarding children board were judged lower",
    "permanence": "The report's 4 placement lines add up to 1,467 of 1,893 children looked after; "
    "it does not say where the other 426 lived",
    "return_interviews": "Of the inspectors' 9 statements on Kent's return interviews, "
    "6 are weaknesses, against 3 of 20 on children going missing",
    "data_quality": "Of 123,810 rows in 24 tables, 102,311 were used; 21,499 were left out "
    "(21,489 of them: a later return tells it)",
}
DISTRICT = {
    "permanence": "In the year ending in 2017, {children} children left {area}'s care: {share}% "
    "to adoption, special guardianship or a child arrangements order; the most common route was "
    "independent living ({other}%)",
    "return_interviews": "{area}: of {children} returns, {other}% led to an interview and between "
    "{share}% and {more}% to one within 72 hours; for {few} nothing is recorded",
}
UNCHANGED = ("judgements", "permanence.ashford", "return_interviews.dover", "permanence.swale")
FAILED, STALE, NOT_ASKED = "return_interviews.gravesham", "permanence.thanet", "data_quality"
WHY = (
    'DataError in the cell that begins "returns = interviews.load(own)": return_interviews.csv: '
    "date_returned is before date_missing in 3 of 572 rows (first: row 14). Are the two columns "
    "swapped?"
)
SAMPLE = {"folder": "data/sample", "files": {"districts_synthetic.csv": "d" * 64}}
TABLE = {
    "name": "areas",
    "title": "Areas of England",
    "source": "The department",
    "url": "https://example.org/areas",
    "retrieved": "2025-11-03",
    "licence": "Open Government Licence v3.0",
    "synthetic": False,
}
FACTS = {
    "run": RUN,
    "plan": "nightly.yaml",
    "outcome": "complete",
    "started": "2026-11-22T01:30:00Z",
    "ended": "2026-11-22T01:30:43Z",
    "workers": 2,
    "kentlib": {"version": "0.1.0", "commit": "b" * 40, "modified": False},
    "python": "3.11.2",
    "platform": "Linux x86_64",
    "packages": {"pandas": "3.0.0", "papermill": "2.7.0"},
    "lock_sha256": "c" * 64,
    "kentlib_sha256": {"kentlib/__init__.py": "e" * 64},
    "inputs": {"data/areas.csv": "1" * 64, "data/areas.yaml": "2" * 64},
    "extracts": [SAMPLE],
    "notebooks": {f"notebooks/{name}.ipynb": name[0] * 64 for name in QUESTIONS},
}


def told(name, area="all", **change):
    """The record of one report that went well."""
    about = name.partition(".")[0]
    number = 31 + 37 * DISTRICTS.index(area) % 191 if area in DISTRICTS else 0
    words = KENT[about] if area == "all" or about not in DISTRICT else DISTRICT[about]
    share = 8 + number % 17
    made = {
        "report": name,
        "area": area,
        "outcome": "finished",
        "question": QUESTIONS[about],
        "finding": words.format(
            area=area, children=number, share=share, more=share + 2, other=share + 21, few=share - 3
        ),
        "notebook": f"notebooks/{about}.ipynb",
        "notebook_sha256": about[0] * 64,
        "parameters": {"authority": "Kent", "year": 2017}
        | ({"extracts": "data/sample", "district": area} if about in DISTRICT else {}),
        "kentlib": FACTS["kentlib"],
        "python": FACTS["python"],
        "platform": FACTS["platform"],
        "packages": FACTS["packages"],
        "lock_sha256": FACTS["lock_sha256"],
        "inputs": FACTS["inputs"],
        "extracts": SAMPLE if about in DISTRICT else None,
        "tables": [TABLE],
        "key": hashlib.sha256(name.encode()).hexdigest(),
        "run": RUN,
        "asked": True,
        "attempts": 1,
        "seconds": 2.5,
        "megabytes": 212,
        "started": "2026-11-22T01:30:01Z",
        "ended": "2026-11-22T01:30:04Z",
        "outputs": {f"{name}.html": "f" * 64, f"{name}.ipynb": "0" * 64},
    }
    return made | change


EARLIER = {"run": BEFORE, "started": "2025-11-03T02:15:01Z", "ended": "2025-11-03T02:15:04Z"}
NO_REPORT = {"outcome": "failed", "finding": "", "error": WHY, "outputs": {}}
OLD_REPORT = EARLIER | {"outcome": "stale", "failed": "2026-11-22T01:30:09Z", "error": WHY}


def records():
    """The records of the night in the plan's order: 28 reports."""
    made = [told(name) for name in QUESTIONS]
    for area in DISTRICTS:
        stem = area.lower().replace(" ", "-")
        made += [told(f"{about}.{stem}", area) for about in DISTRICT]
    for one in made:
        if one["report"] in UNCHANGED:
            one |= EARLIER
        if one["report"] == NOT_ASKED:
            one |= EARLIER | {"asked": False}
        if one["report"] == FAILED:
            one |= NO_REPORT
        if one["report"] == STALE:
            one |= OLD_REPORT
    return made
