"""Phát hành: what the town sends to its wards, taken back while it still can be, stopped, and sent again.

What is issued is what a leader has approved here: the sound, or the words. Whoever wrote it does not issue it, unless
the station has one officer; an emergency asks its issuer to prove once more who it is and waits a moment in which it
can be taken back. Stopping needs no approval. The envelope is sealed with the town's key and written with its messages
in one transaction; the process `hub` gives them to the broker until it has stored them.
"""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from scheduler.core.audit_context import name_act
from scheduler.core.model import DEFAULT_ZONE, AirtimeLimit, Person, Priority
from scheduler.core.planning.rules import local_instant
from scheduler.extras.hub.rows.issues import Answer, HubIssues, StoredIssue, refuse_unless_known
from scheduler.extras.hub.rules.wards import reached
from scheduler.extras.hub.service.contents import Content, HubContents
from scheduler.extras.hub.service.wards import HubWardService, WardState
from scheduler.extras.town.rules.envelope import Act, Envelope, Kind, Status, seal, subject_of
from scheduler.kernel.errors import Refused
from scheduler.services.repositories import permit
from scheduler.store import instant_text
from scheduler.store.database import json_text

__all__ = ["GRACE", "HubIssueService", "IssueOrder", "Issued", "IssuedWard", "meant_wards"]

GRACE = timedelta(seconds=5)
"""How long an emergency that a page has issued can be taken back before it leaves the house."""
EMERGENCY_HOLDS = timedelta(hours=2)
USUALLY_HOLDS = timedelta(days=7)
TEST_HOLDS = timedelta(hours=1)
LONGEST = timedelta(days=366)
LONGEST_EMERGENCY = timedelta(days=2)
BEFORE_STREAM_FORGETS = timedelta(days=25)
"""What still holds is published again before the stream, which keeps thirty days, has forgotten it."""
MOST_ZONE_WORDS = 100


@dataclass(frozen=True, slots=True)
class IssueOrder:
    """What is to be issued, to whom, until when. `of`: number of the announcement or the campaign."""

    kind: Kind
    expires: datetime
    of: int | None = None
    targets: tuple[str, ...] = ("all",)
    """"all", "group.<g>", "ward.<id>"."""
    zones: tuple[str, ...] = ()
    """Zones inside the wards; empty = all."""
    priority: Priority | None = None
    """None = as the announcement or the campaign has it."""
    not_before: datetime | None = None
    legal_basis: str = ""
    status: Status = Status.ACTUAL
    updates: str = ""
    """The issue whose next version this is; empty = it is new."""
    cap: AirtimeLimit | None = None
    """Of the kind caps."""
    dispatch_number: str = ""
    """Empty = as the announcement or the campaign has it."""


@dataclass(frozen=True, slots=True)
class IssuedWard:
    """A ward that an issue is for, and its last word on it (None = it has said nothing)."""

    ward: WardState
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Issued:
    """An issue and how it stands with the wards it is for."""

    issue: StoredIssue
    wards: int
    """How many it is for."""
    homes: int | None
    """Homes of these wards; None = one of them is not known."""
    states: Mapping[str, int] = field(default_factory=dict)
    """State of the last answer -> wards; "" = wards that have said nothing."""

    @property
    def heard_of(self) -> int:
        """Wards that have said anything at all."""
        return self.wards - self.states.get("", 0)

    @property
    def can_be_taken_back(self) -> bool:
        """As far as rows tell; `take_back` says for sure."""
        return self.issue.taken_back_at is None and not self.issue.published


