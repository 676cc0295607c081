"""The table of the voice engines: what each is called, whether it needs a network, how fast it reads.

One row an engine. What config.toml, an announcement and the commands may ask for, and how pages name a voice, is read
from here. How an engine is made stands in `audio_assets/speech/<name>_engine.py`; this table loads nothing.
"""

from dataclasses import dataclass
from pathlib import Path

from scheduler.kernel.words import Words

__all__ = ["ONLINE", "VOICE_ENGINES", "VoiceEngine"]

_SLOWEST = 3.45
_NAMES = Words(Path(__file__).parent / "announcement", "engines", str)


@dataclass(frozen=True, slots=True)
class VoiceEngine:
    """One engine, by the name that config.toml has for it."""

    name: str
    syllables: float = _SLOWEST
    """About how many syllables it says a second at its own pace; of one that nobody has measured a slow guess."""
    online: bool = False
    """It needs a network: an emergency does not wait for it."""
    remark: str = ""
    """Beside its name in the help of config.toml."""

    @property
    def called(self) -> str:
        """As people call it."""
        return _NAMES[self.name]


_ROWS = (
    VoiceEngine("gtts", syllables=4.0, online=True),
    VoiceEngine("server", online=True, remark="see voice_server"),
    VoiceEngine("piper", syllables=4.0),
    VoiceEngine("espeak", syllables=3.45),
)
"""eSpeak NG as measured on fifteen scripts, each within 4 %. The others are guesses: a station measures its voice."""
VOICE_ENGINES = {row.name: row for row in _ROWS}
"""The name in `speech.engines` of config.toml -> its row, whether this station has that voice or not."""
ONLINE = frozenset(row.name for row in _ROWS if row.online)
