"""A chime until the words are there: every output hears the same, the words are whole, and it ends."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.air.cue_list import CHIME_PAUSE
from scheduler.playout.late_words import WORDS_WITHIN, LateWords

CHIME = np.random.default_rng(7).integers(-9000, 9000, 5000, np.int16)
WORDS = np.random.default_rng(8).integers(1, 9000, 3000, np.int16)
CLOSE = np.random.default_rng(9).integers(1, 9000, 700, np.int16)
PART = [WORDS, np.zeros(50, np.int16), WORDS, CLOSE]


def read(late, first, last):
    """What one output hears, in uneven pieces."""
    pieces, step = [], 960
    while first < last:
        pieces.append(late[first : min(first + step, last)])
        first, step = first + step, step % 4000 + 331
    return np.concatenate(pieces) if pieces else np.zeros(0, np.int16)


@given(st.lists(st.integers(0, WORDS_WITHIN // 2), min_size=1, max_size=3))
def test_whatever_each_output_has_read_before_the_words_came_all_hear_the_same(read_to):
    late = LateWords(CHIME)
    before = [read(late, 0, at) for at in read_to]
    assert late.say(PART)
    assert not late.say(PART), "once"
    heard = [np.concatenate([had, read(late, len(had), len(late))]) for had in before]
    assert all(np.array_equal(one, heard[0]) for one in heard)
    whole = heard[0]
    assert np.array_equal(whole[: len(CHIME)], CHIME), "the first chime is whole"
    body = np.concatenate(PART)
    assert np.array_equal(whole[-len(body) :], body), "the words are whole, and nothing follows"
    at = len(whole) - len(body)
    assert at - CHIME_PAUSE >= len(CHIME)
    assert not whole[at - CHIME_PAUSE : at].any(), "a pause before them"
    assert at - max(*read_to, len(CHIME)) <= CHIME_PAUSE + 48_000 // 5, "and no more"


def test_without_words_it_ends_behind_a_whole_chime_and_takes_none_any_more():
    late = LateWords(CHIME)
    assert len(late) <= WORDS_WITHIN
    whole = read(late, 0, len(late))
    assert np.array_equal(whole[-len(CHIME) :], CHIME)
    assert not late.say(PART)
    assert not late[len(late) : len(late) + 10].any()
    assert len(LateWords(np.ones(WORDS_WITHIN * 2, np.int16))) == WORDS_WITHIN * 2, "a longer chime is whole too"
