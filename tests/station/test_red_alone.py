"""An order on a real station of its own: on a full disk, with a voice that takes seconds for its words, and the opening
of a second one beside it.
"""

import os
import signal
from datetime import timedelta

import numpy as np
import pytest

from scheduler.station import Station
from tests.faults.disk import filled, no_room, small_disk
from tests.lives import Begun
from tests.ports import free_port
from tests.station.red import Ears
from tests.station.slow_voice import slow_voice
from tests.station.test_red_lane import FIFO, WORDS, approved_emergency, ends, heard, loa, locked, ready, slot_in
from tests.waiting import CLOCK, PATIENCE, until


@pytest.fixture
def disk(tmp_path):
    """Where the data lie: a small disk of their own."""
    with small_disk(tmp_path / "disk", megabytes=40) as folder:
        yield folder


@pytest.fixture
def roomy_disk(tmp_path):
    """One on which room is kept back for what may not wait."""
    with small_disk(tmp_path / "disk", megabytes=220) as folder:
        yield folder


@pytest.fixture
def config_path(tmp_path):
    path = tmp_path / "config.toml"
    data = f'[station]\ndata = "{tmp_path}/disk/data"\n' if (tmp_path / "disk").exists() else ""
    path.write_text(data + FIFO.format(port=free_port(), folder=tmp_path, kind="fifo"))
    return path


@pytest.fixture
def ears(tmp_path):
    made = Ears(tmp_path / "loa.pcm")
    yield made
    made.close()


def test_on_a_full_disk_an_order_is_heard_and_written_once_there_is_room(disk, loa_run, config_path, ears, request):
    station = request.getfixturevalue("station")
    template = approved_emergency(request.getfixturevalue("cast"))
    running = loa_run()
    ready(running, station)
    no_room(station)
    with filled(disk / "data"):
        for _ in range(2):
            mark = CLOCK.monotonic()
            told = loa(config_path, "break-in", str(template))
            assert told.returncode == 0, told.stdout + told.stderr
            heard(ears, mark)
            assert "đã nhận lúc" in told.stdout
            assert station.services.air.on_air().alive
    slot_id = slot_in(told.stdout)
    assert ends(station, slot_id)[0]["outcome"] == "played"


def test_words_of_the_moment_are_heard_on_a_full_disk(roomy_disk, loa_run, config_path, ears, request):
    station = request.getfixturevalue("station")
    running = loa_run()
    ready(running, station)
    until(station.repos.reserve.path.exists, "room for what may not wait")
    no_room(station)
    with filled(roomy_disk / "data"):
        mark = CLOCK.monotonic()
        told = loa(config_path, "break-in", "--text", WORDS)
        assert told.returncode == 0, told.stdout + told.stderr
        heard(ears, mark)
    assert ends(station, slot_in(told.stdout))[0]["outcome"] == "played"


def test_with_a_slow_voice_the_chime_sounds_first_and_the_order_has_one_end_whoever_dies(
    loa_run, station, config_path, ears, tmp_path
):
    running, said = loa_run(first=slow_voice), tmp_path / "said"
    for dies, river in {"nobody": "sông Cầu", "the terminal": "sông Thương", "playout": "sông Lục"}.items():
        words = WORDS.replace("sông", river, 1)
        ready(running, station)
        before = {one.key for one in station.services.air.red.orders()}
        mark = CLOCK.monotonic()
        with said.open("wb") as out:
            told = Begun("--config", config_path, "break-in", "--text", words, stdout=out, first=slow_voice)
        heard(ears, mark)
        (one,) = (one for one in station.services.air.red.orders() if one.key not in before)
        assert one.order["spoken"] is False
        assert station.repos.slots.open_between(CLOCK.now() - timedelta(1), CLOCK.now()) == [], "no row without a sound"
        if dies == "the terminal":
            told.kill()
        if dies == "playout":
            until(
                lambda at=mark: ears.seconds_after(at) > 0.5, "half a second of the chime"
            )  # less may be measured as none
            os.kill(running.children()["playout"], signal.SIGKILL)
        told.wait(PATIENCE)
        (row,) = ends(station, one.key)
        made = station.repos.programme.announcement(row["announcement_id"])
        assert made.text == words
        if dies == "playout":
            assert (row["outcome"], made.state) == ("partial", "draft")
        else:
            assert (row["outcome"], row["audio_sha256"]) == ("played", made.approved_sha256)
            clip = station.repos.library.load(row["audio_sha256"])
            assert ears.when(clip[np.flatnonzero(clip)[0] + 9600 :][:1200], mark), "the words themselves"
        if dies == "nobody":
            assert "Chuông đang kêu, máy đang đọc lời." in said.read_text(encoding="utf-8")
            assert "Lời đã đọc xong, phát ngay sau chuông." in said.read_text(encoding="utf-8")


def test_a_station_opens_a_second_time_while_the_database_is_locked(station, config):
    with locked(station.repos.store.path):
        other = Station.open(config, CLOCK)
        other.prepare()
        assert other.services.air.on_air().alive is False
        other.close()
