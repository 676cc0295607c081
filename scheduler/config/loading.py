"""config.toml -> frozen dataclasses: how the file is read. `config.keys` is the one table of what may stand in it.

`load` finds every fault before it speaks: unknown keys (with a guess), wrong types, values out of range, two pacing
outputs. It never writes a file and never reads a clock.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

from scheduler.config.care import BackupConfig, FaultsConfig
from scheduler.config.extras import ExtrasConfig
from scheduler.config.keys import (
    OF_EXTRAS,
    SECTIONS,
    SEVERAL,
    AmplifierConfig,
    AudioConfig,
    CapConfig,
    OutputConfig,
    PlanningConfig,
    PlayoutConfig,
    QuietHoursConfig,
    RelayConfig,
    ScriptConfig,
    Section,
    StationConfig,
    ZoneConfig,
    kind_of,
    section_names,
)
from scheduler.config.packages import package_faults
from scheduler.config.report import ReportConfig
from scheduler.config.sections import section_of, tables_of, twice, unknown
from scheduler.config.sound import ChimeConfig, HornConfig
from scheduler.config.urgent import EmergencyConfig, LiveConfig
from scheduler.config.voices import SpeechConfig, VoiceServerConfig
from scheduler.config.web import LimitsConfig, WebConfig
from scheduler.core.air.horn import NO_HORN, HornProfile, chosen
from scheduler.core.air.output_kinds import output_kind
from scheduler.core.model import ALL_WEEKDAYS, DEFAULT_ZONE, AirtimeLimit, QuietHours, StationRules
from scheduler.core.planning.rules import parse_window
from scheduler.features import FEATURES, Process, is_on
from scheduler.features import load as part
from scheduler.kernel.errors import ConfigError

__all__ = [
    "SECTIONS",
    "SEVERAL",
    "AmplifierConfig",
    "AudioConfig",
    "BackupConfig",
    "CapConfig",
    "ChimeConfig",
    "Config",
    "EmergencyConfig",
    "ExtrasConfig",
    "HornConfig",
    "LimitsConfig",
    "LiveConfig",
    "OutputConfig",
    "PlanningConfig",
    "PlayoutConfig",
    "QuietHoursConfig",
    "RelayConfig",
    "ReportConfig",
    "ScriptConfig",
    "Section",
    "SpeechConfig",
    "StationConfig",
    "VoiceServerConfig",
    "WebConfig",
    "ZoneConfig",
    "kind_of",
    "load",
    "parse",
    "section_names",
]

_Keys = TypeVar("_Keys")


@dataclass(frozen=True)  # no slots: its rules are made once and kept
class Config:
    """Everything the station is told; `folder` is where relative paths start."""

    folder: Path
    station: StationConfig = field(default_factory=StationConfig)
    web: WebConfig = field(default_factory=WebConfig)
    quiet_hours: QuietHoursConfig = field(default_factory=QuietHoursConfig)
    cap: CapConfig = field(default_factory=CapConfig)
    planning: PlanningConfig = field(default_factory=PlanningConfig)
    speech: SpeechConfig = field(default_factory=SpeechConfig)
    voice_server: VoiceServerConfig = field(default_factory=VoiceServerConfig)
    script: ScriptConfig = field(default_factory=ScriptConfig)
    audio: AudioConfig = field(default_factory=AudioConfig)
    chime: ChimeConfig = field(default_factory=ChimeConfig)
    playout: PlayoutConfig = field(default_factory=PlayoutConfig)
    amplifier: AmplifierConfig = field(default_factory=AmplifierConfig)
    relay: RelayConfig = field(default_factory=RelayConfig)
    live: LiveConfig = field(default_factory=LiveConfig)
    emergency: EmergencyConfig = field(default_factory=EmergencyConfig)
    report: ReportConfig = field(default_factory=ReportConfig)
    backup: BackupConfig = field(default_factory=BackupConfig)
    faults: FaultsConfig = field(default_factory=FaultsConfig)
    outputs: tuple[OutputConfig, ...] = field(default_factory=lambda: (OutputConfig(),))
    zones: tuple[ZoneConfig, ...] = ()
    horns: tuple[HornConfig, ...] = ()
    limits: LimitsConfig = field(default_factory=LimitsConfig)
    extras: ExtrasConfig = field(default_factory=ExtrasConfig)
    of_extras: Mapping[str, tuple[Any, ...]] = field(default_factory=dict, hash=False)
    """Sections of extras that the file has, or the page has set, by name."""
    file: Path | None = field(default=None, compare=False)
    """Where it was read from; None = from no file."""
    written: frozenset[str] = field(default=frozenset(), compare=False)
    """What the file itself says: "section.key", "zone:NAME.key". The page changes none of it."""

    def get(self, kind: type[_Keys]) -> _Keys:
        """The section of an extra; its defaults where nobody has written it."""
        return next(iter(self.all(kind)), None) or kind()

    def all(self, kind: type[_Keys]) -> tuple[_Keys, ...]:
        """Every time that a section of an extra is written."""
        return next((rows for rows in self.of_extras.values() if isinstance(rows[0], kind)), ())

    def value(self, section: str, key: str) -> Any:
        """What a section of an extra says; None where nobody has written it. Nothing of the extra is imported."""
        return next((getattr(row, key) for row in self.of_extras.get(section, ())), None)

    def having(self, *sections: Any) -> "Config":
        """The same with these sections of extras in place of those of their kind."""
        more: dict[str, tuple[Any, ...]] = {}
        for one in sections:
            where = f"{type(one).__module__}:{type(one).__qualname__}"
            name = next(keys.name for keys in OF_EXTRAS.values() if keys.kind == where)
            more[name] = (*more.get(name, ()), one)
        return replace(self, of_extras={**self.of_extras, **more})

    def rows(self, name: str) -> tuple[Any, ...]:
        """A section by its name, every time that it is written; its defaults where it stands once and is not."""
        if name in SEVERAL:
            found: tuple[Any, ...] = getattr(self, SEVERAL[name])
            return found
        if name in SECTIONS:
            return (getattr(self, name),)
        return self.of_extras.get(name) or (() if OF_EXTRAS[name].several else (kind_of(name)(),))

    @cached_property
    def extras_on(self) -> frozenset[str]:
        """Names of the extras that the file or the page has turned on."""
        return frozenset(feature.name for feature in FEATURES if is_on(feature, self))

    @cached_property
    def extra_processes(self) -> tuple[Process, ...]:
        """Processes that extras add to this station."""
        return tuple(one for feature in FEATURES for one in feature.processes if one.wanted(self))

    @cached_property
    def shares_air(self) -> bool:
        """Whether this station sounds and writes only while it has the air."""
        return any(feature.shares_air(self) for feature in FEATURES)

    @cached_property
    def data(self) -> Path:
        return (self.folder / self.station.data).resolve()

    @cached_property
    def zone_names(self) -> tuple[str, ...]:
        """Every zone that an output sounds in or a table describes, "all" first."""
        named = [zone for output in self.outputs for zone in output.zones] + [zone.name for zone in self.zones]
        return (DEFAULT_ZONE, *sorted(set(named) - {DEFAULT_ZONE}))

    @cached_property
    def horn_of(self) -> dict[str, HornProfile]:
        """Output -> the profile of its loudspeakers; outputs without one are given the master."""
        target, peak = self.audio.target_lufs, self.audio.max_true_peak_dbtp
        made = {horn.name: horn.profile(target, peak) for horn in (HornConfig(), *self.horns)}
        of_zone = {zone.name: zone.horn for zone in self.zones}
        names = {output.name: chosen(output.horn, output.zones, of_zone) for output in self.outputs}
        return {output: made[name] for output, name in names.items() if name in made}

    @cached_property
    def rules(self) -> StationRules:
        """What the planner and the gate hold against every airing."""
        return StationRules(
            zone_name=self.station.time_zone,
            quiet_hours=QuietHours(tuple(map(parse_window, self.quiet_hours.windows)), self.quiet_hours.legal_basis),
            cap=AirtimeLimit(
                sessions_a_day=self.cap.sessions_a_day or None,
                minutes_a_session=self.cap.minutes_a_session or None,
                weekdays=frozenset(self.cap.weekdays) & ALL_WEEKDAYS,
                legal_basis=self.cap.legal_basis,
            ),
            min_gap=timedelta(minutes=self.planning.min_gap_minutes),
            late_tolerance=timedelta(seconds=self.planning.late_tolerance_seconds),
            make_good=timedelta(minutes=self.planning.make_good_minutes),
            blackout=frozenset(map(date.fromisoformat, self.planning.blackout_dates)),
            zone_quiet=tuple((zone.name, _zone_quiet(zone)) for zone in self.zones if zone.quiet_hours),
            zone_delay=tuple(
                (zone.name, timedelta(seconds=zone.delay_seconds)) for zone in self.zones if zone.delay_seconds
            ),
        )

    @property
    def delays(self) -> dict[str, timedelta]:
        """Output -> how much later than others it starts: as its zone does, the latest of them where it has several."""
        of_zone = dict(self.rules.zone_delay)
        told = {one.name: max(of_zone.get(zone, timedelta(0)) for zone in one.zones) for one in self.outputs}
        return {name: delay for name, delay in told.items() if delay}


def _zone_quiet(zone: ZoneConfig) -> QuietHours:
    return QuietHours(tuple(map(parse_window, zone.quiet_hours)), zone.legal_basis)


def load(path: Path | None) -> Config:
    """The configuration of `path`; None = embedded defaults in the current folder. Raises ConfigError."""
    if path is None:
        return Config(folder=Path.cwd())
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError([f"không đọc được {path}: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([f"{path} không phải văn bản UTF-8"]) from error
    try:
        return replace(parse(text, path.parent.resolve()), file=path.resolve())
    except ConfigError as error:
        if isinstance(error.partial, Config):
            error.partial = replace(error.partial, file=path.resolve())
        raise


def parse(text: str, folder: Path) -> Config:
    """A configuration from TOML text; every fault in one ConfigError."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"không phải TOML hợp lệ: {error}"]) from error
    faults: list[str] = []
    rows = {name: _rows(name, value, faults) for name, value in tree.items()}
    parts: dict[str, Any] = {SEVERAL[name]: rows[name] for name in rows.keys() & SEVERAL.keys()}
    parts |= {name: found[0] for name, found in rows.items() if found and name in SECTIONS and name not in SEVERAL}
    faults.extend(_unknown_horns(parts))
    faults.extend(_unknown_extras(parts))
    extras = {name: found for name, found in rows.items() if found and name in OF_EXTRAS}
    made = Config(folder=folder, of_extras=extras, **parts)
    for feature in FEATURES:
        if any(one.name in tree for one in feature.keys):
            faults.extend(fault for where in feature.faults for fault in part(where)(made))
    faults.extend(package_faults(made))
    if faults:
        raise ConfigError(faults, made)
    return replace(made, written=_written(tree))


