"""A second machine: by votes, one of the two has the air; the other copies its rows and sounds.

The record of its parts: names only, nothing of it is imported here.
"""

from typing import Any

from scheduler.features import NATS, Feature, Hook, Keys, Process, Tab

__all__ = ["FEATURE"]


def _is_on(config: Any) -> bool:
    """A second machine is named."""
    return bool(config.value("pair", "machine"))


FEATURE = Feature(
    name="failover",
    docs="pair.md",
    needs=("town",),
    commands={
        "pair": "scheduler.extras.failover.commands:pair",
    },
    on=_is_on,
    shares_air=_is_on,
    processes=(
        Process(
            name="pair",
            work="scheduler.extras.failover.work.service:run",
            wanted=_is_on,
            called="liên kết với máy thứ hai",
            title="Bộ giữ sóng của hai máy",
        ),
    ),
    checks=(Hook("scheduler.extras.failover.standing:checks"),),
    pages=("scheduler.extras.failover.pages.machines:bp",),
    addresses=("/cai-dat/hai-may",),
    tabs=(Tab("Cài đặt", "pair.page", "Hai máy", after="settings_care.backups", work="test_output"),),
    notes=(Hook("pair/_note.html"),),
    keys=(
        Keys(
            "pair",
            "scheduler.extras.failover.keys:PairConfig",
            package=NATS,
            in_use=_is_on,
            about="Two machines of one ward, of which one has the air. See [pair.md](pair.md).",
        ),
    ),
    unwatched={
        "pair_change": "for the other machine: what it tells of is told itself",
        "pair_late": "rows that the journal tells of",
        "pair_state": "where this machine stands",
    },
    rights={"take_air": ("approver",)},
    left=(Hook("scheduler.extras.failover.rows:unwatch", tables=("pair_state", "pair_change")),),
)
