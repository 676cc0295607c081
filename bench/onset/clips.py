"""The sounds that are played: full level from their first frame to their last, so that an onset is one frame."""

import shutil
import subprocess
import wave

import numpy as np

from onset.scoring import RATE, TONE_HZ

BURST = 0.3
TONE = 60


def tone(seconds):
    """Whole periods of a cosine at half level: it may be joined to itself without a click."""
    turns = 2 * np.pi * TONE_HZ * np.arange(round(seconds * RATE)) / RATE
    return (16_383 * np.cos(turns)).astype("<i2")


def write(path, sound):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(sound.tobytes())
    return path


def as_mp3(wav):
    """The same as MP3, as an online voice hands it over; None without ffmpeg."""
    if shutil.which("ffmpeg") is None:
        return None
    path = wav.with_suffix(".mp3")
    command = ["ffmpeg", "-loglevel", "error", "-y", "-i", wav, "-b:a", "64k", path]
    return path if subprocess.run(command, check=False).returncode == 0 else None
