"""What an airing consists of with this station's own chimes: a campaign's, an emergency's by its words, a drill's.

The planner's lengths and playout's sound both come from here, so that plan and air cannot disagree.
"""

from scheduler.core.air.chimes import DRILL, siren_for
from scheduler.core.air.cue_list import Cue, rundown, turns
from scheduler.core.model import HOUSE_RATE, Announcement, Frames, Sha256, Slot, Trigger
from scheduler.kernel.errors import NotFound
from scheduler.services.repositories import Repositories
from scheduler.store import Row

__all__ = ["CueLists", "opening_of"]


def opening_of(trigger: Trigger) -> str:
    """The chime that opens an airing: an emergency's is its own and no other airing has it, a drill least of all."""
    return {Trigger.EMERGENCY: "emergency", Trigger.DRILL: "drill"}.get(trigger, "open")


class CueLists:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos

    def of(self, slot: Slot, clip_frames: Frames) -> tuple[Cue, ...]:
        """The items of a slot whose clip has `clip_frames`; what the clip says twice itself is not aired twice more."""
        intro = self._repos.programme.clip(slot.intro_sha256).frames if slot.intro_sha256 else Frames(0)
        sql = "SELECT says FROM clip WHERE sha256 = ?"
        says = int(self._repos.store.value(sql, (slot.audio_sha256,)) or 1)
        repeat = turns(slot.repeat, says)
        return self.items(clip_frames, chime=slot.chime, repeat=repeat, opening=opening_of(slot.trigger), intro=intro)

    def items(
        self,
        clip_frames: Frames,
        *,
        chime: bool,
        repeat: int,
        opening: str = "open",
        intro: Frames = Frames(0),  # noqa: B008 - a NewType of an int
    ) -> tuple[Cue, ...]:
        """The items of an airing that has a clip of `clip_frames` `repeat` times; `intro`: frames of the words said
        before and after it.
        """
        first, last = (Frames(self._chime(kind)["frames"]) for kind in (opening, "close"))
        return rundown(clip_frames, first, last, chime=chime, repeat=repeat, intro=intro)

    def sound_of(self, announcement: Announcement) -> tuple[Frames, int]:
        """How long an announcement sounds and how often that says its words; a guess until it has a sound."""
        frames, says = Frames(0), announcement.shape.times if announcement.text else 1
        if announcement.audio_sha256 is not None:
            clip = self._repos.programme.clip(announcement.audio_sha256)
            frames, says = clip.frames, clip.says
        return frames or _guess(announcement.text * says), says

    def chime_sha256(self, kind: str) -> Sha256:
        """The station's own chime of a kind (open, close, emergency, drill), as the configuration chooses it."""
        return Sha256(self._chime(kind)["sha256"])

    def opening_sha256(self, slot: Slot, title: str = "") -> Sha256:
        """The chime that opens a slot; of an emergency the siren of its words, as long as every other siren.

        `title`: what is aired is called so, where it has no row yet.
        """
        kind = opening_of(slot.trigger)
        row = self._siren(slot, title) if kind == "emergency" else None
        return Sha256((row or self._chime(kind))["sha256"])

    def _siren(self, slot: Slot, title: str) -> Row | None:
        """The siren of this emergency's words; None where the worker has not made it yet, or it is not as long."""
        title = title or self._repos.programme.title_of(slot)
        chosen = self._repos.config.chime
        row = self._shelved(siren_for(title, chosen.emergency_words, chosen.emergency))
        return row if row and row["frames"] == self._chime("emergency")["frames"] else None

    def _chime(self, kind: str) -> Row:
        chosen = self._repos.config.chime
        name = {"open": chosen.open, "close": chosen.close, "emergency": chosen.emergency, "drill": DRILL}[kind]
        row = self._shelved(name)
        if row is None:
            raise NotFound("chime", kind)
        return row

    def _shelved(self, name: str) -> Row | None:
        """The newest sound of a chime."""
        where = "origin = 'bundled' AND title = ? ORDER BY created_at DESC, rowid DESC LIMIT 1"
        return self._repos.store.row(f"SELECT sha256, frames FROM clip WHERE {where}", (name,))  # noqa: S608 - ours


def _guess(text: str) -> Frames:
    """The length of a speech that has not been made yet: about 14 characters a second, at least 5 s."""
    return Frames(round(max(len(text) / 14, 5.0) * HOUSE_RATE))
