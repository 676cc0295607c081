"""Emergencies, drills, live voices and relays on a stepped clock: real service, real engine, real WAV output."""

from datetime import timedelta

import numpy as np
import pytest

from scheduler.core.model import AnnouncementState, Trigger, milliseconds_of
from scheduler.core.planning.rules import parse_window
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.station_words import break_in_with
from tests.playout.aired import rows, sound

SECOND = timedelta(seconds=1)


@pytest.fixture
def emergency(cast):
    """An approved announcement of 4 s that no other sound is like."""
    return cast.approved(seconds=4.0, title="Vỡ đê", pitch=1200.0)


def chime(station, kind):
    return station.repos.library.load(station.services.rundowns.chime_sha256(kind))


def clip_of(station, announcement_id):
    return station.repos.library.load(station.repos.programme.announcement(announcement_id).approved_sha256)


def outcome_of(station, slot_id):
    return station.repos.slots.facts(slot_id).slot.outcome


def holds(recording, part):
    """How often the whole of `part` sounds in a recording, sample for sample."""
    count = len(part)
    starts = np.arange(len(recording) - count + 1)
    for offset in (1, count // 2, count - 2):  # a cheap sieve before the whole comparison
        starts = starts[recording[starts + offset] == part[offset]]
    return sum(1 for at in starts if np.array_equal(recording[at : at + count], part))


class TestAnEmergency:
    def test_sounds_at_night_at_once_with_its_own_chime_and_twice(self, station, cast, clock, start, emergency):
        clock.advance(18 * 3600)  # 23:30
        service = start()
        service.run_stepped(clock, clock.now() + SECOND)
        ordered = clock.now()
        slot_id = station.services.emergency.break_in(cast.minh, emergency)
        service.run_stepped(clock, ordered + timedelta(seconds=40))
        (row,) = rows(station)
        assert (row["slot_id"], row["outcome"], row["trigger"]) == (slot_id, "played", "emergency")
        assert row["actual_start"] <= (ordered + SECOND).isoformat()
        (aired,) = sound(station)
        assert np.array_equal(aired[: len(chime(station, "emergency"))], chime(station, "emergency"))
        assert holds(aired, clip_of(station, emergency)) == 2

    def test_cuts_what_sounds_which_begins_anew_when_less_than_half_was_heard(
        self, station, cast, clock, start, emergency
    ):
        cast.running(cast.approved(seconds=30), base=1)
        service = start()
        slot = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))[0]
        service.run_stepped(clock, slot.start + timedelta(seconds=5))
        station.services.emergency.break_in(cast.minh, emergency)
        service.run_stepped(clock, slot.start + timedelta(minutes=3))
        by_trigger = {row["trigger"]: row for row in rows(station)}
        assert by_trigger["emergency"]["outcome"] == "played"
        assert (by_trigger["schedule"]["outcome"], by_trigger["schedule"]["reason"]) == ("played", "resumed")
        assert 34_900 <= by_trigger["schedule"]["played_ms"] <= 35_400

    def test_cuts_what_sounds_which_goes_on_when_more_than_half_was_heard(self, station, cast, clock, start, emergency):
        cast.running(cast.approved(seconds=30), base=1)
        service = start()
        slot = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))[0]
        service.run_stepped(clock, slot.start + timedelta(seconds=20))
        station.services.emergency.break_in(cast.minh, emergency)
        service.run_stepped(clock, slot.start + timedelta(minutes=3))
        by_trigger = {row["trigger"]: row for row in rows(station)}
        assert (by_trigger["schedule"]["outcome"], by_trigger["schedule"]["reason"]) == ("played", "resumed")
        assert by_trigger["schedule"]["played_ms"] == pytest.approx(30_000, abs=5)

    def test_pressed_twice_is_one_airing(self, station, cast, clock, start, emergency):
        service = start()
        service.run_stepped(clock, clock.now() + SECOND)
        first = station.services.emergency.break_in(cast.minh, emergency)
        assert station.services.emergency.break_in(cast.minh, emergency) == first
        service.run_stepped(clock, clock.now() + timedelta(minutes=2))
        assert [row["slot_id"] for row in rows(station)] == [first]

    def test_a_second_one_waits_for_the_first_and_is_not_lost_by_waiting(self, station, cast, clock, start):
        long = cast.approved(seconds=150, title="Lũ quét", pitch=700)
        other = cast.approved(seconds=4, title="Cháy rừng", pitch=900)
        service = start()
        service.run_stepped(clock, clock.now() + SECOND)
        first = station.services.emergency.break_in(cast.minh, long)
        second = station.services.emergency.break_in(cast.minh, other)
        service.run_stepped(clock, clock.now() + timedelta(minutes=8))
        told = {row["slot_id"]: row for row in rows(station)}
        assert [told[name]["outcome"] for name in (first, second)] == ["played", "played"]
        assert told[second]["actual_start"] >= told[first]["actual_end"]

    def test_needs_the_right_and_an_approved_sound(self, station, cast, emergency):
        with pytest.raises(NotPermitted):
            station.services.emergency.break_in(cast.lan, emergency)
        with pytest.raises(Refused, match="unapproved"):
            station.services.emergency.break_in(cast.minh, cast.submitted(title="chưa duyệt"))

    def test_stop_ends_it_and_what_it_had_cut_does_not_come_back(self, station, cast, clock, start, emergency):
        cast.running(cast.approved(seconds=30), base=1)
        service = start()
        slot = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))[0]
        service.run_stepped(clock, slot.start + timedelta(seconds=5))
        station.services.emergency.break_in(cast.minh, emergency)
        service.run_stepped(clock, clock.now() + timedelta(seconds=3))
        station.services.air.stop(cast.lan)
        service.run_stepped(clock, clock.now() + timedelta(minutes=3))
        told = {row["trigger"]: (row["outcome"], row["reason"]) for row in rows(station)}
        assert told == {"emergency": ("partial", "stopped_by"), "schedule": ("partial", "stopped_by")}
        cut = next(row for row in rows(station) if row["trigger"] == "schedule")
        assert 4_900 <= cut["played_ms"] <= 5_300

    def test_ordered_while_playout_was_dead_airs_when_it_is_back_soon(self, station, cast, clock, start, emergency):
        slot_id = station.services.emergency.break_in(cast.minh, emergency)
        clock.advance(300)
        start().run_stepped(clock, clock.now() + timedelta(minutes=1))
        assert outcome_of(station, slot_id) == "played"

    def test_ordered_long_ago_is_not_aired_any_more(self, station, cast, clock, start, emergency):
        slot_id = station.services.emergency.break_in(cast.minh, emergency)
        clock.advance(3600)
        start().run_stepped(clock, clock.now() + timedelta(minutes=1))
        assert outcome_of(station, slot_id) == "missed"
        assert sound(station) == []

    def test_a_crash_after_the_cut_keeps_what_was_heard_of_the_cut_one(self, station, cast, clock, start, emergency):
        cast.running(cast.approved(seconds=30), base=1)
        service = start()
        slot = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))[0]
        service.run_stepped(clock, slot.start + timedelta(seconds=5))
        station.services.emergency.break_in(cast.minh, emergency)
        service.run_stepped(clock, clock.now() + timedelta(seconds=3))
        clock.advance(1)
        start().run_stepped(clock, clock.now() + timedelta(minutes=1))  # a new playout: the old one was killed
        told = {row["trigger"]: row for row in rows(station)}
        assert (told["schedule"]["outcome"], told["schedule"]["reason"]) == ("partial", "power_cut")
        assert 4_900 <= told["schedule"]["played_ms"] <= 5_300
        assert (told["emergency"]["outcome"], told["emergency"]["reason"]) == ("partial", "power_cut")


