"""The air check: it listens to what comes back from the loudspeakers and holds it against what was sent.

The record of its parts: names only, nothing of it is imported here.
"""

from typing import Any

from scheduler.features import Feature, Hook, Keys, Process

__all__ = ["FEATURE"]


def _is_on(config: Any) -> bool:
    """A return line is named."""
    return config.value("monitor", "kind") not in {None, "none"}


FEATURE = Feature(
    name="air_check",
    docs="monitor.md",
    commands={
        "monitor": "scheduler.extras.air_check.commands:monitor",
    },
    on=_is_on,
    processes=(
        Process(
            name="monitor",
            work="scheduler.extras.air_check.work.service:run",
            wanted=_is_on,
            called="bộ nghe lại",
            title="Bộ nghe kiểm tra",
            silent="air_monitor_silent",
        ),
    ),
    heard_back=(Hook("scheduler.extras.air_check.heard_back:HeardBack", tables=("heard",)),),
    keys=(
        Keys(
            "monitor",
            "scheduler.extras.air_check.keys:MonitorConfig",
            about="The ear on the line that comes back from the loudspeakers: what it listens to, and when silence or "
            "sound is an alarm. See [monitor.md](monitor.md).",
        ),
    ),
    unwatched={"heard": "measured"},
)
