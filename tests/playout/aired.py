"""What a station has aired: its journal and its WAV files."""

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
