"""The sounds of issues: wanted early, believed for their hash alone, spoken instead where they do not come."""

import hashlib
from datetime import timedelta

import pytest

from scheduler.core.model import Priority
from scheduler.extras.inbox.work import air_by_rule
from scheduler.extras.town.rules.envelope import Act, Clip
from scheduler.extras.town.service.town import TownService
from scheduler.kernel.errors import NotFound, Refused
from tests.extras.province.work.conftest import wav
from tests.extras.town.service.town import speak_all, tend, told, up

SOUND = wav()
SHA = hashlib.sha256(SOUND).hexdigest()


def clip(data=SOUND):
    return Clip(hashlib.sha256(data).hexdigest(), len(data), 2.0, "https://hub.example/clips/x.wav")


def come(station, data=SOUND, *, name="part", sha256=SHA):
    path = station.services.recordings.incoming / f"{name}.wav"
    path.write_bytes(data)
    return station.services.get(TownService).clips.arrived(sha256, path), path


def test_an_issue_with_a_sound_wants_it_and_is_heard_with_it(station, town, minh):
    row = town.issue(clip=clip())
    assert station.services.get(TownService).clips.wanted() == [(SHA, len(SOUND), clip().url, False, 0)]
    tend(station)
    assert station.services.get(TownService).inbox.sound(row) is None
    right, path = come(station)
    assert right
    assert not path.exists()
    assert station.services.get(TownService).clips.wanted() == []
    tend(station)
    sound = station.services.get(TownService).inbox.sound(station.services.get(TownService).inbox.get(row.id))
    assert (sound.origin, sound.title) == ("upload", "Xả lũ")


def test_an_emergency_whose_sound_is_not_here_is_spoken_at_once(trusting, alarm):
    alarm.issue(priority=Priority.EMERGENCY, clip=clip())
    slot = trusting.repos.slots.slot(
        air_by_rule(
            trusting, trusting.services.get(TownService).inbox, *trusting.services.get(TownService).inbox.to_air()
        )
    )
    assert trusting.repos.programme.clip(slot.audio_sha256).origin == "speech"


def test_an_emergency_whose_sound_came_early_is_heard_with_it(trusting, alarm):
    alarm.issue(priority=Priority.NORMAL, clip=clip())
    come(trusting)
    tend(trusting)
    alarm.issue(priority=Priority.EMERGENCY, clip=clip())
    slot = trusting.repos.slots.slot(
        air_by_rule(
            trusting, trusting.services.get(TownService).inbox, *trusting.services.get(TownService).inbox.to_air()
        )
    )
    assert trusting.repos.programme.clip(slot.audio_sha256).origin == "upload"


def test_an_emergency_without_words_waits_for_its_sound_and_for_nothing_else(trusting, alarm):
    alarm.issue(priority=Priority.EMERGENCY, clip=clip(), text="")
    (row,) = trusting.services.get(TownService).inbox.to_air()
    assert air_by_rule(trusting, trusting.services.get(TownService).inbox, row) is None
    assert trusting.services.get(TownService).clips.wanted()[0][3] is True
    come(trusting)
    tend(trusting)
    assert air_by_rule(
        trusting, trusting.services.get(TownService).inbox, *trusting.services.get(TownService).inbox.to_air()
    )


def test_an_emergency_whose_only_sound_is_given_up_calls_for_a_person(trusting, alarm, clock):
    row = alarm.issue(priority=Priority.EMERGENCY, clip=clip(), text="")
    for _ in range(6):
        trusting.services.get(TownService).clips.failed(SHA, Refused("link_clip_refused", status=500))
    assert (
        air_by_rule(
            trusting, trusting.services.get(TownService).inbox, *trusting.services.get(TownService).inbox.to_air()
        )
        is None
    )
    after = trusting.services.get(TownService).inbox.get(row.id)
    assert (after.state, after.reason) == ("waiting", "link_clip_refused")
    assert told(trusting, row.issue_id) == ["received", "waiting"]


def test_a_file_that_was_fetched_elsewhere_leaves_nothing_behind(station, town, tmp_path):
    town.issue(clip=clip())
    path = tmp_path / "fetched.wav"
    path.write_bytes(SOUND)
    assert station.services.get(TownService).clips.arrived(SHA, path)
    assert not path.exists()
    tend(station)
    assert station.services.get(TownService).clips.ready(SHA)


