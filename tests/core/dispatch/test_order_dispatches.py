"""Whole dispatches with orders about airing, and random edits of them: never a value that the text does not hold."""

import re
from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from scheduler.core.dispatch import read_dispatch
from scheduler.core.dispatch.model import FrequencyOrder
from scheduler.kernel.errors import DispatchError
from tests.core.dispatch.order_corpus import HEAD, TAIL, clauses, dispatches, read_body, verdict
from tests.examples import examples

BODIES = list(dispatches())
PLAIN = [
    one.text
    for one in clauses("clauses.txt")
    if one.doubt == "no"
    and one.orders
    and one.text.count(".") == 1
    and not re.search(r"(?i)thôi|dừng|ngừng|niêm yết", one.text)
]
"""One sentence, all of it about airing, that ends none."""
TURNS = ("không", "trừ", "nếu", "khi", "hoãn", "tùy", "hoặc", "chưa", "cấm", "tránh")
EDITS = (*TURNS, "02", "thứ Ba", "5", "lần", "ngày", "Chủ nhật", "từ", "đến", "lúc", "7h30", "phát", ",", ";", ".", ":")
MOST_NEEDLESS = 0.15
SPELLED = {"một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10}
EASY = settings(max_examples=examples(400), deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_no_dispatch_is_read_wrongly_in_silence_and_few_are_asked_about_needlessly():
    judged = [(one, verdict(one, *read_body(one.text))) for one in BODIES]
    assert [one.text for one, said in judged if said == "silent"] == []
    plain = sum(one.doubt == "no" for one in BODIES)
    needless = [one.text for one, said in judged if said == "needless"]
    assert len(needless) < MOST_NEEDLESS * plain, needless


def test_what_is_proposed_beside_a_question_is_right_where_it_is_known():
    known = [one for one in BODIES if one.orders and one.doubt in {"no", "must"}]
    assert [one.text for one in known if read_body(one.text)[0] != list(one.orders)] == []


@st.composite
def edited(draw: st.DrawFn) -> str:
    """A body with a few words gone, doubled, moved or put in."""
    words = re.split(r"( |\n)", draw(st.sampled_from(BODIES)).text)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(len(words) - 1, 0)))
        match draw(st.sampled_from(["drop", "double", "put", "swap", "join"])):
            case "drop":
                del words[at : at + draw(st.integers(1, 4))]
            case "double":
                words[at:at] = words[at : at + 3]
            case "put":
                words[at:at] = [draw(st.sampled_from(EDITS)), " "]
            case "swap":
                other = draw(st.integers(0, max(len(words) - 1, 0)))
                if words:
                    words[at], words[other] = words[other], words[at]
            case _:
                if words and words[at] == " ":
                    words[at] = ""
    return "".join(words)


@given(edited())
@EASY
def test_no_edit_makes_a_value_that_the_text_does_not_hold(body):
    try:
        read = read_dispatch(HEAD + body + TAIL)
    except DispatchError:
        return
    for order in read.frequency:
        assert not _not_held(order, body), body


def _not_held(order: FrequencyOrder, text: str) -> list[str]:
    """The values of an order that no words of the text spell."""
    figures = {int(number) for number in re.findall(r"\d+", text)}
    figures |= {
        number
        for word, number in SPELLED.items()
        if re.search(rf"\b{word}(?:lần|lượt|buổi|ngày|phút)?\b", text.lower())
    }
    return [name for name, numbers in _numbers(order) if not any(set(one) <= figures for one in numbers)]


def _numbers(order: FrequencyOrder) -> Iterable[tuple[str, list[tuple[int, ...]]]]:
    """For each value the sets of numbers that it can be made of."""
    for name in ("per_week", "session_minutes", "max_minutes"):
        if value := getattr(order, name):
            yield name, [(value,)]
    if order.per_day:
        made = [(a, order.per_day // a) for a in range(1, order.per_day + 1) if order.per_day % a == 0]
        sums = [(a, b) for a in range(1, order.per_day) for b in range(1, order.per_day) if a + b == order.per_day]
        thirds = [(a,) for a in range(1, order.per_day) if order.per_day == a * 3]
        yield "per_day", [(order.per_day,), *made, *sums, *thirds]
    for at in (*order.at, *(part for one in (*order.windows, *order.except_windows) for part in one.split("-"))):
        hour, minute = int(at[:2]), int(at[3:])
        minutes = (minute,) if minute else ()
        yield at, [(hour, *minutes), (hour % 12, *minutes), (hour % 12 or 12, *minutes)]
    for day in (*order.dates, *order.except_days):
        yield (
            day,
            [(date.fromisoformat(day).day,), ()]
            if order.start or len(order.except_days) > 1
            else [(date.fromisoformat(day).day,)],
        )


@given(st.sampled_from(PLAIN), st.sampled_from(TURNS), st.data())
@EASY
def test_no_word_that_turns_a_clause_round_is_put_into_it_in_silence(text, word, data):
    assume(word not in text.lower())
    words = text.rstrip(".").split(" ")
    at = data.draw(st.integers(0, len(words)))
    turned = " ".join([*words[:at], word, *words[at:]]) + "."
    assume(not re.search(r"(?:nghỉ|ngừng|dừng|thôi) không (?:phát|mở)", turned.lower()))  # a second "no" of the same
    assume(not re.search(r"(?:trừ|không phát) [^,;.]*\b(?:trừ|tránh)\b", turned.lower()))  # what is left out anyway
    # A word of two syllables, in which it turns nothing round: "phòng tránh dịch", "bài trừ", "không gian".
    assume(not re.search(r"phòng (?:không|trừ|tránh) dịch|\bbài trừ\b|\bkhông gian\b", turned.lower()))
    assert read_body(turned) != read_body(text), turned


@pytest.mark.parametrize(
    "one", ["Phát 02 lần/ngày, trừ Chủ nhật.", "Thứ Năm nghỉ phát; các ngày khác phát 02 lần/ngày."]
)
def test_a_weekday_that_is_excepted_is_never_the_day_of_airing(one):
    (order,), _ = read_body(one)
    assert len(order["weekdays"]) == 6
