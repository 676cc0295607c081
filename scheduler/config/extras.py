"""The keys of extras that the page turns on as well (Cài đặt, Phần mở rộng).

One part of the table in `config.keys`. Whether an extra of such a name is there is asked when a file is read; what the
page has kept of one that this release has no more turns nothing on.
"""

from dataclasses import dataclass

from scheduler.config.checks import key

__all__ = ["ExtrasConfig"]


@dataclass(frozen=True, slots=True)
class ExtrasConfig:
    on: tuple[str, ...] = key(
        (), "Extras that are turned on without keys of their own: town, cap, sms, public. The page turns them on, too."
    )
