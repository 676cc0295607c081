"""What a configuration value may be: a key with its default, its help and its check, and the checks themselves.

A check looks at one value alone and says in Vietnamese what is wrong with it. The keys stand in `config.keys`; no file
is read here.
"""

from collections.abc import Callable, Iterable
from dataclasses import field
from datetime import date
from enum import Enum, auto
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from scheduler.core.air.volume import volume_faults
from scheduler.core.planning.rules import parse_window
from scheduler.kernel.errors import Refused
from scheduler.kernel.net.address_policy import allowed_hosts_faults, check_url

Check = Callable[[Any], str | None]
"""A value -> what is wrong with it, or None."""


class Names(Enum):
    """What the value of a key names, where the station needs it: it is tried before anybody relies on it."""

    SECRET = auto()
    """A file that only this station may read; a backup holds it."""
    AUTHORITY = auto()
    """A file with certificates that vouch for a server; a backup holds it."""
    FILE = auto()
    """A file that must be there."""
    WRITTEN = auto()
    """A file below the data folder that the station writes."""
    OWN_ADDRESS = auto()
    """An address at which this machine listens."""
    ENTRIES = auto()
    """A list in which no entry is blank."""
    ZONES = auto()
    """The same, of zones that some output sounds in."""


def key(default: Any, text: str, check: Check | None = None, names: Names | None = None) -> Any:
    """A configuration key: its default, one sentence of help, a check of its value, and what that names."""
    return field(default=default, metadata={"help": text, "check": check, "names": names})


class Named(Protocol):
    """A row of a table whose names a key may hold."""

    @property
    def name(self) -> str: ...

    @property
    def remark(self) -> str: ...


def listed(rows: Iterable[Named]) -> str:
    """The names of a table for the help of a key, each with its remark."""
    return ", ".join(f"{row.name} ({row.remark})" if row.remark else row.name for row in rows)


def between(low: float, high: float) -> Check:
    return lambda value: None if low <= value <= high else f"phải từ {low:g} đến {high:g}"


def one_of(*names: str) -> Check:
    return lambda value: None if value in names else f"phải là một trong: {', '.join(names)}"


def one_of_numbers(*numbers: int) -> Check:
    return lambda value: None if value in numbers else f"phải là một trong: {', '.join(map(str, numbers))}"


def each(check: Check) -> Check:
    return lambda values: next((f"{value!r} – {fault}" for value in values if (fault := check(value))), None)


def time_zone(name: str) -> str | None:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return "không phải tên múi giờ IANA (ví dụ Asia/Ho_Chi_Minh)"
    return None


def window(text: str) -> str | None:
    try:
        window = parse_window(text)
    except Refused:
        return 'phải viết như "21:00-05:00"'
    return "có độ dài bằng không" if window.start == window.end else None


def signers(texts: tuple[str, ...]) -> str | None:
    return None if 1 <= len(texts) <= 4 else "phải có từ 1 đến 4 người ký"  # noqa: PLR2004 - what fits a page's width


def volume(texts: tuple[str, ...]) -> str | None:
    return "; ".join(volume_faults(texts)) or None


def iso_day(text: str) -> str | None:
    try:
        date.fromisoformat(text)
    except ValueError:
        return 'phải viết như "2027-01-01"'
    return None


def speech_server(url: str) -> str | None:
    try:
        usable = not url or bool(check_url(url, allow_private=True).host)
    except Refused as refusal:
        usable = refusal.reason == "relay_private_address"  # for `allowed_hosts` to open, or not
    return None if usable else "phải viết như https://giong.tinh.gov.vn/v1, không có tên hay mật khẩu"


def web_address(url: str) -> str | None:
    try:
        usable = bool(check_url(url, allow_private=True).host)
    except Refused:
        usable = False
    return None if usable else "phải viết như https://huggingface.co/rhasspy/piper-voices/resolve/main"


def hosts(entries: tuple[str, ...]) -> str | None:
    return (
        f"có mục không phải tên máy hay mạng: {', '.join(faults)}"
        if (faults := allowed_hosts_faults(entries))
        else None
    )


def not_empty(value: object) -> str | None:
    return None if value else "không được để trống"
