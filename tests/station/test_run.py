"""`loa run` from start to end: the page answers, Ctrl-C ends everything, and what stands in its way is said."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from scheduler.station import Station
from tests import lives
from tests.ports import free_port
from tests.station.conftest import CONFIG, FROM_NOTHING, Running, alive
from tests.waiting import PATIENCE, pause, until

PROMISED_END = 3.0
SHARED = 2.0
"""So many times longer things may take where many tests share two cores."""
LINK = re.compile(r"http://\S+/cai-dat-lan-dau\?ma=\S+")


def loa(path, *words):
    return lives.loa("--config", path, *words)


def one_sentence(done):
    """A refusal: exit code 1, one line on stderr, no traceback."""
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.stderr


@pytest.mark.timed
@pytest.mark.parametrize("airs", [False, True], ids=["idle", "in an airing"])
def test_ctrl_c_ends_every_process_within_three_seconds(loa_run, station, cast, sounding, airs):
    running = loa_run(patient=False).up(station)
    assert set(running.children()) == {"playout", "web", "worker"}
    if airs:
        sounding(station.services.air.play_now(cast.minh, cast.approved(60.0), chime=False))
    assert running.ctrl_c() < PROMISED_END * SHARED
    assert running.process.returncode == 0
    assert "Đã tắt trạm." in running.told
    assert "Traceback" not in running.told


def test_ctrl_c_in_the_middle_of_an_airing_ends_it_cleanly_and_journals_what_had_sounded(
    loa_run, station, cast, rows, sounding
):
    running = loa_run().up(station)
    slot_id = station.services.air.play_now(cast.minh, cast.approved(60.0), chime=False)
    sounding(slot_id)
    running.ctrl_c()
    assert running.process.returncode == 0
    assert "Đã tắt trạm." in running.told
    for word in ("Traceback", "Warning", "ERROR"):
        assert word not in running.told
    (row,) = rows(1)
    assert (row["outcome"], row["reason"]) == ("partial", "station_stopping")
    assert 500 < row["played_ms"] < 60_000
    assert station.repos.journal.verify().whole


@pytest.mark.timed
@pytest.mark.parametrize("moment", [0.0, 0.2])
def test_ctrl_c_while_the_processes_are_starting_ends_them_too(loa_run, moment):
    running = loa_run(patient=False)
    until(running.children, "the first process")
    pause(moment)
    assert running.ctrl_c() < PROMISED_END * SHARED
    assert running.process.returncode == 0
    assert "Traceback" not in running.told


@pytest.fixture(scope="module")
def healthy(tmp_path_factory):
    """One station for the tests that only look at it: begun as a person's, with nothing loaded before."""
    path = tmp_path_factory.mktemp("healthy") / "config.toml"
    path.write_text(CONFIG.format(port=free_port(), kind="wavfile"))
    running = Running(path, loa=FROM_NOTHING).up()
    station = Station.open(running.config)
    yield running.up(station)
    station.close()
    running.ctrl_c()


def test_a_second_start_on_the_same_data_is_refused_and_the_first_goes_on(healthy):
    pids = healthy.children()
    assert "trạm khác đang chạy" in one_sentence(loa(healthy.config.folder / "config.toml", "run"))
    assert healthy.browser.ask("/")
    assert healthy.children() == pids


def test_a_port_in_use_is_said_with_its_number(config_path, config):
    with socket.create_server(("127.0.0.1", config.web.port)):
        assert str(config.web.port) in one_sentence(loa(config_path, "run"))


def test_an_address_of_another_machine_is_said_as_such(config_path):
    text = config_path.read_text()
    config_path.write_text(text.replace("[web]", '[web]\nhost = "192.0.2.1"'))
    assert "192.0.2.1" in one_sentence(loa(config_path, "run"))


