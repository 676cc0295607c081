"""The audit log: who may read what was done, and what leaves a row there by itself.

Rows come of every act without anybody's doing (`audit`); here somebody reads them, has their chain verified, or
tells of something that changed nothing, such as an order that was called back.
"""

from scheduler.core.model import Person
from scheduler.core.people.kept import AuditFilter, AuditRow
from scheduler.services.repositories import Repositories, permit
from scheduler.store import Break
from scheduler.store.chain import Mark

__all__ = ["AuditService"]


class AuditService:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos

    def rows(self, actor: Person, asked: AuditFilter, *, before: int | None = None, limit: int = 50) -> list[AuditRow]:
        """The newest rows that fit, older than row `before`."""
        permit(actor, "read_audit")
        return self._repos.audit.rows(asked, before=before, limit=limit)

    def people(self, actor: Person) -> list[tuple[int, str]]:
        """Who has ever done something: number and name."""
        permit(actor, "read_audit")
        return self._repos.audit.people()

    def verify(self, actor: Person) -> tuple[int, Break | None]:
        """How many rows hold, and the first thing that does not."""
        permit(actor, "read_audit")
        return self._repos.audit.verify()

    def head(self) -> Mark:
        """The newest row and its hash: written down elsewhere, it proves later that nothing was cut off."""
        return self._repos.audit.head()

    def note_refusal(self, actor: Person, act: str, reason: str, *, waits: bool = False) -> None:
        """Somebody asked for what is not theirs; written where the database takes it at once, or who asks `waits`."""
        if waits:
            self._repos.audit.refused(actor, act, reason)
        else:
            self._repos.store.if_taken(lambda: self._repos.audit.refused(actor, act, reason))

    def note(self, actor: Person, kind: str, *, subject: str = "", subject_id: object = "", title: str = "") -> None:
        """Tell of an act of `actor` that changed no row (a word of `web.words.audit_words.KINDS`)."""
        self._repos.audit.event(kind, person=actor, subject=subject, subject_id=subject_id, title=title)
