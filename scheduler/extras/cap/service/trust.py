"""Whom the ward believes in alerts, and the rules by which an alert sounds unasked: approved in advance, by a leader.

Who lets more through proves once more who it is; taking trust or a rule away asks for no code. Whoever has written a
rule does not approve it, as with everything that sounds. It airs nothing.
"""

import re
from collections.abc import Callable, Iterable

from scheduler.core.model import Person
from scheduler.extras.cap.intake.signature import Pinned, pinned
from scheduler.extras.cap.rows import Alerts
from scheduler.extras.cap.rules.alert import Certainty, Severity, Urgency
from scheduler.extras.cap.rules.kept import RuleRow, SenderRow
from scheduler.extras.cap.rules.rules import Rule, Sender
from scheduler.extras.inbox.rules import Way
from scheduler.kernel.errors import Refused
from scheduler.services.repositories import Repositories, permit
from scheduler.store import instant_text
from scheduler.store.database import json_text

__all__ = ["GIVES", "CapTrust"]

GIVES = "break_in"
"""The right of whoever lets alerts sound unasked: it is an order given in advance."""
_SENDER = re.compile(r"[^\s,<&]{1,200}")
MOST_TITLE, MOST_EVENTS, MOST_PEM = 200, 50, 50_000


class CapTrust:
    def __init__(self, repos: Repositories, rows: Alerts) -> None:
        self._repos = repos
        self._rows = rows

    def senders(self) -> list[SenderRow]:
        return self._rows.senders()

    def rules(self) -> list[RuleRow]:
        return self._rows.rules()

    def trust(
        self,
        actor: Person,
        sender: str,
        name: str,
        *,
        certificates: str = "",
        unsigned: bool = False,
        prove: Callable[[], None] = lambda: None,
    ) -> Sender:
        """Believe a sender, or change what it is believed for. `prove` asks who it is, where more comes through.

        A certificate whose dates are over already is not pinned anew; one for later may be pinned ahead.
        Raises NotPermitted; Refused cap_sender_invalid, cap_name_missing, cap_certificate, cap_certificate_old,
        cap_no_proof.
        """
        permit(actor, GIVES)
        made = Sender(sender.strip(), " ".join(name.split())[:MOST_TITLE], certificates.strip(), unsigned)
        if not _SENDER.fullmatch(made.sender):
            raise Refused("cap_sender_invalid")
        if not made.name:
            raise Refused("cap_name_missing")
        if len(made.certificates) > MOST_PEM:
            raise Refused("cap_certificate")
        told = pinned(made.certificates)
        wanted = {one.fingerprint for one in told}
        if not wanted and not unsigned:
            raise Refused("cap_no_proof")
        before = next((one.sender for one in self._rows.senders() if one.sender.sender == made.sender), None)
        known = {one.fingerprint for one in pinned(before.certificates)} if before else set()
        self._not_old(one for one in told if one.fingerprint not in known)
        if before is None or wanted - known or (unsigned and not before.unsigned):
            prove()
        self._rows.keep_sender(made, actor.id, self._repos.clock.now())
        return made

    def _not_old(self, fresh: Iterable[Pinned]) -> None:
        old = [one.ends for one in fresh if one.ends < self._repos.clock.now()]
        if old:
            day = self._repos.config.station.day_of(old[0])
            raise Refused("cap_certificate_old", day=f"{day:%d/%m/%Y}")

    def distrust(self, actor: Person, sender: str) -> None:
        """Believe a sender no longer: nothing of it sounds unasked from now on."""
        permit(actor, "withdraw")
        self._rows.end_sender(sender, self._repos.clock.now())

    def add_rule(self, actor: Person, rule: Rule) -> RuleRow:
        """Write a rule down; it holds once a leader has approved it. Raises Refused cap_rule_invalid."""
        permit(actor, "plan")
        events = tuple(dict.fromkeys(filter(None, (" ".join(word.split())[:MOST_TITLE] for word in rule.events))))
        title = " ".join(rule.title.split())[:MOST_TITLE]
        if not title or len(events) > MOST_EVENTS or rule.way not in {Way.AIR, Way.SESSION}:
            raise Refused("cap_rule_invalid")
        unknown = rule.severity is Severity.UNKNOWN or rule.urgency in {Urgency.PAST, Urgency.UNKNOWN}
        if unknown or rule.certainty in {Certainty.UNLIKELY, Certainty.UNKNOWN}:
            raise Refused("cap_rule_invalid")
        made = self._rows.add_rule(
            {
                "title": title,
                "way": rule.way.value,
                "events_json": json_text(events),
                "severity": rule.severity.value,
                "urgency": rule.urgency.value,
                "certainty": rule.certainty.value,
                "created_by": actor.id,
                "created_at": instant_text(self._repos.clock.now()),
            }
        )
        return self._rows.rule(made)

    def approve_rule(self, actor: Person, rule_id: int, *, prove: Callable[[], None] = lambda: None) -> RuleRow:
        """Let a rule hold from now on. Raises NotPermitted; Refused author_is_approver, cap_rule_decided, code_…"""
        permit(actor, GIVES)
        seen = self._rows.rule(rule_id)
        if seen.approved_by is not None:
            raise Refused("cap_rule_decided")
        if seen.created_by == actor.id and not self._repos.config.station.one_officer:
            raise Refused("author_is_approver")
        prove()
        self._rows.approve_rule(rule_id, actor.id, self._repos.clock.now())
        return self._rows.rule(rule_id)

    def end_rule(self, actor: Person, rule_id: int) -> None:
        """A rule holds no longer. Whoever has written one that nobody has approved may take it back."""
        seen = self._rows.rule(rule_id)
        permit(actor, "plan" if seen.approved_by is None and seen.created_by == actor.id else "withdraw")
        self._rows.end_rule(rule_id, self._repos.clock.now())