class HubIssueService(HubWardService):
    def __init__(self, contents: HubContents) -> None:
        super().__init__(contents.repos)
        self._contents = contents
        self._issues = HubIssues(contents.repos.store)

    # Issuing

    def asks(self, actor: Person, priority: Priority) -> str:
        """Which kind of code is asked before issuing at this priority: totp, code, password, or none ("")."""
        if priority is not Priority.EMERGENCY or not self._repos.config.emergency.code:
            return ""
        return self._contents.people.confirms(actor, "break_in")

    def reach(self, targets: Sequence[str]) -> list[WardState]:
        """The wards that these targets mean now, for reading back before anything is issued.

        Raises Refused: targets_missing, ward_unknown, ward_revoked, group_unknown.
        """
        wards = [one for one in self.wards() if one.revoked_at is None]
        self._known_targets(targets, wards)
        ids = set(reached(targets, ((one.id, one.groups) for one in wards)))
        return [one for one in wards if one.id in ids]

    def usual_end(self, content: Content, priority: Priority, begins: datetime) -> datetime:
        """Until when something holds where nobody says it, for the page and the command: a campaign to the end of its
        last day, an emergency two hours, anything else seven days from when it `begins`.
        """
        if content.campaign_id is not None:
            last = self._repos.programme.campaign(content.campaign_id).end
            found = local_instant(last, time(23, 59), self._repos.config.station.time_zone)
            if found is None:
                raise Refused("time_invalid", value="23:59")
            return found
        holds = EMERGENCY_HOLDS if priority is Priority.EMERGENCY else USUALLY_HOLDS
        holds = TEST_HOLDS if content.kind is Kind.TEST else holds
        return (begins + holds).replace(second=0, microsecond=0) + timedelta(minutes=1)

    def issue(self, actor: Person, order: IssueOrder, *, code: str = "", grace: timedelta = timedelta(0)) -> str:
        """Issue something (the issue's id). `grace`: how long it can still be taken back.

        Raises NotPermitted; Refused: no_hub, unapproved, author_is_issuer, issue_expired, issue_too_long,
        targets_missing, ward_unknown, group_unknown, issue_unknown, envelope_too_big, code_needed, code_wrong, …
        """
        permit(actor, "issue")
        self._refuse_no_hub()
        now = self._repos.clock.now()
        content = self._contents.of(order.kind, order.of, order.cap)
        priority = order.priority or content.priority
        urgent = priority is Priority.EMERGENCY and order.status is Status.ACTUAL
        self._refuse_times(order, now, urgent=urgent)
        order = replace(order, targets=self._addressed(order.targets, self.reach(order.targets)))
        self._refuse_own(actor, content)
        references = self._root(order.updates)
        if urgent:
            permit(actor, "break_in")
            name_act("issue")
            if self.asks(actor, priority):
                self._contents.people.confirm(actor, code, "break_in")
        envelope = self._envelope(order, content, actor, now, priority=priority, references=references)
        return self._keep(actor, envelope, content, now + (grace if urgent else timedelta(0)))

    def issue_drill(self, actor: Person, announcement_id: int, targets: Sequence[str], expires: datetime) -> str:
        """A drill: an approved announcement that no ward airs as an emergency. Asks for no code."""
        permit(actor, "issue")
        order = IssueOrder(Kind.ANNOUNCEMENT, expires, announcement_id, tuple(targets), status=Status.EXERCISE)
        return self.issue(actor, order)

    def issue_test(self, actor: Person, targets: Sequence[str] = ("all",)) -> str:
        """Prove the way to the wards; nothing sounds."""
        permit(actor, "issue")
        expires = self._repos.clock.now() + TEST_HOLDS
        return self.issue(actor, IssueOrder(Kind.TEST, expires, targets=tuple(targets), status=Status.TEST))

    def issue_stop(self, actor: Person, issue_id: str) -> str:
        """Have the wards end what sounds of an issue, in every version, and take its planned airings back.

        Whoever may stop the air may order it. Raises Refused issue_unknown.
        """
        return self._end(actor, issue_id, Kind.STOP, Act.ALERT)

    def issue_cancel(self, actor: Person, issue_id: str) -> str:
        """Take an issue back in the wards: what sounds of it stops, what waits goes. Raises Refused issue_unknown."""
        return self._end(actor, issue_id, None, Act.CANCEL)

    def _end(self, actor: Person, issue_id: str, kind: Kind | None, act: Act) -> str:
        permit(actor, "stop", DEFAULT_ZONE)
        self._refuse_no_hub()
        refuse_unless_known(self._issues, (issue_id,))
        seen, now = self._issues.get(issue_id), self._repos.clock.now()
        root = self._root(issue_id)
        versions = [one for one in self._issues.with_root(root[0]) if one.taken_back_at is None]
        envelope = replace(
            self._blank(kind or Kind(seen.kind), now),
            act=act,
            status=Status(seen.status),
            expires=max(seen.expires, now + timedelta(days=1)),
            priority=Priority(seen.priority),
            targets=tuple(dict.fromkeys(target for one in versions for target in one.targets)),
            references=(root if act is Act.CANCEL else tuple(dict.fromkeys((*root, *(one.id for one in versions))))),
            title=seen.title,
            author=actor.name,
            approver=actor.name,
            dispatch_number=seen.dispatch_number,
        )
        return self._keep(actor, envelope, Content(envelope.kind, seen.title), now)

    def take_back(self, actor: Person, issue_id: str) -> bool:
        """Take an issue back before it has left the house; False where some of it may have: stop it then."""
        permit(actor, "stop", DEFAULT_ZONE)
        return self._issues.take_back(issue_id, self._repos.clock.now())

    def publish_again(self, actor: Person, issue_id: str) -> int:
        """Give what still holds to the broker once more, with the same ids; how many messages."""
        permit(actor, "issue")
        refuse_unless_known(self._issues, (issue_id,))
        return self._issues.again(self._repos.clock.now(), issue_id=issue_id)

    # Reading

    def issues(self, limit: int = 100, before: int | None = None) -> list[Issued]:
        """What was issued, the newest first; `before`: only those with a smaller sequence."""
        found = self._issues.newest(limit, before)
        return self._standing(found, self.wards())

    def issued(self, issue_id: str) -> tuple[Issued, list[IssuedWard]]:
        """One issue and the last word of each ward it is for; wards that said nothing stand last. Raises NotFound."""
        seen, wards = self._issues.get(issue_id), self.wards()
        said = {one.ward_id: one for one in self._issues.last_answers(issue_id)}
        meant = set(meant_wards(seen, wards)) | set(said)
        rows = [IssuedWard(one, said.get(one.id)) for one in wards if one.id in meant]
        rows.sort(key=lambda one: one.answer.received_at.timestamp() if one.answer else 0.0, reverse=True)
        return self._standing([seen], wards)[0], rows

    def answers(self, issue_id: str, ward_id: str | None = None) -> list[Answer]:
        """Everything that was said of an issue (by one ward), in the order it was said."""
        return [one for one in self._issues.answers(issue_id) if ward_id in {None, one.ward_id}]

    def _standing(self, issues: Sequence[StoredIssue], wards: Sequence[WardState]) -> list[Issued]:
        said = self._issues.last_states([one.id for one in issues])
        homes = {one.id: one.homes for one in wards}
        made = []
        for one in issues:
            of_it = said.get(one.id, {})
            meant = dict.fromkeys((*meant_wards(one, wards), *of_it))
            counts = [homes.get(ward) for ward in meant]
            known = None if None in counts else sum(count for count in counts if count is not None)
            states = Counter(of_it.get(ward, "") for ward in meant)
            made.append(Issued(one, len(meant), known, states))
        return made

    # What must hold

    def _refuse_no_hub(self) -> None:
        if not self.is_hub:
            raise Refused("no_hub")

    @staticmethod
    def _refuse_times(order: IssueOrder, now: datetime, *, urgent: bool) -> None:
        if order.expires <= now or (order.not_before is not None and order.expires <= order.not_before):
            raise Refused("issue_expired")
        longest = LONGEST_EMERGENCY if urgent else LONGEST
        if order.expires - now > longest:
            raise Refused("issue_too_long", days=longest.days)

    def _refuse_own(self, actor: Person, content: Content) -> None:
        if actor.id in content.writers and not self._repos.config.station.one_officer:
            raise Refused("author_is_issuer")

    @staticmethod
    def _known_targets(targets: Sequence[str], wards: Iterable[WardState]) -> None:
        if not targets:
            raise Refused("targets_missing")
        listed = list(wards)
        ids, groups = {one.id for one in listed}, {group for one in listed for group in one.groups}
        for target in targets:
            subject_of(target)
            level, _, name = target.partition(".")
            if level == "ward" and name not in ids:
                raise Refused("ward_unknown", ward=name)
            if level == "group" and name not in groups:
                raise Refused("group_unknown", group=name)

    def _addressed(self, targets: Sequence[str], wards: Sequence[WardState]) -> tuple[str, ...]:
        """Targets as the wards understand them: a group that not every ward knows as it is now, as its wards."""
        if not any(target.startswith("group.") for target in targets):
            return tuple(dict.fromkeys(targets))
        found: dict[str, None] = {}
        every = [one for one in self.wards() if one.revoked_at is None]
        for target in targets:
            level, _, group = target.partition(".")
            know = {one.id for one in every if group in (one.groups if one.told_groups is None else one.told_groups)}
            meant = [one.id for one in wards if group in one.groups]
            if level == "group" and know != set(meant):
                found |= dict.fromkeys(f"ward.{ward}" for ward in meant)
            else:
                found[target] = None
        return tuple(found)

    def _root(self, issue_id: str) -> tuple[str, ...]:
        """The first version of an issue, by which wards know all of them; nothing for a new one."""
        if not issue_id:
            return ()
        refuse_unless_known(self._issues, (issue_id,))
        seen = self._issues.get(issue_id)
        return (seen.references[0],) if seen.act != Act.ALERT and seen.references else (seen.id,)

    # Sealing

    def _blank(self, kind: Kind, now: datetime) -> Envelope:
        return Envelope(
            id=self._contents.new_id(now, secrets.token_bytes(10)),
            kind=kind,
            act=Act.ALERT,
            status=Status.ACTUAL,
            sequence=1,  # its own is given where it is kept
            issuer=self.keys.current().public,
            sent=now,
            expires=now + timedelta(days=1),
        )

    def _envelope(
        self,
        order: IssueOrder,
        content: Content,
        actor: Person,
        now: datetime,
        *,
        priority: Priority,
        references: tuple[str, ...],
    ) -> Envelope:
        return replace(
            self._blank(order.kind, now),
            act=Act.UPDATE if references else Act.ALERT,
            status=order.status,
            not_before=order.not_before,
            expires=order.expires,
            priority=priority,
            targets=tuple(dict.fromkeys(order.targets)),
            zones=tuple(dict.fromkeys(order.zones))[:MOST_ZONE_WORDS],
            references=references,
            legal_basis=order.legal_basis.strip(),
            title=content.title,
            text=content.text,
            clip=content.clip,
            body=dict(content.body),
            author=content.author or actor.name,
            approver=content.approver or actor.name,
            dispatch_number=order.dispatch_number or content.dispatch_number,
        )

    def _keep(self, actor: Person, envelope: Envelope, content: Content, due: datetime) -> str:
        private = self._contents.private(self.keys)
        with self._repos.store.write():
            envelope = replace(envelope, sequence=self._issues.next_sequence(envelope.sent))
            raw = seal(envelope, private)
            values = {
                "id": envelope.id,
                "kind": envelope.kind.value,
                "act": envelope.act.value,
                "status": envelope.status.value,
                "sequence": envelope.sequence,
                "priority": int(envelope.priority),
                "title": envelope.title,
                "targets_json": json_text(envelope.targets),
                "zones_json": json_text(envelope.zones),
                "references_json": json_text(envelope.references),
                "dispatch_number": envelope.dispatch_number,
                "announcement_id": content.announcement_id,
                "campaign_id": content.campaign_id,
                "audio_sha256": envelope.clip.sha256 if envelope.clip else None,
                "legal_basis": envelope.legal_basis,
                "issued_by": actor.id,
                "sent": instant_text(envelope.sent),
                "not_before": instant_text(envelope.not_before) if envelope.not_before else None,
                "expires": instant_text(envelope.expires),
                "envelope": raw.decode(),
            }
            self._issues.add(values, [subject_of(one) for one in envelope.targets], content.more_sounds, due)
        return envelope.id


def meant_wards(issue: StoredIssue, wards: Iterable[WardState]) -> tuple[str, ...]:
    """Wards an issue is for: those of now that were there before it ended and are not shut out."""
    return reached(issue.targets, ((one.id, one.groups) for one in wards if one.revoked_at is None))
