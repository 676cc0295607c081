"""Which figures make eSpeak NG best understood on horns? One changed at a time, against what the station uses.

Three things are measured without any listener: how far apart the six tones lie (semitones between their pitch curves, on
average and for the two that are nearest), how much of the sound lies where consonants are told apart (1 to 4 kHz against
all of 300 Hz to 6 kHz), and how fast it is. With --ear, the listener of `intelligibility.py` is asked too, in its
streets.

Run: python bench/espeak_tuning.py [--ear FOLDER --n 16] [--only WORD]
"""

import argparse
import itertools
import os
import sys
from dataclasses import replace

import numpy as np
from table import grid

from audio_assets.speech.espeak_engine import EspeakEngine, EspeakTuning
from audio_assets.speech.voice import Voice

PAUSE_MS = 500
TONES = ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
"""ngang, sắc, huyền, hỏi, ngã, nặng: behind the vowel."""
ONSETS = ("b", "l", "m", "n", "v")
POINTS = 16
SENTENCE = "Ủy ban nhân dân phường kính mời bà con đến trạm y tế phường vào lúc bảy giờ ba mươi phút sáng thứ bảy."
TRIED = {
    "as it is": ("vi", {}),
    "espeak's own": ("vi", {"words_a_minute": 175, "pitch": 50, "pitch_range": 50, "word_gap": 0}),
    "speed 130": ("vi", {"words_a_minute": 130}),
    "speed 160": ("vi", {"words_a_minute": 160}),
    "speed 175": ("vi", {"words_a_minute": 175}),
    "range 35": ("vi", {"pitch_range": 35}),
    "range 50": ("vi", {"pitch_range": 50}),
    "range 85": ("vi", {"pitch_range": 85}),
    "range 99": ("vi", {"pitch_range": 99}),
    "pitch 35": ("vi", {"pitch": 35}),
    "pitch 75": ("vi", {"pitch": 75}),
    "gap 0": ("vi", {"word_gap": 0}),
    "gap 3": ("vi", {"word_gap": 3}),
    "gap 6": ("vi", {"word_gap": 6}),
    "variant f2": ("vi+f2", {}),
    "variant f5": ("vi+f5", {}),
    "variant m3": ("vi+m3", {}),
    "variant m7": ("vi+m7", {}),
    "variant klatt": ("vi+klatt", {}),
    "variant Annie": ("vi+Annie", {}),
    "variant Nguyen": ("vi+Nguyen", {}),
    "central": ("vi-vn-x-central", {}),
    "south": ("vi-vn-x-south", {}),
}


def pitch_curve(pcm, rate):
    """The pitch of a syllable in semitones at POINTS places, by autocorrelation of its voiced frames."""
    size, step = round(0.04 * rate), round(0.005 * rate)
    low, high = rate // 450, rate // 60
    curve = []
    for at in range(0, len(pcm) - size, step):
        frame = pcm[at : at + size].astype(float)
        frame -= frame.mean()
        power = float((frame**2).sum())
        if power < size * 200.0**2:
            continue
        match = np.correlate(frame, frame, "full")[size - 1 :]
        lag = low + int(match[low:high].argmax())
        if match[lag] > 0.4 * power:
            curve.append(12 * np.log2(rate / lag))
    if len(curve) < 4:
        return None
    return np.interp(np.linspace(0, 1, POINTS), np.linspace(0, 1, len(curve)), curve)


def tone_distances(engine):
    """Mean and least distance (semitones, RMS over the curve) between two of the six tones, over ONSETS."""
    pairs = {pair: [] for pair in itertools.combinations(range(len(TONES)), 2)}
    for onset in ONSETS:
        curves = [
            pitch_curve(spoken.pcm, spoken.rate) for spoken in (engine.speak(f"{onset}a{tone}.", 1.0) for tone in TONES)
        ]
        for (one, other), found in pairs.items():
            if curves[one] is not None and curves[other] is not None:
                found.append(float(np.sqrt(np.mean((curves[one] - curves[other]) ** 2))))
    means = [np.mean(found) for found in pairs.values() if found]
    return float(np.mean(means)), float(np.min(means))


def presence_db(spoken):
    """Level of 1 to 4 kHz against 300 Hz to 6 kHz."""
    spectrum = np.abs(np.fft.rfft(spoken.pcm.astype(float))) ** 2
    hertz = np.fft.rfftfreq(len(spoken.pcm), 1 / spoken.rate)
    inside = spectrum[(hertz >= 1000) & (hertz <= 4000)].sum()
    return float(10 * np.log10(inside / spectrum[(hertz >= 300) & (hertz <= 6000)].sum()))


def measured(voice, figures):
    engine = EspeakEngine(voice, replace(EspeakTuning(), **figures))
    mean, least = tone_distances(engine)
    spoken = engine.speak(SENTENCE, 1.0)
    return [
        f"{mean:.1f}",
        f"{least:.1f}",
        f"{presence_db(spoken):.1f}",
        f"{len(SENTENCE.split()) / spoken.seconds:.1f}",
    ]


def heard(told):
    """What the listener makes of each way: bits a syllable, of numbers too, and letters written right."""
    from hearing.listener import Listener
    from hearing.rounds import Rounds, Street, Way
    from hearing.scoring import difference, mean
    from hearing.speech import bulletins

    streets = (Street("xe +6", "traffic", 6), Street("mưa +6", "rain", 6))
    rounds = Rounds(Listener(told.ear, workers=told.workers), bulletins(told.n), workers=told.workers)
    base = None
    for name, (voice, figures) in TRIED.items():
        if base is not None and told.only not in name:
            continue
        chain = Voice([EspeakEngine(voice, replace(EspeakTuning(), **figures))], pause_ms=PAUSE_MS, speed=1.0)
        _, scores = rounds.scores(Way(name, lambda bulletin, chain=chain: chain.speak(bulletin.said).pcm), streets)
        base = base or scores
        row = [name]
        for measure in ("told", "told_numbers", "letters"):
            mine, theirs = (
                np.mean([getattr(one, measure) for one in found.values()], axis=0) for found in (scores, base)
            )
            row += [f"{mean(mine).value:.2f}", difference(mine, theirs).more() if scores is not base else ""]
        print(*row, sep="\t", file=sys.stderr, flush=True)
        yield row


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--ear", default="", help="folder of the listener: lib/ and model/")
    ask.add_argument("--n", type=int, default=16, help="bulletins for the listener (default 16)")
    ask.add_argument("--only", default="", help="only what is called so")
    ask.add_argument("--workers", type=int, default=2)
    told = ask.parse_args()
    os.nice(10)
    heads = ["", "tones, semitones", "nearest two", "1-4 kHz, dB", "syllables/s"]
    grid(heads, [[name, *measured(*way)] for name, way in TRIED.items() if told.only in name])
    if told.ear:
        print()
        grid(["", "bits", "more", "bits of numbers", "more", "letters", "more"], list(heard(told)))


if __name__ == "__main__":
    main()
