"""A program does a whole day's work over the API: from words to approved sound, to a plan, to the air, to its proof."""

import json
import zlib
from datetime import timedelta

import numpy as np
import pytest

from scheduler.core.model import AiringOutcome
from scheduler.playout.red_sounds import RedSounds
from scheduler.store import Ending
from tests.damage import overwrite_table
from tests.services.dispatch.test_dispatch_drafts import COUNTED, EACH
from web.http.callers import Caller

LETTER = """ỦY BAN NHÂN DÂN
PHƯỜNG AN BÌNH
Số: 12/UBND-VHXH
An Bình, ngày 30 tháng 11 năm 2026
V/v tuyên truyền tiêm chủng

Yêu cầu Trạm truyền thanh phát bản tin tiêm chủng trên hệ thống loa của phường. {order}
./.
"""
BYTES = "application/octet-stream"


def wav(seconds=2.0):
    """A tone as a WAV file."""
    import io
    import wave

    times = np.arange(round(seconds * 48_000)) / 48_000
    sound, out = (np.sin(2 * np.pi * 440 * times) * 8000).astype("<i2"), io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(sound.tobytes())
    return out.getvalue()


def follow(program, answer):
    """The thing that an answer's Location names."""
    return program.get(answer.headers["Location"].removeprefix("/api/v1")).get_json()


def test_from_words_to_the_plan(station, lans, minhs, cast):
    made = lans.post(
        "/announcements", {"title": "Tiêm chủng", "text": "Mời bà con đi tiêm chủng.", "shape": {"times": 2}}
    )
    path = made.headers["Location"].removeprefix("/api/v1")
    assert made.get_json()["shape"]["times"] == 2
    asked = lans.post(f"{path}/speech")
    assert asked.status_code == 202
    assert follow(lans, asked)["state"] == "waiting"
    clip = cast.clip()
    assert lans.post(f"{path}/recording", {"sha256": clip.sha256}).status_code == 200
    refused = lans.post(f"{path}/submit", {"only_stored": True})
    assert (refused.status_code, refused.get_json()["reason"]) == (422, "not_heard")
    assert lans.post(f"{path}/heard", {"sha256": clip.sha256}).get_json()["heard"] is True
    timeless = lans.post(f"{path}/submit").get_json()
    assert timeless["reason"] == "submit_no_time"
    assert "thiếu at" in timeless["detail"]
    assert lans.post(f"{path}/submit", {"only_stored": True}).get_json()["state"] == "submitted"
    assert [one["id"] for one in minhs.get("/announcements", state="submitted").get_json()["items"]] == [1]
    other = minhs.post(f"{path}/approve", {"sha256": "0" * 64, "heard": True})
    assert (other.status_code, other.get_json()["reason"]) == (409, "audio_changed")
    assert minhs.post(f"{path}/approve", {"sha256": clip.sha256, "heard": False}).get_json()["reason"] == "not_heard"
    told = minhs.post(f"{path}/approve", {"sha256": clip.sha256, "heard": True}).get_json()
    assert (told["state"], told["approver"], told["approved_sha256"]) == ("approved", "Minh", clip.sha256)

    body = {
        "title": "Đợt tiêm chủng", "announcement_id": 1, "windows": ["06:00-07:00"], "base": 2,
        "start": "2026-12-02", "end": "2026-12-03", "boost": {"kind": "factor", "value": 2},
    }  # fmt: skip
    shown = lans.post("/campaigns/preview", body, date="2026-12-02").get_json()
    assert len(shown["slots"]) == 4
    campaign = lans.post("/campaigns", body)
    assert campaign.get_json()["state"] == "draft"
    place = campaign.headers["Location"].removeprefix("/api/v1")
    assert lans.get(f"{place}/preview").get_json()["slots"]
    assert lans.get("/plan").get_json()["slots"] == []
    assert lans.post(f"{place}/start").get_json()["state"] == "active"
    plan = lans.get("/plan", date="2026-12-02").get_json()
    assert plan["slots"][0]["start"].startswith("2026-12-02T06:0")
    assert all(one["start"].endswith("+07:00") for one in plan["slots"])
    assert len(lans.get("/plan/upcoming", hours=48).get_json()["items"]) == 8
    assert lans.post(f"{place}/pause", {"until": "2026-12-03T00:00:00+07:00"}).get_json()["pauses"]
    assert lans.get("/plan", date="2026-12-02").get_json()["slots"] == []
    assert lans.post(f"{place}/resume").status_code == 200
    assert lans.post(f"{place}/stop", {"at": "2026-12-02T07:00:00+07:00"}).get_json()["stopped_at"]
    past = lans.post(f"{place}/stop", {"at": "2026-12-01T07:00:00+07:00"})
    assert past.get_json()["reason"] == "instant_past"


