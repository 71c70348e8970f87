"""What the sample is made of: children, their periods of care, and where they stayed.

Days are ordinals of the calendar (`date.toordinal`), so that all arithmetic is on whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from kentlib.sample.draws import Draws

DISTRICTS = {
    "Ashford": (90, 120),
    "Canterbury": (90, 140),
    "Dartford": (60, 40),
    "Dover": (90, 140),
    "Gravesham": (75, 50),
    "Maidstone": (110, 100),
    "Sevenoaks": (40, 20),
    "Shepway": (90, 200),
    "Swale": (125, 50),
    "Thanet": (140, 100),
    "Tonbridge and Malling": (50, 20),
    "Tunbridge Wells": (45, 20),
}
"""The 12 districts as they were in 2017, with the weight of each among children and among
unaccompanied children (invented)."""

ETHNIC = {"WBRI": 840, "WOTH": 40, "WROM": 12, "MWBC": 18, "MWBA": 10, "MWAS": 8, "MOTH": 22}
ETHNIC |= {"BAFR": 14, "BOTH": 6, "AOTH": 8, "AIND": 5, "OOTH": 10, "NOBT": 7}
ETHNIC_UNACCOMPANIED = {"BAFR": 330, "AOTH": 270, "OOTH": 240, "WOTH": 130, "BOTH": 30}


@dataclass(slots=True, eq=False)
class Stay:
    """One placement. `end` is None while it lasts."""

    start: int
    end: int | None
    place: str
    provider: str
    postcode: str
    urn: str
    change: str = "P"
    reason: str = ""

    @property
    def same_carer(self) -> bool:
        return self.change == "T"


@dataclass(slots=True, eq=False)
class Adoption:
    """The steps to adoption, as far as they went."""

    decision: int
    order: int | None = None
    match: int | None = None
    placed: int | None = None
    place: str = "A6"
    reversed: int | None = None
    reason: str = ""
    early: bool = False
    adopters: tuple[str, str] = ("MF", "L11")

    @property
    def foster_carer(self) -> bool:
        return self.place in ("A3", "A5")


@dataclass(slots=True, eq=False)
class Period:
    """A period of care. `end` and `rec` are None while the child is looked after."""

    start: int
    end: int | None
    rec: str | None
    need: str
    adoption: Adoption | None = None
    stays: list[Stay] = field(default_factory=list)
    statuses: list[tuple[int, str]] = field(default_factory=list)
    line: str = ""
    out_of_area: bool = False
    placements_12_months: int = 0

    def until(self, day: int) -> int:
        """The last day of the period that has been seen by `day`."""
        return day if self.end is None else self.end


@dataclass(slots=True, eq=False)
class Child:
    """A child, in care or not."""

    born: int
    sex: str
    ethnic: str
    unaccompanied: bool
    district: str
    periods: list[Period] = field(default_factory=list)
    disabled: bool = False
    name: str = ""

    def age(self, day: int) -> int:
        """Whole years on a day."""
        return age(self.born, day)


def somebody(born: int, unaccompanied: bool, draws: Draws) -> Child:
    """A child born on a day, with what does not depend on care."""
    if unaccompanied:
        sex, ethnic = draws.pick({"1": 940, "2": 60}), draws.pick(ETHNIC_UNACCOMPANIED)
    else:
        sex, ethnic = draws.pick({"1": 540, "2": 460}), draws.pick(ETHNIC)
    weights = {name: pair[unaccompanied] for name, pair in DISTRICTS.items()}
    disabled = draws.chance(10 if unaccompanied else 110)
    return Child(born, sex, ethnic, unaccompanied, draws.pick(weights), disabled=disabled)


def birthday(born: int, years: int) -> int:
    """The day somebody born on a day turns so many years old (29 February: on 1 March)."""
    day = date.fromordinal(born)
    try:
        return day.replace(year=day.year + years).toordinal()
    except ValueError:
        return date(day.year + years, 3, 1).toordinal()


def age(born: int, day: int) -> int:
    """Whole years of age on a day."""
    then, now = date.fromordinal(born), date.fromordinal(day)
    return now.year - then.year - ((now.month, now.day) < (then.month, then.day))


def postcode(draws: Draws, unlike: str = "") -> str:
    """A postcode that belongs to no place: all begin with ZZ99."""
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    while True:
        made = f"ZZ99 {draws.below(10)}{draws.one(letters)}{draws.one(letters)}"
        if made != unlike:
            return made
