"""What was heard lie at the instants it came, whatever arrivals say; no sound is kept."""

from datetime import UTC, datetime, timedelta

import numpy as np

from scheduler.core.model import HOUSE_RATE
from scheduler.extras.air_check.work.bands import BANDS, FRAMES_A_SECOND, bands_of
from scheduler.extras.air_check.work.memory import HOURS, Memory
from tests.extras.air_check.work.sounds import babble

BEGAN = datetime(2026, 12, 2, 10, tzinfo=UTC)
PIECE = HOUSE_RATE // 10


def at(seconds):
    return BEGAN + timedelta(seconds=seconds)


def filled(sound, lateness=lambda _: 0.0, memory=None, start=0.0):
    memory = memory or Memory(HOUSE_RATE)
    for number in range(len(sound) // PIECE):
        piece = sound[number * PIECE : (number + 1) * PIECE]
        came = start + (number + 1) * 0.1
        memory.add(at(came + lateness(came)), piece, fresh=number == 0)
    return memory


def offset(memory, sound, seconds):
    """How many frames what lies in memory is behind its instants."""
    want = bands_of([sound], HOUSE_RATE)
    have = memory.between(BEGAN, at(seconds + 4))
    scores = {}
    for late in range(200):
        part = have[late : late + len(want)]
        known = ~np.isnan(part[:, 0])
        scores[late] = np.abs(part[known] - want[: len(part)][known]).mean() if known.any() else np.inf
    return min(scores, key=scores.get)


def test_frames_lie_at_their_instants():
    sound = babble(1, 5)
    assert offset(filled(sound), sound, 5) == 0
    assert filled(sound).until - at(5) < timedelta(seconds=0.1)


def test_a_piece_that_was_held_up_moves_nothing():
    sound = babble(1, 10)
    memory = filled(sound, lambda second: 1.5 if 4 < second < 5 else 0.0)
    assert offset(memory, sound, 10) == 0
    assert not np.isnan(memory.between(at(0.1), at(9.9))).any()


def test_a_line_that_lost_a_stretch_is_placed_anew_after_two_seconds():
    sound = babble(1, 12)
    memory = filled(sound[: 4 * HOUSE_RATE])
    filled_on = sound[4 * HOUSE_RATE :]
    for number in range(len(filled_on) // PIECE):
        memory.add(at(7 + (number + 1) * 0.1), filled_on[number * PIECE : (number + 1) * PIECE])
    want = bands_of([filled_on], HOUSE_RATE)[5 * FRAMES_A_SECOND : 7 * FRAMES_A_SECOND]
    assert np.abs(memory.between(at(12), at(14)) - want).mean() < 1.0


def test_nobody_listening_is_not_silence():
    memory = filled(babble(1, 3))
    assert np.isnan(memory.between(at(5), at(6))).all()
    assert np.isnan(memory.between(at(-2), at(-1))).all()
    assert memory.between(at(2), at(1)).shape == (0, BANDS)


def test_it_forgets_what_is_older_than_its_hours():
    memory = filled(babble(1, 2))
    filled(babble(2, 2), memory=memory, start=HOURS * 3600)
    assert np.isnan(memory.between(at(0), at(1.8))).all()
    assert not np.isnan(memory.between(at(HOURS * 3600 + 0.1), at(HOURS * 3600 + 1.8))).any()


def test_a_clock_that_was_stepped_back_empties_it():
    memory = filled(babble(1, 4))
    filled(babble(2, 1), memory=memory, start=-3600)
    assert np.isnan(memory.between(at(0), at(4))).all()
    assert not np.isnan(memory.between(at(-3599.9), at(-3599.2))).any()


def test_a_day_of_listening_needs_little_memory():
    kept = Memory(HOUSE_RATE)
    assert sum(one.nbytes for one in vars(kept).values() if isinstance(one, np.ndarray)) < 30_000_000
