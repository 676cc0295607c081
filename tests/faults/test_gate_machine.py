"""Whatever people, plans, relays, clocks and restarts do: no block sounds that the rules of that moment forbid.

Hypothesis drives a whole station on a stepped clock: desk, plan, timeline, gate, engine. Every block that reaches a
loudspeaker is judged by the town's own wall clock, without the code under test.
"""

import shutil
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from scheduler.config.loading import (
    CapConfig,
    LiveConfig,
    OutputConfig,
    PlanningConfig,
    RelayConfig,
    StationConfig,
    ZoneConfig,
)
from scheduler.core.air import gate
from scheduler.core.model import HOUSE_RATE, Person, Priority, Relay, Role, Slot, Trigger
from scheduler.core.planning.rules import parse_window
from scheduler.kernel.clock import SteppedClock
from scheduler.kernel.errors import LoaError, NotPermitted
from scheduler.playout import incoming
from scheduler.playout.outputs import KINDS
from scheduler.station import Station
from tests.examples import examples
from tests.faults.day import DAWN, DAY, approved, campaign, config_in, peopled, temporary_folder
from tests.faults.stepped import Stepped
from tests.faults.ward import EndlessSource, JudgedEars, Minutes, Sounding

SPECIAL = ZoneConfig(name="nam", noise_class="special", quiet_hours=("06:20-10:00", "15:00-19:00"))
QUIETS = (
    ("21:00-05:00", "11:30-13:30"),
    ("05:45-05:55", "20:00-05:00"),
    ("00:00-05:31", "06:00-23:59"),
    ("23:00-01:00",),
)
ZONES = st.sampled_from(["all", "bac", "nam"])
ROLES = st.sampled_from(Role)
STARTS = st.integers(0, 23 * 60)


def window(start: int, minutes: int) -> str:
    end = min(start + minutes, 24 * 60 - 1)
    return f"{start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}"


