"""One hearing after another: every bulletin, said in every way, in every street, by the same listener.

The noise of a street is the same for all ways of saying a bulletin, and stands as far below the plain reading's loudness
through the horn, so what a render gains in loudness at the ear counts, and nothing else differs.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from zlib import crc32

import numpy as np

from audio_assets.loudness import integrated_lufs
from hearing.listener import LONGEST_SECONDS
from hearing.scoring import caught, letters, likeness, syllables
from hearing.speech import at_the_ear, levelled, spoken
from hearing.street import RATE, Echo, babble, in_noise, rain, through_horn, traffic, with_echo

EDGE_SECONDS = 0.4
EAR_RMS = 0.08
TALKERS = (("vi", 1.0), ("vi-vn-x-central", 1.1), ("vi-vn-x-south", 0.95), ("vi", 1.2), ("vi-vn-x-south", 1.1))


@dataclass(frozen=True)
class Street:
    name: str
    noise: str = ""
    snr_db: float = 0.0
    horn: bool = True
    echo: Echo | None = field(default_factory=Echo)


ROOM = Street("no horn", horn=False, echo=None)
QUIET = Street("horn, echo")
STREETS = (
    ROOM,
    QUIET,
    Street("traffic +12", "traffic", 12),
    Street("traffic 0", "traffic", 0),
    Street("rain +6", "rain", 6),
    Street("talk +6", "babble", 6),
)
CLOSE = (ROOM, QUIET)
"""Where the listener is also asked which digit it was, and to write down what it hears: three times the work, and in
noise this listener tells digits hardly better than by chance.
"""


@dataclass(frozen=True)
class Way:
    """A way to say a bulletin: `make(bulletin)` is house-rate sound, heard `times` times."""

    name: str
    make: object
    times: int = 1


@dataclass
class Scores:
    """Of each bulletin. `told`, `told_numbers`: bits a syllable, and a syllable of numbers, that its sound told the
    listener of what was said; `chosen`: whether the digit asked about was told from five others; `written`, `letters`:
    share of syllables, and of bare letters, written down right; `like`: ESTOI, where the plain reading's timing was kept.
    """

    told: list = field(default_factory=list)
    told_numbers: list = field(default_factory=list)
    chosen: list = field(default_factory=list)
    written: list = field(default_factory=list)
    letters: list = field(default_factory=list)
    like: list = field(default_factory=list)


class Rounds:
    """Asks `listener` of each way in each street; sounds are made once, and scored by (way, street)."""

    def __init__(self, listener, bulletins, *, workers=2, closely=CLOSE, told=lambda _line: None):
        self.listener, self.bulletins, self.workers, self.told = listener, bulletins, workers, told
        self.closely = closely
        self.plain = [at_the_ear(levelled(spoken(one.said))) for one in bulletins]
        self.lufs = [integrated_lufs(through_horn(sound), RATE) for sound in self.plain]
        self.talkers = [at_the_ear(levelled(spoken(bulletins[at % len(bulletins)].said, voice=voice, speed=speed)))
                        for at, (voice, speed) in enumerate(TALKERS, 3)]  # fmt: skip
        self.beforehand = [
            self.silence(bulletin.said, len(sound) / RATE)
            for bulletin, sound in zip(bulletins, self.plain, strict=True)
        ]

    def silence(self, said, seconds):
        """What the listener believes of `said` having heard nothing: what the language alone tells."""
        dice = np.random.default_rng(1)
        nothing = (1e-3 * dice.standard_normal(round(seconds * RATE))).astype(np.float32)
        return self.listener.believe(self.listener.hear(nothing), [said], seconds)[0]

    def at_ear(self, number, sound, street, turn=0):
        """`sound` of bulletin `number` where the listener stands."""
        edge = np.zeros(round(EDGE_SECONDS * RATE), np.float32)
        out = np.concatenate((edge, sound, edge))
        if street.horn:
            out = through_horn(out)
        if street.echo:
            out = with_echo(out, street.echo)
        if street.noise:
            out = in_noise(out, self.noise(number, street.noise, turn), self.lufs[number], street.snr_db)
        return out * np.float32(EAR_RMS / max(float(np.sqrt(np.mean(out**2))), 1e-9))

    @cache  # noqa: B019 - there is one of these a run
    def noise(self, number, kind, turn):
        """The noise of one bulletin in one kind of street, as long as the listener hears."""
        dice = np.random.default_rng(crc32(f"{self.bulletins[number].name}/{kind}/{turn}".encode()))
        length = LONGEST_SECONDS * RATE
        made = {"traffic": traffic, "rain": rain}.get(kind)
        return made(dice, length) if made else babble(dice, length, self.talkers)

    def ask(self, number, sound, street, times):
        """The Scores of one bulletin; heard twice, what was written right once is right, and both hearings are believed
        alike.
        """
        bulletin, close = self.bulletins[number], street in self.closely
        texts = [bulletin.said, *(bulletin.foils if close else ())]
        beliefs, written = [], []
        for turn in range(times):
            here = self.at_ear(number, sound, street, turn)
            heard, seconds = self.listener.hear(here), len(here) / RATE
            beliefs.append(self.listener.believe(heard, texts, seconds))
            if close:
                written.append(self.listener.write(heard, seconds))
        told = self.told_of(number, np.mean([one[0] for one in beliefs], axis=0))
        points = np.sum([[np.log(text).sum() for text in one] for one in beliefs], axis=0)
        chosen = float(points[0] > points[1:].max()) if close else float("nan")
        numbers = told[np.array(bulletin.figures, bool)].mean()
        right = share_of(written, bulletin.said, syllables), share_of(written, bulletin.said, letters)
        return told.mean(), numbers, chosen, *right, self.like(number, sound, here)

    def told_of(self, number, belief):
        """Bits that a hearing told of each syllable: how much likelier it made it than a silence did."""
        bits = np.log2(belief) - np.log2(self.beforehand[number])
        ends = [start for start, _end in self.bulletins[number].places[1:]] + [len(bits)]
        return np.diff(np.concatenate(([0.0], np.cumsum(bits)))[[0, *ends]])

    def like(self, number, sound, here):
        plain = self.plain[number]
        edge = round(EDGE_SECONDS * RATE)
        return likeness(plain, here[edge : edge + len(plain)], RATE) if len(sound) == len(plain) else float("nan")

    def scores(self, way, streets):
        """(seconds, {street name: Scores}) of `way`; seconds a bulletin in the mean."""
        sounds = [at_the_ear(levelled(way.make(bulletin))) for bulletin in self.bulletins]
        found = {}
        with ThreadPoolExecutor(self.workers) as pool:
            for street in streets:
                asked = [pool.submit(self.ask, number, sound, street, way.times) for number, sound in enumerate(sounds)]
                found[street.name] = Scores(
                    *(list(map(float, row)) for row in zip(*(one.result() for one in asked), strict=True))
                )
                self.told(f"{way.name} · {street.name}: {np.mean(found[street.name].told):.2f}")
        return way.times * float(np.mean([len(sound) / RATE for sound in sounds])), found


def share_of(written, said, units):
    """Of the units of `said`, those that stand right in one of the texts `written`; nan without a text."""
    if not written:
        return float("nan")
    truth = units(said)
    return float(np.any([caught(truth, units(text)) for text in written], axis=0).mean())
