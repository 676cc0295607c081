"""The keys of `[town]`: the town or province above this ward, and what its word may do here.

Without `url` there is no link and nothing of it is imported.
"""

import re
from dataclasses import dataclass

from scheduler.config.checks import Names, between, key, one_of
from scheduler.kernel.errors import Refused
from scheduler.kernel.net.address_policy import check_url

__all__ = ["TownConfig"]


def _broker_address(url: str) -> str | None:
    """One address of a broker, or those of a cluster with commas between; never with a name or password in it."""
    fits = all(
        re.fullmatch(r"(?:nats|tls|ws|wss)://[A-Za-z0-9._\[\]:-]+(?:/\S*)?", one.strip()) for one in url.split(",")
    )
    return None if not url or fits else "phải viết như tls://loa.thixa.gov.vn:4222, không có tên hay mật khẩu"


def _page_address(url: str) -> str | None:
    try:
        usable = not url or bool(check_url(url, allow_private=True).host)
    except Refused:
        usable = False
    return None if usable else "phải viết như https://loa.thixa.gov.vn, không có tên hay mật khẩu"


def _ward_code(text: str) -> str | None:
    return None if re.fullmatch(r"|[0-9]{1,20}", text, re.ASCII) else "phải là mã hành chính, chỉ gồm chữ số"


@dataclass(frozen=True, slots=True)
class TownConfig:
    url: str = key(
        "",
        "Address of the town's broker, such as tls://hub.thixa.gov.vn:4222 (of a cluster: several, with commas); "
        "empty = no town, no link.",
        _broker_address,
    )
    ward_id: str = key("", "This ward's administrative code, digits only; told at pairing.", _ward_code)
    groups: tuple[str, ...] = key(
        (), "Groups of wards that this ward belongs to; told at pairing.", names=Names.ENTRIES
    )
    ca_file: str = key(
        "",
        "Certificate (PEM) of the town's own authority; empty = the one told at pairing, else the system's.",
        names=Names.AUTHORITY,
    )
    hub_url: str = key("", "Address of the town's page, where sounds are fetched; told at pairing.", _page_address)
    emergency: str = key(
        "ask",
        "air = an emergency of an issuer trusted for it airs at once; ask = a person decides.",
        one_of("air", "ask"),
    )
    priority: str = key(
        "ask",
        "next_session = a priority bulletin enters the next session; ask = a person decides.",
        one_of("next_session", "ask"),
    )
    caps: str = key(
        "ask",
        "tighten = rules of the town that only close something are taken at once; ask = a person decides.",
        one_of("tighten", "ask"),
    )
    health_seconds: float = key(60.0, "How often the station's health is told.", between(5, 3600))
    messages_a_second: int = key(
        20, "Most messages a second upwards, also of those queued while cut off.", between(1, 1000)
    )
    max_clip_mb: int = key(200, "Largest sound that is fetched from the town, in MB.", between(1, 500))
    clip_spread_minutes: float = key(
        10.0,
        "A sound that is not urgent is fetched at a random moment within so many minutes, sooner where it is needed "
        "sooner: not every ward asks at once.",
        between(0, 720),
    )
