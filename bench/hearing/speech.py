"""The bulletins that are heard, and the ways to say them.

The bulletins are the ward sentences and telephone numbers of the reading table, so every one has its written form and
what ought to be said. A way takes one and gives the sound that the station would hold ready: 16 bit, 48 kHz, levelled.
`paced` is the station's own pacing, `rendered` a horn render with figures that can be changed one by one.
"""

import csv
import re
from dataclasses import dataclass, field, replace
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np

from audio_assets.horn import pieces_of, render
from audio_assets.loudness import level
from audio_assets.speech.espeak_engine import EspeakEngine
from audio_assets.speech.joining import joined
from audio_assets.speech.normalise import Said, normalise
from audio_assets.speech.pacing import paced as phrases
from audio_assets.speech.voice import Voice
from scheduler.config.keys import AudioConfig
from scheduler.config.sound import HornConfig
from scheduler.core.air.horn import HornProfile
from scheduler.core.delivery import Pace

READINGS = Path(__file__).parents[2] / "tests" / "audio" / "readings" / "northern.tsv"
LEAST, MOST = 12, 28
"""Syllables of a bulletin: one breath or two."""
CALLING = "Mọi thắc mắc xin gọi số {} để được giải đáp."
HOUSE_RATE, EAR_RATE = 48_000, 16_000
PAUSE_MS = 500
HORN, AUDIO = HornConfig(), AudioConfig()
USUAL = HornProfile(
    HORN.name, HORN.low_hz, HORN.high_hz, HORN.presence_hz, HORN.presence_db, HORN.ratio,
    AUDIO.target_lufs + HORN.louder_db, AUDIO.max_true_peak_dbtp,
)  # fmt: skip
DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
FOILS = 5
SYLLABLE = re.compile(r"[^\W\d_]+")
NUMBER_WORDS = {*DIGITS, "mười", "mươi", "mốt", "tư", "lăm", "linh", "trăm", "nghìn", "triệu", "tỷ", "phẩy"}


@dataclass(frozen=True)
class Bulletin:
    name: str
    written: str
    read: Said = field(repr=False)
    figures: tuple[bool, ...] = field(repr=False)
    """For each syllable of `said`, whether it is part of a number that was written in figures."""
    asked: int
    """The syllable, a digit, that the closed question is about."""
    others: tuple[str, ...]
    """The other digits it is asked against."""

    @property
    def said(self):
        return self.read.text

    @property
    def places(self):
        """Where in `said` each syllable begins and ends."""
        return [place.span() for place in SYLLABLE.finditer(self.said)]

    @property
    def foils(self):
        """`said` with each of the other digits in the place that is asked about."""
        start, end = self.places[self.asked]
        return [self.said[:start] + other + self.said[end:] for other in self.others]


def bulletin(name, written, dice):
    """What ought to be said of `written` and which of it are numbers; None where no digit could be asked about."""
    read = normalise(written)
    figured = [change for change in read.changes if re.search("[0-9]", read.source[change.start : change.end])]
    places = list(SYLLABLE.finditer(read.text))
    inside = [any(one.said_start <= place.start() < one.said_end for one in figured) for place in places]
    figures = tuple(within and place[0].lower() in NUMBER_WORDS for within, place in zip(inside, places, strict=True))
    digits = [at for at, place in enumerate(places) if figures[at] and place[0].lower() in DIGITS]
    if not digits:
        return None
    asked = int(dice.choice(digits))
    wrong = [digit for digit in DIGITS if digit != places[asked][0].lower()]
    others = tuple(str(digit) for digit in dice.choice(wrong, size=FOILS, replace=False))
    return Bulletin(name, written, read, figures, asked, others)


def bulletins(count, *, seed=642):
    """`count` of them: one in four a telephone number, the rest ward sentences with numbers, spread over the table."""
    with READINGS.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    dice = np.random.default_rng(seed)
    calls = [
        row["id"]
        for row in rows
        if row["category"] == "phone" and len(re.sub("[^0-9]", "", row["written"])) in (8, 10, 11)
    ]
    plain = [row["id"] for row in rows if row["category"] == "sentence" and LEAST <= len(row["said"].split()) <= MOST]
    written = {row["id"]: row["written"] for row in rows} | {}
    found = [one for name in plain if (one := bulletin(name, written[name], dice))]
    numbers = [bulletin(name, CALLING.format(written[name].strip("()")), dice) for name in calls]
    some = max(1, count // 4)
    return spread(numbers, some) + spread(found, count - some)


def spread(rows, count):
    if count > len(rows):
        raise ValueError(f"the reading table has {len(rows)} of them, not {count}")
    return [rows[at * len(rows) // count] for at in range(count)]


@cache  # eSpeak never says the same bytes twice: ways that differ behind it must not differ in it
def spoken(text, *, voice="vi", speed=1.0):
    return Voice([EspeakEngine(voice)], pause_ms=PAUSE_MS, speed=speed).speak(text).pcm


def paced(bulletin, *, voice="vi", **figures):
    """As the station paces it (`audio_assets.speech.pacing`), with its own figures or others of `Pace`."""
    pace = replace(Pace(), **figures)
    parts = phrases(bulletin.read, pace)
    pauses = [part.pause_after_ms for part in parts[:-1]] + [0]
    return joined([spoken(part.text, voice=voice, speed=part.speed) for part in parts], pauses)


def rendered(pcm, **figures):
    """The station's horn render (`audio_assets.horn`), with its own profile or other figures of it."""
    profile = replace(USUAL, **figures)
    return np.concatenate(list(pieces_of(render(levelled(pcm), profile, BytesIO()).sound)))


def levelled(pcm):
    """As every clip of the station: its loudness, its highest peak."""
    return level(pcm, HOUSE_RATE, AUDIO.target_lufs, AUDIO.max_true_peak_dbtp).pcm


def at_the_ear(pcm):
    """House rate to the listener's 16 kHz, floating point."""
    size = -(-len(pcm) // 96) * 96
    spectrum = np.fft.rfft(pcm.astype(np.float32) / 32_768, size)
    kept = size // 3
    spectrum = spectrum[: kept // 2 + 1]
    edge = max(1, kept // 64)
    spectrum[-edge:] *= np.linspace(1.0, 0.0, edge)
    return (np.fft.irfft(spectrum, kept) / 3).astype(np.float32)
