"""A box at its own desk, on a clock that is stepped by hand: the ward's orders become sound, each once, or nothing."""

import wave
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from scheduler.config.loading import (
    CapConfig,
    Config,
    OutputConfig,
    PlanningConfig,
    QuietHoursConfig,
    SpeechConfig,
    StationConfig,
)
from scheduler.core.model import AirtimeLimit, Priority, QuietHours, Slot, StationRules, Trigger
from scheduler.core.planning.rules import parse_window
from scheduler.extras.boxes.keys import BoxConfig, MqttConfig
from scheduler.extras.boxes.rules.messages import ClusterKind, Order, public_of
from scheduler.extras.boxes.rules.plan import BoxClip, holds_of, plan_json, slot_json
from scheduler.extras.boxes.service.box import BoxService
from scheduler.kernel.clock import SteppedClock
from scheduler.kernel.errors import Refused
from scheduler.station import Station
from tests.conftest import DAY, MORNING

ZONE = "Asia/Ho_Chi_Minh"
KEY = "11" * 32
LOUD = 8000


@pytest.fixture
def clock():
    return SteppedClock(MORNING)


@pytest.fixture
def config(tmp_path):
    return Config(
        folder=tmp_path,
        station=StationConfig(data="data"),
        quiet_hours=QuietHoursConfig(windows=("21:00-05:00",), legal_basis="QĐ của cụm"),
        planning=PlanningConfig(days_ahead=2),
        speech=SpeechConfig(engines=("espeak",)),
        outputs=(OutputConfig(name="wav", kind="wavfile", counts=True),),
    ).having(
        BoxConfig(id="c1", ward_id="25771", ward_key=public_of(KEY), page_url="http://127.0.0.1:1"),
        MqttConfig(url="mqtt://127.0.0.1:1"),
    )


@pytest.fixture
def box(station):
    return station.services.get(BoxService)


class Ward:
    """Gives orders as a ward would, with numbers that grow."""

    def __init__(self, station):
        self.station, self.seq = station, 0

    def order(self, kind, body, *, at=None, minutes=30):
        self.seq += 1
        at = at or self.station.clock.now()
        expires = at + timedelta(minutes=minutes) if minutes else None
        return Order(f"o{self.seq}", self.seq, "25771", "c1", kind, at, expires, body)

    def clip(self, seconds=3.0, pitch=440.0, *, here=True):
        times = np.arange(round(seconds * 48_000)) / 48_000
        pcm = (np.sin(2 * np.pi * pitch * times) * LOUD).astype(np.int16)
        made = self.station.repos.library.add_master(pcm)
        if not here:
            self.station.repos.library.discard(made.sha256)
        return BoxClip(made.sha256, 44 + 2 * made.frames, made.frames)

    def slot(self, clip, start, slot_id="20261202-c1-1", **changes):
        plain = {
            "id": slot_id,
            "day": DAY,
            "zone": "all",
            "start": start,
            "length": timedelta(seconds=clip.frames / 48_000),
            "campaign_id": 1,
            "announcement_id": 1,
            "audio_sha256": clip.sha256,
        }
        return slot_json(Slot(**(plain | changes)), timedelta(0), "Tiêm chủng", {clip.sha256: clip}, "Sơ tán ngay.")

    def plan(self, *slots, rules=None, **changes):
        rules = rules or StationRules(ZONE, QuietHours(()), AirtimeLimit(), timedelta(0), timedelta(minutes=2))
        body = plan_json(slots, holds_of(rules, (), 30.0), DAY, DAY + timedelta(days=1))
        return self.order(ClusterKind.PLAN, body | changes, minutes=0)

    def emergency(self, clip, /, **changes):
        start = changes.pop("start", self.station.clock.now())
        told = self.slot(clip, start, "20261202-e1-1", trigger=Trigger.EMERGENCY, priority=Priority.EMERGENCY)
        return self.order(ClusterKind.EMERGENCY, {"slot": told | changes})


@pytest.fixture
def ward(station):
    return Ward(station)


@pytest.fixture
def air(station, clock):
    """Let the box's playout run for some minutes."""
    begun = []

    def run(minutes):
        if not begun:
            begun.append(station.playout())
            begun[0].start()
        begun[0].run_stepped(clock, clock.now() + timedelta(minutes=minutes))

    yield run
    for playout in begun:
        playout.stop()


def journal(station):
    sql = "SELECT slot_id, outcome, reason FROM journal WHERE kind = 'airing' ORDER BY seq"
    return [tuple(row.values()) for row in station.repos.store.rows(sql)]


def recorded(station):
    found = sorted((station.config.data / "wav").rglob("*.wav"))
    return [_pcm(path) for path in found]


def _pcm(path):
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def soon(clock, minutes=1):
    return clock.now() + timedelta(minutes=minutes)


