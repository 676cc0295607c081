"""Whether the word list would still read well with what is about to change in it.

Refused is what would be read differently when it is read again, what makes another entry or the words of the reading
rules say something else, and what says nothing. It reads and never changes a row.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Final

from audio_assets.speech.lexicon import Entry, Lexicon, compiled_pattern, fault_of
from audio_assets.speech.normalise_numbers import NORTHERN, SOUTHERN, say_int
from audio_assets.speech.normalise_tables import CODES, LABELS, UNITS
from audio_assets.speech.normalise_tidy import tidy
from scheduler.kernel.errors import Refused

__all__ = ["check_entry", "faults_of"]

Read = Callable[[Lexicon, str], str]
"""What is said of a text with a word list."""

_RULE_WORDS: Final = (
    "linh", "lẻ", "nghìn", "ngàn", "phẩy", "phần trăm", "phần nghìn", "âm", "độ", "đồng", "xu", "giờ", "phút", "giây",
    "rưỡi", "ngày", "tháng", "năm", "mùng", "quý", "thế kỷ", "từ", "đến", "số", "khoản", "điều", "điểm", "chương",
    "mục", "xin nhắc lại", "cộng", "chấm", "a còng", "gạch ngang", "gạch dưới", "gạch chéo", "hai chấm", "và", "hoặc",
    "mỗi", "một", "trên", "tỷ lệ",
)  # fmt: skip


@cache
def _spoken_by_rules() -> tuple[str, ...]:
    """Every word that a rule says by itself: no entry may turn it into another."""
    numbers = (*range(100), 101, 110, 1_000, 1_001, 10_000, 1_000_000, 1_000_000_000)
    counted = {say_int(number, style) for number in numbers for style in (NORTHERN, SOUTHERN)}
    return (*_RULE_WORDS, *sorted(counted), *LABELS.values(), *CODES.values(), *UNITS.values())


def _touching(entries: Iterable[Entry]) -> Callable[[str], bool]:
    """Whether a text holds what one of the `entries` is written as, in any case of its letters."""
    entries = list(entries)
    written = tuple({entry.written.casefold() for entry in entries if not entry.pattern})
    patterns = tuple(compiled_pattern(entry) for entry in entries if entry.pattern)

    def touched(text: str) -> bool:
        folded = text.casefold()
        return any(one in folded for one in written) or any(one.search(text) for one in patterns)

    return touched


def _changed(before: Lexicon, after: Lexicon) -> set[Entry]:
    """The entries that are new in `after`, gone, or in another layer.

    Layers count from the lowest, which is the shipped list in both: a list that is taken moves all that are below it.
    """
    held: list[set[tuple[Entry, int]]] = []
    for words in (before, after):
        lowest = max((entry.layer for entry in words.entries), default=0)
        held.append({(entry, lowest - entry.layer) for entry in words.entries})
    return {entry for entry, _ in held[0] ^ held[1]}


def _speaks(text: str) -> bool:
    return any(map(str.isalpha, text))


def check_entry(read: Read, before: Lexicon, after: Lexicon, entry: Entry, sample: str = "") -> None:
    """Raise Refused where `entry`, which is new in `after`, makes the list unfit; a pattern is judged by its sample."""
    if fault := fault_of(entry):
        raise Refused(fault, written=entry.written)
    if entry.pattern and not compiled_pattern(entry).search(tidy(sample)):
        raise Refused("lexicon_sample_needed", written=entry.written)
    _check_again(read, after, entry, sample if entry.pattern else entry.written)
    touched = _touching([entry])
    for said in filter(touched, _spoken_by_rules()):
        if (told := read(after, said)) != (known := read(before, said)):
            raise Refused("lexicon_breaks_rules", written=entry.written, said=known, told=told)
    for other in after.entries:
        if other.pattern or other == entry or not touched(other.said):
            continue
        once = read(after, other.written)
        if (told := read(after, once)) != once:
            raise Refused("lexicon_breaks_other", written=entry.written, other=other.written, said=once, told=told)


def _check_again(read: Read, lexicon: Lexicon, entry: Entry, text: str) -> None:
    once = read(lexicon, text)
    if not _speaks(once):
        raise Refused("lexicon_says_nothing", written=entry.written)
    if (told := read(lexicon, once)) != once:
        raise Refused("lexicon_unstable", written=entry.written, said=once, told=told)


def _culprit(entries: Iterable[Entry], text: str) -> str:
    """What the first of the `entries` is written as that `text` holds, or ''."""
    return next((entry.written for entry in entries if _touching([entry])(text)), "")


def faults_of(read: Read, before: Lexicon, after: Lexicon, entries: Iterable[Entry]) -> Iterator[Refused]:
    """What is wrong with the `entries` of a list that is new in `after`; patterns have no sample and are not judged."""
    words = [entry for entry in entries if not entry.pattern]
    for entry in words:
        try:
            _check_again(read, after, entry, entry.written)
        except Refused as fault:
            yield fault
    touched = _touching(_changed(before, after))
    for said in filter(touched, _spoken_by_rules()):
        if (told := read(after, said)) != (known := read(before, said)):
            yield Refused("lexicon_breaks_rules", written=_culprit(entries, said), said=known, told=told)
    mine = {entry.written for entry in words}
    for other in after.entries:
        if other.pattern or other.written in mine:
            continue
        once = read(after, other.written)
        if touched(once) and (told := read(after, once)) != once and read(before, once) == once:
            written = _culprit(entries, once)
            yield Refused("lexicon_breaks_other", written=written, other=other.written, said=once, told=told)
