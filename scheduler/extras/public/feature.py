"""The page for inhabitants, and what they report by it.

The record of its parts: names only, nothing of it is imported here.
"""

from typing import Any

from scheduler.features import Feature, Hook, Keys, Mending, Switch, Tab

__all__ = ["FEATURE"]


def _is_on(config: Any) -> bool:
    """The page for inhabitants is open."""
    return bool(config.value("public", "on"))


FEATURE = Feature(
    name="public",
    docs="public-page.md",
    commands={
        "ticket": "scheduler.extras.public.commands:ticket",
    },
    on=_is_on,
    page_addresses=lambda config: (config.value("public", "address") or "",),
    page_right="publish",
    page_keys={
        "public.on": "Trang công khai",
        "public.shows_next": "Bản tin sắp phát trên trang công khai",
    },
    switch=Switch(
        "Trang công khai",
        "Người dân xem bản tin đã phát mà không cần đăng nhập, và phản ánh về loa.",
        "public_switch.page",
    ),
    kept=("ticket",),
    kept_keys=("public.on",),
    sweeps=(Hook("scheduler.extras.public.service.tickets:forget", tables=("ticket", "sender_salt")),),
    ahead=(Hook("scheduler.extras.public.service.public_page:make_one"),),
    tasks=(Hook("scheduler.extras.public.standing:tasks", tables=("ticket",)),),
    mends={"ticket": Mending("Mở phản ánh", "tickets.page", "answer_ticket", "ticket_id")},
    pages=(
        "scheduler.extras.public.pages.public_page:bp",
        "scheduler.extras.public.pages.switch:bp",
        "scheduler.extras.public.pages.tickets:bp",
    ),
    addresses=("/cong-khai", "/trang-cong-khai", "/phan-anh"),
    tabs=(
        Tab(
            "Báo cáo",
            "tickets.listed",
            "Phản ánh",
            work="answer_ticket",
            badge="scheduler.extras.public.pages.tickets:reported",
        ),
        Tab("Báo cáo", "public_switch.page", "Trang công khai", work="publish"),
    ),
    costly=("public_switch.poster",),
    operations=("scheduler.extras.public.operations:subject",),
    keys=(
        Keys(
            "public",
            "scheduler.extras.public.keys:PublicConfig",
            about="The page that everybody may open, and the reports of loudspeakers taken there; see "
            "[public-page.md](public-page.md).",
        ),
    ),
    unwatched={
        "sender_salt": "a secret of one day",
        "ticket_report": "sent in by anybody, with a secret address; the ticket and its notes are told",
    },
    by_people=("ticket",),
    secret={"ticket_report": frozenset({"key", "form"})},
    rights={"answer_ticket": ("editor", "technician"), "publish": ("approver",)},
    values={
        "ticket": (
            "scheduler.extras.public.rules.wording_public:TICKET_STATES",
            "scheduler.extras.public.rules.wording_public:TICKET_KINDS",
        ),
        "ticket_note": ("scheduler.extras.public.rules.wording_public:TICKET_STATES",),
    },
)
