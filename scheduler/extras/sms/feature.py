"""SMS to the telephones of inhabitants: written, approved, sent by a gateway or handed over.

The record of its parts: names only, nothing of it is imported here.
"""

from typing import Any

from scheduler.features import Beside, Feature, Hook, Keys, Mending, Switch, Tab, Waits

__all__ = ["FEATURE"]


def _is_on(config: Any) -> bool:
    """A gateway is named; texts are written, approved and handed over without one."""
    return bool(config.value("sms", "url"))


FEATURE = Feature(
    name="sms",
    docs="sms.md",
    commands={
        "sms": "scheduler.extras.sms.commands:sms",
    },
    on=_is_on,
    switch=Switch("Tin nhắn", "Soạn, duyệt rồi gửi hoặc bàn giao tin nhắn tới điện thoại của người dân.", "sms.listed"),
    kept=("sms", "sms_opt_out"),
    beside=(Beside("scheduler.extras.sms.work:sending_beside", wanted=_is_on),),
    channels=(Hook("scheduler.extras.sms.work:fault_channels"),),
    tasks=(Hook("scheduler.extras.sms.standing:tasks", tables=("sms",)),),
    mends={"sms": Mending("Mở tin nhắn", "sms.page", "approve", "sms_id")},
    waits=(Waits("sms", "submitted", "sms/_waits.html"),),
    pages=("scheduler.extras.sms.pages.texts:bp", "scheduler.extras.sms.pages.sendings:bp"),
    addresses=("/tin-nhan",),
    tabs=(
        Tab(
            "Soạn bản tin",
            "sms.listed",
            "Tin nhắn",
            after="announcements.listed",
            work="send_sms",
            pages=("sms_sendings",),
        ),
    ),
    duty_notes=(Hook("sms/_duty.html"),),
    costly=("sms.count",),
    keys=(
        Keys(
            "sms",
            "scheduler.extras.sms.keys:SmsConfig",
            about="The gateway that sends SMS, and how long they may be; without a `url` SMS are only handed over as "
            "files. See [sms.md](sms.md).",
        ),
    ),
    unwatched={"sms_recipient": "numbers of citizens; the list they came in is told"},
    by_people=("sms_batch",),
    private={"sms_opt_out": frozenset({"number"})},
    secret={"sms_hand_over": frozenset({"text"})},
    rights={"send_sms": ("editor",)},
    unsent={
        "sms_recipient": "state IN ('waiting', 'claimed')"
        " AND batch_id IN (SELECT id FROM now.sms_batch WHERE state IN ('sending', 'halted'))",
    },
)
