"""The form of an issue: what is issued, to whom, for how long, as typed; and the order that it means.

What is left empty is what the announcement or the campaign says. It decides no right and issues nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import request

from scheduler.core.model import AirtimeLimit, AnnouncementState, CampaignState, Priority
from scheduler.core.planning.rules import local_day, local_instant, parse_date, parse_time
from scheduler.extras.hub.pages.hub_words import town
from scheduler.extras.hub.service.contents import Content
from scheduler.extras.hub.service.issues import IssueOrder
from scheduler.extras.town.rules.envelope import Kind, Status
from scheduler.kernel.errors import Refused
from web.auth import REFUSED, Answer, same_origin, services, station, told_here
from web.formats import local, number_of
from web.words.page_words import in_order

__all__ = ["IssueForm", "choices", "read_back_words", "reading_back", "target_choices"]

DRILL_HOLDS = timedelta(hours=2)
MOST_TARGETS, MOST_WORD = 5100, 200
PRIORITIES = {"1": Priority.EMERGENCY, "2": Priority.PRIORITY, "3": Priority.NORMAL}
MOST_ZONES = 20


@dataclass(frozen=True, slots=True)
class IssueForm:
    """What was typed. The names are those of the fields."""

    gi: str = ""
    """What is issued: kind and number, "announcement.12"."""
    dich: tuple[str, ...] = ()
    """Targets: "all", "group.<g>", "ward.<id>"."""
    vung: str = ""
    muc: str = ""
    tu_ngay: str = ""
    tu_gio: str = ""
    den_ngay: str = ""
    den_gio: str = ""
    can_cu: str = ""
    cong_van: str = ""
    ban_cu: str = ""
    """The issue that this one updates."""
    han_buoi: str = ""
    han_phut: str = ""

    @classmethod
    def of_request(cls) -> "IssueForm":
        """From a POST, or from an address that names what to begin with."""
        told = request.form if request.method == "POST" else request.args
        typed: dict[str, Any] = {one.name: told.get(one.name, "").strip()[:MOST_WORD] for one in fields(cls)}
        return cls(**typed | {"dich": tuple(one[:60] for one in told.getlist("dich")[:MOST_TARGETS])})

    @property
    def kind(self) -> Kind:
        """Raises Refused issue_of_nothing."""
        try:
            return Kind(self.gi.partition(".")[0])
        except ValueError:
            raise Refused("issue_of_nothing") from None

    @property
    def number(self) -> int | None:
        return number_of(self.gi.partition(".")[2])

    @property
    def cap(self) -> AirtimeLimit | None:
        """The airtime cap that is issued; None for every other kind. Raises Refused number_invalid."""
        if self.kind is not Kind.CAPS:
            return None
        sessions, minutes = _number(self.han_buoi), _number(self.han_phut)
        if sessions is None and minutes is None:
            raise Refused("issue_of_nothing")
        return AirtimeLimit(None if sessions is None else int(sessions), minutes, legal_basis=self.can_cu)

    def hidden(self) -> list[tuple[str, str]]:
        """Every field with its word, for a form that carries them on."""
        kept = [(one.name, getattr(self, one.name)) for one in fields(self) if one.name != "dich"]
        return [(name, word) for name, word in kept if word] + [("dich", one) for one in self.dich]

    def priority(self, content: Content) -> Priority:
        return PRIORITIES.get(self.muc, content.priority)

    def order(self, content: Content, now: datetime) -> IssueOrder:
        """The order that this form means. Raises Refused: date_invalid, time_invalid, issue_of_nothing, …"""
        priority = self.priority(content)
        begins = _instant(self.tu_ngay, self.tu_gio, now, time(0, 0)) if self.tu_ngay or self.tu_gio else None
        typed_end = self.den_ngay or self.den_gio
        ends = _instant(self.den_ngay, self.den_gio, now, time(23, 59)) if typed_end else None
        zones = tuple(one.strip()[:80] for one in self.vung.split(",") if one.strip())[:MOST_ZONES]
        return IssueOrder(
            self.kind,
            ends or town().usual_end(content, priority, begins or now),
            self.number,
            self.dich,
            zones,
            priority,
            begins,
            self.can_cu,
            updates=self.ban_cu,
            cap=self.cap,
            dispatch_number=self.cong_van,
        )


def _instant(day: str, hour: str, now: datetime, at: time) -> datetime:
    """A typed day and time; without a day today, without a time `at`."""
    zone = services().config.station.time_zone
    return _at(parse_date(day) if day else local_day(now, zone), parse_time(hour) if hour else at)


def _at(day: date, at: time) -> datetime:
    found = local_instant(day, at, services().config.station.time_zone)
    if found is None:
        raise Refused("time_invalid", value=f"{at:%H:%M}")
    return found


def _number(typed: str) -> float | None:
    if not typed:
        return None
    try:
        found = float(typed.replace(",", "."))
    except ValueError:
        raise Refused("number_invalid", value=typed[:40]) from None
    if not 0 <= found <= 1440:  # noqa: PLR2004 - minutes of a day; refuses NaN too
        raise Refused("number_invalid", value=typed[:40])
    return found


def choices(*, spoken_only: bool = False) -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be issued, in groups: (group, (value, words)). What is not approved is not offered."""
    approved = services().announcements.listed(AnnouncementState.APPROVED)
    urgent = [one for one in approved if one.priority is Priority.EMERGENCY]
    plain = [one for one in approved if one.priority is not Priority.EMERGENCY]
    found = [
        ("Bản tin đã duyệt", [(f"announcement.{one.id}", one.title) for one in reversed(plain)]),
        ("Bản tin khẩn cấp đã duyệt", [(f"announcement.{one.id}", one.title) for one in urgent]),
    ]
    if not spoken_only:
        campaigns = [one for one in services().campaigns.listed() if one.state is not CampaignState.STOPPED]
        drafts = services().announcements.listed(AnnouncementState.DRAFT)
        found += [
            ("Đợt phát", [(f"campaign.{one.id}", one.title) for one in reversed(campaigns)]),
            ("Mẫu để phường tự điền", [(f"template.{one.id}", one.title) for one in (*urgent, *reversed(drafts))]),
            ("Khác", [("lexicon.", "Từ điển cách đọc của trạm này"), ("caps.", "Hạn mức phát thanh")]),
        ]
    return [(head, listed) for head, listed in found if listed]


