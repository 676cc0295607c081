"""Sendings of an SMS: check a list, order, stop, go on; and what the sender asks between two numbers.

No number is given to the sender unless a leader's approval of exactly these words stands at that moment. Nobody who
has the words, or may have them, gets them again by itself. Nothing here speaks to a gateway.
"""

from typing import TYPE_CHECKING, Self

from scheduler.core.model import Person
from scheduler.extras.sms.keys import SmsConfig
from scheduler.extras.sms.rows.batches import SmsBatches
from scheduler.extras.sms.rows.texts import SmsTexts
from scheduler.extras.sms.rules.approval import BatchState, RecipientState, SmsState, sms_step
from scheduler.extras.sms.rules.kept import SmsBatch, SmsRecipient, StoredSms
from scheduler.extras.sms.rules.numbers import read_numbers
from scheduler.extras.sms.rules.texts import sms_sha256
from scheduler.kernel.errors import NotFound, Refused, as_texts
from scheduler.services.repositories import Repositories, permit
from scheduler.store import Row, instant_text
from scheduler.store.database import json_text

MOST_LIST = 3_000_000
"""Bytes of a list."""
_OPEN = (BatchState.SENDING, BatchState.HALTED)
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")

if TYPE_CHECKING:
    from scheduler.services import Services