def test_what_a_campaign_leaves_out_is_told_planned_and_kept_by_who_does_not_know_of_it(cast, lans):
    body = {
        "title": "Đợt", "announcement_id": cast.approved(), "windows": ["06:00-07:00"], "base": 2,
        "start": "2026-12-02", "end": "2026-12-05",
    }  # fmt: skip
    left_out = {"except_days": ["2026-12-03"], "except_windows": ["06:00-06:30"], "dates": [], "max_minutes": 15}
    campaign = lans.post("/campaigns", body | left_out)
    place = campaign.headers["Location"].removeprefix("/api/v1")
    assert {name: campaign.get_json()[name] for name in left_out} == left_out
    assert lans.post("/campaigns/preview", body | left_out, date="2026-12-03").get_json()["slots"] == []
    shown = lans.post("/campaigns/preview", body | left_out, date="2026-12-02").get_json()["slots"]
    assert all(one["start"] >= "2026-12-02T06:30" for one in shown)
    assert len(shown) == 2
    before = lans.put(place, body, headers={"If-Match": campaign.headers["ETag"]})
    assert {name: before.get_json()[name] for name in left_out} == left_out
    nothing = {"except_days": [], "except_windows": [], "max_minutes": 0}
    after = lans.put(place, body | nothing, headers={"If-Match": before.headers["ETag"]}).get_json()
    assert (after["except_days"], after["except_windows"], after["max_minutes"]) == ([], [], None)


def test_a_campaign_of_a_dispatch_leaves_out_what_the_dispatch_does(cast, lans, station, lan):
    text = LETTER.format(order="Phát 02 lần/ngày, trừ ngày 03/12/2026.").encode()
    dispatch_id, _ = station.services.dispatches.import_dispatch(lan, text, "12.txt")
    body = {
        "title": "Đợt", "announcement_id": cast.approved(), "windows": ["06:00-07:00"], "base": 2,
        "start": "2026-12-02", "end": "2026-12-05", "dispatch_id": dispatch_id,
    }  # fmt: skip
    assert lans.post("/campaigns", body).get_json()["except_days"] == ["2026-12-03"]
    assert lans.post("/campaigns", body | {"except_days": []}).get_json()["except_days"] == []


def test_a_return_carries_its_reason_and_a_withdrawn_one_airs_no_more(cast, lans, minhs):
    path = f"/announcements/{cast.submitted()}"
    assert minhs.post(f"{path}/return", {"reason": "  "}).get_json()["reason"] == "reason_missing"
    assert minhs.post(f"{path}/return", {"reason": "Sai ngày"}).get_json()["return_reason"] == "Sai ngày"
    approved = cast.approved(pitch=500.0)
    assert minhs.post(f"/announcements/{approved}/withdraw").get_json()["state"] == "withdrawn"
    assert lans.post("/on-air/play", {"announcement_id": approved}).get_json()["reason"] == "unapproved"


