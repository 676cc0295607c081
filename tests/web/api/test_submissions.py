"""Đề nghị phát over the API: judged, handed in, approved, and told as it is planned."""

from tests.conftest import DAY


def at(text):
    return f"{DAY.isoformat()}T{text}:00+07:00"


def test_a_program_judges_hands_in_and_reads_what_comes_of_it(cast, lans, minhs, station):
    clip = cast.clip(20.0)
    number = station.services.announcements.record(cast.lan, "Cắt nước", clip.sha256)
    station.services.announcements.heard(cast.lan, number, clip.sha256)
    path = f"/announcements/{number}"
    verdict = lans.post(f"{path}/judge", {"at": at("17:00")}).get_json()
    assert (verdict["fits"], verdict["start"], len(verdict["choices"])) == (True, at("17:00"), 3)
    quiet = lans.post(f"{path}/judge", {"at": at("12:00")}).get_json()
    assert (quiet["fits"], quiet["reason"], len(quiet["choices"])) == (False, "quiet_hours", 3)
    assert lans.get(f"{path}/soonest").get_json()["start"] > at("05:30")
    sent = lans.post(f"{path}/submissions", {"at": at("17:00")})
    assert (sent.status_code, sent.get_json()["offer"]["start"]) == (201, at("17:00"))
    assert lans.get(f"{path}/outlook").get_json()["kind"] == "waits"
    answer = minhs.post(f"{path}/approve", {"sha256": clip.sha256, "heard": True}).get_json()
    assert (answer["state"], answer["outlook"]["start"]) == ("approved", at("17:00"))
    assert answer["outlook"]["kind"] == "wont_sound"
    (slot,) = station.parts.slots.of_day(DAY)
    assert slot.start.isoformat() == "2026-12-02T10:00:00+00:00"


def test_a_rhythm_is_judged_before_it_is_asked_for(cast, lans):
    body = {
        "title": "Đợt",
        "announcement_id": cast.submitted(),
        "windows": ["16:30-18:00"],
        "base": 2,
        "start": DAY.isoformat(),
        "end": DAY.isoformat(),
    }
    told = lans.post("/campaigns/judge", body).get_json()
    assert (told["fits"], told["airings"], told["last_day"]) == (True, 2, DAY.isoformat())
    assert told["first"].startswith(DAY.isoformat())
    refused = lans.post("/campaigns/judge", body | {"windows": ["12:00-13:00"]}).get_json()
    assert (refused["fits"], refused["first"]) == (False, None)
