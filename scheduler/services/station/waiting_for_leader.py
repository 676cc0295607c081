"""How much waits for a leader, of every kind: the number that stands beside Duyệt on every page.

Counts and nothing else; what waits is shown, and decided, where it belongs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from scheduler.core.announcement.voices import UpgradeState
from scheduler.core.model import AnnouncementState
from scheduler.features import FEATURES, Waits
from scheduler.services.repositories import Repositories

__all__ = ["Waiting", "WaitingService"]

_COUNTS = (
    "SELECT (SELECT count(*) FROM announcement WHERE state = :submitted AND kind = 'text') AS announcements,"
    " (SELECT count(*) FROM announcement WHERE state = :submitted AND kind = 'relay') AS relays,"
    " (SELECT count(*) FROM upgrade u JOIN announcement a ON a.id = u.announcement_id WHERE u.state = :waiting"
    "   AND a.state = :approved AND a.approved_sha256 = u.from_sha256 AND a.audio_sha256 = u.from_sha256) AS upgrades"
)
_OF_EXTRAS = [one for feature in FEATURES for one in feature.waits]
_SQL = _COUNTS + "".join(
    f", (SELECT count(*) FROM {one.table} WHERE state = '{one.state}') AS of_{one.table}"  # noqa: S608 - by the record
    for one in _OF_EXTRAS
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a leader is asked for. `upgrades`: better readings of what is approved."""

    announcements: int
    relays: int
    upgrades: int
    of_extras: Mapping[Waits, int]

    @property
    def total(self) -> int:
        return self.announcements + self.relays + self.upgrades + sum(self.of_extras.values())


class WaitingService:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos

    def counts(self) -> Waiting:
        """How many of each kind wait now."""
        values = {
            "submitted": AnnouncementState.SUBMITTED.value,
            "approved": AnnouncementState.APPROVED.value,
            "waiting": UpgradeState.WAITING.value,
        }
        row = self._repos.store.row(_SQL, values) or {}
        of_extras = {one: row[f"of_{one.table}"] for one in _OF_EXTRAS}
        return Waiting(row["announcements"], row["relays"], row["upgrades"], of_extras)
