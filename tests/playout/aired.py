"""What has been aired: a station's journal and its WAV files, the outputs of a programme that has ended."""

import wave

import numpy as np


def rows(station, day="2026-12-02"):
    return station.repos.journal.of_day(day)


def sound(station):
    """Every WAV that was aired, as samples."""
    found = []
    for path in sorted((station.config.data / "wav").rglob("*.wav")):
        with wave.open(str(path)) as wav:
            found.append(np.frombuffer(wav.readframes(wav.getnframes()), dtype=np.int16))
    return found


def outputs_ok(ended):
    """The outputs that sounded it whole."""
    return tuple(one.name for one in ended.shares if one.is_whole)


def outputs_failed(ended):
    """Output and why, of those that did not."""
    return tuple((one.name, one.state) for one in ended.shares if one.state not in {"", "ok"})
