"""Who is signed in at which browser: the session behind a cookie, and the one-time link of the first person.

Signing in and out are acts of `people`. What a session allows is asked of the person's role at each act.
"""

from scheduler.core.model import Person
from scheduler.core.signed_in import WebSession
from scheduler.services.repositories import Repositories

__all__ = ["SessionService"]


class SessionService:
    def __init__(self, repos: Repositories) -> None:
        self._repos, self._people = repos, repos.people

    def of(self, token: str) -> WebSession | None:
        """Who this cookie is, if it still is anybody."""
        return self._people.session(token, self._repos.clock.now())

    def touch(self, session_id: int) -> None:
        """A person has clicked: the idle time begins anew. Written where the database takes it at once."""
        self._repos.store.if_taken(lambda: self._people.touch(session_id, self._repos.clock.now()))

    def rotate(self, token: str) -> str:
        """The same session under a new cookie; the old cookie opens nothing from now on."""
        return self._people.rotate(token, self._repos.clock.now())

    def replaced(self, token: str) -> None:
        """The session of this cookie ends, because a new one begins in its place."""
        self._people.sign_out(token)

    # The first person

    def new_setup_token(self) -> str:
        """A one-time token for the first person; an earlier unused one stops working."""
        return self._people.new_setup_token(self._repos.clock.now())

    def setup_token_valid(self, token: str) -> bool:
        return self._people.setup_token_valid(token)

    def set_up(self, token: str, login: str, name: str, password: str) -> Person:
        """The first person, an administrator. The token is spent with it. Raises Refused setup_token_invalid."""
        own = [self._repos.config.station.name]
        return self._people.set_up(token, login, name, password, self._repos.clock.now(), own)
