"""Đề nghị phát over the API: judged, handed in, approved, and told as it is planned."""

from datetime import datetime, timedelta

from scheduler.core.planning.rules import parse_window
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
    (slot,) = station.repos.slots.of_day(DAY)
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


def test_a_program_decides_what_gives_way_and_when_it_is_made_up(cast, lans, minhs, station):
    plain = {"windows": (parse_window("16:30-16:40"),), "min_gap": timedelta(minutes=1)}
    behind = DAY + timedelta(days=1)
    cast.planned(cast.approved(60.0, "Rác thải", 300.0), title="Đợt rác", base=2, rank=2, end=behind, **plain)
    cast.planned(cast.approved(60.0, "Tiêm chủng", 200.0), base=3, rank=1, **plain)
    clip = cast.clip(60.0)
    number = station.services.announcements.record(cast.lan, "Cắt nước", clip.sha256)
    station.services.announcements.heard(cast.lan, number, clip.sha256)
    path = f"/announcements/{number}"
    refused = lans.post(f"{path}/judge", {"at": at("16:34")}).get_json()
    assert (refused["fits"], refused["reason"]) == (False, "wish_displaces")
    offer = refused["make_up"]
    assert (offer["title"], offer["made_up_at"][:10]) == ("Rác thải", behind.isoformat())
    decided = {name: offer[name] for name in ("gives_way", "made_up_at")}
    judged = lans.post(f"{path}/judge", {"at": at("16:34")} | decided).get_json()
    assert (judged["fits"], judged["make_up"]) == (True, offer)
    for half, value in decided.items():
        answer = lans.post(f"{path}/submissions", {"at": at("16:34"), half: value})
        assert (answer.status_code, answer.get_json()["reason"]) == (422, "make_up_gone")
    assert lans.post(f"{path}/submissions", {"at": at("16:34")}).status_code == 422
    sent = lans.post(f"{path}/submissions", {"at": at("16:34")} | decided).get_json()
    assert sent["offer"]["time"]["make_up"] == offer
    answer = minhs.post(f"{path}/approve", {"sha256": clip.sha256, "heard": True}).get_json()
    assert "“Rác thải” lúc" in answer["outlook"]["sentence"]
    (paid,) = [slot for slot in station.repos.slots.of_day(behind) if slot.makes_good]
    assert (paid.makes_good, paid.start) == (offer["gives_way"], datetime.fromisoformat(offer["made_up_at"]))


def test_a_program_approves_no_wish_that_has_changed_since_it_read_it(cast, lans, minhs, station):
    clip = cast.clip(20.0)
    number = station.services.announcements.record(cast.lan, "Cắt nước", clip.sha256)
    path, sound = f"/announcements/{number}", {"sha256": clip.sha256, "heard": True}
    station.services.announcements.heard(cast.lan, number, clip.sha256)
    lans.post(f"{path}/submissions", {"at": at("17:00")})
    read = minhs.get(f"{path}/offer").get_json()
    station.services.announcements.give_back(cast.minh, number, "đổi giờ")
    station.services.announcements.heard(cast.lan, number, clip.sha256)
    lans.post(f"{path}/submissions", {"at": at("18:30")})
    refused = minhs.post(f"{path}/approve", sound | {"mark": read["mark"]})
    assert (refused.status_code, refused.get_json()["reason"]) == (422, "wish_changed")
    assert station.repos.slots.of_day(DAY) == []
    now = minhs.get(f"{path}/offer").get_json()
    assert now["offer"]["start"] == at("18:30")
    answer = minhs.post(f"{path}/approve", sound | {"mark": now["mark"]}).get_json()
    assert answer["outlook"]["start"] == at("18:30")
