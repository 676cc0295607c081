"""Sounds that wards really air, and hard cases of each: what everything that levels a sound is held against."""

import numpy as np

from audio_assets.speech.espeak_engine import EspeakEngine
from audio_assets.speech.joining import at_house_rate, joined, trimmed
from tests.audio.make_audio import RATE, house, speech_like, tone

SENTENCES = (
    "Mời bà con đến trạm y tế phường để tiêm chủng vào sáng thứ bảy.",
    "Đường dây nóng: không hai ba bảy ba bảy sáu một sáu sáu sáu.",
    "Ủy ban nhân dân phường thông báo lịch cắt nước từ tám giờ đến mười một giờ ba mươi.",
    "Đề nghị các hộ dân đeo khẩu trang nơi công cộng và giữ khoảng cách.",
)


def spoken(*, voice: str = "vi", speed: float = 1.0, turns: int = 1):
    """Sentences of a ward by eSpeak, joined as the chain joins them."""
    pieces = [trimmed(at_house_rate(EspeakEngine(voice).speak(text, speed))) for text in SENTENCES * turns]
    return joined(pieces, [500] * len(pieces))


def at(sound, db: float):
    """A sound `db` louder, kept inside full scale."""
    return house(np.clip(np.asarray(sound, dtype=np.float64) / 32768 * 10 ** (db / 20), -1, 1))


def pink(seconds: float, seed: int = 1):
    rng = np.random.default_rng(seed)
    spectrum = np.fft.rfft(rng.standard_normal(round(seconds * RATE)))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
    noise = np.fft.irfft(spectrum, round(seconds * RATE))
    return noise / np.abs(noise).max() * 0.5


def music(seconds: float = 8.0, seed: int = 3):
    """Plucked chords with a beat: sharp attacks over a bed that never stops."""
    rng = np.random.default_rng(seed)
    out = 0.03 * pink(seconds, seed)
    for start in np.arange(0.0, seconds - 0.5, 0.4):
        first = round(start * RATE)
        times = np.arange(min(len(out) - first, 2 * RATE)) / RATE
        for hertz in rng.choice([262, 294, 349, 392, 440, 523, 587, 698, 784], 3):
            out[first : first + len(times)] += 0.2 * np.exp(-times * 4) * np.sin(2 * np.pi * hertz * times)
        out[first : first + 480] += 0.3 * rng.standard_normal(480)[: len(out) - first]
    return out / np.abs(out).max() * 0.8


def crackling(seconds: float = 6.0):
    """Speech under lone cracks: a crest of 25 dB and more."""
    out = speech_like(seconds, level=0.02)
    out[5_000::31_000] = 0.9
    out[5_001::31_000] = -0.8
    return out


SIGNALS = {
    "speech": spoken,
    "southern_speech": lambda: spoken(voice="vi-vn-x-south", speed=1.3),
    "quiet_speech": lambda: at(spoken(), -25),
    "very_quiet_speech": lambda: at(spoken(), -35),
    "clipped_speech": lambda: at(spoken(), 14),
    "speech_of_one_word": lambda: trimmed(at_house_rate(EspeakEngine().speak("Chú ý!", 1.0))),
    "speech_and_long_pauses": lambda: np.concatenate([spoken(), np.zeros(8 * RATE, np.int16), spoken()]),
    "loud_and_soft_speakers": lambda: np.concatenate([spoken(), at(spoken(), -12), spoken()]),
    "noise_like_speech": lambda: house(speech_like(6.0, level=0.05)),
    "low_tone": lambda: house(tone(4.0, hertz=110.0)),
    "tone": lambda: house(tone(4.0)),
    "high_tone": lambda: house(tone(4.0, hertz=5000.0, level=0.05)),
    "full_scale_tone": lambda: house(tone(4.0, hertz=997.0, level=1.0)),
    "pink_noise": lambda: house(pink(5.0)),
    "white_noise": lambda: house(np.random.default_rng(5).uniform(-0.3, 0.3, 5 * RATE)),
    "music": lambda: house(music()),
    "soft_music": lambda: house(music() * 0.04),
    "crest_of_25_dB": lambda: house(crackling()),
    "four_tenths_of_a_second": lambda: house(tone(0.4, hertz=600.0, level=0.1)),
    "square_wave": lambda: house(0.99 * np.sign(tone(3.0, hertz=333.0))),
}
