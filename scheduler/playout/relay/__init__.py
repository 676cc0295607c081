"""Relay (tiếp âm) and live sources: what comes in from outside while it airs.

`start_relay` runs the sources of one slot and pushes the best one into its feed. Everything that touches foreign bytes
runs in child processes; playout's own threads only read plain samples from a pipe or a file.
"""

from scheduler.playout.relay.chain import (
    FALLBACK,
    LIVE,
    NOTHING,
    Chain,
    ChainState,
    RelaySpec,
    SourceState,
    SourceStatus,
    start_relay,
)

__all__ = [
    "FALLBACK",
    "LIVE",
    "NOTHING",
    "Chain",
    "ChainState",
    "RelaySpec",
    "SourceState",
    "SourceStatus",
    "start_relay",
]
