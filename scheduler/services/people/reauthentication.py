"""Xác nhận: proving once more who it is, before what only a leader may do.

A code is a number of the person's authenticator application, one of its recovery codes, the person's own emergency
code, or – where neither is set up – the password. A refusal never says which part was wrong. Wrong tries are counted
for each session apart, so that nobody without the leader's open session can use a leader's tries up.
"""

from collections.abc import Sequence
from datetime import timedelta

from scheduler.core.announcement.approval import may
from scheduler.core.audit_context import doing
from scheduler.core.model import Person
from scheduler.kernel.errors import Refused
from scheduler.kernel.secret_box import SecretBox
from scheduler.services.repositories import Repositories
from scheduler.store import Codes, Proofs
from scheduler.store.people.people import MACHINE_LOGIN

__all__ = ["Confirming"]

ALWAYS = frozenset({"break_in", "take_air"})
"""Acts that ask everybody for something: a code where one is set, else the password."""
_TOTP_DIGITS = 6
_TRUSTED_AFTER = timedelta(days=1)
"""How long a device must have been known before its sessions have tries of their own."""


class Confirming:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos
        self.codes = Codes(repos.store, SecretBox(repos.config.data))

    def confirms(self, actor: Person, act: str) -> str:
        """Which kind is asked of this person before `act`: totp, code, password, or nothing ("")."""
        if actor.login == MACHINE_LOGIN:
            return ""
        proofs = self.codes.of(actor.id)
        if proofs.totp and act in self._repos.config.web.totp_for:
            return "totp"
        if act not in ALWAYS:
            return ""
        if proofs.code:
            return "code"
        return "totp" if proofs.totp else "password"

    def confirm(self, actor: Person, code: str, act: str) -> None:
        """Go on only if this is really the person. Raises Refused: code_needed, code_wrong, code_too_often."""
        kind = self.confirms(actor, act)
        if not kind:
            return
        code = code.strip()
        if not code:
            raise Refused("code_needed")
        attempt = self.codes.attempt(self._budget(actor), self._repos.clock.now())
        if not self._proves(actor, code, act, kind):
            self._repos.audit.event_if_taken("code_wrong", person=actor)
            raise Refused("code_wrong")
        self.codes.right(attempt)

    def leader_for(self, code: str, login: str) -> Person:
        """The leader whose one-time number somebody at the desk was told over the telephone.

        Only a leader with an authenticator application can be stood in for: its numbers count once. The tries are
        counted on whoever types them. Raises Refused: code_needed, code_wrong, code_too_often.
        """
        number = "".join(code.split())
        if not number:
            raise Refused("code_needed")
        asker, now = doing().person, self._repos.clock.now()
        attempt = self.codes.attempt(f"for:{asker.id if asker else 0}", now)
        leader = self._repos.people.by_login(login)
        fit = leader is not None and leader.active and may(leader.role, "break_in")
        if leader is None or not fit or not self.codes.take_totp(leader.id, number, now):
            self._repos.audit.event_if_taken("code_wrong", subject="person", title=leader.name if leader else "")
            raise Refused("code_wrong")
        self.codes.right(attempt)
        return leader

    def prove_password(self, actor: Person, password: str) -> None:
        """Their own password, before their own secrets are changed. Raises Refused password_wrong, code_too_often."""
        attempt = self.codes.attempt(f"own:{self._budget(actor)}", self._repos.clock.now())
        if not self._repos.people.password_is(actor.id, password):
            raise Refused("password_wrong")
        self.codes.right(attempt)

    def _proves(self, actor: Person, code: str, act: str, kind: str) -> bool:
        now, digits = self._repos.clock.now(), "".join(code.split())
        if kind == "password":
            return self._repos.people.password_is(actor.id, code)
        if len(digits) == _TOTP_DIGITS and digits.isdigit() and self.codes.take_totp(actor.id, digits, now):
            return True
        if self.codes.of(actor.id).totp and self.codes.take_recovery(actor.id, code, now):
            self._repos.audit.event("recovery_used", person=actor)
            return True
        return act in ALWAYS and self.codes.code_is(actor.id, digits)

    def _budget(self, actor: Person) -> str:
        """Whose wrong tries are counted together: of a session on a device long known its own, else the person's."""
        what = doing()
        if what.via == "page" and what.session.isdigit():
            since = self._repos.people.device_since(int(what.session))
            if since is not None and since <= self._repos.clock.now() - _TRUSTED_AFTER:
                return f"session:{what.session}"
        return f"{what.via}:{actor.id}"

    # One's own codes

    def proofs(self, person: Person) -> Proofs:
        """What a person has set up."""
        return self.codes.of(person.id)

    def set_code(self, actor: Person, password: str, code: str) -> None:
        """One's own emergency code; empty = none. Raises Refused: password_wrong, code_invalid, code_easy."""
        self.prove_password(actor, password)
        self.codes.set_code(actor.id, "".join(code.split()))

    def begin_totp(self, actor: Person) -> None:
        """Set an application up; nothing is asked for before its first number. Raises Refused totp_on."""
        self.codes.begin_totp(actor)

    def pending_totp(self, actor: Person) -> tuple[str, str]:
        """What the application has to be told: an address (as QR code) or a secret. Raises Refused totp_not_begun."""
        return self.codes.pending_totp(actor, self._repos.config.station.name)

    def confirm_totp(self, actor: Person, number: str, *, session_id: int = 0) -> Sequence[str]:
        """Its first number: the application counts from now on, and other sessions end. Gives the recovery codes.

        Raises Refused: totp_not_begun, code_wrong, code_too_often.
        """
        now = self._repos.clock.now()
        attempt = self.codes.attempt(f"own:{self._budget(actor)}", now)
        with self._repos.store.write():
            codes = self.codes.confirm_totp(actor, "".join(number.split()), now)
            self.codes.right(attempt)
            self._repos.people.end_sessions(actor.id, but=session_id)
        return codes

    def drop_totp(self, actor: Person, password: str, *, session_id: int = 0) -> None:
        """One's own application off again; other sessions end. Raises Refused: totp_off, password_wrong."""
        if not self.codes.of(actor.id).totp:
            raise Refused("totp_off")
        self.prove_password(actor, password)
        with self._repos.store.write():
            self.codes.drop_totp(actor.id)
            self._repos.people.end_sessions(actor.id, but=session_id)
