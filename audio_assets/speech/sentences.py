"""Where a said text may be cut: into sentences with their pauses, or into packs an online voice accepts.

Cuts fall at sentence ends first, then at commas and the like, then at spaces, and only in a word that is longer than
the limit on its own. Nothing but white space between pieces and pieces without a single letter or digit is ever left
out. Pure text in, text out; what is worth saying at all is decided here too, so that every voice agrees.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["PACK_CHARS", "SENTENCE_CHARS", "Piece", "is_speakable", "packed", "plain", "split"]

SENTENCE_CHARS = 240
"""Longest stretch given to a voice at once: some 15 s of speech, short enough to show progress and to try again."""
PACK_CHARS = 100
"""Longest text of one request to the online voice."""

_SENTENCE_END = re.compile(r"""(?<=[.!?…])["'”’»)\]]*\s+|\s*\n\s*""")
_PHRASE_END = re.compile(r"(?<=[,;:])\s+|\s+(?=[–—(-]\s?)|(?<=\))\s+")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch for a voice to say in one breath; `ends_sentence` tells the length of the pause behind it."""

    text: str
    ends_sentence: bool


def plain(text: str) -> str:
    """`text` as every voice can take it: NFC, and no control character but the line feed.

    A NUL would end the text of a C library early, a lone surrogate cannot be encoded: both become spaces.
    """
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(" " if _is_control(char) else char for char in composed).strip()


def is_speakable(text: str) -> bool:
    """True when there is at least one letter or digit to say."""
    return any(char.isalnum() for char in text)


def split(said: str, limit: int = SENTENCE_CHARS) -> tuple[Piece, ...]:
    """The pieces of `said`, none longer than `limit` characters, each with something to say."""
    pieces: list[Piece] = []
    for sentence in _sentences(plain(said)):
        parts = [part for part in _parts(sentence, limit) if is_speakable(part)]
        pieces.extend(Piece(part, ends_sentence=number == len(parts)) for number, part in enumerate(parts, 1))
    return tuple(pieces)


def packed(said: str, limit: int = PACK_CHARS) -> list[str]:
    """`said` in as few packs of at most `limit` characters as whole sentences, then phrases, then words allow."""
    packs: list[str] = []
    for piece in split(said, limit):
        if packs and len(packs[-1]) + 1 + len(piece.text) <= limit:
            packs[-1] = f"{packs[-1]} {piece.text}"
        else:
            packs.append(piece.text)
    return packs


def _is_control(char: str) -> bool:
    return char != "\n" and unicodedata.category(char) in {"Cc", "Cs", "Cn", "Co"}


def _sentences(text: str) -> Iterable[str]:
    """Sentences with their own punctuation; a closing quote stays with the sentence it closes."""
    start = 0
    for end in _SENTENCE_END.finditer(text):
        if sentence := text[start : end.end()].strip():
            yield _SPACE.sub(" ", sentence)
        start = end.end()
    if rest := text[start:].strip():
        yield _SPACE.sub(" ", rest)


def _parts(sentence: str, limit: int) -> list[str]:
    """`sentence` cut at phrase ends, then at spaces, then anywhere, and filled up again to at most `limit`."""
    if len(sentence) <= limit:
        return [sentence]
    words: list[str] = []
    for phrase in _PHRASE_END.split(sentence):
        words.extend([phrase] if len(phrase) <= limit else _hard_cut(phrase, limit))
    return _filled(words, limit)


def _hard_cut(phrase: str, limit: int) -> list[str]:
    """A phrase without a comma: cut at spaces; a word longer than `limit` is cut where it must be."""
    bits = [word[at : at + limit] for word in phrase.split() for at in range(0, len(word), limit)]
    return _filled(bits, limit)


def _filled(bits: list[str], limit: int) -> list[str]:
    lines: list[str] = []
    for bit in bits:
        if lines and len(lines[-1]) + 1 + len(bit) <= limit:
            lines[-1] = f"{lines[-1]} {bit}"
        else:
            lines.append(bit)
    return lines
