"""One sound of the town into one file: by Range where a part is there already, counted only when its hash is right.

A part lies beside the file as `<sha256>.part`, what the server called that version as `<sha256>.etag`; both outlive
the process. When and in which order sounds are asked for is the link's to decide; nothing here opens the database.
"""

import hashlib
import re
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from scheduler.extras.town.broker.web import TownWeb
from scheduler.kernel.causes import reason_of
from scheduler.kernel.errors import Refused
from scheduler.kernel.net.client import Answer

__all__ = ["LEAST_BYTES_A_SECOND", "fetch_clip", "sweep"]

LEAST_BYTES_A_SECOND = 4_000
"""A slower line than this is a broken one: the rest is asked for at the next turn."""
LEAST_SECONDS = 30.0
_ENDING = re.compile(r"\.(?!part|etag)[a-z0-9]{1,5}\Z")
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_GOOD, _PART, _BEYOND = 200, 206, 416


def fetch_clip(web: TownWeb, url: str, sha256: str, size: int, folder: Path) -> Path:
    """The whole, verified file of `size` bytes in `folder`; what is half there is gone on with.

    Raises Refused: town_clip_wrong (hash or size is another; nothing of it is kept), link_clip_refused (the server's
    status), a fault of the disk as `causes` names it, and what `TownWeb.get` raises; then the part stays.
    """
    ending = _ENDING.search(url.partition("?")[0])
    whole, part, mark = (folder / f"{sha256}{end}" for end in (ending[0] if ending else "", ".part", ".etag"))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if whole.exists():
            part.unlink(missing_ok=True)
            whole.rename(part)  # of an earlier life; trusted no more than a part
        had = part.stat().st_size if part.exists() else 0
        if had < size:
            _more(web, url, size, part, mark)
        _verify(part, sha256, size)
        part.rename(whole)
        mark.unlink(missing_ok=True)
    except OSError as error:
        raise Refused(reason_of(error, "disk_readonly")) from error
    except Refused as refused:
        if refused.reason == "town_clip_wrong":
            part.unlink(missing_ok=True)
            mark.unlink(missing_ok=True)
        raise
    return whole


def _more(web: TownWeb, url: str, size: int, part: Path, mark: Path) -> None:
    """Ask for what is missing, all of it where nobody knows what the part is a part of."""
    etag = mark.read_text(encoding="utf-8") if mark.exists() and part.exists() else ""
    had = part.stat().st_size if etag else 0
    headers = {"Range": f"bytes={had}-", "If-Range": etag} if had else {}
    seconds = max(LEAST_SECONDS, (size - had) / LEAST_BYTES_A_SECOND)
    with web.get(url, seconds, headers) as answer:
        if answer.status == _BEYOND:
            raise Refused("town_clip_wrong")
        if answer.status == _PART and _begins_at(answer, size) != had:
            raise Refused("town_clip_wrong")
        if answer.status not in {_GOOD, _PART}:
            raise Refused("link_clip_refused", status=answer.status)
        goes_on = answer.status == _PART
        _keep_mark(answer, mark)
        with part.open("ab" if goes_on else "wb") as file:
            _copy(answer, file, had if goes_on else 0, size)


def _copy(answer: Answer, file: BinaryIO, had: int, size: int) -> None:
    while piece := answer.read():
        had += len(piece)
        if had > size:
            raise Refused("town_clip_wrong")
        file.write(piece)


def _keep_mark(answer: Answer, mark: Path) -> None:
    """Only a strong mark tells two versions of the same bytes apart; without one the next try begins anew."""
    etag = answer.headers.get("etag", "")
    if etag.startswith('"') and etag.isascii() and etag.isprintable() and len(etag) <= 200:  # noqa: PLR2004 - a header
        mark.write_text(etag, encoding="utf-8")
    else:
        mark.unlink(missing_ok=True)


def _begins_at(answer: Answer, size: int) -> int:
    """Where a part begins, if it is a part of a file of this size; -1 = it is not."""
    told = _RANGE.fullmatch(answer.headers.get("content-range", ""))
    return int(told[1]) if told and int(told[3]) == size else -1


def _verify(part: Path, sha256: str, size: int) -> None:
    digest = hashlib.sha256()
    with part.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    if part.stat().st_size != size or digest.hexdigest() != sha256:
        raise Refused("town_clip_wrong")


def sweep(folder: Path, before: float) -> int:
    """Remove what nobody has written to since `before` (unix seconds): parts that are wanted no more; how many."""
    count = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(OSError):  # another has been quicker
            if path.is_file() and path.stat().st_mtime < before:
                path.unlink()
                count += 1
    return count
