"""A vendor's box in the provincial JSON (hệ thống thông tin nguồn, DOMAIN §3.2): orders for it, and what it tells.

Keys and codes are those that vendors' systems read: LichPhat expanded to ThoiDiemPhat in epoch seconds, MaLenh "0" for
the volume, DungPhatNoiDung 0 for stop. How an order is wrapped is documented nowhere we could read: a JSON object
with LenhID and the object of the command. What a box tells is shown as it told it; what cannot be a value is absent.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.core.vendor_values import epoch, hms, instant, length, shown, whole
from scheduler.extras.boxes.rules.messages import ClusterKind, Order
from scheduler.extras.boxes.rules.state import BoxState

__all__ = ["louder", "read_vendor_log", "read_vendor_state", "sound_path", "vendor_messages"]

SOUND = 3
"""LoaiBanTin of a sound."""
GENERAL = 1
"""LoaiLinhVuc where nobody has said."""
PLAYING = 0
VOLUME, STOP_ALL = "0", "0"
EVERY = 60.0
"""Seconds between two states, as the provincial system asks for them."""


def sound_path(sha256: str) -> str:
    """Where the ward's page gives a sound to boxes, after its address."""
    return f"/cum-loa/am/{sha256}.wav"


def vendor_messages(order: Order, page_url: str, zone_name: str) -> list[dict[str, object]]:
    """An order in a vendor's words; empty where it has none for it."""
    body = order.body
    match order.kind:
        case ClusterKind.PLAN:
            return [{"LenhID": order.id, "DanhSachLichPhat": _schedules(body["slots"], page_url, zone_name)}]
        case ClusterKind.EMERGENCY:
            bulletin = _bulletin(body["slot"], page_url)
            expires = {"HetHan": epoch(order.expires)} if order.expires else {}
            return [{"LenhID": order.id, "PhatKhanCap": bulletin | expires}]
        case ClusterKind.STOP:
            return [{"LenhID": order.id, "DungPhatNoiDung": {"ThamSo": STOP_ALL}}]
        case ClusterKind.VOLUME:
            return [_volume(order, str(body["percent"]))]
        case ClusterKind.MUTE:
            return [_volume(order, "0" if body["muted"] else str(body.get("percent") or 100))]
        case _:
            return []


def louder(order: Order, percent: int) -> dict[str, object]:
    """What a silenced box is told before an emergency: it knows of silence only that its volume is nought."""
    return _volume(order, str(percent))


def _volume(order: Order, percent: str) -> dict[str, object]:
    return {"LenhID": order.id, "DieuKhienThietBi": {"MaLenh": VOLUME, "ThamSo": percent}}


def _bulletin(slot: Mapping[str, Any], page_url: str) -> dict[str, object]:
    """BanTinID is the slot's id, so that the box's log finds it again."""
    told: dict[str, object] = {
        "BanTinID": slot["id"],
        "LoaiBanTin": SOUND,
        "MucDoUuTien": int(slot["priority"]),
        "TieuDe": slot["title"],
        "LoaiLinhVuc": GENERAL,
        "NoiDung": page_url.rstrip("/") + sound_path(slot["clip"]["sha256"]),
        "ThoiLuong": hms(timedelta(milliseconds=slot["length_ms"])),
    }
    return told | ({"NoiDungTomTat": slot["text"]} if slot.get("text") else {})


def _schedules(slots: Sequence[Mapping[str, Any]], page_url: str, zone_name: str) -> list[dict[str, object]]:
    """One LichPhat for each airing: its log tells which one it was."""
    made: list[dict[str, object]] = []
    for slot in slots:
        start = datetime.fromisoformat(slot["start"])
        end = start + timedelta(milliseconds=slot["length_ms"])
        day = f"{start.astimezone(ZoneInfo(zone_name)):%d/%m/%Y}"
        made.append(
            {
                "LichPhatID": slot["id"],
                "TenLichPhat": slot["title"],
                "NgayBatDau": day,
                "NgayKetThuc": day,
                "BanTin": _bulletin(slot, page_url),
                "DanhSachNgayPhat": [
                    {"ThoiDiemPhat": [{"ThoiGianBatDau": epoch(start), "ThoiGianKetThuc": epoch(end)}]}
                ],
            }
        )
    return made


# What a box tells


def read_vendor_state(told: Mapping[str, Any]) -> BoxState:
    """A status as the box told it."""
    device = told.get("ThongTinThietBi")
    device = device if isinstance(device, Mapping) else {}
    playing = whole(told.get("TrangThaiHoatDong")) == PLAYING
    title = shown(told.get("NoiDungPhat"), 200)
    return BoxState(
        at=None,
        every=EVERY,
        airing=(title or "?") if playing else "",
        temperature_c=_number(device.get("NhietDo"), -60, 150),
        power_w=_number(device.get("CongSuat"), 0, 100_000),
        volume=_percent(told.get("AmLuong")),
        version=shown(told.get("PhienBanUngDung"), 40),
        connection=shown(told.get("TrangThaiKetNoi"), 60),
    )


def _number(value: object, low: float, high: float) -> float | None:
    try:
        made = float(shown(value, 20))
    except ValueError:
        return None
    return made if low <= made <= high else None


def _percent(value: object) -> int | None:
    found = whole(value)
    return found if found is not None and 0 <= found <= 100 else None  # noqa: PLR2004 - percent


def read_vendor_log(told: Mapping[str, Any], zone_name: str) -> dict[str, object] | None:
    """A play log as columns of a report; None where it tells no start."""
    started = instant(told.get("ThoiDiemBatDau"), zone_name)
    if started is None:
        return None
    played = length(told.get("ThoiLuong"))
    key = shown(told.get("NhatKyID"), 80)
    body = json.dumps(told, ensure_ascii=True, sort_keys=True, default=str).encode()
    return {
        "row": key or hashlib.sha256(body).hexdigest()[:32],
        "slot_id": shown(told.get("BanTinID"), 80),
        "title": shown(told.get("TieuDe"), 200),
        "day": started.astimezone(ZoneInfo(zone_name)).date().isoformat(),
        "started_at": started.astimezone(UTC).isoformat(),
        "ended_at": (started + played).astimezone(UTC).isoformat() if played else None,
        "played_ms": round(played / timedelta(milliseconds=1)) if played else None,
    }
