"""The ward of a town: what the town issues comes in, what the ward owes goes up, both through its broker.

The record of its parts: names only, nothing of it is imported here.
"""

from typing import Any

from scheduler.features import NATS, Feature, Hook, Keys, Mending, Process, Switch, Tab

__all__ = ["FEATURE"]


def _is_on(config: Any) -> bool:
    """Whether this ward belongs to a town: by config.toml, or paired on the page."""
    return bool(config.value("town", "url"))


FEATURE = Feature(
    name="town",
    docs="town.md",
    needs=("inbox",),
    commands={
        "link": "scheduler.extras.town.commands.link:link",
        "town": "scheduler.extras.town.commands.town:town",
    },
    on=_is_on,
    page_keys={
        "town.url": "Máy chủ tin của thị xã",
        "town.ward_id": "Mã của phường ở thị xã",
        "town.groups": "Nhóm phường",
        "town.hub_url": "Trang của thị xã",
    },
    switch=Switch("Cấp trên", "Nhận lệnh phát và tin khẩn của thị xã, gửi báo cáo về thị xã.", "town_trust.page"),
    kept=("town_inbox", "town_issuer"),
    processes=(
        Process(
            name="link",
            work="scheduler.extras.town.work.process:run",
            wanted=_is_on,
            called="liên kết với thành phố",
            title="Bộ nối với cấp trên",
            silent="town_silent",
            later=True,
            section="town",
        ),
    ),
    tasks=(Hook("scheduler.extras.town.standing:tasks"),),
    mends={"town": Mending("Mở lệnh cấp trên", "town.listed", "plan")},
    cap_basis=(Hook("scheduler.extras.town.rows.town:cap_basis", tables=("town_override",)),),
    checks=(Hook("scheduler.extras.town.standing:checks"),),
    gauges=(Hook("scheduler.extras.town.standing:gauges"),),
    pages=("scheduler.extras.town.pages.inbox:bp", "scheduler.extras.town.pages.trust:bp"),
    addresses=("/cap-tren", "/cai-dat/cap-tren"),
    tabs=(
        Tab(
            "Lịch phát",
            "town.listed",
            "Từ cấp trên",
            badge="scheduler.extras.town.pages.inbox:town_waiting",
            shown="scheduler.extras.town.pages.inbox:has_a_town",
        ),
        Tab("Cài đặt", "town_trust.page", "Cấp trên", after="settings_care.backups", work="manage_people"),
    ),
    notes=(Hook("town/_note.html"),),
    keys=(
        Keys(
            "town",
            "scheduler.extras.town.keys:TownConfig",
            package=NATS,
            in_use=_is_on,
            about="The town or province above this ward; without a `url` there is no link. See [town.md](town.md).",
        ),
    ),
    unwatched={
        "town_clip": "sounds on their way from the town",
        "town_cursor": "how far the link has read",
        "town_line": "which numbers the link gives",
        "town_outbox": "what the link sends by itself",
        "town_override": "the journal tells it",
        "town_refused": "what nobody is believed for",
        "town_topic": "what the town has said last; what came is told",
    },
    by_people=("town_inbox",),
    restored=("scheduler.extras.town.rows.queue:restored",),
    retried=("town_clip",),
    unsent={"town_outbox": "sent_at IS NULL AND kind <> 'health'"},
)
