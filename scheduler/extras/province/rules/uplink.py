"""What goes up to the province: the log of an airing and the status of a cluster, in the keys its systems read.

Only what was measured is told, and an unknown key is absent rather than filled: the length is that of the sound that
the outputs took, the start is the instant of its first sample. Each log has a name of its own (NhatKyID) that stays
the same however often it is sent. It reads no clock and sends nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from scheduler.core.air.output_share import OutputShare
from scheduler.core.air.share_words import share_text
from scheduler.core.model import DEFAULT_ZONE, Priority, Trigger
from scheduler.core.vendor_values import epoch, hms
from scheduler.core.words.wording import OUTCOMES

__all__ = ["AiredRow", "Sender", "play_logs", "statuses"]

SOUND, LIVE = "3", "5"
"""LoaiBanTin of what this station airs: a sound, a person at a microphone."""
PLAYING, STOPPED = "0", "2"
"""TrangThaiHoatDong."""
_PASSED_ON = (
    "BanTinID",
    "LoaiBanTin",
    "TieuDe",
    "LoaiLinhVuc",
    "NoiDungTomTat",
    "NoiDung",
    "ThoiGianSanXuat",
    "TacGia",
    "NguonTin",
)
"""Keys of a provincial bulletin that its log repeats as they came."""
_CODES = {"BanTinID", "LoaiBanTin", "LoaiLinhVuc"}
"""Told as text, whatever they came as."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who this ward is to the province, from the configuration; what is empty is not told."""

    source_id: str = ""
    source_name: str = ""
    target_id: str = ""
    target_name: str = ""
    vendor_id: str = ""
    vendor_name: str = ""
    clusters: Mapping[str, str] = field(default_factory=dict)
    """Output -> CumLoaID; an output that is not here is told by its name."""

    def cluster(self, output: str) -> str:
        return self.clusters.get(output, output)

    def head(self, output: str) -> dict[str, object]:
        return {
            "NguonID": self.source_id,
            "TenNguon": self.source_name,
            "DichID": self.target_id,
            "TenDich": self.target_name,
            "CumLoaID": self.cluster(output),
            "TenThietBi": output,
            "MaNhaCungCap": self.vendor_id,
            "TenNhaCungCap": self.vendor_name,
        }


@dataclass(frozen=True, slots=True)
class AiredRow:
    """One airing of the journal with what its log says besides."""

    seq: int
    hash: str
    title: str
    announcement_id: int
    priority: Priority
    trigger: Trigger
    outcome: str
    started_at: datetime
    ended_at: datetime | None
    played_ms: int
    outputs: Mapping[str, str]
    """Output -> "ok" or why not."""
    shares: tuple[OutputShare, ...] | None = None
    """What each output sounded; None = nobody had measured it, as in old rows."""
    made_at: datetime | None = None
    author: str = ""
    approver: str = ""
    operator: str = ""
    dispatch_number: str = ""
    audio_sha256: str = ""
    field: int | None = None
    bulletin: Mapping[str, Any] | None = None
    """The provincial bulletin it airs, as it came."""
    relay_sources: Sequence[str] = ()
    """What a relay really took its sound from, in order."""


def play_logs(aired: AiredRow, sender: Sender) -> list[tuple[str, dict[str, object]]]:
    """The logs of one airing, each with its name: one for each loudspeaker that sounded any of it, with its own length.

    Of an old row: each output that took its sound. Where no output said "ok" and still there was sound (one that broke
    down in the middle), each is told.
    """
    if aired.shares is not None:
        heard = sorted(one.name for one in aired.shares if one.counts and one.played_ms)
        return [(_key(aired, name, sender), _log(aired, name, sender)) for name in heard]
    outputs = [name for name, told in aired.outputs.items() if told == "ok"] or list(aired.outputs) or [""]
    return [(_key(aired, name, sender), _log(aired, name, sender)) for name in sorted(outputs)]


