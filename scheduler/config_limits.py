"""The keys of `[limits]`: how much of the page, the processor and the disk one caller may take, and all together.

Part of the one table of `config_keys`; a check looks at one value alone. What is done with a caller who asks for more
is the page's.
"""

from dataclasses import dataclass

from scheduler.config_checks import between, key

__all__ = ["LimitsConfig"]


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
        8, "Requests of one person, or of all strangers together, that are answered at a time.", between(2, 64)
    )
    keep_free_mb: int = key(
        500, "Room that uploads, exports and backups leave free on the disk of the data, in MB.", between(0, 100_000)
    )
