"""Scripts, styles and pictures of the pages: the core's, and those of an extra in `static/` of its folder.

All have one kind of address, `/static/<name>`, which changes with the file so that browsers may keep it for ever.
"""

import hashlib
from functools import cache
from pathlib import Path

from flask import Response, send_from_directory

from scheduler.features import FEATURES, folder_of
from web.http.compressed import compress
from web.language import TwoLanguages

__all__ = ["Pages", "asset", "static_file"]

_OWN = Path(__file__).parent / "static"
_FOLDERS = (_OWN, *(folder_of(feature) / "static" for feature in FEATURES))


class Pages(TwoLanguages):
    """The application, with the static files of extras beside its own."""

    def send_static_file(self, filename: str) -> Response:
        path = static_file(filename)
        folder = next((one for one in _FOLDERS if path.is_relative_to(one)), _OWN)
        return compress(send_from_directory(folder, filename, max_age=self.get_send_file_max_age(filename)), path)


def static_file(name: str) -> Path:
    """Where a file lies; below the core's own folder where nobody has it. The name is a stranger's: it leads out of
    none of these folders only where `send_from_directory` has checked it.
    """
    found = next((folder for folder in _FOLDERS[1:] if "/" not in name and (folder / name).is_file()), _OWN)
    return found / name


def asset(name: str) -> str:
    """The address of a static file."""
    return f"/static/{name}?{_digest(name)}"


@cache
def _digest(name: str) -> str:
    return hashlib.sha256(static_file(name).read_bytes()).hexdigest()[:12]
