"""Files of a voice from the internet: servers that behave well, badly and slowly, and what is left when one does not."""

from pathlib import Path

import pytest

from audio_assets.speech.piper_catalogue import known_voices
from audio_assets.speech.voice_download import PIPER_VOICES, WAITS, VoiceSource
from scheduler.config.loading import SpeechConfig
from scheduler.core.announcement.voices import NATURAL
from scheduler.core.words.wording import sentence
from scheduler.kernel.errors import Refused
from scheduler.kernel.net.client import Limits
from tests.audio import voice_mirror as mirrors
from tests.audio.voice_mirror import Mirror, cut, endless, in_drops, other, page, serving, silent, status, whole_anyway

DATA = bytes(range(256)) * 4000
PATH = "vi/vi_VN/tiny/low/vi_VN-tiny-low.onnx"


@pytest.fixture
def mirror():
    with serving() as running:
        running.files[PATH] = DATA
        yield running


@pytest.fixture
def waits():
    return []


@pytest.fixture
def source(mirror, waits):
    quick = Limits(whole=20, connect=5, header=0.5, idle=0.5)
    return VoiceSource(mirror.url, limits=quick, wait=waits.append)


@pytest.fixture
def place(tmp_path):
    return tmp_path / "incoming" / "voice.onnx"


def fits(path: Path) -> bool:
    return path.read_bytes() == DATA


def get(source: VoiceSource, place: Path, turn=lambda _: None) -> None:
    source.large(PATH, place, len(DATA), fits, turn)


def part_of(place: Path) -> Path:
    return place.with_name(f"{place.name}.part")


def refusal_of(source: VoiceSource, place: Path) -> Refused:
    with pytest.raises(Refused) as refusal:
        get(source, place)
    assert not place.exists(), "nothing that was not judged gets its name"
    assert sentence(refusal.value.reason, refusal.value.details)
    return refusal.value


def says(mirror: Mirror, *answers: mirrors.Answer) -> None:
    mirror.script[PATH] = list(answers)


# Well


def test_a_file_comes_whole_and_tells_how_far_it_is(source, mirror, place):
    told = []
    get(source, place, told.append)
    assert place.read_bytes() == DATA
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, len(DATA))
    assert not part_of(place).exists()
    assert mirror.asked == [(PATH, 0)]


def test_a_slow_line_is_waited_for(source, mirror, place):
    says(mirror, in_drops)
    get(source, place)
    assert place.read_bytes() == DATA


def test_a_redirect_to_another_machine_of_the_internet_is_followed_and_judged(source, mirror, place):
    mirror.files["cas/blob"] = DATA
    says(mirror, status("302 Found", "Location: /cas/blob"))
    get(source, place)
    assert place.read_bytes() == DATA
    assert [path for path, _ in mirror.asked] == [PATH, "cas/blob"]


# Broken off