def test_a_file_comes_in_pieces_over_any_break(station, lans):
    data = wav()
    begun = lans.post(
        "/uploads", {"file_name": "lời chào.wav", "size": len(data), "first_bytes_sum": "ab12", "title": "Lời chào"}
    )
    assert begun.status_code == 201
    path = begun.headers["Location"].removeprefix("/api/v1")
    half = len(data) // 2
    put = lambda at, piece: lans.put(f"{path}/pieces/{at}", data=piece, content_type=BYTES)  # noqa: E731
    assert put(0, data[:half]).get_json() == {"received": half}
    assert put(0, data[:half]).get_json() == {"received": half}, "a piece that came before is not taken twice"
    assert put(len(data) - 1, data[-1:]).get_json() == {"received": half}, "a hole is not left"
    again = lans.post(  # by the name that the release before had for the sum
        "/uploads", {"file_name": "lời chào.wav", "size": len(data), "mark": "ab12", "title": "Lời chào"}
    ).get_json()
    assert again["received"] == half
    assert lans.post(f"{path}/finish", {"crc32": 0}).get_json()["reason"] == "upload_incomplete"
    assert put(half, data[half:]).get_json() == {"received": len(data)}
    assert put(len(data), b"x").get_json()["reason"] == "upload_longer"
    ended = lans.post(f"{path}/finish", {"crc32": zlib.crc32(data)})
    assert ended.status_code == 202
    job = station.finish(ended.get_json()["id"])
    told = lans.get(f"/jobs/{job.id}").get_json()
    assert told["state"] in {"ready", "warning"}
    [clip] = lans.get("/recordings").get_json()["items"]
    assert (clip["sha256"], clip["title"]) == (told["result"], "Lời chào")
    assert 1900 < clip["length_ms"] < 2100
    assert lans.post(f"/recordings/{clip['sha256']}/retire").get_json()["retired_at"]
    assert lans.get("/recordings").get_json()["items"] == []
    assert len(lans.get("/recordings", retired="true").get_json()["items"]) == 1
    assert lans.post(f"/recordings/{clip['sha256']}/offer").get_json()["retired_at"] is None


def test_a_sound_is_given_whole_and_in_ranges(cast, lans):
    path = f"/recordings/{cast.clip().sha256}/sound"
    with lans.get(path) as whole:
        assert (whole.status_code, whole.mimetype) == (200, "audio/wav")
        assert whole.data[:4] == b"RIFF"
    with lans.get(path, headers={"Range": "bytes=4-11"}) as part:
        assert (part.status_code, part.data) == (206, whole.data[4:12])
    with lans.get(path, headers={"If-None-Match": whole.headers["ETag"]}) as unchanged:
        assert unchanged.status_code == 304
    with lans.get(path, headers={"Range": "bytes=999999999-"}) as beyond:
        assert beyond.status_code == 416
    assert lans.get(f"/recordings/{'0' * 64}/sound").status_code == 404


def test_lists_end_and_their_next_leads_on(cast, lans):
    made = [cast.submitted(pitch=400.0 + n, title=f"số {n}") for n in range(5)]
    seen, before = [], None
    while True:
        told = lans.get("/announcements", limit=2, **({"before": before} if before else {})).get_json()
        seen += [one["id"] for one in told["items"]]
        before = told["next"]
        if before is None:
            break
    assert seen == made[::-1]
    clips, after = [], None
    for _ in range(10):
        told = lans.get("/recordings", limit=2, **({"after": after} if after else {})).get_json()
        clips += [one["sha256"] for one in told["items"]]
        after = told["next"]
        if after is None:
            break
    assert len(clips) == len(set(clips)) == 5


