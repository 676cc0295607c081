"""Real processes: `loa run` on WAV files, playout killed in the middle of an airing; the journal says what is in them."""

import os
import signal

import pytest

from tests.station.conftest import alive, clock, config, config_path, frames_in, loa_run, rows, sounding
from tests.waiting import until

__all__ = ["clock", "config", "config_path", "loa_run", "rows", "sounding"]

BLOCK_MS = 20


def recording_of(running, slot_id):
    (path,) = (running.config.data / "wav").rglob(f"*{slot_id}*.wav")
    return path


@pytest.mark.parametrize("heard_ms", [700, 2300])
def test_a_playout_killed_in_an_airing_has_written_down_what_was_heard_to_the_block_and_the_next_slot_plays(
    loa_run, station, cast, rows, sounding, heard_ms
):
    running = loa_run().up(station)
    cut = station.services.air.play_now(cast.minh, cast.approved(60.0), chime=False)
    until(lambda: list((running.config.data / "wav").rglob("*.wav")), "the recording")
    path = recording_of(running, cut)
    until(lambda: frames_in(path) >= heard_ms * 48, "the moment of the kill")
    killed = running.children()["playout"]
    os.kill(killed, signal.SIGKILL)
    until(lambda: not alive(killed), "the end of the killed process")
    heard = frames_in(path) / 48
    following = station.services.air.play_now(cast.minh, cast.approved(1.5, "Họp tổ", 300.0), chime=False)
    first, second = rows(2)
    assert (first["slot_id"], first["outcome"], first["reason"]) == (cut, "partial", "playout_died")
    assert first["played_ms"] == pytest.approx(heard, abs=BLOCK_MS + 1)
    assert (second["slot_id"], second["outcome"], second["played_ms"]) == (following, "played", 1500)
    assert frames_in(recording_of(running, following)) == 1500 * 48
    assert station.repos.journal.verify().whole
