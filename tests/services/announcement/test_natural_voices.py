"""A natural voice for the station: asked for, gone on with, judged, put before eSpeak NG; and what never costs the old."""

from dataclasses import replace
from pathlib import Path

import pytest

from audio_assets.speech import natural_voice
from audio_assets.speech.voice_download import WAITS, VoiceSource
from scheduler.core.model import Role
from scheduler.core.words.wording import sentence
from scheduler.kernel import disk_room
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import NotFound, NotPermitted, Refused
from scheduler.kernel.net.client import Limits
from scheduler.services.announcement import natural_voices
from scheduler.services.announcement.natural_voices import NaturalVoices
from scheduler.services.announcement.voices import voice_states
from tests.audio import voice_mirror as mirrors
from tests.audio.tiny_piper import write_voice
from tests.audio.voice_mirror import NAME, cut, endless, other, page, serving, silent, status, tiny

pytestmark = pytest.mark.needs_piper
QUICK = Limits(whole=20, connect=5, header=0.5, idle=0.5)
TEXT = "Mời bà con đi tiêm phòng. Điểm tiêm ở trạm y tế phường."


@pytest.fixture
def mirror():
    with serving() as running:
        yield running


@pytest.fixture
def config(config, mirror):
    speech = replace(
        config.speech, engines=("piper", "espeak"), piper_voices_url=mirror.url, upgrade_minutes=10.0, piper_model=""
    )
    return replace(config, speech=speech)


@pytest.fixture
def voice(tmp_path, mirror, monkeypatch):
    """The one voice that can be had."""
    made = tiny(tmp_path / "made")
    mirror.list_voice(made)
    monkeypatch.setattr(natural_voices, "known_voices", lambda: {NAME: made.listing})
    monkeypatch.setattr(natural_voices, "VoiceSource", lambda url: VoiceSource(url, limits=QUICK, wait=lambda _: None))
    return made


@pytest.fixture
def admin(station):
    return station.repos.people.add("hung", "Hùng", Role.ADMIN, "mat-khau-cua-hung", station.clock.now())


@pytest.fixture
def natural(station):
    return station.services.natural_voices


@pytest.fixture
def folder(station):
    return station.config.data / "voices"


def seen_through(voices: NaturalVoices):
    clock = SystemClock()
    for _ in range(600):
        voices.tend()
        job = voices.newest()
        if job.ended:
            return job
        clock.sleep_until(clock.monotonic() + 0.05)
    raise AssertionError("it never ended")


def got(natural, admin):
    natural.ask(admin, NAME)
    return seen_through(natural)


def first_ready(station):
    return next(one.engine for one in voice_states(station.config, None, station.clock.now()) if not one.reason)


# Had


def test_a_voice_is_downloaded_speaks_and_stands_before_espeak(station, natural, voice, admin, folder):
    assert first_ready(station) == "espeak"
    job = got(natural, admin)
    assert (job.state, job.reason, job.result) == ("ready", "", NAME)
    assert job.details["before"] == "espeak"
    assert first_ready(station) == "piper"
    assert not natural.obstacle()
    assert (folder / f"{NAME}.MODEL_CARD").read_text(encoding="utf-8") == mirrors.CARD
    (choice,) = natural.choices()
    assert choice.is_here
    assert choice.speaks
    for which in natural_voice.SAMPLES:
        assert natural.sample(which).read_bytes()[:4] == b"RIFF"
    assert not (folder / "incoming" / NAME).exists()


def test_who_asks_twice_gets_the_same_job_and_nothing_twice(natural, voice, admin, mirror):
    assert natural.ask(admin, NAME) == natural.ask(admin, NAME)
    seen_through(natural)
    asked = len(mirror.asked)
    job = got(natural, admin)
    assert job.state == "ready"
    assert [path for path, _ in mirror.asked[asked:] if path.endswith(".onnx")] == [], "what is here is not fetched"