class TestTypedWords:
    def test_are_spoken_and_aired_and_have_their_author_as_approver(self, station, cast, clock, start):
        service = start()
        slot_id = break_in_with(station, cast.minh, "Nước lũ đang lên. Bà con lên cao ngay.", title="Lũ")
        service.run_stepped(clock, clock.now() + timedelta(minutes=1))
        (row,) = rows(station)
        assert (row["slot_id"], row["outcome"], row["title"]) == (slot_id, "played", "Lũ")
        assert row["author"] == row["approver"] == row["operator"] == "Minh (minh)"
        assert row["voice"].startswith("espeak")

    def test_of_an_editor_are_refused_before_anything_is_written(self, station, cast):
        with pytest.raises(NotPermitted):
            break_in_with(station, cast.lan, "Nước lũ đang lên.")
        assert station.repos.programme.announcements() == []

    @pytest.mark.parametrize(("text", "reason"), [("   ", "text_not_speakable"), ("a " * 2000, "text_too_long")])
    def test_that_cannot_be_aired_quickly_are_refused(self, station, cast, text, reason):
        with pytest.raises(Refused, match=reason):
            break_in_with(station, cast.minh, text)

    def test_a_correction_is_made_once_and_says_when_the_wrong_one_was_aired(
        self, station, cast, clock, start, emergency
    ):
        service = start()
        wrong = station.services.emergency.break_in(cast.minh, emergency)
        ready = station.make_correction(cast.minh, wrong)
        assert station.make_correction(cast.minh, wrong) == ready
        assert "05:30" in station.repos.programme.announcement(ready).text
        corrected = station.correct(cast.minh, wrong)
        service.run_stepped(clock, clock.now() + timedelta(minutes=2))
        assert outcome_of(station, corrected) == "played"
        with pytest.raises(Refused, match="no_emergency"):
            station.make_correction(cast.minh, station.services.air.play_now(cast.lan, emergency))


