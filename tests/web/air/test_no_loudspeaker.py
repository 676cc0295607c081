"""A station or a zone without a loudspeaker says so in large type wherever somebody could believe that one sounds."""

from dataclasses import replace

import pytest

from scheduler.config.loading import OutputConfig

LARGE = 'class="mute-word">Loa chưa nối, ngoài phố không nghe thấy<'
CARD = {"name": "Loa", "kind": "soundcard", "state": "open", "message": "", "device": "hw:0", "dropped": 0}


@pytest.fixture
def beat(station, clock):
    def write(*outputs):
        state = {"airings": [], "outputs": [CARD | one for one in outputs], "clock_trusted": True}
        station.repos.jobs.beat("playout", 1, clock.now(), state)

    return write


PAGES = ("/truc-tiep", "/khan-cap", "/lich", "/lich/48-gio")


@pytest.mark.parametrize("kind", ["wavfile", "null", "icecast"])
def test_every_page_that_speaks_of_the_air_says_it_in_large_type(lans, beat, kind):
    beat({"kind": kind})
    for page in PAGES:
        assert LARGE in lans.get(page).text, page


def test_no_hours_ahead_are_called_ready_without_a_loudspeaker(lans, beat, cast):
    cast.planned(cast.approved(5.0), base=1)
    for kind, told in (("soundcard", True), ("wavfile", False)):
        beat({"kind": kind})
        assert ("Mọi lượt đều đã duyệt và sẵn sàng." in lans.get("/lich/48-gio").text) is told, kind


def test_no_hours_ahead_are_called_ready_while_playout_is_silent(lans, beat, cast, clock):
    cast.planned(cast.approved(5.0), base=1)
    beat({})
    clock.advance(200)
    page = lans.get("/lich/48-gio").text
    assert "Mọi lượt đều đã duyệt và sẵn sàng." not in page
    assert "<b>Lúc này loa chưa kêu được.</b> Mất liên lạc với bộ phát" in page


def test_a_loudspeaker_is_not_called_mute(lans, beat):
    for outputs in ([{}], [{"kind": "rtp"}, {"name": "ghi", "kind": "wavfile"}], [{"kind": "icecast", "counts": True}]):
        beat(*outputs)
        for page in PAGES:
            assert "mute-word" not in lans.get(page).text, (outputs, page)


def test_an_output_in_trouble_is_said_to_be_that_and_not_to_be_a_file(lans, beat):
    beat({"state": "retrying", "message": "mất dây"})
    text = lans.get("/truc-tiep").text
    assert "Đường ra loa “Loa” có lỗi" in text
    assert "mute-word" not in text


class TestTwoZones:
    @pytest.fixture
    def config(self, config):
        outputs = (OutputConfig("Loa", "soundcard", zones=("bac",)), OutputConfig("ghi", "wavfile", zones=("nam",)))
        return replace(config, outputs=outputs)

    def test_a_zone_without_a_loudspeaker_is_named(self, lans, beat):
        beat({}, {"name": "ghi", "kind": "wavfile"})
        text = lans.get("/truc-tiep").text
        assert "Có vùng chưa nối loa" in text
        assert "nam" in text.partition("Ngoài phố không nghe thấy ở: ")[2][:10]

    def test_a_tone_of_one_output_is_not_said_to_have_sounded_everywhere(self, lans, hung, beat, station):
        beat({}, {"name": "ghi", "kind": "wavfile"})
        station.services.output_tests.test(hung, output="Loa")
        row = lans.get("/lich").text.partition("Danh sách cả ngày</h2>")[2]
        assert '<td data-l="Vùng">Loa</td>' in row
        assert "Tất cả các loa" not in row.partition("</tbody>")[0]


def test_looking_again_tells_what_playout_has_found_and_nothing_before(hungs, send, beat, station, clock):
    beat({"kind": "wavfile"})
    where = send(hungs, "/bat-dau/dau-ra/tim").location
    assert [one.args for one in station.repos.jobs.commands()] == [{"card": True}]
    assert "Đang tìm loa" in hungs.get(where).text
    partial = where.replace("/dau-ra?", "/dau-ra/tim?")
    state = {"outputs": [CARD | {"kind": "wavfile"}], "clock_trusted": True}
    for what, told in (("none", "vẫn chưa thấy card âm thanh nào"), ("busy", "phát xong hãy bấm lại")):
        look = {"card_look": {"at": clock.now().isoformat(), "what": what}}
        station.repos.jobs.beat("playout", 1, clock.now(), state | look)
        assert told in hungs.get(partial).text
    beat({})
    assert hungs.get(partial).headers["HX-Refresh"] == "true"
    assert "Phát tiếng thử" in hungs.get(where).text


def test_the_guide_says_it_and_a_file_is_no_step_done(hungs, beat, station):
    beat({"kind": "wavfile"})
    text = hungs.get("/bat-dau/dau-ra").text
    assert LARGE in text
    assert "Chưa thấy loa: cắm dây rồi bấm Tìm lại." in text
    assert "Phát tiếng thử" not in text
    beat({})
    assert "Phát tiếng thử" in hungs.get("/bat-dau/dau-ra").text