def test_approved_texts_are_offered_in_the_better_reading(station, natural, voice, admin, cast, lan, minh):
    worker = station.worker()
    services = station.services.announcements
    announcement_id = services.write(lan, "Tiêm chủng", TEXT)
    services.make_speech(lan, announcement_id)
    worker.work_once()
    sha256 = station.repos.programme.announcement(announcement_id).audio_sha256
    services.heard(lan, announcement_id, sha256)
    services.submit(lan, announcement_id)
    services.approve(minh, announcement_id, sha256, heard=True)
    cast.running(announcement_id)
    assert not worker.read_again(), "there is no better voice yet"
    got(natural, admin)
    assert worker.read_again()
    (one,) = station.services.upgrades.waiting()
    assert (one.old.engine, one.new.engine, one.new.voice) == ("espeak", "piper", NAME)
    assert station.repos.programme.announcement(announcement_id).approved_sha256 == sha256, (
        "the old one airs until then"
    )


def test_another_voice_that_is_chosen_later_takes_the_place_of_the_first(station, natural, voice, admin, folder):
    folder.mkdir()
    write_voice(folder, name="vi_VN-a-low")
    chain = station.voice()
    assert chain.speak(TEXT).voice == "vi_VN-a-low"
    assert got(natural, admin).details["voice_before"] == "vi_VN-a-low"
    assert chain.speak(TEXT).voice == NAME, "also of a chain that had the other one loaded"


# Broken off


def test_a_restart_goes_on_with_what_has_come(station, natural, voice, admin, mirror, folder):
    mirror.script[voice.model_path] = [cut] * (len(WAITS) + 1)
    assert got(natural, admin).reason == "voice_get_cut"
    had = (folder / "incoming" / NAME / f"{NAME}.onnx.part").stat().st_size
    assert had
    job_id = natural.ask(admin, NAME)
    again = NaturalVoices(station.repos)  # the worker was started anew
    assert seen_through(again).state == "ready"
    assert again.newest().id == job_id
    assert mirror.asked[-1] == (voice.model_path, had)


def test_who_stops_in_the_middle_leaves_a_job_that_waits(station, natural, voice, admin, mirror):
    mirror.script[voice.model_path] = [silent]
    natural.ask(admin, NAME)
    natural.tend()
    assert natural.newest().state == "running"
    natural.give_back()
    assert natural.newest().state == "waiting"
    assert seen_through(NaturalVoices(station.repos)).state == "ready"


def test_no_other_job_stands_behind_it(station, natural, voice, admin, lan):
    natural.ask(admin, NAME)
    announcement_id = station.services.announcements.write(lan, "Tiêm chủng", TEXT)
    job_id = station.services.announcements.make_speech(lan, announcement_id)
    assert station.services.jobs.ahead_of(job_id) == 0
    assert station.worker().work_once()
    assert station.services.jobs.get(job_id).ended
    assert natural.newest().state == "waiting"


# Refused

BAD = {
    "wrong": (other(lambda data: bytes(reversed(data))), "voice_get_wrong"),
    "endless": (endless, "voice_get_wrong"),
    "web_page": (page, "voice_get_portal"),
    "absent": (status("404 Not Found"), "voice_get_absent"),
    "elsewhere": (status("302 Found", "Location: http://10.20.0.5/login"), "voice_get_moved"),
}


@pytest.mark.parametrize("which", ["model", "settings", "card"])
@pytest.mark.parametrize(("answer", "reason"), BAD.values(), ids=BAD)
def test_what_is_refused_costs_nothing_of_the_voice_that_is_here(
    station, natural, voice, admin, mirror, folder, which, answer, reason
):
    folder.mkdir()
    write_voice(folder, name="vi_VN-a-low")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    suffix = {"model": f"{NAME}.onnx", "settings": f"{NAME}.onnx.json", "card": "MODEL_CARD"}[which]
    mirror.script[f"{voice.listing.path}/{suffix}"] = [answer] * 3
    job = got(natural, admin)
    assert (job.state, job.reason) == ("refused", reason)
    assert sentence(job.reason, job.details)
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before
    assert station.voice().speak(TEXT).voice == "vi_VN-a-low"


