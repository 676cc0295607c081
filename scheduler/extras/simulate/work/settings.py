"""The configuration of a scenario: sections of config.toml, the short names of [settings] over them.

`loading` reads it, so that its checks and its sentences hold here too; what is wrong is told by the name the
scenario has for it. Outputs of a scenario discard, whatever it asks for.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from scheduler.config import loading as configuration
from scheduler.config.loading import Config, OutputConfig, section_names
from scheduler.config.sections import unknown
from scheduler.core.model import DEFAULT_ZONE
from scheduler.extras.simulate.work.keys import SETTINGS
from scheduler.extras.simulate.work.tables import table_of
from scheduler.kernel.errors import ConfigError

__all__ = ["config_of", "zone_names"]

_DAYS_AHEAD = 2


def config_of(tree: Mapping[str, Any], faults: list[str]) -> Config:
    """The station's configuration: [config] as in config.toml, the short names of [settings] over it."""
    sections = table_of("config", tree.get("config", {}), faults)
    settings = table_of("settings", tree.get("settings", {}), faults)
    zones = settings.pop("zones", None)
    sections = {name: dict(value) if isinstance(value, dict) else value for name, value in sections.items()}
    for name, value in settings.items():
        if name not in SETTINGS:
            faults.append(unknown(name, [*SETTINGS, "zones"], "settings."))
            continue
        section, setting = SETTINGS[name]
        table = sections.setdefault(section, {})
        if isinstance(table, dict):
            table[setting] = value
    if zones is not None:
        sections["zone"] = _zones(zones, faults)
    try:
        config = configuration.parse(_toml_text(sections), Path.cwd())
    except ConfigError as error:
        faults.extend(map(_in_scenario, error.faults))
        return Config(folder=Path.cwd())
    if "days_ahead" not in sections.get("planning", {}):
        config = replace(config, planning=replace(config.planning, days_ahead=_DAYS_AHEAD))
    return replace(config, outputs=_silent_outputs(config, given="output" in sections))


def _zones(zones: object, faults: list[str]) -> list[dict[str, Any]]:
    """Names, or tables as [[zone]] of config.toml has them."""
    rows = zones if isinstance(zones, list) else None
    if rows is None or not all(isinstance(row, str | dict) for row in rows):
        faults.append('"settings.zones" phải là danh sách tên hoặc bảng')
        return []
    return [{"name": row} if isinstance(row, str) else row for row in rows]


def _silent_outputs(config: Config, *, given: bool) -> tuple[OutputConfig, ...]:
    """Outputs that discard: those of [config], else one for each zone."""
    if given:
        return tuple(replace(output, kind="null") for output in config.outputs)
    if config.zones:
        return tuple(OutputConfig(name=zone.name, kind="null", zones=(zone.name,)) for zone in config.zones)
    return (OutputConfig(kind="null"),)


def zone_names(config: Config) -> list[str]:
    return [DEFAULT_ZONE, *(zone.name for zone in config.zones)]


def _in_scenario(fault: str) -> str:
    """A fault of the configuration, named as the scenario names the key."""
    for name, (section, setting) in SETTINGS.items():
        fault = fault.replace(f'"{section}.{setting}"', f'"settings.{name}"')
    return f"cấu hình: {fault}"


def _toml_text(sections: Mapping[str, Any]) -> str:
    """Sections as config.toml would say them, for the one reader of that file."""
    lines: list[str] = []
    known = section_names()
    for name, value in sections.items():
        if name in known and isinstance(value, dict):
            lines += [f"[{json.dumps(name)}]", *_toml_keys(value)]
        elif name in known and isinstance(value, list) and all(isinstance(row, dict) for row in value):
            lines += [line for row in value for line in (f"[[{json.dumps(name)}]]", *_toml_keys(row))]
        else:
            lines.insert(0, f"{json.dumps(name)} = {_toml_value(value)}")
    return "\n".join(lines)


def _toml_keys(table: Mapping[str, Any]) -> list[str]:
    return [f"{json.dumps(name)} = {_toml_value(value)}" for name, value in table.items() if value is not None]


def _toml_value(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)} = {_toml_value(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
