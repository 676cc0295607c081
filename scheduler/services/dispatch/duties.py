"""The checklist of a dispatch: what the ward says of each duty.

A duty is never deleted, only answered: the ward must say of each what became of it. What is late `duty_list` says.
"""

from scheduler.core.dispatch.duty_list import DutyState, KeptDuty
from scheduler.core.model import DEFAULT_ZONE, Person
from scheduler.kernel.errors import NotFound, Refused
from scheduler.services.repositories import Repositories, permit
from scheduler.store import Readings

MAX_NOTE = 500
"""Characters of a note."""


class DutyService:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos
        self._readings = Readings(repos.store)

    def of(self, dispatch_id: int) -> list[KeptDuty]:
        """The duties of a dispatch, in its order."""
        return self._readings.duties(dispatch_id)

    def all(self) -> list[KeptDuty]:
        """The duties of every dispatch, the newest dispatch first."""
        return self._readings.duties()

    def mark(self, actor: Person, dispatch_id: int, ordinal: int, state: DutyState, note: str = "") -> None:
        """Say what became of a duty. Raises Refused: note_too_long, duty_note_missing, edited_meanwhile."""
        permit(actor, "write", DEFAULT_ZONE)
        note = note.strip()
        if len(note) > MAX_NOTE:
            raise Refused("note_too_long", limit=MAX_NOTE)
        if state is DutyState.NOT_OURS and not note:
            raise Refused("duty_note_missing")
        seen = next((duty for duty in self.of(dispatch_id) if duty.ordinal == ordinal), None)
        if seen is None:
            raise NotFound("duty", f"{dispatch_id}/{ordinal}")
        if (seen.state, seen.note) == (state, note):
            return
        if not self._readings.set_duty(seen, state, note, actor.id, self._repos.clock.now()):
            raise Refused("edited_meanwhile", title=seen.text[:60])
