"""The way from the loudspeaker to the ear: the horn, the second horn's echo, and the noise of the street.

Every sound here is mono float32 with full scale at 1.0, at 16 kHz: a horn carries nothing above 6 kHz. Noises are made
from a seed, so that the same listener hears every way of speaking in the same noise. Loudness is LUFS (BS.1770), the
measure the station levels by; for steady noise without pauses that is its K-weighted level.
"""

from dataclasses import dataclass

import numpy as np

from audio_assets.loudness import integrated_lufs

RATE = 16_000
SOUND_METRES_A_SECOND = 343.0

HORN_CORNERS_HZ = (400.0, 5_500.0)
"""Re-entrant horns of 15 to 30 W are sold with 300-400 to 5,000-8,000 Hz at -10 dB."""
HORN_PEAKS = ((700.0, 5.0, 4.0), (1_150.0, 6.0, -3.0), (1_900.0, 4.0, 5.0), (2_900.0, 5.0, -4.0), (3_900.0, 4.0, 3.0))
"""Resonances of driver and bell: Hz, quality, dB."""
HORN_DRIVE = 0.5
"""How far the driver is pushed: 3 % of distortion at full scale."""


def response(sound, gain):
    """`sound` through the filter with the magnitude `gain(hertz)`, of minimum phase as every horn is: it rings after, not before."""
    size = 1 << int(np.ceil(np.log2(len(sound) + RATE // 4)))
    magnitude = np.maximum(gain(np.fft.rfftfreq(size, 1 / RATE)), 1e-4)
    cepstrum = np.fft.irfft(np.log(magnitude), size)
    cepstrum[1 : size // 2] *= 2.0
    cepstrum[size // 2 + 1 :] = 0.0
    return np.fft.irfft(np.fft.rfft(sound, size) * np.exp(np.fft.rfft(cepstrum)), size)[: len(sound)].astype(np.float32)


def horn_gain(hertz):
    """Magnitude of the horn: third order below, fourth above, and its resonances."""
    low, high = HORN_CORNERS_HZ
    with np.errstate(divide="ignore"):
        below = 1.0 / np.sqrt(1.0 + (low / np.maximum(hertz, 1e-3)) ** 6)
    above = 1.0 / np.sqrt(1.0 + (hertz / high) ** 8)
    peaks = np.zeros_like(hertz)
    for centre, quality, decibels in HORN_PEAKS:
        octaves = np.log2(np.maximum(hertz, 1.0) / centre)
        peaks += decibels * np.exp(-((octaves * quality) ** 2))
    return below * above * 10.0 ** (peaks / 20.0)


def driven(sound):
    """The driver's own bend: soft and a little lopsided, as a diaphragm's is."""
    bent = np.tanh(HORN_DRIVE * sound + 0.05) - np.tanh(0.05)
    return (bent / HORN_DRIVE).astype(np.float32)


def through_horn(sound):
    return response(driven(sound), horn_gain)


@dataclass(frozen=True)
class Echo:
    """A second horn that plays the same: `metres` further off, so much later and so much weaker."""

    metres: float = 80.0
    nearest_metres: float = 60.0

    @property
    def seconds(self):
        return self.metres / SOUND_METRES_A_SECOND

    @property
    def decibels(self):
        return -20.0 * np.log10((self.nearest_metres + self.metres) / self.nearest_metres)


def with_echo(sound, echo):
    """`sound` and the second horn's; as long as both."""
    late = round(echo.seconds * RATE)
    both = np.zeros(len(sound) + late, np.float32)
    both[: len(sound)] += sound
    both[late:] += np.float32(10.0 ** (echo.decibels / 20.0)) * sound
    return both


def shaped(dice, length, gain):
    """Noise with the magnitude `gain(hertz)`."""
    spectrum = np.fft.rfft(dice.standard_normal(length))
    noise = np.fft.irfft(spectrum * gain(np.fft.rfftfreq(length, 1 / RATE)), length)
    return (noise / max(float(np.sqrt(np.mean(noise**2))), 1e-9)).astype(np.float32)


def traffic(dice, length):
    """A street of motorbikes: a floor that falls 9 dB an octave above 500 Hz, and engines that come and go."""
    floor = shaped(dice, length, lambda hertz: 1.0 / (1.0 + (hertz / 500.0) ** 1.5))
    time = np.arange(length) / RATE
    engines = np.zeros(length)
    for _ in range(max(2, round(length / RATE))):
        passes_at, lasts, firing = dice.uniform(0, length / RATE), dice.uniform(0.8, 2.5), dice.uniform(45, 110)
        hum = sum(np.sin(2 * np.pi * firing * part * time + dice.uniform(0, 6.3)) / part**0.7 for part in range(1, 16))
        engines += hum * np.exp(-(((time - passes_at) / lasts) ** 2))
    engines /= max(float(np.sqrt(np.mean(engines**2))), 1e-9)
    return (floor + 0.7 * engines).astype(np.float32)


def rain(dice, length):
    """Rain on tin: near white from 1 kHz up, with drops that stand out of it."""
    floor = shaped(dice, length, lambda hertz: np.sqrt(hertz / (hertz + 800.0)) / (1.0 + (hertz / 6_000.0) ** 2))
    drops = np.zeros(length)
    places = dice.integers(0, length, size=max(1, 60 * length // RATE))
    drops[places] = dice.exponential(6.0, size=len(places))
    ring = np.exp(-np.arange(120) / 25.0) * np.sin(2 * np.pi * 2_200 * np.arange(120) / RATE)
    return (floor + np.convolve(drops, ring)[:length]).astype(np.float32)


def babble(dice, length, voices):
    """People talking: eight of `voices` (sounds) at once, each begun somewhere of its own."""
    crowd = np.zeros(length, np.float32)
    for number in dice.integers(0, len(voices), size=8):
        turned = np.roll(voices[number], int(dice.integers(0, len(voices[number]))))
        crowd += np.resize(turned, length)
    return crowd / max(float(np.sqrt(np.mean(crowd**2))), 1e-9)


def at_loudness(sound, lufs):
    """`sound` brought to a loudness by one gain."""
    now = integrated_lufs(sound, RATE)
    if now is None:
        raise ValueError("silence has no loudness")
    return (sound * np.float32(10.0 ** ((lufs - now) / 20.0))).astype(np.float32)


def in_noise(sound, noise, speech_lufs, snr_db):
    """`sound` as it is, in `noise` that is `snr_db` less loud than `speech_lufs`.

    The speech's own loudness is not asked: the street does not get quieter because a bulletin is. `speech_lufs` is how
    loud the plain bulletin is where the listener stands.
    """
    return sound + at_loudness(noise[: len(sound)], speech_lufs - snr_db)
