"""How a box gets a sound from its ward's page: by HTTP, with Range where a part is here, judged before it counts.

The part stays on the disk when the line breaks, so that the next try goes on behind it; a whole file whose bytes are
not those of its name is thrown away. It follows no redirect: the page's address stands in the box's own file.
"""

import logging
from pathlib import Path

from audio_assets.library import Library
from audio_assets.part_file import disk_faults
from scheduler.extras.boxes.rules.plan import BoxClip
from scheduler.extras.boxes.rules.vendor import sound_path
from scheduler.kernel.errors import Refused
from scheduler.kernel.net.client import Addresses, Answer, HttpClient, Limits
from scheduler.kernel.net.faults import HttpFault, told_as

__all__ = ["fetch_clip"]

log = logging.getLogger(__name__)

SECONDS = 600.0
_LONGEST_CONNECT = 5.0
_WHOLE, _PART, _GONE, _RANGE = 200, 206, 404, 416
REASONS = dict.fromkeys(HttpFault, "cluster_page_unreachable") | {
    HttpFault.SLOW: "cluster_sound_slow",
    HttpFault.CUT_OFF: "cluster_sound_cut",
    HttpFault.BAD_ANSWER: "cluster_sound_cut",
}


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
    client = HttpClient(Addresses(allow_private=True), Limits(seconds, connect=min(seconds, _LONGEST_CONNECT)))
    headers = {"Range": f"bytes={had}-", "If-Range": f'"{clip.sha256}"'} if had else {}
    url = page_url.rstrip("/") + sound_path(clip.sha256)
    with told_as(REASONS), client.ask("GET", url, headers=headers) as answer:
        if answer.status not in {_WHOLE, _PART}:
            if answer.status == _RANGE:
                part.unlink(missing_ok=True)
            raise Refused("cluster_page_refused", status=answer.status)
        _keep(answer, clip, part, had if answer.status == _PART else 0)


def _keep(answer: Answer, clip: BoxClip, part: Path, had: int) -> None:
    """Write what comes behind what is here; no more than was promised, and no less."""
    with part.open("ab" if had else "wb") as file:
        while piece := answer.read():
            had += len(piece)
            if had > clip.bytes:
                break
            file.write(piece)
    if had > clip.bytes:
        part.unlink(missing_ok=True)
        raise Refused("cluster_sound_wrong", sha256=clip.sha256[:12])
    if had < clip.bytes:
        raise Refused("cluster_sound_cut", host=answer.source.host)
