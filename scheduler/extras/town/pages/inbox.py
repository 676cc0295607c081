"""Từ cấp trên: the inbox of what the town has sent, what was not taken, and how the link stands.

What only an issue's card says; the rest of the page is every inbox's. It decides nothing.
"""

from typing import Any

from flask import render_template

from scheduler.core.words.wording import sentence, sentence_of
from scheduler.extras.inbox.pages import Called, InboxPage
from scheduler.extras.inbox.rules import State
from scheduler.extras.inbox.service.inbox import Inbox
from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.pages.town_words import NOTICES, TAKE, proposed
from scheduler.extras.town.rules.envelope import Kind, Status
from scheduler.extras.town.rules.kept import RefusedRow, TownRow
from scheduler.extras.town.rules.wording_town import TOWN_KINDS, TOWN_STATES
from scheduler.extras.town.service.town import TownService
from web.auth import Answer, page_of, services
from web.people.reauthentication import asked_code

__all__ = ["bp", "link_words", "town_waiting"]


class TownPage(InboxPage[TownRow]):
    name, address, mark = "town", "/cap-tren", "tren-"
    accept, done, take_right = "nhan", ("nhan-tren", "phat-tren", "bo-tren"), "configure"
    notices = NOTICES
    called = Called(
        thing="Việc",
        nothing="Không có việc nào của cấp trên chờ quyết định.",
        aside="Bỏ qua việc này",
        aside_why="Lý do bỏ qua, cấp trên sẽ đọc được",
    )
    states = TOWN_STATES

    @property
    def inbox(self) -> Inbox[TownRow]:
        return services().get(TownService).inbox

    def about(self, row: TownRow) -> dict[str, Any]:
        service = services().get(TownService)
        envelope, spoken = service.adapter.envelope(row), row.kind == Kind.ANNOUNCEMENT
        chips = [(TOWN_KINDS[row.kind], "")]
        chips += [("Diễn tập", "warn")] if row.status != Status.ACTUAL else []
        chips += [("bản sửa", "")] if row.act == "update" else []
        said = (("Công văn", envelope.dispatch_number), ("Căn cứ", envelope.legal_basis))
        facts = [(name, value) for name, value in said if value] + proposed(envelope)
        told: dict[str, Any] = {
            "sender": " · ".join(filter(None, (service.issuer(row.issuer).name, envelope.author))),
            "chips": chips,
            "facts": facts,
            "facts_after": facts if row.kind == Kind.GROUPS else [one for one in facts if one[0] == "Công văn"],
        }
        if not spoken and row.state == State.WAITING:
            asked = asked_code("configure") if row.kind == Kind.CAPS else ""
            told |= {"loosens": service.take.loosens(row), "may_take": row.kind in TAKE, "asked_take": asked}
        return told | {"take_word": TAKE.get(row.kind, "")}

    def beside(self) -> dict[str, Any]:
        return {"not_taken": [_refusal(row) for row in services().get(TownService).not_taken()], **link_words()}


bp = TownPage().bp


def has_a_town() -> bool:
    """Whether this ward has joined a town, or has had word of one."""
    return bool(services().config.get(TownConfig).url) or services().has_row("town_inbox")


@bp.app_template_global()
def town_waiting(*, emergency: bool = False) -> int:
    """How many issues wait for a person."""
    return services().get(TownService).inbox.waiting_count(emergency=emergency)


@bp.get("/cap-tren/tinh-hinh")
@page_of("see")
def state() -> Answer:
    """How the link stands, asked for every five seconds."""
    return render_template("town/_link.html", **link_words())


def link_words() -> dict[str, Any]:
    """How the link stands, as both pages show it."""
    told = services().get(TownService).up.state()
    minutes = told.clock_off_minutes
    return {
        "link": told,
        "link_fault": sentence_of(told) if told.configured else sentence("town_off"),
        "clock_fault": sentence("town_clock_off", {"minutes": abs(minutes)}) if minutes else "",
    }


def _refusal(row: RefusedRow) -> dict[str, Any]:
    return {"row": row, "why": sentence_of(row), "claimed": row.claims.get("title", "")}
