"""What a server's answer is, by its header and its first bytes: sound, a playlist that names the sound, or neither.

PURE. The header only says what is worth looking at; the bytes decide. A playlist gives one address; whether that may
be opened is asked again by whoever follows it. Segmented streams (HLS) are recognised so that they can be refused with
their own sentence.
"""

import io
from enum import StrEnum
from urllib.parse import urljoin

from audio_assets import sniff
from scheduler.kernel.errors import Refused
from scheduler.kernel.net.address_policy import shown_url

__all__ = ["Answer", "answer_of", "container_of", "playlist_entry"]

MOST_PLAYLIST = 1 << 16
_PLAYLISTS = (
    "audio/x-scpls",
    "audio/scpls",
    "application/pls+xml",
    "audio/x-mpegurl",
    "audio/mpegurl",
    "application/x-mpegurl",
    "application/vnd.apple.mpegurl",
)
_CONTAINERS = frozenset({"mp3", "aac", "ogg", "flac", "wav", "matroska"})
"""Those that can be joined in the middle or are sent from their start; an mp4 needs its index and cannot be relayed."""
_BINARY = ("application/ogg", "application/octet-stream", "binary/octet-stream", "video/webm", "video/ogg", "")


class Answer(StrEnum):
    AUDIO = "audio"
    PLAYLIST = "playlist"
    OTHER = "other"


def answer_of(content_type: str, encoding: str, path: str) -> Answer:
    """By the header alone. A compressed answer is none: we asked for plain bytes, and nothing here unpacks any."""
    kind = content_type.partition(";")[0].strip().lower()
    if encoding.strip().lower() not in {"", "identity"}:
        return Answer.OTHER
    named = path.partition("?")[0].lower().endswith((".m3u", ".m3u8", ".pls"))
    if kind in _PLAYLISTS or (named and (kind.startswith("text/") or kind in _BINARY)):
        return Answer.PLAYLIST
    if kind.startswith("audio/") or kind in _BINARY:
        return Answer.AUDIO
    return Answer.OTHER


def container_of(head: bytes) -> str | None:
    """The reader for a stream that begins with these bytes, or None where no stream of sound does."""
    found = sniff.container_of(io.BytesIO(head))
    return found if found in _CONTAINERS else None


def playlist_entry(text: bytes, base: str) -> str:
    """The first address of an M3U or PLS playlist, made whole by the address it came from."""
    lines = [line.strip() for line in text.decode("utf-8", "replace").lstrip("\ufeff").splitlines()]
    if any(line.startswith("#EXT-X-") for line in lines):
        raise Refused("relay_hls")
    is_pls = any(line.lower() == "[playlist]" for line in lines)
    for line in lines:
        if is_pls:
            key, _, value = line.partition("=")
            entry = value.strip() if key.strip().lower().startswith("file") else ""
        else:
            entry = "" if line.startswith(("#", "<")) else line
        if entry:
            try:
                return urljoin(base, entry)
            except ValueError as error:
                raise Refused("relay_url_invalid", url=shown_url(entry)) from error
    raise Refused("relay_not_audio")
