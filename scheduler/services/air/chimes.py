"""The station's own chimes on its shelf: made once for the loudness the station speaks at, and anew when that changes.

What the configuration asks for is there before the station's first minute; the rest is made by the worker when it has
made some speech and has nothing to do, so that people can listen and choose. Which chime an airing has is `rundowns`'
to say.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from audio_assets.library import Clip
from scheduler.core.air.chimes import CHIMES, DRILL, chime_key
from scheduler.core.announcement.kept import StoredClip
from scheduler.services.repositories import Repositories
from scheduler.store import Row, instant_text

if TYPE_CHECKING:
    from audio_assets.loudness import Pcm

__all__ = ["ChimeService"]

_NEWEST = "SELECT * FROM clip WHERE origin = 'bundled' AND title = ? ORDER BY created_at DESC, rowid DESC LIMIT 1"
_SHELF = "SELECT title, sha256 FROM clip WHERE origin = 'bundled' ORDER BY created_at, rowid"


class ChimeService:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos

    def prepare(self, add: "Callable[[Pcm], Clip] | None" = None) -> None:
        """Make what the configuration has airings begin and end with, where it is not there yet.

        `add`: keeps a sound; None = the library, measured.
        """
        chosen = self._repos.config.chime
        for name in (chosen.open, chosen.close, chosen.emergency, DRILL):
            if not self._is_there(name):
                self._make(name, add or self._repos.library.add_master)

    def make_one(self) -> bool:
        """Make the first chime that is not there yet; False when all are."""
        missing = next((name for name in CHIMES if not self._is_there(name)), None)
        if missing:
            self._make(missing, self._repos.library.add_master)
        return missing is not None

    def shelf(self) -> list[tuple[str, str | None]]:
        """Every chime by name with the sha256 of its sound; None = not made yet."""
        newest = {row["title"]: row["sha256"] for row in self._repos.store.rows(_SHELF)}
        return [(name, newest.get(name)) for name in CHIMES]

    def _is_there(self, name: str) -> bool:
        row = self._row(name)
        return row is not None and row["cache_key"] == self._key(name) and self._repos.library.has(row["sha256"])

    def _row(self, name: str) -> Row | None:
        return self._repos.store.row(_NEWEST, (name,))

    def _key(self, name: str) -> str:
        audio = self._repos.config.audio
        return chime_key(name, audio.target_lufs, audio.max_true_peak_dbtp)

    def _make(self, name: str, add: "Callable[[Pcm], Clip]") -> None:
        from audio_assets.chime import chime  # numpy, once: an idle page and worker do without

        repos, now = self._repos, self._repos.clock.now()
        clip = add(chime(name, repos.config.audio.target_lufs, repos.config.audio.max_true_peak_dbtp))
        kept = StoredClip(
            sha256=clip.sha256,
            title=name,
            origin="bundled",
            frames=clip.frames,
            created_at=now,
            created_by=repos.people.machine(now).id,
            lufs=clip.lufs,
            true_peak_dbtp=clip.true_peak_dbtp,
            cache_key=self._key(name),
        )
        with repos.store.write() as db:
            if not repos.programme.add_clip(kept):  # the loudness it had before is wanted again: it is the newest now
                values = (name, kept.cache_key, instant_text(now), kept.sha256)
                db.conn.execute("UPDATE clip SET title = ?, cache_key = ?, created_at = ? WHERE sha256 = ?", values)
