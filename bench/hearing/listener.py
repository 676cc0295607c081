"""A listener that never tires: Whisper base (several languages, Vietnamese among them) run by CTranslate2, offline.

It is asked in two ways. `write` is open: what do you hear? `believe` is closed: how likely is this sentence, letter by
letter? From the second come the rhyme test (which of these ten?) and how much the sound told of each syllable; both still
tell ways apart where the first hears nothing or everything. It is a machine trained on other voices; what it cannot tell of human ears stands in
docs/hearing.md. The libraries and the model are no dependency of the project: a folder given on the command line.
"""

import sys
import unicodedata
from functools import lru_cache
from pathlib import Path

import numpy as np

RATE = 16_000
WINDOW, HOP, MELS = 400, 160, 80
LONGEST_SECONDS = 16
"""Half of what the model was trained on, for all ways alike: a third of the work, and its answers hardly change."""
TOKENS, TOKENS_A_SECOND = 20, 8
"""Most that is written down: a listener who heard nothing may repeat a syllable for ever."""


class NoListenerError(RuntimeError):
    """What the listener needs is not installed; the message says what to type."""


class Listener:
    """Whisper as CTranslate2 has it. Safe to ask from `workers` threads at once."""

    def __init__(self, folder, *, workers=2):
        libraries, model = Path(folder) / "lib", Path(folder) / "model"
        sys.path.append(str(libraries))  # behind our own: nothing of the station is replaced
        try:
            import ctranslate2
            from tokenizers import Tokenizer

            self.words = Tokenizer.from_file(str(model / "tokenizer.json"))
            self.whisper = ctranslate2.models.Whisper(
                str(model), device="cpu", compute_type="int8", inter_threads=workers, intra_threads=1
            )
        except (ImportError, OSError, RuntimeError, ValueError, Exception) as error:
            raise NoListenerError(
                f"no listener in {folder} ({error}); docs/hearing.md says how to put one there"
            ) from error
        self.view = ctranslate2.StorageView
        self.start = [self.words.token_to_id(f"<|{name}|>") for name in ("startoftranscript", "vi", "transcribe")]
        self.start.append(self.words.token_to_id("<|notimestamps|>"))
        self.unwritten = [-1, *sorted(self._figures())]

    def _figures(self):
        """Tokens with figures and signs in them: the listener has to write numbers in words, as they are spoken."""
        signs = set("0123456789%$€°/:+=&@#*")
        for text, token in self.words.get_vocab().items():
            if set(unicodedata.normalize("NFKC", text)) & signs:
                yield token

    def hear(self, sound):
        """What the first half of the listener makes of `sound` (16 kHz, full scale 1.0): ask it with the other two."""
        return self.whisper.encode(self.view.from_array(mel_of(sound)[None]), to_cpu=True)

    def write(self, heard, seconds):
        """The words, as written down by a listener who knows nothing but that it is Vietnamese."""
        told = self.whisper.generate(
            heard, [self.start], beam_size=1, max_length=TOKENS + round(TOKENS_A_SECOND * seconds),
            suppress_tokens=self.unwritten,
        )[0]  # fmt: skip
        return self.words.decode(told.sequences_ids[0])

    def believe(self, heard, texts, seconds):
        """For each of `texts`, the probability of each of its letters: one array a text, as long as the text.

        A token of several letters gives its first letter all it had to tell, the others one: sums of logarithms over
        letters are those over tokens.
        """
        tokens = [self.words.encode(" " + text, add_special_tokens=False) for text in texts]
        many = self.view.from_array(np.repeat(np.asarray(heard), len(texts), axis=0))
        frames = max(1, round(seconds * RATE / HOP))
        aligned = self.whisper.align(many, self.start, [one.ids for one in tokens], [frames] * len(texts))
        beliefs = []
        for text, one, told in zip(texts, tokens, aligned, strict=True):
            letters = np.ones(len(text) + 1)
            for (start, _end), probability in zip(one.offsets, told.text_token_probs, strict=True):
                letters[max(start, 1)] *= max(probability, 1e-12)
            beliefs.append(letters[1:])
        return beliefs


@lru_cache(maxsize=1)
def mel_filters():
    """Whisper's 80 bands: triangles on Slaney's scale, linear up to 1 kHz and logarithmic above, of equal area."""
    step, log_step = 200.0 / 3, np.log(6.4) / 27
    top = 15 + np.log(RATE / 2 / 1000) / log_step
    mels = np.linspace(0, top, MELS + 2)
    edges = np.where(mels < 15, mels * step, 1000 * np.exp(log_step * (mels - 15)))
    bins = np.fft.rfftfreq(WINDOW, 1 / RATE)
    rising = (bins[None] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins[None]) / (edges[2:] - edges[1:-1])[:, None]
    triangles = np.maximum(0, np.minimum(rising, falling))
    return (triangles * (2 / (edges[2:] - edges[:-2]))[:, None]).astype(np.float32)


def mel_of(sound):
    """Log-mel picture of `sound`, 80 bands by 100 frames a second, as Whisper was trained on it."""
    whole = LONGEST_SECONDS * RATE
    if len(sound) > whole:
        raise ValueError(f"a bulletin of {len(sound) / RATE:.1f} s: the listener hears {LONGEST_SECONDS} s at once")
    padded = np.zeros(whole, np.float32)
    padded[: len(sound)] = sound
    wide = np.pad(padded, WINDOW // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(wide, WINDOW)[::HOP][:-1]
    power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW + 1)[:-1].astype(np.float32), axis=1)) ** 2
    log = np.log10(np.maximum(mel_filters() @ power.T, 1e-10))
    return np.ascontiguousarray((np.maximum(log, log.max() - 8.0) + 4.0) / 4.0, dtype=np.float32)