class Ward(RuleBasedStateMachine):
    """A ward with people of every role, two outputs and a zone with quiet hours of its own."""

    template: ClassVar[Path]
    sounds: ClassVar[tuple[int, ...]]
    emergency: ClassVar[int]
    ward: Stepped
    """From `begun_with` on."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = temporary_folder()
        self._patches = pytest.MonkeyPatch()
        self._patches.setattr(incoming, "start_relay", EndlessSource)
        EndlessSource.running.clear()
        self.clock = SteppedClock(DAWN)
        self.minutes = Minutes()
        self._patches.setitem(KINDS, "heard", self._ears)
        folder = Path(self._folder.name) / "ward"
        shutil.copytree(self.template, folder)
        self.config = ward_config(folder)
        self.judged = 0
        self.by_hand = 0
        self.begun: dict[str, float] = {}
        self.withdrawn: dict[int, float] = {}
        self.lease: tuple[Person, str] | None = None
        self.stepped_at = float("-inf")

    def teardown(self) -> None:
        EndlessSource.running.clear()
        if hasattr(self, "ward"):
            self.ward.close()
        self._patches.undo()
        self._folder.cleanup()

    def _ears(self, setting: OutputConfig, _config: object) -> JudgedEars:
        return JudgedEars(setting.name, setting.zones, config=self.config, clock=self.clock, minutes=self.minutes)

    def person(self, role: Role) -> Person:
        return next(one for one in self.ward.station.repos.people.listed() if one.role is role)

    @property
    def services(self):
        return self.ward.station.services

    # -- what people do -----------------------------------------------------------------------------------------------

    @initialize(caps=st.sampled_from([(0, 0.0), (2, 0.2), (1, 0.5)]), weekdays=st.sampled_from([(), (2,), (0, 1)]))
    def caps(self, caps, weekdays):
        cap = CapConfig(sessions_a_day=caps[0], minutes_a_session=caps[1], weekdays=weekdays or tuple(range(7)))
        self.begun_with(replace(self.config, cap=cap))

    @rule(start=STARTS, length=st.integers(1, 180), base=st.integers(1, 4), which=st.integers(0, 2), zone=ZONES)
    def run_campaign(self, start, length, base, which, zone):
        wanted = campaign(
            self.sounds[which],
            (window(start, length),),
            base=base,
            zone=zone,
            min_gap=timedelta(0),
            end=date(2027, 1, 9),
        )
        with suppress(LoaError):
            lan = self.person(Role.EDITOR)
            self.services.campaigns.start(lan, self.services.campaigns.save(lan, wanted))

    @rule(minutes=st.integers(0, 2))
    def run_campaign_soon(self, minutes):
        """One whose window is open now or in a moment, so that sound is likely."""
        wall = self.clock.now().astimezone(self.zone).replace(second=0) + timedelta(minutes=minutes)
        self.run_campaign(wall.hour * 60 + wall.minute, 4, 3, minutes, "all")

    @rule(role=ROLES, soon=st.integers(0, 1), zone=ZONES)
    def relay(self, role, soon, zone):
        wall = self.clock.now().astimezone(self.zone).replace(second=0) + timedelta(minutes=soon)
        text = window(min(wall.hour * 60 + wall.minute, 1438), 1)
        wanted = Relay(
            0, 0, (parse_window(text),), DAY, date(2027, 1, 9), ("http://127.0.0.1:8000/dai.mp3",), zone=zone
        )
        with suppress(LoaError):
            relay_id = self.services.relays.save(self.person(Role.EDITOR), "Thời sự", wanted)
            self.services.relays.approve(self.person(role), relay_id)
            self.services.relays.start(self.person(Role.EDITOR), relay_id)
            self.run(soon * 60 + 2.0)

    @rule(role=ROLES, which=st.integers(0, 2))
    def play_now(self, role, which):
        with suppress(LoaError):
            self.services.air.play_now(self.person(role), self.sounds[which], chime=False)

    @rule(role=ROLES, zone=ZONES, real=st.booleans())
    def break_in(self, role, zone, real):
        """Of the template, or of any announcement that nobody thought of as one."""
        with suppress(LoaError):
            name = self.emergency if real else self.sounds[0]
            self.services.emergency.break_in(self.person(role), name, zone=zone)

    @rule(role=ROLES, zone=ZONES)
    def drill(self, role, zone):
        with suppress(LoaError):
            sha256 = self.ward.station.repos.programme.announcement(self.sounds[2]).audio_sha256
            words = self.ward.station.repos.programme.clip(sha256)
            self.services.emergency.drill(self.person(role), self.emergency, words, zone=zone)

    @rule(role=ROLES, zone=ZONES)
    @precondition(lambda self: self.lease is None)
    def go_live(self, role, zone):
        with suppress(LoaError):
            person = self.person(role)
            self.lease = (person, self.services.live.open(person, zone=zone).id)
            self.run(8.0)

    @rule()
    @precondition(lambda self: self.lease is not None)
    def let_go(self):
        person, lease_id = self.lease
        self.lease = None
        with suppress(LoaError):
            self.services.live.release(person, lease_id)

    @rule(role=ROLES)
    def stop(self, role):
        if role in {Role.GUEST, Role.CONTRIBUTOR}:  # one may only look, the other's zones are not the whole ward
            with pytest.raises(NotPermitted):
                self.services.air.stop(self.person(role))
        else:
            self.services.air.stop(self.person(role))

    @rule(which=st.integers(0, 3))
    def withdraw(self, which):
        name = (*self.sounds, self.emergency)[which]
        with suppress(LoaError):
            self.services.announcements.withdraw(self.person(Role.APPROVER), name)
            self.withdrawn.setdefault(name, self.clock.monotonic())

    @rule(
        by_hand=st.integers(0, 23), which=st.integers(0, 2), priority=st.sampled_from(Priority), at_once=st.booleans()
    )
    def write_a_row_by_hand(self, by_hand, which, priority, at_once):
        """Past every form and every plan, straight into the table that playout reads; even as an emergency."""
        repos, now = self.ward.station.repos, self.clock.now()
        start = now + timedelta(seconds=3) if at_once else now + timedelta(hours=by_hand)
        sha256 = repos.programme.announcement(self.sounds[which]).audio_sha256
        trigger = Trigger.EMERGENCY if priority is Priority.EMERGENCY else Trigger.MANUAL
        self.by_hand += 1
        clip = repos.programme.clip(sha256)
        slot = Slot(
            id=f"bang-tay-{self.by_hand}",
            day=start.astimezone(self.zone).date(),
            zone="all",
            start=start,
            length=timedelta(seconds=clip.frames / HOUSE_RATE),
            campaign_id=None,
            announcement_id=self.sounds[which],
            audio_sha256=sha256,
            chime=False,
            priority=priority,
            trigger=trigger,
        )
        editor = self.person(Role.EDITOR).id
        repos.slots.add(slot, editor if by_hand % 2 else None, now)

    # -- what happens to the station ----------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([0.5, 3.0, 10.0, 60.0, 300.0, 3600.0, 6 * 3600.0]))
    def time_passes(self, seconds):
        self.run(seconds)

    @rule()
    def time_passes_until_the_next_airing(self):
        due = self.ward.service.alarms.next_at()
        if due:
            self.run(min(max((due - self.clock.now()).total_seconds(), 0.0) + 3.0, 12 * 3600))

    @rule(seconds=st.sampled_from([-1.0, 0.4, 30.0, -600.0, 3 * 3600.0, -3 * 3600.0, 12 * 3600.0]))
    def clock_is_stepped(self, seconds):
        self.clock.step_wall(seconds)
        self.stepped_at = self.clock.monotonic()
        self.run(1.0)

    @rule(which=st.sampled_from(QUIETS))
    def quiet_hours_are_edited(self, which):
        self.restarted(replace(self.config, quiet_hours=replace(self.config.quiet_hours, windows=which)))

    @rule(name=st.sampled_from(["Asia/Ho_Chi_Minh", "Europe/Paris", "America/Los_Angeles"]))
    def zone_is_edited(self, name):
        self.restarted(replace(self.config, station=replace(self.config.station, time_zone=name)))

    @rule(off=st.sampled_from([0.5, 20.0, 600.0, 7200.0]))
    def power_is_cut(self, off):
        EndlessSource.running.clear()
        self.ward.power_off()
        self.clock.advance(off)
        self.ward.reopen(self.config)
        self.ward.start()

    # -- how -----------------------------------------------------------------------------------------------------------

    @property
    def zone(self):
        return ZoneInfo(self.config.station.time_zone)

    def begun_with(self, config):
        """The first start; from then on `restarted`."""
        self.config = config
        self.ward = Stepped(Station.open(config, self.clock), self.clock)
        self.ward.start()

    def restarted(self, config):
        self.ward.service.stop()
        self.ward.service = None
        self.config = config
        self.ward.reopen(config)
        self.ward.start()

    def run(self, seconds):
        """Time passes by the monotonic clock; sources go on giving sound."""
        service, until = self.ward.service, self.clock.monotonic() + seconds
        while (left := until - self.clock.monotonic()) > 0:
            service.step()
            now = self.clock.now()
            dues = [due for due in (service.alarms.next_at(), service.engine.next_event()) if due]
            most = (
                600.0 if service.quiet_for(timedelta(0)) else 60.0
            )  # what waits for the air needs a turn now and then
            idle = min([most, *((due - now).total_seconds() for due in dues)])
            if idle > 0.1 and not service.engine.on_air():
                self.clock.advance(min(idle, left))
            else:
                for source in EndlessSource.running:
                    source.push()
                for _ in range(2):
                    self.clock.advance(0.05)
                    service.engine.step()
            service.step()
            service.engine.step()

    # -- what must never be ---------------------------------------------------------------------------------------------

    @invariant()
    def no_block_breaks_a_rule(self):
        fresh = self.minutes.soundings[self.judged :]
        self.judged = len(self.minutes.soundings)
        for sounding in fresh:
            self.judge(sounding)

    def judge(self, sounding: Sounding) -> None:
        slots = [self.ward.station.repos.slots.facts(name) for name in sounding.slots]
        ordinary = [facts for facts in slots if not self.is_permitted(facts)]
        for facts in ordinary:
            self.judge_begin(sounding, facts)
        if sounding.is_fade or not ordinary:
            return
        names = [facts.slot.id for facts in ordinary]
        assert not sounding.is_in_quiet, f"{names} sounded at {sounding.wall}"
        assert not sounding.quiet_zones & set(sounding.zones), f"{names} sounded in {sounding.zones} at {sounding.wall}"
        for facts in ordinary:
            assert facts.slot.zone not in sounding.quiet_zones, f"{names} sounded for {facts.slot.zone}"

    @staticmethod
    def is_permitted(facts) -> bool:
        """An emergency that a person with the right to it ordered."""
        by_right = facts.row["operator_role"] in {"approver", "admin"}
        return by_right and facts.slot.trigger is Trigger.EMERGENCY and facts.slot.priority is Priority.EMERGENCY

    def judge_begin(self, sounding: Sounding, facts) -> None:
        """What is held against an airing's first block: the weekday, and that its sound is approved still."""
        name = facts.slot.id
        if name in self.begun:
            return
        self.begun[name] = sounding.mono
        if sounding.mono - self.stepped_at > 10.0:
            weekdays = self.config.cap.weekdays
            assert sounding.wall.weekday() in weekdays, f"{name} began on weekday {sounding.wall.weekday()}"
        withdrawn = self.withdrawn.get(facts.slot.announcement_id, float("inf"))
        assert sounding.mono - withdrawn <= 3.0, f"{name} began after its announcement was withdrawn"

    @invariant()
    def no_day_has_more_ordinary_sound_than_its_caps(self):
        cap = self.config.cap
        if not cap.sessions_a_day:
            return
        sql = (
            "SELECT day, zone, sum(j.played_ms) AS ms FROM journal j WHERE kind = 'airing' AND trigger <> 'emergency'"
            " AND zone = 'all' GROUP BY day"
        )
        most = cap.sessions_a_day * cap.minutes_a_session * 60_000
        for row in self.ward.station.repos.store.rows(sql):
            assert row["ms"] <= most + 100, f"{row['ms']} ms on {row['day']}, the caps allow {most}"


