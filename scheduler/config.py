"""config.toml -> frozen dataclasses. The dataclasses below are the one table of keys.

Each field carries its default, its help and its check; `docs/config.md` and its test read the same table. `load`
finds every fault before it speaks: unknown keys (with a guess), wrong types, values out of range, two pacing outputs.
It never writes a file and never reads a clock.
"""

import difflib
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import MISSING, dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any, cast, get_type_hints
from zoneinfo import ZoneInfo

from scheduler.core.model import (
    ALL_WEEKDAYS,
    DEFAULT_ZONE,
    AirtimeCap,
    QuietHours,
    StationRules,
)
from scheduler.core.rules import parse_window
from scheduler.errors import ConfigError, Refused

__all__ = ["SECTIONS", "Config", "OutputConfig", "Section", "load", "parse"]

Check = Callable[[Any], str | None]
"""A value -> what is wrong with it, or None."""


def key(default: Any, text: str, check: Check | None = None) -> Any:
    """A configuration key: its default, one sentence of help and a check of its value."""
    return field(default=default, metadata={"help": text, "check": check})


def between(low: float, high: float) -> Check:
    return lambda value: None if low <= value <= high else f"phải từ {low:g} đến {high:g}"


def one_of(*names: str) -> Check:
    return lambda value: None if value in names else f"phải là một trong: {', '.join(names)}"


def _each(check: Check) -> Check:
    return lambda values: next((f"{value!r} {fault}" for value in values if (fault := check(value))), None)


def _time_zone(name: str) -> str | None:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return "không phải tên múi giờ IANA (ví dụ Asia/Ho_Chi_Minh)"
    return None


def _window(text: str) -> str | None:
    try:
        window = parse_window(text)
    except Refused:
        return 'phải viết như "21:00-05:00"'
    return "có độ dài bằng không" if window.start == window.end else None


def _not_empty(value: object) -> str | None:
    return None if value else "không được để trống"


@dataclass(frozen=True, slots=True)
class StationConfig:
    name: str = key("Đài truyền thanh phường", "Name of the station, on every page and report.", _not_empty)
    data: str = key("data", "Folder of the database, sounds and logs, relative to this file.", _not_empty)
    time_zone: str = key(
        "Asia/Ho_Chi_Minh", "IANA time zone the station airs by; the host's is never used.", _time_zone
    )
    one_officer: bool = key(False, "True where one officer both writes and approves; every report says so.")


@dataclass(frozen=True, slots=True)
class WebConfig:
    host: str = key("127.0.0.1", "Address the page listens on; 0.0.0.0 lets the office network in.", _not_empty)
    port: int = key(8642, "Port of the page.", between(1, 65535))
    threads: int = key(32, "Threads of the web server; each open live page holds one.", between(8, 256))
    max_streams: int = key(20, "Live pages open at once; further ones poll instead.", between(1, 200))
    session_hours: int = key(12, "Hours until a person has to sign in again.", between(1, 720))


@dataclass(frozen=True, slots=True)
class QuietHoursConfig:
    windows: tuple[str, ...] = key(
        ("21:00-05:00",), "Hours in which nothing but a permitted emergency sounds.", _each(_window)
    )
    legal_basis: str = key("", "The document that sets them, shown whenever they refuse.")


@dataclass(frozen=True, slots=True)
class CapConfig:
    sessions_a_day: int = key(0, "Most sessions a day and zone; 0 = no cap.", between(0, 100))
    minutes_a_session: float = key(0.0, "Most minutes of sound a session; 0 = no cap.", between(0, 1440))
    weekdays: tuple[int, ...] = key(
        (0, 1, 2, 3, 4, 5, 6), "Weekdays with ordinary airings, Monday = 0.", _each(between(0, 6))
    )
    legal_basis: str = key("", "The document that sets the caps, shown whenever they refuse.")


@dataclass(frozen=True, slots=True)
class PlanningConfig:
    days_ahead: int = key(7, "Days planned ahead, today included.", between(1, 60))
    min_gap_minutes: float = key(1.0, "Least silence between any two airings on one output.", between(0, 240))
    late_tolerance_seconds: float = key(120.0, "An airing later than this is missed, not played.", between(1, 3600))


