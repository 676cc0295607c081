"""What may stand in a backup file: plain files under names of a station, each once, no larger than the file itself.

A file from elsewhere is told by its first member, before the rest is read. What was held back when a backup is written
(locks, the log of writes beside a database) is not taken out of one either. Hashes are `services.backup.archive`'s.
"""

import tarfile
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from scheduler.kernel.errors import Refused
from scheduler.services.backup.sounds import BackupSound
from scheduler.store.database import instant_of

__all__ = ["Members", "listed", "parts_of"]

_PLAIN = frozenset({tarfile.REGTYPE, tarfile.AREGTYPE})
_LONGEST = 200
"""Letters of one part of a name."""


class Members:
    """Judges the members of one file, in their order."""

    def __init__(self, most: int, head: str, *, own: frozenset[str], is_left: Any) -> None:
        """`most`: bytes of the whole file. `head`: name of the first member. `own`: names beside data and config.
        `is_left`: whether a name below data is never backed up.
        """
        self._most, self._head, self._own, self._is_left = most, head, own, is_left
        self._seen: set[str] = set()

    def judge(self, member: tarfile.TarInfo) -> None:
        """Raises Refused backup_not_ours, backup_damaged."""
        name = member.name
        if not self._seen and name != self._head:
            raise Refused("backup_not_ours")
        is_plain = member.type in _PLAIN and not member.issparse() and 0 <= member.size <= self._most
        self._most -= max(member.size, 0)
        if not is_plain or name in self._seen or not (name in self._own or self._is_named(name)):
            raise Refused("backup_damaged", part=name[:80])
        self._seen.add(name)

    def _is_named(self, name: str) -> bool:
        parts = parts_of(name)
        return not (parts[0] == "data" and self._is_left("/".join(parts[1:])))


def parts_of(name: str) -> tuple[str, ...]:
    """The parts of a member's name. Raises Refused backup_damaged for one that is no place of a station."""
    parts = PurePosixPath(name).parts
    good = len(parts) > 1 and parts[0] in {"data", "config"} and not {"..", "/", ""} & set(parts)
    strange = any("\\" in part or ":" in part or not part.isprintable() or len(part) > _LONGEST for part in parts)
    if not good or strange or "/".join(parts) != name:
        raise Refused("backup_damaged", part=name[:80])
    return parts


def listed(
    head: Mapping[str, Any], told: Mapping[str, Any]
) -> tuple[dict[str, tuple[int, str]], dict[str, BackupSound], int, str]:
    """Members and sounds of a list, rows of the journal and when it was made. Raises Refused backup_damaged."""
    try:
        members = {str(name): (int(size), str(sum_)) for name, (size, sum_) in told.get("members", {}).items()}
        sounds = {
            str(name): BackupSound(int(size), str(sum_), str(place))
            for name, (size, sum_, place) in told.get("sounds", {}).items()
        }
        rows, made_at = int(head.get("journal_rows", 0)), str(head.get("made_at", ""))
        instant_of(made_at)
    except (AttributeError, TypeError, ValueError, OverflowError) as error:
        raise Refused("backup_damaged", part="danh-sach.json") from error
    for name in sounds:
        parts_of(name)
    return members, sounds, rows, made_at
