"""A feed: what comes late, early, never, or at another clock's pace, as the outputs read it."""

import threading
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.core.model import HOUSE_RATE
from scheduler.playout.mixer import BLOCK, FADE, Block
from scheduler.playout.stream_buffer import StreamBuffer
from tests.examples import examples

LEVEL = 10_000


def sound(seconds: float, level: int = LEVEL) -> Block:
    return np.full(round(seconds * HOUSE_RATE), level, np.int16)


def noise(seconds: float, seed: int = 1) -> Block:
    return np.random.default_rng(seed).integers(-9000, 9000, round(seconds * HOUSE_RATE)).astype(np.int16)


def feed(length: float = 60.0, **sizes: float) -> StreamBuffer:
    return StreamBuffer(round(length * HOUSE_RATE), **sizes)


class Reader:
    """An output that reads block after block."""

    def __init__(self, source: StreamBuffer) -> None:
        self.source = source
        self.at = 0
        self.blocks: list[Block] = []

    def read(self, seconds: float) -> Block:
        count = round(seconds * HOUSE_RATE)
        first = len(self.blocks)
        for begin in range(self.at, self.at + count, BLOCK):
            self.blocks.append(self.source[begin : min(begin + BLOCK, self.at + count)])
        self.at += count
        return np.concatenate(self.blocks[first:])

    @property
    def heard(self) -> Block:
        return np.concatenate(self.blocks)


def run_live(source: StreamBuffer, seconds: float, pace: float = 1.0, piece: Block | None = None) -> Reader:
    """A producer whose clock runs at `pace`, pushing 20 ms at a time, and an output that reads 20 ms at a time."""
    reader, owed = Reader(source), 0.25 * HOUSE_RATE
    material = sound(seconds * pace + 1) if piece is None else piece
    pushed = 0
    for _ in range(round(seconds * 50)):
        owed += BLOCK * pace
        while owed >= BLOCK:
            at = pushed % len(material)
            source.push(np.resize(material[at : at + BLOCK], BLOCK))
            pushed, owed = pushed + BLOCK, owed - BLOCK
        reader.read(0.02)
    return reader


# -- what a part of a programme is ------------------------------------------------------------------------------------


def test_its_length_is_fixed():
    source = feed(3)
    source.push(sound(1))
    source.close()
    assert len(source) == 3 * HOUSE_RATE


@pytest.mark.parametrize(
    ("first", "last", "frames"),
    [
        pytest.param(0, BLOCK, BLOCK, id="a_block"),
        pytest.param(HOUSE_RATE - 10, HOUSE_RATE + 500, 10, id="over_its_end"),
        pytest.param(HOUSE_RATE + 1, HOUSE_RATE + 500, 0, id="behind_its_end"),
        pytest.param(50, 50, 0, id="nothing"),
    ],
)
def test_a_read_gives_exactly_its_frames(first: int, last: int, frames: int):
    block = feed(1)[first:last]
    assert (len(block), block.dtype) == (frames, np.int16)


@pytest.mark.parametrize("frames", [0, -5])
def test_a_feed_without_length_is_refused(frames: int):
    with pytest.raises(ValueError, match="at least one frame"):
        StreamBuffer(frames)


@pytest.mark.parametrize(
    "samples", [pytest.param(np.zeros(9), id="floats"), pytest.param(np.zeros((9, 2), np.int16), id="stereo")]
)
def test_other_samples_are_refused(samples: np.ndarray):
    with pytest.raises(ValueError, match="16-bit"):
        feed().push(samples)


def test_the_producer_may_use_its_buffer_again():
    source = feed()
    buffer = sound(1)
    source.push(buffer)
    buffer[:] = 0
    assert source[FADE : 2 * FADE].tolist() == [LEVEL] * FADE


# -- beginning ----------------------------------------------------------------------------------------------------


def test_nothing_is_read_out_before_enough_has_come():
    source = feed(prebuffer=0.2)
    reader = Reader(source)
    source.push(sound(0.19))
    assert not reader.read(1).any()
    source.push(sound(0.02))
    assert reader.read(0.1).any()


def test_it_fades_in_and_is_exact_from_there_on():
    source = feed()
    material = noise(2)
    source.push(material)
    heard = Reader(source).read(1)
    assert heard[0] == 0
    assert np.array_equal(heard[FADE:], material[FADE:HOUSE_RATE])
    assert (np.abs(heard[:FADE]) <= np.abs(material[:FADE])).all()


def test_silence_before_the_first_push_is_waiting_and_after_it_is_missing():
    source = feed()
    reader = Reader(source)
    reader.read(1)
    source.push(sound(0.1))
    assert source.missing == 0
    reader.read(0.5)
    assert source.missing == HOUSE_RATE // 2


def test_a_producer_that_never_came_is_missing_whole():
    source = feed()
    Reader(source).read(3)
    assert (source.pushed, source.missing) == (0, 3 * HOUSE_RATE)