def test_what_sounds_is_told_as_playout_measured_it(station, clock, cast, lans):
    silent = lans.get("/on-air").get_json()
    assert (silent["alive"], silent["airing"]) == (False, None)
    slot_id = lans.post("/on-air/play", {"announcement_id": cast.approved(), "repeat": 2}).get_json()["slot_id"]
    airing = {
        "slot_id": slot_id, "title": "Tiêm chủng", "trigger": "manual", "zone": "all",
        "started_at": clock.now().isoformat(), "played_ms": 1000, "total_ms": 9000,
    }  # fmt: skip
    output = {"name": "Loa", "kind": "icecast", "state": "open", "message": "", "device": "http://u:p@x/", "dropped": 0}
    state = {"airings": [airing], "outputs": [output], "clock_trusted": True}
    station.repos.slots.claim(station.repos.slots.slot(slot_id), clock.now())
    station.repos.jobs.beat("playout", 1, clock.now(), state)
    told = lans.get("/on-air").get_json()
    assert (told["airing"]["slot_id"], told["airing"]["left_ms"]) == (slot_id, 8000)
    assert told["airing"]["started_at"].endswith("+07:00")
    assert "u:p@" not in json.dumps(told), "where an output leads to may hold a password"
    again = lans.post("/on-air/play", {"announcement_id": 1})
    assert (again.status_code, again.get_json()["reason"]) == (409, "already_on_air")
    assert lans.post("/on-air/stop", {"slot_id": slot_id}).status_code == 202
    assert lans.post("/on-air/stop", {"slot_id": "20261202-n9-abcd"}).status_code == 404
    assert [row["kind"] for row in station.repos.store.rows("SELECT kind FROM command")] == ["stop"]
    clock.advance(6)
    assert lans.get("/on-air").get_json()["alive"] is False


def test_the_stream_says_what_has_changed_and_ends_with_its_key(station, clock, cast, app, lans, hung):
    answer = lans.client.get("/api/v1/on-air/events", headers={"Authorization": f"Bearer {lans.secret}"})
    assert answer.mimetype == "text/event-stream"
    events = iter(answer.response)
    first = next(events).decode()
    assert first.startswith("event: on-air\ndata: {")
    assert json.loads(first.split("data: ", 1)[1])["alive"] is False
    assert len(app.extensions["streams"]) == 1
    station.services.tokens.revoke(hung, station.services.tokens.listed(hung)[0].id)
    clock.advance(11)
    assert next(events, None) is None
    answer.close()
    assert len(app.extensions["streams"]) == 0


def test_streams_are_as_many_as_the_page_may_have_together(app, lans, station):
    streams, number = app.extensions["streams"], 1000
    while streams.enter(Caller(f"person {number}", None, acts=True), "x"):
        number += 1
    answer = lans.get("/on-air/events")
    assert (answer.status_code, answer.get_json()["reason"]) == (503, "streams_full")
    assert answer.headers["Retry-After"]


def test_an_emergency_asks_who_it_is_is_ordered_once_stopped_and_put_right(station, clock, lans, minhs, template):
    announcement_id = template()
    assert [one["id"] for one in lans.get("/emergency/templates").get_json()["items"]] == [announcement_id]
    body = {"announcement_id": announcement_id}
    assert lans.post("/emergency/orders", body).status_code == 403
    for code, reason in (({}, "code_needed"), ({"code": "sai-mat-khau"}, "code_wrong")):
        answer = minhs.post("/emergency/orders", body | code)
        assert (answer.status_code, answer.get_json()["reason"]) == (403, reason)
    assert lans.get("/emergency/orders").get_json()["items"] == []
    right = body | {"code": "mat-khau-cua-minh"}
    first, second = minhs.post("/emergency/orders", right), minhs.post("/emergency/orders", right)
    assert first.status_code == 202
    assert first.get_json() == second.get_json(), "the same order twice is one airing"
    told = follow(lans, first)
    assert (told["trigger"], told["operator"]) == ("emergency", "Minh")
    assert told["correction_text"]
    slot_id = told["id"]
    clock.advance(30)
    assert station.repos.slots.claim(station.repos.slots.slot(slot_id), clock.now())
    assert minhs.post(f"/emergency/orders/{slot_id}/cancel").get_json()["taken_back"] is False
    ready = minhs.post(f"/emergency/orders/{slot_id}/correction")
    assert ready.status_code == 200, ready.text
    assert ready.get_json()["correction_id"]
    put_right = minhs.post(f"/emergency/orders/{slot_id}/correct", {"code": "mat-khau-cua-minh"})
    assert put_right.status_code == 202
    assert len(lans.get("/emergency/orders").get_json()["items"]) == 2


