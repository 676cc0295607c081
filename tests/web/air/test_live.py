"""Trực tiếp: the page, the bar, the stream that moves them, stop and play now."""

import re
import threading
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from scheduler.config.loading import WebConfig
from scheduler.core.model import AiringOutcome
from scheduler.station import Station
from scheduler.store import Ending
from tests.web.conftest import stops
from web import create_app
from web.air import air_board
from web.http.callers import Caller
from web.http.streams import SPARE_THREADS, Streams

SOUNDCARD = {"name": "Loa", "kind": "soundcard", "state": "open", "message": "", "device": "hw:1"}


def airing(clock, title="Tiêm chủng", played_ms=0, total_ms=60_000):
    started = clock.now().isoformat()
    return {"slot_id": "s1", "title": title, "started_at": started, "played_ms": played_ms, "total_ms": total_ms}


# The page and the bar


def test_nothing_heard_of_playout_is_said_to_be_so(lans):
    text = lans.get("/truc-tiep").text
    assert "MẤT LIÊN LẠC BỘ PHÁT" in text
    assert "Bộ phát không trả lời" in text


@pytest.mark.parametrize(
    ("seconds", "lost"), [(4.9, False), (5, False), (5.1, True)], ids=["just before", "at", "just after five seconds"]
)
def test_an_old_word_of_playout_is_not_believed(lans, beat, clock, seconds, lost):
    beat(airing(clock))
    clock.advance(seconds)
    text = lans.get("/truc-tiep").text
    assert ("MẤT LIÊN LẠC BỘ PHÁT" in text) == lost
    assert ("ĐANG PHÁT" in text) != lost


def test_silence_is_told_as_silence(lans, beat):
    beat()
    assert "Đang im lặng" in lans.get("/truc-tiep").text


def test_the_bar_tells_what_playout_measured_not_what_was_planned(lans, beat, clock):
    beat(airing(clock, played_ms=15_000))
    clock.advance(1)
    text = lans.get("/nhat-ky").text
    assert "Tiêm chủng" in text
    assert 'max="60000"' in text
    assert ">0:59<" in text  # it began a second ago by its own report


def test_sound_that_fell_behind_moves_its_end_later(lans, beat, clock):
    began = airing(clock)
    clock.advance(20)
    beat(began | {"played_ms": 12_000})
    assert ">0:48<" in lans.get("/truc-tiep").text


@pytest.mark.parametrize(
    ("outputs", "told"),
    [
        ([SOUNDCARD | {"kind": "wavfile"}], "Loa chưa nối, ngoài phố không nghe thấy"),
        ([SOUNDCARD | {"kind": "null"}], "Loa chưa nối, ngoài phố không nghe thấy"),
        ([SOUNDCARD | {"state": "retrying", "message": "mất dây"}], "Đường ra loa “Loa” có lỗi"),
    ],
    ids=["a WAV file", "nowhere", "a card in trouble"],
)
def test_a_loudspeaker_that_is_not_heard_is_told(lans, beat, outputs, told):
    beat(outputs=outputs)
    bar = lans.get("/thanh").text
    assert told in re.sub(r"<svg.*?</svg>|<[^>]+>", "", bar)
    assert "IM LẶNG" not in bar


def test_a_clock_that_is_not_trusted_is_told(lans, beat):
    beat(clock_trusted=False)
    text = lans.get("/truc-tiep").text
    assert "Đồng hồ máy chưa đáng tin" in text


def test_what_comes_next_is_told_on_every_page(cast, lans, beat):
    cast.running(cast.approved(3.0, "Thu gom rác"))
    beat()
    start = cast.station.repos.slots.of_day(cast.campaign(1).start)[0].start
    told = f"{start.astimezone(ZoneInfo('Asia/Ho_Chi_Minh')):%H:%M}"
    for path in ("/truc-tiep", "/nhat-ky", "/cai-dat"):
        text = lans.get(path).text
        assert "Kế tiếp" in text
        assert "Thu gom rác" in text
        assert told in text


def test_todays_list_tells_each_outcome_with_its_reason(cast, lans, beat, clock):
    cast.running(cast.approved(3.0), base=2)
    first, _ = cast.station.repos.slots.of_day(cast.campaign(1).start)
    cast.station.repos.slots.close(first.id, Ending(AiringOutcome.MISSED, "station_off"), clock.now())
    beat()
    text = lans.get("/truc-tiep").text
    assert "Lỡ giờ" in text
    assert "Trạm không chạy vào giờ này." in text
    assert f'name="key" value="not_aired:{first.announcement_id}">Phát lại</button>' in text


