"""How the lines of a station to others are: town, wards, boxes beside the horns, second machine; keys and certificates.

What the processes said of themselves in their heartbeats, and files beside the data; nobody is asked over a network,
nothing is changed. A line that is not configured is no finding.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from scheduler.core.wording import sentence
from scheduler.desk.findings import Finding

if TYPE_CHECKING:
    from scheduler.desk import Desk

__all__ = ["links"]

OWED_FOR = timedelta(hours=1)
"""So long a report to the town may wait before it is worth a word."""
CLOCK_MINUTES = 2
CERTIFICATE_AHEAD = timedelta(days=21)
_OTHERS = 0o077
_KEYS = ("keys/*", "*-key*", "*.nk", "*.nkey", "pair/pair.key", "pair/nkey", "tls/*.key")
"""Below the data folder: what only this station may read."""


def links(desk: "Desk") -> list[Finding]:
    """One finding a line that there is, then those of keys and certificates."""
    return [*_town(desk), *_hub(desk), *_clusters(desk), *_pair(desk), *_keys(desk), *_certificates(desk)]


def _town(desk: "Desk") -> Iterator[Finding]:
    state = desk.town.state()
    if not state.configured:
        return
    if not state.alive:
        yield Finding(False, "Thị xã", "check_town_process")
    elif state.reason:
        yield Finding(False, "Thị xã", "check_line_broken", {"told": sentence(state.reason, state.details)})
    else:
        yield Finding(True, "Thị xã", "check_line_holds", _since(desk, state.reached_at))
    if abs(state.clock_off_minutes) > CLOCK_MINUTES:
        yield Finding(False, "Đồng hồ", "check_clock_apart", {"minutes": state.clock_off_minutes})
    oldest = state.queue.oldest
    if oldest is not None and desk.parts.clock.now() - oldest > OWED_FOR:
        details = {"rows": state.queue.waiting, "time": _local(desk, oldest)}
        yield Finding(None, "Báo về thị xã", "check_town_owed", details)


def _hub(desk: "Desk") -> Iterator[Finding]:
    state = desk.hub.state()
    if not state.configured:
        return
    if not state.alive:
        yield Finding(False, "Máy chủ tin", "check_hub_process")
    elif not state.connected:
        told = sentence(state.reason, state.details) if state.reason else ""
        yield Finding(False, "Máy chủ tin", "check_line_broken", {"told": told} if told else {})
    else:
        yield Finding(True, "Máy chủ tin", "check_line_holds", _since(desk, state.reached_at))
    if state.waiting:
        yield Finding(None, "Máy chủ tin", "check_hub_waiting", {"messages": state.waiting})
    if not desk.parts.config.backup.passphrase_file:
        yield Finding(False, "Sao lưu", "check_hub_backup_open")


def _clusters(desk: "Desk") -> Iterator[Finding]:
    clusters = desk.clusters
    if not clusters.configured:
        return
    if not clusters.link_alive():
        yield Finding(False, "Cụm loa", "check_clusters_process")
    elif fault := clusters.link_fault():
        yield Finding(False, "Cụm loa", "check_line_broken", {"told": sentence(fault, {})})
    all_, red = len(clusters.listed()), clusters.red_count()
    if red:
        yield Finding(False, "Cụm loa", "check_clusters_silent", {"red": red, "all": all_})
    else:
        yield Finding(True, "Cụm loa", "check_clusters_good", {"all": all_})


def _pair(desk: "Desk") -> Iterator[Finding]:
    state = desk.pair.state()
    if not state.configured:
        return
    for reason, details in state.reasons:
        yield Finding(False, "Hai máy", reason, details)
    if not state.reasons:
        yield Finding(True, "Hai máy", "check_pair_here" if state.here else "check_pair_follows", {"peer": state.peer})


def _keys(desk: "Desk") -> Iterator[Finding]:
    config = desk.parts.config
    named = [
        config.backup.passphrase_file,
        config.province.password_file,
        config.sms.password_file,
        config.voice_server.key_file,
        config.mqtt.password_file,
    ]
    files = [found for pattern in _KEYS for found in sorted(config.data.glob(pattern)) if found.suffix != ".lock"]
    files += [config.folder / name for name in named if name]
    open_ = [path for path in files if _is_open(path)]
    for path in open_:
        yield Finding(False, "Khóa", "check_key_open", {"file": path})
    if files and not open_:
        yield Finding(True, "Khóa", "check_keys_closed", {"files": len(files)})


def _is_open(path: Path) -> bool:
    """Whether others on this machine may read it."""
    try:
        return path.is_file() and bool(path.stat().st_mode & _OTHERS)
    except OSError:
        return False


def _certificates(desk: "Desk") -> Iterator[Finding]:
    """Those of the page and of the authorities that the lines lean on, in their last weeks or over."""
    config, now = desk.parts.config, desk.parts.clock.now()
    beat = desk.parts.jobs.heartbeat("web")
    if told := beat.state.get("certificate_ends") if beat else None:
        yield from _ending(desk, "Chứng chỉ trang", datetime.fromisoformat(told), now)
    named = [config.town.ca_file, config.hub.ca_file, config.mqtt.ca_file, config.pair.ca_file]
    paths = [config.folder / name for name in named if name]
    for path in dict.fromkeys((*paths, *config.data.glob("*-ca.pem"))):
        ends = _ends(path)
        if ends is None:
            yield Finding(False, "Chứng chỉ", "check_certificate_unreadable", {"file": path})
        else:
            yield from _ending(desk, f"Chứng chỉ {path.name}", ends, now)


def _ends(path: Path) -> datetime | None:
    """When the first of its certificates ends; None = it holds none."""
    from cryptography import x509

    try:
        return min(one.not_valid_after_utc for one in x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError):
        return None


def _ending(desk: "Desk", what: str, ends: datetime, now: datetime) -> Iterator[Finding]:
    zone = ZoneInfo(desk.parts.config.station.time_zone)
    details = {"day": f"{ends.astimezone(zone):%d/%m/%Y}"}
    if ends <= now:
        yield Finding(False, what, "check_certificate_ended", details)
    elif ends - now <= CERTIFICATE_AHEAD:
        yield Finding(False, what, "check_certificate_ends", details)
    else:
        yield Finding(True, what, "check_certificate_good", details)


def _since(desk: "Desk", at: datetime | None) -> dict[str, object]:
    return {"time": _local(desk, at)} if at else {}


def _local(desk: "Desk", at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(desk.parts.config.station.time_zone)):%H:%M %d/%m/%Y}"
