"""SMS to the telephones of inhabitants: written, approved, sent by a gateway or handed over.

The record of its parts: names only, nothing of it is imported here.
"""

from typing import Any

from scheduler.features import Beside, Feature, Hook, Keys, Tab

__all__ = ["FEATURE"]


def _is_on(config: Any) -> bool:
    """A gateway is named; texts are written, approved and handed over without one."""
    return bool(config.sms.url)


FEATURE = Feature(
    name="sms",
    docs="sms.md",
    homes=(
        "scheduler.sms_gateway",
        "scheduler.sms_sender",
        "scheduler.commands.sms",
        "scheduler.core.sms",
        "scheduler.core.sms_approval",
        "scheduler.core.sms_hand_over",
        "scheduler.core.sms_numbers",
        "scheduler.core.sms_words",
        "scheduler.desk.sms",
        "scheduler.desk.sms_sendings",
        "scheduler.store.sms",
        "scheduler.store.sms_batches",
        "web.sms",
        "web.sms_sendings",
    ),
    commands={
        "sms": "scheduler.commands.sms:sms",
    },
    on=_is_on,
    beside=(Beside("scheduler.sms_sender:sending_beside", wanted=_is_on),),
    channels=(Hook("scheduler.sms_sender:fault_channels"),),
    services={"sms": "scheduler.desk.sms:SmsDesk", "sms_sendings": "scheduler.desk.sms_sendings:SmsSendings"},
    tasks=(Hook("scheduler.extras.sms.tasks:tasks", tables=("sms",)),),
    key_files=lambda config: (config.sms.password_file,),
    pages=("web.sms:bp", "web.sms_sendings:bp"),
    pages_always=True,
    tabs=(
        Tab("Soạn bản tin", "sms.listed", "Tin nhắn", after="approvals.listed", pages=("sms_sendings",), always=True),
    ),
    duty_notes=(Hook("sms/_duty.html", always=True),),
    costly=("sms.count",),
    keys=(Keys("sms", "scheduler.config_keys:SmsConfig"),),
    unwatched={"sms_recipient": "numbers of citizens; the list they came in is told"},
    by_people=("sms_batch",),
    private={"sms_opt_out": frozenset({"number"})},
    secret={"sms_hand_over": frozenset({"text"})},
    rights={"send_sms": ("editor",)},
)
