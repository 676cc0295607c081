"""A scenario file, JSON or TOML -> `Scenario`; every fault of the file is found before it speaks.

Unknown keys (with a guess), wrong types, values out of range, names that are nowhere, cadences that contradict. The
sentences are Vietnamese: the officer reads them. It reads one file and nothing else; no clock, no station.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from scheduler.config.loading import Config
from scheduler.config.sections import guessed, twice, unknown
from scheduler.extras.simulate.work.keys import (
    EVENTS,
    BoostKeys,
    CampaignKeys,
    EventKeys,
    OneOffKeys,
    PhaseKeys,
    RelayKeys,
    ScenarioKeys,
    Table,
)
from scheduler.extras.simulate.work.settings import config_of, zone_names
from scheduler.extras.simulate.work.tables import (
    ScenarioError,
    field_of,
    key_names,
    read_table,
    table_of,
)

__all__ = ["Event", "OneOff", "Scenario", "ScenarioError", "changed_campaign", "load", "parse"]

_TOP = ("settings", "config", "clips", "campaigns", "one_offs", "relays", "events")
_CADENCES = ("times", "per_day", "every_minutes")
_LONGEST_CLIP = 3600.0
_YEARS = range(1970, 2200)
_NO_INSTANT = datetime(2000, 1, 1, tzinfo=UTC)
"""In the place of one that cannot be read."""
_Kind = TypeVar("_Kind", bound=Table)


@dataclass(frozen=True, slots=True)
class OneOff:
    at: datetime
    keys: OneOffKeys


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    keys: EventKeys
    clock: datetime | None = None
    """Of clock_set: what the clock says then; None = the truth."""
    until: datetime | None = None
    """Of pause: when it ends; None = when it is resumed."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is simulated; instants are true time."""

    title: str
    start: datetime
    end: datetime
    clock: datetime | None
    """What the station's clock says at `start`; None = the truth."""
    config: Config
    clips: Mapping[str, float]
    campaigns: tuple[CampaignKeys, ...]
    one_offs: tuple[OneOff, ...]
    relays: tuple[RelayKeys, ...]
    events: tuple[Event, ...]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.config.station.time_zone)


def load(path: Path) -> Scenario:
    """The scenario of a file; raises ScenarioError. TOML by its ending, else JSON."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ScenarioError([f"không đọc được {path}: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise ScenarioError([f"{path} không phải văn bản UTF-8"]) from error
    return parse(text, is_toml=path.suffix.lower() == ".toml")


def parse(text: str, *, is_toml: bool) -> Scenario:
    """A scenario from text; every fault in one ScenarioError."""
    try:
        tree = tomllib.loads(text) if is_toml else json.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError([f"không phải TOML hợp lệ: {error}"]) from error
    except (ValueError, RecursionError) as error:
        raise ScenarioError([f"không phải JSON hợp lệ: {error}"]) from error
    if not isinstance(tree, dict):
        raise ScenarioError(["kịch bản phải là một bảng các khóa"])
    return _Reader(_plain(tree)).scenario()


def changed_campaign(keys: CampaignKeys, change: Mapping[str, Any]) -> CampaignKeys:
    """A campaign as an `edit` leaves it. A new cadence takes the place of the old one. Raises ScenarioError."""
    faults: list[str] = []
    new = read_table(CampaignKeys, "change", change, faults)
    if faults:
        raise ScenarioError(faults)
    named = {field_of(name) for name in change}
    kept = keys
    if named & set(_CADENCES):
        kept = replace(kept, times=(), per_day=0, every_minutes=0.0)
    if named & {"clip", "clips"}:
        kept = replace(kept, clip="", clips=())
    if named & {"plays", "session_minutes"}:
        kept = replace(kept, plays=1, session_minutes=0.0)
    return replace(kept, **{name: getattr(new, name) for name in named})


def _plain(value: Any) -> Any:
    """TOML's own dates and times as the text that JSON has for them."""
    match value:
        case dict():
            return {name: _plain(item) for name, item in value.items()}
        case list():
            return [_plain(item) for item in value]
        case datetime() | date():
            return value.isoformat()
        case time():
            return value.isoformat("minutes")
    return value