def test_a_drill_is_no_emergency_and_a_plain_slot_is_neither(station, cast, lans, template):
    ordered = lans.post("/emergency/drills", {"announcement_id": template()})
    assert ordered.status_code == 202, ordered.text
    told = follow(lans, ordered)
    assert (told["trigger"], told["correction_id"], told["correction_text"]) == ("drill", None, "")
    played = lans.post("/on-air/play", {"announcement_id": cast.approved()}).get_json()["slot_id"]
    assert lans.get(f"/emergency/orders/{played}").status_code == 404
    assert lans.post(f"/emergency/orders/{played}/cancel").status_code == 404


def test_words_of_the_moment_that_are_too_long_are_refused(minhs):
    answer = minhs.post("/emergency/orders/text", {"text": "a " * 1000, "code": "mat-khau-cua-minh"})
    assert answer.get_json()["reason"] == "text_too_long"


@pytest.fixture
def aired(cast, clock):
    """Two airings of a running campaign, heard and missed, in the journal."""
    cast.running(cast.approved())
    station = cast.station
    first, second = station.repos.slots.of_day(clock.now().date() + timedelta(days=1))
    for slot, outcome, ms in ((first, AiringOutcome.PLAYED, 3000), (second, AiringOutcome.MISSED, 0)):
        begun = clock.now() if ms else None
        ending = Ending(outcome, "" if ms else "station_off", started_at=begun, ended_at=begun, played_ms=ms)
        station.repos.slots.close(slot.id, ending, clock.now())
    return cast


def test_the_journal_is_read_by_key_and_says_whether_it_holds(aired, lans, station):
    told = lans.get("/journal", limit=1).get_json()
    assert told["next"] == 1
    rest = lans.get("/journal", after=1).get_json()
    assert rest["next"] is None
    rows = told["items"] + rest["items"]
    assert rows[1]["prev_hash"] == rows[0]["hash"]
    airings = [row for row in rows if row["kind"] == "airing"]
    assert [(row["outcome"], row["played_ms"]) for row in airings] == [("played", 3000), ("missed", 0)]
    assert airings[1]["sentence"]
    assert [row["seq"] for row in lans.get("/journal/day", date="2026-12-02").get_json()["items"]] == [
        row["seq"] for row in airings
    ]
    assert lans.get("/journal/verification").get_json() == {
        "whole": True, "rows": len(rows), "broken": None, "checkpoints": 0, "signed_rows": 0,
    }  # fmt: skip
    db = station.repos.store.db
    db.conn.execute("DROP TRIGGER journal_no_update")
    db.conn.execute("UPDATE journal SET played_ms = 9999999 WHERE kind = 'airing'")
    db.conn.commit()
    broken = lans.get("/journal/verification").get_json()
    assert broken["whole"] is False
    assert broken["broken"]["sentence"]


def test_airtime_is_the_sum_of_what_was_measured(aired, lans):
    told = lans.get("/airtime", **{"from": "2026-12-01", "to": "2026-12-31"}).get_json()
    assert told["played_ms"] == 3000
    standing = {"planned": 2, "whole": 1, "partly": 0, "partly_ms": 0, "silent": 1, "cancelled": 0, "recorded": 0}
    assert told["days"] == [{"day": "2026-12-02", "dispatch": None, "airings": 1, "played_ms": 3000} | standing]
    assert {name: told[name] for name in standing} == standing
    backwards = lans.get("/airtime", **{"from": "2026-12-31", "to": "2026-12-01"})
    assert backwards.get_json()["reason"] == "dates_backwards"
    long = lans.get("/airtime", **{"from": "2024-12-01", "to": "2026-12-01"})
    assert long.get_json()["reason"] == "span_too_long"
    assert lans.get("/airtime", **{"from": "1026-12-01", "to": "2026-12-01"}).get_json()["reason"] == "date_invalid"


def test_the_proof_and_the_checkpoints_come_as_they_are(aired, lans, clock, station):
    clock.advance(86_400 * 2)
    proof = lans.get("/journal/proof", **{"from": "2026-12-02", "to": "2026-12-02"})
    assert proof.mimetype == "application/x-ndjson"
    assert json.loads(proof.text.splitlines()[0])["key"] == station.services.proof.key().public
    told = lans.get("/journal/checkpoints", limit=1).get_json()
    assert len(told["items"]) == 1
    assert lans.get("/journal/checkpoints", before=told["items"][0]["number"]).status_code == 200


