"""The keys of `[web]` and `[limits]`: where the page listens, and how much one caller may take of it, and all together.

Part of the one table of `config.keys`. A check looks at one value alone; who may open what, and what is done with a
caller who asks for more, is the page's.
"""

import re
from dataclasses import dataclass

from scheduler.config.checks import Names, between, each, key, not_empty, one_of

__all__ = ["LimitsConfig", "WebConfig"]

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


@dataclass(frozen=True, slots=True)
class LimitsConfig:
    connections: int = key(512, "Connections that the page holds in all.", between(64, 10_000))
    strangers: int = key(
        256,
        "Of these, how many callers who are not signed in hold together; the rest is for people.",
        between(16, 5000),
    )
    of_one: int = key(
        64, "Connections of one address, or of one person; behind a trusted_proxy its caller's.", between(8, 1000)
    )
    stranger_body_kb: int = key(64, "Largest body of a caller who is not signed in, in KB.", between(8, 1000))
    at_once: int = key(
        12, "Requests of one person, or of all strangers together, that are answered at a time.", between(4, 64)
    )
    streams_of_one: int = key(6, "Live pages that one person keeps open by a stream of events.", between(1, 200))
    streams_of_session: int = key(5, "The same of one session: one browser, or one key.", between(1, 200))
    processor_seconds: float = key(
        10.0, "Seconds of processor that one caller may use at once; all who only look twice that.", between(1, 3600)
    )
    processor_percent: float = key(
        25.0, "Share of one core that a caller has after that; who only looks shares twice that.", between(1, 100)
    )
    costly_at_once: int = key(
        2, "Previews, searches, reports and exports computed at a time; one of each caller.", between(1, 16)
    )
    keep_free_mb: int = key(
        500, "Room that uploads, exports and backups leave free on the disk of the data, in MB.", between(0, 100_000)
    )
