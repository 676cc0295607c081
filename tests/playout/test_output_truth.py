"""What each output sounded, told by what it did: devices that stand still, come late, break, and files beside them.

The device is a card on a stepped clock that keeps what it really played; what is told is held against that.
"""

import os
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.core.air.output_share import of_loudspeakers, worst
from scheduler.core.model import HOUSE_RATE, milliseconds_of
from scheduler.kernel.errors import OutputError
from scheduler.playout.outputs.fifo import Fifo
from scheduler.playout.played import Played
from scheduler.playout.programme import Ended
from scheduler.playout.take import SEAM, Take
from tests.examples import examples
from tests.playout.aired import outputs_ok
from tests.playout.fake_output import FakeOutput
from tests.playout.stepped_desk import Services, programme
from tests.playout.test_sink import SIX, Bench, tone

BLOCK_MS = 20


def ended_of(bench: Bench) -> Ended:
    (ended,) = bench.ended
    return ended


def test_a_card_that_sounded_all_says_so_without_a_hole():
    bench = Bench()
    bench.arm("a", 5, tone(2))
    bench.run_until(9)
    (share,) = ended_of(bench).shares
    assert (share.state, share.played_ms, share.total_ms, share.holes) == ("ok", 2000, 2000, ())
    assert share.first_at == pytest.approx(SIX + timedelta(seconds=5), abs=timedelta(milliseconds=1))


def test_a_card_that_took_no_frames_for_eleven_seconds_has_a_hole_there():
    """The sound server stood still: what the card still held was played, what it was not given never was."""
    bench = Bench()
    bench.arm("a", 5, tone(20))
    bench.run_until(10)
    bench.clock.advance(11)
    bench.run_until(30)
    ended = ended_of(bench)
    (share,) = ended.shares
    sounded = len(bench.card.sounded())
    assert share.played_ms == pytest.approx(milliseconds_of(sounded), abs=2 * BLOCK_MS)
    (hole,) = share.holes
    assert hole.start_ms == pytest.approx(5_600, abs=100)
    assert share.played_ms + hole.length_ms == pytest.approx(20_000, abs=5)
    assert (share.state, outputs_ok(ended)) == (f"sounded {share.played_ms} of {share.due_ms} ms", ())


def test_a_card_that_takes_frames_and_does_not_play_them_was_not_heard():
    """Its clock stands from the tenth second on: it holds all it takes, for good."""
    bench = Bench()
    bench.arm("a", 5, tone(10))
    bench.run_until(10)
    held_from, honest = bench.clock.monotonic(), bench.card.delay
    bench.card.delay = lambda: honest() + bench.clock.monotonic() - held_from  # type: ignore[method-assign]
    bench.run_until(30)
    ended = ended_of(bench)
    (share,) = ended.shares
    assert share.played_ms == pytest.approx(5_000, abs=3 * BLOCK_MS)
    assert share.holes[0].start_ms == pytest.approx(5_000, abs=3 * BLOCK_MS)
    assert sum(hole.length_ms for hole in share.holes) == pytest.approx(5_000, abs=3 * BLOCK_MS)
    assert outputs_ok(ended) == ()


def test_what_a_card_held_when_it_broke_was_not_heard():
    bench = Bench()
    bench.arm("a", 5, tone(20))
    bench.run_until(11.8)
    bench.break_card()
    bench.card.open = lambda: (_ for _ in ()).throw(OutputError("gone"))  # type: ignore[method-assign]
    bench.run_until(32)
    (share,) = ended_of(bench).shares
    assert share.played_ms == pytest.approx(6_800, abs=3 * BLOCK_MS)
    assert share.due_ms == share.total_ms == 20_000
    assert share.state != "ok"


def test_what_is_told_on_the_way_is_never_more_than_the_card_has_played():
    bench = Bench(latency=0.1)
    bench.arm("a", 5, tone(3))
    bench.run_until(6)
    (sounding,) = bench.airings.on_air(bench.frames.now())
    due = bench.frames.now() - 5 * HOUSE_RATE
    assert due - 6 * HOUSE_RATE // 50 <= sounding.frames_accepted <= due
    assert sounding.shares[0].played_ms == milliseconds_of(sounding.frames_accepted)


def test_an_output_that_opens_in_the_middle_has_a_hole_at_its_start():
    bench = Bench()
    bench.arm("a", 5, tone(10))
    bench.run_until(6)
    bench.break_card()
    bench.run_until(20)
    (share,) = ended_of(bench).shares
    assert len(share.holes) == 1
    assert share.holes[0].start_ms == pytest.approx(1_000, abs=60)
    assert milliseconds_of(len(bench.card.sounded())) >= share.played_ms


