"""How the lines of a station to others are: town, wards, boxes beside the horns, second machine; keys and certificates.

What the processes said of themselves in their heartbeats, and files beside the data; nobody is asked over a network,
nothing is changed. A line that is not configured is no finding.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.config.checks import Names
from scheduler.config.named import named
from scheduler.features import wanted
from scheduler.services.station.findings import Finding
from scheduler.services.station.task_causes import CERTIFICATE_AHEAD

if TYPE_CHECKING:
    from scheduler.services import Services

__all__ = ["line_broken", "line_holds", "links", "local_text"]

_OTHERS = 0o077
_KEYS = ("keys/*", "*-key*", "*.nk", "*.nkey", "pair/pair.key", "pair/nkey", "tls/*.key")
"""Below the data folder: what only this station may read."""


def links(services: "Services") -> list[Finding]:
    """One finding a line that there is, then those of keys and certificates."""
    return [*_of_extras(services), *_keys(services), *_certificates(services)]


def _of_extras(services: "Services") -> Iterator[Finding]:
    repos = services.repos
    for checks in wanted(lambda one: one.checks, repos.config, repos.store.has_row):
        yield from checks(services)


def _keys(services: "Services") -> Iterator[Finding]:
    config = services.repos.config
    files = [found for pattern in _KEYS for found in sorted(config.data.glob(pattern)) if found.suffix != ".lock"]
    files += [config.folder / one.value for one in named(config, Names.SECRET) if one.value]
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


def _certificates(services: "Services") -> Iterator[Finding]:
    """Those of the page and of the authorities that the lines lean on, in their last weeks or over."""
    config, now = services.repos.config, services.repos.clock.now()
    beat = services.repos.jobs.heartbeat("web")
    if told := beat.state.get("certificate_ends") if beat else None:
        yield from _ending(services, "Chứng chỉ trang", datetime.fromisoformat(told), now)
    paths = [config.folder / one.value for one in named(config, Names.AUTHORITY) if one.value]
    for path in dict.fromkeys((*paths, *config.data.glob("*-ca.pem"))):
        ends = _ends(path)
        if ends is None:
            yield Finding(False, "Chứng chỉ", "check_certificate_unreadable", {"file": path})
        else:
            yield from _ending(services, f"Chứng chỉ {path.name}", ends, now)


def _ends(path: Path) -> datetime | None:
    """When the first of its certificates ends; None = it holds none."""
    from cryptography import x509

    try:
        return min(one.not_valid_after_utc for one in x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError):
        return None


def _ending(services: "Services", what: str, ends: datetime, now: datetime) -> Iterator[Finding]:
    details = {"day": f"{services.repos.config.station.day_of(ends):%d/%m/%Y}"}
    if ends <= now:
        yield Finding(False, what, "check_certificate_ended", details)
    elif ends - now <= CERTIFICATE_AHEAD:
        yield Finding(False, what, "check_certificate_ends", details)
    else:
        yield Finding(True, what, "check_certificate_good", details)


def line_holds(services: "Services", what: str, at: datetime | None) -> Finding:
    """Of a line that holds; `at`: when who is at its other end was last reached."""
    return Finding(True, what, "check_line_holds", {"time": local_text(services, at)} if at else {})


def line_broken(what: str, told: str = "") -> Finding:
    """Of a line on which nobody is reached. `told`: why, in a sentence, which stands inside another."""
    return Finding(False, what, "check_line_broken", {"told": told.rstrip(".")} if told else {})


def local_text(services: "Services", at: datetime) -> str:
    """An instant by the clock of the station."""
    return f"{services.repos.config.station.local(at):%H:%M %d/%m/%Y}"