@dataclass(frozen=True, slots=True)
class SpeechConfig:
    engines: tuple[str, ...] = key(
        ("gtts", "piper", "espeak"), "Voices in the order they are tried.", _each(one_of("gtts", "piper", "espeak"))
    )
    speed: float = key(1.0, "Reading speed; 1.0 is the voice's own.", between(0.5, 2.0))
    sentence_pause_ms: int = key(500, "Silence between two sentences.", between(0, 5000))
    max_chars: int = key(20_000, "Longest text of one announcement, in characters.", between(100, 100_000))
    gtts_timeout_seconds: float = key(10.0, "How long one request to the online voice may take.", between(1, 120))
    gtts_tries: int = key(3, "Tries of one request to the online voice.", between(1, 10))
    gtts_tld: str = key("com.vn", "Domain ending of the online voice.", _not_empty)
    piper_model: str = key("", "Path of a Piper voice (.onnx, its .json beside it); empty = none.")
    espeak_voice: str = key("vi", "Voice of eSpeak NG.", one_of("vi", "vi-vn-x-central", "vi-vn-x-south"))


@dataclass(frozen=True, slots=True)
class AudioConfig:
    target_lufs: float = key(-16.0, "Loudness every clip is levelled to.", between(-30, -10))
    max_true_peak_dbtp: float = key(-1.0, "Highest true peak of a clip.", between(-9, 0))
    max_upload_mb: int = key(200, "Largest file taken in, in MB.", between(1, 2000))
    max_clip_minutes: float = key(60.0, "Longest clip, in minutes.", between(0.1, 600))
    max_dispatch_mb: int = key(20, "Largest dispatch file taken in, in MB.", between(1, 200))


@dataclass(frozen=True, slots=True)
class PlayoutConfig:
    lead_ms: int = key(600, "How far ahead sound is handed to a sound card, in milliseconds.", between(50, 5000))
    arm_seconds: float = key(5.0, "How long before its start an airing is checked and loaded.", between(1, 60))
    keep_wav_days: int = key(30, "Days the WAV output keeps its files.", between(1, 3650))


@dataclass(frozen=True, slots=True)
class OutputConfig:
    name: str = key("loa", "Name of the output on the page and in the journal.", _not_empty)
    kind: str = key(
        "auto",
        "auto (sound card if there is one, else wavfile), soundcard, wavfile or null.",
        one_of("auto", "soundcard", "wavfile", "null"),
    )
    device: str = key("", "Device of a sound card; empty = the default one.")
    zones: tuple[str, ...] = key((DEFAULT_ZONE,), "Zones it sounds in.", _not_empty)
    gain_db: float = key(0.0, "Gain of this output in dB.", between(-60, 0))


Section = (
    StationConfig
    | WebConfig
    | QuietHoursConfig
    | CapConfig
    | PlanningConfig
    | SpeechConfig
    | AudioConfig
    | PlayoutConfig
    | OutputConfig
)

SECTIONS: dict[str, type[Section]] = {
    "station": StationConfig,
    "web": WebConfig,
    "quiet_hours": QuietHoursConfig,
    "cap": CapConfig,
    "planning": PlanningConfig,
    "speech": SpeechConfig,
    "audio": AudioConfig,
    "playout": PlayoutConfig,
    "output": OutputConfig,
}
"""Section name -> its table of keys. `[[output]]` may stand several times, the others once."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the station is told; `folder` is where relative paths start."""

    folder: Path
    station: StationConfig = StationConfig()
    web: WebConfig = WebConfig()
    quiet_hours: QuietHoursConfig = QuietHoursConfig()
    cap: CapConfig = CapConfig()
    planning: PlanningConfig = PlanningConfig()
    speech: SpeechConfig = SpeechConfig()
    audio: AudioConfig = AudioConfig()
    playout: PlayoutConfig = PlayoutConfig()
    outputs: tuple[OutputConfig, ...] = (OutputConfig(),)

    @property
    def data(self) -> Path:
        return (self.folder / self.station.data).resolve()

    @property
    def rules(self) -> StationRules:
        """What the planner and the gate hold against every airing."""
        return StationRules(
            zone_name=self.station.time_zone,
            quiet_hours=QuietHours(tuple(map(parse_window, self.quiet_hours.windows)), self.quiet_hours.legal_basis),
            cap=AirtimeCap(
                sessions_a_day=self.cap.sessions_a_day or None,
                minutes_a_session=self.cap.minutes_a_session or None,
                weekdays=frozenset(self.cap.weekdays) & ALL_WEEKDAYS,
                legal_basis=self.cap.legal_basis,
            ),
            min_gap=timedelta(minutes=self.planning.min_gap_minutes),
            late_tolerance=timedelta(seconds=self.planning.late_tolerance_seconds),
        )


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
    return parse(text, path.parent.resolve())


