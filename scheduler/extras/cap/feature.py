"""Alerts in CAP 1.2: those of other offices come in, those of the ward go out.

The record of its parts: names only, nothing of it is imported here.
"""

from typing import Any

from scheduler.features import Beside, Feature, Hook, Keys, Tab

__all__ = ["FEATURE"]


def _is_on(config: Any) -> bool:
    """The ward has said what its alerts are; whom it trusts stands in rows."""
    return bool(config.cap_alert.sender or config.cap_alert.place or config.cap_alert.geocodes)


FEATURE = Feature(
    name="cap",
    docs="cap.md",
    homes=(
        "scheduler.station_cap",
        "scheduler.commands.cap",
        "scheduler.core.cap",
        "scheduler.core.cap_area",
        "scheduler.core.cap_rules",
        "scheduler.core.cap_write",
        "scheduler.core.wording_cap",
        "scheduler.desk.cap",
        "scheduler.desk.cap_issue",
        "scheduler.desk.cap_trust",
        "scheduler.desk.cap_work",
        "scheduler.intake.cap",
        "scheduler.intake.cap_signature",
        "scheduler.store.cap",
        "web.api.cap",
        "web.cap",
        "web.cap_trust",
        "web.cap_words",
    ),
    commands={
        "cap": "scheduler.commands.cap:cap",
    },
    on=_is_on,
    beside=(Beside("scheduler.station_cap:tending", table="cap_alert"),),
    services={"cap": "scheduler.desk.cap:CapDesk"},
    tasks=(Hook("scheduler.extras.cap.tasks:tasks", tables=("cap_alert", "cap_rule", "cap_sender")),),
    pages=("web.cap:bp", "web.cap_trust:bp"),
    pages_always=True,
    tabs=(
        Tab(
            "Lịch phát",
            "cap.listed",
            "Cảnh báo",
            pages=("cap_trust",),
            badge="web.cap:cap_waiting",
            tables=("cap_alert", "cap_sender"),
            shown="web.cap:cap_on",
        ),
    ),
    notes=(Hook("cap/_note.html", tables=("cap_alert",)),),
    costly=("api.cap-take",),
    api=("web.api.cap:subject",),
    keys=(Keys("cap_alert", "scheduler.config_cap:CapAlertConfig"),),
    faults=("scheduler.extras.cap.keys:faults",),
    unwatched={"cap_ending": "what an alert names; the alert itself is told"},
    by_people=("cap_alert",),
    words=("scheduler.core.wording_cap:CAP_REASONS",),
)
