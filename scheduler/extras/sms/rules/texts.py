"""What an SMS costs and how it reads without diacritics: alphabet, parts, and the letters that make it dear.

3GPP TS 23.038 (the alphabets) and 23.040 (the six bytes that join parts). Any Unicode text has an answer here, lone
surrogates too. It sends nothing, and decides neither who may send nor to whom.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from scheduler.core.model import Sha256

__all__ = [
    "LIMITS",
    "Alphabet",
    "SmsCost",
    "as_sent",
    "cost",
    "named",
    "parts",
    "sms_sha256",
    "tidied",
    "without_diacritics",
]


class Alphabet(StrEnum):
    """How an SMS is written on the air: 7 bits a letter, or 16."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"


_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
"""Written with an escape before them: two places each."""
LIMITS = {Alphabet.GSM7: (160, 153), Alphabet.UCS2: (70, 67)}
"""Places of an SMS that stands alone, and of each part of a longer one."""
_BEYOND_16_BITS = 0xFFFF
_PAIR = re.compile(r"[\ud800-\udbff][\udc00-\udfff]|.", re.DOTALL)
"""One letter as it may not be split; two surrogates that stand side by side are one letter to a telephone."""

_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"“”„«»‘’…–—]+", re.IGNORECASE)
_PLAIN = str.maketrans(
    {
        "Đ": "D",
        "đ": "d",
        "Ð": "D",  # Eth and African D look the same and come from old typefaces
        "ð": "d",
        "Ɖ": "D",
        "ɖ": "d",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "‘": "'",
        "’": "'",
        "‚": "'",
        "–": "-",
        "—": "-",
        "‑": "-",
        "−": "-",
        "…": "...",
        "•": "-",
        "₫": "d",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
    }
)
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff]"
)
_NAMES = {
    "\t": "dấu tab",
    "\u00a0": "dấu cách không ngắt",
    "\u202f": "dấu cách hẹp",
    "\u2009": "dấu cách mỏng",
    "\u0300": "dấu huyền rời",
    "\u0301": "dấu sắc rời",
    "\u0303": "dấu ngã rời",
    "\u0309": "dấu hỏi rời",
    "\u0323": "dấu nặng rời",
}


@dataclass(frozen=True, slots=True)
class SmsCost:
    """What one recipient costs: `places` are septets (GSM-7) or UTF-16 units (UCS-2), `parts` what is paid for."""

    alphabet: Alphabet
    places: int
    parts: int
    room: int
    """Places still free in the last part."""
    culprits: tuple[str, ...]
    """The letters outside GSM-7, once each, in the order they first stand."""


def tidied(text: str) -> str:
    """A text as it is kept: composed letters, one kind of line end, nothing that cannot be seen, no blank edges."""
    return unicodedata.normalize("NFC", _UNSEEN.sub("", _LINE_END.sub("\n", text))).strip()


def cost(text: str) -> SmsCost:
    """Alphabet and parts of exactly this text; an empty one is no part."""
    culprits = tuple(dict.fromkeys(ch for ch in text if ch not in _BASIC and ch not in _EXTENDED))
    alphabet = Alphabet.UCS2 if culprits else Alphabet.GSM7
    sizes = [_places(part, alphabet) for part in _split(text, alphabet)]
    alone, joined = LIMITS[alphabet]
    limit = alone if len(sizes) <= 1 else joined
    return SmsCost(alphabet, sum(sizes), len(sizes), limit - sizes[-1] if sizes else limit, culprits)


def parts(text: str) -> tuple[str, ...]:
    """The text as the telephone gets it, part by part; joined they are the text. No letter is split in two."""
    return tuple(_split(text, cost(text).alphabet))


def _places(text: str, alphabet: Alphabet) -> int:
    if alphabet is Alphabet.GSM7:
        return len(text) + sum(ch in _EXTENDED for ch in text)
    return len(text) + sum(ord(ch) > _BEYOND_16_BITS for ch in text)


def _split(text: str, alphabet: Alphabet) -> Iterator[str]:
    if not text:
        return
    alone, joined = LIMITS[alphabet]
    if _places(text, alphabet) <= alone:
        yield text
        return
    begins, filled = 0, 0
    for letter in _PAIR.finditer(text):
        size = _places(letter[0], alphabet)
        if filled + size > joined:
            yield text[begins : letter.start()]
            begins, filled = letter.start(), 0
        filled += size
    yield text[begins:]


def without_diacritics(text: str) -> str:
    """The text in plain letters: đ → d, marks off Latin letters, typographic marks as on a keyboard.

    Addresses stay as they are, and so do numbers and other scripts (Khmer lives by its marks).
    """
    made, last = [], 0
    for url in _URL.finditer(text):
        made += [_plain(text[last : url.start()]), url[0]]
        last = url.end()
    return "".join([*made, _plain(text[last:])])


def _plain(text: str) -> str:
    kept: list[str] = []
    latin = False
    for ch in unicodedata.normalize("NFD", text.translate(_PLAIN)):
        if unicodedata.category(ch) == "Mn":
            if latin:
                continue
        else:
            latin = ch.isascii() and ch.isalpha()
        kept.append(ch)
    return unicodedata.normalize("NFC", "".join(kept))


def as_sent(text: str, *, plain: bool) -> str:
    """The words that go out: as written, or without diacritics where the officer chose so."""
    return without_diacritics(text) if plain else text


def sms_sha256(body: str) -> Sha256:
    """What an approval speaks of: the sha256 of exactly the words that go out, as UTF-8."""
    return Sha256(hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest())


def named(letter: str) -> str:
    """A letter as people can find it in their text: itself, or what it is called where it cannot be seen."""
    if letter in _NAMES:
        return _NAMES[letter]
    seen = letter.isprintable() and not unicodedata.combining(letter) and not letter.isspace()
    return letter if seen else f"ký tự U+{ord(letter):04X}"
