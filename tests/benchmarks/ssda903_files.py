"""Ten yearly returns of made-up children, as large as asked, the same from the same seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

FIRST, LAST = 2017, 2026
_DAY_ONE = int(np.datetime64("2016-04-01").astype("int64"))
_DAYS = 3652
_ENDS = ["E11", "E12", "E3", "E4A", "E4B", "E13", "E41", "E45", "E46", "E5", "E6", "E8"]
_PLACES = ["U1", "U3", "U4", "U5", "U6", "A4", "A6", "K2", "P1", "R1", "T0"]


def write(folder: Path, *, episodes: int, children: int, seed: int = 1) -> None:
    """Write the returns, a folder a year; `episodes` counts distinct ones."""
    dice = np.random.default_rng(seed)
    every, people = _episodes(dice, episodes, children)
    for year in range(FIRST, LAST + 1):
        first = int(np.datetime64(f"{year - 1}-04-01").astype("int64"))
        last = int(np.datetime64(f"{year}-03-31").astype("int64"))
        where = folder / f"ssda903-{year - 1}-{year % 100:02}"
        where.mkdir(parents=True)
        seen = every.filter((pl.col("start") <= last) & (pl.col("end") >= first))
        _write_episodes(seen, year, last, where)
        here = people.filter(pl.col("id").is_in(seen["id"].unique().implode()))
        _write_people(here, year, where)
        left = seen.filter((pl.col("end") <= last) & pl.col("rec").is_in(["E11", "E12"]))
        _write_adoption(left.unique("id", keep="last", maintain_order=True), people, where)
        _write_missing(dice, seen, people, first, last, where)


def _episodes(
    dice: np.random.Generator, episodes: int, children: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    extra = dice.multinomial(episodes - children, np.full(children, 1 / children))
    child = np.repeat(np.arange(children), extra + 1)
    born_before = dice.integers(1, 15 * 365, children)
    began = _DAY_ONE - 300 + dice.integers(0, _DAYS, children)
    length = dice.exponential(240, len(child)).astype("int64") + 1
    starts_child = np.append(True, child[1:] != child[:-1])
    again = (dice.random(len(child)) < 0.08) & ~starts_child
    gap = np.where(again, dice.integers(20, 400, len(child)), 0)
    step = np.append(0, length[:-1]) + gap
    walked = np.cumsum(step)
    firsts = np.flatnonzero(starts_child)
    start = walked - walked[firsts][child] + began[child]
    end = start + length
    ends_period = np.append(starts_child[1:] | again[1:], True)
    rec = np.where(ends_period, dice.choice(_ENDS, len(child)), "X1")
    opened = starts_child | again
    frame = pl.DataFrame(
        {
            "id": child,
            "start": start,
            "end": end,
            "rne": np.where(opened, "S", dice.choice(["L", "P", "T", "B"], len(child))),
            "ls": dice.choice(["C1", "C2", "V2", "E1", "J1"], len(child)),
            "place": dice.choice(_PLACES, len(child)),
            "provider": dice.choice(["PR1", "PR2", "PR4", "PR5"], len(child)),
            "rec": rec,
            "urn": dice.integers(1_000_000, 1_050_000, len(child)),
            "home": dice.integers(0, 100_000, len(child)),
            "placed": dice.integers(0, 100_000, len(child)),
        }
    )
    people = pl.DataFrame(
        {
            "id": np.arange(children),
            "CHILD": dice.permutation(10_000_000)[:children] + 10_000_000,
            "born": began - born_before,
            "sex": dice.integers(1, 3, children),
            "asylum": dice.random(children) < 0.1,
        }
    )
    told = ("place", "provider", "urn", "placed")  # a change of status alone moves nobody
    same = [pl.when(pl.col("rne") == "L").then(None).otherwise(pl.col(c)).alias(c) for c in told]
    frame = frame.with_columns(same).with_columns(pl.col(told).forward_fill())
    return frame.join(people.select("id", "CHILD", "born"), on="id"), people


def _day(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Int32).cast(pl.Date).dt.strftime("%d/%m/%Y")


def _postcode(column: str) -> pl.Expr:
    number = pl.col(column)
    return pl.format("CT{} {}AB", number // 1000 + 1, number % 10)


def _write_episodes(seen: pl.DataFrame, year: int, last: int, where: Path) -> None:
    ended = pl.col("end") <= last
    rec = pl.col("rec")
    if year < 2019:
        rec = rec.replace({"E45": "E43", "E46": "E44"})
    seen.select(
        "CHILD",
        _day("start").alias("DECOM"),
        pl.col("rne").alias("RNE"),
        pl.col("ls").alias("LS"),
        pl.lit("N1").alias("CIN"),
        pl.col("place").alias("PLACE"),
        pl.col("provider").alias("PLACE_PROVIDER"),
        pl.when(ended).then(_day("end")).alias("DEC"),
        pl.when(ended).then(rec).alias("REC"),
        pl.when(ended & (rec == "X1")).then(pl.lit("CARPL")).alias("REASON_PLACE_CHANGE"),
        _postcode("home").alias("HOME_POST"),
        _postcode("placed").alias("PL_POST"),
        pl.col("urn").alias("URN"),
    ).write_csv(where / "episodes.csv")


def _write_people(here: pl.DataFrame, year: int, where: Path) -> None:
    sex = pl.col("sex").cast(pl.String)
    if year >= 2025:
        sex = sex.replace({"1": "M", "2": "F"})
    told = here.with_columns(_day("born").alias("DOB"), sex.alias("SEX"))
    told.select(
        "CHILD",
        "SEX",
        "DOB",
        pl.lit("WBRI").alias("ETHNIC"),
        pl.format("A{}", pl.col("CHILD")).alias("UPN"),
        pl.lit(None).alias("MOTHER"),
        pl.lit(None).alias("MC_DOB"),
    ).write_csv(where / "header.csv")
    asylum = told.filter(pl.col("asylum"))
    asylum.select("CHILD", "SEX", "DOB", pl.lit(None).alias("DUC")).write_csv(where / "uasc.csv")
    told.filter(pl.col("id") % 10 == 0).select(
        "CHILD",
        "DOB",
        pl.lit("YES").alias("IN_TOUCH"),
        pl.lit("F1").alias("ACTIV"),
        pl.lit("B1").alias("ACCOM"),
    ).write_csv(where / "oc3.csv")


def _write_adoption(left: pl.DataFrame, people: pl.DataFrame, where: Path) -> None:
    told = left.with_columns(_day("born").alias("DOB"), _day("start").alias("DATE_INT"))
    told.select(
        "CHILD",
        "DOB",
        "DATE_INT",
        pl.col("DATE_INT").alias("DATE_MATCH"),
        (pl.col("id") % 2).alias("FOSTER_CARE"),
        pl.lit(2).alias("NB_ADOPTR"),
        pl.lit("MF").alias("SEX_ADOPTR"),
        pl.lit("L0").alias("LS_ADOPTR"),
    ).write_csv(where / "ad1.csv")
    told.select(
        "CHILD",
        "DOB",
        pl.col("DATE_INT").alias("DATE_PLACED"),
        pl.lit(None).alias("DATE_PLACED_CEASED"),
        pl.lit(None).alias("REASON_PLACED_CEASED"),
    ).write_csv(where / "placed.csv")


def _write_missing(
    dice: np.random.Generator,
    seen: pl.DataFrame,
    people: pl.DataFrame,
    first: int,
    last: int,
    where: Path,
) -> None:
    some = seen.filter(pl.Series(dice.random(len(seen)) < 0.05))
    some = some.unique("id", keep="first", maintain_order=True)
    begins = np.clip(some["start"].to_numpy(), first, last)
    some = some.with_columns(pl.Series("from", begins), pl.Series("to", begins + 1))
    some.select(
        "CHILD",
        _day("born").alias("DOB"),
        pl.lit("M").alias("MISSING"),
        _day("from").alias("MIS_START"),
        pl.when(pl.col("to") <= last).then(_day("to")).alias("MIS_END"),
    ).write_csv(where / "missing.csv")
