"""Micro trực tiếp: the routes its script speaks to, their guard, and what the page says without one."""

import re
import secrets
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.core.model import AiringOutcome, Trigger
from scheduler.core.planning.rules import local_day
from scheduler.services.air.live_sound import BYTES_A_SECOND, live_ended
from scheduler.station import Station
from scheduler.store import Ending
from tests.web.conftest import stops
from web import POLICY, create_app
from web.air.microphone import MOST_BYTES

STATIC = Path(__file__).parents[3] / "web" / "static"
PIECE = bytes(range(256)) * 75
"""200 ms of something."""
TIME_OVER = "Đã hết thời gian của buổi nói trực tiếp; cần nói thêm thì mở buổi mới."


@pytest.fixture
def csrf():
    def of(client):
        return re.search(r'data-csrf="([^"]+)"', client.get("/cai-dat").text)[1]

    return of


@pytest.fixture
def take(csrf):
    """Take the air as the script does; its answer."""

    def post(client, zone="all", key=None):
        headers = {"X-CSRF-Token": csrf(client), "X-Act": key or secrets.token_hex(8)}
        return client.post("/truc-tiep-micro", data={"zone": zone}, headers=headers)

    return post


@pytest.fixture
def push(csrf):
    def post(client, lease, at, body=PIECE, **headers):
        kept = {"X-CSRF-Token": csrf(client), "Content-Type": "application/octet-stream"}
        return client.post(f"/truc-tiep-micro/{lease}/{at}", data=body, headers=kept | headers)

    return post


@pytest.fixture
def lease(lans, take):
    return take(lans).json["lease"]


def begun(station, clock):
    """Playout's part: the airing of the lease has begun."""
    day = local_day(clock.now(), station.config.station.time_zone)
    (slot,) = [one for one in station.repos.slots.of_day(day) if one.trigger is Trigger.LIVE]
    station.repos.slots.claim(slot, clock.now())
    station.repos.slots.progress(slot.id, clock.now(), 0)
    return slot


# The page


def test_the_page_tells_the_delay_the_longest_talk_and_how_to_hold(lans):
    text = lans.get("/truc-tiep-micro").text
    assert "bản ghi sẽ có" not in text  # of a full disk it would be a lie
    assert "GIỮ ĐỂ NÓI" in text
    assert 'tối đa <span class="num">15:00</span>' in text
    assert "data-delay>1,1</span> giây" in text  # 600 ms ahead, 200 ms gathered, 250 ms in hand
    assert "Bấm một lần để nói, bấm lần nữa để thôi" in text


def test_without_a_script_the_page_says_what_to_do_and_shows_no_dead_button(lans):
    text = lans.get("/truc-tiep-micro").text
    assert "cần trình duyệt có bật JavaScript" in text
    assert re.search(r'<section class="card" id="micro"[^>]*hidden>', text)
    assert re.search(r"data-insecure[^>]*hidden>", text)


def test_a_station_of_several_zones_asks_where(config, clock, tmp_path, client_of, lan):
    assert "Nói ở đâu" not in client_of(lan).get("/truc-tiep-micro").text
    outputs = (replace(config.outputs[0], zones=("cho", "truong")),)
    station = Station.open(replace(config, folder=tmp_path, outputs=outputs), clock)
    app = create_app(station)
    client = app.test_client()
    client.set_cookie("loa", client_of(lan).get_cookie("loa").value)
    text = client.get("/truc-tiep-micro").text
    station.close()
    assert '<option value="cho">Vùng cho</option>' in text
    assert '<option value="all">Tất cả các loa</option>' in text


# Policy: what the browser needs of it, told statically