def test_forms_come_in_the_keys_of_the_province(aired, lans):
    assert lans.get("/reports/log", date="2026-12-02").get_json()["MauBaoCao"] == "log"
    assert lans.get("/reports/airtime", period="2026-12").get_json()["Ma"] == "2026-12"
    assert lans.get("/reports/fees", period="2026-99").get_json()["reason"] == "period_invalid"
    assert lans.get("/reports/secrets").status_code == 404


def test_a_dispatch_is_read_kept_once_and_accounted_for(lans):
    text = "ỦY BAN NHÂN DÂN\nSố: 642/UBND-VX\nngày 13 tháng 3 năm 2020\nVề việc tăng cường tuyên truyền".encode()
    made = lans.post("/dispatches", data=text, content_type=BYTES, file_name="642.txt")
    assert made.status_code == 201, made.text
    again = lans.post("/dispatches", data=text, content_type=BYTES, file_name="642.txt")
    assert again.get_json()["id"] == made.get_json()["id"]
    assert follow(lans, made)["number_symbol"] == "642/UBND-VX"
    assert lans.get("/dispatches/1/ledger").get_json()["total"]["ordered"] == 0
    assert lans.get("/dispatches/2/ledger").status_code == 404
    empty = lans.post("/dispatches", data=b"", content_type=BYTES, file_name="x.txt")
    assert empty.status_code == 422


def test_drafts_of_a_dispatch_take_turns_in_one_campaign_unless_told_apart(lans):
    for number, (text, body, campaigns) in enumerate(
        ((COUNTED, {}, 1), (EACH, {}, 2), (f"{COUNTED}\n", {"apart": True}, 2)), 1
    ):
        lans.post("/dispatches", data=text.encode(), content_type=BYTES, file_name=f"{number}.txt")
        address = f"/dispatches/{number}/drafts"
        items = lans.get(address).get_json()["items"]
        assert {one["announcement_id"] for one in items} == {None}
        made = lans.post(address, body)
        assert made.status_code == 201, made.text
        drafts = [one for one in made.get_json()["items"] if one["announcement_id"]]
        assert len(drafts) == 2
        assert len({one["campaign_id"] for one in drafts}) == campaigns
        assert lans.get(address).get_json() == made.get_json()
    assert lans.post("/dispatches/9/drafts", {}).status_code == 404
    assert lans.post("/dispatches/1/drafts", {"items": ["0-0"]}).get_json()["reason"] == "dispatch_nothing_to_say"


def test_what_needs_doing_and_where_it_sounds(station, clock, lans):
    station.repos.todos.raise_("a", None, clock.now(), "no_audio", {"title": "Tiêm"}, clock.now())
    items = lans.get("/todo").get_json()["items"]
    assert [one["title"] for one in items if one["reason"] == "no_audio"] == ["Tiêm"]
    assert all(one["sentence"] for one in items)
    [zone] = lans.get("/zones").get_json()["items"]
    assert (zone["name"], zone["outputs"]) == ("all", ["wav"])
    [output] = lans.get("/outputs").get_json()["items"]
    assert (output["name"], output["state"]) == ("wav", "unknown")
    assert lans.get("/station").get_json()["now"].endswith("+07:00")


