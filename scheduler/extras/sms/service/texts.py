"""Tin nhắn SMS: write, submit, approve, return, withdraw, hand over; and who wants none.

Which step may follow which is `core.sms_approval`'s table. An approval is of exactly the words that go out; editing
them voids it and ends a sending that is under way. Sending itself stands in `desk.sms_sendings`.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Self

from scheduler.core.dispatch.model import MessageKind
from scheduler.core.mobile_numbers import mobile
from scheduler.core.model import DEFAULT_ZONE, Person
from scheduler.extras.sms.keys import SmsConfig
from scheduler.extras.sms.rows.texts import SmsTexts
from scheduler.extras.sms.rules.approval import SmsState, sms_step
from scheduler.extras.sms.rules.hand_over import HandOver, check_body, hand_over_csv
from scheduler.extras.sms.rules.kept import OptOut, StoredHandOver, StoredSms
from scheduler.extras.sms.rules.texts import LIMITS, Alphabet, as_sent, cost, sms_sha256, tidied
from scheduler.extras.sms.service.sendings import SmsSendings
from scheduler.kernel.errors import Refused
from scheduler.services.announcement.announcements import MAX_TITLE
from scheduler.services.repositories import Repositories, permit
from scheduler.store import Row, instant_text

MOST_NOTE = 200
_VOID: Row = {"approver_id": None, "approved_at": None, "approved_sha256": None, "return_reason": ""}

if TYPE_CHECKING:
    from scheduler.services import Services


class SmsService:
    def __init__(self, repos: Repositories, sendings: SmsSendings) -> None:
        self._repos = repos
        self._sendings = sendings
        self.texts = SmsTexts(repos.store)

    @classmethod
    def of(cls, services: "Services") -> Self:
        """For the record."""
        return cls(services.repos, services.get(SmsSendings))

    def get(self, sms_id: int) -> StoredSms:
        """Raises NotFound."""
        return self.texts.get(sms_id)

    def listed(self) -> list[StoredSms]:
        """All of them, the newest first."""
        return self.texts.listed()

    def of_dispatch(self, dispatch_id: int) -> list[StoredSms]:
        """Those that a dispatch quotes."""
        return self.texts.of_dispatch(dispatch_id)

    def hand_over_file(self, hand_over_id: int) -> StoredHandOver:
        """A file for the telecoms, as it was made. Raises NotFound."""
        return self.texts.hand_over(hand_over_id)

    def hand_over_files(self, sms_id: int) -> list[StoredHandOver]:
        """Those of an SMS, the newest first."""
        return self.texts.hand_overs(sms_id)

    def opt_outs(self) -> list[OptOut]:
        """Who wants none."""
        return self.texts.opt_outs()

    def write(
        self, actor: Person, title: str, text: str, *, plain: bool = False, campaign_id: int | None = None
    ) -> int:
        """A new draft. Raises Refused: title_missing, title_too_long, sms_text_missing, sms_too_long, …"""
        permit(actor, "write", DEFAULT_ZONE)
        row = self._written(title, text, plain=plain) | {"author_id": actor.id, "campaign_id": campaign_id}
        return self.texts.add(row, self._repos.clock.now())

    def edit(self, actor: Person, sms_id: int, version: int, title: str, text: str, *, plain: bool) -> None:
        """New words; an approval of the old ones is void, a sending of them stops. The same again changes nothing."""
        seen = self.texts.get(sms_id)
        if seen.version != version:
            raise Refused("edited_meanwhile", title=seen.title)
        row = self._written(title, text, plain=plain)
        if (row["title"], row["text"], row["plain"]) == (seen.title, seen.text, int(seen.plain)):
            permit(actor, "write", DEFAULT_ZONE)
            return
        with self._repos.store.write():
            self._step(actor, seen, "edit", row | _VOID | {"version": seen.version + 1, "writer_id": actor.id})
            self._sendings.give_up(sms_id, "sms_edited")

    def submit(self, actor: Person, sms_id: int) -> None:
        seen = self.texts.get(sms_id)
        self._check(seen.text, plain=seen.plain)
        self._step(actor, seen, "submit", {"return_reason": ""})

    def approve(self, actor: Person, sms_id: int, sha256: str, *, prove: Callable[[], None] = lambda: None) -> None:
        """Approve exactly the words `sha256`, which stood on the approver's page.

        `prove` asks once more who it is, when nothing else stands in the way: a code counts once.
        """
        seen = self.texts.get(sms_id)
        if sms_sha256(seen.body) != sha256:
            raise Refused("sms_changed", title=seen.title)
        self._check(seen.text, plain=seen.plain)
        at = instant_text(self._repos.clock.now())
        state = self._after(actor, seen, "approve")
        prove()
        self._keep(seen, state, {"approver_id": actor.id, "approved_at": at, "approved_sha256": sha256})

    def give_back(self, actor: Person, sms_id: int, reason: str) -> None:
        """Return a submitted SMS to its author with a reason."""
        if not reason.strip():
            raise Refused("reason_missing")
        self._step(actor, self.texts.get(sms_id), "return", {"return_reason": reason.strip()[:1000]})

    def withdraw(self, actor: Person, sms_id: int) -> None:
        """Nobody gets it from now on."""
        with self._repos.store.write():
            self._step(actor, self.texts.get(sms_id), "withdraw", {"approved_sha256": None})
            self._sendings.give_up(sms_id, "sms_edited")

    def hand_over(self, actor: Person, sms_id: int, batch_id: int | None = None) -> int:
        """Make the file for the telecoms, with the numbers of a checked list or with prefixes; it is kept (its id)."""
        seen = self.texts.get(sms_id)
        permit(actor, "send_sms")
        if not seen.cleared:
            raise Refused("sms_unapproved")
        numbers = self._sendings.numbers(seen, batch_id) if batch_id is not None else ()
        text = hand_over_csv(self._hand_over_of(seen), numbers)
        rows = text.count("\r\n") - 1
        now = self._repos.clock.now()
        with self._repos.store.write():
            self._step(actor, seen, "hand_over", {})
            return self.texts.add_hand_over(sms_id, sms_sha256(seen.body), text, rows, actor.id, now)

    # From what the ward already has

    def drafts_of_dispatch(self, actor: Person, dispatch_id: int, campaign_id: int | None = None) -> list[int]:
        """A draft of every SMS that a dispatch quotes; asked again, the same ones. Raises Refused sms_none_quoted."""
        permit(actor, "write", DEFAULT_ZONE)
        dispatch = self._repos.programme.dispatch(dispatch_id)
        quoted = self.quoted(dispatch_id)
        if not quoted:
            raise Refused("sms_none_quoted")
        subject = dispatch.fields.get("subject") or dispatch.number_symbol or dispatch.file_name
        made = []
        for place, text in quoted:
            title = f"Tin nhắn {place}: {subject}" if len(quoted) > 1 else f"Tin nhắn: {subject}"
            row = {"title": title[:MAX_TITLE], "text": text, "author_id": actor.id, "dispatch_id": dispatch_id}
            row |= {"message_no": place, "campaign_id": campaign_id}
            made.append(self.texts.add(row, self._repos.clock.now()))
        return made

    def drafts_of_campaign(self, actor: Person, campaign_id: int) -> list[int]:
        """The SMS of a campaign: those its dispatch quotes, else a draft of what its announcement says, made once."""
        permit(actor, "write", DEFAULT_ZONE)
        campaign = self._repos.programme.campaign(campaign_id)
        if campaign.dispatch_id is not None and self.quoted(campaign.dispatch_id):
            return self.drafts_of_dispatch(actor, campaign.dispatch_id, campaign_id)
        if made := self.texts.of_campaign(campaign_id):
            return [one.id for one in made]
        text = tidied(self._repos.programme.announcement(campaign.announcement_id).text)
        if not text:
            raise Refused("sms_none_quoted")
        row = {"title": campaign.title[:MAX_TITLE], "text": text, "author_id": actor.id, "campaign_id": campaign_id}
        return [self.texts.add(row | {"dispatch_id": campaign.dispatch_id}, self._repos.clock.now())]

    def quoted(self, dispatch_id: int) -> list[tuple[int, str]]:
        """The SMS that a dispatch quotes: which of its messages (from 1), and the words."""
        fields = self._repos.programme.dispatch(dispatch_id).fields
        pairs = zip(fields.get("messages", ()), fields.get("message_kinds", ()), strict=False)
        found = [(place, tidied(text)) for place, (text, kind) in enumerate(pairs, 1) if kind == MessageKind.SMS.value]
        return [(place, text) for place, text in found if text]

    # Who wants none

    def opt_out(self, actor: Person, number: str, note: str = "") -> str:
        """Let a number get nothing from now on, also out of a sending under way; the number as it is kept."""
        permit(actor, "send_sms")
        kept = mobile(number)
        self.texts.opt_out(kept, note.strip()[:MOST_NOTE], actor.id, self._repos.clock.now())
        return kept

    def opt_in(self, actor: Person, number: str) -> None:
        permit(actor, "send_sms")
        self.texts.opt_in(mobile(number))

    def _hand_over_of(self, seen: StoredSms) -> HandOver:
        approver = self._repos.people.get(seen.approver_id).name if seen.approver_id else ""
        local = self._repos.config.station.local
        at = f"{local(seen.approved_at):%H:%M %d/%m/%Y}" if seen.approved_at else ""
        number = self._repos.programme.dispatch(seen.dispatch_id).number_symbol if seen.dispatch_id else ""
        return HandOver(seen.body, approver, at, self._repos.config.station.name, number)

    def _written(self, title: str, text: str, *, plain: bool) -> Row:
        if not title.strip():
            raise Refused("title_missing")
        if len(title.strip()) > MAX_TITLE:
            raise Refused("title_too_long", limit=MAX_TITLE)
        kept = tidied(text)
        self._check(kept, plain=plain)
        return {"title": title.strip(), "text": kept, "plain": int(plain)}

    def _check(self, text: str, *, plain: bool) -> None:
        """Raise Refused for words that cannot go out as they are."""
        body = as_sent(text, plain=plain)
        if not body.strip():
            raise Refused("sms_text_missing")
        check_body(body)
        limit = self._repos.config.get(SmsConfig).max_parts
        least = len(body) // LIMITS[Alphabet.GSM7][1]  # a megabyte is not counted letter by letter
        many = least if least > limit else cost(body).parts
        if many > limit:
            raise Refused("sms_too_long", parts=many, limit=limit)

    def _step(self, actor: Person, seen: StoredSms, act: str, values: Row) -> None:
        self._keep(seen, self._after(actor, seen, act), values)

    def _after(self, actor: Person, seen: StoredSms, act: str) -> SmsState:
        """Where `act` leads from here, or a refusal."""
        permit(actor, "see", DEFAULT_ZONE)  # a text message goes to the whole ward
        return sms_step(
            seen.state,
            act,
            actor_role=actor.role,
            actor_id=actor.id,
            author_id=seen.author_id,
            writer_id=seen.writer_id,
            one_officer=self._repos.config.station.one_officer,
        )

    def _keep(self, seen: StoredSms, state: SmsState, values: Row) -> None:
        self.texts.change(seen, values | {"state": state.value}, self._repos.clock.now())
