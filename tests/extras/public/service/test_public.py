"""What the public page tells: only what was heard, in its own words, with nothing of ours in it."""

from dataclasses import replace
from datetime import timedelta

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_assets.preview_audio import BITS_A_SECOND, PreviewFiles
from scheduler.core.model import DEFAULT_ZONE, AiringOutcome, AnnouncementState, Priority, Slot, Trigger
from scheduler.extras.public.keys import PublicConfig
from scheduler.extras.public.rules.public_page import Aired, items
from scheduler.extras.public.service.public_page import PublicService, sound_name
from scheduler.kernel.errors import NotFound, NotPermitted, Refused
from scheduler.store import Ending
from tests.conftest import DAY, MORNING


@pytest.fixture
def config(config):
    return config.having(PublicConfig(on=True))


@pytest.fixture
def written(cast):
    """An approved announcement with words; its sound is a tone."""

    def approved(title, text, seconds=3.0, pitch=440.0, priority=Priority.NORMAL):
        services = cast.station.services.announcements
        clip = cast.clip(seconds, title, pitch)
        announcement_id = services.write(cast.lan, title, text, priority)
        services.use_recording(cast.lan, announcement_id, clip.sha256)
        services.heard(cast.lan, announcement_id, clip.sha256)
        services.submit(cast.lan, announcement_id)
        services.approve(cast.minh, announcement_id, clip.sha256, heard=True)
        return announcement_id

    return approved


@pytest.fixture
def air(cast, clock):
    """One airing of an announcement, so many hours ago, with its end."""
    count = iter(range(1000))

    def aired(
        announcement_id, hours=1.0, trigger=Trigger.MANUAL, played_ms=3000, outcome=AiringOutcome.PLAYED, zone="all"
    ):
        seen = cast.station.repos.programme.announcement(announcement_id)
        start = clock.now() - timedelta(hours=hours)
        slot = Slot(
            id=f"s{next(count)}", day=DAY, zone=zone, start=start, length=timedelta(seconds=3), campaign_id=None,
            announcement_id=announcement_id, audio_sha256=seen.audio_sha256 or "", trigger=trigger,
        )  # fmt: skip
        slots = cast.station.repos.slots
        slots.add(slot, cast.lan.id, start)
        slots.claim(slot, start)
        begun = start if played_ms else None
        ended = start + timedelta(milliseconds=played_ms) if played_ms else None
        slots.close(slot.id, Ending(outcome, "", begun, ended, played_ms, {"wav": "ok"}), clock.now())
        return slot.id

    return aired


@pytest.fixture
def public(station):
    return station.services.get(PublicService)


# The switch


def test_the_page_is_closed_until_somebody_with_the_right_opens_it(station, lan, minh, config):
    station = replace(station, written=config.having(PublicConfig()))
    closed = replace(station.repos, written=config.having(PublicConfig()))
    services = type(station.services).of(closed)
    assert not services.get(PublicService).is_open
    with pytest.raises(NotPermitted):
        services.settings.put(lan, {"public.on": True})
    services.settings.put(minh, {"public.on": True})
    assert services.get(PublicService).is_open


# What is told


def test_only_what_was_heard_in_the_last_day_is_told_newest_first(public, written, air):
    old, new = written("Cũ", "Lời cũ"), written("Mới", "Lời mới", pitch=500)
    silent, drafted = written("Im", "Không kêu", pitch=600), written("Sắp tới", "Chưa phát", pitch=700)
    air(old, 20)
    air(new, 2)
    air(silent, 1, played_ms=0, outcome=AiringOutcome.FAILED)
    air(written("Hôm kia", "Lời hôm kia", pitch=800), 24.1)
    assert [one.title for one in public.aired()] == ["Mới", "Cũ"]
    assert drafted not in {one.title for one in public.aired()}


