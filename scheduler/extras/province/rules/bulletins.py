"""Bản tin nguồn: a bulletin of the provincial system as its JSON tells it, and which way it may go in this ward.

The keys are those that working systems of several vendors use; what a key means where nobody has written it down
(KieuLich, CheDoPhat, a list of bare day numbers) is never guessed: it becomes a doubt, and a doubt waits for a person.
It reads and judges; it keeps nothing, fetches nothing, and asks no clock. Who may trust whom is the ward's (`Policy`).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scheduler.core.dispatch.text import fold
from scheduler.core.model import DEFAULT_ZONE, Priority
from scheduler.core.vendor_values import instant, item, length, listed, plain, shown, whole
from scheduler.extras.inbox.rules import Doubt, Way
from scheduler.kernel.errors import Refused
from scheduler.kernel.words import Words

__all__ = [
    "Bulletin",
    "Entry",
    "Moment",
    "Policy",
    "entry_of",
    "issuer_trusted",
    "read_bulletin",
]

MOST_ID, MOST_TITLE, MOST_TEXT = 200, 200, 100_000
SPOKEN, HEARD = {1}, {3}
"""LoaiBanTin that this station can say or play: text, sound."""
KINDS = Words(Path(__file__).parents[1], "kinds", int)
FIELDS = range(1, 7)
CLOCK_SLACK = timedelta(minutes=10)
"""How far ahead of its own server's clock a bulletin may claim to have been made."""
_CANCELLED = {"huy", "dahuy", "cancelled", "canceled"}
_UNKNOWN_SCHEDULE = ("KieuLich", "CheDoPhat")
_UNTOLD = ("", None, 0, "0")
"""How a time that was never set is told."""


@dataclass(frozen=True, slots=True)
class Bulletin:
    """Bản tin nguồn, as read. What was not told is None or empty; instants are aware UTC."""

    id: str
    title: str
    kind: int | None = None
    """LoaiBanTin: 1 text, 3 sound; others this station cannot air."""
    priority: Priority = Priority.NORMAL
    priority_told: bool = True
    """False where MucDoUuTien is missing or none of 1, 2, 3: then nothing goes by rule."""
    field: int | None = None
    summary: str = ""
    text: str = ""
    audio_url: str = ""
    length: timedelta | None = None
    produced_at: datetime | None = None
    issuer_id: str = ""
    issuer_name: str = ""
    source: str = ""
    author: str = ""
    begins: datetime | None = None
    expires: datetime | None = None
    cancelled: bool = False
    receivers: tuple[str, ...] = ()
    zone: str = ""
    unknown: tuple[str, ...] = ()
    """Parts of its schedule whose meaning nobody has written down, as "KieuLich=2"."""
    unreadable: tuple[str, ...] = ()
    """Keys whose times could not be read."""

    @property
    def words(self) -> str:
        """What a voice would say where there is no sound."""
        return self.text or self.summary

    @property
    def digest(self) -> str:
        """Changes when anything that matters here changes. A signature in an address does not, nor does the time of
        making: some servers write both anew in every answer.
        """
        told = asdict(self) | {"audio_url": _without_query(self.audio_url), "produced_at": None}
        return _sha256(told)

    @property
    def said(self) -> str:
        """Changes when people would hear something else."""
        return _sha256([self.text, _without_query(self.audio_url), self.summary, self.priority])


@dataclass(frozen=True, slots=True)
class Policy:
    """What the ward has decided about the province's bulletins."""

    emergency: str = "ask"
    """air | ask"""
    priority: str = "ask"
    """next_session | ask"""
    trusted: frozenset[str] = frozenset()
    """NguonID of those whose word is enough."""
    own_ids: frozenset[str] = frozenset()
    """DichID under which the province knows this ward; empty = not known."""
    zones: tuple[str, ...] = (DEFAULT_ZONE,)
    fresh: timedelta = timedelta(minutes=60)
    """How old an emergency may be to air by rule."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, by the station's clock and, where it told it, by the server's."""

    station: datetime
    server: datetime | None = None

    @property
    def by_server(self) -> datetime:
        return self.server or self.station


@dataclass(frozen=True, slots=True)
class Entry:
    """The way a bulletin goes, what about it is doubtful, and the zone it is for."""

    way: Way
    doubts: tuple[Doubt, ...] = ()
    zone: str = DEFAULT_ZONE


def _field(value: object) -> int | None:
    """LoaiLinhVuc 1 to 6; None for anything else."""
    found = whole(value)
    return found if found in FIELDS else None


