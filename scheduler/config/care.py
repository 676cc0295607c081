"""The keys of how a station is kept from harm: its nightly backups, and whom it tells of its faults.

One part of the table in `config.keys`; a check looks at one value alone. What a backup holds is `backup`'s.
"""

from dataclasses import dataclass

from scheduler.config.checks import Names, between, each, hosts, key, one_of, speech_server
from scheduler.core.mobile_numbers import mobile
from scheduler.core.written_times import parse_time
from scheduler.kernel.errors import Refused

__all__ = ["BackupConfig", "FaultsConfig"]


def _wall_time(text: str) -> str | None:
    try:
        parse_time(text)
    except Refused:
        return 'phải viết như "02:30"'
    return None


def _number(text: str) -> str | None:
    try:
        mobile(text, zero_may_be_lost=False)
    except Refused:
        return "phải là số điện thoại di động, như 0912345678"
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
        "", "File that holds the passphrase and nothing else (0600); with it backups are encrypted.", names=Names.SECRET
    )


@dataclass(frozen=True, slots=True)
class FaultsConfig:
    command: tuple[str, ...] = key(
        (),
        "Command that is told when a fault begins and when it is over, word by word; it reads one JSON document from "
        "its standard input and is run again later unless it ends with 0. Empty = no such command.",
    )
    sms: tuple[str, ...] = key((), "Telephone numbers that get an SMS of it, by the gateway of [sms].", each(_number))
    webhook: str = key("", "Address that gets the same JSON document by POST; empty = none.", speech_server)
    allowed_hosts: tuple[str, ...] = key(
        (), "Hosts or networks (CIDR) that the webhook may be at although private, or reached by http://.", hosts
    )
    timeout_seconds: float = key(10.0, "A command or an answer that takes longer is given up.", between(1, 60))
