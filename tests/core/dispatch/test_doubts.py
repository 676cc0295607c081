"""Doubts: each reason that the reader gives is told in a log's English and in an officer's Vietnamese."""

import re
from pathlib import Path
from string import Formatter

from scheduler.core import dispatch
from scheduler.core.dispatch.doubts import TOLD, doubt, in_english
from scheduler.core.dispatch.misread import digits_of
from scheduler.core.words.wording import REASONS
from tests.rows import over

SOURCES = "".join(path.read_text(encoding="utf-8") for path in Path(dispatch.__file__).parent.glob("*.py"))
GIVEN = set(re.findall(r'(?:reason=|_question\(\s*|\.ask\(|questions\.append\(\()"([a-z_]+)"', SOURCES)) | {
    "message_unclosed"
}


def test_what_the_reader_asks_and_what_logs_tell_are_the_same_reasons():
    assert set(TOLD) == GIVEN


@over("reason", TOLD)
def test_a_reason_has_its_sentence_that_needs_no_detail_the_doubt_lacks(reason):
    def details(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name} - {"field"}

    given = re.findall(rf'reason="{reason}"[^)]*?\)', SOURCES)
    named = set(re.findall(r"(\w+)=", " ".join(given))) - {"reason", "excerpt"}
    assert details(REASONS[reason]) <= details(TOLD[reason]) | named


def test_a_doubt_is_told_in_english_though_its_details_are_vietnamese():
    found = doubt("frequency", reason="frequency_range", lower="2", upper="3", period="tuần")
    assert in_english(found) == "frequency: 2 to 3 a week is ordered; the lower was taken"


@over(
    "raw, digits",
    [
        ("642", ("642", True)),
        ("l3", ("13", True)),
        ("2O2O", ("2020", True)),
        ("64Z", ("642", False)),
        ("2S", ("25", False)),
        ("OO", None),
        ("6x", None),
        ("", None),
        ("٣2", None),
    ],
)
def test_letters_are_digits_only_beside_digits_and_only_some_are_certain(raw, digits):
    assert digits_of(raw) == digits
