"""The keys of `[sms]`: the gateway, how fast and how often it is asked, and how long a text may be.

A check looks at one value alone.
"""

import re
from dataclasses import dataclass

from scheduler.config.checks import Names, between, hosts, key
from scheduler.kernel.errors import Refused
from scheduler.kernel.net.address_policy import check_url

__all__ = ["SmsConfig"]


def _gateway(url: str) -> str | None:
    try:
        place = check_url(url, allow_private=True) if url else None
        usable = place is None or (bool(place.host) and "?" not in place.target)
    except Refused as refusal:
        usable = refusal.reason == "relay_private_address"  # for `allowed_hosts` to open, or not
    return None if usable else "phải viết như http://127.0.0.1:13013/cgi-bin/sendsms, không có tên, mật khẩu hay dấu ?"


def _sender(text: str) -> str | None:
    fits = re.fullmatch(r"|\+?[0-9]{3,15}|(?=.*[A-Za-z])[A-Za-z0-9 ._-]{1,11}", text)
    return None if fits else "phải là số, hoặc tối đa 11 chữ cái không dấu và chữ số"


@dataclass(frozen=True, slots=True)
class SmsConfig:
    url: str = key(
        "", "Address of Kannel's sendsms, such as http://127.0.0.1:13013/cgi-bin/sendsms; empty = no sending.", _gateway
    )
    user: str = key("", "Name of this station at the gateway.")
    password_file: str = key(
        "",
        "File that holds its password, relative to this file, readable by its owner only (0600).",
        names=Names.SECRET,
    )
    sender: str = key(
        "", "Sender that telephones show: up to 11 letters and digits, or a number; empty = the gateway's.", _sender
    )
    rate_per_second: float = key(5.0, "Most SMS handed to the gateway a second.", between(0.1, 100))
    timeout_seconds: float = key(10.0, "How long connecting, and then an answer, may take.", between(1, 120))
    tries: int = key(5, "Tries of one number while the gateway refuses for the moment.", between(1, 20))
    max_parts: int = key(6, "Longest SMS, in parts.", between(1, 20))
    max_recipients: int = key(50_000, "Most numbers of one list.", between(1, 500_000))
    allowed_hosts: tuple[str, ...] = key(
        (), "Hosts or networks (CIDR) that the gateway may be at although private.", hosts
    )
