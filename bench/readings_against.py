"""Our readings against another library's (sea-g2p), for a person to read: python bench/readings_against.py [TEXT_FILE …].

Both read every row of the reading tables, every line of the dispatches under tests/ and of the files named. What differs
in words is printed grouped by our rule, with how often and where first seen. Nothing is asserted: a person
reads which side is right. sea-g2p is no dependency: `pip install --target DIR sea-g2p`, then PYTHONPATH=DIR.
"""

import csv
import difflib
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from audio_assets.speech.normalise import Said, normalise

HERE = Path(__file__).parents[1]
SHOWN = 12
"""Differences of one rule that are printed."""
EITHER = frozenset(
    {("tư", "bốn"), ("một", "trên"), ("", "không phút"), ("", "không"), ("mươi", ""), ("từ", ""), ("phẩy", "chấm")}
)
"""(ours, theirs) that a listener takes for the same: 24, 2 lần/ngày, 17h00, 05 hộ, 0,25, 7h-9h, 2.5."""
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_MARK = re.compile(r"</?en>|[^\w\s]")


def sources() -> Iterator[str]:
    for table in sorted((HERE / "tests/audio/readings").glob("*.tsv")):
        with table.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield row["written"].replace("\\n", " ")
    texts = [*sorted((HERE / "tests/core/dispatches").glob("*.txt")), *map(Path, sys.argv[1:])]
    for text in texts:
        yield from filter(None, map(str.strip, text.read_text(encoding="utf-8").splitlines()))


def words(said: str) -> list[str]:
    """Words alone: pauses, case and the foreign-word marks are no difference, nor is a region's "lẻ"."""
    return re.sub(r"(?<=trăm )lẻ(?= )", "linh", _MARK.sub(" ", said.lower())).split()


def _tone_last(word: str) -> str:
    """So "ủy" and "uỷ", two ways to write one syllable, are the same word."""
    marks = unicodedata.normalize("NFD", word)
    bare = "".join(mark for mark in marks if mark not in _TONES)
    return unicodedata.normalize("NFC", bare) + "".join(mark for mark in marks if mark in _TONES)


def _rule_at(answer: Said, place: int) -> str:
    """The rule that said word number `place`."""
    start = 0
    for number, found in enumerate(re.finditer(r"[^\W\d_]+", answer.text)):
        if number == place:
            start = found.start()
            break
    for change in answer.changes:
        if change.said_start <= start < change.said_end:
            return change.rule
    return "kept"


def differences(answer: Said, theirs: str) -> Iterator[tuple[str, str, str]]:
    """(rule, our words, their words) of each stretch that differs."""
    ours, other = words(answer.text), words(theirs)
    matcher = difflib.SequenceMatcher(None, [*map(_tone_last, ours)], [*map(_tone_last, other)], autojunk=False)
    for tag, start, end, there, until in matcher.get_opcodes():
        if tag != "equal":
            yield _rule_at(answer, start), " ".join(ours[start:end]), " ".join(other[there:until])


def main() -> None:
    try:
        from sea_g2p import Normalizer
    except ImportError:
        print("sea-g2p is not here; see the head of this file")
        return
    other = Normalizer(lang="vi")
    seen = alike = either = 0
    found: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    where: dict[tuple[str, str], str] = {}
    for source in dict.fromkeys(sources()):
        answer, theirs = normalise(source), other.normalize(source)
        seen += 1
        told = list(differences(answer, theirs))
        alike += not told
        told = [one for one in told if one[1:] not in EITHER]
        either += not told
        for rule, ours, their in told:
            found[rule][ours, their] += 1
            where.setdefault((ours, their), source)
    print(
        f"{alike} of {seen} texts are said in the same words, {either} when what means the same is taken for the same"
    )
    for rule, pairs in sorted(found.items(), key=lambda item: -item[1].total()):
        print(f"\n{rule}: {pairs.total()} differences")
        for (ours, their), times in pairs.most_common(SHOWN):
            print(f"  {times:3} ours «{ours}» theirs «{their}» in {where[ours, their][:90]!r}")


if __name__ == "__main__":
    main()
