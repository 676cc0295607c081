"""Which voice may be bettered, when a sound is at rest, and the words for why a lesser one read."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduler.core.announcement.voices import CAUSES, Passed, cause, chain_words, is_lesser, nearest_start, rests_from
from scheduler.core.words.wording import REASONS
from tests.rows import over

NOON = datetime(2026, 12, 2, 5, 0, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.mark.parametrize(
    ("engine", "lesser"),
    [("gtts", False), ("piper", True), ("espeak", True), ("server", False), ("", False)],
    ids=["first", "second", "last", "no_longer_configured", "recording"],
)
def test_what_a_better_engine_comes_before_may_be_bettered(engine, lesser):
    assert is_lesser(engine, ("gtts", "piper", "espeak")) is lesser


@over(
    "minutes, rests",
    [
        ([], True),
        ([31], True),
        ([30], False),
        ([29], False),
        ([0], False),
        ([-1], False),
        ([-600, 90], False),
        ([90, 31], True),
    ],
)
def test_a_sound_rests_when_it_neither_sounds_nor_is_about_to(minutes, rests):
    starts = [NOON + timedelta(minutes=one) for one in minutes]
    assert rests_from(starts, NOON, HALF_AN_HOUR) is rests


def test_what_has_begun_counts_as_now():
    assert nearest_start([NOON + HALF_AN_HOUR, NOON - HALF_AN_HOUR], NOON) == NOON
    assert nearest_start([], NOON) is None


def test_the_story_names_each_voice_its_cause_and_since_when():
    passed = [
        Passed("gtts", "cannot be reached", "voice_offline", since=NOON),
        Passed("piper", "no Piper voice", "piper_none"),
        Passed("other", "?", "unheard_of"),
    ]
    told = "Google (qua mạng) mất mạng từ 12:00; Piper chưa có tệp giọng; other gặp lỗi"
    assert chain_words(passed, {NOON: "12:00"}) == told
    assert chain_words([], {}) == ""


def test_every_cause_is_of_a_reason_that_people_can_read():
    assert set(CAUSES) <= set(REASONS)
    assert [words for words in CAUSES.values() if words[0].isupper() or words.endswith(".")] == []
    assert cause("") == cause("voice_failed")
