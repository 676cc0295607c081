"""The desk of a town: it issues to wards and reads what they tell.

The record of its parts: names only, nothing of it is imported here.
"""

from typing import Any

from scheduler.features import NATS, Feature, Hook, Keys, NavigationSection, Process, Tab

__all__ = ["FEATURE"]


def _is_on(config: Any) -> bool:
    """Whether this station is the desk of a town."""
    return bool(config.value("hub", "url"))


FEATURE = Feature(
    name="hub",
    docs="hub.md",
    needs=("town",),
    commands={
        "hub": "scheduler.extras.hub.commands:hub",
    },
    on=_is_on,
    page_addresses=lambda config: (config.value("hub", "page_url") or "",),
    processes=(
        Process(
            name="hub",
            work="scheduler.extras.hub.work.process:run",
            wanted=_is_on,
            called="bộ phát hành",
            title="Bộ phát hành tới các phường",
        ),
    ),
    checks=(Hook("scheduler.extras.hub.standing:checks"),),
    gauges=(Hook("scheduler.extras.hub.standing:gauges"),),
    pages=(
        "scheduler.extras.hub.pages.wards:bp",
        "scheduler.extras.hub.pages.issues:bp",
        "scheduler.extras.hub.pages.drills:bp",
        "scheduler.extras.hub.pages.airtime:bp",
        "scheduler.extras.hub.pages.areas:bp",
        "scheduler.extras.hub.pages.clips:bp",
        "scheduler.extras.hub.pages.enrolment:bp",
    ),
    addresses=("/cac-phuong", "/clips", "/ghep-noi"),
    sections=(NavigationSection("Các phường", "relay", "p", after="Báo cáo"),),
    tabs=(
        Tab("Các phường", "hub.listed", "Các phường"),
        Tab("Các phường", "hub_issues.listed", "Phát hành"),
        Tab("Các phường", "hub_drills.page", "Diễn tập các phường", right="issue"),
        Tab("Các phường", "hub_airtime.page", "Thời lượng các phường"),
        Tab("Các phường", "hub_areas.page", "Đơn vị và nhóm"),
    ),
    always=("clips",),
    costly=(
        "hub_issues.read_back",
        "hub_drills.read_back",
        "hub_airtime.page",
        "hub_airtime.evidence",
        "hub_airtime.report",
        "hub_airtime.download",
    ),
    keys=(
        Keys(
            "hub",
            "scheduler.extras.hub.keys:HubConfig",
            package=NATS,
            in_use=_is_on,
            about="This station is also the desk of a town or a province. See [hub.md](hub.md).",
        ),
    ),
    unwatched={
        "hub_ack": "told by wards; the issue is told",
        "hub_ahead": "how far the wards' rows have come",
        "hub_issue_sound": "sounds of an issue, which is told",
        "hub_line": "the numbers of the wards' own outboxes",
        "hub_journal": "the wards' own journals, hash-chained there",
        "hub_last": "told by wards; the issue is told",
        "hub_outbox": "what the hub sends by itself",
        "hub_audit": "noticed by machines",
        "hub_presence": "noticed by machines",
    },
    rights={"issue": ("approver",), "manage_wards": ("admin",)},
    announcement_acts=(Hook("hub/_announcement_act.html"),),
    campaign_acts=(Hook("hub/_campaign_act.html"),),
    unsent={"hub_outbox": "published_at IS NULL"},
)