def test_the_policy_lets_the_worklet_load_from_here_and_the_pieces_go_nowhere_else(lans):
    assert "script-src 'self'" in POLICY
    assert "connect-src 'self'" in POLICY
    page = lans.get("/truc-tiep-micro")
    address = re.search(r'data-worklet="([^"]+)"', page.text)[1]
    assert address.startswith("/static/microphone-worklet.js?")
    assert "microphone=(self)" in page.headers["Permissions-Policy"]
    with lans.get(address) as worklet:
        assert worklet.status_code == 200
        assert "javascript" in worklet.mimetype
        assert "registerProcessor(" in worklet.text


def test_the_script_sends_the_token_and_lets_go_when_the_page_goes():
    script = (STATIC / "microphone.js").read_text(encoding="utf-8")
    for part in ('"X-CSRF-Token"', "sendBeacon", "pagehide", "visibilitychange", "lostpointercapture", "keyup"):
        assert part in script


# Taking the air


def test_the_air_is_taken_as_a_lease_that_waits_for_playout(lans, take, station, lan):
    told = take(lans).json
    assert told | {"lease": ""} == {
        "lease": "", "delay_ms": 1050, "wanted": 0, "open": True, "on_air": False, "sounds": False, "speak_in_ms": None,
        "left_ms": 898_950, "at_end": TIME_OVER, "ended": False, "told": "",
    }  # fmt: skip
    assert station.repos.leases.get(told["lease"]).person_id == lan.id


def test_the_same_press_sent_twice_takes_the_air_once(lans, take, station):
    answers = [take(lans, key="one press") for _ in range(2)]
    assert answers[0].status_code == 200
    assert answers[1].status_code == 422
    assert len(station.repos.leases.open()) == 1


def test_who_comes_second_is_told_who_talks(lans, minhs, take):
    take(lans)
    answer = take(minhs)
    assert answer.status_code == 422
    assert answer.json["told"] == "Lan đang giữ micro phát trực tiếp; hãy đợi người ấy nói xong."
    assert "lease" not in answer.json
    assert "Chính bạn đang phát trực tiếp ở trang khác" in take(lans).json["told"]


def test_quiet_hours_refuse_with_their_sentence(lans, take, clock):
    clock.advance(6.5 * 3600)  # 12:00, within 11:30-13:30
    answer = take(lans)
    assert answer.status_code == 422
    assert "Giờ yên tĩnh" in answer.json["told"]


def test_before_quiet_hours_the_talk_gets_all_the_time_there_is(lans, take, station, clock):
    clock.advance(5 * 3600 + 53 * 60)  # 11:23, and they begin at 11:30
    told = take(lans).json
    opening = station.services.live.opening() / timedelta(milliseconds=1)
    assert 0 <= told["left_ms"] - (420_000 - opening - 1050) < 1000  # no more of it is lost than the chime takes
    clock.advance(60)  # what sounds before it takes time away
    begun(station, clock)
    told = lans.get(f"/truc-tiep-micro/{told['lease']}").json
    assert told["left_ms"] == 360_000 - told["speak_in_ms"] - 1050  # what is said later is not heard before them
    assert told["at_end"] == "Đã tới giờ yên tĩnh nên buổi nói trực tiếp phải dừng."


def test_letting_go_of_what_has_ended_changes_nothing_of_why(lans, lease, station, csrf, clock):
    slot = begun(station, clock)
    station.repos.slots.close(slot.id, Ending(AiringOutcome.PLAYED, ""), clock.now())
    live_ended(station.repos, slot.id)
    answer = lans.post(f"/truc-tiep-micro/{lease}/tha", data={"csrf": csrf(lans)})
    assert (answer.json["ended"], answer.json["told"]) == (True, TIME_OVER)
    assert stops(station) == []


def test_who_speaks_is_told_when_playout_does_not_answer(lans, lease, station, clock):
    station.repos.jobs.beat("playout", 1, clock.now(), {})
    assert lans.get(f"/truc-tiep-micro/{lease}").json["sounds"]
    clock.advance(6)
    assert not lans.get(f"/truc-tiep-micro/{lease}").json["sounds"]


