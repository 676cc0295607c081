"""Words of the officer's pages: names of voices, origins and states, and rows found or put in order by their words.

Templates have them as they stand here. It reads no clock and decides nothing; numbers and days are `web.formats`'.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from flask import Flask

import scheduler.core
from scheduler.core.report.report_words import TRIGGERS
from scheduler.core.vietnamese import holds, sort_key
from scheduler.core.words.wording import CAMPAIGN_STATES, STATES, sentence
from scheduler.kernel.words import Words

__all__ = [
    "ENGINES",
    "NOTICES",
    "ORIGINS",
    "TRIGGERS",
    "in_order",
    "matching",
    "register_words",
]

T = TypeVar("T")

ENGINES = Words(Path(scheduler.core.__file__).parent / "announcement", "engines", str)
ORIGINS = Words(Path(__file__).parent, "origins", str)
NOTICES = Words(Path(__file__).parent, "notices", str)
"""What has just been done, by the word a redirect carries in its address; anything else there says nothing."""


def register_words(app: Flask) -> None:
    """What every template may use; a page of an extra has notices of its own in the place of the core's."""
    app.jinja_env.globals.update(
        campaign_words=CAMPAIGN_STATES,
        engine_words=ENGINES,
        notices=NOTICES,
        origins=ORIGINS,
        reason=sentence,
        state_words=STATES,
    )


def matching(rows: Iterable[T], typed: str, texts: Sequence[str]) -> list[T]:
    """The rows whose own text (`texts`, in the same order) holds every word typed, diacritics and đ left aside."""
    return [row for row, text in zip(rows, texts, strict=True) if holds(text, typed)]


def in_order(rows: Iterable[T], word: Callable[[T], str]) -> list[T]:
    """The rows by a word of each, as a Vietnamese dictionary would have them."""
    return sorted(rows, key=lambda row: sort_key(word(row)))
