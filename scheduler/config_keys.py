"""The one table of configuration keys: sections as dataclasses, each key with its default, its help and its check.

`docs/config.md` and its test read the same table. A check looks at one value alone; what several keys must keep
together is `config`'s. Sentences about faults are Vietnamese: the officer reads them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.core.model import DEFAULT_ZONE
from scheduler.core.rules import parse_window
from scheduler.core.volume import volume_faults
from scheduler.errors import Refused

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


def _volume(texts: tuple[str, ...]) -> str | None:
    return "; ".join(volume_faults(texts)) or None


def _iso_day(text: str) -> str | None:
    try:
        date.fromisoformat(text)
    except ValueError:
        return 'phải viết như "2027-01-01"'
    return None


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
    make_good_minutes: float = key(
        720.0,
        "How long after its time a missed airing may be made good the same day, in the same or the next window of its "
        "campaign; 0 = never.",
        between(0, 1440),
    )
    blackout_dates: tuple[str, ...] = key(
        (), 'Days without ordinary airings (state mourning, exams), as "2027-01-01".', _each(_iso_day)
    )


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
        "auto (sound card if there is one, else wavfile), soundcard, wavfile, null, fifo, rtp, icecast or snapcast.",
        one_of("auto", "soundcard", "wavfile", "null", "fifo", "rtp", "icecast", "snapcast"),
    )
    device: str = key(
        "",
        "Where it goes: a sound card's device (empty = the default one), the path of a FIFO, host:port for RTP, "
        "http://source:password@host:port/mount for Icecast, a pipe's path or tcp://host:port for Snapcast.",
    )
    zones: tuple[str, ...] = key((DEFAULT_ZONE,), "Zones it sounds in.", _not_empty)
    gain_db: float = key(0.0, "Gain of this output in dB.", between(-60, 0))
    volume_by_hour: tuple[str, ...] = key(
        (),
        'Gain by local hour in place of gain_db, the whole day without a hole: ["05:00-21:00 0", "21:00-05:00 -20"].',
        _volume,
    )
    delay_ms: float = key(
        -1.0,
        "How long after it is handed over the sound is heard there; -1 = what this kind usually needs.",
        between(-1, 10_000),
    )
    codec: str = key(
        "",
        "Of RTP: L16, PCMU, G722 or opus; of Icecast: mp3 or opus; empty = the first of them.",
        one_of("", "L16", "PCMU", "G722", "opus", "mp3"),
    )
    bitrate_kbps: int = key(64, "Bit rate of mp3 and opus, in kbit/s.", between(8, 320))
    interface: str = key("", "Local address that RTP multicast leaves by; empty = the system's choice.")
    ttl: int = key(1, "How many routers RTP multicast may pass.", between(0, 255))
    control: str = key("", "Address of a Snapcast server's JSON-RPC, such as http://127.0.0.1:1780; empty = not asked.")


@dataclass(frozen=True, slots=True)
class ZoneConfig:
    name: str = key("vung-1", "Name of the zone, as outputs, campaigns and relays use it.", _not_empty)
    noise_class: str = key(
        "ordinary", "ordinary, or special (hospital, school, place of worship: QCVN 26).", one_of("ordinary", "special")
    )
    quiet_hours: tuple[str, ...] = key((), "Quiet hours of this zone besides the station's.", _each(_window))
    legal_basis: str = key("", "The document that sets them, shown whenever they refuse.")


@dataclass(frozen=True, slots=True)
class AmplifierConfig:
    on: tuple[str, ...] = key((), "Command that switches the amplifier on, word by word; empty = no such command.")
    off: tuple[str, ...] = key((), "Command that switches it off.")
    gpio_chip: str = key("", "GPIO chip of a relay board instead of commands, such as /dev/gpiochip0; empty = none.")
    gpio_line: int = key(0, "Line of that chip.", between(0, 511))
    gpio_active_low: bool = key(False, "True for a board that switches on at 0 V.")
    lead_seconds: float = key(3.0, "How long before sound the amplifier is switched on.", between(0, 60))
    tail_seconds: float = key(5.0, "How long after the last sound it stays on.", between(0, 600))
    timeout_seconds: float = key(5.0, "A command that takes longer is ended.", between(0.5, 60))


@dataclass(frozen=True, slots=True)
class RelayConfig:
    lost_seconds: float = key(5.0, "A source that gives nothing for so long is left for the next one.", between(1, 60))
    silence_seconds: float = key(15.0, "A source that is silent for so long is left for the next one.", between(2, 300))
    silence_db: float = key(-50.0, "Below this level (dBFS) a source is silent.", between(-90, -20))
    probe_seconds: float = key(30.0, "How often a better source that was left is tried again.", between(5, 600))
    allow_private: bool = key(False, "True lets relays come from addresses of this machine and the local network.")
    allowed_hosts: tuple[str, ...] = key((), "Hosts or networks (CIDR) that relays may come from although private.")


@dataclass(frozen=True, slots=True)
class LiveConfig:
    longest_minutes: float = key(
        15.0, "Longest live talk; then the microphone is taken off the air.", between(0.2, 120)
    )
    lost_seconds: float = key(3.0, "A microphone that sends nothing for so long is taken off the air.", between(1, 30))
    duck_db: float = key(-12.0, "How far a relay is turned down under a live talk.", between(-60, 0))


@dataclass(frozen=True, slots=True)
class EmergencyConfig:
    repeat: int = key(2, "How often an emergency announcement is said.", between(1, 10))
    valid_minutes: float = key(
        30.0, "An emergency that could not begin within this time is not aired.", between(1, 240)
    )
    drill_words: str = key(
        "Đây là diễn tập, không phải báo động thật.", "Said before and after every drill.", _not_empty
    )
    correction_words: str = key(
        "Đính chính. Bản tin khẩn vừa phát lúc {time} là không đúng. Xin bà con yên tâm và bỏ qua bản tin đó.",
        "The correction that is ready after every emergency; {time} is when it was aired.",
        _not_empty,
    )


ADDRESSED = frozenset({"rtp", "icecast", "snapcast"})
"""Kinds of output that are nothing without a `device`."""
Section = (
    StationConfig
    | WebConfig
    | QuietHoursConfig
    | CapConfig
    | PlanningConfig
    | SpeechConfig
    | AudioConfig
    | PlayoutConfig
    | AmplifierConfig
    | RelayConfig
    | LiveConfig
    | EmergencyConfig
    | OutputConfig
    | ZoneConfig
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
    "amplifier": AmplifierConfig,
    "relay": RelayConfig,
    "live": LiveConfig,
    "emergency": EmergencyConfig,
    "output": OutputConfig,
    "zone": ZoneConfig,
}
"""Section name -> its table of keys. `[[output]]` and `[[zone]]` may stand several times, the others once."""
