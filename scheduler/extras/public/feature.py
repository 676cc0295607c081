"""The page for inhabitants, and what they report by it.

The record of its parts: names only, nothing of it is imported here.
"""

from typing import Any

from scheduler.features import Feature, Hook, Keys, Tab

__all__ = ["FEATURE"]


def _is_on(config: Any) -> bool:
    """The page for inhabitants is open."""
    return bool(config.public.on)


FEATURE = Feature(
    name="public",
    docs="public-page.md",
    homes=(
        "scheduler.commands.tickets",
        "scheduler.core.public_page",
        "scheduler.core.tickets",
        "scheduler.core.wording_public",
        "scheduler.desk.public",
        "scheduler.desk.tickets",
        "scheduler.store.public_page",
        "scheduler.store.tickets",
        "web.api.tickets",
        "web.public",
        "web.public_form",
        "web.public_shelf",
        "web.public_switch",
        "web.tickets",
    ),
    commands={
        "ticket": "scheduler.commands.tickets:ticket",
    },
    on=_is_on,
    sweeps=(Hook("scheduler.desk.tickets:forget", tables=("ticket", "sender_salt")),),
    ahead=(Hook("scheduler.desk.public:make_one"),),
    services={"public": "scheduler.desk.public:PublicDesk", "tickets": "scheduler.desk.tickets:TicketDesk"},
    tasks=(Hook("scheduler.extras.public.tasks:tasks", tables=("ticket",)),),
    pages=("web.public:bp", "web.public_switch:bp", "web.tickets:bp"),
    pages_always=True,
    tabs=(
        Tab("Nhật ký & thời lượng", "tickets.listed", "Phản ánh", badge="web.tickets:reported", always=True),
        Tab("Nhật ký & thời lượng", "public_switch.page", "Trang công khai", always=True),
    ),
    costly=("public_switch.poster",),
    api=("web.api.tickets:subject",),
    keys=(Keys("public", "scheduler.config_public:PublicConfig"),),
    unwatched={
        "sender_salt": "a secret of one day",
        "ticket_report": "sent in by anybody, with a secret address; the ticket and its notes are told",
    },
    by_people=("ticket",),
    secret={"ticket_report": frozenset({"key", "form"})},
    rights={"answer_ticket": ("editor", "technician"), "publish": ("approver",)},
    values={
        "ticket": ("scheduler.core.wording_public:TICKET_STATES", "scheduler.core.wording_public:TICKET_KINDS"),
        "ticket_note": ("scheduler.core.wording_public:TICKET_STATES",),
    },
    words=("scheduler.core.wording_public:PUBLIC_REASONS",),
)