def _written(tree: dict[str, Any]) -> frozenset[str]:
    single = {f"{name}.{key}" for name, value in tree.items() if isinstance(value, dict) for key in value}
    zones = {f"zone:{row.get('name', ZoneConfig().name)}.{key}" for row in tree.get("zone", ()) for key in row}
    return frozenset(single | zones)


def _outputs(value: object, faults: list[str]) -> tuple[OutputConfig, ...]:
    outputs = cast("tuple[OutputConfig, ...]", tables_of(OutputConfig, "output", value, faults))
    faults.extend(twice("đầu ra", [output.name for output in outputs]))
    faults.extend(
        f'"output.device" của đầu ra "{output.name}" không được để trống: kiểu {output.kind} cần biết phát tới đâu'
        for output in outputs
        if output_kind(output.kind).needs_device and not output.device
    )
    if len(cards := [output.name for output in outputs if output.kind in {"auto", "soundcard"}]) > 1:
        faults.append(f"chỉ một đầu ra được giữ nhịp (card âm thanh), nhưng có: {', '.join(cards)}")
    return outputs


def _zones(value: object, faults: list[str]) -> tuple[ZoneConfig, ...]:
    zones = cast("tuple[ZoneConfig, ...]", tables_of(ZoneConfig, "zone", value, faults))
    faults.extend(twice("vùng phát", [zone.name for zone in zones]))
    return zones