def test_what_could_not_be_planned_is_told_with_its_reason(cast, lans, beat, clock):
    clock.advance(2 * 3600)  # its window has gone by
    cast.running(cast.approved(3.0), base=2)
    beat()
    text = lans.get("/truc-tiep").text
    assert "Hôm nay không xếp được lượt" in text
    assert "1, 2" in text


def test_what_waits_for_a_leader_is_told(cast, lans, minhs, beat):
    beat()
    assert "chờ duyệt" not in lans.get("/truc-tiep").text
    cast.submitted()
    for client, word, heading in ((lans, "Xem", "Tôi phải làm gì?"), (minhs, "Nghe và duyệt", "Chờ duyệt: 1 bản tin")):
        text = client.get("/truc-tiep").text
        assert ("“Tiêm chủng”</span> <span>chờ lãnh đạo duyệt" in text) == (client is lans)
        assert "Tiêm chủng" in text
        assert f">{word}</a>" in text
        assert f'<h2 id="h-todo">{heading}</h2>' in text


def test_nothing_to_do_is_said(lans, minhs, beat):
    beat()
    assert "Không có việc gì đang chờ." in lans.get("/truc-tiep").text
    assert "Không còn bản tin nào chờ duyệt." in minhs.get("/truc-tiep").text


# Stop


def test_stop_writes_one_command_and_leads_back(station, lans, lan, send):
    answer = send(lans, "/dung", toi="/nhat-ky?ngay=01/12/2026")
    assert (answer.status_code, answer.location) == (303, "/nhat-ky?ngay=01/12/2026")
    (command,) = stops(station)
    assert command.order["by"]["id"] == lan.id
    assert command.order["slot_id"] is None


def test_stop_can_be_meant_for_one_airing(station, lans, send):
    send(lans, "/dung", slot_id="20261202-1")
    (command,) = stops(station)
    assert command.order["slot_id"] == "20261202-1"


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("sounds", "Đã ra lệnh dừng."),
        ("silent", r"Đã ra lệnh dừng. Lúc \d\d:\d\d:\d\d bộ phát báo không có gì đang phát."),
        ("dead", "Bộ phát không trả lời. Lệnh dừng đã ghi lại, nhưng không biết loa có đang kêu hay không."),
    ],
    ids=["sounds", "silent", "dead"],
)
def test_the_page_after_a_stop_says_what_it_did(lans, send, beat, clock, state, told):
    beat(airing(clock) if state == "sounds" else None)
    if state == "dead":
        clock.advance(60)
    said = lans.get(send(lans, "/dung").location).text
    assert re.search(told, said)
    assert ("không có gì đang phát" in said) is (state == "silent")


def test_each_page_draws_a_stop_with_a_key_of_its_own(lans):
    keys = {re.search(r'name="act" value="([^"]+)"', lans.get("/truc-tiep").text)[1] for _ in range(3)}
    assert len(keys) == 3


@pytest.mark.parametrize("path", ["/truc-tiep", "/nhat-ky?ngay=01/12/2026", "/cai-dat"])
def test_stop_comes_back_to_the_page_it_was_drawn_on(lans, path):
    assert f'name="toi" value="{path}"' in lans.get(path).text


# Play now


def test_the_page_of_play_now_tells_how_long_it_will_be(cast, lans, beat):
    beat()
    text = lans.get(f"/phat-ngay/{cast.approved(60.0)}").text
    assert re.search(r"2 lần \(2:\d\d\)", text)


def test_play_now_makes_a_slot_and_leads_to_the_live_page(cast, lans, send):
    announcement_id = cast.approved()
    answer = send(lans, f"/phat-ngay/{announcement_id}", repeat="3", chime="1")
    assert (answer.status_code, answer.location) == (303, "/truc-tiep")
    (slot,) = cast.station.repos.slots.of_day(cast.campaign(1).start)
    assert (slot.announcement_id, slot.repeat, slot.chime) == (announcement_id, 3, True)


@pytest.mark.parametrize(("typed", "repeat"), [("99", 3), ("-1", 1), ("0", 1), ("hai", 1), ("", 1)])
def test_a_strange_count_becomes_one_that_is_allowed(cast, lans, send, typed, repeat):
    send(lans, f"/phat-ngay/{cast.approved()}", repeat=typed)
    (slot,) = cast.station.repos.slots.of_day(cast.campaign(1).start)
    assert slot.repeat == repeat


