"""Scripts, styles and pictures of the pages: the core's, and those of an extra in `static/` of its folder.

All have one kind of address, `/static/<name>`, which changes with the file so that browsers may keep it for ever. Text
leaves the house compressed, each file once for each of its versions: an old line carries it in a third of the time.
Pages are never compressed: they hold a session's token beside words that a visitor may have chosen, and the length of
the two together would tell of both (BREACH).
"""

import gzip
import hashlib
from functools import cache, lru_cache
from pathlib import Path

from flask import Response, request, send_from_directory

from scheduler.features import FEATURES, folder_of
from web.language import TwoLanguages

__all__ = ["Pages", "asset", "static_file"]

TYPES = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml"})
LEAST = 1000
"""Bytes below which compressing is not worth a header."""
_OWN = Path(__file__).parent / "static"
_FOLDERS = (_OWN, *(folder_of(feature) / "static" for feature in FEATURES))


class Pages(TwoLanguages):
    """The application, with the static files of extras beside its own."""

    def send_static_file(self, filename: str) -> Response:
        path = static_file(filename)
        folder = next((one for one in _FOLDERS if path.is_relative_to(one)), _OWN)
        return _compressed(send_from_directory(folder, filename, max_age=self.get_send_file_max_age(filename)), path)


def static_file(name: str) -> Path:
    """Where a file lies; below the core's own folder where nobody has it. The name is a stranger's: it leads out of
    none of these folders only where `send_from_directory` has checked it.
    """
    found = next((folder for folder in _FOLDERS[1:] if "/" not in name and (folder / name).is_file()), _OWN)
    return found / name


def _compressed(response: Response, path: Path) -> Response:
    """The answer with a static file, as the browser asked for it. `path`: of the file."""
    if response.mimetype not in TYPES or response.status_code != 200:  # noqa: PLR2004 - a whole file
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings.quality("gzip") <= 0 or path.stat().st_size < LEAST:
        return response
    response.close()  # the file that was opened to be sent as it is
    response.direct_passthrough = False
    response.set_data(_packed(path, path.stat().st_mtime_ns))
    response.headers["Content-Encoding"] = "gzip"
    tag, _ = response.get_etag()
    if tag:
        response.set_etag(f"{tag}-gz")
    return response


@lru_cache(maxsize=64)
def _packed(path: Path, _version: int) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)


@cache
def asset(name: str) -> str:
    """The address of a static file, as it is when it is first asked for."""
    return f"/static/{name}?{hashlib.sha256(static_file(name).read_bytes()).hexdigest()[:12]}"
