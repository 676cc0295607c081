"""The one table of configuration keys: sections as dataclasses, each key with its default, its help and its check.

`docs/config.md` and its test read the same table. A check looks at one value alone; what several keys must keep
together is `config`'s. Sentences about faults are Vietnamese: the officer reads them.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Protocol
from zoneinfo import ZoneInfo

from scheduler.config.care import BackupConfig, FaultsConfig
from scheduler.config.checks import (
    Check,
    Names,
    between,
    each,
    iso_day,
    key,
    listed,
    not_empty,
    one_of,
    time_zone,
    volume,
    window,
)
from scheduler.config.extras import ExtrasConfig
from scheduler.config.report import ReportConfig
from scheduler.config.sound import ChimeConfig, HornConfig
from scheduler.config.urgent import EmergencyConfig, LiveConfig
from scheduler.config.voices import SpeechConfig, VoiceServerConfig
from scheduler.config.web import LimitsConfig, WebConfig
from scheduler.core.air.output_kinds import OUTPUT_KINDS
from scheduler.core.model import DEFAULT_ZONE
from scheduler.features import FEATURES, Keys, load
from scheduler.kernel.words import LANGUAGES

__all__ = [
    "OF_EXTRAS",
    "SECTIONS",
    "SEVERAL",
    "Check",
    "Section",
    "between",
    "key",
    "kind_of",
    "one_of",
    "section_names",
]

COUNT = between(0, 1_000_000)


@dataclass(frozen=True, slots=True)
class StationConfig:
    name: str = key("Đài truyền thanh phường", "Name of the station, on every page and report.", not_empty)
    data: str = key("data", "Folder of the database, sounds and logs, relative to this file.", not_empty)
    time_zone: str = key("Asia/Ho_Chi_Minh", "IANA time zone the station airs by; the host's is never used.", time_zone)
    language: str = key(
        "vi", "Language of commands (help, output, errors): vi or en. `loa --lang` goes before it.", one_of(*LANGUAGES)
    )
    one_officer: bool = key(False, "True where one officer both writes and approves; every report says so.")

    def local(self, instant: datetime) -> datetime:
        """An instant as the station's wall clock shows it."""
        return instant.astimezone(ZoneInfo(self.time_zone))

    def day_of(self, instant: datetime) -> date:
        """The station's day an instant belongs to."""
        return self.local(instant).date()


@dataclass(frozen=True, slots=True)
class QuietHoursConfig:
    windows: tuple[str, ...] = key(
        ("21:00-05:00",), "Hours in which nothing but a permitted emergency sounds.", each(window)
    )
    legal_basis: str = key("", "The document that sets them, shown whenever they refuse.")