def _key(aired: AiredRow, output: str, sender: Sender) -> str:
    """Of the journal's own chain, so that no other airing of any station has it."""
    return "-".join(filter(None, (sender.source_id, str(aired.seq), aired.hash[:24], sender.cluster(output))))


def _log(aired: AiredRow, output: str, sender: Sender) -> dict[str, object]:
    relayed = aired.trigger is Trigger.RELAY
    share = next((one for one in aired.shares or () if one.name == output), None)
    body: dict[str, object] = {
        "NhatKyID": _key(aired, output, sender),
        **sender.head(output),
        "BanTinID": "-".join(filter(None, (sender.source_id, "LP", str(aired.announcement_id)))),
        "LoaiBanTin": "" if relayed else LIVE if aired.trigger is Trigger.LIVE else SOUND,
        "MucDoUuTien": str(aired.priority.value),
        "TieuDe": aired.title,
        "LoaiLinhVuc": str(aired.field) if aired.field else "",
        "ThoiGianSanXuat": epoch(aired.made_at) if aired.made_at else None,
        "TacGia": {"TenDayDu": aired.author} if aired.author else None,
        "ThoiLuong": hms(timedelta(milliseconds=share.played_ms if share else aired.played_ms)),
        "ThoiDiemBatDau": epoch(aired.started_at),
        "TiepAm": int(relayed),
        "NguonTiepAm": ", ".join(aired.relay_sources),
        "ThongTinChiTietBanTin": _details(aired, output, share),
    }
    if aired.bulletin is not None:
        body |= {key: _passed_on(key, aired.bulletin[key]) for key in _PASSED_ON if key in aired.bulletin}
    return _without_empty(body)


def _passed_on(key: str, value: object) -> object:
    return str(value) if key in _CODES and isinstance(value, int) else value


def _details(aired: AiredRow, output: str, share: OutputShare | None) -> list[dict[str, str]]:
    """What there is no key for: names and values, which every system shows as they are."""
    told = {
        "KetQua": next((word for one, word in OUTCOMES.items() if one.value == aired.outcome), aired.outcome),
        "ThoiDiemKetThuc": str(epoch(aired.ended_at)) if aired.ended_at else "",
        "SoCongVan": aired.dispatch_number,
        "NguoiDuyet": aired.approver,
        "NguoiRaLenh": aired.operator,
        "MaBamAmThanh": aired.audio_sha256,
        "MaBamNhatKy": aired.hash,
        "TinhTrangDauRa": share_text(share) if share else aired.outputs.get(output, ""),
    }
    return [{"Ten": name, "GiaTri": value} for name, value in told.items() if value]


def statuses(
    outputs: Sequence[Mapping[str, Any]], airings: Sequence[Mapping[str, Any]], sender: Sender, version: str
) -> list[dict[str, object]]:
    """The status of each output (name, kind, state, zones) as playout reported it; `airings` sound now, the last first.

    An output that is not open is told without a state of playing: nobody has measured one there.
    """
    told = []
    for output in outputs:
        name, is_open = str(output["name"]), output.get("state") == "open"
        zones = (DEFAULT_ZONE, *output.get("zones", ()))
        airing = next((one for one in reversed(airings) if is_open and one["zone"] in zones), None)
        body = {
            **sender.head(name),
            "TenLoaiThietBi": output.get("kind"),
            "TrangThaiHoatDong": (PLAYING if airing else STOPPED) if is_open else None,
            "NoiDungPhat": airing["title"] if airing else None,
            "ThoiDiemBatDau": epoch(datetime.fromisoformat(airing["started_at"])) if airing else None,
            "PhienBanUngDung": version,
        }
        told.append(_without_empty(body))
    return told


def _without_empty(body: Mapping[str, object]) -> dict[str, object]:
    """A body without the keys that say nothing."""
    return {key: value for key, value in body.items() if value not in ("", None)}
