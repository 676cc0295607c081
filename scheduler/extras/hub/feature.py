"""The desk of a town: it issues to wards and reads what they tell.

The record of its parts: names only, nothing of it is imported here.
"""

from typing import Any

from scheduler.features import NATS, Feature, Hook, Keys, Place, Process, Tab

__all__ = ["FEATURE"]


def _is_on(config: Any) -> bool:
    """Whether this station is the desk of a town."""
    return bool(config.hub.url)


FEATURE = Feature(
    name="hub",
    docs="hub.md",
    homes=(
        "scheduler.hub",
        "scheduler.commands.hub",
        "scheduler.core.hub",
        "scheduler.core.hub_areas",
        "scheduler.core.hub_bodies",
        "scheduler.core.hub_report",
        "scheduler.core.hub_sums",
        "scheduler.core.hub_up",
        "scheduler.core.wording_hub",
        "scheduler.desk.hub",
        "scheduler.desk.hub_conf",
        "scheduler.desk.hub_contents",
        "scheduler.desk.hub_groups",
        "scheduler.desk.hub_intake",
        "scheduler.desk.hub_issues",
        "scheduler.desk.hub_sums",
        "scheduler.desk.hub_wards",
        "scheduler.store.hub",
        "scheduler.store.hub_audit",
        "scheduler.store.hub_issues",
        "scheduler.store.hub_keys",
        "scheduler.store.hub_rows",
        "web.clips",
        "web.hub",
        "web.hub_airtime",
        "web.hub_areas",
        "web.hub_drills",
        "web.hub_form",
        "web.hub_issues",
        "web.hub_map",
        "web.hub_words",
        "web.pairing",
    ),
    commands={
        "hub": "scheduler.commands.hub:hub",
    },
    on=_is_on,
    processes=(
        Process(
            name="hub",
            work="scheduler.hub.process:run",
            wanted=_is_on,
            called="bộ phát hành",
            title="Bộ phát hành tới các phường",
        ),
    ),
    services={"hub": "scheduler.desk.hub:HubDesk"},
    checks=(Hook("scheduler.extras.hub.checks:checks"),),
    ca_files=lambda config: (config.hub.ca_file,),
    pages=(
        "web.hub:bp",
        "web.hub_issues:bp",
        "web.hub_drills:bp",
        "web.hub_airtime:bp",
        "web.hub_areas:bp",
        "web.clips:bp",
        "web.pairing:bp",
    ),
    sections=(Place("Các phường", "relay", "p", after="Nhật ký & thời lượng"),),
    tabs=(
        Tab("Các phường", "hub.listed", "Các phường"),
        Tab("Các phường", "hub_issues.listed", "Phát hành"),
        Tab("Các phường", "hub_drills.page", "Diễn tập các phường", right="issue"),
        Tab("Các phường", "hub_airtime.page", "Thời lượng các phường"),
        Tab("Các phường", "hub_areas.page", "Đơn vị và nhóm"),
    ),
    costly=(
        "hub_issues.read_back",
        "hub_drills.read_back",
        "hub_airtime.page",
        "hub_airtime.evidence",
        "hub_airtime.report",
        "hub_airtime.download",
    ),
    keys=(Keys("hub", "scheduler.config_hub:HubConfig", package=NATS, in_use=_is_on),),
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
    words=("scheduler.core.wording_hub:HUB_REASONS",),
)
