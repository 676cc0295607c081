"""How much was heard, and how sure that is. No sound here, only words and numbers.

A Vietnamese word is written syllable by syllable, so the unit is the syllable. The scores of one bulletin are one
observation: its syllables stand and fall together, so means, differences and their intervals go over bulletins. `likeness` is the one measure that asks no listener.
"""

import re
import unicodedata
from dataclasses import dataclass

import numpy as np

RESAMPLES = 10_000
_SYLLABLE = re.compile(r"[^\W\d_]+")
SAME = {
    "lẻ": "linh",
    "ngàn": "nghìn",
    "tỉ": "tỷ",
    "hòa": "hoà",
    "hóa": "hoá",
    "lý": "lí",
    "kỳ": "kì",
    "mĩ": "mỹ",
    "sĩ": "sỹ",
}
"""Two ways to write or say the same: the listener must not lose by the one it has learnt."""


def syllables(text):
    """Lower case, NFC, one spelling each; no signs."""
    found = _SYLLABLE.findall(unicodedata.normalize("NFC", text).lower())
    return [SAME.get(word, word) for word in found]


def letters(text):
    """The bare letters, without marks and spaces: how near it sounds, whatever the spelling."""
    parts = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return [part for part in parts if "a" <= part <= "z"]


def caught(spoken, heard):
    """For each syllable of `spoken`, whether it stands in its place in `heard`: the alignment with the fewest edits."""
    cost = np.zeros((len(spoken) + 1, len(heard) + 1), int)
    cost[:, 0], cost[0] = np.arange(len(spoken) + 1), np.arange(len(heard) + 1)
    for row, said in enumerate(spoken, 1):
        for column, word in enumerate(heard, 1):
            swap = cost[row - 1, column - 1] + (said != word)
            cost[row, column] = min(swap, cost[row - 1, column] + 1, cost[row, column - 1] + 1)
    got = [False] * len(spoken)
    row, column = len(spoken), len(heard)
    while row and column:
        if spoken[row - 1] == heard[column - 1] and cost[row, column] == cost[row - 1, column - 1]:
            got[row - 1] = True
            row, column = row - 1, column - 1
        elif cost[row, column] == cost[row - 1, column - 1] + 1:
            row, column = row - 1, column - 1
        elif cost[row, column] == cost[row - 1, column] + 1:
            row -= 1
        else:
            column -= 1
    return got


@dataclass(frozen=True)
class Mean:
    """A mean over bulletins with its interval of 95 %; `n` bulletins."""

    value: float
    low: float
    high: float
    n: int

    def percent(self):
        return f"{100 * self.value:.0f} [{100 * self.low:.0f}–{100 * self.high:.0f}]"

    def points(self):
        return f"{100 * self.value:+.0f} [{100 * self.low:+.0f} … {100 * self.high:+.0f}]"

    def plain(self):
        return f"{self.value:.2f} [{self.low:.2f}–{self.high:.2f}]"

    def more(self):
        return f"{self.value:+.2f} [{self.low:+.2f} … {self.high:+.2f}]"


def mean(scores, *, seed=5):
    """Percentile bootstrap over bulletins. A bulletin without anything to score (nan) takes no part."""
    kept = np.asarray([score for score in scores if not np.isnan(score)])
    if not len(kept):
        return Mean(float("nan"), float("nan"), float("nan"), 0)
    dice = np.random.default_rng(seed)
    means = kept[dice.integers(0, len(kept), size=(RESAMPLES, len(kept)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Mean(float(kept.mean()), float(low), float(high), len(kept))


def difference(scores, base, *, seed=5):
    """Mean of the differences of the same bulletins in the same noise, with its interval."""
    return mean(np.asarray(scores, float) - np.asarray(base, float), seed=seed)


def likeness(clean, heard, rate):
    """ESTOI of `heard` against the same sound before the street, 0 to 1; nan without pystoi or of unequal lengths."""
    try:
        from pystoi import stoi
    except ImportError:
        return float("nan")
    return float(stoi(clean, heard, rate, extended=True)) if len(clean) == len(heard) else float("nan")
