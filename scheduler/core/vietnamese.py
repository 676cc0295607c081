"""Vietnamese letters: what is found by typing without marks, and in which order names and titles stand.

Order as in Vietnamese dictionaries: word by word; in a word first its letters (a ă â b c d đ e ê …), then its tones
(none, huyền, hỏi, ngã, sắc, nặng). Numbers stand before words and by their size, so "Khu phố 2" comes before "Khu phố
10". Pure; it knows nothing of lists and pages.
"""

import re
import unicodedata
from functools import lru_cache

__all__ = ["SortKey", "fold", "holds", "sort_key"]

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
"""None, huyền, hỏi, ngã, sắc, nặng."""
SortKey = tuple[tuple[tuple[int, int, tuple[int, ...], tuple[int, ...]], ...], str]

_RANK = {letter: rank for rank, letter in enumerate(ALPHABET)}
_TONE = {mark: rank for rank, mark in enumerate(TONES) if mark}
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_LONGEST_NUMBER = 18
"""Digits that are still read as one number; a longer run is read as letters are."""


def fold(text: str) -> str:
    """Small letters without any mark, đ as d, single blanks: what search compares."""
    bare = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    return " ".join(bare.lower().replace("đ", "d").split())


def holds(text: str, typed: str) -> bool:
    """Whether the text has every typed word in it, marks and case left aside; with nothing typed, yes."""
    shadow = fold(text)
    return all(word in shadow for word in fold(typed).split())


@lru_cache(maxsize=8192)
def sort_key(text: str) -> SortKey:
    """What `sorted` compares; equal only for texts that are the same but for their form of Unicode."""
    whole = unicodedata.normalize("NFC", text)
    return tuple(_token(token) for token in _TOKEN.findall(whole.lower())), whole


def _token(token: str) -> tuple[int, int, tuple[int, ...], tuple[int, ...]]:
    if token.isdecimal() and len(token) <= _LONGEST_NUMBER:
        return 0, int(token), (), ()
    letters, tones = [], []
    for char in token:
        letter, tone = _letter(char)
        letters.append(letter)
        if tone:
            tones.append(tone)
    return 1, 0, tuple(letters), tuple(tones)


@lru_cache(maxsize=4096)
def _letter(char: str) -> tuple[int, int]:
    """A letter's place in the alphabet and its tone; strange letters stand after all of ours."""
    parts = unicodedata.normalize("NFD", char)
    tone = next((_TONE[mark] for mark in parts if mark in _TONE), 0)
    bare = unicodedata.normalize("NFC", "".join(mark for mark in parts if mark not in _TONE))
    if bare in _RANK:
        return _RANK[bare], tone
    plain = parts[0]
    return _RANK.get(plain, len(ALPHABET) + ord(plain)), tone
