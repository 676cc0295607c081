"""Keys (tokens) with which programs use the station: made, listed, used, revoked.

A key acts in its owner's name with some of the owner's acts and, where it is bound, in some zones only. The owner's
role is asked anew at every act, so a change of role holds at once. The secret is given once and kept nowhere. What a
key did stands in the audit under its name; nothing here decides what an act may do.
"""

import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from scheduler.core.announcement.approval import ACTS, may
from scheduler.core.model import Person
from scheduler.core.people.kept import ApiToken
from scheduler.kernel.errors import NotFound, Refused
from scheduler.services.people.reauthentication import Confirming
from scheduler.services.repositories import Repositories, known_zone, permit
from scheduler.store.people.tokens import ApiTokens

__all__ = ["KEEPERS", "LONGEST_NAME", "METRICS", "MOST_DAYS", "SCOPES", "MadeToken", "TokenService", "TokenUse"]

METRICS = "metrics"
"""The one scope that is no act of the desk: reading the numbers of `/metrics`."""
KEEPERS = frozenset({"manage_people", "manage_tokens", "own_key", "change_key", "backup", "configure", "take_air"})
"""Acts that no key may have: who keeps the house does so in person."""
DECIDING = frozenset({"approve", "return", "withdraw", "break_in", "publish", "confirm_clock"})
"""Acts that a key has only in the name of who makes it: nobody makes a key that decides for somebody else."""
SCOPES = (*sorted(ACTS - KEEPERS), METRICS)
"""What a key may be given."""
PREFIX = "loa_"
LONGEST_NAME = 60
MOST_DAYS = 730
USUAL_DAYS = 365
_HINT = len(PREFIX) + 4
_USED_EVERY = timedelta(minutes=1)
"""A row costs a flush of the disk; to the minute is enough."""


class MadeToken(NamedTuple):
    """A new key; `secret` is shown once."""

    token: ApiToken
    secret: str


class TokenUse(NamedTuple):
    """A key at work: who acts, with what is left of the owner's rights."""

    token: ApiToken
    actor: Person


class TokenService:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos
        self._rows = ApiTokens(repos.store)
        self._confirming = Confirming(repos)

    def confirms(self, actor: Person) -> str:
        """Which code is asked before a key is made: a key outlives whoever sat down at an open page."""
        return self._confirming.confirms(actor, "manage_people")

    def add(
        self,
        actor: Person,
        name: str,
        acts: Iterable[str],
        *,
        owner: Person | None = None,
        zones: Iterable[str] = (),
        days: int = USUAL_DAYS,
        code: str = "",
    ) -> MadeToken:
        """A new key in the name of `owner` (default: of who makes it).

        Raises Refused: token_name_invalid, token_name_taken, token_acts_missing, token_act_unknown,
        token_beyond_role, token_not_own, token_days_invalid, zone_unknown, zone_not_yours; code_needed, code_wrong.
        """
        owner = actor if owner is None else owner
        self._permit(actor, owner.id)
        name = " ".join(name.split())
        if not 1 <= len(name) <= LONGEST_NAME:
            raise Refused("token_name_invalid", limit=LONGEST_NAME)
        if not 1 <= days <= MOST_DAYS:
            raise Refused("token_days_invalid", most=MOST_DAYS)
        chosen, where = self._acts(owner, acts), self._zones(owner, zones)
        if owner.id != actor.id and (decides := DECIDING.intersection(chosen)):
            raise Refused("token_not_own", act=min(decides), name=owner.name)
        self._confirming.confirm(actor, code, "manage_people")
        now, secret = self._repos.clock.now(), PREFIX + secrets.token_urlsafe(32)
        token = ApiToken(
            id=0,
            name=name,
            hint=secret[:_HINT],
            person_id=owner.id,
            owner=owner.name,
            login=owner.login,
            acts=chosen,
            zones=where,
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        with self._repos.store.write():
            if self._rows.live_name(name):
                raise Refused("token_name_taken", title=name)
            return MadeToken(self._rows.get(self._rows.add(token, secret, actor.id)), secret)

    def _acts(self, owner: Person, acts: Iterable[str]) -> tuple[str, ...]:
        chosen = tuple(sorted(set(acts)))
        if not chosen:
            raise Refused("token_acts_missing")
        for act in chosen:
            if act not in SCOPES:
                raise Refused("token_act_unknown", value=act[:40])
            if not owner.active or not may(owner.role, "see" if act == METRICS else act):
                raise Refused("token_beyond_role", act=act, name=owner.name)
        return chosen

    def _zones(self, owner: Person, zones: Iterable[str]) -> tuple[str, ...]:
        chosen = tuple(sorted(set(zones)))
        for zone in chosen:
            known_zone(self._repos.config, zone)
            if owner.zones and zone not in owner.zones:
                raise Refused("zone_not_yours", zone=zone)
        return chosen

    def listed(self, actor: Person) -> list[ApiToken]:
        """Every key there is or was that this person may revoke, those still to be revoked first."""
        permit(actor, "own_key")
        return [one for one in self._rows.listed() if one.person_id == actor.id or self.keeps(actor)]

    def revoke(self, actor: Person, token_id: int) -> ApiToken:
        """End a key at once; one that has ended stays ended."""
        permit(actor, "own_key")
        found = self._rows.get(token_id)
        self._permit(actor, found.person_id)
        if self._rows.revoke(token_id, actor.id, self._repos.clock.now()):
            return self._rows.get(token_id)
        return found

    def named(self, actor: Person, name: str) -> ApiToken:
        """The key of this name that has not been revoked. Raises NotFound."""
        permit(actor, "own_key")
        found = self._rows.live_name(name)
        if found is None:
            raise NotFound("token", name[:LONGEST_NAME])
        self._permit(actor, found.person_id)
        return found

    @staticmethod
    def keeps(actor: Person) -> bool:
        """Whether this person makes and revokes keys in anybody's name."""
        return may(actor.role, "manage_tokens")

    def _permit(self, actor: Person, owner_id: int) -> None:
        """A leader's own keys are the leader's, everybody's the administrator's."""
        permit(actor, "own_key" if owner_id == actor.id else "manage_tokens")

    def still_live(self, token_id: int) -> bool:
        """Whether a key that has opened a long answer still opens anything."""
        token = self._rows.get(token_id)
        return token.is_live(self._repos.clock.now()) and self._repos.people.get(token.person_id).active

    def use(self, secret: str, address: str = "") -> TokenUse | None:
        """Who acts with this secret; None = nobody (unknown, expired, revoked, or its owner is switched off)."""
        found, now = self.holder(secret), self._repos.clock.now()
        if found is None:
            return None
        used = found.token.last_used_at
        if used is None or now - used >= _USED_EVERY or now < used:
            self._repos.store.if_taken(lambda: self._rows.used(found.token.id, address[:60], now))
        return found

    def holder(self, secret: str) -> TokenUse | None:
        """The same, only looked at: nothing is written."""
        token = self._rows.by_secret(secret) if secret.startswith(PREFIX) else None
        if token is None or not token.is_live(self._repos.clock.now()):
            return None
        owner = self._repos.people.get(token.person_id)
        return TokenUse(token, narrowed(owner, token)) if owner.active else None


def narrowed(owner: Person, token: ApiToken) -> Person:
    """The owner with what the key leaves of their rights. Zones that the owner has lost since open nothing."""
    zones = token.zones or owner.zones
    if token.zones and owner.zones:
        zones = tuple(zone for zone in token.zones if zone in owner.zones) or ("",)
    return replace(owner, scope=frozenset(token.acts), zones=zones)
