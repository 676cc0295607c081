"""Staggered zones: neighbouring horns sound one after the other, each the whole of it, by exactly the configured delay."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.config.loading import OutputConfig, QuietHoursConfig, ZoneConfig
from scheduler.core.air.gate import GateFacts, GateRequest, may_start
from scheduler.core.model import HOUSE_RATE, Priority, Role, Sha256
from scheduler.core.planning.rules import parse_window
from scheduler.kernel.clock import SteppedClock
from scheduler.playout.engine import Engine
from scheduler.playout.mixer import FADE
from scheduler.playout.programme import Programme
from scheduler.playout.stream_buffer import StreamBuffer
from scheduler.station import Station
from scheduler.station_words import break_in_with
from tests.conftest import DAY, Cast
from tests.examples import examples
from tests.playout.stepped_desk import SIX, Services, card, noise, programme, seconds
from tests.playout.test_wavfile import read

NEAR, FAR = ("nam",), ("bac",)


class Staggered(Services):
    """The stepped desk with a delay for each output named in `delays` (seconds)."""

    def __init__(self, *outputs, delays):
        super().__init__(*outputs)
        told = {name: timedelta(seconds=delay) for name, delay in delays.items()}
        self.clock = SteppedClock(SIX)
        self.engine = Engine(self.clock, outputs, allow=self.allow, on_event=self.events.append, delays=told)


def two(delay, *, lead=0.0):
    near, far = card("near", NEAR, lead=0.1), card("far", FAR, lead=lead or 0.1)
    services = Staggered(near, far, delays={"far": delay})
    services.engine.step()
    return services, near, far


def onset(output):
    return int(np.flatnonzero(output.sound)[0])


def heard(output, first, length):
    return output.sound[first : first + length]


@settings(max_examples=examples(25))
@given(delay=st.floats(0.02, 10), length=st.floats(0.1, 4), lead=st.sampled_from([0.05, 0.6]))
def test_the_far_horn_sounds_the_same_frames_later_by_exactly_the_delay(delay, length, lead):
    services, near, far = two(delay, lead=lead)
    services.engine.arm(programme("a", length), SIX + seconds(1))
    services.run(length + delay + 2)
    # A delay has whole microseconds, as in config.toml it has whole milliseconds.
    sound, late = noise(length), round(timedelta(seconds=delay).total_seconds() * HOUSE_RATE)
    assert onset(near) == HOUSE_RATE
    assert onset(far) == HOUSE_RATE + late
    assert np.array_equal(heard(near, HOUSE_RATE, len(sound)), sound)
    assert np.array_equal(heard(far, HOUSE_RATE + late, len(sound)), sound)
    (ended,) = services.ended
    assert (ended.cut, ended.frames_accepted, ended.frames_total) == (None, len(sound), len(sound))
    assert dict(ended.frames) == {"near": len(sound), "far": len(sound)}
    assert ended.started_at == SIX + seconds(1)


def test_an_airing_ends_only_when_the_last_horn_has_had_all_of_it():
    services, _, far = two(3.0)
    services.engine.arm(programme("a", 1.0), SIX + seconds(1))
    services.run(3.5)
    assert not services.ended
    services.run(2.0)
    assert len(services.ended) == 1
    assert len(np.flatnonzero(far.sound)) == HOUSE_RATE


def test_a_stop_before_the_far_horn_has_begun_keeps_it_silent():
    services, near, far = two(2.0)
    services.engine.arm(programme("a", 5.0), SIX + seconds(1))
    services.run(2.0)
    services.engine.cut("a", "stopped_by")
    services.run(4.0)
    assert near.sound.any()
    assert not far.sound.any()
    assert services.ended[0].cut == "stopped_by"


def test_a_stop_while_both_sound_fades_both_at_once():
    services, near, far = two(1.0)
    services.engine.arm(programme("a", 6.0), SIX + seconds(1))
    services.run(4.0)
    services.engine.cut("a", "stopped_by")
    services.run(5.0)
    ends = [int(np.flatnonzero(output.sound)[-1]) for output in (near, far)]
    assert abs(ends[0] - ends[1]) <= FADE + HOUSE_RATE // 5
    (ended,) = services.ended
    assert ended.frames_total == 6 * HOUSE_RATE
    assert ended.frames_accepted < 4 * HOUSE_RATE


def test_a_live_voice_reaches_the_far_horn_whole_and_late():
    services, near, far = two(2.0)
    feed = StreamBuffer(60 * HOUSE_RATE)
    services.engine.arm(Programme("mic", "all", Priority.NORMAL, (noise(0.5), feed)), SIX + seconds(1))
    for _ in range(150):
        feed.push(np.full(HOUSE_RATE // 50, 4000, np.int16))
        services.run(0.02, 0.02)
    feed.close()
    services.run(6)
    (ended,) = services.ended
    assert ended.cut is None
    assert ended.frames_accepted == ended.frames_total
    spoken = [np.count_nonzero(output.sound == 4000) for output in (near, far)]
    assert spoken[0] == spoken[1] > HOUSE_RATE
    assert onset(far) - onset(near) == 2 * HOUSE_RATE


def test_a_late_airing_keeps_the_distance():
    services, near, far = two(1.5)
    services.run(5)
    services.engine.arm(programme("a", 1.0), SIX + seconds(1))
    services.run(6)
    assert onset(far) - onset(near) == round(1.5 * HOUSE_RATE)


def test_an_airing_for_the_far_zone_alone_starts_late_too_and_the_near_one_is_silent():
    services, near, far = two(1.0)
    services.engine.arm(programme("a", 1.0, zone="bac"), SIX + seconds(1))
    services.run(4)
    assert not near.sound.any()
    assert onset(far) == 2 * HOUSE_RATE
    assert len(services.ended) == 1


def test_the_gate_is_asked_for_when_the_far_horn_really_sounds():
    services, near, far = two(2.0)
    services.forbidden = [(SIX + seconds(3), SIX + seconds(60))]
    services.engine.arm(programme("a", 2.0), SIX + seconds(1))
    services.run(6)
    assert np.array_equal(heard(near, HOUSE_RATE, 2 * HOUSE_RATE), noise(2.0))
    assert not far.sound[3 * HOUSE_RATE :].any()


# -- by config ------------------------------------------------------------------------------------------------------


@pytest.fixture
def staggered(config):
    outputs = (
        OutputConfig(name="nam", kind="wavfile", counts=True, zones=("nam",)),
        OutputConfig(name="bac", kind="wavfile", counts=True, zones=("bac",)),
    )
    return replace(config, outputs=outputs, zones=(ZoneConfig(name="nam"), ZoneConfig(name="bac", delay_seconds=2.0)))


@pytest.fixture
def config(config):
    return replace(config, quiet_hours=QuietHoursConfig(windows=("21:00-05:00",)))


def test_two_wav_outputs_hear_an_emergency_and_a_planned_airing_two_seconds_apart(staggered, clock):
    station = Station.open(staggered, clock)
    station.prepare()
    try:
        minh = station.repos.people.machine(clock.now())
        playout = station.playout()
        playout.start()
        slot_id = break_in_with(station, minh, "Nước lên, bà con sơ tán.", title="Sơ tán")
        playout.run_stepped(clock, clock.now() + timedelta(seconds=60))
        playout.stop()
        near, far = (sorted((staggered.data / "wav" / name).rglob("*.wav")) for name in ("nam", "bac"))
        assert len(near) == len(far) == 1
        assert np.array_equal(read(near[0]), read(far[0]))
        begun = [int(path[0].name[4:6]) + 60 * int(path[0].name[2:4]) for path in (near, far)]
        assert begun[1] - begun[0] == 2
        row = station.repos.store.row("SELECT * FROM journal WHERE slot_id = ?", (slot_id,))
        assert (row["outcome"], row["played_ms"]) == ("played", row["planned_ms"])
    finally:
        station.close()


def request_until(end, zone):
    return GateRequest("s", end - timedelta(minutes=1), end, Priority.NORMAL, Sha256("a"), Sha256("a"), zone=zone)


@pytest.mark.parametrize(("zone", "allowed"), [("nam", True), ("bac", False), ("all", False)])
def test_what_would_reach_the_far_horns_in_quiet_hours_is_not_started(staggered, zone, allowed):
    edge = datetime(2026, 12, 2, 21, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    asked = request_until(edge, zone)
    verdict = may_start(asked, staggered.rules, GateFacts(clock_trusted=True), asked.start)
    assert verdict.allowed is allowed


def test_the_planner_ends_an_airing_early_enough_for_the_far_horns(staggered, clock):
    station = Station.open(staggered, clock)
    station.prepare()
    try:
        lan = station.repos.people.add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", clock.now())
        minh = station.repos.people.add("minh", "Minh", Role.APPROVER, "mat-khau-cua-minh", clock.now())
        cast = Cast(station, lan, minh)
        window = parse_window("20:59-21:00")
        cast.running(cast.approved(seconds=57.0), windows=(window,), base=1, zone="bac")
        too_long = cast.running(cast.approved(seconds=59.0, title="Dài"), windows=(window,), base=1, zone="bac")
        (slot,) = station.repos.slots.of_day(DAY)
        assert slot.length == timedelta(seconds=57)
        assert [one.campaign_id for one in station.repos.slots.refusals(DAY)] == [too_long]
    finally:
        station.close()
