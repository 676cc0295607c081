"""What a measurement of the return line means, and when silence and stray sound are alarms."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.air.heard_back import HEARD_WORDS, Heard, SpellKind
from scheduler.core.words.wording import REASONS as SENTENCES
from scheduler.extras.air_check.rules.air_watch import REASONS, Air, Measured, Watch, WatchRules, judge
from scheduler.extras.air_check.rules.wording_air import SPELL_WORDS, measured_words

BEGAN = datetime(2026, 12, 2, 10, tzinfo=UTC)
RULES = WatchRules(silence_db=-60, silence_seconds=10, stray_db=-45, stray_seconds=3)
LOUD, QUIET, DEAD = -20.0, -50.0, -90.0


@pytest.mark.parametrize(
    ("measured", "verdict"),
    [
        pytest.param(Measured(1, -20, 0.9, 1.0, 100), Heard.HEARD, id="all of it came back"),
        pytest.param(Measured(1, -20, 0.7, 0.8, 100), Heard.HEARD, id="four fifths of it did"),
        pytest.param(Measured(1, -20, 0.5, 0.79, 100), Heard.PARTLY, id="a little less than that"),
        pytest.param(Measured(1, -75, 0.9, 1.0, 100), Heard.HEARD, id="faint and yet certain"),
        pytest.param(Measured(1, -20, 0.05, 0.0, 0), Heard.OTHER, id="loud and something else"),
        pytest.param(Measured(1, -60, 0.05, 0.0, 0), Heard.OTHER, id="just not silent"),
        pytest.param(Measured(1, -60.1, 0.05, 0.0, 0), Heard.SILENT, id="just silent"),
        pytest.param(Measured(1, -20), Heard.SOUND, id="nothing to hold it against"),
        pytest.param(Measured(1, -80), Heard.SILENT, id="nothing to hold against, and silent"),
        pytest.param(Measured(0.5, -20, 0.9, 1.0, 0), Heard.HEARD, id="half of it listened to"),
        pytest.param(Measured(0.49, -20, 0.9, 1.0, 0), Heard.UNKNOWN, id="less than half listened to"),
        pytest.param(Measured(0.0), Heard.UNKNOWN, id="nobody listened"),
    ],
)
def test_an_airing_is_judged_by_how_much_of_it_came_back(measured, verdict):
    assert judge(measured, -60) is verdict


def watched(levels):
    """The spells told, second by second: (level, what should sound)."""
    watch, told = Watch(RULES), []
    for second, (level, air) in enumerate(levels, 1):
        told += watch.look(BEGAN + timedelta(seconds=second), level, air)
    return watch, told


def seconds(spell):
    return (spell.ended - spell.began).total_seconds() if spell.ended else None


def test_silence_while_something_plays_is_an_alarm_after_ten_seconds_and_ends_with_sound():
    _, told = watched([(DEAD, Air.PLAYING)] * 9)
    assert told == []
    watch, told = watched([(DEAD, Air.PLAYING)] * 14 + [(LOUD, Air.PLAYING)])
    begun, ended = told
    assert (begun.kind, begun.began, begun.ended) == (SpellKind.SILENCE, BEGAN, None)
    assert seconds(ended) == 14
    assert watch.open is None


def test_a_pause_in_what_is_said_is_no_alarm():
    assert watched(([(DEAD, Air.PLAYING)] * 9 + [(LOUD, Air.PLAYING)]) * 5)[1] == []


def test_silence_ends_with_its_airing():
    told = watched([(DEAD, Air.PLAYING)] * 12 + [(DEAD, Air.UNSURE)])[1]
    assert seconds(told[1]) == 12


def test_a_burst_of_a_foreign_station_is_told_with_its_length_and_loudest_second():
    burst = [(LOUD - 5, Air.NOTHING)] * 3 + [(LOUD, Air.NOTHING)] * 4
    _, told = watched([(QUIET, Air.NOTHING)] * 5 + burst + [(QUIET, Air.NOTHING)] * 10)
    begun, ended = told
    assert (begun.kind, begun.began) == (SpellKind.STRAY, BEGAN + timedelta(seconds=5))
    assert (seconds(ended), ended.level_dbfs) == (7, LOUD)


def test_a_horn_of_a_motorbike_is_no_alarm():
    assert watched([(QUIET, Air.NOTHING)] * 5 + [(LOUD, Air.NOTHING)] * 2 + [(QUIET, Air.NOTHING)] * 10)[1] == []


def test_a_foreign_programme_with_pauses_is_one_spell():
    talk = ([(LOUD, Air.NOTHING)] * 5 + [(QUIET, Air.NOTHING)] * 4) * 10
    told = watched(talk + [(QUIET, Air.NOTHING)] * 10)[1]
    assert len(told) == 2
    assert seconds(told[1]) == 9 * 10 - 4


def test_a_moment_in_which_playout_says_nothing_does_not_cut_a_spell_in_two():
    talk = ([(LOUD, Air.NOTHING)] * 10 + [(LOUD, Air.UNSURE)] * 3) * 4
    told = watched(talk + [(QUIET, Air.NOTHING)] * 10)[1]
    assert [seconds(one) for one in told] == [None, 4 * 13 - 3]


def test_an_airing_ends_stray_sound_at_once():
    told = watched([(LOUD, Air.NOTHING)] * 10 + [(LOUD, Air.PLAYING)])[1]
    assert [seconds(one) for one in told] == [None, 10]


def test_what_the_station_plays_is_never_stray():
    assert watched([(LOUD, Air.PLAYING)] * 60 + [(LOUD, Air.UNSURE)] * 60)[1] == []


def test_stray_sound_is_not_watched_for_where_the_ward_does_not_want_it():
    watch = Watch(WatchRules(-60, 10, 0, 3))
    assert [watch.look(BEGAN + timedelta(seconds=n), LOUD, Air.NOTHING) for n in range(60)] == [[]] * 60


def test_a_monitor_that_goes_deaf_ends_what_it_was_telling():
    told = watched([(DEAD, Air.PLAYING)] * 12 + [(None, Air.PLAYING)] * 3)[1]
    assert [seconds(one) for one in told] == [None, 12]


@pytest.mark.parametrize("step", [-3600, 3600])
def test_a_stepped_clock_makes_no_spell_of_hours(step):
    watch = Watch(RULES)
    for second in range(1, 13):
        watch.look(BEGAN + timedelta(seconds=second), DEAD, Air.PLAYING)
    told = watch.look(BEGAN + timedelta(seconds=12 + step), DEAD, Air.PLAYING)
    assert [seconds(one) for one in told] == [12]


line = st.lists(
    st.tuples(
        st.one_of(st.none(), st.sampled_from([LOUD, QUIET, DEAD, -60.0, -45.0])),
        st.sampled_from(list(Air)),
        st.integers(1, 20),
    ),
    max_size=30,
)


@given(line)
def test_spells_begin_and_end_in_turn_never_overlap_and_never_run_backwards(stretches):
    watch, told = watched([(level, air) for level, air, length in stretches for _ in range(length)])
    assert [one.ended is None for one in told] == [place % 2 == 0 for place in range(len(told))]
    assert (watch.open is not None) == (len(told) % 2 == 1)
    ends = [one for one in told if one.ended]
    assert all(one.began <= one.ended for one in ends)
    assert all(first.ended <= second.began for first, second in pairwise(ends))


@given(line)
def test_where_nothing_is_known_nothing_is_raised(stretches):
    levels = [(level, Air.UNSURE) for level, _, length in stretches for _ in range(length)]
    assert watched(levels)[1] == []


def test_every_verdict_and_spell_has_its_word_and_every_reason_its_sentence():
    assert set(HEARD_WORDS) == set(Heard) == set(REASONS)
    assert set(SPELL_WORDS) == {kind.value for kind in SpellKind}
    assert {reason for reason in REASONS.values() if reason} <= set(SENTENCES)


def test_numbers_are_written_the_vietnamese_way():
    assert measured_words(Measured(1, -23.14, 0.914, 0.5, 120)) == "-23,1 dBFS, độ khớp 0,91, khớp 50 %"
    assert measured_words(Measured(0.0)) == ""
