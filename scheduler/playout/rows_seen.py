"""Which state of the database a turn of playout began with, and which one its rows were read at last.

It asks the database once a turn. Rows are read by others, where `now` is another than what was `looked` at.
"""

from scheduler.store.database import Store
from scheduler.store.station.settings import SettingRows

__all__ = ["RowsSeen", "Version"]

Version = tuple[int, int]
_NOTHING = (-1, -1)


class RowsSeen:
    """Used by the service's thread alone."""

    def __init__(self, store: Store, settings: SettingRows) -> None:
        self._store, self._settings = store, settings
        self._turn: Version = _NOTHING
        self._looked: Version = _NOTHING

    def begin(self) -> Version:
        """A turn begins: the version that it has until its end, but for what it writes itself. May fail."""
        self._turn = _NOTHING
        version = self._store.version()
        self._settings.hold(version)
        self._turn = version
        return version

    def now(self) -> Version:
        """The same with what this turn has written until now, which is news. May fail."""
        version = self._store.version() if self._turn == _NOTHING else (self._turn[0], self._store.own_changes())
        self._settings.hold(version)
        return version

    def is_news(self, version: Version) -> bool:
        return version != self._looked

    def looked(self, version: Version) -> None:
        """The rows were read at this version."""
        self._looked = version

    def forget(self) -> None:
        """They are to be read again, whatever the version."""
        self._looked = _NOTHING

    def end(self, version: Version | None) -> int:
        """The turn is over: what it wrote itself after it looked at `version` is no news. Gives all it ever wrote."""
        changes = self._store.own_changes()
        if version is not None and self._looked == version:
            self._looked = version[0], changes
        return changes

    @property
    def is_behind(self) -> bool:
        """Whether rows have changed that no turn has looked at yet."""
        return self.is_news(self._store.version())
