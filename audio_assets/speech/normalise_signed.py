"""Letters that carry a plus or a minus: blood groups, marks of school, results of tests; and letters hidden by stars.

A sign that is not heard turns a rare blood group into a common one: each is said, or what carries it is asked about.
"""

import re
from typing import Final

from audio_assets.speech.normalise_numbers import say_int
from audio_assets.speech.normalise_rule import Page, Rule, rule
from audio_assets.speech.normalise_syllable import LATIN, spell
from audio_assets.speech.normalise_tidy import DIALLED_STAR

__all__ = ["SIGNED"]

_MINUS: Final = frozenset("-–")
_OF_BLOOD: Final = re.compile(r"(?<!\w)(?:máu|hồng cầu|tiểu cầu|huyết tương)(?!\w)")
_A_GROUP: Final = re.compile(r"(?<!\w)nhóm\W{0,2}(?:(?:ab|a|b|o)\s?\(?[-–+]?\)?(?:\s?[,/]\s?| và ?| hoặc ?| hay ?))*$")


def _rhesus(match: re.Match[str], page: Page) -> str:
    """Rh-, Rh(D)+, AB Rh (-): the group by its letters and the rhesus factor; a dash apart may be a pause."""
    if match["gap"] and "(" not in match["sign"] and _goes_on(match, page):
        page.unknown.append(match.group().strip())
    group = f"{spell(match['group'])} " if match["group"] else ""
    return f"{group}rờ hát {_factor(match)}"


def _factor(match: re.Match[str]) -> str:
    return "âm" if _MINUS & set(match["sign"]) else "dương"


def _goes_on(match: re.Match[str], page: Page) -> bool:
    return re.match(r" [^\W_]", page.source[match.end() : match.end() + 2]) is not None


def _blood(match: re.Match[str], page: Page) -> str | None:
    """Nhóm máu O-, AB(+), A, B, O+."""
    of_blood = _OF_BLOOD.search(page.before(match.start(), 100)) or _OF_BLOOD.search(page.after(match.end()))
    if not (of_blood or (not match["gap"] and _A_GROUP.search(page.before(match.start())))):
        return None
    if match["gap"] and "(" not in match["sign"] and _goes_on(match, page):
        page.unknown.append(match.group())
    return f"{spell(match['group'])} {_factor(match)}"


_MARKED: Final = re.compile(
    r"(?<!\w)(?:xếp loại|xếp hạng|loại|điểm|đạt|hạng|mức|bậc)\W{0,2}(?:[a-d][-–+]?(?:,| và) ?)*$"
)


def _mark(match: re.Match[str], page: Page) -> str | None:
    """Xếp loại A+, điểm B-: said where marks are spoken of, else asked about; "A- Quy định" heads a list."""
    is_minus = match["sign"][0] in _MINUS
    if is_minus and not page.before(match.start()) and page.source[match.end() + 1 : match.end() + 2].isupper():
        return None
    letter = f"{say_int(int(match['n']), page.style)} " if match["n"] else ""
    letter += spell(match["letter"])
    told = not match["n"] and _MARKED.search(page.before(match.start())) and not (is_minus and _goes_on(match, page))
    if not told:
        page.unknown.append(match.group())
    if is_minus and _goes_on(match, page):
        return f"{letter},"
    return " ".join([letter, *["trừ" if is_minus else "cộng"] * len(match["sign"])])


_TESTED: Final = re.compile(
    r"(?<!\w)(?:hiv|ig[gmae]|hbsag|hcv|hbv|anti-\w+|ns1|rt-pcr|pcr|afb|test|test nhanh|xét nghiệm|kết quả|covid-19"
    r"|f0|sars-cov-2|phết họng|dịch hầu họng|đờm|vdrl)(?: [^\W\d]+){0,2} ?$"
)


def _result(match: re.Match[str], page: Page) -> str:
    """HIV (-), test nhanh (+): what a test has shown; of anything else a sign in brackets is asked about."""
    positive = "+" in match.group()
    if page.before(match.start()).endswith(("dương tính", "âm tính")):
        return ""
    if _TESTED.search(page.before(match.start())):
        return " dương tính" if positive else " âm tính"
    page.unknown.append(match.group().strip())
    return " dương" if positive else " âm"


def _hidden(match: re.Match[str], page: Page) -> str | None:
    """Chị Nguyễn Thị H***, giá*: letters that are kept back, or a note below; silent, and asked about."""
    if re.search(rf"{DIALLED_STAR}[0-9.-]*$", page.source[max(0, match.start() - 24) : match.start()]):
        return None  # a number of which a part is hidden
    word = re.search(rf"[{LATIN}0-9.,]*$", page.source[max(0, match.start() - 24) : match.start()])
    page.unknown.append((word.group() if word else "") + "*" * len(match.group()))
    return ""


_GROUP: Final = r"(?P<group>AB|A|B|O)"
_SIGN: Final = r"(?P<gap>\s?)(?P<sign>\(\s?[-–+]\s?\)|[-–+])"
SIGNED: Final[tuple[Rule, ...]] = (
    rule("blood", rf"(?<!\w)(?:{_GROUP}\s?)?\(?[Rr][hH]\s?(?:\(D\)|D(?!\w))?{_SIGN}\)?(?![\w+-])", _rhesus,
         needs="[Rr][hH]"),
    rule("blood", rf"(?<!\w){_GROUP}{_SIGN}(?![\w+-])", _blood, needs=r"[ABO]\s?\(?\s?[-–+]"),
    rule("mark", r"(?<![\w.,/])(?P<n>[0-9]{0,2})(?P<letter>[A-ZĐ])(?P<sign>[-–]|\+{1,2})(?=[\s,.;:)/]|$)", _mark,
         needs="[A-ZĐ][-–+]"),
    rule("result", r"(?m)(?:(?<=[\w);,:])|^)\s?\(\s?[-–+]\s?\)", _result, needs=r"\( ?[-–+]"),
    rule("sign", rf"(?:(?<=[{LATIN}]){DIALLED_STAR}+|(?<=[0-9]){DIALLED_STAR})(?![\w#{DIALLED_STAR}]"
         rf"|[.-][0-9{DIALLED_STAR}])",
         _hidden, needs=DIALLED_STAR),
)  # fmt: skip
"""Before the rules for letters and for brackets."""
