"""What an airing consists of with this station's own chimes: a campaign's, an emergency's, a drill's.

The planner's lengths and playout's sound both come from here, so that plan and air cannot disagree.
"""

from scheduler.core.model import Frames, Sha256, Slot, Trigger
from scheduler.core.rundown import Item, rundown
from scheduler.desk.parts import Parts
from scheduler.errors import NotFound
from scheduler.store import Row

__all__ = ["Rundowns", "opening_of"]


def opening_of(trigger: Trigger) -> str:
    """The chime that opens an airing: an emergency's is its own and no other airing has it, a drill least of all."""
    return "emergency" if trigger is Trigger.EMERGENCY else "open"


class Rundowns:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def of(self, slot: Slot, clip_frames: Frames) -> tuple[Item, ...]:
        """The items of a slot whose clip has `clip_frames`."""
        intro = self._parts.programme.clip(slot.intro_sha256).frames if slot.intro_sha256 else Frames(0)
        return self.items(
            clip_frames, chime=slot.chime, repeat=slot.repeat, opening=opening_of(slot.trigger), intro=intro
        )

    def items(
        self,
        clip_frames: Frames,
        *,
        chime: bool,
        repeat: int,
        opening: str = "open",
        intro: Frames = Frames(0),  # noqa: B008 - a NewType of an int
    ) -> tuple[Item, ...]:
        """The items of an airing of `clip_frames`; `intro`: frames of the words said before and after it."""
        first, last = (Frames(self._chime(kind)["frames"]) for kind in (opening, "close"))
        return rundown(clip_frames, first, last, chime=chime, repeat=repeat, intro=intro)

    def chime_sha256(self, kind: str) -> Sha256:
        """The station's own chime of a kind (open, close, emergency)."""
        return Sha256(self._chime(kind)["sha256"])

    def _chime(self, kind: str) -> Row:
        sql = "SELECT sha256, frames FROM clip WHERE origin = 'bundled' AND title = ? ORDER BY created_at DESC LIMIT 1"
        row = self._parts.store.row(sql, (kind,))
        if row is None:
            raise NotFound("chime", kind)
        return row