def test_campaigns_that_collide_are_put_in_order(cast, lans):
    first = cast.running(cast.approved(), base=6)
    second = cast.running(cast.approved(pitch=500.0), base=6)
    assert lans.post("/campaigns/order", {"campaigns": [second, first]}).status_code == 200
    assert lans.get(f"/campaigns/{second}").get_json()["rank"] < lans.get(f"/campaigns/{first}").get_json()["rank"]
    assert lans.get("/campaigns/collisions").status_code == 200
    assert lans.post("/campaigns/order", {"campaigns": [first]}).status_code == 422
    third = lans.post("/campaigns", {"title": "x", "announcement_id": 1, "windows": ["06:00-07:00"], "base": 1, "start": "2026-12-02", "end": "2026-12-02"}).get_json()  # fmt: skip
    assert lans.post(f"/campaigns/{first}/replace", {"campaign_id": third["id"]}).get_json()["replaces"] == first


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"announcement_id": 77}, 404), ({"dispatch_id": 77}, 404), ({"windows": ["25:00-26:00"]}, 422),
        ({"windows": []}, 422), ({"end": "2026-12-01"}, 422), ({"zone": "nowhere"}, 422),
        ({"start": "0001-01-01"}, 422), ({"end": "9999-12-31"}, 422), ({"weekdays": [7]}, 422),
        ({"weekdays": [1, 1]}, 422), ({"phases": [{"start": "2026-12-02", "windows": ["x"]}]}, 422),
        ({"boost": {"kind": "factor", "value": 0}}, 422), ({"title": ""}, 422), ({"priority": 1}, 422),
    ],
)  # fmt: skip
def test_a_campaign_that_cannot_be_is_refused_by_the_desks_own_reason(cast, lans, changed, status):
    body = {
        "title": "Đợt", "announcement_id": cast.approved(), "windows": ["06:00-07:00"], "base": 2,
        "start": "2026-12-02", "end": "2026-12-03",
    }  # fmt: skip
    assert lans.post("/campaigns", body | changed).status_code == status
    assert cast.station.repos.programme.campaigns() == []


def test_an_airing_is_moved_left_out_added_and_each_taken_back(cast, lans):
    cast.running(cast.approved())
    first, second = lans.get("/plan", date="2026-12-02").get_json()["slots"]
    at = "2026-12-02T06:20:00+07:00"
    moved = lans.post(f"/slots/{first['id']}/move", {"to": at, "seen": first["start"]})
    assert moved.status_code == 200, moved.text
    starts = [one["start"] for one in lans.get("/plan", date="2026-12-02").get_json()["slots"]]
    assert at in starts
    undone = lans.post(f"/plan/changes/{moved.get_json()['change_id']}/undo")
    assert undone.status_code == 200
    assert lans.post(f"/plan/changes/{moved.get_json()['change_id']}/undo").get_json()["reason"] == "undo_done"
    assert first["start"] in [one["start"] for one in lans.get("/plan", date="2026-12-02").get_json()["slots"]]
    assert lans.post(f"/slots/{second['id']}/leave-out", {"why": " "}).get_json()["reason"] == "leave_out_why"
    assert lans.post(f"/slots/{second['id']}/leave-out", {"why": "Họp dân"}).status_code == 200
    assert len(lans.get("/plan", date="2026-12-02").get_json()["slots"]) == 1
    added = lans.post("/slots", {"announcement_id": 1, "at": "2026-12-02T09:00:00+07:00"})
    assert added.status_code == 201, added.text
    assert len(lans.get("/plan", date="2026-12-02").get_json()["slots"]) == 2
    quiet = lans.post("/slots", {"announcement_id": 1, "at": "2026-12-02T12:00:00+07:00"})
    assert quiet.get_json()["reason"] == "quiet_hours"
    assert lans.post("/slots/nothing/move", {"to": at}).status_code == 409


def test_an_emergency_whose_row_is_damaged_is_taken_once_and_told(station, minhs, template):
    announcement_id = template()
    assert RedSounds(station.services).refresh()
    overwrite_table(station.repos.store.path, "announcement")
    body = {"announcement_id": announcement_id, "code": "mat-khau-cua-minh"}
    first, second = minhs.post("/emergency/orders", body), minhs.post("/emergency/orders", body)
    (one,) = station.services.air.red.orders()
    assert (first.status_code, first.get_json()["slot_id"]) == (202, one.key)
    assert second.get_json() == first.get_json()
    told = minhs.get(f"/emergency/orders/{one.key}").get_json()
    assert (told["id"], told["operator"], told["trigger"]) == (one.key, "Minh", "emergency")
