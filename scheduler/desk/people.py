"""People at the desk: who may add whom.

Passwords and sign-in are `store.people`'s; nobody is ever deleted, because the journal names them.
"""

from scheduler.core.model import Person, Role
from scheduler.desk.parts import Parts, permit


class PeopleDesk:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def add(self, actor: Person, login: str, name: str, role: Role, password: str) -> Person:
        """A new person who may sign in. Raises Refused: login_invalid, login_taken, password_short."""
        permit(actor, "manage_people")
        return self._parts.people.add(login, name, role, password, self._parts.clock.now())
