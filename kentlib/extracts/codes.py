"""Coded columns: a code, its letter in the list, its words, or all of them in one cell.

"b) Female", "Female", "b" and "B)" are one code; so are "a) E11: Adopted", "E11 - Adopted" and
"E11". A cell is matched to a list that says all three, never to what merely looks alike.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kentlib.extracts.cells import Distinct, Finding, Read, note

_LETTERED = re.compile(r"([a-z]{1,2}[0-9]?)\)\s*(.*)", re.I | re.S)
_CODED = re.compile(r"([A-Za-z0-9]{1,5})\s*(:|\)|-|–|—|$)\s*(.*)", re.S)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9+]+", " ", text.casefold().replace("’", "'").replace("'", "")).strip()


@dataclass
class CodeList:
    """A list of codes.

    Attributes
    ----------
    codes
        The canonical codes, in the list's order. Words or a letter that two of them share name
        neither.
    says
        For each what the list prints: "a) E11: Adopted", "b) Female", "N1 - Abuse".
    also
        Other words for a code, by word.
    """

    codes: list[str]
    says: list[str]
    also: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_letter: dict[str, str | None] = {}
        self.by_word: dict[str, str | None] = {}
        self.mark = ""
        self.seen: dict[str, tuple] = {}
        self.lettered = self.coded = False
        for code, said in zip(self.codes, self.says, strict=True):
            letter, rest = _split_letter(said)
            if letter:
                self.lettered = True
                shared = letter in self.by_letter
                self.by_letter[letter] = None if shared else code
            words = rest
            if match := _CODED.fullmatch(rest):
                named, mark, words = match[1], match[2], match[3]
                if named.casefold() == code.casefold():
                    self.coded = True
                    self.mark = mark if mark in (":", "-") else self.mark
                else:
                    words = rest
            for form in {_plain(words), _plain(rest)} - {""}:
                shared = self.by_word.get(form, code) != code
                self.by_word[form] = None if shared else code
        for word, code in self.also.items():
            self.by_word[_plain(str(word))] = code
        self.by_word.update({_plain(code): code for code in self.codes})

    def match(self, text: str) -> tuple[str | None, str, bool]:
        """The code that a cell means, in which way it says so, and whether it says two.

        The way is "letter", "words", "letter and words" or "" when nothing is matched.

        Examples
        --------
        >>> genders = CodeList(["male", "female"], ["a) Male", "b) Female"])
        >>> [genders.match(text)[:2] for text in ("b) Female", "FEMALE", "b")]
        [('female', 'letter and words'), ('female', 'words'), ('female', 'letter')]
        """
        letter, rest = _split_letter(text)
        lettered = self.by_letter.get(letter) if letter else None
        if letter and not rest:
            return lettered, "letter" if lettered else "", False
        worded = self._words(rest)
        if letter:
            if worded is None and lettered and not self.coded:
                return lettered, "letter and words", False
            differs = lettered is not None and worded is not None and worded != lettered
            return worded, "letter and words" if worded else "", differs
        if worded is not None:
            return worded, "words", False
        alone = self.by_letter.get(text.casefold())
        return alone, "letter" if alone else "", False

    def _words(self, text: str) -> str | None:
        plain = _plain(text)
        if plain in self.by_word:
            return self.by_word[plain]
        if self.coded and (match := _CODED.fullmatch(text)):
            return self.by_word.get(_plain(match[1])) if match[2] else None
        return None

    def other_mark(self, text: str) -> bool:
        """Whether a coded cell is written with another mark than the list: "PR4 - " for "PR4:"."""
        _, rest = _split_letter(text)
        match = _CODED.fullmatch(rest)
        return bool(self.mark and match and match[3] and match[2] not in ("", self.mark))


def _split_letter(text: str) -> tuple[str, str]:
    match = _LETTERED.fullmatch(text)
    return (match[1].casefold(), match[2].strip()) if match else ("", text)


def read(column: pd.Series, book: CodeList, *, known: frozenset[str] = frozenset()) -> Read:
    """Codes as a category, whatever way they are written.

    Parameters
    ----------
    known
        Codes of any list: one of them that is not on this list may be named in a problem. No
        other text ever is, because a misplaced identifier would look the same.
    """
    cells = Distinct(column)
    findings: list[Finding] = []
    matched = np.full(len(cells), -1, dtype="int16")
    ways = np.full(len(cells), "", dtype=object)
    differs = np.zeros(len(cells), dtype=bool)
    marked = np.zeros(len(cells), dtype=bool)
    number = {code: place for place, code in enumerate(book.codes)}
    texts = list(cells.texts)
    for place, text in enumerate(texts):
        if place in cells.other:
            value = cells.other[place]
            whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e6
            text = str(int(value)) if whole else str(value)
            texts[place] = text
        if not text or cells.error[place]:
            continue
        code, ways[place], differs[place], marked[place] = _match(book, text)
        if code is not None:
            matched[place] = number[code]
    cells.written = cells.written & (matched < 0)
    blank = cells.blank & (matched < 0)
    findings += cells.findings()
    bad = (matched < 0) & ~blank & ~cells.error
    rows = cells.rows(bad)
    if len(rows):
        told = np.full(len(cells), "", dtype=object)
        for place in np.flatnonzero(bad):
            told[place] = texts[place] if texts[place] in known else cells.say(place)
        seen = told[cells.codes[rows]]
        findings.append(
            Finding("code-unknown", "not on the code list of this column", rows, seen, _list(book))
        )
    rows = cells.rows(differs)
    if len(rows):
        problem = "the letter and the words are of two codes; the words are believed"
        findings.append(
            Finding("code-two", problem, rows, "a letter and words", _list(book), "note")
        )
    findings += _spellings(cells, ways, marked, book)
    taken = cells.each(matched)
    values = pd.Series(pd.Categorical.from_codes(taken, categories=book.codes))
    return Read(values, cells.each(blank), cells.each(bad | cells.error), findings)


def _match(book: CodeList, text: str) -> tuple[str | None, str, bool, bool]:
    """As `CodeList.match`, with `other_mark`; a text on the list is remembered."""
    if text in book.seen:
        return book.seen[text]
    if len(text) > 500:
        return None, "", False, False
    code, way, differs = book.match(text)
    found = code, way, differs, code is not None and book.other_mark(text)
    if code is not None and len(book.seen) < 1_000:
        book.seen[text] = found
    return found


def _spellings(
    cells: Distinct, ways: np.ndarray, marked: np.ndarray, book: CodeList
) -> Sequence[Finding]:
    """Notes on a column that writes its codes in more than one way, or otherwise than the list."""
    found = []
    used = [way for way in ("letter and words", "words", "letter") if (ways == way).any()]
    if len(used) > 1:
        counts = {way: cells.rows(ways == way) for way in used}
        most = max(used, key=lambda way: len(counts[way]))
        rows = np.sort(np.concatenate([counts[way] for way in used if way != most]))
        problem = f"codes written in {len(used)} ways in one column, read as one"
        found.append(note("codes-mixed", problem, rows, " and ".join(used), f"all as {most}"))
    rows = cells.rows(marked)
    if len(rows):
        problem = "a code parted from its words otherwise than the list does"
        found.append(note("code-spelling", problem, rows, "another mark", f"code{book.mark} words"))
    return found


def _list(book: CodeList) -> str:
    said = "; ".join(book.says)
    return f"one of: {said}" if len(said) <= 200 else f"one of: {', '.join(book.codes)}"