def test_what_was_cut_off_goes_on_where_it_broke(source, mirror, place, waits):
    says(mirror, cut, cut)
    get(source, place)
    assert place.read_bytes() == DATA
    half = len(DATA) // 2
    assert mirror.asked == [(PATH, 0), (PATH, half), (PATH, half + half // 2)]
    assert waits == list(WAITS[:2])


def test_another_try_of_another_day_asks_for_the_rest_alone(source, mirror, place):
    place.parent.mkdir()
    part_of(place).write_bytes(DATA[:1000])
    get(source, place)
    assert mirror.asked == [(PATH, 1000)]
    assert place.read_bytes() == DATA


def test_a_server_without_range_gives_it_from_the_beginning(source, mirror, place):
    place.parent.mkdir()
    part_of(place).write_bytes(DATA[:1000])
    says(mirror, whole_anyway)
    get(source, place)
    assert place.read_bytes() == DATA


def test_halves_of_two_files_are_thrown_away_and_it_comes_anew(source, mirror, place):
    place.parent.mkdir()
    part_of(place).write_bytes(b"x" * 1000)
    get(source, place)
    assert mirror.asked == [(PATH, 1000), (PATH, 0)]
    assert place.read_bytes() == DATA


def test_a_range_that_the_server_does_not_know_begins_anew(source, mirror, place):
    place.parent.mkdir()
    part_of(place).write_bytes(DATA[:1000])
    says(mirror, status("416 Range Not Satisfiable"))
    get(source, place)
    assert [first for _, first in mirror.asked] == [1000, 0]
    assert place.read_bytes() == DATA


def test_a_line_that_breaks_every_time_is_given_up_and_its_part_kept(source, mirror, place, waits):
    says(mirror, *[cut] * (len(WAITS) + 1))
    assert refusal_of(source, place).reason == "voice_get_cut"
    assert waits == list(WAITS)
    assert 0 < part_of(place).stat().st_size < len(DATA)


def test_what_the_caller_raises_ends_it_and_keeps_the_part(source, place):
    def turn(here: int) -> None:
        if here > len(DATA) // 2:
            raise Refused("disk_floor")

    with pytest.raises(Refused, match="disk_floor"):
        get(source, place, turn)
    assert part_of(place).stat().st_size > len(DATA) // 2
    assert not place.exists()


# Badly

BAD = {
    "wrong": (other(lambda data: bytes(reversed(data))), "voice_get_wrong"),
    "shorter": (other(lambda data: data[:-1]), "voice_get_cut"),
    "longer": (other(lambda data: data + b"x"), "voice_get_wrong"),
    "endless": (endless, "voice_get_wrong"),
    "web_page": (page, "voice_get_portal"),
    "absent": (status("404 Not Found"), "voice_get_absent"),
    "forbidden": (status("403 Forbidden"), "voice_get_status"),
    "busy": (status("503 Service Unavailable"), "voice_get_busy"),
    "silent": (silent, "voice_get_slow"),
    "elsewhere": (status("302 Found", "Location: http://10.20.0.5/login"), "voice_get_moved"),
    "to_a_file": (status("302 Found", "Location: file:///etc/passwd"), "voice_get_moved"),
    "in_circles": (status("302 Found", f"Location: /{PATH}"), "voice_get_moved"),
    "odd_range": (status("206 Partial Content", "Content-Range: bytes 77-99/100", body=b"x" * 23), "voice_get_wrong"),
}


@pytest.mark.parametrize(("answer", "reason"), BAD.values(), ids=BAD)
def test_a_bad_answer_is_refused_with_its_reason(source, mirror, place, answer, reason):
    says(mirror, *[answer] * (len(WAITS) + 2))
    assert refusal_of(source, place).reason == reason


@pytest.mark.parametrize("wrong", ["wrong", "longer", "endless"])
def test_of_a_wrong_file_nothing_stays(source, mirror, place, wrong):
    says(mirror, BAD[wrong][0])
    refusal_of(source, place)
    assert not part_of(place).exists()


def test_a_machine_that_is_not_there_is_said(source, mirror, place, waits):
    mirror.shutdown()
    mirror.server_close()
    assert refusal_of(source, place).reason == "voice_get_offline"
    assert waits == list(WAITS)


def test_a_small_file_that_is_too_large_is_refused(source, mirror):
    mirror.files["card"] = b"x" * 101
    assert source.small("card", 101) == b"x" * 101
    with pytest.raises(Refused, match="voice_get_wrong"):
        source.small("card", 100)


# As shipped


def test_the_usual_source_is_piper_s_own_and_no_machine_of_one_s_own_network():
    assert SpeechConfig().piper_voices_url == PIPER_VOICES


def test_every_listed_voice_lies_where_piper_s_own_downloader_looks():
    paths = {name: one.path for name, one in known_voices().items()}
    assert paths == {
        "vi_VN-vais1000-medium": "vi/vi_VN/vais1000/medium",
        "vi_VN-25hours_single-low": "vi/vi_VN/25hours_single/low",
        "vi_VN-vivos-x_low": "vi/vi_VN/vivos/x_low",
    }
    assert set(NATURAL) == set(paths), "each has its words"
    for one in known_voices().values():
        assert one.model.bytes > 20_000_000
        assert len(one.model.md5) == len(one.settings.md5) == 32
