"""Nghe hết: what a browser tells of a sound is held against the sound and the station's clock."""

import pytest

from scheduler.core.model import AnnouncementState


@pytest.fixture
def waiting(cast):
    return cast.submitted(seconds=20.0)


def sound_of(station, number):
    return station.repos.programme.announcement(number).audio_sha256


def begins(send, client, sha256):
    answer = send(client, f"/nghe/{sha256}/bat-dau")
    assert answer.status_code == 200
    return answer.json["so"]


def test_who_has_listened_to_all_of_it_may_approve(station, minhs, minh, send, waiting, clock):
    sha256 = sound_of(station, waiting)
    number = begins(send, minhs, sha256)
    assert not station.services.hearings.has_heard(minh, sha256)
    clock.advance(20.5)
    answer = send(minhs, f"/nghe/{number}/het", doan="0-11.2,11.2-20")
    assert (answer.status_code, answer.json) == (200, {"het": True})
    assert send(minhs, f"/duyet/{waiting}/duyet", sha256=sha256).status_code == 303
    assert station.repos.programme.announcement(waiting).state is AnnouncementState.APPROVED


@pytest.mark.parametrize(
    ("seconds", "stretches", "told"),
    [(25, "0-9", "Còn 11 giây chưa nghe"), (5, "0-20", "nhanh quá 1,5 lần"), (25, "x", "không đọc được")],
    ids=["part", "too_fast", "nonsense"],
)
def test_less_than_that_is_not_enough(station, minhs, minh, send, waiting, clock, seconds, stretches, told):
    sha256 = sound_of(station, waiting)
    number = begins(send, minhs, sha256)
    clock.advance(seconds)
    answer = send(minhs, f"/nghe/{number}/het", doan=stretches)
    assert answer.status_code == 422
    assert told in answer.json["loi"]
    assert not station.services.hearings.has_heard(minh, sha256)
    assert send(minhs, f"/duyet/{waiting}/duyet", sha256=sha256).status_code == 422


def test_nobody_ends_what_another_began_and_nothing_ends_twice(station, minhs, hungs, hung, send, waiting, clock):
    sha256 = sound_of(station, waiting)
    number = begins(send, minhs, sha256)
    clock.advance(21)
    assert send(hungs, f"/nghe/{number}/het", doan="0-20").status_code == 404
    assert not station.services.hearings.has_heard(hung, sha256)
    assert send(minhs, f"/nghe/{number}/het", doan="0-20").status_code == 200
    assert send(minhs, f"/nghe/{number}/het", doan="0-20").status_code == 404


def test_a_sound_that_is_not_there_is_not_heard(minhs, send):
    assert send(minhs, f"/nghe/{'0' * 64}/bat-dau").status_code == 404


def test_the_log_of_acts_tells_who_has_heard_what(station, minhs, send, waiting, clock):
    number = begins(send, minhs, sound_of(station, waiting))
    clock.advance(21)
    send(minhs, f"/nghe/{number}/het", doan="0-20")
    assert "lần nghe hết" in minhs.get("/nhat-ky-thao-tac").text


def test_what_was_left_unfinished_goes_after_a_day(station, minh, waiting, clock):
    hearings, sha256 = station.services.hearings, sound_of(station, waiting)
    hearings.begin(minh, sha256)
    clock.advance(90_000)
    hearings.begin(minh, sha256)
    assert station.repos.store.value("SELECT count(*) FROM hearing") == 1