class TestADrill:
    def test_says_that_it_is_one_before_and_after_and_has_not_the_chime_of_an_emergency(
        self,
        station,
        cast,
        clock,
        start,
        emergency,
    ):
        service = start()
        slot_id = station.drill(cast.lan, emergency)
        service.run_stepped(clock, clock.now() + timedelta(minutes=1))
        (row,) = rows(station)
        assert (row["slot_id"], row["outcome"], row["trigger"], row["priority"]) == (slot_id, "played", "drill", 2)
        (aired,) = sound(station)
        words = station.repos.library.load(station.repos.slots.facts(slot_id).slot.intro_sha256)
        assert holds(aired, words) == 2
        assert np.array_equal(aired[: len(chime(station, "drill"))], chime(station, "drill"))
        assert milliseconds_of(len(aired)) == row["played_ms"]
        assert row["planned_ms"] == row["played_ms"]

    def test_never_sounds_at_night(self, station, cast, clock, emergency):
        clock.advance(18 * 3600)
        with pytest.raises(Refused, match="quiet_hours"):
            station.drill(cast.minh, emergency)


class TestALiveVoice:
    def talk(self, station, lease, actor, seconds, at=0, pitch=600.0):
        """Push `seconds` of a tone as a browser does."""
        times = (np.arange(round(seconds * 48_000)) + at // 2) / 48_000
        return station.services.live.push(
            actor, lease.id, at, (np.sin(2 * np.pi * pitch * times) * 9000).astype("<i2").tobytes()
        )

    def test_a_piece_sent_twice_is_taken_once_and_a_hole_is_asked_for_again(self, station, cast):
        lease = station.services.live.open(cast.lan)
        assert self.talk(station, lease, cast.lan, 1) == 96_000
        assert self.talk(station, lease, cast.lan, 1) == 96_000
        assert self.talk(station, lease, cast.lan, 1, at=192_000) == 96_000
        assert self.talk(station, lease, cast.lan, 1, at=48_000) == 144_000
        with pytest.raises(Refused, match="live_over"):
            self.talk(station, lease, cast.minh, 1)

    def test_two_people_cannot_have_the_air_at_once(self, station, cast):
        station.services.live.open(cast.lan)
        with pytest.raises(Refused, match="live_busy"):
            station.services.live.open(cast.minh)

    @pytest.mark.parametrize("turns", range(3), ids=["no playout", "playout has not looked", "its alarm is set"])
    def test_that_is_let_go_before_its_turn_never_sounds(self, station, cast, clock, start, turns):
        service = start() if turns else None
        lease = station.services.live.open(cast.lan)
        self.talk(station, lease, cast.lan, 1)
        if turns > 1:
            service.step()
        station.services.live.release(cast.lan, lease.id)
        (service or start()).run_stepped(clock, clock.now() + timedelta(seconds=30))
        state = station.services.live.state(lease.id)
        assert (state.open, state.ended_by) == (False, "")
        (row,) = rows(station)
        assert (row["outcome"], row["reason"], row["note"]) == ("cancelled", "stopped_by", "Lan (lan)")
        assert sound(station) == []
        assert [job.kind for job in station.services.recordings.under_way()] == ["ingest"]  # what was said is kept

    def test_that_is_let_go_while_it_waits_ends_at_once_and_what_sounds_goes_on(self, station, cast, clock, start):
        service = start()
        other = station.services.air.play_now(cast.lan, cast.approved(seconds=20), chime=False)
        service.run_stepped(clock, clock.now() + timedelta(seconds=3))
        lease = station.services.live.open(cast.lan)
        service.run_stepped(clock, clock.now() + timedelta(seconds=3))
        station.services.live.release(cast.lan, lease.id)
        assert outcome_of(station, lease.slot_id) == "cancelled"
        station.services.live.open(cast.minh)  # the microphone is free
        service.run_stepped(clock, clock.now() + timedelta(seconds=10))
        assert [row["slot_id"] for row in rows(station)] == [lease.slot_id]
        service.run_stepped(clock, clock.now() + timedelta(seconds=6))
        assert outcome_of(station, other) == "played"

    @pytest.mark.parametrize("seconds", [0.1, 0.5], ids=["before its chime", "in its chime"])
    def test_that_is_let_go_once_it_has_its_turn_ends_behind_its_chime(self, station, cast, clock, start, seconds):
        service = start()
        lease = station.services.live.open(cast.lan)
        service.run_stepped(clock, clock.now() + timedelta(seconds=seconds))
        station.services.live.release(cast.lan, lease.id)
        assert outcome_of(station, lease.slot_id) is None
        service.run_stepped(clock, clock.now() + timedelta(seconds=5))
        (row,) = rows(station)
        assert (row["outcome"], row["reason"]) == ("played", "")
        assert row["played_ms"] == pytest.approx(station.services.live.opening() / timedelta(milliseconds=1), abs=50)

    def test_that_is_let_go_before_its_first_sound_is_listened_to_no_more(self, station, cast, clock, start):
        service = start()
        lease = station.services.live.open(cast.lan)
        service.run_stepped(clock, clock.now() + timedelta(seconds=0.1))
        station.services.live.release(cast.lan, lease.id)
        service.run_stepped(clock, clock.now() + station.services.live.opening() - timedelta(seconds=0.2))
        assert outcome_of(station, lease.slot_id) is None
        assert service._in_hand.incoming.states() == []

    def test_that_waited_for_the_air_before_quiet_hours_gets_what_is_left(self, station, cast, clock, start):
        clock.advance((5 * 60 + 59) * 60)  # 11:29, quiet from 11:30
        lease = station.services.live.open(cast.lan)
        clock.advance(20)  # something else sounded meanwhile
        service = start()
        service.run_stepped(clock, clock.now() + timedelta(minutes=2))
        (row,) = rows(station)
        assert row["slot_id"] == lease.slot_id
        assert row["actual_start"] is not None

    def test_is_shorter_where_quiet_hours_are_near_and_none_in_them(self, station, cast, clock):
        clock.advance((5 * 60 + 57) * 60)  # 11:27, quiet from 11:30
        assert station.services.live.open(cast.lan).longest < timedelta(minutes=3)
        clock.advance(4 * 60)
        with pytest.raises(Refused, match="quiet_hours"):
            station.services.live.open(cast.minh)


class TestARelay:
    def saved(self, station, cast, clock, **changes):
        from scheduler.core.model import Relay

        plain = {
            "id": 0,
            "announcement_id": 0,
            "windows": (parse_window("06:00-06:30"),),
            "start": cast.campaign(0).start,
            "end": cast.campaign(0).end,
            "sources": ("https://radio.example.vn/live.mp3",),
        }
        return station.services.relays.save(cast.lan, "Đài tỉnh", Relay(**(plain | changes)))

    def test_stands_in_the_plan_when_it_runs_and_campaigns_keep_clear_of_it(self, station, cast, clock):
        cast.running(cast.approved(), base=6)
        relay_id = self.saved(station, cast, clock)
        station.services.relays.start(cast.lan, relay_id)
        slots = station.repos.slots.of_day(cast.campaign(0).start)
        (relay,) = [slot for slot in slots if slot.trigger is Trigger.RELAY]
        assert relay.length == timedelta(minutes=30)
        assert all(slot.end <= relay.start or slot.start >= relay.end for slot in slots if slot is not relay)

    def test_that_is_not_approved_is_refused_at_its_time(self, station, cast, clock, start):
        station.services.relays.start(cast.lan, self.saved(station, cast, clock))
        start().run_stepped(clock, clock.now() + timedelta(hours=2))
        (row,) = rows(station)
        assert (row["outcome"], row["reason"], row["trigger"]) == ("refused", "unapproved", "relay")

    def test_loses_its_approval_with_another_source(self, station, cast, clock):
        relay_id = self.saved(station, cast, clock)
        station.services.relays.approve(cast.minh, relay_id)
        relay, seen = station.services.relays.get(relay_id)
        assert seen.state is AnnouncementState.APPROVED
        changed = station.services.relays.save(
            cast.lan, "Đài tỉnh", type(relay)(**{**_fields(relay), "sources": ("https://other.example.vn/a.mp3",)})
        )
        assert station.services.relays.get(changed)[1].state is AnnouncementState.SUBMITTED

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"sources": ()}, "relay_no_source"),
            ({"sources": ("file:///etc/passwd",)}, "relay_scheme"),
            ({"sources": ("http://127.0.0.1/a",)}, "relay_private_address"),
            ({"windows": ()}, "no_windows"),
            ({"weekdays": frozenset()}, "no_weekdays"),
        ],
    )
    def test_that_is_wrong_is_refused_with_its_reason(self, station, cast, clock, changes, reason):
        with pytest.raises(Refused, match=reason):
            self.saved(station, cast, clock, **changes)


def _fields(relay):
    return {name: getattr(relay, name) for name in relay.__dataclass_fields__}
