"""The yardstick's measures: what the kentlib measures count, as polars says it.

Shares and numbers only: no intervals, no groups too small to show, no words.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from kentlib.histories import ROUTES

EXITS = [route for route in ROUTES if route != "transferred"]
PERMANENT = [
    "adopted",
    "special guardianship",
    "child arrangements",
    "returned home",
    "lived with relatives",
]
MONTH = 30.4375


def year_ending(day: str) -> pl.Expr:
    return pl.col(day).dt.year() + (pl.col(day).dt.month() > 3).cast(pl.Int32)


def run(made: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    periods = made["periods"].filter(~pl.col("short_break")).rename({"decom": "start"})
    years = range(periods["year"].min(), periods["year"].max() + 1)
    first, last = dt.date(years[0] - 1, 4, 1), dt.date(years[-1], 3, 31)
    band = pl.col("age_start").cut([1, 5, 10, 16], left_closed=True).alias("age_band")
    periods = periods.with_columns(band)
    found = {
        "routes": routes(periods),
        "routes by asylum": routes(periods, "unaccompanied"),
        "counts": counts(periods, years),
        "returns": returns(periods, last),
        "incidence": incidence(periods, first, last),
        "incidence by age": by(incidence, periods, "age_band", first, last),
        "incidence by asylum": by(incidence, periods, "unaccompanied", first, last),
        "within": within(periods, last),
    }
    told = steps(made, periods)
    found |= adoption(told, years, last)
    stays_ = stays(made["placements"])
    days = [dt.date(year, 3, 31) for year in years]
    found["in year"] = pl.concat(in_year(stays_, periods, day) for day in days)
    found["long term"] = pl.concat(long_term(stays_, periods, day) for day in days)
    placed = made["placements"].rename({"decom": "start"})
    found["fostering"] = pl.concat(fostering(placed, periods, day) for day in days)
    return found


def by(measure, periods: pl.DataFrame, column: str, *span: dt.date) -> pl.DataFrame:
    parts = periods.partition_by(column, as_dict=True, maintain_order=True)
    return pl.concat(measure(part, *span) for part in parts.values())


def routes(periods: pl.DataFrame, *by: str) -> pl.DataFrame:
    left = periods.filter(pl.col("end").is_not_null(), pl.col("route") != "transferred")
    left = left.with_columns(left=year_ending("end")).sort("child", "end")
    left = left.unique(["child", "left"], keep="last", maintain_order=True)
    return left.group_by(*by, "left", "route").len()


def held(periods: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    open_ = pl.col("end").is_null() | (pl.col("end") > day)
    return periods.filter(pl.col("start") <= day, open_).unique("child", keep="last")


def counts(periods: pl.DataFrame, years: range) -> pl.DataFrame:
    began = periods.filter(~pl.col("left_truncated")).group_by(year_ending("start")).len()
    ended = periods.group_by(year_ending("end")).len()
    at = [held(periods, dt.date(year, 3, 31)).height for year in years]
    made = pl.DataFrame({"start": list(years), "at": at}, schema_overrides={"start": pl.Int32})
    return made.join(began, on="start").join(ended, left_on="start", right_on="end")


def returns(periods: pl.DataFrame, last: dt.date) -> pl.DataFrame:
    following = pl.when(pl.col("child") == pl.col("child").shift(-1)).then(
        pl.col("start").shift(-1)
    )
    left = periods.sort("child", "start").with_columns(back=following)
    left = left.filter(pl.col("end").is_not_null(), pl.col("route") != "transferred")
    made = []
    for months in (6, 12, 24):
        due = pl.col("end").dt.offset_by(f"{months}mo")
        rows = left.filter(due <= last).with_columns(
            again=(pl.col("back") <= due).fill_null(False), young=pl.col("age_end") < 18
        )
        made.append(
            rows.group_by(year_ending("end")).agg(
                pl.len(), pl.sum("again", "young"), months=pl.lit(months)
            )
        )
    return pl.concat(made)


def entries(periods: pl.DataFrame, first: dt.date) -> pl.DataFrame:
    return periods.filter(~pl.col("left_truncated"), pl.col("start") >= first)


def incidence(periods: pl.DataFrame, first: dt.date, last: dt.date) -> pl.DataFrame:
    came = entries(periods, first).with_columns(until=pl.coalesce("end", pl.lit(last)))
    went = pl.col("end").is_not_null() & (pl.col("route") != "transferred")
    came = came.select(
        days=(pl.col("until") - pl.col("start")).dt.total_days(),
        cause=pl.when(went).then("route"),
    )
    ends = [(pl.col("cause") == route).sum().alias(route) for route in EXITS]
    table = (
        came.group_by("days")
        .agg(pl.len(), pl.col("cause").count().alias("went"), *ends)
        .sort("days")
    )
    at_risk = pl.sum("len") - pl.col("len").cum_sum() + pl.col("len")
    table = table.with_columns(at_risk=at_risk)
    going = (1 - pl.col("went") / pl.col("at_risk")).cum_prod()
    table = table.with_columns(before=going.shift(1, fill_value=1.0))
    curves = [(pl.col("before") * pl.col(r) / pl.col("at_risk")).cum_sum().alias(r) for r in EXITS]
    at = pl.DataFrame({"days": [month * MONTH for month in range(37)]})
    table = table.select(pl.col("days").cast(pl.Float64), *curves)
    return at.join_asof(table, on="days")


def within(periods: pl.DataFrame, last: dt.date) -> pl.DataFrame:
    came = periods.filter(~pl.col("left_truncated"))
    made = []
    for months in (12, 24):
        due = pl.col("start").dt.offset_by(f"{months}mo")
        home = (pl.col("end") <= due) & pl.col("route").is_in(PERMANENT)
        rows = came.filter(due <= last).with_columns(home=home.fill_null(False))
        made.append(
            rows.group_by(year_ending("start")).agg(pl.len(), pl.sum("home"), months=pl.lit(months))
        )
    return pl.concat(made)


def steps(made: dict[str, pl.DataFrame], periods: pl.DataFrame) -> pl.DataFrame:
    known = periods.select("child", "period", "start", "end", "left_truncated")
    told = made["adoption"].join(known, on=["child", "period"], how="left")
    told = told.with_columns(start=pl.when(~pl.col("left_truncated")).then("start"))
    p = made["placements"]
    same = (pl.col("child") == pl.col("child").shift(1)) & (pl.col("at") == pl.col("at").shift(1))
    before = pl.col("place").cast(pl.String).shift(1).str.starts_with("U")
    moves = p.with_columns(fostered=pl.when(same & before).then(pl.col("decom").shift(1)))
    moves = moves.filter(pl.col("place").is_in(["A3", "A4", "A5", "A6"])).unique("at", keep="first")
    return told.join(moves.select("at", "fostered"), on="at", how="left")


def adoption(told: pl.DataFrame, years: range, last: dt.date) -> dict[str, pl.DataFrame]:
    gone = told.filter(pl.col("adopted").is_not_null()).with_columns(
        year=year_ending("adopted"),
        a1=(pl.col("moved_in") - pl.col("start")).dt.total_days(),
        a2=(pl.col("date_match") - pl.col("order")).dt.total_days().clip(0),
        a10=(pl.coalesce("fostered", "moved_in") - pl.col("start")).dt.total_days(),
    )
    found = {
        "timeliness": pl.concat(
            gone.filter(pl.col("year").is_between(year - 2, year)).select(
                pl.mean("a1", "a2", "a10"), year=pl.lit(year), children=pl.len()
            )
            for year in years
        )
    }
    due = pl.col("start").dt.offset_by("14mo")
    could = told.filter(due <= last)
    found["waited"] = could.group_by(year_ending("start")).agg(
        pl.len(), soon=(pl.col("moved_in") <= due).sum()
    )
    waiting = []
    for year in years:
        day = dt.date(year, 3, 31)
        wait = told.filter(
            pl.col("decision") <= day,
            pl.col("date_placed_ceased").is_null() | (pl.col("date_placed_ceased") > day),
            pl.col("end").is_null() | (pl.col("end") > day),
            pl.col("moved_in").is_null() | (pl.col("moved_in") > day),
        )
        waiting.append(wait.select(pl.len().alias("waiting")))
    found["waiting"] = pl.concat(waiting)
    found["changed"] = told.group_by(year_ending("date_placed_ceased")).len()
    wait = (pl.col("date_match") - pl.col("decision")).dt.total_days()
    found["to match"] = told.filter(wait >= 0).select(wait.median(), wait.count().alias("n"))
    until = pl.min_horizontal("date_match", "date_placed_ceased", "end", pl.lit(last))
    rows = told.filter(pl.col("decision").is_not_null()).select(
        days=(until - pl.col("decision")).dt.total_days().clip(0),
        matched=(pl.col("date_match") == until).fill_null(False),
    )
    table = rows.group_by("days").agg(pl.len(), pl.sum("matched")).sort("days")
    at_risk = pl.sum("len") - pl.col("len").cum_sum() + pl.col("len")
    found["matched since"] = table.with_columns(
        share=1 - (1 - pl.col("matched") / at_risk).cum_prod()
    )
    return found


def stays(placements: pl.DataFrame) -> pl.DataFrame:
    p = placements.rename({"decom": "start"}).filter(
        ~pl.col("short_break"), pl.col("end").is_null() | (pl.col("end") > pl.col("start"))
    )
    same = (pl.col("at") == pl.col("at").shift(1)).fill_null(False)
    stay = (~pl.col("temporary") | ~same).cum_sum()
    p = p.with_columns(end=pl.col("end").last().over(stay))
    p = p.with_columns(after=same & pl.col("temporary").shift(1)).filter(~pl.col("temporary"))
    alike = (pl.col("place") == pl.col("place").shift(1)) & (
        pl.col("place_provider") == pl.col("place_provider").shift(1)
    )
    place = pl.col("place").cast(pl.String)
    carer = place.is_in(["A3", "A5"]) & place.shift(1).str.starts_with("U")
    carer = carer | (pl.col("same_carer") & ~pl.col("after"))
    joined = (same & ((pl.col("after") & alike) | carer)).fill_null(False)
    p = p.with_columns(stay=(~joined).cum_sum())
    made = p.group_by("stay", maintain_order=True).agg(
        pl.first("child", "period", "at", "start"), pl.last("end"), pl.col("place").last()
    )
    follows = pl.col("at") == pl.col("at").shift(1)
    adoptive = follows & pl.col("place").is_in(["A3", "A4", "A5", "A6"])
    before = pl.when(adoptive).then(pl.col("start").shift(1))
    return made.with_columns(together=pl.coalesce(before, "start"))


def in_year(made: pl.DataFrame, periods: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    begins = dt.date(day.year - 1, 4, 1)
    during = made.filter(pl.col("start") <= day, pl.col("end").is_null() | (pl.col("end") > begins))
    number = during.group_by("child").len()
    here = held(periods, day).join(number, on="child", how="left")
    return here.select(pl.len().alias("held"), many=(pl.col("len") >= 3).sum())


def long_term(made: pl.DataFrame, periods: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    grown = pl.col("born").dt.offset_by("16y") > day
    since = pl.lit(day).dt.offset_by("-30mo")
    here = held(periods, day).filter(grown, pl.col("start") <= since)
    open_ = pl.col("end").is_null() | (pl.col("end") > day)
    now = made.filter(pl.col("start") <= day, open_).unique(["child", "period"], keep="last")
    here = here.join(now.select("child", "period", "together"), on=["child", "period"], how="left")
    settled = pl.col("together") <= pl.lit(day).dt.offset_by("-24mo")
    return here.select(pl.len().alias("long"), settled=settled.sum())


def fostering(placed: pl.DataFrame, periods: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    open_ = pl.col("end").is_null() | (pl.col("end") > day)
    now = placed.filter(pl.col("start") <= day, open_).unique(["child", "period"], keep="last")
    here = held(periods, day).join(now, on=["child", "period"], how="left")
    return here.select(
        pl.len().alias("held"),
        long_term=pl.col("place").is_in(["U1", "U4"]).sum(),
        asylum=pl.col("unaccompanied").sum(),
    )
