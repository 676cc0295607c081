"""Words made to keep a reader busy: four times as long costs about four times as much, whatever is repeated in them.

No second is asserted. What is compared is the same reader's own computing time at a length and at four times it: near
4 where it goes through the words a fixed number of times, 16 and more where it starts again at every letter.
"""

import time
from contextlib import suppress

import pytest

from audio_assets.speech.lexicon import DEFAULT_LEXICON
from audio_assets.speech.normalise import normalise
from audio_assets.speech.sentences import split
from scheduler.core import vietnamese
from scheduler.core.characters import escaped, without_controls
from scheduler.core.dispatch import read_dispatch
from scheduler.core.vendor_values import plain
from scheduler.core.words.phrases import LONGEST, english
from scheduler.intake.plain import plain_text
from scheduler.intake.rtf import rtf_text
from scheduler.intake.web_page import html_text
from scheduler.kernel.errors import LoaError
from scheduler.kernel.net.address_policy import check_url
from scheduler.kernel.words import GAP, PART
from tests.core.dispatch.letter import HEAD
from tests.examples import some_of
from tests.of_extras import rows_of_extras
from web.announcement.text_changes import changes_marked
from web.api.body import read_json

READERS = rows_of_extras("rules.readers", "READERS") | {
    "the body of a call": lambda text: read_json(text.encode()),
    "a text in a body that never ends": lambda text: read_json(f'["{text}'.encode()),
    "what is read aloud": lambda text: normalise(text, DEFAULT_LEXICON),
    "what a voice is given": split,
    "a dispatch": lambda text: read_dispatch(HEAD + text),
    "what a dispatch refers to": lambda text: read_dispatch(f"{HEAD}Theo ý kiến của bà con{text}"),
    "what is searched for": lambda text: (vietnamese.fold(text), vietnamese.sort_key(text)),
    "what may not be kept": lambda text: (without_controls(text), escaped(text)),
    "words of the province": lambda text: plain(text, 100_000),
    "a plain file": lambda text: plain_text(text.encode()),
    "a file of WordPad": lambda text: rtf_text(f"{{\\rtf1 {text}}}".encode()),
    "a page as a file": lambda text: html_text(f"<html><body>{text}</body></html>".encode()),
    "an address": lambda text: check_url(f"http://{text}"),
    "what has changed": lambda text: changes_marked(text, text[::-1]),
    "a word of the page in English": lambda text: english().translate(text),
}
UNITS = (
    "a", "1", " ", "\t", "\n", ".", ",", "-", "/", "(", "[", "{", "<", '"', "'", "\\", '\\"', "“", "a ", "1 ", "1.", "1/", "a.",
    "a@", "0912345678 ", "http://", "www.a.", "&amp;", "&#", "<b ", "<!--", "{\\*", "lần ", "ngày 1/1 ", "10 phút ", "TP.",
    "1-", "Đ", "*", "…", "?!", "“a”", "a:", "1h", "tuần  năm  (từ  đến ", ", ngày  tháng ", ", a", "a b c d e f g h ",
)  # fmt: skip
END = "\x01!"
"""What no pattern waits for: all that was tried for the words before it is tried again."""
LENGTHS = (1_000, 4_000, 16_000)
NOTHING = 0.02
"""Seconds of computing that nobody would notice, however they grow."""
TOO_MUCH = 9.0


def cost(reader, text, times=1):
    """Seconds of this thread's own computing, the least of several times."""
    costs = []
    for _ in range(times):
        began = time.thread_time()
        with suppress(LoaError, ValueError):
            reader(text)
        costs.append(time.thread_time() - began)
    return min(costs)


def growth(reader, unit):
    """How many times more four times the length costs, where that costs anything."""
    for length in LENGTHS:
        short, long = (unit * max(1, size // len(unit)) + END for size in (length, 4 * length))
        taken = cost(reader, long)
        if taken < NOTHING:
            continue
        grown = taken / max(cost(reader, short), 1e-5)
        if grown >= TOO_MUCH:  # something else may have had the machine's caches: measured again before it is believed
            grown = cost(reader, long, 3) / max(cost(reader, short, 3), 1e-5)
        return grown
    return 1.0


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS.keys())
def test_four_times_as_long_costs_four_times_as_much(reader):
    cost(reader, "Mời bà con đi họp.")  # what is made once is made
    found = {unit: grown for unit in some_of(UNITS, 14) if (grown := growth(reader, unit)) >= TOO_MUCH}
    assert found == {}


def test_the_measure_finds_a_reader_that_starts_again_at_every_letter():
    def anew(text):
        return [text.rfind("!", at) and text.count(" ", at) for at in range(len(text))]

    assert any(growth(anew, "a") >= TOO_MUCH for _ in range(5))  # a full machine makes one measure too small


def quoted_without_end(letters):
    """A text that never ends, of quotation marks that are none: each could have begun one."""
    return ('"' + '\\"' * (letters // 2)).encode()


def test_a_text_that_never_ends_is_looked_through_once():
    """80 kB of it once kept all pages and DỪNG waiting for 25 s, as many as a body may have for ten minutes."""
    short, long = quoted_without_end(5_000), quoted_without_end(40_000)
    assert cost(read_json, long, 3) < 24 * max(cost(read_json, short, 3), 1e-4)


def forms_with_gaps():
    """Our own sentences of three gaps and more, each as a text made of nothing but its fixed words."""
    for key in english().words:
        fixed = GAP.split(PART.sub("{x}", key))[::2]
        if len(fixed) > 3:
            yield key, "".join(fixed[:-1]) or " "


def test_somebodys_long_text_of_our_own_words_is_not_looked_up():
    """Four gaps in 4,000 letters were nine seconds, in 20,000 a quarter of a day; LONGEST bounds what is tried."""
    forms = list(forms_with_gaps())
    assert len(forms) > 20
    tried = some_of(forms, 8)
    worst, unit = max((cost(english().translate, unit * (LONGEST // len(unit))), unit) for _, unit in tried)
    text = unit * (3 * LONGEST // len(unit))
    assert english().translate(text) == text
    assert cost(english().translate, text + ".") <= max(worst, NOTHING)


def test_the_longest_of_our_own_sentences_is_short_enough_to_be_looked_up():
    assert max(len(key) for key in english().words) < LONGEST // 2


def test_the_same_words_over_and_over_are_compared_no_longer_than_others():
    """A leader's page shows what has changed: 6,000 letters of one number took four seconds, twice as many thirty."""
    for unit in ("0912345678 ", "a b ", "lần nữa "):
        short, long = (unit * (size // len(unit)) for size in (1_500, 6_000))
        taken = cost(lambda text: changes_marked(text, text[::-1] + " mới"), long, 2)
        assert taken < max(
            NOTHING, TOO_MUCH * cost(lambda text: changes_marked(text, text[::-1] + " mới"), short, 2)
        ), unit


def test_a_text_said_over_and_over_still_shows_what_is_new_in_it():
    told = str(changes_marked("họp dân " * 800, "họp dân " * 800 + "mới"))
    assert "<ins>" in told
    assert "mới" in told
    assert str(changes_marked("họp dân tối nay", "họp dân tối mai")) == "họp dân tối <del>nay</del><ins>mai</ins>"