@dataclass(frozen=True, slots=True)
class CapConfig:
    sessions_a_day: int = key(0, "Most sessions a day and zone; 0 = no cap.", between(0, 100))
    minutes_a_session: float = key(0.0, "Most minutes of sound a session; 0 = no cap.", between(0, 1440))
    weekdays: tuple[int, ...] = key(
        (0, 1, 2, 3, 4, 5, 6), "Weekdays with ordinary airings, Monday = 0.", each(between(0, 6))
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
    baseline_days: int = key(14, "Days before a dispatch that its airtime is compared with.", between(1, 365))
    blackout_dates: tuple[str, ...] = key(
        (), 'Days without ordinary airings (state mourning, exams), as "2027-01-01".', each(iso_day)
    )


@dataclass(frozen=True, slots=True)
class ScriptConfig:
    paced: bool = key(True, "True reads a new announcement in phrases with pauses, slower where numbers are.")
    ident: str = key("Đây là {station}.", "Said first where the station says who it is; {station} is station.name.")
    again: str = key("Xin nhắc lại.", "Said before the words are said again in one clip.")
    phrase_pause_ms: int = key(350, "Silence between two phrases of paced reading.", between(0, 3000))
    paced_pause_ms: int = key(900, "Silence between two sentences of paced reading.", between(0, 5000))
    again_pause_ms: int = key(1500, "Silence before the words are said again.", between(0, 10_000))
    paced_speed: float = key(1.0, "Speed of paced reading, as a share of speech.speed.", between(0.5, 1.5))
    number_speed: float = key(0.9, "Speed of phrases with numbers, as a share of speech.speed.", between(0.5, 1.5))
    longest_seconds: float = key(180.0, "A longer announcement is warned of; people stop listening.", between(10, 3600))


@dataclass(frozen=True, slots=True)
class AudioConfig:
    target_lufs: float = key(-16.0, "Loudness every clip is levelled to.", between(-30, -10))
    max_true_peak_dbtp: float = key(-1.0, "Highest true peak of a clip.", between(-9, 0))
    max_upload_mb: int = key(200, "Largest file taken in, in MB.", between(1, 2000))
    max_clip_minutes: float = key(60.0, "Longest clip, in minutes.", between(0.1, 600))
    max_uploads: int = key(3, "Uploads one person may have under way at a time.", between(1, 20))
    max_uploads_mb: int = key(2000, "All files on their way in together, in MB.", between(1, 100_000))
    upload_hours: int = key(24, "Hours after which an upload that nobody goes on with is thrown away.", between(1, 720))
    max_dispatch_mb: int = key(20, "Largest dispatch file taken in, in MB.", between(1, 200))


@dataclass(frozen=True, slots=True)
class PlayoutConfig:
    lead_ms: int = key(600, "How far ahead sound is handed to a sound card, in milliseconds.", between(50, 5000))
    arm_seconds: float = key(5.0, "How long before its start an airing is checked and loaded.", between(1, 60))
    keep_wav_days: int = key(30, "Days the WAV output keeps its files.", between(1, 3650))


@dataclass(frozen=True, slots=True)
class OutputConfig:
    name: str = key("loa", "Name of the output on the page and in the journal.", not_empty)
    kind: str = key(
        "auto",
        f"{listed(OUTPUT_KINDS.values())}.",
        one_of(*OUTPUT_KINDS),
    )
    device: str = key(
        "",
        "Where it goes: a sound card's device (empty = the default one), the path of a FIFO, host:port for RTP, "
        "http://source:password@host:port/mount for Icecast, a pipe's path or tcp://host:port for Snapcast.",
    )
    zones: tuple[str, ...] = key((DEFAULT_ZONE,), "Zones it sounds in.", not_empty, names=Names.ENTRIES)
    counts: bool | None = key(
        None,
        "Whether loudspeakers stand behind it, so that an airing is judged by it. Not written: false for "
        f"{listed(row for row in OUTPUT_KINDS.values() if not row.counts)}, true for the others, by what is really "
        "open.",
    )
    gain_db: float = key(0.0, "Gain of this output in dB.", between(-60, 0))
    volume_by_hour: tuple[str, ...] = key(
        (),
        'Gain by local hour in place of gain_db, the whole day without a hole: ["05:00-21:00 0", "21:00-05:00 -20"].',
        volume,
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
    interface: str = key(
        "", "Local address that RTP multicast leaves by; empty = the system's choice.", names=Names.OWN_ADDRESS
    )
    ttl: int = key(1, "How many routers RTP multicast may pass.", between(0, 255))
    control: str = key("", "Address of a Snapcast server's JSON-RPC, such as http://127.0.0.1:1780; empty = not asked.")
    horn: str = key("", "Profile of its loudspeakers; empty = that of its zone, if it has one; none = the plain sound.")


@dataclass(frozen=True, slots=True)
class ZoneConfig:
    name: str = key("vung-1", "Name of the zone, as outputs, campaigns and relays use it.", not_empty)
    noise_class: str = key(
        "ordinary", "ordinary, or special (hospital, school, place of worship: QCVN 26).", one_of("ordinary", "special")
    )
    espeak_voice: str = key(
        "",
        "Voice of eSpeak NG for what airs in this zone alone; empty = the station's.",
        one_of("", "vi", "vi-vn-x-central", "vi-vn-x-south"),
    )
    quiet_hours: tuple[str, ...] = key((), "Quiet hours of this zone besides the station's.", each(window))
    horn: str = key("", "Profile of the horns of outputs here that name none; empty = the plain sound.")
    legal_basis: str = key("", "The document that sets them, shown whenever they refuse.")
    delay_seconds: float = key(
        0.0, "How much later than others its outputs start, so that neighbouring horns do not echo.", between(0, 10)
    )
    homes: int = key(0, "Homes that its loudspeakers reach, told before an emergency; 0 = nobody has said.", COUNT)
    people: int = key(0, "People who live there; 0 = nobody has said.", COUNT)


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


class Section(Protocol):
    """The keys of one section: a dataclass of `key`s."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


SECTIONS: dict[str, type[Section]] = {
    "station": StationConfig,
    "web": WebConfig,
    "quiet_hours": QuietHoursConfig,
    "cap": CapConfig,
    "planning": PlanningConfig,
    "speech": SpeechConfig,
    "voice_server": VoiceServerConfig,
    "script": ScriptConfig,
    "audio": AudioConfig,
    "chime": ChimeConfig,
    "playout": PlayoutConfig,
    "amplifier": AmplifierConfig,
    "relay": RelayConfig,
    "live": LiveConfig,
    "emergency": EmergencyConfig,
    "report": ReportConfig,
    "output": OutputConfig,
    "zone": ZoneConfig,
    "backup": BackupConfig,
    "faults": FaultsConfig,
    "horn": HornConfig,
    "limits": LimitsConfig,
    "extras": ExtrasConfig,
}
"""Section name -> its table of keys; those of extras are the record's."""
SEVERAL = {"output": "outputs", "zone": "zones", "horn": "horns"}
"""Sections that are `[[…]]` and may stand several times -> the field of the configuration that holds all of them."""
OF_EXTRAS: dict[str, Keys] = {one.name: one for feature in FEATURES for one in feature.keys}
"""Sections of extras by name."""


def section_names() -> list[str]:
    """Every section that may stand in the file, those of extras last."""
    return [*SECTIONS, *OF_EXTRAS]


def kind_of(name: str) -> type[Section]:
    """The table of keys of a section; that of an extra is imported by now."""
    kind: type[Section] = SECTIONS[name] if name in SECTIONS else load(OF_EXTRAS[name].kind)
    return kind
