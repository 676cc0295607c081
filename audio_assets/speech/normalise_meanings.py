"""Abbreviations with more than one meaning: the words beside them decide, else an officer is asked.

"công ty CP" is a joint-stock company, "nghị quyết của CP" is the government's. The table is `meanings.toml`: for each
abbreviation its meanings, each with the words before, after or in the same sentence that decide for it. Where nothing
decides, or two are decided for, nothing is guessed: the answer is None, and whoever reads spells it and reports it.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from audio_assets.speech.normalise_syllable import LATIN, UPPER, is_syllable

__all__ = ["ABBREVIATIONS", "Abbreviation", "abbreviation_at", "choices"]

_CAPITAL: Final = rf"[{UPPER}](?![{UPPER}])[{LATIN}]+"
_NAME: Final = re.compile(rf"\W{{0,2}}{_CAPITAL}")
_A_PERSON: Final = (
    r"(?:Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ(?! Chí)|Ngô|Dương|Lý|Đinh|Trịnh|Trương|Mai|Lương|Đào"
    rf"|Tạ|Phùng|Chu|Cao(?! Bằng)|Hà|Tống|Lưu|Thái|Quách) {_CAPITAL} (?:{_CAPITAL}|[{UPPER}](?!\w))"
)
"""A family name and two more syllables: a person, or what is called after one."""
_COUNTING: Final = (
    r"(?![0-9]|[.][0-9]{3}|/[0-9]{3}|\s?(?:%|kg|g|tạ|tấn|m|m2|m3|km|ha|lít|giờ|phút|h|tr|trđ|triệu|nghìn|ngàn|đồng|đ(?!/v)|k|tỷ|tỉ|người|hộ|em"
    r"|cháu|con|ca|mẫu|cái|chiếc|bộ|suất|lượt|buổi|ngày|tháng|năm|tuổi|đồng chí|đ/c|thành viên|cây|xe|tổ|lớp|bài|vụ)"
    r"(?!\w))"
)
"""Behind a figure that names: what it names is not counted, weighed or paid."""
_FIGURE: Final = re.compile(rf"\W{{0,3}}[0-9]{{1,4}}{_COUNTING}")
_ONE_OR_TWO_DIGITS: Final = re.compile(rf"\W{{0,2}}[0-9]{{1,2}}(?![0-9]){_COUNTING}")
_THREE_DIGITS: Final = re.compile(r"\W{0,2}[0-9]{3,4}(?![0-9])")
_YEAR: Final = re.compile(r"\W{0,3}(?:19|20)[0-9]{2}(?![0-9])")
_DATE: Final = re.compile(r"\W{0,3}[0-9]{1,2}[/.-][0-9]{1,2}[/.-](?:19|20)[0-9]{2}")
_SPECIAL: Final = {
    "@name": _NAME,
    "@given": re.compile(rf"\W{{0,2}}{_CAPITAL}(?! {_CAPITAL})"),
    "@person": re.compile(rf"\W{{0,2}}{_A_PERSON}"),
    "@place": re.compile(rf"\W{{0,2}}(?!{_A_PERSON})[{UPPER}][{LATIN}]+ {_CAPITAL}"),
    "@number": _FIGURE,
    "@small": _ONE_OR_TWO_DIGITS,
    "@large": _THREE_DIGITS,
    "@house": re.compile(
        r"\W{0,2}[0-9]{1,4}(?:[A-Z](?!\w)|/[0-9]{1,4}(?![/0-9]))|\W{0,2}(?:[0-9]|[0-9]{3})(?![\w/])|\W{0,2}[0-9]{1,4} "
        rf"(?:{_CAPITAL}|đường|phố|ngõ|ngách|hẻm|kiệt)(?!\w)|\W{{0,2}}[0-9]{{1,3}}, (?:đường|phố|ngõ|ngách|hẻm"
        rf"|kiệt)(?!\w)"
    ),
    "@year": _YEAR,
    "@date": _DATE,
    "@symbol": re.compile(
        r"\W{0,2}(?:[Ss]ố\W{0,2})?(?![1-4]/4(?![0-9]))"
        r"[0-9]{1,5}(?:\s?[/-]\s?[A-ZĐ0-9]|(?: năm [0-9]{4})?,? (?:ngày|của) )"
    ),
    "@phone": re.compile(
        r"\W{0,3}(?:(?:[Ss]ố|là|:)\W{0,2}){0,2}(?:\(?\+?[08][0-9 .()-]{6,}|1[89]00|11[1-9](?![0-9])|1022)"
    ),
    "@call": re.compile(
        rf"\W{{0,2}}(?:[{LATIN}]+ ){{1,4}}\W{{0,2}}(?:\(?\+?0[0-9][0-9 .()-]{{7,}}|1[89]00|11[1-5](?![0-9]))"
    ),
    "@rank": re.compile(r"\W{0,2}[1-4]/4(?![0-9/])(?=\W{0,2}(?:$|[,;.:()–-]|[A-ZĐ]))"),
    "@revenue": re.compile(
        r"\W{0,3}(?:(?:từ|trên|dưới|đạt|khoảng|hơn) ){0,2}[0-9][0-9.,]*\s?(?:tỷ|tỉ|triệu|tr|trđ)(?: đồng)?"
        r"\s?/\s?(?:năm|tháng|quý)"
    ),
    "@school": re.compile(
        r"\W{0,3}[0-9][0-9.,]*\s?(?:%|em|hs|học sinh|lớp|trường)?[;,]\s?(?:MN|THCS|THPT|mầm non)(?!\w)"
    ),
    "@account": re.compile(r"\W{0,3}(?:(?:[Ss]ố|là)\W{0,2})?[0-9](?:[ .-]?[0-9]){7,}"),
    "@money": re.compile(r"\W{0,3}[0-9][0-9.,]*\s?(?:tỷ|tỉ|triệu|tr|trđ|đồng|đ)(?!\w)"),
    "@yield": re.compile(r"\W{0,3}[0-9][0-9.,]*(?:\s?[-–]\s?[0-9.,]+)?\s?(?:tạ|tấn)(?!\w)"),
    "@area": re.compile(r"\W{0,3}[0-9][0-9.,]*(?:\s?[-–]\s?[0-9.,]+)?\s?(?:m2|m²|ha|sào)(?!\w)"),
    "@feeder": re.compile(r"\W?[0-9]{3}E[0-9]"),
    "@contact": re.compile(rf"\W{{0,2}}[acôbACÔB]\. ?{_CAPITAL}|\W{{0,2}}(?:Mr|Ms|Mrs)(?!\w)"),
    "@ward": re.compile(r"\W{0,2}[0-9]{1,2}(?:, ?| - )(?:Q|TP|TX|[Qq]uận|[Tt]hành phố|[Tt]hị xã)(?!\w)"),
    "@glued": re.compile(r"[0-9]{1,2}(?![0-9]|/(?:19|20)[0-9]{2})"),
    "@district": re.compile(r"\W{0,2}[0-9]{1,2}(?:, ?| - )(?:T\.?P|[Tt]hành phố)(?!\w)"),
    "@plate": re.compile(r"\W{0,2}[0-9]{2}[A-ZĐ]"),
    "@room": re.compile(
        r"\W{0,2}[0-9]{1,3}(?:, P\. ?[0-9]{1,3})*,? "
        r"(?:TYT|UBND|TTYT|BV|BVĐK|nhà [A-Z]|tầng|tòa|T[0-9])(?!\w)"
    ),
}
_NEAR: Final = 48
"""Characters looked at on either side."""
_FAR: Final = 200
"""Characters of its sentence that are looked at on either side, so that a long text costs no more a letter."""
_WHOLE: Final = 6_000
"""Characters of a text in which other places of the same letters are looked up."""
_SENTENCE_END: Final = re.compile(r"(?<!\b[A-ZĐ])[.!?;]\s|\n")


@dataclass(frozen=True, slots=True)
class _Meaning:
    """One thing that an abbreviation stands for, and what decides for it."""

    said: str
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    sentence: re.Pattern[str] | None
    special: tuple[re.Pattern[str], ...]

    def told_before(self, before: str) -> int:
        """How many characters before it decide for it: "an toàn TP" says more than "toàn TP"."""
        match = self.before.search(before) if self.before else None
        return len(match.group().strip()) if match else 0

    def told_after(self, after: str) -> int:
        match = self.after.match(after) if self.after else None
        return len(match.group().strip()) if match else 0

    def told_by_shape(self, written_after: str) -> int:
        """The longest shape that fits: "4 TYT" says more than "4"."""
        return max((match.end() for pattern in self.special if (match := pattern.match(written_after))), default=0)

    def told_by_sentence(self, sentence: str) -> int:
        return int(self.sentence is not None and self.sentence.search(sentence) is not None)


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """What is written, and everything it may mean in the order of the table."""

    written: str
    row: Mapping[str, Mapping[str, str]]
    """What it may mean, each with the words that decide for it."""
    needs_stop: bool
    """Whether it is one only with its full stop ("P.")."""
    takes_stop: bool
    """Whether a full stop behind it is a part of it."""

    def end(self, source: str, end: int) -> int | None:
        """Where it ends when its letters end at `end`; None = it does not stand there."""
        has_stop = source.startswith(".", end) and (self.needs_stop or _is_inner_stop(source, end))
        if self.needs_stop and not has_stop:
            return None
        return end + 1 if has_stop and self.takes_stop else end

    def said(self, source: str, start: int, end: int) -> str | None:
        """The one meaning that is decided for, or None."""
        before, after = source[max(0, start - _NEAR) : start], source[end : end + _NEAR]
        before, after = before.rpartition("\n")[2], after.partition("\n")[0]
        low_before, low_after = before.lower(), after.lower()
        found = self._likeliest(lambda one: one.told_before(low_before)) | self._likeliest(
            lambda one: one.told_after(low_after)
        )
        found = found or (
            self._likeliest(lambda one: one.told_by_shape(after))
            | self._likeliest(lambda one: one.told_by_sentence(_sentence(source, start, end)))
        )
        return found.pop() if len(found) == 1 else None

    def _likeliest(self, weight: Callable[[_Meaning], int]) -> set[str]:
        """The meanings that have the most said for them; none where nothing is."""
        weights = {meaning.said: weight(meaning) for meaning in _meanings(self.written)}
        most = max(weights.values())
        return {said for said, told in weights.items() if told == most} if most else set()


def _is_inner_stop(source: str, at: int) -> bool:
    """Whether the stop at `at` belongs to an abbreviation before a name or a figure: "TP. Vinh", "KP.3"."""
    return re.match(rf"\. ?[{UPPER}0-9]", source[at : at + 3]) is not None


def _sentence(source: str, start: int, end: int) -> str:
    """The sentence around it, no more than `_FAR` characters on either side."""
    first, last = max(0, start - _FAR), min(len(source), end + _FAR)
    begins = max((found.end() for found in _SENTENCE_END.finditer(source, first, start)), default=first)
    ends = _SENTENCE_END.search(source, end, last)
    return source[begins : ends.start() if ends else last].lower()


def _words(listed: str) -> list[str]:
    return [word for word in listed.split(" | ") if word not in _SPECIAL]


def _alternatives(listed: str) -> str:
    return "|".join(re.escape(word) for word in sorted(_words(listed), key=len, reverse=True))


def _meaning(said: str, deciding: Mapping[str, str]) -> _Meaning:
    before, after, sentence = (deciding.get(place, "") for place in ("before", "after", "sentence"))
    return _Meaning(
        said,
        re.compile(rf"(?:(?<![^\W\d])|(?=/))(?:{_alternatives(before)})[ \"'(]*$")
        if _words(before) and before
        else None,
        re.compile(rf"[ \"':,)|\t]*(?:{_alternatives(after)})(?![{LATIN}])") if _words(after) and after else None,
        re.compile(rf"(?<![\w])(?:{_alternatives(sentence)})(?![\w])") if sentence else None,
        tuple(pattern for word, pattern in _SPECIAL.items() if word in after.split(" | ")),
    )


@cache
def _meanings(written: str) -> tuple[_Meaning, ...]:
    """The patterns of one abbreviation, made when it is first met: most are never met, and every process reads."""
    row = ABBREVIATIONS[written.removesuffix(".")].row
    return tuple(_meaning(said, deciding) for said, deciding in row.items())


def _read(table: str) -> Iterator[Abbreviation]:
    for written, row in tomllib.loads(table).items():
        takes_stop, needs_stop = row.pop("dotted", False), written.endswith(".")
        yield Abbreviation(written, row, needs_stop, needs_stop or takes_stop)


def _by_letters(abbreviations: Iterable[Abbreviation]) -> dict[str, Abbreviation]:
    return {abbreviation.written.removesuffix("."): abbreviation for abbreviation in abbreviations}


ABBREVIATIONS: Final = _by_letters(_read((Path(__file__).parent / "meanings.toml").read_text(encoding="utf-8")))
"""Letters in capitals, without a stop → the abbreviation."""


def abbreviation_at(source: str, token: re.Match[str]) -> tuple[Abbreviation, int] | None:
    """The abbreviation with several meanings that stands at a word, in any case of its letters, and where it ends.

    What is a syllable and not all in capitals is that word: "tha" and "Tha" are no "THA".
    """
    letters = token.group()
    if letters[0].islower() and (len(letters) == 1 or not letters.islower()):
        return None  # "p", "pH"
    if not letters.isupper() and is_syllable(letters):
        return None  # "tha thiết"
    found = ABBREVIATIONS.get(letters.upper())
    end = found.end(source, token.end()) if found else None
    return (found, end) if found and end is not None else None


_LONG: Final = 3
"""Letters from which an abbreviation means the same all through a text; "CT" and "TT" do not."""


def told_elsewhere(abbreviation: Abbreviation, source: str) -> str | None:
    """The meaning that the other places of the text decide for, all of them for the same; long texts are cut."""
    letters = abbreviation.written.removesuffix(".")
    if len(letters) < _LONG:
        return None
    places = re.finditer(rf"(?<!\w){letters}(?!\w)", source[:_WHOLE])
    told = {abbreviation.said(source, *place.span()) for place in places} - {None}
    return told.pop() if len(told) == 1 else None


def choices(word: str) -> tuple[str, ...]:
    """What a word of `Said.unknown` may mean, as offered to an officer; () for a word of no known meaning."""
    found = ABBREVIATIONS.get(word.removesuffix(".").upper())
    return tuple(found.row) if found else ()
