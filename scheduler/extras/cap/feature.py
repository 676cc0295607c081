"""Alerts in CAP 1.2: those of other offices come in, those of the ward go out.

The record of its parts: names only, nothing of it is imported here.
"""

from typing import Any

from scheduler.features import Beside, Feature, Hook, Keys, Mending, Switch, Tab

__all__ = ["FEATURE"]


def _is_on(config: Any) -> bool:
    """The ward has said what its alerts are; whom it trusts stands in rows."""
    return bool(
        config.value("cap_alert", "sender")
        or config.value("cap_alert", "place")
        or config.value("cap_alert", "geocodes")
    )


FEATURE = Feature(
    name="cap",
    docs="cap.md",
    needs=("inbox",),
    commands={
        "cap": "scheduler.extras.cap.commands:cap",
    },
    on=_is_on,
    switch=Switch(
        "Cảnh báo CAP",
        "Nhận cảnh báo của cơ quan khác theo chuẩn CAP 1.2, và phát hành cảnh báo của phường.",
        "cap.listed",
    ),
    kept=("cap_alert", "cap_sender", "cap_rule", "cap_issued"),
    beside=(Beside("scheduler.extras.cap.work:tending", table="cap_alert"),),
    tasks=(Hook("scheduler.extras.cap.standing:tasks", tables=("cap_alert", "cap_rule", "cap_sender")),),
    mends={
        "cap": Mending("Mở cảnh báo", "cap.listed", "plan", anchor="cb-"),
        "cap_trust": Mending("Mở quy tắc cảnh báo", "cap_trust.page", "break_in"),
    },
    pages=("scheduler.extras.cap.pages.alerts:bp", "scheduler.extras.cap.pages.trust:bp"),
    addresses=("/canh-bao", "/cap"),
    tabs=(
        Tab(
            "Lịch phát",
            "cap.listed",
            "Cảnh báo",
            pages=("cap_trust",),
            badge="scheduler.extras.cap.pages.alerts:cap_waiting",
        ),
    ),
    notes=(Hook("cap/_note.html", tables=("cap_alert",)),),
    costly=("api.cap-take",),
    operations=("scheduler.extras.cap.operations:subject",),
    keys=(
        Keys("cap_alert", "scheduler.extras.cap.keys:CapAlertConfig", about="Alerts in CAP 1.2. See [cap.md](cap.md)."),
    ),
    faults=("scheduler.extras.cap.keys:faults",),
    unwatched={"cap_ending": "what an alert names; the alert itself is told"},
    by_people=("cap_alert",),
)
