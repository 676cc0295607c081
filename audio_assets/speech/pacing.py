"""Paced reading: a said text in phrases short enough for a horn, with a pause behind each, slower where numbers are.

Decides where a reader would breathe. A telephone, identity or document number stands alone between pauses, since
people write it down; a phrase with a date, a time or an amount is read slower as a whole, because a voice that changes
its pace in the middle of a phrase sounds broken. It never changes, drops or moves a word.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from audio_assets.speech.sentences import is_speakable, plain, split
from scheduler.core.delivery import Pace

if TYPE_CHECKING:
    from audio_assets.speech.normalise import Said

__all__ = ["NOTED", "SLOWED", "Say", "paced"]

NOTED = frozenset(
    {"phone", "short_number", "named_number", "dialled_code", "document", "code", "coordinate", "plate", "email", "url"}
)
"""Rules whose words people write down: read alone, slowly."""
SLOWED = frozenset(
    {
        "date", "date_range", "month", "quarter", "weekday", "clock", "clock_range", "round_clock", "money", "quantity",
        "rate", "number", "fraction", "ratio", "height", "citation", "minutes", "thousand", "tons_or_years", "sequence",
    }
)  # fmt: skip
"""Rules whose whole phrase is read slower."""

LONGEST_PHRASE = 14
"""Syllables that are said in one breath; a longer phrase is cut before a connecting word, if it has one."""
SHORTEST_PHRASE = 4
"""Syllables that are worth a pause behind them."""
MOST_OF_A_BREATH = 24
"""Syllables of at most 8 seconds in the slowest voice: a phrase that is longer is cut wherever it hurts least."""
_CONNECTING = frozenset({"để", "nhằm", "tại", "vào", "theo", "khi", "nếu", "nhưng", "hoặc", "và", "vì"})
_LIGHTLY_CONNECTING = frozenset(
    [
        "của",
        "cho",
        "với",
        "từ",
        "đến",
        "các",
        "những",
        "ở",
        "bằng",
        "do",
        "là",
        "thuộc",
        "gồm",
        "trong",
        "trên",
        "không",
        "được",
    ],
)
"""Words before which a phrase is cut that has no better place."""
_ADDRESS = re.compile(r"(?<!\w)(?:số|đường|phố|ngõ|ngách|hẻm|kiệt|thôn|khu phố|tổ dân phố|tổ)(?!\w)", re.IGNORECASE)
_BOUND = frozenset(
    {
        "hiện", "tồn", "ngay", "trước", "sau", "trong", "mỗi", "đôi", "có", "đi", "ra", "đưa", "dựa", "căn", "tham",
        "gia", "tiếp", "kèm", "làm", "tuân", "bởi", "cũng", "thì", "số",
    }
)  # fmt: skip
"""Words that make one with the connecting word behind them ("hiện tại", "trước khi", "đi vào")."""
_BOUND_AFTER = frozenset({"dõi", "đó", "nào", "vậy", "thế", "sao", "chỗ"})
"""Words that make one with the connecting word before them ("theo dõi", "vì vậy", "khi nào", "tại chỗ")."""
_WORD = re.compile(r"\S+")
_SENTENCE, _CLAUSE, _PHRASE = ".!?…", ":;", ","
_CONNECTING_SHARE, _CLAUSE_SHARE = 0.5, 0.7


@dataclass(frozen=True, slots=True)
class Say:
    """A stretch that a voice says at once; `speed` is a share of the station's reading speed."""

    text: str
    speed: float = 1.0
    pause_after_ms: int = 0


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    noted: int = -1
    """Which change of the text it belongs to, of those that are written down; -1 = none."""
    slow: bool = False


@dataclass(frozen=True, slots=True)
class _Phrase:
    words: tuple[_Word, ...]
    stop: str
    """What ends it: sentence, clause, phrase, number, connecting."""

    @property
    def is_noted(self) -> bool:
        return any(word.noted >= 0 for word in self.words)

    @property
    def is_slow(self) -> bool:
        return self.is_noted or any(word.slow for word in self.words)

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


def paced(said: "Said", pace: Pace) -> tuple[Say, ...]:
    """The phrases of a said text with their speeds and pauses; all its words, in their order."""
    phrases = _joined_up(_phrases(_words(said)))
    parts: list[Say] = []
    for phrase in (shorter for one in _to_be_written_down(phrases) for shorter in _breathing(one)):
        pause = _pause(phrase.stop, pace)
        speed = pace.number_speed if phrase.is_slow else pace.speed
        pieces = split(plain(_ended(phrase)))
        parts += [Say(piece.text, speed, pause) for piece in pieces if is_speakable(piece.text)]
    return tuple(parts)


def _words(said: "Said") -> list[_Word]:
    """The words of what is said, each with what the reading rules knew of it."""
    owner, slow = [-1] * len(said.text), bytearray(len(said.text))
    for at, change in enumerate(said.changes):
        span = slice(change.said_start, change.said_end)
        if change.rule in NOTED:
            owner[span] = [at] * len(owner[span])
        elif change.rule in SLOWED:
            slow[span] = b"\x01" * len(slow[span])
    found = _WORD.finditer(said.text)
    words = [_Word(word.group(), owner[word.start()], bool(slow[word.start()])) for word in found]
    for at in range(1, len(words)):  # "số" belongs to the number it announces
        if words[at].noted >= 0 and words[at - 1].noted < 0 and words[at - 1].text.lower() == "số":
            words[at - 1] = replace(words[at - 1], noted=words[at].noted)
    return words


