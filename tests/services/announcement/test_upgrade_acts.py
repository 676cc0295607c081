"""Better readings: made when the network is back, approved again, and never in the way of what airs meanwhile."""

from dataclasses import replace
from datetime import timedelta

import pytest

from audio_assets.speech.breaker import FIRST_REST
from audio_assets.speech.voice import Voice
from scheduler.core.announcement.voices import UpgradeState
from scheduler.core.model import AiringOutcome, AnnouncementState, Role
from scheduler.core.planning.rules import parse_window
from scheduler.kernel.errors import NotFound, NotPermitted, Refused, SpeechError
from scheduler.services.announcement.voices import voice_states
from scheduler.store import Ending, UpgradeRows
from scheduler.worker import Worker
from tests.audio.fake_engine import FakeEngine
from tests.conftest import DAY

TEXT = "Mời bà con đi tiêm phòng. Điểm tiêm ở trạm y tế phường."
OFFLINE = SpeechError("no route", permanent=False, reason="voice_offline")
FOR_GOOD = SpeechError("no such text", permanent=True, reason="voice_refused")
ALWAYS = dict.fromkeys(range(1, 99), OFFLINE)


class Mono:
    """The seconds of the breakers."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def config(config):
    return replace(config, speech=replace(config.speech, engines=("gtts", "espeak"), upgrade_minutes=10.0))


@pytest.fixture
def mono():
    return Mono()


@pytest.fixture
def gtts():
    """The better voice, whose network is down until `failures` says otherwise."""
    return FakeEngine("gtts", failures=dict(ALWAYS))


@pytest.fixture
def worker(station, gtts, mono):
    voice = Voice([gtts, FakeEngine("espeak", pitch_hz=150)], pause_ms=100, speed=1.0, now_mono=mono)
    return Worker(station.services, lambda: voice)


@pytest.fixture
def approved(station, worker, lan, minh):
    """An approved announcement that the lesser voice has read."""

    def make(title="Tiêm chủng", text=TEXT):
        services = station.services.announcements
        announcement_id = services.write(lan, title, text)
        services.make_speech(lan, announcement_id)
        worker.work_once()
        sha256 = station.repos.programme.announcement(announcement_id).audio_sha256
        services.heard(lan, announcement_id, sha256)
        services.submit(lan, announcement_id)
        services.approve(minh, announcement_id, sha256, heard=True)
        return announcement_id

    return make


@pytest.fixture
def planned(approved, cast):
    """The same, with two airings this morning at which it will sound."""
    announcement_id = approved()
    cast.running(announcement_id)
    return announcement_id


@pytest.fixture
def back(gtts, mono):
    """The network is back, and the rest of the better voice over."""

    def now():
        gtts.failures = {}
        mono.at += FIRST_REST

    return now


@pytest.fixture
def offered(station, worker, planned, back):
    """A better reading that waits for its leader."""
    back()
    assert worker.read_again()
    (one,) = station.services.upgrades.waiting()
    return one


def seen(station, announcement_id):
    return station.repos.programme.announcement(announcement_id)


def states(station):
    return [row["state"] for row in station.repos.store.rows("SELECT state FROM upgrade ORDER BY id")]


def at(clock, instant):
    clock.step_wall((instant - clock.now()).total_seconds())


def slots(station):
    return [slot for slot in station.repos.slots.of_day(DAY) if slot.outcome is None]


# Making


def test_when_the_network_returns_it_is_read_again_and_waits_for_a_leader(station, worker, planned, back):
    old = seen(station, planned)
    assert not worker.read_again(), "the network is still down"
    back()
    assert worker.read_again()
    (one,) = station.services.upgrades.waiting()
    assert (one.announcement.id, one.old.sha256, one.old.engine, one.new.engine) == (
        planned,
        old.approved_sha256,
        "espeak",
        "gtts",
    )
    assert one.new.said == one.old.said
    assert one.due == slots(station)[0].start


def test_the_old_sound_stays_approved_and_planned_until_then(station, offered):
    kept = seen(station, offered.announcement.id)
    assert (kept.state, kept.approved_sha256, kept.audio_sha256) == (
        AnnouncementState.APPROVED,
        offered.old.sha256,
        offered.old.sha256,
    )
    assert kept.version == offered.announcement.version
    assert {slot.audio_sha256 for slot in slots(station)} == {offered.old.sha256}


def test_the_same_sound_is_never_made_again_twice(station, worker, offered, gtts):
    spoken = list(gtts.asked)
    assert not worker.read_again()
    assert gtts.asked == spoken
    assert states(station) == ["waiting"]


def test_a_network_that_fails_again_in_the_middle_leaves_nothing_and_is_tried_later(
    station, worker, planned, gtts, mono
):
    gtts.failures = {len(gtts.asked) + 2: OFFLINE}
    mono.at += FIRST_REST
    assert worker.read_again()
    assert (station.services.upgrades.waiting(), states(station)) == ([], ["making"])
    assert not worker.read_again(), "the better voice rests"
    mono.at += 2 * FIRST_REST
    assert worker.read_again()
    assert states(station) == ["waiting"]


def test_a_text_the_better_voice_refuses_for_good_is_not_tried_again(station, worker, planned, gtts, mono):
    gtts.failures = dict.fromkeys(range(1, 99), FOR_GOOD)
    mono.at += FIRST_REST
    worker.read_again()
    asked = len(gtts.asked)
    assert states(station) == ["failed"]
    assert not worker.read_again()
    assert len(gtts.asked) == asked


def test_what_kills_the_worker_three_times_is_left_alone(station, worker, planned, back):
    back()
    for _ in range(3):
        station.services.upgrades.begin(seen(station, planned))  # and the worker dies before it has an answer
    assert not worker.read_again()


@pytest.mark.parametrize(
    ("minutes", "made"),
    [(10.5, True), (10, False), (9, False), (0, False), (-1, False)],
    ids=["just_outside", "at", "inside", "due", "sounding"],
)
def test_nothing_is_made_again_of_what_is_about_to_air(station, worker, planned, back, clock, minutes, made):
    first = slots(station)[0]
    at(clock, first.start - timedelta(minutes=minutes))
    back()
    assert worker.read_again() is made


def test_what_airs_next_is_made_first(station, worker, approved, cast, back):
    later, sooner = approved("Họp tổ dân phố"), approved("Cắt nước", "Mai cắt nước cả ngày.")
    cast.running(later, base=1, windows=(parse_window("09:00-10:00"),))
    cast.running(sooner, base=1)
    back()
    worker.read_again()
    assert [one.announcement.id for one in station.services.upgrades.waiting()] == [sooner]
    worker.read_again()
    assert [one.announcement.id for one in station.services.upgrades.waiting()] == [sooner, later]


def test_an_announcement_that_airs_nowhere_is_left_as_it_is(worker, approved, back):
    approved()
    back()
    assert not worker.read_again()


def test_a_recording_is_not_read_by_a_machine(station, worker, cast, back):
    cast.running(cast.approved())
    back()
    assert not worker.read_again()


def test_config_can_switch_it_off(station, worker, planned, back):
    back()
    speech = replace(station.config.speech, upgrade=False)
    parts = replace(station.repos, written=replace(station.config, speech=speech))
    services = type(station.services).of(parts)
    off = Worker(services, worker._chain)
    assert not off.read_again()
    assert worker.read_again()


def test_words_that_would_be_read_otherwise_by_now_are_not_slipped_in(station, worker, planned, back):
    back()
    with station.repos.store.write() as db:  # as the word list of that day read them
        db.execute("UPDATE clip SET said = 'Mời bà con đi tiêm phòng vắc xin.' WHERE engine = 'espeak'")
    assert not worker.read_again()
    assert states(station) == []


# Deciding


def test_an_approved_better_reading_takes_its_place_and_the_plan_follows(station, minh, offered):
    station.services.upgrades.approve(minh, offered.id, offered.new.sha256, heard=True)
    now = seen(station, offered.announcement.id)
    assert (now.state, now.audio_sha256, now.approved_sha256) == (
        AnnouncementState.APPROVED,
        offered.new.sha256,
        offered.new.sha256,
    )
    assert (now.approver_id, now.approved_at) == (minh.id, station.clock.now())
    assert now.version == offered.announcement.version + 1
    assert {slot.audio_sha256 for slot in slots(station)} == {offered.new.sha256}
    assert len(slots(station)) == 2
    assert station.services.upgrades.waiting() == []
    assert states(station) == ["taken"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"heard": False}, "not_heard"), ({"sha256": "0" * 64}, "audio_changed")],
    ids=["unheard", "another_sound"],
)
def test_only_the_very_sound_that_was_heard_is_approved(station, minh, offered, changes, reason):
    with pytest.raises(Refused) as refusal:
        station.services.upgrades.approve(minh, offered.id, **({"sha256": offered.new.sha256, "heard": True} | changes))
    assert refusal.value.reason == reason
    assert states(station) == ["waiting"]


def test_who_wrote_it_or_may_not_approve_decides_nothing(station, lan, offered):
    for act in (
        lambda: station.services.upgrades.approve(lan, offered.id, offered.new.sha256, heard=True),
        lambda: station.services.upgrades.decline(lan, offered.id),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_an_author_who_may_approve_still_does_not_approve_their_own(station, worker, planned, back):
    store = station.repos.store
    author = station.repos.people.add("hoa", "Hoa", Role.APPROVER, "mat-khau-cua-hoa", station.clock.now())
    with store.write() as db:
        db.execute("UPDATE announcement SET author_id = ?", (author.id,))
    back()
    worker.read_again()
    (one,) = station.services.upgrades.waiting()
    with pytest.raises(Refused) as refusal:
        station.services.upgrades.approve(author, one.id, one.new.sha256, heard=True)
    assert refusal.value.reason == "author_is_approver"


def test_a_leader_may_keep_the_old_one_and_is_not_asked_again(station, worker, minh, offered, gtts):
    station.services.upgrades.decline(minh, offered.id)
    assert station.services.upgrades.waiting() == []
    assert not worker.read_again()
    assert seen(station, offered.announcement.id).approved_sha256 == offered.old.sha256


@pytest.mark.parametrize("act", ["approve", "decline"])
def test_a_decision_is_taken_once(station, minh, offered, act):
    station.services.upgrades.approve(minh, offered.id, offered.new.sha256, heard=True)
    again = {
        "approve": lambda: station.services.upgrades.approve(minh, offered.id, offered.new.sha256, heard=True),
        "decline": lambda: station.services.upgrades.decline(minh, offered.id),
    }
    with pytest.raises(Refused) as refusal:
        again[act]()
    assert refusal.value.reason == "upgrade_over"


def test_an_unknown_better_reading_is_not_found(station, minh):
    with pytest.raises(NotFound):
        station.services.upgrades.decline(minh, 7)


# Never silence


def test_approved_just_before_an_airing_it_waits_until_that_one_has_sounded(station, worker, minh, offered, clock):
    first, second = slots(station)
    at(clock, first.start - timedelta(minutes=2))
    station.services.upgrades.approve(minh, offered.id, offered.new.sha256, heard=True)
    kept = seen(station, offered.announcement.id)
    assert kept.approved_sha256 == offered.old.sha256 == first.audio_sha256, "the gate lets the old one through"
    assert [one.approved for one in station.services.upgrades.waiting()] == [True]
    at(clock, first.start + timedelta(seconds=2))
    worker.read_again()
    assert seen(station, offered.announcement.id).approved_sha256 == offered.old.sha256, "it sounds"
    station.repos.slots.close(first.id, Ending(AiringOutcome.PLAYED), clock.now())
    at(clock, first.start + timedelta(minutes=1))
    worker.read_again()
    assert second.start - clock.now() > timedelta(minutes=10)
    assert seen(station, offered.announcement.id).approved_sha256 == offered.new.sha256
    assert [slot.audio_sha256 for slot in slots(station)] == [offered.new.sha256]


@pytest.mark.parametrize("change", ["edited", "withdrawn", "new_speech"])
def test_what_is_changed_meanwhile_makes_it_stale_and_is_not_overwritten(station, lan, minh, offered, cast, change):
    announcement_id = offered.announcement.id
    services = station.services.announcements
    if change == "edited":
        services.edit(lan, announcement_id, offered.announcement.version, "Tiêm chủng", "Hoãn tiêm phòng.")
    elif change == "withdrawn":
        services.withdraw(minh, announcement_id)
    else:
        services.use_recording(lan, announcement_id, cast.clip().sha256)
    before = seen(station, announcement_id)
    with pytest.raises(Refused) as refusal:
        station.services.upgrades.approve(minh, offered.id, offered.new.sha256, heard=True)
    assert refusal.value.reason == "upgrade_over"
    assert station.services.upgrades.waiting() == []
    station.services.upgrades.settle()
    assert states(station) == ["stale"]
    assert seen(station, announcement_id) == before


def test_an_approved_one_whose_announcement_changes_before_it_is_taken_is_stale(station, lan, minh, offered, clock):
    at(clock, slots(station)[0].start - timedelta(minutes=2))
    station.services.upgrades.approve(minh, offered.id, offered.new.sha256, heard=True)
    version = seen(station, offered.announcement.id).version
    station.services.announcements.edit(lan, offered.announcement.id, version, "Tiêm chủng", "Hoãn tiêm phòng.")
    station.services.upgrades.settle()
    assert UpgradeRows(station.repos.store).get(offered.id).state is UpgradeState.STALE
    assert seen(station, offered.announcement.id).audio_sha256 is None


# Told


def test_it_is_a_row_of_what_is_to_be_done_until_it_is_decided(station, minh, offered):
    station.services.readiness.check()
    (row,) = [row for row in station.repos.todos.open() if row.reason == "upgrade_waits"]
    assert row.details == {"title": "Tiêm chủng", "engine": "Google (qua mạng)", "old": "eSpeak NG"}
    assert row.due == slots(station)[0].start
    station.services.upgrades.approve(minh, offered.id, offered.new.sha256, heard=True)
    station.services.readiness.check()
    assert [row.reason for row in station.repos.todos.open() if row.reason == "upgrade_waits"] == []


def test_the_clip_tells_who_did_not_read_it_and_since_when(station, worker, approved, mono, clock):
    def passed(announcement_id):
        (one,) = station.repos.programme.clip(seen(station, announcement_id).audio_sha256).passed
        return one

    began = clock.now()
    first = passed(approved())
    assert (first.engine, first.reason, first.since) == ("gtts", "voice_offline", began)
    mono.at += 90
    clock.step_wall(90)
    later = passed(approved("Họp", "Mời bà con đi họp."))
    assert later.since == began
    assert later.why.startswith("resting after")


def test_a_look_ahead_makes_it_without_being_asked(station, worker, planned, back, clock):
    back()
    clock.step_wall(61)
    worker.look_ahead()
    assert [one.announcement.id for one in station.services.upgrades.waiting()] == [planned]
    assert "upgrade_waits" in [row.reason for row in station.repos.todos.open()]


def test_the_worker_tells_with_its_heartbeat_which_voice_fails(station, worker, approved, mono, clock):
    worker._beat()
    assert station.repos.jobs.heartbeat("worker").state["voices"] == [], "nobody has spoken yet"
    approved()
    mono.at += 30
    clock.advance(30)
    worker._beat()
    gtts, espeak = voice_states(station.config, station.repos.jobs.heartbeat("worker"), clock.now())
    assert (gtts.reason, gtts.failures, gtts.is_lacking) == ("voice_offline", 1, False)
    assert (gtts.since, gtts.until) == (clock.now() - timedelta(seconds=30), clock.now() + timedelta(seconds=90))
    assert (espeak.reason, espeak.voice) == ("", "vi")


def test_what_a_dead_worker_told_is_forgotten(station, worker, approved, clock):
    approved()
    worker._beat()
    clock.advance(660)
    gtts, _ = voice_states(station.config, station.repos.jobs.heartbeat("worker"), clock.now())
    assert gtts.reason == ""
