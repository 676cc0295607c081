"""How a box gets a sound from its ward's page: by HTTP, with Range where a part is here, judged before it counts.

The part stays on the disk when the line breaks, so that the next try goes on behind it; a whole file whose bytes are
not those of its name is thrown away. It follows no redirect: the page's address stands in the box's own file.
"""

import http.client
import logging
from pathlib import Path

from audio_assets.library import Library
from audio_assets.part_file import disk_faults
from scheduler.clock import SystemClock
from scheduler.core.cluster_plan import BoxClip
from scheduler.core.cluster_vendor import sound_path
from scheduler.errors import Refused
from scheduler.judged import Addresses, UnreachableError, Wire, connected
from scheduler.net.address_policy import SourceKind, check_url

__all__ = ["fetch_clip"]

log = logging.getLogger(__name__)

SECONDS = 600.0
_PIECE = 1 << 16
_WHOLE, _PART, _GONE, _RANGE = 200, 206, 404, 416


def fetch_clip(page_url: str, clip: BoxClip, library: Library, folder: Path, *, seconds: float = SECONDS) -> None:
    """Bring one sound into the library; there already is done. `folder`: where parts wait.

    Raises Refused: cluster_page_unreachable, cluster_page_refused, cluster_sound_slow, cluster_sound_cut,
    cluster_sound_wrong, disk_full, disk_readonly.
    """
    if library.has(clip.sha256):
        return
    part = folder / f"{clip.sha256}.part"
    with disk_faults():
        folder.mkdir(parents=True, exist_ok=True)
        had = part.stat().st_size if part.exists() else 0
        if had >= clip.bytes:
            part.unlink()
            had = 0
        _fetch(page_url, clip, part, had, seconds)
    try:
        library.adopt(part, clip.sha256)
    except Refused as refused:
        if refused.reason in {"audio_changed", "audio_damaged"}:
            part.unlink(missing_ok=True)
            raise Refused("cluster_sound_wrong", sha256=clip.sha256[:12]) from refused
        raise


def _fetch(page_url: str, clip: BoxClip, part: Path, had: int, seconds: float) -> None:
    source = check_url(page_url.rstrip("/") + sound_path(clip.sha256), allow_private=True)
    if source.kind is not SourceKind.STREAM:
        raise Refused("cluster_page_unreachable", host=source.host)
    try:
        plain = connected(source, Addresses(allow_private=True, connect=min(seconds, 5.0)))
    except UnreachableError as error:
        raise Refused("cluster_page_unreachable", host=source.host) from error
    wire = Wire(plain, seconds, SystemClock().monotonic)
    response: http.client.HTTPResponse | None = None
    lines = {
        "Host": source.host_header,
        "User-Agent": "LoaPhuong",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    if had:
        lines |= {"Range": f"bytes={had}-", "If-Range": f'"{clip.sha256}"'}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    try:
        wire.send(f"GET {source.target} HTTP/1.1\r\n{head}\r\n".encode("ascii"))
        response = http.client.HTTPResponse(wire)  # type: ignore[arg-type]  # a socket to it
        response.begin()
        if response.status not in {_WHOLE, _PART}:
            if response.status == _RANGE:
                part.unlink(missing_ok=True)
            raise Refused("cluster_page_refused", status=response.status)
        _keep(response, clip, part, had if response.status == _PART else 0)
    except TimeoutError as error:
        raise Refused("cluster_sound_slow", seconds=f"{seconds:g}") from error
    except (http.client.HTTPException, ValueError, ConnectionError) as error:
        raise Refused("cluster_sound_cut", host=source.host) from error
    finally:
        if response is not None:
            response.close()
        wire.close()


def _keep(response: http.client.HTTPResponse, clip: BoxClip, part: Path, had: int) -> None:
    """Write what comes behind what is here; no more than was promised, and no less."""
    with part.open("ab" if had else "wb") as file:
        while piece := response.read1(_PIECE):
            had += len(piece)
            if had > clip.bytes:
                break
            file.write(piece)
    if had > clip.bytes:
        part.unlink(missing_ok=True)
        raise Refused("cluster_sound_wrong", sha256=clip.sha256[:12])
    if had < clip.bytes:
        raise Refused("cluster_sound_cut", host="")
