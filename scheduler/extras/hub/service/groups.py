"""Nhóm phường: a ward is told which groups it is in, by an envelope of its own, and its taking of them is kept.

The broker's accounts let a ward listen to its groups; which of them it follows, the ward itself must know. What is told
is versioned like everything that is issued: the newest word counts, whatever comes when. Until a ward has taken its
groups, what is for a group goes to its wards one by one (`hub_issues`).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from scheduler.core.model import Person
from scheduler.extras.hub.rows.issues import Answer
from scheduler.extras.hub.rows.wards import StoredWard
from scheduler.extras.hub.rules.bodies import groups_body
from scheduler.extras.hub.rules.wards import checked_groups
from scheduler.extras.hub.service.contents import Content
from scheduler.extras.hub.service.issues import HubIssueService
from scheduler.extras.town.rules.envelope import Kind
from scheduler.services.repositories import permit
from scheduler.store.database import json_text

__all__ = ["HubGroupService"]

HOLDS = timedelta(days=30)
"""As long as the broker keeps it; then it is told anew to a ward that has not taken it."""


class HubGroupService(HubIssueService):
    def put_groups(self, actor: Person, ward_id: str, groups: Sequence[str]) -> None:
        """The groups of a ward, all anew. Raises NotFound; Refused group_invalid, groups_too_many."""
        permit(actor, "manage_wards")
        with self._repos.store.write():
            before = self._wards.get(ward_id)
            self._wards.change(ward_id, {"groups_json": json_text(checked_groups(groups))})
            self._changed(before, actor)
        self.conf.put_in_force()

    def groups_answer(self, ward_id: str) -> Answer | None:
        """The last word of a ward on the groups it was told last; None = it has said nothing, or was told nothing."""
        told = self._issues.newest_groups(ward_id)
        said = self._issues.last_answers(told.id) if told else []
        return next((one for one in said if one.ward_id == ward_id), None)

    def tell_groups(self) -> int:
        """Tell every ward that knows other groups, and has no such word under way, those it is in; how many.

        For what was changed before there were such words, and for what nobody answered while it held.
        """
        now, count = self._repos.clock.now(), 0
        for one in self._wards.all() if self.is_hub else ():
            if not (self._is_in(one) and one.groups_untold):
                continue
            told = self._issues.newest_groups(one.id)
            if told is None or told.expires <= now:
                self._tell(one)
                count += 1
        return count

    def _changed(self, before: StoredWard, by: Person | None = None) -> None:
        """Other groups are told. A ward that comes in is told them anew where an earlier word on them still lies in the
        broker: its machine may never have heard that word, and would take it for the newest.
        """
        one, told = self._wards.get(before.id), self._issues.newest_groups(before.id)
        came = one.paired_at != before.paired_at and told is not None and told.expires > self._repos.clock.now()
        if self.is_hub and self._is_in(one) and (came or set(one.groups) != set(before.groups)):
            self._tell(one, by)

    @staticmethod
    def _is_in(one: StoredWard) -> bool:
        return bool(one.public_key) and one.revoked_at is None

    def _tell(self, one: StoredWard, by: Person | None = None) -> None:
        now = self._repos.clock.now()
        actor = by or self._repos.people.machine(now)
        content = Content(Kind.GROUPS, f"Nhóm của {one.name}", body=groups_body(one.groups))
        envelope = replace(
            self._blank(Kind.GROUPS, now),
            expires=now + HOLDS,
            targets=(f"ward.{one.id}",),
            title=content.title,
            body=dict(content.body),
            author=actor.name,
            approver=actor.name,
        )
        self._keep(actor, envelope, content, now)