def test_settings_that_were_edited_at_the_source_are_taken_as_its_list_says(natural, voice, admin, mirror, folder):
    path = f"{voice.listing.path}/{NAME}.onnx.json"
    edited = voice.files[path] + b"\n"
    mirror.files[path] = edited
    assert got(natural, admin).reason == "voice_get_wrong", "the list does not know them"
    mirror.list_voice(replace(voice, files=voice.files | {path: edited}))
    assert got(natural, admin).state == "ready"
    assert (folder / f"{NAME}.onnx.json").read_bytes() == edited


def test_a_model_that_the_list_alone_knows_is_not_taken(natural, voice, admin, mirror, tmp_path):
    another = voice.files[voice.model_path] + b"\x08\x08"
    mirror.list_voice(replace(voice, files=voice.files | {voice.model_path: another}))
    assert got(natural, admin).reason == "voice_get_wrong"


def test_a_voice_that_says_nothing_is_not_put_in_place(natural, voice, admin, mirror, folder, monkeypatch):
    hollow = b"\x08\x08\x3a\x04\x0a\x02zz"  # whole to look at, and nothing in it
    listing = replace(voice.listing, model=mirrors.figures(hollow))
    monkeypatch.setattr(natural_voices, "known_voices", lambda: {NAME: listing})
    mirror.files[voice.model_path] = hollow
    assert got(natural, admin).reason == "voice_get_mute"
    assert not (folder / f"{NAME}.onnx").exists()
    assert not (folder / "incoming" / NAME).exists()


def test_without_room_on_the_disk_nothing_is_begun(natural, voice, admin, monkeypatch):
    monkeypatch.setattr(disk_room, "free_bytes", lambda _: 1_000_000)
    with pytest.raises(Refused, match="disk_floor"):
        natural.ask(admin, NAME)
    assert natural.newest() is None


def test_without_memory_for_it_nothing_is_downloaded(natural, voice, admin, monkeypatch, mirror):
    monkeypatch.setattr(natural_voices, "free_memory", lambda: 100_000_000)
    with pytest.raises(Refused, match="piper_too_big"):
        natural.ask(admin, NAME)
    assert mirror.asked == []


def test_without_the_package_nothing_is_downloaded(natural, voice, admin, monkeypatch):
    monkeypatch.setattr(natural_voices, "find_spec", lambda _: None)
    with pytest.raises(Refused, match="voice_not_installed"):
        natural.ask(admin, NAME)


def test_only_who_may_configure_asks(natural, voice, lan, tmp_path):
    for act in (lambda: natural.ask(lan, NAME), lambda: natural.take_folder(lan, tmp_path)):
        with pytest.raises(NotPermitted):
            act()


def test_a_voice_that_nobody_lists_is_not_found(natural, voice, admin):
    with pytest.raises(NotFound):
        natural.ask(admin, "en_US-lessac-medium")


# What config.toml says


@pytest.mark.parametrize(
    ("changes", "obstacle"),
    [
        ({}, ""),
        ({"engines": ("gtts", "piper", "espeak")}, ""),
        ({"engines": ("gtts", "espeak")}, "voice_get_order"),
        ({"engines": ("espeak", "piper")}, "voice_get_order"),
        ({"piper_model": "khac.onnx"}, "voice_get_named"),
    ],
)
def test_where_config_toml_keeps_it_from_speaking_that_is_said(station, changes, obstacle):
    config = replace(station.repos.written, speech=replace(station.repos.written.speech, **changes))
    assert NaturalVoices(replace(station.repos, written=config)).obstacle() == obstacle


# A USB stick


@pytest.fixture
def stick(tmp_path):
    made = tmp_path / "usb"
    made.mkdir()
    return made