@pytest.mark.parametrize("data", [b"", b"x", SOUND[:-1], SOUND + b"x"], ids=["nothing", "noise", "cut", "longer"])
def test_a_file_that_is_not_its_hash_is_gone_and_asked_for_once_more(station, town, clock, data):
    town.issue(clip=clip())
    right, path = come(station, data)
    assert (right, path.exists()) == (False, False)
    clock.advance(60)
    assert station.services.get(TownService).clips.wanted()[0][4] == 1
    come(station, data)
    clock.advance(3600)
    assert station.services.get(TownService).clips.wanted() == []
    (log,) = up(station, "log")
    assert (log["what"], log["reason"], log["sha256"]) == ("clip", "town_clip_wrong", SHA)


def test_a_sound_that_does_not_come_gives_way_to_the_words(station, town, lan):
    row = town.issue(clip=clip())
    station.services.get(TownService).inbox.accept(lan, row.id)
    for _ in range(6):
        station.services.get(TownService).clips.failed(SHA, Refused("link_clip_refused", status=404))
    tend(station)
    after = station.services.get(TownService).inbox.get(row.id)
    assert after.state == "approval"
    assert station.services.get(TownService).inbox.sound(after).origin == "speech"


def test_a_sound_the_worker_cannot_read_gives_way_too(station, town):
    noise = b"this is no sound" * 100
    row = town.issue(clip=clip(noise))
    come(station, noise, sha256=clip(noise).sha256)
    tend(station)
    after = station.services.get(TownService).inbox.get(row.id)
    assert station.services.get(TownService).inbox.sound(after).origin == "speech"
    assert after.reason


def test_a_try_that_failed_is_not_made_again_at_once(station, town, clock):
    town.issue(clip=clip())
    station.services.get(TownService).clips.failed(SHA, Refused("link_unreachable"))
    assert station.services.get(TownService).clips.wanted() == []
    clock.advance(2)
    assert [one[4] for one in station.services.get(TownService).clips.wanted()] == [1]


def test_urgent_sounds_come_first_and_what_nobody_needs_any_more_is_not_fetched(station, town, clock):
    town.issue(clip=clip(b"planned"))
    town.issue(clip=clip(b"soon over"), expires=clock.now() + timedelta(minutes=1))
    town.issue(clip=clip(b"urgent"), priority=Priority.EMERGENCY)
    order = [one[0] for one in station.services.get(TownService).clips.wanted()]
    assert order == [clip(data).sha256 for data in (b"urgent", b"soon over", b"planned")]
    clock.advance(60)
    assert len(station.services.get(TownService).clips.wanted()) == 2


def test_a_sound_nobody_asked_for_is_not_kept(station, town):
    path = station.services.recordings.incoming / "x.wav"
    path.write_bytes(SOUND)
    with pytest.raises(NotFound):
        station.services.get(TownService).clips.arrived(SHA, path)
    assert not path.exists()


def test_a_sound_that_comes_twice_is_taken_once(station, town):
    town.issue(clip=clip())
    come(station)
    assert come(station, name="again")[0]
    assert station.repos.store.value("SELECT count(*) FROM job WHERE kind = 'ingest'") == 1


def test_a_full_disk_keeps_the_file_wanted(station, town, monkeypatch):
    town.issue(clip=clip())

    def full(*_args, **_more):
        raise Refused("disk_full")

    monkeypatch.setattr(type(station.services.recordings), "take_in", full)
    with pytest.raises(Refused, match="disk_full"):
        come(station)
    monkeypatch.undo()
    assert [one[0] for one in station.services.get(TownService).clips.wanted()] == [SHA]


def test_an_issue_that_is_cancelled_while_its_sound_comes_leaves_nothing_to_air(station, town):
    row = town.issue(clip=clip())
    come(station)
    town.issue(act=Act.CANCEL, references=(row.issue_id,))
    tend(station)
    assert station.services.get(TownService).inbox.get(row.id).state == "cancelled"
    speak_all(station)
    assert station.services.announcements.waiting() == []