class SmsSendings:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos
        self._texts = SmsTexts(repos.store)
        self.batches = SmsBatches(repos.store)

    @classmethod
    def of(cls, services: "Services") -> Self:
        """For the record."""
        return cls(services.repos)

    @property
    def is_on(self) -> bool:
        """Whether this station has a gateway to send by."""
        return bool(self._repos.config.get(SmsConfig).url)

    def get(self, batch_id: int) -> SmsBatch:
        """Raises NotFound."""
        return self.batches.get(batch_id)

    def of_sms(self, sms_id: int) -> list[SmsBatch]:
        """Those of an SMS, the newest first."""
        return self.batches.of_sms(sms_id)

    def counts(self, batch_id: int) -> dict[RecipientState, int]:
        """How many recipients stand in each state."""
        return self.batches.counts(batch_id)

    def recipients(self, batch_id: int, *states: RecipientState, limit: int = -1) -> list[SmsRecipient]:
        """Those in these states; none named = all."""
        return self.batches.recipients(batch_id, *states, limit=limit)

    def check(self, actor: Person, sms_id: int, data: bytes, file_name: str, *, again: bool = False) -> int:
        """Read a list of recipients for the words as they are approved now; nothing is sent yet (the sending's id).

        `again` asks for those too of whom nobody knows whether they got it. Raises Refused: sms_unapproved,
        sms_list_big, sms_list_empty, sms_list_long.
        """
        permit(actor, "send_sms")
        seen = self._cleared(sms_id)
        if len(data) > MOST_LIST:
            raise Refused("sms_list_big", limit_mb=MOST_LIST // 1_000_000)
        sha256 = sms_sha256(seen.body)
        listed = read_numbers(
            text_of_list(data),
            limit=self._repos.config.get(SmsConfig).max_recipients,
            opted_out=self._texts.opted_out(),
            reached=self.batches.reached(sms_id, sha256, again=again),
        )
        row = {"sms_id": sms_id, "body": seen.body, "sha256": sha256, "again": int(again)}
        return self.batches.add(row | {"file_name": file_name[:200]}, listed, actor.id, self._repos.clock.now())

    def order(self, actor: Person, batch_id: int) -> None:
        """Let a checked list be sent. Raises Refused: sms_off, sms_nobody, sms_under_way, sms_unapproved, …"""
        permit(actor, "send_sms")
        if not self.is_on:
            raise Refused("sms_off")
        batch = self.batches.get(batch_id)
        if not batch.total:
            raise Refused("sms_nobody")
        now = self._repos.clock.now()
        with self._repos.store.write():
            seen = self._cleared(batch.sms_id)
            if seen.approved_sha256 != batch.sha256 or sum(self.batches.counts(batch_id).values()) != batch.total:
                raise Refused("sms_list_stale")
            if seen.state is SmsState.SENDING:
                raise Refused("sms_under_way")
            self._texts.change(seen, {"state": self._after(actor, seen).value}, now)
            values = {"state": BatchState.SENDING.value, "ordered_at": instant_text(now), "ordered_by": actor.id}
            if not self.batches.change(batch_id, (BatchState.CHECKED,), values):
                raise Refused("wrong_state", state=batch.state.value, act="send")

    def stop(self, actor: Person, batch_id: int) -> None:
        """Nobody more of this list gets it; who has it, has it."""
        permit(actor, "send_sms")
        batch = self.batches.get(batch_id)
        with self._repos.store.write():
            if not self._close(batch, BatchState.STOPPED, "sms_stopped", {"name": actor.name}):
                raise Refused("wrong_state", state=batch.state.value, act="stop")

    def go_on(self, actor: Person, batch_id: int) -> None:
        """Let a halted sending go on with those who still wait."""
        permit(actor, "send_sms")
        if not self.is_on:
            raise Refused("sms_off")
        batch = self.batches.get(batch_id)
        self._cleared(batch.sms_id)
        values = {"state": BatchState.SENDING.value, "reason": "", "details_json": "{}"}
        if not self.batches.change(batch_id, (BatchState.HALTED,), values):
            raise Refused("wrong_state", state=batch.state.value, act="go_on")

    def numbers(self, seen: StoredSms, batch_id: int) -> tuple[str, ...]:
        """Who stands on a list of this SMS, for its hand-over file."""
        batch = self.batches.get(batch_id)
        if batch.sms_id != seen.id:
            raise NotFound("sms_batch", batch_id)
        if batch.sha256 != seen.approved_sha256:
            raise Refused("sms_list_stale")
        out = self._texts.opted_out()
        return tuple(one.number for one in self.batches.recipients(batch_id) if one.number not in out)

    def give_up(self, sms_id: int, reason: str) -> None:
        """End every sending of words that stand no longer, and forget lists that nobody ordered."""
        self.batches.forget_checked(sms_id)
        for batch in self.batches.of_sms(sms_id):
            if batch.state in _OPEN:
                self._close(batch, BatchState.STOPPED, reason)

    # What the sender asks

    def take_next(self, batch: SmsBatch) -> SmsRecipient | None:
        """The next recipient, claimed; None when the sending is over or may not go on.

        In one transaction: 1. the approval of these words is asked for again; 2. who is next; 3. who opted out or has
        the words meanwhile is passed over; 4. the claim is written, before anything leaves.
        """
        now = self._repos.clock.now()
        while True:
            with self._repos.store.write():
                seen = self._texts.get(batch.sms_id)
                if not seen.cleared or seen.approved_sha256 != batch.sha256:
                    self._close(batch, BatchState.STOPPED, "sms_edited")
                    return None
                one = self.batches.next(batch.id)
                if one is None:
                    self._close(batch, BatchState.ENDED, "")
                    return None
                if not (reason := self._passed_over(batch, one)):
                    return self.batches.claim(one, now)
                self.batches.settle(one, RecipientState.SKIPPED, now, reason=reason)

    def _passed_over(self, batch: SmsBatch, one: SmsRecipient) -> str:
        if self._repos.store.value("SELECT 1 FROM sms_opt_out WHERE number = ?", (one.number,)):
            return "sms_opted_out"
        return "sms_reached" if self.batches.has_reached(batch, one.number) else ""

    def rest(self, batch: SmsBatch, reason: str, details: Row) -> None:
        """Why a sending that goes on by itself is resting; '' = it is not."""
        if (reason, details) != (batch.reason, batch.details):
            told = as_texts(details)
            self.batches.change(batch.id, (BatchState.SENDING,), {"reason": reason, "details_json": json_text(told)})

    def halt(self, batch: SmsBatch, reason: str, details: Row) -> None:
        """A sending that a person has to look at before it goes on."""
        told = json_text(as_texts(details))
        values = {"state": BatchState.HALTED.value, "reason": reason, "details_json": told}
        self.batches.change(batch.id, (BatchState.SENDING,), values)

    def _close(self, batch: SmsBatch, state: BatchState, reason: str, details: Row | None = None) -> bool:
        """End a sending; its SMS is sent if anybody may have it, else as approved as before."""
        now = self._repos.clock.now()
        told = {"reason": reason, "details_json": json_text(details or {}), "ended_at": instant_text(now)}
        if not self.batches.change(batch.id, _OPEN, told | {"state": state.value}):
            return False
        self.batches.cancel_waiting(batch.id, reason, now)
        seen = self._texts.get(batch.sms_id)
        if seen.state is SmsState.SENDING:
            anybody = self.batches.reached(seen.id, batch.sha256, again=False)
            after = SmsState.SENT if anybody else SmsState.APPROVED
            self._texts.change(seen, {"state": after.value}, now)
        return True

    def _cleared(self, sms_id: int) -> StoredSms:
        seen = self._texts.get(sms_id)
        if not seen.cleared:
            raise Refused("sms_unapproved")
        return seen

    def _after(self, actor: Person, seen: StoredSms) -> SmsState:
        return sms_step(
            seen.state,
            "send",
            actor_role=actor.role,
            actor_id=actor.id,
            author_id=seen.author_id,
            one_officer=self._repos.config.station.one_officer,
        )


def text_of_list(data: bytes) -> str:
    """A list as text, whatever wrote it; only its digits have to be right."""
    for encoding in ("utf-16" if data.startswith(_UTF16_MARKS) else "utf-8-sig", "cp1258"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")
