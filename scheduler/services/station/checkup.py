"""How the machine behind the station is: disk, clock, database, journal, backups, settings; one finding a line.

`loa doctor` and the page Tình trạng read the same findings. It looks and mends nothing; what only playout or a voice
can know is asked elsewhere.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.kernel.causes import INTERNAL, MACHINE_FAULTS, reason_of
from scheduler.kernel.database_faults import DAMAGED
from scheduler.kernel.disk_reserve import free_bytes
from scheduler.kernel.errors import Refused
from scheduler.kernel.private_files import open_to_others
from scheduler.services.station.checkup_links import links, local_text
from scheduler.services.station.findings import Finding
from scheduler.services.station.trials import trials

if TYPE_CHECKING:
    from scheduler.services import Services

__all__ = ["Finding", "checkup", "deep_checkup"]

LOW_DISK = 1_000_000_000
"""Bytes; below, recordings and backups soon fail."""
_MB, _GB = 1e6, 1e9


def checkup(services: "Services", free_bytes: Callable[[Path], int] = free_bytes) -> list[Finding]:
    """What is known at once."""
    return [
        _disk(services, free_bytes),
        _clock(services),
        _database(services),
        _private(services),
        _backup(services),
        *_settings(services),
        *links(services),
        *trials(services.repos.written),
    ]


def deep_checkup(services: "Services") -> list[Finding]:
    """What has to be read through: the database and the journal."""
    return [_integrity(services), _journal(services)]


def _disk(services: "Services", free_bytes: Callable[[Path], int]) -> Finding:
    data = services.repos.config.data
    free = free_bytes(data)
    good = free > LOW_DISK
    details = {"free": _number(free / _GB), "folder": str(data)}
    return Finding(good, "Ổ đĩa", "check_disk_left" if good else "check_disk_low", details)


def _clock(services: "Services") -> Finding:
    state = services.clock.state()
    if state.ahead is None:
        return Finding(True, "Đồng hồ", "check_clock_holds")
    details = {"until": local_text(services, state.ahead.until), "rows": str(state.ahead.rows)}
    return Finding(False, "Đồng hồ", "clock_ran_ahead", details)


def _database(services: "Services") -> Finding:
    path = services.repos.store.path
    size = sum(_size(path.with_name(path.name + ending)) for ending in ("", "-wal"))
    return Finding(True, "Cơ sở dữ liệu", "check_database_size", {"size": _number(size / _MB), "file": path.name})


def _private(services: "Services") -> Finding:
    """Whether others on this machine may read what the station keeps."""
    if (open_ := open_to_others(services.repos.config.data)) is not None:
        return Finding(False, "Thư mục dữ liệu", "check_data_open", {"file": str(open_)})
    return Finding(True, "Thư mục dữ liệu", "check_data_closed")


def _backup(services: "Services") -> Finding:
    trouble, last = services.backups.trouble(), services.backups.last()
    if trouble:
        return Finding(False, "Sao lưu", *trouble)
    if last is None:
        return Finding(None, "Sao lưu", "check_backup_none_yet")
    details = {"time": local_text(services, last.asked_at), "size": _number(last.bytes / _MB)}
    nightly = services.backups.is_nightly
    return Finding(
        True if nightly else None, "Sao lưu", "check_backup_last" if nightly else "check_backup_not_nightly", details
    )


def _settings(services: "Services") -> list[Finding]:
    """Rules without the document they rest on."""
    config = services.repos.config
    found = []
    if config.quiet_hours.windows and not config.quiet_hours.legal_basis:
        found.append(Finding(None, "Giờ yên tĩnh", "check_quiet_without_basis"))
    if not config.quiet_hours.windows:
        found.append(Finding(None, "Giờ yên tĩnh", "check_quiet_not_set"))
    capped = config.cap.sessions_a_day or config.cap.minutes_a_session
    if capped and not config.cap.legal_basis:
        found.append(Finding(None, "Hạn mức", "check_cap_without_basis"))
    return found


def _integrity(services: "Services") -> Finding:
    try:
        fault = str(services.repos.store.value("PRAGMA quick_check"))
    except (sqlite3.DatabaseError, Refused) as error:
        if (reason := reason_of(error, DAMAGED)) != DAMAGED:  # locked, a fault of the disk: it says nothing of the file
            return Finding(False, "Tệp cơ sở dữ liệu", reason)
        fault = str(error)
    if fault == "ok":
        return Finding(True, "Tệp cơ sở dữ liệu", "check_database_whole")
    return Finding(False, "Tệp cơ sở dữ liệu", "check_database_damaged", {"fault": fault[:80]})


def _journal(services: "Services") -> Finding:
    try:
        found = services.proof.verify()
    except (sqlite3.Error, Refused) as error:
        if (reason := reason_of(error)) in MACHINE_FAULTS - {INTERNAL}:
            return Finding(False, "Nhật ký", reason)
        raise
    if found.broken:
        return Finding(False, "Nhật ký", found.broken.reason, found.broken.details)
    return Finding(True, "Nhật ký", "check_journal_whole", {"rows": found.rows, "checkpoints": found.checkpoints})


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _number(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")
