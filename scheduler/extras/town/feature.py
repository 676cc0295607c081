"""The ward of a town: what the town issues comes in, what the ward owes goes up, both through its broker.

The record of its parts: names only, nothing of it is imported here.
"""

from typing import Any

from scheduler.features import NATS, Feature, Hook, Keys, Process, Tab

__all__ = ["FEATURE"]


def _is_on(config: Any) -> bool:
    """Whether this ward belongs to a town: by config.toml, or paired on the page."""
    return bool(config.town.url)


FEATURE = Feature(
    name="town",
    docs="town.md",
    homes=(
        "scheduler.broker",
        "scheduler.link",
        "scheduler.station_town",
        "scheduler.commands.link",
        "scheduler.commands.town",
        "scheduler.core.envelope",
        "scheduler.core.envelope_fields",
        "scheduler.core.envelope_model",
        "scheduler.core.town",
        "scheduler.core.town_bodies",
        "scheduler.core.welcome",
        "scheduler.core.wording_broker",
        "scheduler.core.wording_town",
        "scheduler.desk.town",
        "scheduler.desk.town_clips",
        "scheduler.desk.town_dispatches",
        "scheduler.desk.town_endings",
        "scheduler.desk.town_inbox",
        "scheduler.desk.town_pairing",
        "scheduler.desk.town_take",
        "scheduler.desk.town_taking",
        "scheduler.desk.town_up",
        "scheduler.desk.town_work",
        "scheduler.desk.town_zones",
        "scheduler.store.town",
        "scheduler.store.town_clips",
        "scheduler.store.town_queue",
        "web.town",
        "web.town_trust",
        "web.town_words",
    ),
    commands={
        "link": "scheduler.commands.link:link",
        "town": "scheduler.commands.town:town",
    },
    on=_is_on,
    processes=(
        Process(
            name="link",
            work="scheduler.link.process:run",
            wanted=_is_on,
            called="liên kết với thành phố",
            title="Bộ nối với cấp trên",
            silent="town_silent",
            mend="town",
            later=True,
            section="town",
        ),
    ),
    services={"town": "scheduler.desk.town:TownDesk", "town_pairing": "scheduler.desk.town_pairing:TownPairing"},
    tasks=(Hook("scheduler.extras.town.tasks:tasks"),),
    checks=(Hook("scheduler.extras.town.checks:checks"),),
    ca_files=lambda config: (config.town.ca_file,),
    pages=("web.town:bp", "web.town_trust:bp"),
    pages_always=True,
    tabs=(
        Tab("Lịch phát", "town.listed", "Từ cấp trên", badge="web.town:town_waiting"),
        Tab("Cài đặt", "town_trust.page", "Cấp trên", after="settings_care.backups", always=True),
    ),
    notes=(Hook("town/_note.html"),),
    keys=(Keys("town", "scheduler.config_town:TownConfig", package=NATS, in_use=_is_on),),
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
    words=(
        "scheduler.core.wording_town:TOWN_REASONS",
        "scheduler.core.wording_broker:BROKER_REASONS",
    ),
    restored=("scheduler.store.town_queue:restored",),
)
