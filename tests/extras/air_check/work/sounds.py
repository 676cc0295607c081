"""Sounds for the monitor's tests: something like speech, and what a line does to it."""

import numpy as np

from scheduler.core.model import HOUSE_RATE


def babble(seed, seconds):
    """Syllables of changing pitch and colour with pauses between, a different text for each seed."""
    rng = np.random.default_rng(seed)
    out = np.zeros(round(seconds * HOUSE_RATE))
    at = 0
    while at < len(out):
        length = int(rng.uniform(0.12, 0.3) * HOUSE_RATE)
        if rng.random() < 0.8:
            times = np.arange(min(length, len(out) - at)) / HOUSE_RATE
            colours = [rng.uniform(350, 900), rng.uniform(900, 2200), rng.uniform(2200, 3800)]
            voice = sum(np.sin(2 * np.pi * hz * times) * rng.uniform(0.2, 1) for hz in colours)
            out[at : at + length] = voice * np.hanning(len(times)) * rng.uniform(0.3, 1)
        at += length
    return (out / np.abs(out).max() * 12_000).astype(np.int16)


def in_room(sound):
    """Through a horn that gives out 400 Hz to 4 kHz and distorts, into a room that answers; full scale is 1."""
    spectrum = np.fft.rfft(sound / 32768.0)
    hz = np.fft.rfftfreq(len(sound), 1 / HOUSE_RATE)
    colour = (1 + 0.8 * np.sin(hz / 500)) / (1 + (400 / np.maximum(hz, 1)) ** 4) / (1 + (hz / 4000) ** 6)
    heard = np.tanh(4 * np.fft.irfft(spectrum * colour, len(sound))) / 4
    for later, share in ((0.06, 0.4), (0.15, 0.25), (0.28, 0.15)):
        frames = round(later * HOUSE_RATE)
        heard[frames:] += share * heard[:-frames]
    return heard


def among_noise(heard, *, gain_db=0.0, noise_db=-200.0, seed=1):
    """What a microphone in the room takes, with noise (dBFS) around."""
    noise = np.random.default_rng(seed).standard_normal(len(heard))
    heard = heard * 10 ** (gain_db / 20) + noise * 10 ** (noise_db / 20)
    return (np.clip(heard, -1, 1) * 32767).astype(np.int16)


def horn(sound, **around):
    return among_noise(in_room(sound), **around)


def late(sound, seconds, tail=4.0):
    """Nothing, the sound, and nothing again."""
    before, after = (np.zeros(round(length * HOUSE_RATE), dtype=np.int16) for length in (seconds, tail))
    return np.concatenate([before, sound, after])
