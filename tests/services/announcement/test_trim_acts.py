"""Cutting a recording: a job makes a shorter clip, the announcement takes it and loses its approval, and back again."""

import pytest

from scheduler.core.model import AnnouncementState
from scheduler.kernel.errors import Refused
from scheduler.services.announcement.trims import milliseconds


@pytest.fixture
def cut(station, lan):
    """Ask for a cut and let the worker make it; the job."""

    def made(sha256, start=500, end=2000, **more):
        job_id = station.services.trims.ask(lan, sha256, start, end, **more)
        assert station.worker().work_once(job_id)
        return station.repos.jobs.get(job_id)

    return made


def seen(station, number):
    return station.repos.programme.announcement(number)


def test_a_cut_is_a_new_clip_of_the_asked_length_and_the_whole_stays(station, cast, cut):
    whole = cast.clip(3.0, "Lời Chủ tịch")
    job = cut(whole.sha256)
    assert job.state == "ready"
    clip = station.repos.programme.clip(job.result)
    assert (clip.frames, clip.title, clip.origin) == (1_500 * 48, "Lời Chủ tịch", "upload")
    assert station.repos.programme.clip(whole.sha256).retired_at is None
    trim = station.services.trims.of(clip.sha256)
    assert (trim.from_sha256, trim.start_ms, trim.end_ms) == (whole.sha256, 500, 2000)


def test_the_cut_becomes_the_sound_of_its_announcement_and_voids_its_approval(station, cast, cut):
    number = cast.approved()
    job = cut(seen(station, number).audio_sha256, announcement_id=number)
    after = seen(station, number)
    assert after.audio_sha256 == job.result
    assert (after.state, after.approved_sha256, after.heard) == (AnnouncementState.DRAFT, None, False)


def test_an_announcement_that_changed_meanwhile_keeps_what_it_has(station, lan, cast):
    number = cast.submitted()
    job_id = station.services.trims.ask(lan, seen(station, number).audio_sha256, 500, 2000, announcement_id=number)
    other = cast.clip(pitch=900.0)
    station.services.announcements.use_recording(lan, number, other.sha256)
    station.worker().work_once(job_id)
    assert seen(station, number).audio_sha256 == other.sha256
    assert station.repos.jobs.get(job_id).state == "ready"


def test_a_cut_of_a_cut_goes_back_to_the_whole_recording(station, cast, cut):
    whole = cast.clip(3.0)
    once = cut(whole.sha256).result
    twice = cut(once, 100, 900).result
    assert station.services.trims.whole(twice) == station.services.trims.whole(once) == whole.sha256
    assert station.services.trims.whole(whole.sha256) is None


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        (0, 3000, "trim_nothing"),
        (0, 2995, "trim_nothing"),
        (-1, 1000, "trim_outside"),
        (0, 3002, "trim_outside"),
        (2000, 1000, "trim_outside"),
        (1000, 1299, "trim_too_short"),
    ],
)
def test_a_cut_nobody_can_want_is_refused_before_any_work(station, lan, cast, start, end, reason):
    clip = cast.clip(3.0)
    with pytest.raises(Refused) as refused:
        station.services.trims.ask(lan, clip.sha256, start, end)
    assert refused.value.reason == reason
    assert station.repos.jobs.newest("trim") == []


def test_a_machines_speech_and_a_retired_recording_are_not_cut(station, lan, minh, cast):
    number = station.services.announcements.write(lan, "Họp", "Họp tối nay.")
    assert station.worker().work_once(station.services.announcements.make_speech(lan, number))
    speech, recording = seen(station, number).audio_sha256, cast.clip(3.0)
    station.services.recordings.retire(minh, recording.sha256)
    for sha256, reason in ((speech, "trim_speech"), (recording.sha256, "audio_retired")):
        with pytest.raises(Refused) as refused:
            station.services.trims.ask(lan, sha256, 0, 500)
        assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("0", 0), ("12,5", 12_500), ("12.25", 12_250), ("1:05,3", 65_300), (" 2:00 ", 120_000), ("0,1239", 123)],
)
def test_an_instant_is_read_as_people_write_it(typed, expected):
    assert milliseconds(typed) == expected


@pytest.mark.parametrize("typed", ["", "abc", "-1", "1:2:3", "1e3", "9" * 20, "١٢"])
def test_an_instant_nobody_can_read_is_told(typed):
    with pytest.raises(Refused) as refused:
        milliseconds(typed)
    assert refused.value.reason == "trim_time_unclear"
