"""Cài đặt: what outputs of horns are given, to be heard beside the plain sound, and every chime of the station."""

import re
from dataclasses import replace

import pytest

from scheduler.config.loading import ChimeConfig, OutputConfig
from scheduler.core.air.chimes import CHIMES


@pytest.fixture
def config(config):
    outputs = (
        OutputConfig(name="Cụm loa Bắc", kind="wavfile", counts=True, horn="loa-nen"),
        OutputConfig(name="goc", kind="wavfile", counts=True),
    )
    return replace(config, outputs=outputs, chime=ChimeConfig(open="bell"))


def make_all(station):
    while station.services.renders.work():
        pass


def render_address(page):
    return re.search(r'src="(/cai-dat/loa-nen/[0-9a-f]{16}/[0-9a-f]{64}\.wav)"', page)


def test_the_profile_is_shown_with_its_outputs_and_how_far_its_renders_are(lans, station, cast):
    cast.approved(title="Tiêm chủng mũi hai")
    text = lans.get("/cai-dat/am-thanh").text
    for part in ("loa-nen", "Cụm loa Bắc", "300–6000 Hz", "nâng 3 dB quanh 2500 Hz", "nén 2:1", "−16 LUFS", "0/5"):
        assert part in text
    assert "Chưa có bản nào làm sẵn" in text
    make_all(station)
    text = lans.get("/cai-dat/am-thanh").text
    assert "5/5" in text
    assert "Tiêm chủng mũi hai" in text


def test_master_and_render_of_a_clip_can_be_heard_side_by_side_whole_and_in_ranges(lans, station, cast):
    announcement_id = cast.approved()
    make_all(station)
    page = lans.get("/cai-dat/am-thanh").text
    sha256 = station.repos.programme.announcement(announcement_id).approved_sha256
    assert f'src="/am-thanh/{sha256}.wav"' in page
    address = render_address(page)[1]
    assert sha256 in address
    (path,) = (station.repos.library.root / "renders").rglob(f"{sha256}.wav")
    data = path.read_bytes()
    with lans.get(address) as whole:
        assert (whole.status_code, whole.mimetype, whole.data) == (200, "audio/wav", data)
        assert whole.headers["Cache-Control"] == "no-store"
    with lans.get(address, headers={"Range": "bytes=100-199"}) as part:
        assert (part.status_code, part.data) == (206, data[100:200])
        assert part.headers["Content-Range"] == f"bytes 100-199/{len(data)}"
    with lans.get(address, headers={"Range": "bytes=999999999-"}) as outside:
        assert outside.status_code == 416


@pytest.mark.parametrize(
    "path",
    [
        f"/cai-dat/loa-nen/0123456789abcdef/{'0' * 64}.wav",
        f"/cai-dat/loa-nen/..%2f..%2fclips/{'0' * 64}.wav",
        "/cai-dat/loa-nen/0123456789abcdef/loa.db.wav",
    ],
)
def test_what_is_no_render_is_not_found(lans, path):
    assert lans.get(path).status_code == 404


def test_a_stranger_hears_nothing(app, lans, station, cast):
    cast.approved()
    make_all(station)
    address = render_address(lans.get("/cai-dat/am-thanh").text)[1]
    assert app.test_client().get(address).status_code == 303


def test_every_chime_is_on_the_page_with_its_use_and_the_chosen_ones_are_marked(lans, station):
    while station.services.chimes.make_one():
        pass
    text = lans.get("/cai-dat/am-thanh").text
    rows = dict(re.findall(r"<code>([\w-]+)</code>(.*?)</tr>", text.partition('id="nhac-hieu"')[2], re.DOTALL))
    assert set(rows) == set(CHIMES)
    assert {name for name, row in rows.items() if "Đang dùng" in row} == {"bell", "two-notes", "two-tone", "wood"}
    assert all("<audio" in row for row in rows.values())
    assert "lũ" in rows["rising"]
    assert "cháy" in rows["three-pulses"]
    assert "diễn tập" in rows["wood"]


def test_a_chime_that_is_still_to_be_made_is_said_to_be(lans):
    assert lans.get("/cai-dat/am-thanh").text.count("Tạo sau bản tin đầu tiên") == len(CHIMES) - 4


def test_without_horns_the_page_says_how_to_have_them(lans, app, station, config):
    plain = replace(config, outputs=(OutputConfig(name="loa", kind="wavfile", counts=True),))
    from scheduler.station import Station
    from web import create_app

    opened = Station.open(plain, station.clock)
    client = create_app(opened).test_client()
    client.set_cookie("loa", lans.get_cookie("loa").value)
    assert "Mọi đường ra loa phát bản gốc" in client.get("/cai-dat/am-thanh").text
    opened.close()