def test_an_unapproved_item_is_refused_with_its_reason(cast, lans, send):
    answer = send(lans, f"/phat-ngay/{cast.submitted()}")
    assert answer.status_code == 422
    assert "chưa được duyệt" in answer.text
    assert cast.station.repos.slots.of_day(cast.campaign(1).start) == []


def test_quiet_hours_refuse_and_what_was_chosen_stays_chosen(cast, lans, send, clock):
    announcement_id = cast.approved()
    clock.advance(6.5 * 3600)  # 12:00, within 11:30-13:30
    answer = send(lans, f"/phat-ngay/{announcement_id}", repeat="3")
    assert answer.status_code == 422
    assert "Giờ yên tĩnh" in answer.text
    assert "QĐ 12/QĐ-UBND" in answer.text
    assert '<option value="3" selected>' in answer.text
    assert 'name="chime" value="1">' in answer.text


# The stream


@pytest.fixture
def stream(lans):
    """Open a stream; give its events as they come."""
    opened = []

    def of(path="/su-kien?ngay=1", client=lans):
        answer = client.get(path)
        opened.append(answer)
        assert answer.status_code == 200
        return iter(answer.response)

    yield of
    for answer in opened:
        answer.close()


def event(chunks):
    text = next(chunks)
    text = text.decode() if isinstance(text, bytes) else text
    assert text.endswith("\n\n")
    assert all(line.startswith("data: ") for line in text.rstrip("\n").split("\n"))
    return text


def test_the_stream_is_an_event_stream_nobody_keeps(lans):
    with lans.get("/su-kien") as answer:
        assert answer.mimetype == "text/event-stream"
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_first_event_tells_the_clock_the_bar_and_the_lists(stream, beat):
    beat()
    text = event(stream())
    for place in ("#gio", "#thanh", "#dang-phat", "#ke-tiep", "#viec-can-lam", "#tinh-trang", "#hom-nay"):
        assert f'hx-target="{place}"' in text


def test_a_page_without_the_lists_is_not_told_them(stream, beat):
    beat()
    text = event(stream("/su-kien"))
    assert 'hx-target="#thanh"' in text
    assert "#hom-nay" not in text


def test_a_change_is_told_at_the_next_look(stream, beat, clock):
    beat()
    chunks = stream()
    event(chunks)
    beat(airing(clock, "Thu gom rác"))
    clock.advance(air_board.LOOK_EVERY)
    text = event(chunks)
    assert "ĐANG PHÁT" in text
    assert "Thu gom rác" in text


def test_while_nothing_changes_only_the_clock_is_told(stream, beat, clock):
    beat(airing(clock))
    chunks = stream()
    event(chunks)
    clock.advance(5)
    beat(airing(clock, played_ms=5000) | {"started_at": "2026-12-01T22:30:00+00:00"})
    text = event(chunks)
    assert 'hx-target="#gio"' in text
    assert "05:30:05" in text
    assert "#thanh" not in text


def test_a_playout_that_fell_silent_is_told_though_no_row_changes(stream, beat, clock):
    beat(airing(clock))
    chunks = stream()
    event(chunks)
    clock.advance(5.1)
    assert "MẤT LIÊN LẠC BỘ PHÁT" in event(chunks)


def test_nothing_of_a_person_is_in_what_the_pages_share(stream, beat, lans):
    beat()
    text = event(stream())
    assert "csrf" not in text
    assert "Lan" not in text


def test_a_stream_ends_when_its_person_signs_out(stream, beat, clock, lans, send):
    beat()
    chunks = stream()
    event(chunks)
    send(lans, "/thoat")
    clock.advance(5)
    assert next(chunks, None) is None


def test_a_stream_ends_after_its_time(stream, beat, clock):
    beat()
    chunks = stream()
    event(chunks)
    clock.advance(600)
    assert next(chunks, None) is None


def test_a_stream_ends_when_the_server_stops(app, stream, beat, clock):
    app.extensions["stop"] = threading.Event()
    beat()
    chunks = stream()
    event(chunks)
    app.extensions["stop"].set()
    assert next(chunks, None) is None


@pytest.fixture
def small(config, clock, tmp_path):
    """A station whose page allows two streams."""
    opened = Station.open(replace(config, folder=tmp_path / "small", web=WebConfig(max_streams=2)), clock)
    yield opened
    opened.close()


def watcher(number, *, acts=True):
    return Caller(f"person {number}", None, acts=acts)


def test_one_stream_too_many_is_refused_and_a_closed_one_gives_its_place_back(small):
    streams = create_app(small).extensions["streams"]
    first, second = (streams.enter(watcher(number), "a") for number in range(2))
    assert streams.enter(watcher(3), "a") is None
    streams.leave(first)
    streams.leave(first)
    assert streams.enter(watcher(3), "a")
    assert not second.given_up.is_set()