def test_the_same_words_are_told_once_with_all_their_times(public, written, air, clock):
    announcement_id = written("Tiêm chủng", "Mời bà con đi tiêm.")
    for hours in (5, 3, 1):
        air(announcement_id, hours)
    (found,) = public.aired()
    assert [time.start for time in found.times] == [clock.now() - timedelta(hours=hours) for hours in (1, 3, 5)]


def test_an_emergency_a_drill_and_an_ordinary_airing_of_the_same_words_are_three(public, written, air):
    announcement_id = written("Sơ tán", "Sơ tán ngay.", priority=Priority.EMERGENCY)
    for trigger in (Trigger.EMERGENCY, Trigger.DRILL, Trigger.MANUAL):
        air(announcement_id, 1, trigger)
    assert {one.trigger for one in public.aired()} == {Trigger.EMERGENCY, Trigger.DRILL, Trigger.MANUAL}


def test_words_that_were_changed_after_they_were_aired_are_not_told_as_if_they_had_been(cast, public, written, air):
    announcement_id = written("Tiêm chủng", "Lời đã phát")
    air(announcement_id)
    seen = cast.station.repos.programme.announcement(announcement_id)
    cast.station.services.announcements.edit(cast.lan, announcement_id, seen.version, "Tiêm chủng", "Lời sửa về sau")
    (found,) = public.aired()
    assert (found.text, found.silence) == ("", "changed_since")
    assert found.audio_sha256


def test_what_was_taken_back_has_neither_words_nor_sound_any_more(cast, public, written, air):
    announcement_id = written("Nhầm", "Lời nhầm")
    air(announcement_id)
    cast.station.services.announcements.withdraw(cast.minh, announcement_id)
    (found,) = public.aired()
    assert (found.text, found.audio_sha256, found.silence) == ("", "", "taken_back")


def test_a_correction_stands_beside_what_it_corrects(cast, public, written, air):
    wrong = written("Vỡ đê", "Đê đã vỡ.", priority=Priority.EMERGENCY)
    slot_id = air(wrong, 2, Trigger.EMERGENCY)
    right = written("Đính chính", "Đê không vỡ.", pitch=500, priority=Priority.EMERGENCY)
    with cast.station.repos.store.write() as db:
        db.conn.execute("UPDATE announcement SET corrects = ? WHERE id = ?", (slot_id, right))
    air(right, 1, Trigger.EMERGENCY)
    newest, older = public.aired()
    assert [fix.text for fix in older.corrected] == ["Đê không vỡ."]
    assert newest.corrects == slot_id


def test_the_names_of_people_are_in_nothing_that_is_told(public, written, air, cast):
    air(written("Tiêm chủng", "Mời bà con đi tiêm."))
    told = repr([(one.title, one.text, one.times) for one in public.aired()])
    assert cast.lan.name not in told
    assert cast.minh.name not in told


def test_what_comes_next_is_what_is_planned_and_approved(cast, public):
    cast.running(cast.approved(3.0, "Đã duyệt"), base=2)
    assert {one.title for one in public.coming()} == {"Đã duyệt"}
    cast.station.services.settings.put(cast.minh, {"public.shows_next": False})
    assert public.coming() == []


# Sound


def test_the_worker_makes_a_small_file_of_what_was_aired_and_lets_it_go_a_day_later(
    station, public, written, air, clock
):
    announcement_id = written("Tiêm chủng", "Mời bà con.", seconds=10.0)
    air(announcement_id)
    (found,) = public.aired()
    assert not public.has_sound(found)
    worker = station.worker()
    while worker.make_ahead():
        pass
    path = public.sound_of(found)
    assert abs(path.stat().st_size - 10 * BITS_A_SECOND / 8) < 600
    with av.open(str(path)) as sound:
        assert sound.streams.audio[0].rate == 24_000
        samples = sum(frame.samples for frame in sound.decode(audio=0))
    assert 10.0 <= samples / 24_000 < 10.2
    clock.advance(25 * 3600)
    assert not public.make_one()
    assert not path.exists()


