"""What a configuration value may be: a key with its default, its help and its check, and the checks themselves.

A check looks at one value alone and says in Vietnamese what is wrong with it. The keys stand in `config.keys`; no file
is read here.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import field
from datetime import date
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from scheduler.core.air.volume import volume_faults
from scheduler.core.planning.rules import parse_window
from scheduler.kernel.errors import Refused
from scheduler.kernel.net.address_policy import allowed_hosts_faults, check_url

Check = Callable[[Any], str | None]
"""A value -> what is wrong with it, or None."""


def key(default: Any, text: str, check: Check | None = None) -> Any:
    """A configuration key: its default, one sentence of help and a check of its value."""
    return field(default=default, metadata={"help": text, "check": check})


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
    return lambda values: next((f"{value!r} {fault}" for value in values if (fault := check(value))), None)


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


def gateway(url: str) -> str | None:
    try:
        place = check_url(url, allow_private=True) if url else None
        usable = place is None or (bool(place.host) and "?" not in place.target)
    except Refused as refusal:
        usable = refusal.reason == "relay_private_address"  # for `allowed_hosts` to open, or not
    return None if usable else "phải viết như http://127.0.0.1:13013/cgi-bin/sendsms, không có tên, mật khẩu hay dấu ?"


def speech_server(url: str) -> str | None:
    try:
        usable = not url or bool(check_url(url, allow_private=True).host)
    except Refused as refusal:
        usable = refusal.reason == "relay_private_address"  # for `allowed_hosts` to open, or not
    return None if usable else "phải viết như https://giong.tinh.gov.vn/v1, không có tên hay mật khẩu"


def broker_address(url: str) -> str | None:
    """One address of a broker, or those of a cluster with commas between; never with a name or password in it."""
    fits = all(
        re.fullmatch(r"(?:nats|tls|ws|wss)://[A-Za-z0-9._\[\]:-]+(?:/\S*)?", one.strip()) for one in url.split(",")
    )
    return None if not url or fits else "phải viết như tls://loa.thixa.gov.vn:4222, không có tên hay mật khẩu"


def page_address(url: str) -> str | None:
    try:
        usable = not url or bool(check_url(url, allow_private=True).host)
    except Refused:
        usable = False
    return None if usable else "phải viết như https://loa.thixa.gov.vn, không có tên hay mật khẩu"


def ward_code(text: str) -> str | None:
    return None if re.fullmatch(r"|[0-9]{1,20}", text, re.ASCII) else "phải là mã hành chính, chỉ gồm chữ số"


def sender(text: str) -> str | None:
    fits = re.fullmatch(r"|\+?[0-9]{3,15}|(?=.*[A-Za-z])[A-Za-z0-9 ._-]{1,11}", text)
    return None if fits else "phải là số, hoặc tối đa 11 chữ cái không dấu và chữ số"


def hosts(entries: tuple[str, ...]) -> str | None:
    return (
        f"có mục không phải tên máy hay mạng: {', '.join(faults)}"
        if (faults := allowed_hosts_faults(entries))
        else None
    )


def not_empty(value: object) -> str | None:
    return None if value else "không được để trống"
