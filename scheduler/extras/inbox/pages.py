"""The page of an inbox: what waits for a person with the answers that person may give, what is under way, what is over.

One page for every sender, each at its own address; what only one sender's cards say, and what else its page shows, is
that sender's. Thin: the inbox decides, the station airs. The page asks no sender anything.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Generic

from flask import Blueprint, redirect, render_template, request, url_for

from scheduler.core.model import Trigger
from scheduler.core.words.wording import OUTCOMES, sentence, sentence_of
from scheduler.extras.inbox.rules import STATES, RowT
from scheduler.extras.inbox.service.inbox import Inbox
from scheduler.extras.inbox.work import air_by_order
from scheduler.kernel.errors import Refused
from web.auth import REFUSED, Answer, act, actor, page_of, services, station, told_here
from web.people.reauthentication import asked_code, code_fault, page_fault, proof, typed_code
from web.words.zones import zone_word

__all__ = ["Called", "InboxPage"]

PRIORITIES = {1: ("Khẩn cấp", "emg"), 2: ("Ưu tiên", "warn"), 3: ("Thông thường", "off")}
LOOKS = {
    "planned": ("air", "calendar"),
    "aired": ("done", "check"),
    "taken": ("done", "check"),
    "ended": ("done", "check"),
    "approval": ("wait", "clock"),
    "preparing": ("wait", "clock"),
    "waiting": ("wait", "clock"),
}
"""State -> look and picture; any other is over."""


@dataclass(frozen=True, slots=True)
class Called:
    """The words of a page."""

    thing: str
    """Over the column of what came."""
    nothing: str
    """Where nothing waits."""
    aside: str
    aside_why: str
    """Leaving one aside, and the label of the reason."""


class InboxPage(ABC, Generic[RowT]):
    name: ClassVar[str]
    """Of the blueprint, and of the folder of its templates."""
    address: ClassVar[str]
    mark: ClassVar[str]
    """Before the number of a row, as the place of its card in the page."""
    accept: ClassVar[str]
    """Last part of the address where a person says yes."""
    done: ClassVar[tuple[str, str, str]]
    """The notices after a yes, an airing, and leaving it aside; words of `notices`."""
    notices: ClassVar[Mapping[str, str]]
    air_right: ClassVar[str] = "approve"
    take_right: ClassVar[str] = "plan"
    """By whose code a yes is proved, where one is asked."""
    called: ClassVar[Called]
    states: ClassVar[Mapping[str, str]] = STATES

    def __init__(self) -> None:
        self.bp = Blueprint(self.name, f"scheduler.extras.{self.name}.pages")
        self.bp.context_processor(lambda: {"notices": self.notices})
        self.bp.get(self.address, endpoint="listed")(page_of("see")(self.listed))
        self._answer(self.accept, "accept", "plan", self._accept, self.done[0])
        self._answer("phat-ngay", "air", self.air_right, self._air, self.done[1])
        self._answer("bo-qua", "dismiss", "plan", self._dismiss, self.done[2])

    def _answer(self, last: str, name: str, right: str, give: Callable[[int], object], done: str) -> None:
        def answer(inbox_id: int) -> Answer:
            return self.act(inbox_id, lambda: give(inbox_id), done)

        answer.__name__ = name
        act(self.bp, f"{self.address}/<int:inbox_id>/{last}", may=right)(answer)

    # What is the sender's own

    @property
    @abstractmethod
    def inbox(self) -> Inbox[RowT]: ...

    @abstractmethod
    def about(self, row: RowT) -> dict[str, Any]:
        """What only this sender's cards say of a row."""

    def beside(self) -> dict[str, Any]:
        """What else its page shows."""
        return {}

    # Answers

    def _accept(self, inbox_id: int) -> object:
        return self.inbox.accept(actor(), inbox_id, prove=proof(self.take_right))

    def _air(self, inbox_id: int) -> object:
        sha256 = request.form.get("sha256", "")
        order = partial(air_by_order, station(), self.inbox, actor(), inbox_id, sha256)
        return order(heard=services().hearings.has_heard(actor(), sha256), prove=lambda: self._prove(inbox_id))

    def _dismiss(self, inbox_id: int) -> object:
        self.inbox.dismiss(actor(), inbox_id, request.form.get("reason", ""))
        return None

    def _prove(self, inbox_id: int) -> None:
        """Ask once more who it is, with the code of this form: of an order over everything, what each of them asks."""
        row = self.inbox.get(inbox_id)
        if self.inbox.adapter.trigger(row) is Trigger.EMERGENCY:
            services().emergency.confirmed(actor(), typed_code(), zone=row.zone)
        else:
            proof("approve")()

    def act(self, where: int | str, step: Callable[[], object], done: str) -> Answer:
        """One act and back to the list; what was refused stands beside its card, or at its place of the page."""
        try:
            step()
        except Refused as refused:
            return self.page(where, told_here(refused)), REFUSED
        return redirect(url_for(f"{self.name}.listed", xong=done))

    # The page

    def listed(self) -> Answer:
        return self.page()

    def page(self, where: int | str = "", refused: Refused | None = None) -> str:
        """`where`: number of the row, or name of the place, that was refused."""
        coded = code_fault(refused)
        fault = page_fault(refused)
        waiting, beside = [self._card(row) for row in self.inbox.waiting()], self.beside()
        known = {one["row"].id for one in waiting} | set(beside.get("places", ()))
        return render_template(
            f"{self.name}/list.html",
            waiting=waiting,
            under_way=[self._card(row) for row in self.inbox.under_way()],
            done=[self._card(row) for row in self.inbox.done()],
            where=where,
            fault=fault,
            coded=coded,
            page_fault="" if where in known else fault or coded,
            typed={name: request.form.get(name, "")[:20_000] for name in ("reason", "text", "event", "instruction")},
            called=self.called,
            mark=self.mark,
            here=self.name,
            **beside,
        )

    def _card(self, row: RowT) -> dict[str, Any]:
        """A row with everything its card says."""
        inbox, people = self.inbox, services().people
        offer, clip, trigger = inbox.offer(row), inbox.sound(row), inbox.adapter.trigger(row)
        word, look_of_word = PRIORITIES[row.priority]
        look, picture = LOOKS.get(row.state, ("off", "cross"))
        over = trigger is Trigger.EMERGENCY
        told: dict[str, Any] = {
            "row": row,
            "text": offer.text,
            "clip": clip,
            "is_fetching": offer.has_sound and clip is None,
            "sender": people.get(row.issuer_id).name,
            "priority_word": word,
            "priority_look": look_of_word,
            "is_emergency": row.is_emergency,
            "airs_over": over,
            "is_drill": trigger is Trigger.DRILL,
            "may_air": trigger is not None and (clip is not None or (over and bool(offer.text.strip()))),
            "air_word": "Phát diễn tập" if trigger is Trigger.DRILL else "Phát ngay",
            "air_right": "break_in" if over else "approve",
            "asked_air": self._asked(trigger),
            "may_take": inbox.adapter.held(row) is None and not offer.is_empty,
            "take_word": "Đưa vào buổi tới",
            "take_look": "" if row.is_emergency else " pri",
            "take_right": "plan",
            "asked_take": "",
            "zone": ", ".join(zone_word(one) for one in row.zones if one),
            "unread": services().announcements.unread(row.announcement_id) if row.announcement_id and clip else (),
            "doubts": [sentence(code, details) for code, details in row.doubts],
            "why": sentence_of(row),
            "state_word": self.states[row.state],
            "look": look,
            "picture": picture,
            "outcome": self._outcome(row),
            "decided_by": people.get(row.decided_by).name if row.decided_by else "",
            "chips": (),
            "facts": (),
        }
        return told | self.about(row)

    def _asked(self, trigger: Trigger | None) -> str:
        """Which kind of code airing it now asks of this person: an emergency what every emergency asks."""
        if trigger is None:
            return ""
        return services().emergency.asks(actor()) if trigger is Trigger.EMERGENCY else asked_code("approve")

    def _outcome(self, row: RowT) -> str:
        """How the airings that were ordered have ended."""
        return ", ".join(dict.fromkeys(OUTCOMES[one] for one in self.inbox.outcomes(row)))