def on_stick(stick: Path, name: str = NAME) -> Path:
    return write_voice(stick, name=name)


def test_the_two_files_of_a_stick_are_a_voice(station, natural, voice, admin, stick, folder, mirror):
    on_stick(stick)
    natural.take_folder(admin, stick)
    assert seen_through(natural).state == "ready"
    assert station.voice().speak(TEXT).voice == NAME
    assert "CC0" in (folder / f"{NAME}.LICENSE.txt").read_text(encoding="utf-8"), "the licence that is known of it"
    assert mirror.asked == []
    assert on_stick(stick).is_file(), "the stick keeps its own"


def test_a_licence_on_the_stick_comes_along(natural, voice, admin, stick, folder):
    on_stick(stick)
    (stick / "MODEL_CARD").write_text(mirrors.CARD, encoding="utf-8")
    (stick / "anh.jpg").write_bytes(b"x")
    natural.take_folder(admin, stick)
    assert seen_through(natural).state == "ready"
    assert sorted(path.name for path in folder.iterdir() if path.is_file()) == [
        "chosen",
        f"{NAME}.MODEL_CARD",
        f"{NAME}.onnx",
        f"{NAME}.onnx.json",
    ]


def test_a_voice_of_one_s_own_is_taken_by_what_it_is(station, natural, voice, admin, stick):
    on_stick(stick, "giong-cua-phuong")
    natural.take_folder(admin, stick)
    assert seen_through(natural).result == "giong-cua-phuong"
    assert station.voice().speak(TEXT).voice == "giong-cua-phuong"


def test_a_known_name_with_another_model_is_refused(natural, voice, admin, stick, folder):
    path = on_stick(stick)
    path.write_bytes(path.read_bytes() + b"\x08\x08")
    natural.take_folder(admin, stick)
    assert seen_through(natural).reason == "voice_get_wrong"
    assert not (folder / f"{NAME}.onnx").exists()


def test_a_cut_copy_and_another_language_are_refused(natural, voice, admin, stick, folder):
    path = on_stick(stick, "giong-a")
    path.write_bytes(path.read_bytes()[:-9])
    natural.take_folder(admin, stick)
    assert seen_through(natural).reason == "piper_damaged"
    write_voice(stick, "en-us", name="giong-a")
    natural.take_folder(admin, stick)
    assert seen_through(natural).reason == "piper_language"
    assert not list(folder.glob("*.onnx"))


def test_a_stick_without_the_two_files_is_refused_at_once(natural, voice, admin, stick):
    with pytest.raises(Refused, match="voice_get_files"):
        natural.take_folder(admin, stick)
    on_stick(stick)
    on_stick(stick, "hai")
    with pytest.raises(Refused, match="voice_get_several"):
        natural.take_folder(admin, stick)
    Path(f"{on_stick(stick, 'hai')}.json").unlink()
    (stick / f"{NAME}.onnx").unlink()
    with pytest.raises(Refused, match="voice_get_files"):
        natural.take_folder(admin, stick)
    with pytest.raises(Refused, match="voice_get_no_folder"):
        natural.take_folder(admin, stick / "khong-co")


def test_a_name_that_leads_elsewhere_is_no_voice(natural, voice, admin, stick):
    with on_stick(stick).open("rb") as file, pytest.raises(Refused, match="voice_get_files"):
        natural.take_files(admin, [("../../x.onnx", file)])


def test_half_a_voice_that_nobody_asked_for_again_goes(station, natural, voice, admin, mirror, folder, clock):
    mirror.script[voice.model_path] = [cut] * (len(WAITS) + 1)
    got(natural, admin)
    natural.sweep()
    assert (folder / "incoming" / NAME).exists()
    clock.step_wall(natural_voices.KEPT.total_seconds() + 10**9)
    natural.sweep()
    assert not (folder / "incoming" / NAME).exists()