def target_choices() -> dict[str, Any]:
    """Wards and groups to choose from."""
    hub = town()
    listed = in_order([one for one in hub.wards() if one.revoked_at is None], lambda one: one.name)
    return {"all_wards": listed, "all_groups": [(name, len(ids)) for name, ids in hub.groups().items()]}


def reading_back(form_page: Callable[..., str], read_page: Callable[[IssueForm], str]) -> Answer:
    """What was typed, read back on `read_page`; on `form_page` where it is to be changed, or with why it cannot be."""
    same_origin()
    form = IssueForm.of_request()
    if request.form.get("then") == "edit":
        return form_page(form)
    try:
        return read_page(form)
    except Refused as refused:
        return form_page(form, told_here(refused)), REFUSED


def read_back_words(form: IssueForm, content: Content, status: Status = Status.ACTUAL) -> dict[str, Any]:
    """Everything that is read back before an issue. Raises Refused as issuing does."""
    hub, now = town(), station().clock.now()
    order = form.order(content, now)
    wards = hub.reach(order.targets)
    homes = [one.homes for one in wards]
    return {
        "order": order,
        "content": content,
        "is_emergency": order.priority is Priority.EMERGENCY and status is Status.ACTUAL,
        "wards": in_order(wards, lambda one: one.name),
        "homes": None if None in homes else sum(one for one in homes if one is not None),
        "homes_unknown": sum(one is None for one in homes),
        "silent": [one for one in wards if one.state.value in {"cut_off", "never"}],
        "updated": hub.issued(form.ban_cu)[0].issue if form.ban_cu else None,
        "sum": seal_of(content, order, len(wards)),
        "end_fields": {"den_ngay": f"{local(order.expires):%d/%m/%Y}", "den_gio": f"{local(order.expires):%H:%M}"},
    }


def seal_of(content: Content, order: IssueOrder, wards: int) -> str:
    """What was read back, in short: if it is another at the issue, it is read back again."""
    sound = content.clip.sha256[:16] if content.clip else f"{len(content.text)}"
    return f"{sound}.{int(order.priority or 0)}.{wards}"