def test_nothing_is_made_while_the_page_is_closed(public, written, air, cast):
    air(written("Tiêm chủng", "Mời bà con."))
    cast.station.services.settings.put(cast.minh, {"public.on": False})
    assert not public.make_one()


def test_a_sound_that_is_gone_is_not_tried_again_and_again(station, public, written, air):
    announcement_id = written("Tiêm chủng", "Mời bà con.")
    air(announcement_id)
    (found,) = public.aired()
    station.repos.library.path(found.audio_sha256).unlink()
    assert public.make_one()
    assert not public.make_one()
    with pytest.raises(NotFound):
        public.sound_of(found)


def test_a_master_that_was_changed_gives_no_small_file(station, cast):
    clip = cast.clip(1.0)
    path = station.repos.library.path(clip.sha256)
    path.write_bytes(path.read_bytes()[:-2] + b"xx")
    with pytest.raises(Refused, match="audio_changed"):
        PreviewFiles(station.repos.library).make(clip.sha256)
    assert not PreviewFiles(station.repos.library).has(clip.sha256)


def test_a_half_made_file_is_never_seen(station, cast):
    clip = cast.clip(3.0)
    breaths = []

    def breathe():
        breaths.append(1)
        if len(breaths) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        PreviewFiles(station.repos.library).make(clip.sha256, breathe)
    assert list((station.repos.library.root / "light").rglob("*.*")) == []


# The rule, for any day at all


def rows():
    return st.lists(
        st.builds(
            Aired,
            slot_id=st.text("abc", min_size=1, max_size=2),
            hash=st.text("0123456789abcdef", min_size=8, max_size=8),
            title=st.text("xyz", max_size=3),
            trigger=st.sampled_from(Trigger),
            zone=st.just(DEFAULT_ZONE),
            start=st.integers(0, 1000).map(lambda minute: MORNING + timedelta(minutes=minute)),
            played_ms=st.integers(0, 5000),
            outcome=st.sampled_from([*AiringOutcome]),
            audio_sha256=st.sampled_from(["a" * 64, "b" * 64]),
            text_sha256=st.sampled_from(["1", "2"]),
            announcement_id=st.sampled_from([1, 2, None]),
            text=st.sampled_from(["", "Mời bà con."]),
            text_sha256_now=st.sampled_from(["1", "2"]),
            state=st.sampled_from([*AnnouncementState, None]),
            corrects=st.sampled_from(["", "a", "b"]),
        ),
        max_size=12,
        unique_by=lambda row: row.hash,  # a link of the chain: no two rows share it
    )


@given(rows())
def test_everything_heard_is_told_once_and_nothing_else_is(aired):
    found = items(aired)
    heard = [
        row
        for row in aired
        if row.trigger is not Trigger.TEST
        and row.outcome is not AiringOutcome.RECORDED
        and (row.played_ms > 0 or row.outcome in {AiringOutcome.PLAYED, AiringOutcome.PARTIAL})
    ]
    assert sum(len(one.times) for one in found) == len(heard)
    assert [one.newest.start for one in found] == sorted((one.newest.start for one in found), reverse=True)
    for one in found:
        assert bool(one.text) != bool(one.silence)
        if one.trigger in {Trigger.RELAY, Trigger.LIVE}:
            assert not one.text
            assert not one.audio_sha256


@given(rows())
def test_words_are_told_only_while_they_are_those_that_were_aired_and_stand(aired):
    for one in items(aired):
        newest = next(row for row in aired if row.hash == one.key and row.start == one.newest.start)
        if one.text:
            assert newest.text_sha256 == newest.text_sha256_now
            assert newest.state is not AnnouncementState.WITHDRAWN


def test_the_name_of_a_sound_tells_nothing_of_what_it_is_made_of(public, written, air):
    air(written("Tiêm chủng", "Mời bà con."))
    (found,) = public.aired()
    name = sound_name(found)
    assert name not in found.key
    assert found.audio_sha256[:12] not in name