def test_a_pipe_that_nobody_reads_sounded_nothing(tmp_path: Path):
    services = Services(Fifo("ống", ("all",), path=tmp_path / "loa.pcm"))
    services.engine.arm(programme(length=4), SIX + timedelta(seconds=3))
    services.run(9)
    (share,) = services.ended[0].shares
    assert (share.played_ms, share.state) == (0, f"nobody reads {tmp_path / 'loa.pcm'}; start the program that should")
    (health,) = services.engine.health()
    assert (str(health.state), health.unheard) == ("open", True)


def test_a_pipe_whose_reader_goes_away_sounded_what_was_read(tmp_path: Path):
    path = tmp_path / "loa.pcm"
    services = Services(Fifo("ống", ("all",), path=path))
    services.run(0.1)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    services.engine.arm(programme(length=8), SIX + timedelta(seconds=3))
    for _ in range(600):
        services.run(0.01, 0.01)
        with suppress(BlockingIOError):
            os.read(reader, 1 << 16)
    os.close(reader)
    services.run(8)
    (share,) = services.ended[0].shares
    assert 2_900 <= share.played_ms <= 4_400, (
        "a pipe holds a third of a second, and silence of a second says it is left"
    )
    assert share.state != "ok"


@given(
    st.lists(st.tuples(st.integers(1, 2_000), st.integers(0, 5_000), st.integers(0, 3_000)), min_size=1, max_size=20),
    st.integers(0, 60_000),
)
def test_what_an_output_took_and_its_holes_are_all_that_it_owed(pieces, to):
    """Frames taken, then frames left out, again and again."""
    take, at, taken = Take(), 0, 0
    for count, gap, _ in pieces:
        take.took(range(at, at + count))
        taken += count
        at += count + gap
    due = range(at)
    assert take.heard(at) == taken == take.accepted
    holes = take.holes(due, to)
    assert all(len(hole) >= SEAM for hole in holes)
    assert all(one.stop < other.start for one, other in pairwise(holes))
    owed = take.heard(min(to, at)) + sum(map(len, holes)) + take.left_out
    assert len(due) - SEAM * (len(pieces) + 1) <= owed <= len(due) + take.left_out
    assert take.heard(to) <= take.heard(at)


@given(st.lists(st.tuples(st.integers(1, 2_000), st.integers(0, 500), st.integers(0, 4_000)), min_size=1, max_size=30))
def test_a_device_has_played_no_more_than_it_was_given_and_never_less_than_before(lots):
    played, cursor, written, before = Played(0), 0, 0, 0
    for count, gap, held in lots:
        played.wrote(count, cursor, count)
        written += count
        cursor += count
        reached = played.holds(held)
        assert before <= reached <= cursor
        if held >= written:
            assert reached == before
        before = reached
        cursor += gap
    assert played.holds(0) >= cursor - lots[-1][1]


@settings(deadline=None, max_examples=examples(40))
@given(
    st.lists(st.tuples(st.sampled_from(["z1", "z2"]), st.booleans(), st.integers(0, 400)), min_size=1, max_size=4),
    st.one_of(st.none(), st.integers(0, 300)),
)
def test_the_headline_is_no_more_than_any_loudspeaker_sounded(outputs, cut):
    made = []
    for number, (zone, counts, breaks) in enumerate(outputs):
        out = FakeOutput(f"{number}", (zone,))
        out.counts, out.break_after = counts, breaks * 480 if breaks < 200 else None
        made.append(out)
    services = Services(*made)
    services.engine.arm(programme(length=2), SIX + timedelta(seconds=1))
    services.run(1 + (cut or 0) / 100)
    if cut is not None:
        services.engine.cut("a", "stopped_by")
    services.run(6)
    (ended,) = services.ended
    for share, out in zip(ended.shares, made, strict=True):
        sounded = int(np.count_nonzero(out.sound))
        assert share.played_ms <= milliseconds_of(sounded) + 1, "told more than it was given"
        assert share.played_ms <= share.due_ms <= share.total_ms + 1
    asked = of_loudspeakers(ended.shares)
    assert all(milliseconds_of(ended.frames_accepted) <= share.played_ms for share in asked)
    if asked:
        assert worst(ended.shares).played_ms == milliseconds_of(ended.frames_accepted)
