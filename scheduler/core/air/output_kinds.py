"""The table of the kinds of output: what each is called, and what may be believed of it.

One row a kind. What config.toml takes, how pages and log name an output, whether a loudspeaker stands behind it: all of
that is read from here. How a kind is made stands in `scheduler/playout/outputs/<kind>.py`; this table opens nothing.
"""

from dataclasses import dataclass

__all__ = ["OUTPUT_KINDS", "OutputKind", "output_kind"]


@dataclass(frozen=True, slots=True)
class OutputKind:
    """One kind of output, by the name that config.toml has for it."""

    name: str
    label: str
    """As a table names it."""
    called: str
    """The same in the middle of a sentence."""
    logged: str
    """The same in a line of the log: "output loa is open and goes to …"."""
    counts: bool = True
    """Whether a loudspeaker stands behind it, where the configuration does not say (`output.counts`)."""
    is_file: bool = False
    """It goes without saying that no loudspeaker sounds there."""
    needs_device: bool = False
    """It is nothing without a `device`: where it sends to."""
    not_known: str = ""
    """Of one that nobody answers, unless somebody is asked: the sentence that only the sending is known."""
    remark: str = ""
    """Beside its name in the help of config.toml."""


_ROWS = (
    OutputKind(
        "auto",
        "Card âm thanh, hoặc tệp WAV nếu không có card",
        "card âm thanh nếu có, không thì tệp WAV",
        "the sound card, or WAV files without one",
        remark="sound card if there is one, else wavfile",
    ),
    OutputKind("soundcard", "Card âm thanh", "card âm thanh", "the sound card"),
    OutputKind("wavfile", "Ghi ra tệp WAV", "ghi ra tệp WAV", "WAV files", counts=False, is_file=True),
    OutputKind(
        "null",
        "Không phát ra đâu",
        "bỏ mọi âm thanh",
        "nothing: every sound is discarded",
        counts=False,
        is_file=True,
    ),
    OutputKind("fifo", "Ống dẫn (FIFO)", "ống dẫn (FIFO)", "the pipe"),
    OutputKind(
        "rtp",
        "Mạng (RTP)",
        "mạng RTP",
        "the RTP address",
        needs_device=True,
        not_known="Chỉ biết đã gửi đi; không biết loa có nhận được hay không",
    ),
    OutputKind(
        "icecast",
        "Máy chủ Icecast",
        "máy chủ Icecast",
        "the Icecast server",
        counts=False,
        needs_device=True,
        not_known="Chỉ biết máy chủ đã nhận; không biết có loa nào phát hay không",
    ),
    OutputKind(
        "snapcast",
        "Máy chủ Snapcast",
        "máy chủ Snapcast",
        "the Snapcast server",
        needs_device=True,
        not_known="Chỉ biết đã gửi tới máy chủ; không biết có loa nào đang nối hay không",
    ),
)
OUTPUT_KINDS = {row.name: row for row in _ROWS}
"""`output.kind` of config.toml -> its row."""


def output_kind(name: str) -> OutputKind:
    """Its row; of a kind that another release has reported, its name must do."""
    return OUTPUT_KINDS.get(name) or OutputKind(name, name, name, name)