# -- gaps ---------------------------------------------------------------------------------------------------------


def test_a_gap_fades_out_and_in_and_goes_on_behind_the_furthest_reader():
    source = feed(margin=0.06)
    reader = Reader(source)
    source.push(sound(1))
    reader.read(1.5)
    source.push(sound(1))
    reader.read(1)
    heard = reader.heard.astype(int)
    assert np.abs(np.diff(heard)).max() < LEVEL * 2 / FADE * np.pi
    assert not heard[HOUSE_RATE : round(1.56 * HOUSE_RATE)].any()
    assert heard[HOUSE_RATE - 10] < 100
    assert (heard[round(1.56 * HOUSE_RATE) + FADE : 2 * HOUSE_RATE] == LEVEL).all()
    assert source.missing == round(0.56 * HOUSE_RATE)


def test_late_speech_is_not_cut_in_pieces():
    """A network that stands still for half a second and then gives all at once: one gap, nothing lost."""
    source = feed()
    reader = Reader(source)
    ramp = np.arange(1, 4 * HOUSE_RATE + 1).astype(np.float64) / (4 * HOUSE_RATE) * 30_000 + 1000
    material = ramp.astype(np.int16)
    for number in range(200):
        if number < 50:
            source.push(material[number * BLOCK : (number + 1) * BLOCK])
        elif number == 75:
            source.push(material[50 * BLOCK : 76 * BLOCK])
        elif number > 75:
            source.push(material[number * BLOCK : (number + 1) * BLOCK])
        reader.read(0.02)
    silent = np.flatnonzero(reader.heard[round(0.4 * HOUSE_RATE) :] == 0)
    assert (np.diff(silent) == 1).all(), "more than one gap"
    assert source.dropped == 0
    spoken = reader.heard[reader.heard != 0].astype(int)
    assert (np.diff(spoken[FADE:])[np.diff(spoken[FADE:]) < -50]).size <= FADE, "only the fade goes down"


def test_every_gap_is_counted_once_however_many_outputs_read_it():
    source = feed()
    source.push(sound(0.5))
    far, near = Reader(source), Reader(source)
    far.read(2)
    once = source.missing
    near.read(2)
    assert source.missing == once == round(1.5 * HOUSE_RATE)


def test_what_was_read_never_changes():
    source = feed()
    far, near = Reader(source), Reader(source)
    far.read(0.6)
    source.push(sound(1))
    far.read(0.5)
    source.push(sound(1))
    near.read(1.1)
    assert np.array_equal(far.heard, near.heard)


# -- too much -----------------------------------------------------------------------------------------------------


def test_what_is_too_far_ahead_goes_oldest_first():
    source = feed(ahead=5)
    material = noise(8)
    source.push(material)
    heard = Reader(source).read(4)
    assert np.array_equal(heard[FADE:], material[3 * HOUSE_RATE :][FADE : 4 * HOUSE_RATE])
    assert source.dropped == 3 * HOUSE_RATE


def test_a_cut_back_while_it_sounds_does_not_click():
    source = feed(ahead=0.5)
    reader = Reader(source)
    for _ in range(400):
        source.push(sound(0.022))
        reader.read(0.02)
    assert source.dropped > 0
    assert len(source._queue) <= HOUSE_RATE // 2
    steady = reader.heard[np.flatnonzero(reader.heard)[0] + FADE :].astype(int)
    assert np.abs(steady - LEVEL).max() <= 2


@pytest.mark.parametrize("pace", [0.99, 1.01])
def test_drift_is_absorbed_in_silence(pace: float):
    """Speech with pauses at another pace: after 1.2 s of drift no word is torn and the delay is what it was."""
    words = np.concatenate([sound(0.4), np.zeros(round(0.1 * HOUSE_RATE), np.int16)])
    source = feed(2000, ahead=1.0)
    reader = run_live(source, 120, pace, words)
    assert 0.04 * HOUSE_RATE < len(source._queue) < 0.45 * HOUSE_RATE
    heard = reader.heard[HOUSE_RATE:]
    edges = np.flatnonzero(np.diff((heard != 0).astype(np.int8))) + 1
    loud = {int(end - begin) for begin, end in pairwise(edges) if heard[begin]}
    assert loud == {round(0.4 * HOUSE_RATE)}
    assert source.missing == 0


def test_at_the_same_pace_nothing_is_dropped_doubled_or_missing():
    source = feed(120)
    material = noise(61)
    reader = run_live(source, 60, 1.0, material)
    assert (source.dropped, source.missing) == (0, 0)
    assert np.array_equal(reader.heard[FADE:], material[FADE : len(reader.heard)])


# -- keeping ------------------------------------------------------------------------------------------------------


def test_an_output_ten_seconds_behind_hears_the_same():
    source = feed(ahead=20)
    source.push(noise(14))
    far, near = Reader(source), Reader(source)
    far.read(10)
    near.read(10)
    assert np.array_equal(far.heard, near.heard)