def parse(text: str, folder: Path) -> Config:
    """A configuration from TOML text; every fault in one ConfigError."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"không phải TOML hợp lệ: {error}"]) from error
    faults: list[str] = []
    parts: dict[str, Any] = {}
    for name, value in tree.items():
        if name not in SECTIONS:
            faults.append(_unknown(name, SECTIONS))
        elif name == "output":
            parts["outputs"] = _outputs(value, faults)
        elif isinstance(value, dict):
            parts[name] = _section(SECTIONS[name], name, value, faults)
        else:
            faults.append(f'"{name}" phải là một bảng: [{name}]')
    if faults:
        raise ConfigError(faults)
    return Config(folder=folder, **parts)


def _outputs(value: object, faults: list[str]) -> tuple[OutputConfig, ...]:
    rows: list[dict[str, object]] = value if isinstance(value, list) else []
    if not rows:
        faults.append('"output" phải viết là [[output]], ít nhất một lần')
    outputs = tuple(
        cast("OutputConfig", _section(OutputConfig, f"output {number}", row, faults))
        for number, row in enumerate(rows, 1)
    )
    names = [output.name for output in outputs]
    faults.extend(f'hai đầu ra cùng tên "{name}"' for name in sorted({n for n in names if names.count(n) > 1}))
    if len(cards := [output.name for output in outputs if output.kind in {"auto", "soundcard"}]) > 1:
        faults.append(f"chỉ một đầu ra được giữ nhịp (card âm thanh), nhưng có: {', '.join(cards)}")
    return outputs


def _section(kind: type[Section], name: str, values: dict[str, object], faults: list[str]) -> Section:
    types = get_type_hints(kind)
    keys = {item.name: item for item in fields(kind)}
    good: dict[str, Any] = {}
    for key_name, value in values.items():
        if key_name not in keys:
            faults.append(_unknown(key_name, keys, f"{name}."))
            continue
        converted = _converted(value, types[key_name])
        if converted is MISSING:
            faults.append(f'"{name}.{key_name}" phải là {_type_name(types[key_name])}, không phải {value!r}')
            continue
        check: Check | None = keys[key_name].metadata["check"]
        if check and (fault := check(converted)):
            faults.append(f'"{name}.{key_name}" {fault} (đang là {value!r})')
            continue
        good[key_name] = converted
    return kind(**good)


def _converted(value: object, wanted: Any) -> Any:
    """`value` as `wanted`, or MISSING. TOML tells bool, int, float, str and lists apart; 1 may stand for 1.0."""
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if wanted in {str, int, float, bool}:
        return value if type(value) is wanted else MISSING
    item = wanted.__args__[0]
    if not isinstance(value, list) or any(type(element) is not item for element in value):
        return MISSING
    return tuple(value)


def _type_name(wanted: Any) -> str:
    simple = {str: "chuỗi", int: "số nguyên", float: "số", bool: "true hoặc false"}
    return simple[wanted] if wanted in simple else f"danh sách {simple[wanted.__args__[0]]}"


def _unknown(name: str, known: Iterable[str], prefix: str = "") -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    guess = f'; có phải "{prefix}{close[0]}"? (did you mean "{prefix}{close[0]}"?)' if close else ""
    return f'khóa lạ "{prefix}{name}"{guess}'