def test_what_the_plan_names_sounds_on_time_and_once_however_often_the_plan_comes(station, box, ward, air, clock):
    slot = ward.slot(ward.clip(), soon(clock))
    for _ in range(3):
        box.take_plan(ward.plan(slot))
    air(2)
    box.take_plan(ward.plan(slot))
    air(2)
    assert journal(station) == [("20261202-c1-1", "played", "")]
    (heard,) = recorded(station)
    assert len(heard) == 3 * 48_000
    row = station.repos.store.row("SELECT * FROM journal WHERE kind = 'airing'")
    assert (row["title"], row["approver"], row["planned_start"][:16]) == (
        "Tiêm chủng", "Phường (lệnh cho cụm loa)", "2026-12-01T22:31",
    )  # fmt: skip


def test_what_the_next_plan_no_longer_names_or_has_moved_is_taken_back(station, box, ward, air, clock):
    clip = ward.clip()
    first, second = ward.slot(clip, soon(clock), "a-1"), ward.slot(clip, soon(clock, 3), "a-2")
    box.take_plan(ward.plan(first, second))
    box.take_plan(ward.plan(second | {"start": soon(clock, 4).isoformat()}))
    air(6)
    assert journal(station) == [("a-2", "played", "")]
    assert (
        station.repos.store.value("SELECT actual_start FROM journal WHERE slot_id = 'a-2'")[:16] == "2026-12-01T22:34"
    )


def test_a_plan_that_comes_late_behind_a_newer_one_is_known_already(box, ward, clock):
    old, new = ward.plan(ward.slot(ward.clip(), soon(clock))), ward.plan()
    box.take_plan(new)
    assert box.is_known(old)


def test_a_box_in_another_time_zone_keeps_the_plan_before(station, box, ward, clock):
    box.take_plan(ward.plan(ward.slot(ward.clip(), soon(clock))))
    rules = StationRules("Asia/Tokyo", QuietHours(()), AirtimeLimit(), timedelta(0), timedelta(minutes=2))
    with pytest.raises(Refused, match="cluster_zone_differs"):
        box.take_plan(ward.plan(rules=rules))
    assert box.rows.has_slot("20261202-c1-1")


@pytest.mark.parametrize("whose", ["the ward", "the box"])
def test_the_quiet_hours_of_ward_and_of_box_both_hold(station, box, ward, air, clock, whose):
    quiet = QuietHours((parse_window("05:00-06:00"),), "QĐ của phường")
    rules = StationRules(ZONE, quiet, AirtimeLimit(), timedelta(0), timedelta(minutes=2))
    if whose == "the box":
        clock.advance(15 * 3600 + 28 * 60)  # 20:58
        rules = None
    start = soon(clock, 3)
    box.take_plan(ward.plan(ward.slot(ward.clip(), start), rules=rules))
    air(5)
    assert journal(station) == [("20261202-c1-1", "refused", "quiet_hours")]
    assert recorded(station) == []
    basis = station.config.quiet_hours.legal_basis
    assert basis == ("QĐ của cụm; QĐ của phường" if whose == "the ward" else "QĐ của cụm")


def test_the_smaller_cap_of_the_two_holds(station, box, ward, air, clock):
    rules = StationRules(ZONE, QuietHours(()), AirtimeLimit(minutes_a_session=0.06), timedelta(0), timedelta(minutes=2))
    clip = ward.clip(3.0)
    box.take_plan(ward.plan(ward.slot(clip, soon(clock), "a-1"), ward.slot(clip, soon(clock, 2), "a-2"), rules=rules))
    air(4)
    assert journal(station) == [("a-1", "played", ""), ("a-2", "refused", "cap_minutes")]
    assert station.config.cap == CapConfig(minutes_a_session=0.06)


def test_an_emergency_of_the_ward_sounds_in_quiet_hours_and_says_who_ordered_it(station, box, ward, air, clock):
    clock.advance(16 * 3600)  # 21:30
    order = ward.emergency(ward.clip())
    box.air_emergency(order, box.read_emergency(order))
    air(1)
    assert [row[1] for row in journal(station)] == ["played"]
    assert (
        station.repos.store.value("SELECT operator FROM journal WHERE kind = 'airing'") == "Phường (lệnh cho cụm loa)"
    )
    assert box.is_known(order)


def test_the_same_emergency_twice_is_one_airing(station, box, ward, air, clock):
    clip = ward.clip()
    first = ward.emergency(clip)
    again = replace(ward.emergency(clip), body=first.body)
    for order in (first, again):
        box.air_emergency(order, box.read_emergency(order))
    air(2)
    assert len(journal(station)) == 1


