"""Piper's Vietnamese voices that can be downloaded: what each is, how large, under which licence, and its check sums.

The figures stand in `piper_voices.toml` beside this file. A name says where its files lie, as in Piper's own
downloader: vi_VN-vais1000-medium is vi/vi_VN/vais1000/medium. Nothing is asked over the network here.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["FileFigures", "PiperListing", "known_voices"]

_FILE = Path(__file__).with_name("piper_voices.toml")
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class FileFigures:
    """Size in bytes and check sums, in hex, of a file; `sha256` is empty where nobody has published it."""

    bytes: int
    md5: str
    sha256: str = ""

    def fits(self, path: Path) -> bool:
        """Whether the file there is this one. Raises OSError for one that cannot be read."""
        if not path.is_file() or path.stat().st_size != self.bytes:
            return False
        md5, sha256 = hashlib.md5(usedforsecurity=False), hashlib.sha256()
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                md5.update(piece)
                sha256.update(piece)
        return md5.hexdigest() == self.md5 and self.sha256 in {"", sha256.hexdigest()}


@dataclass(frozen=True, slots=True)
class PiperListing:
    """A voice that can be had. `licence`: of the recordings it was trained on, empty = its makers name none."""

    name: str
    rate: int
    """Samples a second."""
    speakers: int
    licence: str
    source: str
    """The recordings: an address or a name."""
    model: FileFigures
    settings: FileFigures

    @property
    def path(self) -> str:
        """The folder of its files below the source's address, such as vi/vi_VN/vais1000/medium."""
        code, voice, quality = self.name.split("-")
        return f"{code.partition('_')[0]}/{code}/{voice}/{quality}"

    @property
    def bytes(self) -> int:
        """What is downloaded in all, but for its card."""
        return self.model.bytes + self.settings.bytes


@cache
def known_voices() -> Mapping[str, PiperListing]:
    """Every voice by its name; the first one is the one that is offered."""
    with _FILE.open("rb") as file:
        rows = tomllib.load(file)
    return {name: _listing(name, row) for name, row in rows.items()}


def _listing(name: str, row: Mapping[str, object]) -> PiperListing:
    figures = {key: FileFigures(**row[key]) for key in ("model", "settings")}  # type: ignore[arg-type]
    told = {key: value for key, value in row.items() if key not in figures}
    return PiperListing(name, **told, **figures)  # type: ignore[arg-type]