class _Reader:
    """One reading of one file; `faults` grows until the end."""

    def __init__(self, tree: dict[str, Any]) -> None:
        self._tree = tree
        self._faults: list[str] = []
        self._zone = ZoneInfo("Asia/Ho_Chi_Minh")

    def scenario(self) -> Scenario:
        tree, faults = self._tree, self._faults
        known = [*_TOP, *key_names(ScenarioKeys)]
        faults.extend(unknown(name, known) for name in tree if name not in known)
        own = {name: value for name, value in tree.items() if name in key_names(ScenarioKeys)}
        top = read_table(ScenarioKeys, "", own, faults)
        config = config_of(tree, faults)
        self._zone = ZoneInfo(config.station.time_zone)
        clips = self._clips()
        campaigns = tuple(
            self._campaign(number, keys, clips, config)
            for number, keys in enumerate(self._tables(CampaignKeys, "campaigns"), 1)
        )
        faults.extend(twice("đợt phát", [one.title for one in campaigns]))
        one_offs = tuple(self._one_off(n, one, clips) for n, one in enumerate(self._tables(OneOffKeys, "one_offs"), 1))
        relays = tuple(
            self._relay(number, keys, config) for number, keys in enumerate(self._tables(RelayKeys, "relays"), 1)
        )
        events = tuple(
            self._event(number, keys, clips, campaigns, config)
            for number, keys in enumerate(self._tables(EventKeys, "events"), 1)
        )
        start, end, clock = self._span(top)
        if faults:
            raise ScenarioError(faults)
        ordered = tuple(sorted(events, key=lambda event: event.at))
        return Scenario(top.title, start, end, clock, config, clips, campaigns, one_offs, relays, ordered)

    def _span(self, top: ScenarioKeys) -> tuple[datetime, datetime, datetime | None]:
        start = self._instant("start", top.start)
        clock = self._instant("clock", top.clock) if top.clock else None
        if bool(top.end) == bool(top.days):
            self._faults.append('phải có đúng một trong hai khóa "end" và "days"')
            return start, start, clock
        if top.end:
            end = self._instant("end", top.end)
        else:
            local = start.astimezone(self._zone).replace(tzinfo=None) + timedelta(days=top.days)
            end = local.replace(tzinfo=self._zone).astimezone(UTC)
        if end <= start and _NO_INSTANT not in {start, end}:
            self._faults.append('"end" phải sau "start"')
        return start, end, clock

    # Clips, campaigns, one-offs, events

    def _clips(self) -> dict[str, float]:
        clips: dict[str, float] = {}
        for name, seconds in table_of("clips", self._tree.get("clips", {}), self._faults).items():
            if isinstance(seconds, bool) or not isinstance(seconds, int | float):
                self._faults.append(f'"clips.{name}" phải là số giây, không phải {seconds!r}')
            elif not 0 < seconds <= _LONGEST_CLIP:
                self._faults.append(f'"clips.{name}" phải lớn hơn 0 và không quá {_LONGEST_CLIP:g} giây')
            else:
                clips[name] = float(seconds)
        return clips

    def _campaign(self, number: int, keys: CampaignKeys, clips: Mapping[str, float], config: Config) -> CampaignKeys:
        where = f"campaigns {number}"
        keys = replace(keys, title=keys.title or f"Đợt {number}")
        self._faults.extend(_campaign_faults(where, keys, clips, config))
        return keys

    def _relay(self, number: int, keys: RelayKeys, config: Config) -> RelayKeys:
        where = f"relays {number}"
        self._known(where, "zone", keys.zone, zone_names(config))
        return replace(keys, title=keys.title or f"Tiếp âm {number}")

    def _one_off(self, number: int, keys: OneOffKeys, clips: Mapping[str, float]) -> OneOff:
        where = f"one_offs {number}"
        self._known(where, "clip", keys.clip, clips)
        return OneOff(self._instant(f"{where}.at", keys.at), keys)

    def _event(
        self,
        number: int,
        keys: EventKeys,
        clips: Mapping[str, float],
        campaigns: tuple[CampaignKeys, ...],
        config: Config,
    ) -> Event:
        where = f"events {number}"
        if keys.kind not in EVENTS:
            if keys.kind:
                self._faults.append(guessed(f'"{where}.kind" không biết "{keys.kind}"', keys.kind, EVENTS))
            return Event(_NO_INSTANT, keys)
        self._event_keys(where, number, keys)
        by_title = {one.title: one for one in campaigns}
        self._known(where, "clip", keys.clip, clips)
        self._known(where, "campaign", keys.campaign, by_title)
        self._known(where, "zone", keys.zone, zone_names(config))
        self._known(where, "output", keys.output, [output.name for output in config.outputs])
        if keys.change and keys.campaign in by_title:
            try:
                edited = changed_campaign(by_title[keys.campaign], keys.change)
                self._faults.extend(_campaign_faults(f"{where}.change", edited, clips, config))
            except ScenarioError as error:
                self._faults.extend(f"{where}: {fault}" for fault in error.faults)
        clock = self._instant(f"{where}.to", keys.to) if keys.to not in {"", "true"} else None
        until = self._instant(f"{where}.until", keys.until) if keys.until else None
        return Event(self._instant(f"{where}.at", keys.at), keys, clock, until)

    def _event_keys(self, where: str, number: int, keys: EventKeys) -> None:
        """Each kind has keys it needs and keys it may have; any other would be said for nothing."""
        needed, may, _ = EVENTS[keys.kind]
        given = set(self._tree["events"][number - 1])
        for name in needed:
            if name not in given:
                self._faults.append(f'"{where}" ({keys.kind}) thiếu khóa "{name}"')
        for name in sorted(given & set(key_names(EventKeys)) - {"at", "kind", *needed, *may}):
            self._faults.append(f'"{where}.{name}" không dùng được với {keys.kind}')
        if keys.kind == "stall" and keys.seconds <= 0:
            self._faults.append(f'"{where}.seconds" phải lớn hơn 0')

    # Small things

    def _tables(self, kind: type[_Kind], name: str) -> list[_Kind]:
        rows = self._tree.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self._faults.append(f'"{name}" phải là danh sách các bảng')
            return []
        return [read_table(kind, f"{name} {number}", row, self._faults) for number, row in enumerate(rows, 1)]

    def _known(self, where: str, name: str, value: str, known: Iterable[str]) -> None:
        if value and value not in set(known):
            self._faults.append(guessed(f'"{where}.{name}" không có cái nào tên "{value}"', value, known))

    def _instant(self, where: str, text: str) -> datetime:
        """A day, a local time of the station's zone, or an instant with its offset."""
        try:
            written = datetime.fromisoformat(text)
        except ValueError:
            if text:
                self._faults.append(f'"{where}" phải viết như "2026-12-01 05:30" (đang là {text!r})')
            return _NO_INSTANT
        if written.year not in _YEARS:
            self._faults.append(f'"{where}" phải từ năm {_YEARS.start} đến {_YEARS.stop - 1} (đang là {text!r})')
            return _NO_INSTANT
        if written.tzinfo is not None:
            return written.astimezone(UTC)
        instant = written.replace(tzinfo=self._zone).astimezone(UTC)
        if instant.astimezone(self._zone).replace(tzinfo=None) != written:
            self._faults.append(f'"{where}": giờ {text} không có thật trong ngày đổi giờ')
        return instant


