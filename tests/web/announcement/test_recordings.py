"""Kho âm thanh in the page: files in, jobs told, the shelf, and the sound itself with ranges."""

import gc
import io
import re
import resource
import wave

import numpy as np
import pytest

from scheduler.core.model import AnnouncementState

NAMES = [
    "../../etc/passwd",
    "..\\..\\boot.ini.wav",
    "<img src=x onerror=alert(1)>.wav",
    "a" * 5000 + ".wav",
    "rtl\u202egnp.wav",
    "nul\x00byte.wav",
]


def tone(seconds=1.0, rate=48_000, level=8000):
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        times = np.arange(round(seconds * rate)) / rate
        writer.writeframes((np.sin(2 * np.pi * 440 * times) * level).astype("<i2").tobytes())
    return file.getvalue()


@pytest.fixture
def brought(lans, send):
    """Send a file as the form does."""

    def bring(data, name="bản tin.wav", **fields):
        return send(lans, "/kho/tai-len", file=(io.BytesIO(data), name), **({"origin": "upload"} | fields))

    return bring


def incoming(station):
    return list(station.services.recordings.incoming.iterdir())


def test_a_file_is_taken_in_measured_and_put_on_the_shelf(station, lans, brought):
    answer = brought(tone(2.0), title="Lời Chủ tịch")
    assert answer.location == "/kho#viec"
    assert "Đang chờ bộ xử lý" in lans.get("/kho/viec").text
    assert 'hx-trigger="every 1s"' in lans.get("/kho").text
    station.worker().work_once()
    jobs = lans.get("/kho/viec").text
    assert "Đã nhận" in jobs
    assert "every 1s" not in jobs
    page = lans.get("/kho").text
    assert "Lời Chủ tịch" in page
    assert "0:02" in page
    assert "Tiếng vừa" in page
    assert incoming(station) == []


def test_without_a_title_the_file_names_it(station, lans, brought):
    brought(tone(), "loi_chu_tich.wav")
    station.worker().work_once()
    [clip] = station.repos.programme.clips()
    assert clip.title == "loi_chu_tich"


def test_a_recording_of_the_browser_is_known_as_one(station, lans, brought):
    brought(tone(), "ghi-am.webm", origin="recorded", title="Thu thử")
    station.worker().work_once()
    assert "Ghi âm</td>" in lans.get("/kho").text


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"not a sound at all", "không phải âm thanh"), (tone(level=0), "im lặng"), (tone()[:60], "âm thanh")],
    ids=["no sound", "silent", "cut off"],
)
def test_what_is_no_usable_sound_is_refused_with_a_sentence(station, lans, brought, data, words):
    brought(data)
    station.worker().work_once()
    page = lans.get("/kho").text
    assert "Không nhận" in page
    assert words in page
    assert station.repos.programme.clips() == []


def test_a_doubtful_sound_is_taken_with_a_warning(station, lans, brought):
    brought(tone(rate=8000))
    station.worker().work_once()
    assert "tiếng điện thoại" in lans.get("/kho").text


@pytest.mark.parametrize("data", [b"", None], ids=["zero bytes", "no file"])
def test_nothing_is_refused_at_once_and_leaves_nothing(station, lans, send, brought, data):
    answer = send(lans, "/kho/tai-len") if data is None else brought(data)
    assert answer.status_code == 422
    assert "trống" in answer.text
    assert incoming(station) == []


def test_a_file_over_the_limit_is_refused_at_once_and_leaves_nothing(config, clock, lan, tmp_path):
    from dataclasses import replace

    from scheduler.config.loading import AudioConfig
    from scheduler.station import Station
    from web import create_app

    small = Station.open(replace(config, audio=AudioConfig(max_upload_mb=1)), clock)
    token, _ = small.repos.people.sign_in("lan", "mat-khau-cua-lan", "127.0.0.1", clock.now(), 12)
    csrf = small.repos.people.session(token, clock.now()).csrf
    browser = create_app(small).test_client()
    browser.set_cookie("loa", token)
    for size, status in ((1_200_000, 422), (6_000_000, 413)):
        form = {"csrf": csrf, "act": str(size), "file": (io.BytesIO(b"a" * size), "to.wav")}
        answer = browser.post("/kho/tai-len", data=form)
        assert answer.status_code == status
        assert "lớn" in answer.text
        answer.request.environ["wsgi.input"].close()  # the test client leaves its own temporary file open
    assert incoming(small) == []
    small.close()


