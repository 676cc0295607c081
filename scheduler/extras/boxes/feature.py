"""Boxes beside the horns, both ends: the ward that orders them, and the box that sounds.

The record of its parts: names only, nothing of it is imported here.
"""

from typing import Any

from scheduler.features import PAHO, Feature, Hook, Keys, Process, Tab, never

__all__ = ["FEATURE"]


def _is_on(config: Any) -> bool:
    """A ward with boxes, or a box."""
    return _has_boxes(config) or _is_box(config)


def _has_boxes(config: Any) -> bool:
    return bool(config.value("mqtt", "url") and config.value("cluster", "id"))


def _gain_db(config: Any) -> float:
    """Of a box: what its ward has set."""
    return config.value("box", "gain_db") or 0.0


def _is_box(config: Any) -> bool:
    return bool(config.value("box", "id"))


FEATURE = Feature(
    name="boxes",
    docs="clusters.md",
    commands={
        "cluster": "scheduler.extras.boxes.commands:cluster",
        "clusters": "scheduler.extras.boxes.commands:clusters",
    },
    on=_is_on,
    gain_db=_gain_db,
    speakers=lambda config: config.of_extras.get("cluster", ()),
    kept=("cluster_airing",),
    processes=(
        Process(
            name="clusters",
            work="scheduler.extras.boxes.work.ward:run",
            wanted=_has_boxes,
            called="liên kết với cụm loa",
            title="Bộ nối với cụm loa",
        ),
        Process(
            name="box",
            work="scheduler.extras.boxes.work.box:run",
            wanted=never,
            called="liên kết với phường",
            title="Bộ nối với phường",
        ),
    ),
    checks=(Hook("scheduler.extras.boxes.standing:checks"),),
    health=(Hook("scheduler.extras.boxes.standing:health"),),
    pages=("scheduler.extras.boxes.pages:bp",),
    addresses=("/cum-loa",),
    tabs=(
        Tab(
            "Cài đặt",
            "clusters.page",
            "Cụm loa",
            work="test_output",
            after="settings_outputs.page",
            badge="scheduler.extras.boxes.pages:clusters_red",
        ),
    ),
    airing_notes=(Hook("clusters/_airing.html", tables=("cluster_airing",)),),
    fetched=("clusters.sound",),
    settings=lambda config: "scheduler.extras.boxes.rows.box:BoxSettings" if config.value("box", "id") else "",
    keys=(
        Keys(
            "mqtt",
            "scheduler.extras.boxes.keys:MqttConfig",
            about="The MQTT server inside the ward, through which boxes beside the horns are reached. See "
            "[clusters.md](clusters.md).",
        ),
        Keys(
            "cluster",
            "scheduler.extras.boxes.keys:ClusterConfig",
            several=True,
            called="cụm loa",
            package=PAHO,
            in_use=_has_boxes,
            about="A box beside the horns. Written `[[cluster]]`, once for each. See [clusters.md](clusters.md).",
        ),
        Keys(
            "box",
            "scheduler.extras.boxes.keys:BoxConfig",
            package=PAHO,
            in_use=_is_box,
            about="Keys of such a box itself, where `loa cluster` runs.",
        ),
    ),
    faults=("scheduler.extras.boxes.keys:faults",),
    unwatched={
        "box_clip": "sounds on their way from the ward",
        "box_order": "what the ward has ordered of this box",
        "box_told": "what the ward has told this box",
        "cluster_airing": "told by boxes",
        "cluster_order": "what people order of a box is told as events, the rest follows from what is told",
        "cluster_seen": "noticed by machines",
    },
    retried=("box_clip",),
)
