"""Uploads in pieces over HTTP: what the page's script sends and gets, who may, and that a page forgets nothing."""

import random
import re
import resource
import zlib

import pytest

from tests.audio.make_audio import speech_like, wav
from web.announcement.uploads import PIECE_BYTES

DATA = random.Random(642).randbytes(5000)
NAMES = [
    "../../etc/passwd",
    "<img src=x onerror=alert(1)>.wav",
    "a" * 5000 + ".wav",
    "rtl\u202egnp.wav",
    "nul\x00byte.wav",
    "",
]


def token(client):
    return re.search(r'data-csrf="([^"]+)"', client.get("/cai-dat").text)[1]


@pytest.fixture
def script(lans):
    """What upload.js does: POST with the session's token in a header."""
    headers = {"X-CSRF-Token": token(lans), "HX-Request": "true"}

    def post(path, data=b"", **more):
        return lans.post(path, data=data, headers=headers | more)

    return post


@pytest.fixture
def begun(script):
    def begin(data=DATA, name="bản tin.wav", **more):
        fields = {"name": name, "size": str(len(data)), "mark": "0a", "title": "", "origin": "upload"} | more
        return script("/kho/phan", fields)

    return begin


def incoming(station):
    return list(station.services.recordings.incoming.iterdir())


def test_a_file_sent_in_pieces_is_on_the_shelf_as_any_other(station, lans, script, begun):
    data = wav(speech_like(2.0))
    told = begun(data, title="Lời Chủ tịch").json
    assert told["received"] == 0
    assert told["piece_bytes"] == PIECE_BYTES
    at = 0
    while at < len(data):
        at = script(f"{told['address']}/{at}", data[at : at + 70_000]).json["received"]
    whole = script(f"{told['address']}/xong", {"crc32": str(zlib.crc32(data))})
    assert whole.json == {"next": "/kho#viec"}
    assert "Đang chờ bộ xử lý" in lans.get("/kho").text
    station.worker().work_once()
    page = lans.get("/kho").text
    assert "Lời Chủ tịch" in page
    assert "Đo được: 0:02" in page
    assert incoming(station) == []


def test_after_a_break_the_station_says_how_far_it_was(lans, script, begun):
    address = begun().json["address"]
    script(f"{address}/0", DATA[:3000])
    assert lans.get(address).json["received"] == 3000
    assert begun().json["received"] == 3000
    assert script(f"{address}/4000", DATA[4000:]).json == {"received": 3000}


def test_the_page_shows_what_is_broken_off_and_lets_it_be_given_up(station, lans, minhs, script, begun, send):
    address = begun(title="Họp tổ").json["address"]
    script(f"{address}/0", DATA[:2500])
    page = lans.get("/kho").text
    assert "Đang tải dở" in page
    assert "Họp tổ" in page
    assert 'value="0.5"' in page
    assert "Đang tải dở" not in minhs.get("/kho").text
    assert send(lans, f"{address}/bo").location == "/kho"
    assert "Đang tải dở" not in lans.get("/kho").text
    assert incoming(station) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"size": "0"}, "trống"),
        ({"size": "many"}, "trống"),
        ({"size": "999999999999"}, "lớn quá 200 MB"),
        ({"mark": "x"}, "mở lại trang"),
        ({"origin": "bundled"}, "Nguồn"),
    ],
    ids=["empty", "no number", "too big", "no mark", "origin"],
)
def test_what_cannot_be_begun_is_told_with_a_sentence(station, begun, change, words):
    answer = begun(**change)
    assert answer.status_code == 422
    assert words.lower() in answer.json["told"].lower()
    assert incoming(station) == []


def test_more_than_was_said_is_told_and_not_taken(lans, script, begun):
    address = begun().json["address"]
    answer = script(f"{address}/0", DATA + b"x")
    assert answer.status_code == 422
    assert "đã thay đổi" in answer.json["told"]
    assert lans.get(address).json["received"] == 0


def test_a_file_that_changed_on_the_way_is_begun_anew(script, begun):
    address = begun().json["address"]
    script(f"{address}/0", DATA)
    answer = script(f"{address}/xong", {"crc32": "1"})
    assert answer.status_code == 422
    assert answer.json["gone"]
    assert begun().json["address"] != address


@pytest.mark.parametrize("crc32", ["", "x", "-1"])
def test_a_whole_file_without_its_check_sum_is_not_believed(station, script, begun, crc32):
    address = begun().json["address"]
    script(f"{address}/0", DATA)
    assert script(f"{address}/xong", {"crc32": crc32}).status_code == 422
    assert station.repos.jobs.newest("ingest") == []


def test_an_upload_that_is_not_there_is_told_as_gone(lans, script):
    for answer in (
        script("/kho/phan/0000/0", b"x"),
        script("/kho/phan/0000/xong", {"crc32": "1"}),
        lans.get("/kho/phan/0000"),
    ):
        assert answer.status_code == 404
        assert answer.json["gone"]