def test_who_opens_one_stream_too_many_loses_the_oldest_of_their_own(app):
    streams, mine = app.extensions["streams"], watcher(1)
    other = streams.enter(watcher(2), "x")
    places = [streams.enter(mine, f"browser {number // 3}") for number in range(7)]
    assert [one.given_up.is_set() for one in places] == [True, *[False] * 6], "six of one person"
    more = [streams.enter(mine, "browser 9") for _ in range(6)]
    assert more[0].given_up.is_set(), "five of one session, whatever else the person has open"
    assert len(streams) == 7
    assert not other.given_up.is_set()


def test_who_only_looks_takes_half_of_the_places_and_gives_way_to_who_acts(app):
    streams = app.extensions["streams"]
    lookers = [streams.enter(watcher(number, acts=False), "x") for number in range(11)]
    assert sum(one is not None for one in lookers) == 10, "half of web.max_streams"
    assert all(streams.enter(watcher(100 + number), "x") for number in range(14))
    assert [one.given_up.is_set() for one in lookers[:10]] == [True] * 4 + [False] * 6
    assert len(streams) == 20


def test_a_stream_that_gave_way_ends(app, stream, beat, lans):
    beat()
    chunks = stream()
    event(chunks)
    place = app.extensions["streams"]._places[0]
    place.given_up.set()
    assert next(chunks, None) is None


def test_a_stream_gives_its_place_back_however_it_ends(app, lans, beat, clock):
    beat()
    streams = app.extensions["streams"]
    with lans.get("/su-kien"):  # nobody reads it
        assert len(streams) == 1
    assert len(streams) == 0
    answer = lans.get("/su-kien")
    next(iter(answer.response))
    answer.close()  # in the middle
    assert len(streams) == 0
    lans.head("/su-kien").close()
    assert len(streams) == 0


def full(streams):
    """Every place is taken by people who act."""
    number = 1000
    while streams.enter(watcher(number), "x"):
        number += 1


def test_a_refused_stream_says_when_to_ask_again_and_the_page_asks_for_the_bar(app, lans, beat):
    full(app.extensions["streams"])
    beat()
    answer = lans.get("/su-kien")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    told = lans.get("/thanh?ngay=1").text
    assert 'hx-target="#thanh"' in told
    assert 'hx-target="#hom-nay"' in told
    assert lans.get("/truc-tiep").status_code == 200


def test_streams_leave_threads_for_pages(config):
    streams = Streams(replace(config, web=WebConfig(threads=8, max_streams=200)))
    full(streams)
    assert len(streams) == 8 - SPARE_THREADS


def test_twenty_pages_share_one_look_at_the_rows(app, station, lan, beat, clock):
    """The proof that open pages cost little: what is read does not grow with their number."""
    beat()
    reads = []
    with app.test_request_context():
        station.repos.store.db.conn.set_trace_callback(reads.append)
        board = app.extensions["board"]
        board.look(lan)
        alone = len(reads)
        for _ in range(20):
            board.look(lan)
        assert len(reads) == alone
        clock.advance(air_board.LOOK_EVERY)
        board.look(lan)
        station.repos.store.db.conn.set_trace_callback(None)
    assert alone < len(reads) <= 2 * alone


def test_a_second_in_which_nothing_changes_reads_no_row_of_the_day(app, station, cast, lan, beat, clock):
    """Rows are read again when one is another, when the air is another, and when DAY_EVERY is over; not before."""
    beat()
    reads = []

    def looked():
        """What one look has read of the day."""
        reads.clear()
        app.extensions["board"].look(lan)
        return [sql for sql in reads if "FROM slot" in sql or "FROM announcement" in sql]

    with app.test_request_context():
        station.repos.store.db.conn.set_trace_callback(reads.append)
        assert looked()
        clock.advance(1)
        assert not looked()
        clock.advance(air_board.DAY_EVERY)
        assert looked()
        cast.approved()
        clock.advance(1)
        assert looked()
        clock.advance(1)
        beat(airing(clock))
        assert looked()
        station.repos.store.db.conn.set_trace_callback(None)


def test_a_page_tells_a_new_airing_though_it_is_drawn_within_the_same_second(lans, beat, clock):
    beat()
    assert "Thu gom rác" not in lans.get("/truc-tiep").text
    beat(airing(clock, "Thu gom rác"))
    assert "Thu gom rác" in lans.get("/truc-tiep").text
