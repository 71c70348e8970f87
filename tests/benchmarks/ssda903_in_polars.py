"""The yardstick: returns read, checked and made into histories by polars alone.

It asks what `kentlib.extracts.ssda903` and `kentlib.histories` ask of clean files, with no words,
no places and no care for files that are not as they should be.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import yaml

from kentlib.extracts.ssda903_form import SPEC
from kentlib.histories import ROUTES

FAR = dt.date(2200, 1, 1)


def run(folder: Path) -> dict[str, pl.DataFrame]:
    """Every table of the history, and the count of each problem."""
    told = yaml.safe_load(SPEC.read_text(encoding="utf-8"))
    found: dict[str, int] = {}
    tables = {name: read(folder, name, told, found) for name in told["tables"]}
    tables = {name: latest(rows, told["tables"][name], found) for name, rows in tables.items()}
    tables = {name: rows for name, rows in tables.items() if rows is not None}
    check(tables, found)
    return history(tables) | {"problems": pl.DataFrame({"kind": found.keys(), "n": found.values()})}


FILES = {
    "header": "header.csv",
    "episodes": "episodes.csv",
    "uasc": "uasc.csv",
    "oc3": "oc3.csv",
    "ad1": "ad1.csv",
    "placedadoption": "placed.csv",
    "missing": "missing.csv",
}


def read(folder: Path, name: str, told: dict, found: dict[str, int]) -> list[pl.DataFrame]:
    parts = []
    for where in sorted(folder.iterdir()):
        path = where / FILES.get(name, "none")
        if not path.exists():
            continue
        year = 2000 + int(where.name[-2:])
        rows = pl.read_csv(path, infer_schema=False, missing_utf8_is_empty_string=False)
        rows = rows.rename(str.lower).with_row_index("_row", offset=2)
        kinds = told["tables"][name]["columns"]
        typed, bad = [], []
        for column, of in kinds.items():
            text = pl.col(column).str.strip_chars()
            if of["is"] == "date":
                date = text.str.to_date("%d/%m/%Y", strict=False)
                typed.append(date.alias(column))
                bad.append((date.is_null() & text.is_not_null()).sum().alias(f"unread {column}"))
            elif of["is"] == "code":
                listed = told["codes"][of["codes"]]
                here = [
                    code
                    for code, a in listed.items()
                    if a.get("from", 0) <= year <= a.get("to", 9999)
                ]
                code = text.str.to_uppercase()
                bad.append((~code.is_in(here)).sum().alias(f"no code {column}"))
                typed.append(code.cast(pl.Enum(list(listed)), strict=False).alias(column))
            elif of["is"] == "number":
                number = text.cast(pl.Int64, strict=False)
                bad.append((number.is_null() & text.is_not_null()).sum().alias(f"unread {column}"))
                typed.append(number.alias(column))
            else:
                typed.append(text.alias(column))
            if of.get("filled"):
                bad.append(text.is_null().sum().alias(f"blank {column}"))
        counts = rows.select(bad).row(0, named=True)
        for kind, count in counts.items():
            found[kind] = found.get(kind, 0) + count
        rows = rows.select(
            *typed, "_row", pl.lit(year).alias("year"), pl.lit(str(path)).alias("_file")
        )
        rows = rows.filter(*[pl.col(key).is_not_null() for key in told["tables"][name]["key"]])
        if interval := told["tables"][name].get("interval"):
            backward = pl.col(interval[1]) < pl.col(interval[0])
            found[f"backward {name}"] = rows.select(backward.sum()).item()
            rows = rows.filter(~backward.fill_null(False))
        parts.append(rows)
    return parts


def latest(parts: list[pl.DataFrame], told: dict, found: dict[str, int]) -> pl.DataFrame | None:
    if not parts:
        return None
    key = [name for name in told["key"]]
    rows = pl.concat(parts).sort([*key, "year"] if "year" not in key else key, maintain_order=True)
    same = pl.all_horizontal(pl.col(name) == pl.col(name).shift(-1) for name in key).fill_null(
        False
    )
    dated = [
        name
        for name, of in told["columns"].items()
        if of["is"] in ("date", "code") and name not in (*key, "sex", "duc")
    ]
    changed = [
        (same & (pl.col(name) != pl.col(name).shift(-1))).sum().alias(name) for name in dated
    ]
    twice = same & (pl.col("year") == pl.col("year").shift(-1))
    found["twice"] = rows.select(twice.sum()).item()
    found["changed"] = sum(rows.select(changed).row(0)) if changed else 0
    return rows.filter(~same)


def check(tables: dict[str, pl.DataFrame], found: dict[str, int]) -> None:
    header = tables["header"].select("child", pl.col("dob").alias("born"))
    same = pl.col("child") == pl.col("child").shift(-1)
    after = pl.when(same).then(pl.col("decom").shift(-1))
    x1, open_, followed = (
        pl.col("rec") == "X1",
        pl.col("dec").is_null(),
        pl.col("next").is_not_null(),
    )
    reason = pl.col("rec").is_not_null()
    e = tables["episodes"].with_columns(after.alias("next"))
    first = pl.col("child") != pl.col("child").shift(1)
    last_year = e["year"].max()
    began = pl.col("decom") < dt.date(e["year"].min() - 1, 4, 1)
    place = [
        pl.col(c).eq_missing(pl.col(c).shift(1))
        for c in ("place", "place_provider", "urn", "pl_post")
    ]
    begins = first.fill_null(True) | (
        ~x1.shift(1).fill_null(False) & (pl.col("decom") > pl.col("dec").shift(1))
    ).fill_null(False)
    march = pl.date(pl.col("year"), 3, 31)
    asked = {
        "x1-without-end": x1 & open_,
        "reason-without-end": reason & ~x1 & open_,
        "end-without-reason": ~reason & ~open_,
        "open-but-followed": open_ & followed,
        "overlap": pl.col("next") < pl.col("dec"),
        "gap-after-x1": x1 & (pl.col("next") > pl.col("dec")),
        "x1-not-followed": x1 & ~open_ & ~followed,
        "restart-same-day": reason & ~x1 & (pl.col("next") == pl.col("dec")),
        "gone-since": open_ & ~followed & (pl.col("year") < last_year),
        "start-not-s": begins & (pl.col("rne") != "S") & ~(first & began),
        "s-within-period": ~begins & (pl.col("rne") == "S"),
        "moved": ~begins & (pl.col("rne") == "L") & ~pl.all_horizontal(place),
        "after-return": pl.col("decom") > march,
        "ends-after-return": pl.col("dec") > march,
        "before-return": pl.col("dec") < pl.date(pl.col("year") - 1, 4, 1),
    }
    found |= e.select(**{k: v.sum() for k, v in asked.items()}).row(0, named=True)
    aged = e.join(header, on="child", how="left", maintain_order="left")
    grown = pl.col("born").dt.offset_by("18y")
    found |= aged.select(
        unknown=pl.col("born").is_null().sum(),
        unborn=(pl.col("decom") < pl.col("born")).sum(),
        late=(pl.col("decom") >= grown).sum(),
        over=(pl.coalesce("dec", march) > grown).sum(),
    ).row(0, named=True)
    adopted = e.filter(pl.col("rec").is_in(["E11", "E12"]), ~open_)
    found["adopted-twice"] = adopted["child"].is_duplicated().sum()
    found["ad1-not-adopted"] = tables["ad1"].join(adopted, on="child", how="anti").height
    found["adopted-no-ad1"] = adopted.join(tables["ad1"], on="child", how="anti").height
    found["no episode"] = header.join(e, on="child", how="anti").height
    for name, rows in tables.items():
        if name != "header" and "dob" in rows.columns:
            both = rows.join(header, on="child", how="left")
            found[f"born {name}"] = both.select((pl.col("dob") != pl.col("born")).sum()).item()
            found[f"unknown {name}"] = both["born"].null_count()
    uasc = tables["uasc"]
    found["uasc over 18"] = uasc.select(
        (pl.col("dob").dt.offset_by("18y") < pl.date(pl.col("year") - 1, 4, 1)).sum()
    ).item()
    gone = tables["missing"].sort("child", "mis_start")
    found["missing twice"] = gone.select(
        (
            (pl.col("child") == pl.col("child").shift(1))
            & (pl.col("mis_start") < pl.col("mis_end").shift(1))
        ).sum()
    ).item()


def history(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    e = tables["episodes"].sort("child", "decom")
    last_year = e["year"].max()
    same = (pl.col("child") == pl.col("child").shift(1)).fill_null(False)
    x1 = (pl.col("rec") == "X1").fill_null(False)
    goes_on = (
        x1 | pl.col("dec").is_null() | (pl.col("decom").shift(-1) <= pl.col("dec")).fill_null(False)
    )
    e = e.with_columns(begins=~(same & goes_on.shift(1).fill_null(False)))
    following = pl.when(same.shift(-1)).then(pl.col("decom").shift(-1))
    e = e.with_columns(
        at=pl.col("begins").cum_sum(),
        until=pl.min_horizontal("dec", following),
    )
    routes = {code: route for route, codes in ROUTES.items() for code in codes}
    unended = pl.col("dec").is_null() | (pl.col("rec") == "X1").fill_null(False)
    lost = unended & (pl.col("year") < last_year)
    periods = e.group_by("at", maintain_order=True).agg(
        pl.first("child", "decom", "cin", "rne"),
        pl.last("dec", "rec", "year"),
        short_break=pl.col("ls").is_in(["V3", "V4"]).all(),
    )
    march = pl.max_horizontal(pl.date(pl.col("year"), 3, 31), "decom")
    end = pl.when(lost).then(pl.coalesce("dec", march)).when(~unended).then("dec")
    periods = periods.with_columns(end=end, rec=pl.when(~unended).then("rec"))
    periods = periods.with_columns(
        period=numbered(pl.col("child") != pl.col("child").shift(1)),
        route=pl.when(pl.col("end").is_not_null()).then(
            pl.col("rec").cast(pl.String).replace_strict(routes, default="not recorded")
        ),
    )
    header = tables["header"].select("child", "sex", pl.col("dob").alias("born"))
    asylum = tables["uasc"].select("child", "duc", asylum=pl.lit(True))
    periods = periods.join(header, on="child", how="left", maintain_order="left")
    periods = periods.join(asylum, on="child", how="left", maintain_order="left")
    age = [
        ((pl.col(on) - pl.col("born")).dt.total_days() / 365.25).alias(name)
        for on, name in (("decom", "age_start"), ("end", "age_end"))
    ]
    periods = periods.with_columns(
        *age,
        unaccompanied=pl.col("asylum").fill_null(False)
        & (pl.col("decom") < pl.col("duc").fill_null(FAR)),
        left_truncated=(pl.col("period") == 1) & (pl.col("rne") != "S"),
    )
    periods = periods.with_columns(
        route=pl.when((pl.col("rec") == "E8") & (pl.col("age_end") >= 18))
        .then(pl.lit("aged out"))
        .otherwise("route")
    )
    unbroken = (pl.col("until").shift(1) == pl.col("decom")).fill_null(False)
    alike = pl.all_horizontal(
        pl.col(c).eq_missing(pl.col(c).shift(1))
        for c in ("place", "place_provider", "urn", "pl_post")
    )
    kept = pl.col("rne").is_in(["L", "S"])
    ends = periods.select("at", "period", period_end="end")
    e = e.with_columns(
        stay=(pl.col("begins") | ~(unbroken & alike & kept)).cum_sum(),
        spell=(
            pl.col("begins") | ~(unbroken & pl.col("ls").eq_missing(pl.col("ls").shift(1)))
        ).cum_sum(),
    )
    placements = e.group_by("stay", maintain_order=True).agg(
        pl.first("child", "at", "decom", "place", "place_provider"),
        pl.last("until"),
        home_post_known=pl.col("home_post").first().is_not_null(),
        episodes=pl.len(),
        same_carer=pl.col("rne").first().is_in(["T", "U"]),
        temporary=pl.col("place").first().is_in(["T0", "T1", "T2", "T3", "T4"]),
        short_break=pl.col("ls").first().is_in(["V3", "V4"]),
    )
    placements = placements.join(ends, on="at", how="left", maintain_order="left").with_columns(
        placement=numbered(pl.col("at") != pl.col("at").shift(1)),
        end=pl.coalesce("until", "period_end"),
    )
    statuses = e.group_by("spell", maintain_order=True).agg(
        pl.first("child", "at", "decom", "ls"), pl.last("until")
    )
    statuses = statuses.join(ends, on="at", how="left", maintain_order="left").with_columns(
        end=pl.coalesce("until", "period_end")
    )
    return {
        "periods": periods,
        "placements": placements,
        "statuses": statuses,
        "adoption": adoption(e, periods, tables),
        "missing": tables["missing"].sort("child", "mis_start"),
        "leavers": tables["oc3"].select("child", "year", "in_touch", "activ", "accom"),
    }


def numbered(begins: pl.Expr) -> pl.Expr:
    row = pl.int_range(pl.len())
    return row - pl.when(begins.fill_null(True)).then(row).forward_fill() + 1


def adoption(
    e: pl.DataFrame, periods: pl.DataFrame, tables: dict[str, pl.DataFrame]
) -> pl.DataFrame:
    starts = periods.select("child", "at", pl.col("decom").alias("start")).sort("start")
    plans = tables["placedadoption"].sort("date_placed")
    plans = plans.join_asof(
        starts, left_on="date_placed", right_on="start", by="child", check_sortedness=False
    )
    plans = plans.group_by("at").agg(
        pl.last("date_placed", "date_placed_ceased", "reason_placed_ceased"),
        reversals=pl.col("date_placed_ceased").count(),
    )
    matches = tables["ad1"].sort("date_match")
    matches = matches.join_asof(
        starts, left_on="date_match", right_on="start", by="child", check_sortedness=False
    )
    matches = matches.select("at", "date_match", "date_int", "foster_care").unique(
        "at", keep="last"
    )
    orders = e.filter(pl.col("ls").is_in(["E1", "D1"])).group_by("at").agg(order=pl.min("decom"))
    moved = e.filter(pl.col("place").is_in(["A3", "A4", "A5", "A6"]))
    moved = moved.group_by("at").agg(moved_in=pl.min("decom"))
    rows = periods.select(
        "child",
        "period",
        "at",
        adopted=pl.when(pl.col("route") == "adopted").then("end"),
    )
    for other in (plans, matches, orders, moved):
        rows = rows.join(other, on="at", how="left", maintain_order="left")
    steps = ("date_placed", "order", "date_match", "moved_in", "adopted")
    rows = rows.with_columns(decision=pl.coalesce("date_placed", "date_int"))
    return rows.filter(pl.any_horizontal(pl.col(step).is_not_null() for step in steps))
