"""Break-in, drill, correction, relay and outputs from the terminal, against a playout that runs and one that does not."""

import json
import threading
from contextlib import closing

import pytest

from tests.cli.test_commands import loa  # noqa: F401 - a fixture
from tests.playout.at_work import work_until
from tests.waiting import PATIENCE, until


@pytest.fixture
def with_playout(loa, tmp_path):  # noqa: F811
    """A playout that beats on the station of `loa`."""
    from scheduler.config import loading as configuration
    from scheduler.station import Station

    loa("now")
    over = threading.Event()
    config = configuration.load(tmp_path / "config.toml")

    def run():
        station = Station.open(config)
        try:
            work_until(over, station.playout())
        finally:
            station.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        with closing(Station.open(config)) as beside:
            until(lambda: beside.repos.jobs.heartbeat("playout"), "its first beat")
        yield loa
    finally:
        over.set()
        thread.join(PATIENCE)


def test_an_emergency_is_not_promised_while_nothing_would_sound(loa):  # noqa: F811
    done = loa("break-in", "--text", "Nước lũ đang lên.", code=1)
    assert done.stdout == ""
    assert "Bộ phát không chạy" in done.stderr


def test_either_an_announcement_or_words(loa):  # noqa: F811
    loa("break-in", code=2)
    loa("break-in", "1", "--text", "a", code=2)


def test_typed_words_are_aired_from_the_terminal_and_put_right(with_playout):
    told = with_playout("break-in", "--text", "Nước lũ đang lên. Bà con lên cao ngay.", "--title", "Lũ").stdout
    slot_id = told.splitlines()[0].rsplit(" ", 1)[1]
    assert f"loa correct {slot_id}" in told
    assert "đính chính" in with_playout("correct", slot_id).stdout
    assert with_playout("correct", "khong-co", code=1).stderr.count("\n") == 1
    outputs = json.loads(with_playout("output", "list", "--json").stdout)
    assert outputs["alive"] is True
    assert outputs["outputs"][0]["kind"] == "wavfile"


def test_a_relay_is_kept_approved_started_and_stopped(loa):  # noqa: F811
    loa("relay", "add", "Đài tỉnh", "--source", "https://radio.example.vn/a.mp3", "--window", "05:00-05:30")
    (told,) = json.loads(loa("relay", "list", "--json").stdout)
    assert (told["title"], told["state"], told["approval"]) == ("Đài tỉnh", "draft", "submitted")
    assert told["windows"] == ["05:00-05:30"]
    assert "tự duyệt" in loa("relay", "approve", "1", code=1).stderr
    loa("relay", "start", "1")
    loa("relay", "stop", "1")
    assert json.loads(loa("relay", "list", "--json").stdout)[0]["state"] == "stopped"


@pytest.mark.parametrize("source", ["http://169.254.169.254/latest", "http://10.0.0.1/a", "file:///etc/passwd", "x"])
def test_a_source_that_must_not_be_asked_is_refused(loa, source):  # noqa: F811
    done = loa("relay", "add", "t", "--source", source, "--window", "05:00-05:30", code=1)
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_rtp_output_is_described_for_its_receivers_and_others_are_not(loa, tmp_path):  # noqa: F811
    (tmp_path / "config.toml").write_text(
        "[[output]]\nname = 'rtp'\nkind = 'rtp'\ndevice = '127.0.0.1:5004'\n[[output]]\nname = 'wav'\nkind = 'wavfile'\n"
    )
    assert loa("output", "sdp", "rtp").stdout.startswith("v=0")
    loa("output", "sdp", "wav", code=1)
    loa("output", "clients", "wav", code=1)


def test_a_password_in_an_address_is_not_shown(loa, tmp_path):  # noqa: F811
    (tmp_path / "config.toml").write_text(
        "[[output]]\nkind = 'icecast'\ndevice = 'http://source:bimat@127.0.0.1:8000/a.mp3'\n"
    )
    for words, code in ((("config", "show"), 0), (("doctor",), 1)):  # nobody answers at that address
        done = loa(*words, code=code)
        assert "bimat" not in done.stdout + done.stderr
