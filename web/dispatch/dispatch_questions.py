"""What a dispatch leaves unclear, as questions with choices; and what an officer has answered.

A raise without a number is asked for as a count. An order that was not understood whole is confirmed value by value.
Nothing is pressed beforehand, and an answer that is not given is no answer. It decides nothing.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from werkzeug.datastructures import MultiDict

from scheduler.core.dispatch.duty_list import KeptDoubt
from scheduler.core.dispatch.order_sentence import order_of, parts_in_words
from scheduler.core.dispatch.stored import StoredDispatch
from scheduler.core.words.wording import sentence_of
from scheduler.services.dispatch.drafts import USUAL_AIRINGS
from web.words.dispatch_words import FIELDS

__all__ = ["OF_A_LEFTOVER", "Answers", "Question", "answered", "left_over", "questions_of"]

NO, YES, COUNT = "no", "yes", "count-"
_OF_A_COUNT = frozenset({"frequency_without_number", "frequency_more"})
OF_A_LEFTOVER = frozenset(
    {"frequency_left", "frequency_scope", "frequency_unread", "frequency_part", "frequency_range"}
)
"""Nobody confirms these at one go: each value that was understood has a tick of its own."""
_OF_AIRING = frozenset({"frequency", "effective"})
_MOST_MORE = 10


class Question(NamedTuple):
    """One doubt with its choices. `values`: what has to be ticked one by one, in place of a plain yes."""

    ordinal: int
    words: str
    sign: str
    """What is unclear, in a few words for its place in the text."""
    start: int | None
    choices: tuple[tuple[str, str], ...]
    values: tuple[str, ...]
    chosen: str = ""
    ticked: frozenset[str] = frozenset()

    @property
    def is_of_a_count(self) -> bool:
        return any(value.startswith(COUNT) for value, _ in self.choices)


class Answers(NamedTuple):
    """`confirmed`: doubts that were looked at and are right; `open`: questions without an answer."""

    confirmed: tuple[int, ...]
    per_day: int | None
    open: tuple[int, ...]
    mends: bool
    """A value of the head or of a text is wrong: it is to be corrected first."""


def questions_of(
    stored: StoredDispatch, doubts: Iterable[KeptDoubt], form: MultiDict[str, str] | None = None
) -> list[Question]:
    """A question for each doubt that nobody has answered; with `form` what was pressed stays pressed."""
    asked = [_question(stored, one) for one in doubts if one.is_open]
    if form is None:
        return asked
    return [
        one._replace(
            chosen=form.get(f"answer-{one.ordinal}", ""), ticked=frozenset(form.getlist(f"value-{one.ordinal}"))
        )
        for one in asked
    ]


def _question(stored: StoredDispatch, kept: KeptDoubt) -> Question:
    words = sentence_of(kept)
    if kept.reason in _OF_A_COUNT and kept.details.get("period", "") != "tuần":
        return Question(kept.ordinal, words, "chưa ghi tăng bao nhiêu", kept.start, _counts(kept.details), ())
    values = _values(stored, kept) if kept.reason in OF_A_LEFTOVER else ()
    no = "Không đúng, tôi tự đặt lịch" if kept.field in _OF_AIRING else "Sai, để tôi sửa"
    choices = ((NO, no),) if values else ((YES, "Đúng"), (NO, no))
    sign = f"chưa rõ mục: {FIELDS[kept.field]}" if kept.field in FIELDS else "chưa rõ"
    if values:
        sign = "máy chưa hiểu"
    return Question(kept.ordinal, words, sign, kept.start, choices, values)


def _counts(details: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """As many airings a day as usual, and one or two more; or as many more as the dispatch says."""
    more = details.get("number", "")
    steps = (int(more),) if more.isdecimal() and 0 < int(more) <= _MOST_MORE else (1, 2)
    stays = (f"{COUNT}{USUAL_AIRINGS}", f"vẫn {USUAL_AIRINGS} lượt")
    return (stays, *((f"{COUNT}{USUAL_AIRINGS + n}", f"{USUAL_AIRINGS} → {USUAL_AIRINGS + n} lượt") for n in steps))


def _values(stored: StoredDispatch, kept: KeptDoubt) -> tuple[str, ...]:
    """What was understood of the order that the doubt stands in; of all orders, where it stands in none."""
    orders: Sequence[Mapping[str, Any]] = stored.fields.get("frequency", ())
    places = stored.excerpts.get("frequency", ())
    near = [
        order
        for order, (_, start, end) in zip(orders, places, strict=False)
        if kept.start is not None and kept.end is not None and start < kept.end and kept.start < end
    ]
    return tuple(dict.fromkeys(part for order in near or orders for part in parts_in_words(order_of(order))))


def left_over(text: str, kept: KeptDoubt) -> list[tuple[int, int]]:
    """Where the words stand that a doubt is about: each of those that were not understood, or its whole place."""
    if kept.start is None or kept.end is None:
        return []
    if kept.reason != "frequency_left":
        return [(kept.start, kept.end)]
    found: list[tuple[int, int]] = []
    at = kept.start
    for words in re.split(r" … |, ", kept.details.get("raw", "")):
        piece = re.compile(r"\s+".join(map(re.escape, words.split()))).search(text, at, kept.end)
        if piece and piece[0]:
            found.append(piece.span())
            at = piece.end()
    return found or [(kept.start, kept.end)]


def answered(questions: Iterable[Question]) -> Answers:
    """What the officer says. A doubt that is answered with no stays: the campaign or a correction answers it."""
    confirmed: list[int] = []
    left: list[int] = []
    per_day: int | None = None
    mends = False
    for one in questions:
        known = {value for value, _ in one.choices}
        if one.chosen == NO:
            mends = mends or (NO, "Sai, để tôi sửa") in one.choices
        elif one.values:
            (confirmed if one.ticked >= {str(n) for n in range(len(one.values))} else left).append(one.ordinal)
        elif one.chosen not in known:
            left.append(one.ordinal)
        else:
            confirmed.append(one.ordinal)
            if one.chosen.startswith(COUNT):
                per_day = max(per_day or 0, int(one.chosen.removeprefix(COUNT)))
    return Answers(tuple(confirmed), per_day, tuple(left), mends)
