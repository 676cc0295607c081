"""Sounds that only typing made leave the library, once a day, row and file together.

Nothing is decided on rows that have changed since they were looked at: then all is asked again later. A file is set
aside first, the row goes in the transaction that holds the decision, and only then the file: after a kill at any moment
a file whose row is there is put back, and one without a row goes.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from scheduler.core.announcement.typed_sounds import LIFE, may_go
from scheduler.core.model import Sha256
from scheduler.services.repositories import Repositories
from scheduler.store.announcement.typed_sounds import TypedSoundRows, names_in

__all__ = ["TypedSoundService"]

log = logging.getLogger(__name__)

EVERY = timedelta(days=1).total_seconds()
SOON = timedelta(hours=1).total_seconds()
"""Seconds until the first look of a worker, and until the next where not all is done."""
MOST = 20
"""Sounds that go in one transaction: others wait for it."""
_LARGEST = 8_000_000
"""Bytes of a file beside the database that may name a sound; none that does is larger."""
_NO_NAMES = frozenset({"library", "log", "tmp", "incoming", "wav"})
"""Folders of the data folder that hold no names: sounds, what is said to people, what is half-made."""


class TypedSoundService:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos
        self._rows = TypedSoundRows(repos.store)
        self._due: float | None = None

    def work(self, breathe: Callable[[], None]) -> bool:
        """Look through the library where it is due; whether sounds have gone."""
        mono = self._repos.clock.monotonic()
        self._due = mono + SOON if self._due is None else self._due
        if mono < self._due or self._repos.store.is_fenced:
            return False
        self._due = mono + SOON
        gone, is_all = self.remove(breathe)
        if is_all:
            self._due = mono + EVERY
        return gone > 0

    def remove(self, breathe: Callable[[], None] = lambda: None) -> tuple[int, bool]:
        """Take out what only typing made, `MOST` at most: how many, and whether nothing is left to ask again.

        `breathe` is called between two parts of the look; nothing goes where a row has changed meanwhile.
        """
        store, now = self._repos.store, self._repos.clock.now()
        seen = store.version()
        sounds = [one.sha256 for one in self._rows.old(now - LIFE, breathe) if may_go(one, now)]
        if sounds:
            named = self._named_by_files()
            sounds = [one for one in sounds if one not in named]
        if not sounds:
            return 0, True
        try:
            with store.write():
                if store.version() != seen:
                    return 0, False
                self._take_out(sounds[:MOST])
        finally:
            self.settle()
        log.info("sounds that only typing made, gone from the library: %d", len(sounds[:MOST]))
        return len(sounds[:MOST]), len(sounds) <= MOST

    def settle(self) -> None:
        """What a kill has left set aside: back where its row is there, gone where it is not."""
        library = self._repos.library
        aside = library.aside()
        if not aside or self._repos.store.is_fenced:
            return
        with self._repos.store.write():
            for sha256 in aside:
                if self._rows.has(sha256):
                    library.put_back(sha256)
                else:
                    library.drop_aside(sha256)

    def _take_out(self, sounds: Sequence[Sha256]) -> None:
        self._repos.library.set_aside(sounds)
        self._rows.take_out(sounds)
        self._repos.audit.event("typed_sounds_gone", subject="clip", note=str(len(sounds)))

    def _named_by_files(self) -> set[str]:
        """What the files beside the database name: orders of the red lane, words of the moment, the configuration."""
        data, found = self._repos.written.data, set[str]()
        for path in (self._repos.written.folder / "config.toml", *data.rglob("*")):
            inside = path.relative_to(data).parts if path.is_relative_to(data) else ()
            if inside and (inside[0] in _NO_NAMES or inside[0].startswith("loa.db")):
                continue
            found |= _names_of(path)
        return found


def _names_of(path: Path) -> set[str]:
    """A file that goes while it is read names nothing any more."""
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return set()
        return names_in(path.read_bytes()) | names_in(path.name.encode())
    except FileNotFoundError:
        return set()
