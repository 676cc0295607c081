"""RTP packets: their numbers, and when they leave."""

import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.model import HOUSE_RATE
from scheduler.kernel import beside
from scheduler.kernel.clock import SteppedClock, SystemClock
from scheduler.kernel.errors import OutputError
from scheduler.playout.mixer import BLOCK
from scheduler.playout.outputs import packets
from scheduler.playout.outputs.packets import CUSHION, Header, Pacer, Schedule
from tests.playout.rtp_packet import Packet
from tests.threads import Asking, starved

NOON = datetime(2026, 3, 13, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def long_farewell(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits at the end is sent: on a busy machine that may take longer than the fifth of a second of a station."""
    monkeypatch.setattr(packets, "_FAREWELL", 120.0)


def header() -> Header:
    return Header(96, 48_000, 1, 65_534, 0xFFFFFFFF - 479)


def test_numbers_run_over_their_ends():
    stream = header()
    told = [Packet.of(stream.packet(b"x", 480, marked=False)) for _ in range(4)]
    assert [packet.sequence for packet in told] == [65_534, 65_535, 0, 1]
    assert [packet.timestamp for packet in told] == [0xFFFFFFFF - 479, 0, 480, 960]


class Sent:
    """Packets as they left, and when."""

    def __init__(self) -> None:
        self.packets: list[tuple[float, Packet]] = []
        self.clock = SystemClock()

    def __call__(self, packet: bytes) -> None:
        self.packets.append((self.clock.monotonic(), Packet.of(packet)))


def test_packets_of_one_block_leave_apart():
    """On a clock that stands still each packet waits from the one before: how late the first leaves does not matter."""
    sent = Sent()
    pacer = Pacer(SteppedClock(NOON), header(), sent)
    pacer.hand_over(BLOCK)
    for _ in range(2):
        pacer.add(b"x", 480)
    pacer.close()
    (first, _), (second, _) = sent.packets
    assert second - first > 0.005


def test_a_late_block_does_not_make_all_after_it_late():
    schedule = Schedule()
    for number, late in enumerate([0.0, 0.0, 0.15, 0.14, 0.0, 0.0]):
        assert schedule.hand_over(BLOCK, 100 + number * 0.02 + late) == 0
        assert schedule.due(number * BLOCK) == pytest.approx(100 + CUSHION + number * 0.02)


def test_a_late_first_block_is_forgotten_after_prompt_ones():
    schedule = Schedule()
    schedule.hand_over(BLOCK, 100.015)
    schedule.hand_over(BLOCK, 100.02)
    assert schedule.due(BLOCK) == pytest.approx(100.02 + CUSHION)


@given(st.lists(st.floats(0, 0.2), min_size=1, max_size=50))
def test_no_frame_is_planned_before_it_came_or_later_than_its_cushion(lateness: list[float]):
    schedule = Schedule()
    for number, late in enumerate(lateness):
        now = 100 + number * 0.02 + late
        schedule.hand_over(BLOCK, now)
        assert schedule.due(number * BLOCK) <= now + CUSHION + 1e-6


def test_frames_left_out_are_told_and_the_pace_goes_on_from_there():
    schedule = Schedule()
    schedule.hand_over(BLOCK, 100.0)
    assert schedule.hand_over(BLOCK, 101.02) == HOUSE_RATE
    assert schedule.due(BLOCK) == pytest.approx(101.02 + CUSHION)
    assert schedule.hand_over(BLOCK, 101.04) == 0


def test_after_a_gap_timestamp_and_marker_say_so():
    clock, sent = SteppedClock(NOON), Sent()
    pacer = Pacer(clock, header(), sent)
    for pause in (0.0, 0.01, 1.01, 0.01):
        clock.advance(pause)
        pacer.hand_over(480)
        pacer.add(b"x", 480)
    pacer.close()
    left = [packet for _, packet in sent.packets]
    assert [packet.marker for packet in left] == [True, False, True, False]
    steps = [(after.timestamp - before.timestamp) & 0xFFFFFFFF for before, after in itertools.pairwise(left)]
    assert steps == [480, 480 + HOUSE_RATE, 480]
    assert [packet.sequence for packet in left] == [65_534, 65_535, 0, 1]


def test_a_writer_who_runs_ahead_is_held_to_a_second():
    sent = Sent()
    pacer = Pacer(SteppedClock(NOON), header(), sent)
    taken = 0
    for _ in range(300):
        pacer.hand_over(480)
        taken += pacer.add(b"x", 480)
    assert 100 <= taken < 150
    packets._FAREWELL = 0.2
    pacer.close()


def test_closing_sends_what_waits_and_does_not_last():
    sent, clock = Sent(), SystemClock()
    pacer = Pacer(clock, header(), sent)
    pacer.hand_over(3 * 480)
    for _ in range(3):
        pacer.add(b"x", 480)
    pacer.close()
    assert len(sent.packets) == 3


@pytest.mark.parametrize("refuses", [False, True], ids=["dies at once", "cannot be begun"])
def test_a_machine_without_memory_for_its_thread_is_an_error_in_bounded_time(monkeypatch, refuses):
    asking = Asking(lambda: Pacer(SteppedClock(NOON), header(), Sent(), name="rtp loa"))
    with starved(monkeypatch) as machine:
        machine.lacks, machine.refuses = True, refuses
        monkeypatch.setattr(beside, "BEGINS_WITHIN", 0.1)
        with pytest.raises(OutputError, match="no memory or thread left"):
            asking.ask()