@pytest.mark.parametrize("command", ["run", "journal"])
@pytest.mark.parametrize("there", [True, False], ids=["read-only folder", "folder that cannot be made"])
def test_a_data_folder_that_cannot_be_written_is_said(config_path, command, there):
    folder = Path(tempfile.mkdtemp())
    try:
        shutil.copy(config_path, folder)
        if there:
            (folder / "data").mkdir(mode=0o555)
        folder.chmod(0o555)
        # Root writes everywhere: a child without its power over files' modes is as limited as the service's own user.
        told = {"capture_output": True, "text": True, "encoding": "utf-8"}
        words = [*FROM_NOTHING, "--config", str(folder / "config.toml"), command]
        done = subprocess.run(words, timeout=PATIENCE, check=False, preexec_fn=_lose_power_over_files, **told)
        assert "thư mục dữ liệu" in one_sentence(done)
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def _lose_power_over_files():
    if os.geteuid() == 0:
        import ctypes

        libc = ctypes.CDLL(None, use_errno=True)
        # PR_CAPBSET_DROP (24) of CAP_DAC_OVERRIDE (1), CAP_DAC_READ_SEARCH (2), CAP_FOWNER (3); exec then drops them.
        for capability in (1, 2, 3):
            if libc.prctl(24, capability, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "prctl")


def test_each_start_before_the_first_user_brings_a_new_link_which_makes_one_and_never_comes_again(loa_run, station):
    first = loa_run().up(station)
    (old,) = LINK.findall(first.told)
    ended_as_a_service(first)
    second = loa_run().up()
    (new,) = LINK.findall(second.told)
    browser = second.browser
    assert [browser.set_up(link) for link in (old, new.replace("ma=", "ma=x"))] == [403, 403]
    assert browser.set_up(new) == 303
    assert browser.ask("/truc-tiep")[0] == 200
    assert browser.set_up(new) == 403
    second.ctrl_c()
    third = loa_run().up()
    assert LINK.findall(third.told) == []
    assert browser.ask("/truc-tiep")[0] == 200


def ended_as_a_service(running):
    """By SIGTERM to the supervisor alone, which ends its processes."""
    pids = running.children().values()
    running.process.terminate()
    assert running.process.wait(PATIENCE) == 0
    assert [pid for pid in pids if alive(pid)] == []
    assert "Traceback" not in running.told


def test_without_a_sound_card_the_terminal_and_the_log_say_that_no_loudspeaker_sounds(loa_run, config_path):
    config_path.write_text(config_path.read_text().replace("wavfile", "auto"))
    nothing = {"PULSE_SERVER": "unix:/nowhere/pulse", "ALSA_CONFIG_PATH": "/dev/null"}
    running = loa_run(**nothing)
    said = until(lambda: re.search(r"^Đầu ra.*(?=\n)", running.told, re.MULTILINE), "the sentence")[0]
    folder = str(running.config.data / "wav")
    assert "không có card âm thanh" in said
    assert "Loa không kêu" in said
    assert folder in said
    log = running.config.data / "log" / "playout.log"
    until(log.exists, "the log")
    logged = until(lambda: re.search(r"^.*no loudspeaker sounds.*(?=\n)", log.read_text(), re.MULTILINE), "the line")[0]
    assert "no sound card" in logged
    assert "WAV files" in logged
    assert folder in logged


def mapped(pid):
    return Path(f"/proc/{pid}/maps").read_text()


def test_an_idle_page_and_an_idle_worker_carry_no_sound_libraries(healthy):
    for name in ("web", "worker"):
        assert "numpy" not in mapped(healthy.children()[name])
        assert "/av/" not in mapped(healthy.children()[name])
    assert "numpy" in mapped(healthy.children()["playout"])


def test_what_made_the_station_on_its_first_day_is_gone_from_the_supervisor(healthy):
    assert list((healthy.config.data / "library").glob("*"))
    assert [name for name in ("numpy", "cryptography") if f"/{name}/" in mapped(healthy.process.pid)] == []


def test_the_end_of_the_terminal_ends_the_station_in_order(loa_run, station, cast, rows, sounding):
    running = loa_run().up(station)
    sounding(station.services.air.play_now(cast.minh, cast.approved(60.0), chime=False))
    pids = running.children().values()
    os.killpg(running.process.pid, signal.SIGHUP)
    assert running.process.wait(PATIENCE) == 0
    assert [pid for pid in pids if alive(pid)] == []
    assert [(row["outcome"], row["reason"]) for row in rows(1)] == [("partial", "station_stopping")]
