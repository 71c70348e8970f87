"""Finding in text and tables what extracts hold that nobody may be shown.

Some values tell a person wherever they stand: an identifier of seven figures or of letters and
figures, a unique pupil number, a postcode, a name of two words, eight words of free text. Others
may as well be a count or the day of an inspection: a shorter number, a date, a single name. These
are found

- in a column whose header says what it holds, or right after a word that does ("born", "child id");
- where those in one text are so many that it is no chance, among as many of that kind as there are.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from kentlib.private import columns, spellings
from kentlib.private.spellings import WORD

CHANCE = 1e-6
"""How unlikely it must be that ordinary numbers or dates meet so many of the extracts' own."""

SPARSE = 0.005
"""The least share of ordinary numbers or dates that is taken to be in the extracts by chance."""

NEAR = {"number": 500, "day": 365}
"""How far from a number or a day those are counted that say how many there are thereabouts."""

NAME_WORDS, TEXT_WORDS = 4, 8
"""Words of a name that are looked for in any order; words of free text that are found in a row."""

SHORTEST_TEXT = 4

_HEX = re.compile(r"[0-9A-F]{16,}")
_BIRTH = re.compile(r"(?<![A-Z])(?:D\.?O\.?B|BIRTH|BORN)(?![A-Z])|DATE_?OF_?BIRTH|BIRTHDA")
_BETWEEN = re.compile(r"[0-9]|\b(?:BEFORE|AFTER|SINCE|BETWEEN|FROM|UNTIL|BY)\b")
_NUMBERED = re.compile(
    r"(?:\b(?:ID|IDENTIFIER)|\b(?:CHILD|CLIENT|PERSON|PUPIL|FAMILY)[ _]?"
    r"(?:UNIQUE[ _]?)?(?:ID|IDENTIFIER|NO|NUMBER|REF|REFERENCE))[^\w<>#]{1,6}"
    r"([0-9]{1,6}|[A-Z]{1,4}[ -]?[0-9]{1,6})(?![\w.%])"
)
_WHOLE_NUMBER = re.compile(r"(?<![\w.,£-])[0-9]{5,6}(?![\w%]|[.,][0-9])")
_SERIAL = re.compile(r"(?<![\w.])[1-5][0-9]{4}(?:\.0)?(?![\w.])")