def test_the_delay_shown_is_that_of_the_slowest_output(lans, station, clock):
    station.repos.jobs.beat("playout", 1, clock.now(), {"lead": 1.35})
    assert "data-delay>1,8</span> giây" in lans.get("/truc-tiep-micro").text


@pytest.mark.parametrize(
    ("ending", "told"),
    [
        (Ending(AiringOutcome.PARTIAL, "live_lost"), "không còn nhận được tiếng micro"),
        (Ending(AiringOutcome.PRE_EMPTED, "pre_empted"), "Có bản tin khẩn"),
        (Ending(AiringOutcome.PARTIAL, "quiet_hours"), "Đã tới giờ yên tĩnh"),
        (Ending(AiringOutcome.PLAYED, ""), "Đã hết thời gian"),
    ],
)
def test_who_speaks_is_told_why_it_is_over_also_by_the_answer_to_a_piece(
    lans, lease, push, station, clock, ending, told
):
    slot = begun(station, clock)
    station.repos.slots.close(slot.id, ending, clock.now())
    live_ended(station.repos, slot.id)
    for answer in (lans.get(f"/truc-tiep-micro/{lease}"), push(lans, lease, 0)):
        assert told in answer.json["told"]
        assert not answer.json["open"]


def test_a_zone_that_is_not_there_is_refused(lans, take):
    answer = take(lans, zone="khong-co")
    assert answer.status_code == 422
    assert "Không có vùng phát" in answer.json["told"]


# Pieces


def test_pieces_follow_each_other_and_the_answer_says_what_is_wanted(lans, lease, push, station):
    at = 0
    for _ in range(3):
        at = push(lans, lease, at).json["wanted"]
    assert at == 3 * len(PIECE)
    assert station.services.live.path(lease).read_bytes() == 3 * PIECE


def test_a_piece_that_came_before_is_not_taken_twice(lans, lease, push, station):
    push(lans, lease, 0)
    assert push(lans, lease, 0).json["wanted"] == len(PIECE)
    assert push(lans, lease, 0, PIECE + b"\1\2").json["wanted"] == len(PIECE) + 2
    assert station.services.live.path(lease).read_bytes() == PIECE + b"\1\2"


def test_a_piece_that_leaves_a_hole_is_asked_for_from_the_hole_on(lans, lease, push, station):
    push(lans, lease, 0)
    assert push(lans, lease, 10 * len(PIECE)).json["wanted"] == len(PIECE)
    assert station.services.live.path(lease).read_bytes() == PIECE


@pytest.mark.parametrize(("at", "body"), [(0, PIECE + b"\1"), (1, PIECE)], ids=["half a sample", "between two halves"])
def test_half_a_sample_never_shifts_the_voice(lans, lease, push, station, at, body):
    push(lans, lease, at, body)
    assert station.services.live.path(lease).stat().st_size % 2 == 0


def test_a_piece_that_is_too_large_is_not_taken(lans, lease, push, station):
    assert push(lans, lease, 0, bytes(MOST_BYTES)).status_code == 200
    assert push(lans, lease, MOST_BYTES, bytes(MOST_BYTES + 2)).status_code == 413
    assert station.services.live.path(lease).stat().st_size == MOST_BYTES


def test_no_lease_grows_without_end(lans, lease, push, station):
    limit = round((station.repos.leases.get(lease).longest + timedelta(seconds=5)).total_seconds() * BYTES_A_SECOND)
    with station.services.live.path(lease).open("r+b") as file:
        file.truncate(limit)
    assert push(lans, lease, limit).json["wanted"] == limit
    assert station.services.live.path(lease).stat().st_size == limit


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-CSRF-Token": ""}, 422), ({"X-CSRF-Token": "sai"}, 422), ({"Origin": "http://evil.example"}, 422),
        ({"Origin": "null"}, 422), ({"Sec-Fetch-Site": "cross-site"}, 422), ({"Sec-Fetch-Site": "same-site"}, 422),
    ],
    ids=["no token", "a wrong token", "another site", "a sandboxed page", "cross-site", "same site, other host"],
)  # fmt: skip
def test_a_piece_from_elsewhere_is_turned_away(lans, lease, push, station, headers, status):
    assert push(lans, lease, 0, **headers).status_code == status
    assert station.services.live.path(lease).stat().st_size == 0