def _horns(value: object, faults: list[str]) -> tuple[HornConfig, ...]:
    horns = cast("tuple[HornConfig, ...]", tables_of(HornConfig, "horn", value, faults))
    faults.extend(twice("kiểu loa nén", [horn.name for horn in horns]))
    if any(horn.name == NO_HORN for horn in horns):
        faults.append(f'"horn.name" không được là "{NO_HORN}": từ này nghĩa là không dùng kiểu nào')
    return horns


_REPEATED: dict[str, Callable[..., tuple[Section, ...]]] = {"output": _outputs, "zone": _zones, "horn": _horns}


def _rows(name: str, value: object, faults: list[str]) -> tuple[Section, ...]:
    """What a section says, every time that it is written."""
    if name in _REPEATED:
        return _REPEATED[name](value, faults)
    if name not in SECTIONS and name not in OF_EXTRAS:
        faults.append(unknown(name, section_names()))
        return ()
    if name in OF_EXTRAS and OF_EXTRAS[name].several:
        rows: tuple[Any, ...] = tables_of(kind_of(name), name, value, faults)
        faults.extend(twice(OF_EXTRAS[name].called, [row.id for row in rows]))
        return rows
    if not isinstance(value, dict):
        faults.append(f'"{name}" phải là một bảng: [{name}]')
        return ()
    return (section_of(kind_of(name), name, value, faults),)


def _unknown_horns(parts: dict[str, Any]) -> list[str]:
    """Outputs and zones that name a profile which is not there."""
    known = {HornConfig().name, NO_HORN, "", *(horn.name for horn in parts.get("horns", ()))}
    users = [("output", output) for output in parts.get("outputs", ())]
    users += [("zone", zone) for zone in parts.get("zones", ())]
    told = ", ".join(sorted(known - {""}))
    return [
        f'"{kind}.horn" của "{one.name}" là kiểu loa nén lạ "{one.horn}"; có: {told}'
        for kind, one in users
        if one.horn not in known
    ]


def _unknown_extras(parts: dict[str, Any]) -> list[str]:
    """Names in `extras.on` that are no extra's, or one's that only its own keys turn on."""
    known = [feature.name for feature in FEATURES if feature.switch]
    named = parts["extras"].on if "extras" in parts else ()
    return [f'"extras.on" có "{name}" lạ; có: {", ".join(known)}' for name in named if name not in known]
