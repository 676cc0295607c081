"""The table of the kinds of output: what each is called, and what may be believed of it.

One row a kind. What config.toml takes, how pages and log name an output, whether a loudspeaker stands behind it: all of
that is read from here. How a kind is made stands in `scheduler/playout/outputs/<kind>.py`; this table opens nothing.
"""

from dataclasses import dataclass
from pathlib import Path

from scheduler.kernel.words import Words

__all__ = ["OUTPUT_KINDS", "OutputKind", "output_kind"]

_HERE = Path(__file__).parent
_LABELS = Words(_HERE, "output_labels", str)
_NAMES = Words(_HERE, "output_names", str)
_NOT_KNOWN = Words(_HERE, "output_not_known", str)


@dataclass(frozen=True, slots=True)
class OutputKind:
    """One kind of output, by the name that config.toml has for it."""

    name: str
    logged: str
    """In a line of the log: "output loa is open and goes to …"."""
    counts: bool = True
    """Whether a loudspeaker stands behind it, where the configuration does not say (`output.counts`)."""
    is_file: bool = False
    """It goes without saying that no loudspeaker sounds there."""
    needs_device: bool = False
    """It is nothing without a `device`: where it sends to."""
    unanswered: bool = False
    """Nobody answers it: only the sending is known, unless somebody is asked."""
    remark: str = ""
    """Beside its name in the help of config.toml."""

    @property
    def label(self) -> str:
        """As a table names it."""
        return _LABELS.get(self.name, self.name)

    @property
    def called(self) -> str:
        """The same in the middle of a sentence."""
        return _NAMES.get(self.name, self.name)

    @property
    def not_known(self) -> str:
        """Of one that is not answered: the sentence that only the sending is known."""
        return _NOT_KNOWN.get(self.name, "")


_ROWS = (
    OutputKind("auto", "the sound card, or WAV files without one", remark="sound card if there is one, else wavfile"),
    OutputKind("soundcard", "the sound card"),
    OutputKind("wavfile", "WAV files", counts=False, is_file=True),
    OutputKind("null", "nothing: every sound is discarded", counts=False, is_file=True),
    OutputKind("fifo", "the pipe"),
    OutputKind("rtp", "the RTP address", needs_device=True, unanswered=True),
    OutputKind("icecast", "the Icecast server", counts=False, needs_device=True, unanswered=True),
    OutputKind("snapcast", "the Snapcast server", needs_device=True, unanswered=True),
)
OUTPUT_KINDS = {row.name: row for row in _ROWS}
"""`output.kind` of config.toml -> its row."""


def output_kind(name: str) -> OutputKind:
    """Its row; of a kind that another release has reported, its name must do."""
    return OUTPUT_KINDS.get(name) or OutputKind(name, name)