def test_an_emergency_that_was_stopped_before_it_came_is_not_aired(station, box, ward, air, clock):
    order = ward.emergency(ward.clip())
    box.obey(ward.order(ClusterKind.STOP, {"slot_id": "20261202-e1-1"}))
    box.air_emergency(order, box.read_emergency(order))
    air(1)
    assert journal(station) == []
    assert recorded(station) == []


def test_one_that_is_stopped_while_it_waits_holds_the_air_for_nobody(station, box, ward, air, clock):
    clips = [ward.clip(20.0, pitch) for pitch in (440.0, 550.0, 660.0)]
    orders = [ward.emergency(clip, id=f"20261202-e{n}-1") for n, clip in enumerate(clips)]
    for order in orders:
        box.air_emergency(order, box.read_emergency(order))
        air(0.1)
    box.obey(ward.order(ClusterKind.STOP, {"slot_id": "20261202-e1-1"}))
    air(0.5)
    assert journal(station) == [("20261202-e0-1", "played", ""), ("20261202-e2-1", "played", "")]
    assert station.services.air.on_air().fault["count"] == 0


def test_what_is_no_emergency_does_not_come_in_as_one(box, ward):
    clip = ward.clip()
    for changes in ({"trigger": "schedule"}, {"priority": 3}, {"id": ""}, {"clip": None}):
        with pytest.raises(Refused, match="cluster_plan_bad"):
            box.read_emergency(ward.emergency(clip, **changes))
    with pytest.raises(Refused, match="cluster_plan_bad"):
        box.read_emergency(ward.order(ClusterKind.EMERGENCY, {}))


def test_an_emergency_whose_sound_has_not_come_is_spoken_and_its_length_is_that_of_the_words(station, box, ward, air):
    order = ward.emergency(ward.clip(here=False))
    told = box.read_emergency(order)
    assert box.want_at_once(told)
    spoken = station.speak_now(box.ward(), told.title, told.text, limit=1000)
    box.air_emergency(order, told, spoken)
    air(2)
    row = station.repos.store.row("SELECT * FROM journal WHERE kind = 'airing'")
    assert (row["outcome"], row["audio_sha256"]) == ("played", spoken.sha256)
    assert row["played_ms"] == pytest.approx(row["planned_ms"], abs=1)  # one counts whole milliseconds, one rounds
    assert box.rows.answer_to(order.id)["reason"] == "cluster_spoken_here"


def test_a_slot_whose_sound_never_came_fails_and_says_so(station, box, ward, air, clock):
    clip = ward.clip(here=False)
    box.take_plan(ward.plan(ward.slot(clip, soon(clock))))
    assert [row["sha256"] for row in box.rows.missing()] == [clip.sha256]
    air(2.9)
    assert (box.settle(), journal(station)) == (0, [])
    clock.advance(5)
    assert box.settle() == 1
    air(1)
    assert journal(station) == [("20261202-c1-1", "failed", "audio_missing")]


def test_a_slot_whose_sound_comes_late_is_aired_late_and_once(station, box, ward, air, clock):
    clip = ward.clip(here=False)
    slot = ward.slot(clip, soon(clock))
    box.take_plan(ward.plan(slot))
    air(1.5)
    box.take_plan(ward.plan())  # the next plan no longer names it: it is under way
    ward.clip()
    assert (box.settle(), box.settle()) == (1, 0)
    air(2)
    assert journal(station) == [("20261202-c1-1", "played", "")]


def test_a_slot_that_waits_for_its_sound_can_be_moved_taken_back_and_stopped(station, box, ward, air, clock):
    clip = ward.clip(here=False)
    slots = [ward.slot(clip, soon(clock, 2), f"a-{number}") for number in (1, 2, 3)]
    box.take_plan(ward.plan(*slots))
    box.take_plan(ward.plan(slots[0] | {"start": soon(clock, 3).isoformat()}, slots[2]))
    box.obey(ward.order(ClusterKind.STOP, {"slot_id": "a-3"}))
    ward.clip()
    box.settle()
    air(5)
    assert [
        (row["slot_id"], row["planned_start"][11:16]) for row in station.repos.store.rows("SELECT * FROM journal")
    ] == [("a-1", "22:33")]


def test_muted_only_an_emergency_sounds(station, box, ward, air, clock):
    clip = ward.clip()
    box.take_plan(ward.plan(ward.slot(clip, soon(clock))))
    box.obey(ward.order(ClusterKind.MUTE, {"muted": True}, minutes=0))
    air(2)
    assert journal(station) == [("20261202-c1-1", "refused", "quiet_hours")]
    order = ward.emergency(clip)
    box.air_emergency(order, box.read_emergency(order))
    air(1)
    assert journal(station)[-1][1] == "played"
    box.obey(ward.order(ClusterKind.MUTE, {"muted": False}, minutes=0))
    assert station.config.quiet_hours.windows == ("21:00-05:00",)