def _without_query(url: str) -> str:
    """An address of a named file without what signs it: signatures change with every answer, the file does not."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.scheme}://{parts.netloc}{parts.path}" if "." in parts.path.rpartition("/")[2] else url


def _sha256(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def read_bulletin(told: object, zone_name: str) -> Bulletin:
    """A bulletin from one item of the server's list. Raises Refused province_bulletin_bad: no object, no BanTinID."""
    if not isinstance(told, Mapping):
        raise Refused("province_bulletin_bad", key="BanTinID")
    bulletin_id = shown(told.get("BanTinID"), MOST_ID)
    if not bulletin_id:
        raise Refused("province_bulletin_bad", key="BanTinID")
    urgency, kind, content = whole(told.get("MucDoUuTien")), whole(told.get("LoaiBanTin")), told.get("NoiDung")
    priority = Priority(urgency) if urgency in set(Priority) else Priority.NORMAL
    address = _address(content)
    times, unreadable = _times(told, zone_name)
    issuer, writer = item(told, "NguonID"), told.get("TacGia")
    return Bulletin(
        id=bulletin_id,
        title=shown(told.get("TieuDe"), MOST_TITLE) or f"Bản tin nguồn {bulletin_id[:40]}",
        kind=kind,
        priority=priority,
        priority_told=urgency in set(Priority),
        field=_field(told.get("LoaiLinhVuc")),
        summary=plain(told.get("NoiDungTomTat"), MOST_TEXT),
        text="" if address else plain(content, MOST_TEXT),
        audio_url=address,
        length=length(told.get("ThoiLuong")),
        produced_at=times.get("produced_at"),
        issuer_id=issuer,
        issuer_name=shown(told.get("TenNguon"), MOST_TITLE) or issuer,
        source=shown(told.get("NguonTin"), MOST_TITLE),
        author=shown(writer.get("TenDayDu"), MOST_TITLE) if isinstance(writer, Mapping) else shown(writer, MOST_TITLE),
        begins=times.get("begins"),
        expires=times.get("expires"),
        cancelled=_is_cancelled(told),
        receivers=tuple(filter(None, (item(one, "DichID") for one in listed(told.get("DanhSachDiaBanNhan"))))),
        zone=shown(told.get("VungPhat"), MOST_TITLE) if isinstance(told.get("VungPhat"), str) else "",
        unknown=_unknown(told),
        unreadable=unreadable,
    )


def _address(content: object) -> str:
    """NoiDung where it is the address of a sound and nothing else."""
    text = content.strip() if isinstance(content, str) else ""
    is_one = text.lower().startswith(("http://", "https://")) and not any(ch.isspace() for ch in text)
    return text if is_one else ""


def _is_cancelled(told: Mapping[str, Any]) -> bool:
    state = fold(shown(told.get("TrangThai"), MOST_ID)).replace(" ", "")
    return state in _CANCELLED or str(told.get("DaHuy", "")).lower() in {"1", "true"}