def _campaign_faults(where: str, keys: CampaignKeys, clips: Mapping[str, float], config: Config) -> Iterable[str]:
    """What the keys of a campaign must keep together."""
    if bool(keys.clip) == bool(keys.clips):
        yield f'"{where}" phải có đúng một trong hai khóa "clip" và "clips"'
    for clip in filter(None, (keys.clip, *keys.clips)):
        if clip not in clips:
            yield guessed(f'"{where}.clip" không có cái nào tên "{clip}"', clip, clips)
    yield from _cadence_faults(where, keys)
    if keys.plays > 1 and keys.session_minutes:
        yield f'"{where}" phải chọn một trong hai khóa "plays" và "session_minutes"'
    yield from _boost_faults(where, keys.boost)
    if keys.boost and keys.every_minutes:
        yield f'"{where}.boost" không dùng được với every_minutes'
    for number, phase in enumerate(keys.phases, 1):
        yield from _phase_faults(f"{where}.phases {number}", phase)
    if keys.zone not in zone_names(config):
        yield guessed(f'"{where}.zone" không có cái nào tên "{keys.zone}"', keys.zone, zone_names(config))


def _cadence_faults(where: str, keys: CampaignKeys) -> Iterable[str]:
    """A number is needed but where phases or the boost have their own."""
    cadences = [name for name in _CADENCES if getattr(keys, name)]
    if len(cadences) > 1 or not (cadences or keys.phases or set(keys.boost) - {"factor"}):
        yield f'"{where}" phải có đúng một trong các khóa {", ".join(_CADENCES)}'
    if "times" in cadences and keys.windows:
        yield f'"{where}.windows" không dùng được với times'
    if "times" not in cadences and not keys.windows:
        yield f'"{where}" thiếu khóa "windows"'


def _boost_faults(where: str, written: Mapping[str, Any]) -> Iterable[str]:
    if not written:
        return
    faults: list[str] = []
    boost = read_table(BoostKeys, f"{where}.boost", written, faults)
    yield from faults
    names = key_names(BoostKeys)
    if not faults and (len(written) != 1 or not any(getattr(boost, name) for name in names)):
        yield f'"{where}.boost" phải có đúng một trong các khóa {", ".join(names)}'


def _phase_faults(where: str, written: Mapping[str, Any]) -> Iterable[str]:
    faults: list[str] = []
    phase = read_table(PhaseKeys, where, written, faults)
    yield from faults
    yield from _boost_faults(where, phase.boost)
    if not {"per_day", "boost", "windows"} & set(written):
        yield f'"{where}" phải có ít nhất một trong các khóa per_day, boost, windows'
