"""The keys of `[limits]`: how much of the page, the processor and the disk one caller may take, and all together.

Part of the one table of `config.keys`; a check looks at one value alone. What is done with a caller who asks for more
is the page's.
"""

from dataclasses import dataclass

from scheduler.config.checks import between, key

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
