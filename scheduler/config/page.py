"""What the page Cài đặt may set where config.toml is silent: the table of such keys, and a configuration with their
values laid over it.

config.toml stays the authority: a key that stands in the file is never laid over. A value passes the same check as in
the file. Nothing here knows rows, people or rights; where the values are kept is `store.station.settings`'.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields, replace
from typing import Any, get_type_hints

from scheduler.config.loading import SECTIONS, Config, ZoneConfig, kind_of
from scheduler.config.sections import converted
from scheduler.features import FEATURES
from scheduler.kernel.errors import NotFound, Refused

__all__ = ["PAGE_KEYS", "ZONE_KEYS", "changed_by_page", "checked", "effective", "value_of"]

PAGE_KEYS: dict[str, str] = {
    "station.name": "Tên đài",
    "quiet_hours.windows": "Giờ yên tĩnh",
    "quiet_hours.legal_basis": "Căn cứ của giờ yên tĩnh",
    "cap.sessions_a_day": "Số buổi mỗi ngày",
    "cap.minutes_a_session": "Số phút mỗi buổi",
    "cap.weekdays": "Ngày trong tuần được phát",
    "cap.legal_basis": "Căn cứ của hạn mức",
    "planning.blackout_dates": "Ngày không phát bản tin thường",
    "chime.open": "Nhạc hiệu mở đầu",
    "chime.close": "Nhạc hiệu kết thúc",
    "report.authority": "Cơ quan chủ quản trên báo cáo",
    "report.place": "Địa danh trên báo cáo",
    "extras.on": "Phần mở rộng",
}
PAGE_KEYS |= {key: word for feature in FEATURES for key, word in feature.page_keys.items()}
"""Key of config.toml -> what the page calls it."""
ZONE_KEYS: dict[str, str] = {
    "homes": "Số hộ",
    "people": "Số dân",
    "noise_class": "Loại khu vực",
    "quiet_hours": "Giờ yên tĩnh của vùng",
    "legal_basis": "Căn cứ của vùng",
}
"""The same of a zone's table; the whole key is "zone:NAME.key"."""


def changed_by_page(config: Config, key: str) -> bool:
    """Whether the page may set this key: it is one of the table, of a zone that is there, and not in the file."""
    return _known(config, key) and key not in config.written


def value_of(config: Config, key: str) -> Any:
    """The value that holds now. Raises NotFound for a key the page does not know."""
    if not _known(config, key):
        raise NotFound("setting", key)
    section, name = _split(key)
    holder = _zone(config, section[5:]) if section.startswith("zone:") else config.rows(section)[0]
    return getattr(holder, name)


def checked(config: Config, key: str, value: object) -> Any:
    """`value` as the key has it. Raises NotFound; Refused setting_in_file, setting_invalid."""
    if not _known(config, key):
        raise NotFound("setting", key)
    if key in config.written:
        raise Refused("setting_in_file", key=key)
    section, name = _split(key)
    kind = ZoneConfig if section.startswith("zone:") else kind_of(section)
    found = converted(list(value) if isinstance(value, tuple) else value, get_type_hints(kind)[name])
    if found is MISSING:
        raise Refused("setting_invalid", key=key, fault="sai kiểu")
    check = next(item.metadata["check"] for item in fields(kind) if item.name == name)
    if check and (fault := check(found)):
        raise Refused("setting_invalid", key=key, fault=fault)
    return found


def effective(config: Config, values: Mapping[str, object]) -> Config:
    """The configuration that holds: `values` where the file says nothing. What no longer fits is left out."""
    sections: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        try:
            good = checked(config, key, value)
        except Refused:  # the file has taken the key, or a release has changed what it may be
            continue
        section, name = _split(key)
        sections.setdefault(section, {})[name] = good
    if not sections:
        return config
    whole = {name: replace(config.rows(name)[0], **told) for name, told in sections.items() if ":" not in name}
    zones = {name[5:]: told for name, told in sections.items() if ":" in name}
    own = {name: whole.pop(name) for name in set(whole) & set(SECTIONS)}
    return replace(config, **own, zones=_with_zones(config, zones)).having(*whole.values())


def _known(config: Config, key: str) -> bool:
    if key.startswith("zone:"):
        section, name = _split(key)
        return name in ZONE_KEYS and section[5:] in config.zone_names
    return key in PAGE_KEYS


def _split(key: str) -> tuple[str, str]:
    section, _, name = key.rpartition(".")
    return section, name


def _zone(config: Config, name: str) -> ZoneConfig:
    return next((zone for zone in config.zones if zone.name == name), ZoneConfig(name=name))


def _with_zones(config: Config, told: Mapping[str, Mapping[str, Any]]) -> tuple[ZoneConfig, ...]:
    """The zones of the file in their order, then those that only outputs name."""
    listed = [zone.name for zone in config.zones]
    names = [*listed, *sorted(set(told) - set(listed))]
    return tuple(replace(_zone(config, name), **told.get(name, {})) for name in names)
