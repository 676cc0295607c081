"""What a Vietnamese syllable looks like, and what the letters are called.

Decides whether a written token is a word a Vietnamese voice can say as it stands, and spells the others letter by
letter. It knows the shape of a syllable (onset, rime, tone), not a dictionary: it never guesses what a word means.
"""

import re
import unicodedata
from functools import lru_cache

LATIN = "A-Za-zÀ-ÃÈ-ÊÌÍÒ-ÕÙÚÝà-ãè-êìíò-õùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ"
"""Inside of a character class: the letters of Vietnamese and of ASCII, all that what is said may hold."""

UPPER = "".join(sign for sign in map(chr, range(0x41, 0x1EFA)) if sign.isupper() and re.match(f"[{LATIN}]", sign))
"""Inside of a character class: the capitals of LATIN."""

SMALL_FIGURES = "½¼¾⅓⅔⅕-⅞²³¹⁰⁴-⁹₀-₉"
"""Inside of a character class: the figures that are said as signs; Python counts them among the letters."""

_ONSET_TABLE = "ngh ng nh gh gi kh ch ph th tr qu b c d đ g h k l m n p r s t v x"
_ONSETS = tuple(_ONSET_TABLE.split())
"""The longest first."""
_RIME_TABLE = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu
i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
o oc oi om on ong oong ooc op ot oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăp oăt
oe oem oen oeo oep oet ô ôc ôi ôm ôn ông ôông ôp ôt ơ ơc ơi ơm ơn ơng ơp ơt
u ua uc ui um un ung up ut uân uâng uât uây uê uêch uên uênh uêt uêu uơ uơn uôc uôi uôm uôn uông uôp uôt
uy uya uych uyn uynh uyt uyu uyp uyên uyêt
ư ưa ưc ưi ưm ưn ưng ưp ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
y yn ych ynh yt yêm yên yêng yêt yêu
"""
_RIMES = frozenset(_RIME_TABLE.split())
_BARE = str.maketrans("ăâêôơưđ", "aaeooud")
_BARE_RIMES = frozenset(rime.translate(_BARE) for rime in _RIMES)
_HIGHLAND = re.compile(
    r"(?:[aey](?=[^aeiou]))?(?:ch|dh|gh|kh|ng|nh|ph|th|[bcdđghjklmnprstvy])?[hlmnrbcds]?(?P<rime>[aeiouy].*?)k?"
)
_HIGHLAND_RIME_TABLE = "ah eh ih oh uh ar er ir or ur al el il ol ul ei uai ie ya ing"
_HIGHLAND_RIMES = frozenset(_HIGHLAND_RIME_TABLE.split())
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_STOP_TONES = frozenset("\u0301\u0323")
_FRONT = ("e", "ê", "i", "y")
_FRONT_ONLY = frozenset({"k", "gh", "ngh"})
_BACK_ONLY = frozenset({"c", "ng"})  # "g" also stands before "i": "gì", "gìn"
_LONGEST = 7  # "nghiêng"

_LETTER_NAMES = {
    "a": "a", "ă": "á", "â": "ớ", "b": "bê", "c": "xê", "d": "dê", "đ": "đê", "e": "e", "ê": "ê", "f": "ép", "g": "gờ",
    "h": "hát", "i": "i", "j": "gi", "k": "ca", "l": "lờ", "m": "mờ", "n": "nờ", "o": "o", "ô": "ô", "ơ": "ơ",
    "p": "pê", "q": "quy", "r": "rờ", "s": "ét", "t": "tê", "u": "u", "ư": "ư", "v": "vê", "w": "vê kép", "x": "ích",
    "y": "y", "z": "dét",
}  # fmt: skip
VOWELS = frozenset("aăâeêioôơuưy")


def _untoned(word: str) -> tuple[str, set[str]]:
    marks = unicodedata.normalize("NFD", word)
    tones = {mark for mark in marks if mark in _TONES}
    return unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in _TONES)), tones


def _fits(onset: str, rime: str, rimes: frozenset[str]) -> bool:
    if rime not in rimes:
        return False
    front = rime.startswith(_FRONT)
    return not (onset in _FRONT_ONLY and not front) and not (onset in _BACK_ONLY and front)


@lru_cache(maxsize=16_384)
def is_syllable(word: str, *, toneless: bool = False) -> bool:
    """Whether `word` has the shape of one Vietnamese syllable; `toneless` also lets "cap" and "phuong" pass."""
    if not 0 < len(word) <= _LONGEST:
        return False
    bare, tones = _untoned(word.lower())
    if len(tones) > 1:
        return False
    if bare.endswith(("c", "ch", "p", "t")) and not (toneless and not tones) and not tones & _STOP_TONES:
        return False
    rimes = _BARE_RIMES if toneless else _RIMES
    if bare in rimes or bare == "gi":
        return True
    return any(bare.startswith(onset) and _fits(onset, bare[len(onset) :], rimes) for onset in _ONSETS)


@lru_cache(maxsize=16_384)
def is_highland_syllable(word: str) -> bool:
    """Whether `word` has the shape of a syllable of the Central Highlands as Vietnamese letters write it: Kriêng, Hlơm.

    Two or three consonants may stand before the rime, h, r or l behind a bare vowel, and a stop needs no tone.
    """
    bare, tones = _untoned(word.lower())
    if len(tones) > 1 or (found := _HIGHLAND.fullmatch(without_marks(bare))) is None:
        return False
    return found["rime"] in _BARE_RIMES or found["rime"] in _HIGHLAND_RIMES


def without_marks(word: str) -> str:
    """Letters without their tone and their hook: "ủy" → "uy"; đ stays, for it is another consonant."""
    return "".join(mark for mark in unicodedata.normalize("NFD", word) if not unicodedata.combining(mark))


def is_vowel(letter: str) -> bool:
    """Whether one letter, whatever its tone, is a vowel."""
    return _untoned(letter.lower())[0] in VOWELS


def has_vowel(word: str) -> bool:
    return any(is_vowel(letter) for letter in word)


def letter_name(letter: str) -> str | None:
    """The name of one letter; a toned vowel is named as its bare letter; None for a letter that is not ours."""
    return _LETTER_NAMES.get(letter.lower()) or _LETTER_NAMES.get(_untoned(letter.lower())[0])


def spell(word: str) -> str:
    """`word` letter by letter: "VHHT" → "vê hát hát tê"; a letter without a name stays as it is."""
    return " ".join(letter_name(letter) or letter for letter in word)


def toneless_syllables(word: str) -> list[str] | None:
    """Cut a run-together unaccented name into as few syllables as will do ("thanhhoa" → thanh, hoa), or None."""
    bare = word.lower()
    ends: list[list[str] | None] = [[]] + [None] * len(bare)
    for end in range(1, len(bare) + 1):
        for start in range(max(0, end - _LONGEST), end):
            head = ends[start]
            piece = bare[start:end]
            if head is None or len(piece) == 1 or not is_syllable(piece, toneless=True):
                continue
            if piece.endswith("yt") and not piece.endswith("uyt"):
                continue  # letters of an office, "BYT", that the word list would read
            best = ends[end]
            if best is None or _cost(head, piece) < _cost(best[:-1], best[-1]):
                ends[end] = [*head, piece]
    return ends[-1]


def _cost(head: list[str], last: str) -> tuple[int, int]:
    """The fewest syllables; of as many, those that begin with consonants and are long first: tan hoa, not ta nhoa."""
    pieces = [*head, last]
    return len(pieces), sum(is_vowel(piece[0]) for piece in pieces) * 100 - len(pieces[0])
