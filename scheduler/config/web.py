"""The keys of `[web]`: where the page listens, by which names, and for how long a person stays signed in.

Part of the one table of `config.keys`. A check looks at one value alone; who may open what is the page's.
"""

import re
from dataclasses import dataclass

from scheduler.config.checks import Names, between, each, key, not_empty, one_of

__all__ = ["WebConfig"]

_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?", re.IGNORECASE)


def host_name(name: str) -> str | None:
    return None if _NAME.fullmatch(name) else "phải là một tên máy như loa.phuong.gov.vn, không có http:// hay cổng"


@dataclass(frozen=True, slots=True)
class WebConfig:
    host: str = key(
        "127.0.0.1",
        "Address the page listens on; 0.0.0.0 lets the office network in.",
        not_empty,
        names=Names.OWN_ADDRESS,
    )
    port: int = key(8642, "Port of the page.", between(1, 65535))
    names: tuple[str, ...] = key(
        (),
        "Names the page is called by besides this machine's own and its addresses; other names are refused.",
        each(host_name),
        names=Names.ENTRIES,
    )
    tls: str = key(
        "off",
        "own: also listen for HTTPS on tls_port, with the station's own certificate unless one is named; off = do not.",
        one_of("off", "own"),
    )
    tls_port: int = key(8643, "Port of HTTPS. With tls, plain HTTP is heard on this machine alone.", between(1, 65535))
    tls_certificate: str = key(
        "", "Certificate file (PEM, with its chain) to use instead of the station's own.", names=Names.FILE
    )
    tls_key: str = key("", "Its key file (PEM), readable by its owner alone.", names=Names.FILE)
    trusted_proxy: str = key(
        "", "Address of a reverse proxy, such as 127.0.0.1, whose X-Forwarded-… headers are believed; empty = nobody's."
    )
    threads: int = key(32, "Threads of the web server; each open live page holds one.", between(8, 256))
    max_streams: int = key(20, "Live pages open at once; further ones poll instead.", between(1, 200))
    api_per_minute: int = key(600, "Requests a minute that one key of the HTTP API may send.", between(10, 60000))
    session_hours: int = key(12, "Hours until a person has to sign in again.", between(1, 720))
    idle_minutes: int = key(120, "Minutes without a click after which a session ends.", between(5, 10_080))
    totp_for: tuple[str, ...] = key(
        ("approve", "break_in", "manage_people"),
        "Acts that ask whoever has an authenticator application for its number: approve, break_in, configure (to loosen"
        " quiet hours or caps), manage_people.",
        each(one_of("approve", "break_in", "configure", "manage_people")),
    )