def test_muting_ends_what_sounds(station, box, ward, air, clock):
    box.take_plan(ward.plan(ward.slot(ward.clip(30.0), soon(clock))))
    air(1.2)
    box.obey(ward.order(ClusterKind.MUTE, {"muted": True}, minutes=0))
    air(1)
    ((_, outcome, reason),) = journal(station)
    assert (outcome, reason) == ("partial", "quiet_hours")


def test_a_volume_lowers_what_is_aired_next_but_no_emergency(station, box, ward, air, clock):
    clip = ward.clip()
    box.obey(ward.order(ClusterKind.VOLUME, {"percent": 50}, minutes=0))
    box.take_plan(ward.plan(ward.slot(clip, soon(clock))))
    air(2)
    order = ward.emergency(clip, chime=False)
    box.air_emergency(order, box.read_emergency(order))
    air(1)
    quiet, loud = recorded(station)
    assert np.abs(quiet).max() == pytest.approx(LOUD / 2, rel=0.01)
    assert np.abs(loud).max() == pytest.approx(LOUD, rel=0.01)


def test_of_two_volumes_the_later_order_holds_whichever_comes_first(box, ward):
    first, second = (ward.order(ClusterKind.VOLUME, {"percent": one}, minutes=0) for one in (30, 80))
    box.obey(second)
    box.obey(first)
    assert box.rows.told("volume") == 80


@pytest.mark.parametrize("percent", [0, 101, "50", None, True])
def test_a_volume_that_is_none_changes_nothing(box, ward, percent):
    with pytest.raises(Refused, match="cluster_volume_bad"):
        box.obey(ward.order(ClusterKind.VOLUME, {"percent": percent}))
    assert box.rows.told("volume") is None


def test_a_stop_ends_what_sounds_and_what_has_not_begun(station, box, ward, air, clock):
    clip = ward.clip(30.0)
    box.take_plan(ward.plan(ward.slot(clip, soon(clock), "a-1"), ward.slot(clip, soon(clock, 5), "a-2")))
    air(1.2)
    box.obey(ward.order(ClusterKind.STOP, {"slot_id": None}))
    box.obey(ward.order(ClusterKind.STOP, {"slot_id": "a-2"}))
    air(6)
    assert journal(station) == [("a-1", "partial", "stopped_by_ward")]


def test_with_a_clock_far_from_the_wards_nothing_of_a_plan_sounds(station, box, ward, air, clock):
    box.take_plan(ward.plan(ward.slot(ward.clip(), soon(clock))))
    assert box.hear_clock(timedelta(hours=3))
    air(2)
    assert journal(station) == [("20261202-c1-1", "refused", "quiet_hours")]
    assert "lệch" in station.config.quiet_hours.legal_basis
    assert not box.hear_clock(timedelta(seconds=20))
    assert station.config.quiet_hours.windows == ("21:00-05:00",)


def test_a_slot_that_could_only_be_missed_is_not_taken_in(station, box, ward, clock):
    box.take_plan(ward.plan(ward.slot(ward.clip(), clock.now() - timedelta(minutes=10))))
    assert box.rows.has_slot("20261202-c1-1") is None


def test_a_box_that_was_restarted_in_the_middle_plays_nothing_twice(station, box, ward, clock, config):
    box.take_plan(ward.plan(ward.slot(ward.clip(20.0), soon(clock))))
    playout = station.playout()
    playout.start()
    playout.run_stepped(clock, clock.now() + timedelta(seconds=70))
    for sink in playout.engine._sinks:
        sink.output.close()
    again = Station.open(config, clock)  # the first one died here
    again.prepare()
    try:
        again.services.get(BoxService).take_plan(
            ward.plan(ward.slot(ward.clip(20.0), clock.now() - timedelta(seconds=10)))
        )
        second = again.playout()
        second.start()
        second.run_stepped(clock, clock.now() + timedelta(minutes=2))
        second.stop()
        assert len(journal(again)) == 1
        assert journal(again)[0][1] == "partial"
    finally:
        again.close()


def test_a_sound_that_nothing_names_any_more_is_let_go_after_a_while(station, box, ward, air, clock):
    clip = ward.clip()
    box.take_plan(ward.plan(ward.slot(clip, soon(clock))))
    air(2)
    box.forget()
    assert station.repos.library.has(clip.sha256)
    clock.advance(31 * 24 * 3600)
    box.forget()
    assert not station.repos.library.has(clip.sha256)


def test_a_station_that_is_no_box_is_left_as_it_was(tmp_path, clock, config):
    plain = Station.open(replace(config, folder=tmp_path / "other").having(BoxConfig()), clock)
    try:
        plain.prepare()
        assert plain.config == plain.written
    finally:
        plain.close()