def _phrases(words: Iterable[_Word]) -> Iterator[_Phrase]:
    """Cut behind stops and around numbers that are written down; a comma inside such a number is not a stop."""
    held: list[_Word] = []
    for word in words:
        if held and word.noted != held[-1].noted:
            stop = _stop_of(held[-1].text)
            yield _Phrase(tuple(held), stop or "number")
            held = []
        elif held and (stop := _stop_of(held[-1].text)) and (held[-1].noted < 0 or stop == "sentence"):
            yield _Phrase(tuple(held), stop)
            held = []
        held.append(word)
    if held:
        yield _Phrase(tuple(held), "sentence")


def _stop_of(word: str) -> str:
    last = word.rstrip("\"'”’»)]")[-1:]
    if not last:
        return ""
    return "sentence" if last in _SENTENCE else "clause" if last in _CLAUSE else "phrase" if last in _PHRASE else ""


def _joined_up(phrases: Iterable[_Phrase]) -> list[_Phrase]:
    """A few syllables are not worth a pause: they go with what follows, at a sentence's end with what came before."""
    done: list[_Phrase] = []
    for phrase in phrases:
        if done and _wants_company(done[-1], phrase):
            done[-1] = _Phrase((*done[-1].words, *phrase.words), phrase.stop)
        else:
            done.append(phrase)
    return done


def _to_be_written_down(phrases: list[_Phrase]) -> Iterator[_Phrase]:
    """Addresses that follow one another are parted as sentences' parts are: people write each of them down."""
    listed = [phrase.is_slow and _ADDRESS.search(phrase.text) is not None for phrase in phrases]
    for at, phrase in enumerate(phrases):
        is_in_list = listed[at] and (listed[at - 1 : at] == [True] or listed[at + 1 : at + 2] == [True])
        yield replace(phrase, stop="clause") if is_in_list and phrase.stop == "phrase" else phrase


def _wants_company(before: _Phrase, after: _Phrase) -> bool:
    if before.stop in {"sentence", "clause"}:
        return False
    if before.is_noted and after.is_noted:
        return False
    if before.is_noted or after.is_noted:  # a word or two beside a number are said with it
        words = after.words if before.is_noted else before.words
        return len(words) <= 1
    return len(before.words) < SHORTEST_PHRASE or (len(after.words) < SHORTEST_PHRASE and after.stop == "sentence")


def _breathing(phrase: _Phrase) -> Iterator[_Phrase]:
    """A long phrase cut before the connecting word nearest to its middle, and again while it is too long."""
    at = _breath(phrase.words) if len(phrase.words) > LONGEST_PHRASE and not phrase.is_noted else None
    if at is None and len(phrase.words) > MOST_OF_A_BREATH:
        at = _last_resort(phrase.words)
    if at is None:
        yield phrase
        return
    yield from _breathing(_Phrase(phrase.words[:at], "connecting"))
    yield from _breathing(replace(phrase, words=phrase.words[at:]))


def _last_resort(words: tuple[_Word, ...]) -> int:
    """Where a phrase that nobody can say in one breath is cut: at a comma, else not inside a name or a number."""

    def hurt(at: int) -> tuple[int, int]:
        before, after = words[at - 1], words[at]
        if _stop_of(before.text):
            badness = 0
        elif after.text.lower() in _LIGHTLY_CONNECTING:
            badness = 1
        elif (before.slow and after.slow) or (before.text[:1].isupper() and after.text[:1].isupper()):
            badness = 3
        else:
            badness = 2
        return badness, abs(2 * at - len(words))

    return min(range(SHORTEST_PHRASE, len(words) - SHORTEST_PHRASE + 1), key=hurt)


def _breath(words: tuple[_Word, ...]) -> int | None:
    """Before which word a reader would breathe, or None."""
    places = [
        at
        for at in range(SHORTEST_PHRASE, len(words) - SHORTEST_PHRASE + 1)
        if words[at].text.lower() in _CONNECTING
        and words[at - 1].text.lower() not in _BOUND | _CONNECTING
        and words[at + 1].text.lower().rstrip(",") not in _BOUND_AFTER
        and not (words[at].slow and words[at - 1].slow)
    ]
    return min(places, key=lambda at: (abs(2 * at - len(words)), at), default=None)


def _pause(stop: str, pace: Pace) -> int:
    shares = {
        "sentence": pace.paced_pause_ms,
        "clause": round(pace.paced_pause_ms * _CLAUSE_SHARE),
        "connecting": round(pace.phrase_pause_ms * _CONNECTING_SHARE),
    }
    return shares.get(stop, pace.phrase_pause_ms)


def _ended(phrase: _Phrase) -> str:
    """A comma where the sentence goes on: without one every voice lets its tone fall as at an end."""
    text = phrase.text
    return text if phrase.stop == "sentence" or _stop_of(text) else f"{text},"
