"""The keys of how a station is kept from harm: its nightly backups.

One part of the table in `config_keys`; a check looks at one value alone. What a backup holds is `store.backup`'s.
"""

from dataclasses import dataclass

from scheduler.config_checks import between, key, one_of
from scheduler.core.written_times import parse_time
from scheduler.errors import Refused

__all__ = ["BackupConfig"]


def _wall_time(text: str) -> str | None:
    try:
        parse_time(text)
    except Refused:
        return 'phải viết như "02:30"'
    return None


@dataclass(frozen=True, slots=True)
class BackupConfig:
    folder: str = key(
        "",
        "Folder of the backups, best on another disk, relative to this file; empty = the data folder's own, and none "
        "is made at night.",
    )
    at: str = key("02:30", "Local time from which the nightly backup is made.", _wall_time)
    keep: int = key(7, "How many backups are kept there; older ones are removed.", between(1, 1000))
    sounds: str = key(
        "inside",
        "inside = each backup holds every sound; beside = sounds are kept once in a folder beside the backups, and a "
        "night writes only the new ones.",
        one_of("inside", "beside"),
    )
    passphrase_file: str = key(
        "", "File that holds the passphrase and nothing else (0600); with it backups are encrypted."
    )