def ward_config(folder: Path):
    return config_in(
        folder,
        planning=PlanningConfig(days_ahead=2, min_gap_minutes=0.0),
        outputs=(
            OutputConfig(name="loa-bac", kind="heard", zones=("bac",)),
            OutputConfig(name="loa-nam", kind="heard", zones=("nam",)),
        ),
        zones=(ZoneConfig(name="bac"), SPECIAL),
        relay=RelayConfig(allow_private=True),
        live=LiveConfig(longest_minutes=0.2),
        station=StationConfig(data="data"),
    )


@pytest.fixture(scope="module")
def ward_template():
    with temporary_folder() as folder:
        path = Path(folder) / "template"
        path.mkdir()
        station = peopled(ward_config(path), SteppedClock(DAWN))
        add = station.repos.people.add
        add("hung", "Hùng", Role.ADMIN, "mat-khau-cua-hung", DAWN)
        add("ky", "Kỷ", Role.TECHNICIAN, "mat-khau-cua-ky", DAWN)
        add("bac-tu", "Bác Tư", Role.CONTRIBUTOR, "mat-khau-cua-bac-tu", DAWN, ("bac",))
        add("khach", "Khách", Role.GUEST, "mat-khau-cua-khach", DAWN)
        sounds = tuple(approved(station, f"Bản tin {number}", 0.8 + number, number) for number in range(3))
        emergency = approved(station, "Báo động", 1.0, 99, Priority.EMERGENCY)
        station.close()
        Ward.template, Ward.sounds, Ward.emergency = path, sounds, emergency
        yield Ward


