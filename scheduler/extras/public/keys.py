"""The keys of `[public]`: the public page (trang công khai), and what people may report there.

What the page shows is `rules.public_page`'s.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from scheduler.config.checks import between, key

__all__ = ["PublicConfig"]


def _address(text: str) -> str | None:
    parts = urlsplit(text)
    plain = parts.scheme in {"http", "https"} and parts.netloc and not (parts.query or parts.fragment or parts.username)
    return None if not text or plain else "phải viết như https://loa.phuong.vn"


@dataclass(frozen=True, slots=True)
class PublicConfig:
    on: bool = key(False, "True lets everybody see what was aired in the last 24 hours, without signing in.")
    shows_next: bool = key(True, "True also tells what comes next.")
    address: str = key(
        "", "Address of this station for people outside, on the poster; empty = the one it is asked by.", _address
    )
    reports_an_hour: int = key(60, "Most reports of loudspeakers taken in an hour, of everybody.", between(1, 10_000))
    reports_of_one: int = key(5, "Most of them from one address.", between(1, 1000))