@pytest.mark.parametrize("path", ["", "/0", "/tha"], ids=["its state", "a piece", "its end"])
def test_a_lease_is_its_owners_alone(lans, minhs, lease, csrf, station, path):
    address, headers = f"/truc-tiep-micro/{lease}{path}", {"X-CSRF-Token": csrf(minhs)}
    answer = minhs.post(address, data=PIECE, headers=headers) if path else minhs.get(address)
    assert answer.status_code == 422
    assert station.services.live.path(lease).stat().st_size == 0
    assert station.repos.leases.get(lease).released_at is None


def test_a_stranger_sends_nothing(app, lease, station):
    assert app.test_client().post(f"/truc-tiep-micro/{lease}/0", data=PIECE).status_code == 303
    assert station.services.live.path(lease).stat().st_size == 0


def test_a_lease_nobody_gave_is_not_found(lans, push):
    assert push(lans, "0" * 32, 0).status_code == 404
    assert lans.get("/truc-tiep-micro/" + "0" * 32).status_code == 404


# How far it has come


def test_the_word_to_speak_comes_when_the_chime_is_over(lans, lease, push, station, clock):
    begun(station, clock)
    told = push(lans, lease, 0).json
    assert told["on_air"]
    assert 1500 < told["speak_in_ms"] < 6000
    assert told["left_ms"] == 898_950
    clock.advance(told["speak_in_ms"] / 1000 + 10)
    told = lans.get(f"/truc-tiep-micro/{lease}").json
    assert told["speak_in_ms"] == -10_000
    assert told["left_ms"] == 888_950


def test_letting_go_twice_is_once_and_nothing_more_is_taken(lans, lease, push, csrf, station, clock):
    begun(station, clock)
    push(lans, lease, 0)
    for _ in range(2):  # a beacon has no headers: the token stands in its body
        answer = lans.post(f"/truc-tiep-micro/{lease}/tha", data={"csrf": csrf(lans)})
        assert answer.status_code == 200
        assert not answer.json["open"]
    told = push(lans, lease, len(PIECE)).json
    assert told.pop("speak_in_ms") > 0
    assert told == {
        "wanted": len(PIECE), "open": False, "on_air": True, "sounds": False,
        "left_ms": 898_950, "at_end": TIME_OVER, "ended": False,
        "told": "Buổi nói trực tiếp này đã kết thúc; hãy mở buổi mới.",
    }  # fmt: skip
    assert station.services.live.path(lease).read_bytes() == PIECE
    commands = station.repos.jobs.commands()
    assert {(one.kind, one.args["finish"]) for one in commands} == {("stop", True)}


def test_what_is_let_go_before_playout_takes_it_has_ended_and_the_air_is_free(lans, minhs, lease, take, csrf):
    answer = lans.post(f"/truc-tiep-micro/{lease}/tha", data={"csrf": csrf(lans)})
    assert (answer.json["open"], answer.json["ended"], answer.json["told"]) == (False, True, "")
    assert take(minhs).status_code == 200


def test_a_talk_that_was_cut_says_why(lans, lease, station, clock):
    slot = begun(station, clock)
    station.repos.slots.close(slot.id, Ending(AiringOutcome.CANCELLED, "stopped_by"), clock.now())
    told = lans.get(f"/truc-tiep-micro/{lease}").json
    assert (told["open"], told["ended"]) == (False, True)
    assert told["told"] == "Đã hủy. Cán bộ đã bấm dừng."
