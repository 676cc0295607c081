"""Nghe hết: what a person has listened to on the page, kept by the station for each person and sound.

Without it nobody approves on a page. A program and the terminal play nothing that could be measured: they declare, and
the log of acts says by which door an approval came (decision 0050).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from scheduler.core.announcement.hearing import Stretch, check_heard
from scheduler.core.model import Person
from scheduler.kernel.errors import Refused
from scheduler.services.repositories import Repositories, permit
from scheduler.store.announcement.hearings import Hearings

__all__ = ["HearingService", "unheard_is_told"]


@contextmanager
def unheard_is_told(repos: Repositories, actor: Person) -> Iterator[None]:
    """An approval of what nobody has heard is refused, and the log of acts tells that it was tried."""
    try:
        yield
    except Refused as refused:
        if refused.reason == "not_heard":
            repos.audit.refused(actor, "approve", refused.reason)
        raise


class HearingService:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos
        self._rows = Hearings(repos.store)

    def begin(self, actor: Person, sha256: str) -> int:
        """`actor` begins to listen to a sound of the library; the number of this listening. Raises NotFound."""
        permit(actor, "see")
        clip = self._repos.programme.clip(sha256)
        return self._rows.begin(actor.id, clip.sha256, self._repos.clock.now())

    def end(self, actor: Person, hearing_id: int, stretches: Iterable[Stretch]) -> None:
        """The page has played these stretches aloud. Raises NotFound, or Refused heard_in_part, heard_too_fast."""
        permit(actor, "see")
        begun = self._rows.open(hearing_id, actor.id)
        now, clip = self._repos.clock.now(), self._repos.programme.clip(begun.audio_sha256)
        check_heard(stretches, clip.length, now - begun.begun_at)
        self._rows.end(begun.id, now)

    def has_heard(self, actor: Person, sha256: str) -> bool:
        """Whether `actor` has heard this very sound to its end on a page."""
        return self._rows.has_heard(actor.id, sha256)
