"""The keys of `[mqtt]` and `[[cluster]]` (boxes beside the horns, at the ward) and of `[box]` (such a box itself).

Commands go through MQTT, so that a box that is away gets them on its return. What the keys must keep together, also
with the outputs, is asked when all of them are read.
"""

import re
from dataclasses import dataclass

from scheduler.config.checks import Names, between, each, key, one_of
from scheduler.config.loading import Config

__all__ = ["BoxConfig", "ClusterConfig", "MqttConfig", "faults"]


_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
_URL = re.compile(r"mqtts?://[^/\s@]+\Z")
_KEY = re.compile(r"[0-9a-f]{64}\Z")


def _name(value: object) -> str | None:
    fits = value == "" or _NAME.match(str(value))
    return None if fits else "chỉ được gồm chữ không dấu, số và . _ - (tối đa 64 ký tự)"


def _zone(value: object) -> str | None:
    return None if str(value).strip() else "không được để trống"


def _url(value: object) -> str | None:
    return None if value == "" or _URL.match(str(value)) else "phải viết như mqtt://192.168.1.2:1883 hoặc mqtts://…"


def _public_key(value: object) -> str | None:
    return None if value == "" or _KEY.match(str(value)) else "phải là 64 chữ số hệ 16"


@dataclass(frozen=True, slots=True)
class ClusterConfig:
    id: str = key("", "The cluster's own number (CumLoaID); letters, digits, . _ -.", _name)
    name: str = key("", "Its name, as people call it; empty = its number.")
    kind: str = key(
        "loa",
        "loa = a box that runs loa cluster; vendor = one that speaks the provincial JSON.",
        one_of("loa", "vendor"),
    )
    zones: tuple[str, ...] = key(("all",), "Zones it sounds in.", each(_zone))
    public_key: str = key(
        "", "Key of the box, as loa cluster --key shows it; empty = the first that is heard.", _public_key
    )
    command_topic: str = key("ttn/{id}/lenh", "Of a vendor's box: where it listens; {id} is its number.")
    state_topic: str = key("ttn/{id}/trang-thai", "Of a vendor's box: where it tells its state.")
    log_topic: str = key("ttn/{id}/nhat-ky", "Of a vendor's box: where it tells what it has aired.")
    presence_topic: str = key("ttn/{id}/ket-noi", "Of a vendor's box: where its last will is (online or offline).")


@dataclass(frozen=True, slots=True)
class MqttConfig:
    url: str = key("", "MQTT server inside the ward, such as mqtt://192.168.1.2:1883; empty = no clusters.", _url)
    user: str = key("", "Name of this machine at it.")
    password_file: str = key("", "File that holds its password, readable by its owner only (0600).", names=Names.SECRET)
    ca_file: str = key(
        "", "Certificate (PEM) of its authority, for mqtts; empty = the system's.", names=Names.AUTHORITY
    )
    ward_id: str = key("", "The ward's administrative code in topics; empty = town.ward_id, else phuong.", _name)
    page_url: str = key("", "Address of this ward's page as boxes reach it; vendors' boxes fetch sounds there.")
    keepalive_seconds: int = key(10, "How often a connection shows that it lives.", between(2, 600))


@dataclass(frozen=True, slots=True)
class BoxConfig:
    id: str = key("", "This box's own number (CumLoaID); empty = this machine is no box.", _name)
    ward_id: str = key("", "The ward whose clips and orders it takes, as in its topics.", _name)
    ward_key: str = key("", "The ward's key, as loa cluster pair shows it: only its orders count.", _public_key)
    page_url: str = key("", "Address of the ward's page, for clips, such as http://192.168.1.2:8080.")
    report_seconds: float = key(60.0, "How often it tells its state.", between(5, 3600))
    gain_db: float = key(0.0, "Gain of all but emergencies, until the ward sets another.", between(-60, 0))
    keep_days: int = key(30, "Days it keeps a sound that nothing names any more.", between(1, 3650))


def faults(config: Config) -> list[str]:
    """Sentences about keys of boxes that do not fit together, or not to the outputs."""
    clusters = config.all(ClusterConfig)
    heard = {zone for output in config.outputs for zone in output.zones}
    return [
        *_mqtt_faults(config.get(MqttConfig), clusters, config.get(BoxConfig)),
        *_zone_faults(clusters, heard),
    ]


def _mqtt_faults(mqtt: MqttConfig, clusters: tuple[ClusterConfig, ...], box: BoxConfig) -> list[str]:
    """What these sections must keep together."""
    faults = []
    if any(not cluster.id for cluster in clusters):
        faults.append('"cluster.id" không được để trống: đó là số của cụm loa (CumLoaID)')
    if box.id and not (box.ward_id and box.ward_key and box.page_url and mqtt.url):
        faults.append('"box.id" cần có "box.ward_id", "box.ward_key", "box.page_url" và "mqtt.url"')
    if box.id and clusters:
        faults.append("một máy hoặc là phường có [[cluster]], hoặc là cụm loa có [box]; không thể là cả hai")
    if any(cluster.kind == "vendor" for cluster in clusters) and not mqtt.page_url:
        faults.append('cụm loa kiểu "vendor" cần có "mqtt.page_url" để tải âm thanh')
    return faults


def _zone_faults(clusters: tuple[ClusterConfig, ...], heard: set[str]) -> list[str]:
    """Zones of boxes that no output of the station sounds in (`heard`): its own journal would say that every airing
    there failed, and make good what the box has aired.
    """
    return [
        f'cụm loa "{cluster.id}" ở vùng "{zone}" mà không đầu ra nào ở vùng đó; hãy thêm vùng này vào một [[output]], '
        'nếu ở đó chỉ có cụm loa thì vào một đầu ra kind = "null"'
        for cluster in clusters
        for zone in cluster.zones
        if zone not in {"all", *heard}
    ]