def test_somebody_elses_upload_is_not_there(minhs, begun):
    address = begun().json["address"]
    assert minhs.get(address).status_code == 404
    assert minhs.post(f"{address}/0", data=b"x", headers={"X-CSRF-Token": token(minhs)}).status_code == 404


def test_a_disk_that_is_full_is_told_and_the_upload_stays(station, script, begun):
    data = bytes(3_000_000)
    address = begun(data).json["address"]
    script(f"{address}/0", data[:1_500_000])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, before[1]))  # no file may grow past 2 MB, as on a full disk
    try:
        answer = script(f"{address}/1500000", data[1_500_000:])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert answer.status_code == 507
    assert "đã đầy" in answer.json["told"]
    assert not answer.json["gone"]
    assert script(f"{address}/1500000", data[1_500_000:]).json["received"] == len(data)


def test_a_piece_without_the_sessions_token_does_nothing(lans, begun):
    address = begun().json["address"]
    for path in ("/kho/phan", f"{address}/0", f"{address}/xong", f"{address}/bo"):
        assert lans.post(path, data=b"x").status_code == 422
        assert lans.post(path, data=b"x", headers={"X-CSRF-Token": "wrong"}).status_code == 422
    assert lans.get(address).json["received"] == 0


def test_another_sites_piece_does_nothing(lans, script, begun):
    address = begun().json["address"]
    for header in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert script(f"{address}/0", DATA, **header).status_code == 422
    assert lans.get(address).json["received"] == 0


def test_a_session_that_has_ended_is_said_so_without_a_page(app):
    answer = app.test_client().post("/kho/phan/0000/0", data=b"x", headers={"HX-Request": "true"})
    assert answer.status_code == 401


def test_a_piece_larger_than_any_form_is_turned_away_unread(script, begun):
    data = bytes(5_000_000)
    address = begun(data).json["address"]
    assert script(f"{address}/0", data).status_code == 413


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_hostile_name_is_only_ever_shown_and_shown_as_text(station, lans, begun, name):
    begun(name=name)
    page = lans.get("/kho").text
    assert "<img src=x" not in page
    assert "\u202e" not in page
    assert "a" * 300 not in page
    for path in incoming(station):
        assert path.parent == station.services.recordings.incoming


def test_the_page_of_a_new_process_goes_on_with_the_same_upload(station, app, lans, script, begun):
    """The web process was killed and started anew: what it knew is in the database and in the file."""
    from web import create_app

    address = begun().json["address"]
    script(f"{address}/0", DATA[:3000])
    browser = create_app(station).test_client()
    browser.set_cookie("loa", lans.get_cookie("loa").value)
    headers = {"X-CSRF-Token": token(browser)}
    assert browser.get(address).json["received"] == 3000
    assert browser.post(f"{address}/3000", data=DATA[3000:], headers=headers).json["received"] == len(DATA)


def test_every_warning_and_figure_of_a_doubtful_file_is_told(station, lans, script, begun):
    data = wav(speech_like(level=0.004, rate=8000), rate=8000)
    address = begun(data).json["address"]
    script(f"{address}/0", data)
    script(f"{address}/xong", {"crc32": str(zlib.crc32(data))})
    station.worker().work_once()
    told = lans.get("/kho/viec").text
    assert "nhỏ tiếng" in told
    assert "tiếng điện thoại" in told
    assert "1 kênh, 8 kHz" in told
    assert "tiếng nhỏ" in told


def test_a_refused_file_that_had_sound_is_told_with_its_figures(station, lans, script, begun):
    data = wav(speech_like(level=0.0003))
    address = begun(data).json["address"]
    script(f"{address}/0", data)
    script(f"{address}/xong", {"crc32": str(zlib.crc32(data))})
    station.worker().work_once()
    told = lans.get("/kho/viec").text
    assert "im lặng 100 %" in told
    assert "Không nhận" in told


def test_the_form_works_without_the_script_and_names_where_the_script_sends(lans):
    page = lans.get("/kho").text
    assert page.count('data-pieces="/kho/phan"') == 2
    assert page.count('action="/kho/tai-len"') == 2
    assert "upload.js" in page


@pytest.mark.parametrize("role", ["ky", "guest"])
def test_who_may_not_record_sends_no_piece_by_any_address(role, station, lan, client_of, begun, request):
    client = client_of(request.getfixturevalue(role))
    address, headers = begun().json["address"], {"X-CSRF-Token": token(client), "HX-Request": "true"}
    fields = {"name": "a.wav", "size": "10", "mark": "0a", "title": "", "origin": "upload"}
    for path, data in (("/kho/phan", fields), (f"{address}/0", b"x"), (f"{address}/xong", {"crc32": "0"})):
        assert client.post(path, data=data, headers=headers).status_code == 403, path
    assert client.post(f"{address}/bo", data={"act": "mot-khoa"}, headers=headers).status_code == 403
    assert station.repos.store.rows("SELECT person_id FROM upload") == [{"person_id": lan.id}]