class Known:
    """What may not be shown, in one spelling, and where it is found.

    Parameters
    ----------
    cells
        The values by the name of their kind, as `gathering.Private.cells` has them.
    shown
        Values that may be shown, and are no names.
    """

    def __init__(self, cells: dict[str, Iterable], shown: Iterable[str] = ()) -> None:
        self.codes: dict[str, str] = {}
        self.weak: dict[str, str] = {}
        self.names: set[str] = set()
        self.single_names: set[str] = set()
        self.texts: dict[str, str] = {}
        self.days = frozenset(cells.get("birth", ()))
        ordinary = {" ".join(sorted(spellings.words(one))) for one in shown}
        for name, kind in columns.kinds().items():
            take = {
                "code": self._take_code,
                "postcode": self._take_postcode,
                "name": self._take_name,
                "text": self._take_text,
            }.get(kind.holds)
            for cell in cells.get(name, ()) if take else ():
                take(name, cell, ordinary)
        self._ready()

    def _ready(self) -> None:
        self._heads = {code[:2] for code in self.codes if not code.isdecimal()}
        self._name_words = {word for name in self.names for word in name.split()}
        self._text_lengths = sorted({text.count(" ") + 1 for text in self.texts})
        self._text_starts = {text.split(" ", 1)[0] for text in self.texts}
        self._days = sorted(self.days)
        self._numbers = sorted(int(one) for one in self.weak if one.isdecimal() and len(one) < 7)
        beginnings = (re.match(r"([A-Z]{2,})[0-9]+$", one) for one in self.codes)
        beginnings = sorted({found[1] for found in beginnings if found}, key=len, reverse=True)
        few = beginnings if 0 < len(beginnings) <= 50 else []
        joined = rf"(?:{'|'.join(few)})[ _./-]?[0-9]{{3,}}"
        self._beginning = re.compile(joined) if few else None

    def __len__(self) -> int:
        return sum(map(len, (self.codes, self.weak, self.names, self.texts, self.days)))

    def _take_code(self, kind: str, cell: str, _: set[str]) -> None:
        if "@" in cell:
            self._take_text(kind, cell, _)
            return
        written = spellings.code(re.sub(r"^\s*([0-9]+)\.0+\s*$", r"\1", cell))
        if kind != "identifier" and not spellings.tells(written):
            return  # UN1 stands for no unique pupil number
        for one in {written, spellings.bare(written)}:
            if spellings.tells(one):
                self.codes.setdefault(one, kind)
            elif any(figure.isdigit() for figure in one):
                self.weak.setdefault(one, kind)

    def _take_postcode(self, kind: str, cell: str, _: set[str]) -> None:
        written = spellings.code(cell)
        if re.fullmatch(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}", written):
            self.codes.setdefault(written, kind)

    def _take_name(self, kind: str, cell: str, ordinary: set[str]) -> None:
        words = spellings.words(cell)
        if (
            not words
            or columns.no_names().intersection(words)
            or any(not one.isalpha() for one in words)
        ):
            return
        key = " ".join(sorted(words))
        if key in ordinary:
            return
        if 1 < len(words) <= NAME_WORDS and max(map(len, words)) > 2 and len(key) > 5:
            self.names.add(key)
        elif len(words) == 1 and len(key) > 2:
            self.single_names.add(key)

    def _take_text(self, kind: str, cell: str, _: set[str]) -> None:
        words = spellings.words(cell)
        if SHORTEST_TEXT <= len(words) <= TEXT_WORDS:
            self.texts.setdefault(" ".join(words), kind)
        for start in range(len(words) - TEXT_WORDS + 1):
            self.texts.setdefault(" ".join(words[start : start + TEXT_WORDS]), kind)

    def told(self, text: str) -> str | None:
        """The name of the kind of a thing in a text that tells a person wherever it stands.

        Parameters
        ----------
        text
            Any text, markup and machines' own numbers too.
        """
        text = spellings.level(text)
        pairs = WORD.findall(text)
        return self._code(text, pairs) or self._words(pairs)

    def meant(self, text: str, *, about: str = "") -> str | None:
        """The name of the kind of a thing that the words or the company beside it give away.

        Parameters
        ----------
        text
            As somebody reads it, without markup.
        about
            What says what the text is about, such as the code that made it.
        """
        text = spellings.level(text)
        return self._weak(text) or self._day(text, spellings.level(about))

    def in_column(self, header: str, cells: Sequence[str]) -> str | None:
        """The name of the kind that a column shows, given what its header says it holds."""
        kind = columns.kind(header)
        if kind is None:
            return None
        holds = columns.kinds()[kind].holds
        is_held = {"day": self._is_born, "code": self._is_weak, "name": self._is_single_name}
        if holds in is_held and any(map(is_held[holds], set(cells))):
            return kind
        return None

    def _code(self, text: str, pairs: list[tuple[str, str]]) -> str | None:
        codes, beginning = self.codes, self._beginning
        if not codes:
            return None
        if beginning:
            for found in beginning.findall(text):
                if kind := self._kind(spellings.code(found)):
                    return kind
        figured = [place for place, (word, _) in enumerate(pairs) if not word.isalpha()]
        for word in dict.fromkeys(pairs[place][0] for place in figured):
            if len(word) < 16 or not _HEX.fullmatch(word):
                for one in spellings.alone(word):
                    if kind := self._kind(one):
                        return kind
        for place in figured:
            if self._may_begin(pairs, place, *pairs[place]):
                for one in spellings.joined(pairs, place):
                    if kind := self._kind(one):
                        return kind
        return None

    def _may_begin(self, pairs: list[tuple[str, str]], place: int, word: str, after: str) -> bool:
        """Whether a word with figures may be a code with its neighbours: nearly none is looked at
        more closely."""
        if word[:2] in self._heads or len(word) == 1:
            return True
        if after in ("-", ",") or (after == " " and (len(word) == 3 or word[0] == "0")):
            return True
        before = pairs[place - 1][0] if place else ""
        return before[:2] in self._heads or (len(before) == 1 and before + word[0] in self._heads)

    def _kind(self, written: str) -> str | None:
        return self.codes.get(written) or self.codes.get(spellings.bare(written))

    def _words(self, pairs: list[tuple[str, str]]) -> str | None:
        if not self.names and not self.texts:
            return None
        for place, (word, _) in enumerate(pairs):
            if word in self._name_words and self._is_name(pairs, place):
                return "name"
            if word in self._text_starts:
                for length in self._text_lengths:
                    some = " ".join(one for one, _ in pairs[place : place + length])
                    if some in self.texts:
                        return self.texts[some]
        return None

    def _is_name(self, pairs: list[tuple[str, str]], place: int) -> bool:
        words: list[str] = []
        for word, after in pairs[place : place + NAME_WORDS]:
            if word not in self._name_words:
                return False
            words.append(word)
            if len(words) > 1 and " ".join(sorted(words)) in self.names:
                return True
            if len(after) > 3 or after.strip(" ,.-_'’\t\n"):
                return False
        return False

    def _weak(self, text: str) -> str | None:
        if not self.weak:
            return None
        for found in _NUMBERED.findall(text):
            written = spellings.code(found)
            if kind := self.weak.get(written) or self.weak.get(spellings.bare(written)):
                return kind
        numbers = sorted({int(one) for one in _WHOLE_NUMBER.findall(text)})
        hit = [one for one in numbers if str(one) in self.weak]
        return self.weak[str(hit[0])] if _no_chance(hit, numbers, self._numbers, "number") else None

    def _day(self, text: str, about: str) -> str | None:
        if not self.days:
            return None
        dates, hit = set(), set()
        for start, end, can_be in spellings.days(text):
            dates.add(can_be[0])
            if self.days.isdisjoint(can_be):
                continue
            hit.add(can_be[0])
            if _says_birth(text[max(0, start - 40) : start], text[end : end + 20]):
                return "birth"
        if _no_chance(sorted(hit), sorted(dates), self._days, "day"):
            return "birth"
        named = len(hit) > 2 and len(hit) == len(dates) and _BIRTH.search(about.replace("_", " "))
        return "birth" if named else None

    def _is_weak(self, cell: str) -> bool:
        written = spellings.code(cell)
        return written in self.weak or spellings.bare(written) in self.weak

    def _is_single_name(self, cell: str) -> bool:
        return not self.single_names.isdisjoint(spellings.words(cell))

    def _is_born(self, cell: str) -> bool:
        text = spellings.level(cell)
        if any(not self.days.isdisjoint(can_be) for *_, can_be in spellings.days(text)):
            return True
        found = _SERIAL.fullmatch(text.strip())
        return bool(found) and spellings.serial(found[0][:5]) in self.days


def _says_birth(before: str, after: str) -> bool:
    said = list(_BIRTH.finditer(before))[-1:]
    if said and not _BETWEEN.search(before[said[0].end() :]):
        return True
    follows = _BIRTH.search(after)
    return follows is not None and not _BETWEEN.search(after[: follows.start()])


def _no_chance(hit: list[int], all_of_them: list[int], held: list[int], what: str) -> bool:
    """Whether so many of some numbers are held that ordinary ones would not be.

    How likely that would be is the number of ways to choose them times, for each, the share of
    its neighbourhood that is held.
    """
    if len(hit) < 3:
        return False
    near, ways = NEAR[what], math.comb(len(all_of_them), len(hit))
    likely = math.log(ways)
    for one in hit:
        many = bisect_right(held, one + near) - bisect_left(held, one - near)
        likely += math.log(max(SPARSE, min(1.0, many / (2 * near))))
    return likely < math.log(CHANCE)
