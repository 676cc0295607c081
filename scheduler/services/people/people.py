"""People: who may add, change and switch off whom; and what each may change of their own.

Nobody is ever deleted, because the journal names them. The last active administrator stays one, nobody changes their
own role, and whoever loses a right loses the open sessions with it. The audit log tells who signs in, right or wrong.
"""

import secrets
from collections.abc import Callable, Sequence

from scheduler.core.announcement.approval import ZONE_BOUND
from scheduler.core.model import DEFAULT_ZONE, Person, Role
from scheduler.core.people.person_names import MAX_NAME
from scheduler.kernel.errors import Refused
from scheduler.services.people.reauthentication import Confirming
from scheduler.services.repositories import Repositories, known_zone, permit
from scheduler.store import OpenSession, SignedIn
from scheduler.store.people.people import MACHINE_LOGIN

__all__ = ["PeopleService"]

_CONSONANTS, _VOWELS = "bcdghklmnprstvx", "aeiou"


class PeopleService(Confirming):
    def __init__(self, repos: Repositories) -> None:
        super().__init__(repos)
        self._people = repos.people

    # Reading

    def get(self, person_id: int) -> Person:
        """One person, active or not. Raises NotFound."""
        return self._people.get(person_id)

    def listed(self) -> list[Person]:
        """Everybody who can sign in or once could, by login."""
        return self._people.listed()

    def names(self) -> dict[int, str]:
        """Of all of them, by number."""
        return {one.id: one.name for one in self.listed()}

    def by_login(self, login: str) -> Person | None:
        return self._people.by_login(login)

    def machine(self) -> Person:
        """The person of this machine's command line; made when first asked for."""
        return self._people.machine(self._repos.clock.now())

    def any(self) -> bool:
        """Whether there is a person who can sign in."""
        return self._people.any()

    # Others

    def add(
        self,
        actor: Person,
        login: str,
        name: str,
        role: Role,
        password: str,
        zones: Sequence[str] = (),
        *,
        code: str = "",
        must_change: bool = False,
    ) -> Person:
        """A new person who may sign in.

        Raises Refused: login_invalid, login_taken, name_taken, name_reserved, name_letters, password_short, …
        """
        permit(actor, "manage_people")
        zones = self._zones(role, zones)
        self.confirm(actor, code, "manage_people")
        name = self._name(name, optional=True)
        return self._people.add(login, name, role, password, self._repos.clock.now(), zones, must_change=must_change)

    def change(
        self, actor: Person, person_id: int, *, name: str, role: Role, zones: Sequence[str] = (), code: str = ""
    ) -> None:
        """Another name, role or zones; with another right the open sessions end.

        Raises Refused: own_role, last_admin, machine_person, name_missing, name_taken, name_reserved, zones_missing, …
        """
        seen = self._other(actor, person_id)
        name = self._name(name, seen)
        zones = self._zones(role, zones)
        rights = (role, tuple(sorted(zones))) != (seen.role, seen.zones)
        if rights and seen.id == actor.id:
            raise Refused("own_role")
        self.confirm(actor, code, "manage_people")
        with self._repos.store.write():
            if role is not Role.ADMIN:
                self._refuse_last_admin(seen)
            self._people.change(seen.id, {"name": name, "role": role.value}, zones)
            if rights:
                self._people.end_sessions(seen.id)

    def switch(self, actor: Person, person_id: int, *, active: bool, code: str = "") -> None:
        """Off: signed out at once and kept out; on again: as before. Raises Refused: own_role, last_admin."""
        seen = self._other(actor, person_id)
        if seen.id == actor.id:
            raise Refused("own_role")
        self.confirm(actor, code, "manage_people")
        with self._repos.store.write():
            if not active:
                self._refuse_last_admin(seen)
                self._people.end_sessions(seen.id)
            self._people.change(seen.id, {"active": int(active)})

    def give_password(self, actor: Person, person_id: int, *, code: str = "") -> str:
        """A new, temporary password (shown once) that has to be changed at the next sign-in; sessions end."""
        seen = self._other(actor, person_id)
        self.confirm(actor, code, "manage_people")
        password = temporary_password()
        with self._repos.store.write():
            self._people.set_password(seen, password, must_change=True)
            self._people.end_sessions(seen.id)
        return password

    def set_password(self, actor: Person, person_id: int, password: str) -> None:
        """A new password that somebody has typed for the person; sessions end. Raises Refused password_short, …"""
        seen = self._other(actor, person_id)
        with self._repos.store.write():
            self._people.set_password(seen, password)
            self._people.end_sessions(seen.id)

    def end_all_sessions(self, actor: Person, person_id: int) -> int:
        """Sign somebody out everywhere; how many sessions there were."""
        seen = self._other(actor, person_id)
        return self._end(lambda: self._people.end_sessions(seen.id), seen)

    def take_totp(self, actor: Person, person_id: int, *, code: str = "") -> None:
        """Switch the application of somebody who has lost it off. Raises Refused totp_off."""
        seen = self._other(actor, person_id)
        if not self.codes.of(seen.id).totp:
            raise Refused("totp_off")
        self.confirm(actor, code, "manage_people")
        with self._repos.store.write():
            self.codes.drop_totp(seen.id)
            self._people.end_sessions(seen.id)

    def _other(self, actor: Person, person_id: int) -> Person:
        permit(actor, "manage_people")
        seen = self._people.get(person_id)
        if seen.login == MACHINE_LOGIN or not self._people.signs_in(seen.id):
            raise Refused("machine_person")
        return seen

    def _refuse_last_admin(self, seen: Person) -> None:
        if seen.role is Role.ADMIN and seen.active and self._people.admins() <= 1:
            raise Refused("last_admin")

    def _zones(self, role: Role, zones: Sequence[str]) -> tuple[str, ...]:
        if role not in ZONE_BOUND:
            return ()
        for zone in zones:
            known_zone(self._repos.config, zone)
        if DEFAULT_ZONE in zones:
            raise Refused("zone_not_divisible")
        if not zones:
            raise Refused("zones_missing")
        return tuple(dict.fromkeys(zones))

    # One's own

    def rename(self, actor: Person, name: str) -> None:
        """One's own name, as pages and the journal show it from now on.

        Raises Refused: name_missing, name_too_long, name_taken, name_reserved, name_letters.
        """
        self._people.change(actor.id, {"name": self._name(name, actor)})

    def change_password(self, actor: Person, old: str, new: str, *, session_id: int = 0) -> None:
        """One's own password; every session but number `session_id` ends.

        Raises Refused: password_wrong, password_same, password_short, password_common, code_too_often.
        """
        self.prove_password(actor, old)
        if old == new:
            raise Refused("password_same")
        with self._repos.store.write():
            self._people.set_password(actor, new)
            self._people.end_sessions(actor.id, but=session_id)

    def sessions(self, person: Person) -> list[OpenSession]:
        """A person's open sessions, the newest use first."""
        return self._people.sessions_of(person.id, self._repos.clock.now())

    def end_session(self, actor: Person, session_id: int) -> None:
        """End one of one's own sessions; one that is none of them, or ended already, is nothing."""
        self._end(lambda: int(self._people.end_session(actor.id, session_id)), actor)

    def end_other_sessions(self, actor: Person, session_id: int) -> int:
        """End all one's own sessions but number `session_id`; how many there were."""
        return self._end(lambda: self._people.end_sessions(actor.id, but=session_id), actor)

    def _end(self, ending: Callable[[], int], seen: Person) -> int:
        with self._repos.store.write():
            count = ending()
            if count:
                self._repos.audit.event("sessions_ended", subject="person", subject_id=seen.id, title=seen.name)
            return count

    def _name(self, name: str, person: Person | None = None, *, optional: bool = False) -> str:
        """A name that nobody else has or had, nor the station."""
        free = self._people.free_name(name, person, [self._repos.config.station.name])
        if not free and not optional:
            raise Refused("name_missing")
        if len(free) > MAX_NAME:
            raise Refused("name_too_long", limit=MAX_NAME)
        return free

    # In and out

    def sign_in(self, login: str, password: str, address: str, *, device: str = "", agent: str = "") -> SignedIn:
        """A new session. Raises Refused: too_many_attempts, sign_in_wrong (the same for login and password)."""
        hours, now = self._repos.config.web.session_hours, self._repos.clock.now()
        try:
            told = self._people.enter(login, password, address, now, hours, device=device, agent=agent)
        except Refused as refused:
            if refused.reason == "sign_in_wrong":
                known = self._people.by_login(login)
                title = known.login if known else ""  # a password that was typed into the wrong field is never kept
                self._repos.audit.event("sign_in_wrong", subject="person", title=title)
            raise
        self._repos.audit.event("sign_in", person=told.person, note=agent)
        return told

    def sign_out(self, actor: Person, token: str) -> None:
        """End the session of this cookie."""
        with self._repos.store.write(own=True):
            self._people.sign_out(token)
            self._repos.audit.event("sign_out", person=actor)


def temporary_password() -> str:
    """Something that can be told over the telephone: three made-up words and four digits."""
    words = ["".join(secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS) for _ in range(2)) for _ in range(3)]
    return "-".join([*words, f"{secrets.randbelow(10_000):04}"])