def test_the_gate_holds_whatever_a_ward_does(ward_template):
    run_state_machine_as_test(
        ward_template,
        settings=settings(
            max_examples=examples(1000, few=60),
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def judged(ward):
    ward.no_block_breaks_a_rule()
    ward.no_day_has_more_ordinary_sound_than_its_caps()


def at_six_thirty(ward):
    """The zone "nam" is quiet then, the station is not."""
    ward.begun_with(ward.config)
    ward.run(3600.0)
    ward.play_now(Role.EDITOR, 0)


def in_quiet_hours(ward):
    ward.begun_with(ward.config)
    ward.quiet_hours_are_edited(QUIETS[1])
    ward.run(16 * 60.0)
    ward.write_a_row_by_hand(1, 0, Priority.NORMAL, at_once=True)


def after_a_withdrawal(ward):
    ward.begun_with(ward.config)
    ward.withdraw(0)
    ward.run(10.0)
    ward.write_a_row_by_hand(1, 0, Priority.NORMAL, at_once=True)


def on_a_wrong_weekday(ward):
    ward.caps((0, 0.0), (0, 1))
    ward.run(11.0)
    ward.write_a_row_by_hand(1, 0, Priority.NORMAL, at_once=True)


def above_the_caps(ward):
    ward.caps((1, 0.5), ())
    for number in range(20):
        ward.write_a_row_by_hand(number, 2, Priority.NORMAL, at_once=True)
        ward.run(10.0)


@pytest.mark.parametrize(
    ("sleeps", "act", "told"),
    [
        ("_lane_refusal", at_six_thirty, "sounded in"),
        ("_quiet_refusal", in_quiet_hours, "sounded at"),
        ("_audio_refusal", after_a_withdrawal, "was withdrawn"),
        ("_cap_refusal", on_a_wrong_weekday, "began on weekday"),
        ("_cap_refusal", above_the_caps, "the caps allow"),
    ],
)
@pytest.mark.parametrize("is_awake", [False, True], ids=["asleep", "awake"])
def test_the_judge_sees_a_gate_that_sleeps(ward_template, monkeypatch, sleeps, act, told, is_awake):
    if not is_awake:
        monkeypatch.setattr(gate, sleeps, lambda *_: None)
    ward = ward_template()
    try:
        act(ward)
        ward.run(10.0)
        if is_awake:
            judged(ward)
            return
        with pytest.raises(AssertionError, match=told):
            judged(ward)
    finally:
        ward.teardown()