# The temporary file of the form parser cannot be flushed either, and says so when it is thrown away.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_full_disk_is_told_as_one_and_nothing_half_made_stays(station, lans):
    csrf = re.search(r'data-csrf="([^"]+)"', lans.get("/kho").text)[1]
    part = '--x\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    body = "".join(part.format(name, "") + value + "\r\n" for name, value in (("csrf", csrf), ("act", "k")))
    body += part.format("file", '; filename="to.wav"')
    data = io.BytesIO(body.encode() + tone(40.0) + b"\r\n--x--\r\n")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, before[1]))  # no file may grow past 2 MB, as on a full disk
    try:
        answer = lans.post(
            "/kho/tai-len",
            input_stream=data,
            content_length=len(data.getvalue()),
            content_type="multipart/form-data; boundary=x",
        )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        gc.collect()
    assert answer.status_code == 507
    assert "đã đầy" in answer.text
    assert incoming(station) == []
    assert station.repos.jobs.newest("ingest") == []


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_hostile_name_is_only_ever_shown_and_shown_as_text(station, lans, brought, name):
    brought(tone(), name)
    assert [path.parent for path in incoming(station)] == [station.services.recordings.incoming]
    station.worker().work_once()
    page = lans.get("/kho").text
    assert "<img src=x" not in page
    assert "\u202e" not in page
    assert "a" * 300 not in page
    [clip] = station.repos.programme.clips()
    assert not set(clip.file_name) & set("/\\\r\n\x00")


def test_an_unknown_origin_is_refused(brought):
    assert brought(tone(), origin="bundled").status_code == 422


def test_a_recording_becomes_an_announcement(station, lans, send, cast):
    clip = cast.clip(title="Lời Chủ tịch")
    answer = send(lans, f"/kho/{clip.sha256}/ban-tin")
    assert answer.status_code == 303
    page = lans.get(answer.location).text
    assert "bản ghi “Lời Chủ tịch”" in page
    assert "Lời Chủ tịch</a>" in lans.get("/kho").text


def test_a_clip_nobody_airs_is_put_away_at_once_and_can_come_back(station, lans, send, cast):
    clip = cast.clip(title="Cũ")
    assert send(lans, f"/kho/{clip.sha256}/cat").status_code == 303
    assert "<b>Cũ</b>" not in lans.get("/kho").text
    assert "<b>Cũ</b>" in lans.get("/kho?ke=cat").text
    assert send(lans, f"/kho/{clip.sha256}/cat").status_code == 422
    send(lans, f"/kho/{clip.sha256}/dung-lai")
    assert "<b>Cũ</b>" in lans.get("/kho").text


def test_a_clip_of_a_running_campaign_is_asked_for_once_more(station, lans, send, cast):
    announcement_id = cast.approved()
    campaign_id = cast.running(announcement_id)
    sha256 = station.repos.programme.announcement(announcement_id).audio_sha256
    planned = station.repos.store.value("SELECT count(*) FROM slot")
    assert planned > 0
    asked = send(lans, f"/kho/{sha256}/cat")
    assert "đang chạy" in asked.text
    assert f"/dot/{campaign_id}" in asked.text
    assert station.repos.programme.clip(sha256).retired_at is None
    send(lans, f"/kho/{sha256}/cat", sure="yes")
    assert station.repos.store.value("SELECT count(*) FROM slot") == 0
    send(lans, f"/kho/{sha256}/dung-lai")
    assert station.repos.store.value("SELECT count(*) FROM slot") == planned
    assert station.repos.programme.announcement(announcement_id).state is AnnouncementState.APPROVED


def test_the_shelf_is_searched_without_diacritics(lans, cast):
    cast.clip(title="Đường dây nóng")
    cast.clip(title="Nhạc", pitch=300.0)
    page = lans.get("/kho?q=duong+day").text
    assert "Đường dây nóng" in page
    assert "<b>Nhạc</b>" not in page


def test_a_sound_is_for_signed_in_ears_only(app, cast):
    assert app.test_client().get(f"/am-thanh/{cast.clip().sha256}.wav").status_code == 303


def test_a_sound_comes_whole_or_in_ranges_and_is_named_by_its_content(station, lans, cast):
    sha256 = cast.clip().sha256
    path, data = f"/am-thanh/{sha256}.wav", station.repos.library.path(sha256).read_bytes()
    whole = lans.get(path)
    assert whole.data == data
    assert whole.mimetype == "audio/wav"
    assert whole.headers["Content-Disposition"].startswith("inline")
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert whole.headers["Cache-Control"].startswith("private")
    assert whole.get_etag() == (sha256, False)
    part = lans.get(path, headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.data == data[100:200]
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(data)}"
    known = lans.get(path, headers={"If-None-Match": f'"{sha256}"'})
    assert known.status_code == 304
    outside = lans.get(path, headers={"Range": "bytes=99999999-"})
    assert outside.status_code == 416
    for answer in (whole, part, known, outside):
        answer.close()


@pytest.mark.parametrize("name", ["0" * 64, "../loa.db", "..%2f..%2floa", "A" * 64, "x"])
def test_a_sound_that_is_not_there_is_not_found(lans, name):
    assert lans.get(f"/am-thanh/{name}.wav").status_code == 404