def test_a_jump_over_a_stall_keeps_the_delay():
    source = feed()
    material = noise(5)
    source.push(material)
    assert np.array_equal(source[2 * HOUSE_RATE : 3 * HOUSE_RATE], material[2 * HOUSE_RATE : 3 * HOUSE_RATE])


# -- the end --------------------------------------------------------------------------------------------------------


def test_what_is_in_hand_when_the_producer_ends_still_sounds():
    source = feed()
    source.push(sound(1))
    reader = Reader(source)
    reader.read(0.5)
    source.close()
    assert source.over_at is None
    reader.read(1)
    assert source.over_at == HOUSE_RATE
    assert (reader.heard[FADE : HOUSE_RATE - FADE] == LEVEL).all()
    assert not reader.heard[HOUSE_RATE:].any()
    assert source.missing == 0


def test_a_short_word_is_heard_though_it_never_filled_the_buffer():
    source = feed(prebuffer=0.5)
    source.push(sound(0.3))
    source.close()
    assert np.count_nonzero(Reader(source).read(1)) == pytest.approx(0.3 * HOUSE_RATE, abs=30)


def test_after_the_end_nothing_is_taken_and_nothing_is_missed():
    source = feed()
    source.close()
    source.close()
    source.push(sound(1))
    assert not Reader(source).read(1).any()
    assert (source.is_closed, source.over_at, source.pushed) == (True, 0, 0)


def test_the_window_ends_with_a_fade():
    source = feed(1)
    source.push(sound(2))
    heard = source[0:HOUSE_RATE].astype(int)
    assert (heard[FADE : HOUSE_RATE - FADE] == LEVEL).all()
    assert (np.diff(heard[HOUSE_RATE - FADE :]) <= 0).all()
    assert heard[-1] < 20


# -- what is known --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "db"),
    [
        pytest.param(32767, 0.0, id="full_scale"),
        pytest.param(3277, -20.0, id="a_tenth"),
        pytest.param(33, -60.0, id="faint"),
    ],
)
def test_the_level_of_the_last_second(level: int, db: float):
    source = feed()
    source.push(sound(3, 1))
    for _ in range(50):
        source.push(sound(0.02, level))
    assert source.level_db() == pytest.approx(db, abs=0.1)


def test_the_level_of_silence_is_minus_infinity():
    source = feed()
    assert source.level_db() == float("-inf")
    source.push(np.zeros(999, np.int16))
    assert source.level_db() == float("-inf")


# -- whatever comes -------------------------------------------------------------------------------------------------

steps = st.lists(
    st.one_of(
        st.tuples(st.just("push"), st.integers(1, HOUSE_RATE)),
        st.tuples(st.just("far"), st.integers(1, HOUSE_RATE)),
        st.tuples(st.just("near"), st.integers(1, HOUSE_RATE)),
        st.tuples(st.just("close"), st.just(0)),
    ),
    max_size=25,
)


@settings(max_examples=examples(50), deadline=None)
@given(steps, st.sampled_from([0.0, 0.05, 0.2]), st.sampled_from([0.3, 5.0]))
def test_two_outputs_hear_the_same_and_nothing_is_counted_twice(
    moves: list[tuple[str, int]], prebuffer: float, ahead: float
):
    source = StreamBuffer(4 * HOUSE_RATE, prebuffer=prebuffer, ahead=ahead)
    heard: dict[str, list[Block]] = {"far": [], "near": []}
    at = {"far": 0, "near": 0}
    for move, count in [*moves, ("far", 5 * HOUSE_RATE), ("near", 5 * HOUSE_RATE)]:
        if move == "push":
            source.push(np.random.default_rng(count).integers(-20_000, 20_000, count).astype(np.int16))
        elif move == "close":
            source.close()
        else:
            heard[move].append(source[at[move] : at[move] + count])
            at[move] = min(len(source), at[move] + count)
    far, near = (np.concatenate(heard[who]) for who in ("far", "near"))
    assert len(far) == len(near) == len(source)
    assert np.array_equal(far, near)
    assert source.missing <= len(source)
    sounded = np.count_nonzero(far)
    assert sounded <= source.pushed
    assert len(source) - source.missing <= source.pushed - source.dropped + sum(far == 0)


def test_a_producer_and_two_outputs_on_threads_of_their_own():
    source = feed(4, ahead=60)
    heard: dict[str, Block] = {}

    def produce() -> None:
        for number in range(400):
            source.push(noise(0.02, number))
        source.close()

    def listen(name: str, block: int) -> None:
        heard[name] = np.concatenate([source[at : at + block] for at in range(0, len(source), block)])

    threads = [
        threading.Thread(target=produce),
        threading.Thread(target=listen, args=("far", 960)),
        threading.Thread(target=listen, args=("near", 441)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert np.array_equal(heard["far"], heard["near"])
    assert source.pushed == 400 * BLOCK