def _schedules(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The places where keys of a schedule may stand: beside the bulletin's own, and in LichPhat."""
    return [told, *(one for one in listed(told.get("LichPhat")) if isinstance(one, Mapping))]


def _unknown(told: Mapping[str, Any]) -> tuple[str, ...]:
    found = []
    for place in _schedules(told):
        found += [f"{key}={shown(place[key], 20)}" for key in _UNKNOWN_SCHEDULE if place.get(key) not in ("", None)]
        days = listed(place.get("DanhSachNgayPhat"))
        if any(not isinstance(day, Mapping) for day in days):
            found.append("DanhSachNgayPhat")
    return tuple(dict.fromkeys(found))


def _times(told: Mapping[str, Any], zone_name: str) -> tuple[dict[str, datetime], tuple[str, ...]]:
    """When it was made, from when until when it may air; and the keys that say it in a way that cannot be read."""
    schedules = _schedules(told)
    moments = [moment for place in schedules for moment in _moments(place)]
    unreadable: list[str] = []

    def read(places: Sequence[Mapping[str, Any]], key: str, *, end_of_day: bool = False) -> list[datetime]:
        values = [place[key] for place in places if place.get(key) not in _UNTOLD]
        found = [instant(value, zone_name, end_of_day=end_of_day) for value in values]
        if None in found:
            unreadable.append(key)
        return [one for one in found if one is not None]

    times: dict[str, datetime] = {}
    if produced := read([told], "ThoiGianSanXuat"):
        times["produced_at"] = produced[0]
    starts = read(moments, "ThoiGianBatDau")
    if begins := [*read(schedules, "NgayBatDau"), *([min(starts)] if starts else [])]:
        times["begins"] = max(begins)
    stops = read(moments, "ThoiGianKetThuc")
    if ends := [*read(schedules, "NgayKetThuc", end_of_day=True), *([max(stops)] if stops else [])]:
        times["expires"] = min(ends)
    return times, tuple(dict.fromkeys(unreadable))


def _moments(place: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The expanded form of a schedule: days, each with starts and ends in epoch seconds."""
    days = [day for day in listed(place.get("DanhSachNgayPhat")) if isinstance(day, Mapping)]
    return [one for day in days for one in listed(day.get("ThoiDiemPhat")) if isinstance(one, Mapping)]


def issuer_trusted(bulletin: Bulletin, policy: Policy) -> bool:
    return bool(bulletin.issuer_id) and bulletin.issuer_id in policy.trusted


def entry_of(bulletin: Bulletin, policy: Policy, moment: Moment) -> Entry:
    """The way a bulletin goes by the ward's rule.

    A cancelled or expired one goes nowhere; where only the server's clock says so, a person looks. An emergency airs at
    once where the ward says so of a trusted issuer and nothing is doubtful but how often and where: its class already
    says when. Priority enters the next session under the same rule with no doubt at all. Everything else waits.
    """
    if bulletin.cancelled:
        return Entry(Way.CANCELLED)
    if bulletin.expires is not None and bulletin.expires <= moment.station:
        return Entry(Way.EXPIRED)
    zone = next((name for name in policy.zones if name.casefold() == bulletin.zone.casefold()), DEFAULT_ZONE)
    doubts = (*_doubts_of_content(bulletin, policy), *_doubts_of_time(bulletin, policy, moment))
    if bulletin.priority is Priority.EMERGENCY and policy.emergency == "air":
        doubts = (*_doubts_of_issuer(bulletin, policy), *doubts)
        stopping = [code for code, _ in doubts if code not in {"province_schedule_unknown", "province_zone_unknown"}]
        return Entry(Way.INBOX if stopping else Way.AIR, doubts, zone)
    if bulletin.priority is Priority.PRIORITY and policy.priority == "next_session":
        doubts = (*_doubts_of_issuer(bulletin, policy), *doubts)
        return Entry(Way.INBOX if doubts else Way.SESSION, doubts, zone)
    return Entry(Way.INBOX, doubts, zone)


def _doubts_of_issuer(bulletin: Bulletin, policy: Policy) -> tuple[Doubt, ...]:
    if issuer_trusted(bulletin, policy):
        return ()
    return (("province_not_trusted", {"issuer": bulletin.issuer_name or "?"}),)


def _doubts_of_content(bulletin: Bulletin, policy: Policy) -> tuple[Doubt, ...]:
    found: list[Doubt] = []
    if not bulletin.priority_told:
        found.append(("province_priority_unknown", {}))
    if bulletin.kind is not None and bulletin.kind not in SPOKEN | HEARD:
        found.append(("province_kind", {"kind": KINDS.get(bulletin.kind, str(bulletin.kind))}))
    if not bulletin.audio_url and not bulletin.words:
        found.append(("province_no_words", {}))
    if bulletin.receivers and policy.own_ids and not policy.own_ids & set(bulletin.receivers):
        found.append(("province_other_area", {}))
    known = {name.casefold() for name in policy.zones}
    if bulletin.zone and len(known) > 1 and bulletin.zone.casefold() not in known:
        found.append(("province_zone_unknown", {"zone": bulletin.zone}))
    if bulletin.unknown:
        found.append(("province_schedule_unknown", {"keys": ", ".join(bulletin.unknown)}))
    return tuple(found)


def _doubts_of_time(bulletin: Bulletin, policy: Policy, moment: Moment) -> tuple[Doubt, ...]:
    """Its age is told by the clock that wrote it: the server's own, where that is known."""
    found: list[Doubt] = []
    if bulletin.unreadable:
        found.append(("province_times_unreadable", {"keys": ", ".join(bulletin.unreadable)}))
    if bulletin.expires is not None and bulletin.expires <= moment.by_server:
        found.append(("province_expired_there", {}))
    if bulletin.begins is not None and bulletin.begins > moment.by_server:
        found.append(("province_not_yet", {}))
    made = bulletin.produced_at
    if made is not None and made - moment.by_server > CLOCK_SLACK:
        found.append(("province_from_future", {}))
    if bulletin.priority is Priority.EMERGENCY:
        if made is None:
            found.append(("province_no_time", {}))
        elif moment.by_server - made > policy.fresh:
            minutes = int((moment.by_server - made) / timedelta(minutes=1))
            found.append(("province_old", {"minutes": str(minutes)}))
    return tuple(found)
