"""Thử loa: three seconds on one output or in one zone, ordered by hand, to hear whether it works.

It goes the way of every other sound: a slot, the gate, the airing key, the journal, with a trigger of its own. It never
sounds in quiet hours, of the station or of any zone its loudspeakers stand in, never into a bulletin or shortly before
one, and counts as no airtime. The same test pressed twice is one. It makes no speech: a spoken one brings its clip.
"""

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from scheduler.core.announcement.kept import StoredClip
from scheduler.core.model import DEFAULT_ZONE, AnnouncementState, Person, Priority, Sha256, Slot, Trigger
from scheduler.core.planning.sessions import sounds_in
from scheduler.kernel.errors import Refused
from scheduler.services.air.air import AirService
from scheduler.services.repositories import Repositories, known_zone, permit
from scheduler.store import instant_text

if TYPE_CHECKING:
    from audio_assets.loudness import Pcm

__all__ = ["SILENT_TITLE", "WORDS", "OutputTestService"]

WORDS = "Thử loa. Một, hai, ba."
"""What a spoken test says."""
QUIETER_DB = 12.0
"""How much quieter the quiet choice is than a bulletin."""
CLEAR = timedelta(seconds=15)
"""No test begins while something sounds or so shortly before it."""
TITLE = "Tiếng thử loa"
SILENT_TITLE = "Tự kiểm tra, không nghe thấy"
"""What the journal calls the station's own test."""
_VERSION = 1


class OutputTestService:
    def __init__(self, repos: Repositories, air: AirService) -> None:
        self._repos = repos
        self._air = air

    def test(
        self,
        actor: Person,
        *,
        output: str = "",
        zone: str = DEFAULT_ZONE,
        quiet: bool = True,
        words: StoredClip | None = None,
        inaudible: bool = False,
    ) -> str:
        """Sound it now (its slot's id): on one `output`, or in a `zone`; `words`: spoken instead of the tone;
        `inaudible`: a tone that no ear hears and every output has to play.

        Raises Refused: test_no_output, zone_unknown, playout_off, test_output_closed, test_busy, or the gate's reason.
        """
        permit(actor, "test_output", DEFAULT_ZONE if output else zone)
        known_zone(self._repos.config, zone)
        self._ready(output, zone)
        clip = self._inaudible() if inaudible else self._clip(words, quiet=quiet)
        slot = self._slot(clip, output, zone)
        with self._repos.store.write():
            if standing := self._standing(slot):
                return standing
            self._clear_air(slot)
            self._ask(slot, clip)
            slot = replace(slot, announcement_id=self._announcement(clip, output or zone))
            slot = replace(slot, id=f"{slot.id}{slot.announcement_id}-{secrets.token_hex(4)}")
            self._repos.slots.add(slot, actor.id, self._repos.clock.now())
        return slot.id

    def last(self) -> dict[str, tuple[str, str]]:
        """Output -> when it was last tested (instant as text) and what came of it, as the journal has it."""
        sql = (
            "SELECT coalesce(actual_start, planned_start) AS at, outcome, j.value AS how, j.key AS name"
            " FROM journal, json_each(outputs_json) j WHERE kind = 'airing' AND trigger = 'test'"
            " AND title <> ?"
            " ORDER BY seq DESC LIMIT 200"
        )
        found: dict[str, tuple[str, str]] = {}
        for row in self._repos.store.rows(sql, (SILENT_TITLE,)):
            found.setdefault(row["name"], (row["at"], row["outcome"] if row["how"] == "ok" else "failed"))
        return found

    def _ready(self, output: str, zone: str) -> None:
        named = {one.name: one.zones for one in self._repos.config.outputs}
        if output and output not in named:
            raise Refused("test_no_output", title=output[:80])
        on_air = self._air.on_air()
        if not on_air.alive:
            raise Refused("playout_off")
        is_open = {one["name"] for one in on_air.outputs if one["state"] == "open"}
        wanted = [output] if output else [name for name, zones in named.items() if sounds_in(zone, zones)]
        if not is_open & set(wanted):
            raise Refused("test_output_closed", title=", ".join(wanted)[:80])

    def _clear_air(self, slot: Slot) -> None:
        near = self._repos.slots.open_between(slot.start - timedelta(hours=6), slot.end + CLEAR)
        if near or self._air.on_air().airings:
            raise Refused("test_busy")

    def _ask(self, slot: Slot, clip: StoredClip) -> None:
        """The gate of every zone that would hear it; playout asks again, for every block."""
        lanes = [one.zones for one in self._repos.config.outputs if slot.output in {"", one.name}]
        zones = {slot.zone, *(zone for heard in lanes if sounds_in(slot.zone, heard) for zone in heard if slot.output)}
        for zone in sorted(zones):
            asked = replace(slot, zone=zone)
            _, verdict = self._air.ask_gate(asked, clip.sha256, slot.start, clock_trusted=True, ordered_by_right=False)
            if not verdict.allowed:
                raise Refused(verdict.reason, **verdict.details)

    def _slot(self, clip: StoredClip, output: str, zone: str) -> Slot:
        now = self._repos.clock.now()
        day = self._repos.config.station.day_of(now)
        return Slot(
            id=f"{day:%Y%m%d}-t",
            day=day,
            zone=DEFAULT_ZONE if output else zone,
            start=now,
            length=clip.length,
            campaign_id=None,
            announcement_id=0,
            audio_sha256=Sha256(clip.sha256),
            priority=Priority.NORMAL,
            trigger=Trigger.TEST,
            output=output,
        )

    def _standing(self, slot: Slot) -> str | None:
        sql = "SELECT id FROM slot WHERE trigger = 'test' AND output = ? AND zone = ? AND outcome IS NULL LIMIT 1"
        found = self._repos.store.value(sql, (slot.output, slot.zone))
        return str(found) if found else None

    def _clip(self, words: StoredClip | None, *, quiet: bool) -> StoredClip:
        """The sound, kept in the library once made."""
        audio = self._repos.config.audio
        key = f"test:{_VERSION}:{words.sha256 if words else 'tone'}:{quiet}:{audio.target_lufs:g}"
        kept = self._repos.programme.clip_by_cache_key(key)
        if kept and self._repos.library.has(kept.sha256):
            return kept
        from audio_assets.tone import quieter, tone  # numpy, once: an idle page does without

        library = self._repos.library
        pcm = library.load(words.sha256) if words else tone(audio.target_lufs, audio.max_true_peak_dbtp)
        return self._kept(quieter(pcm, QUIETER_DB if quiet else 0.0), key, TITLE)

    def _inaudible(self) -> StoredClip:
        """The self-test's tone, kept like the others."""
        key = f"test:{_VERSION}:inaudible"
        kept = self._repos.programme.clip_by_cache_key(key)
        if kept and self._repos.library.has(kept.sha256):
            return kept
        from audio_assets.tone import inaudible  # numpy, as above

        return self._kept(inaudible(), key, SILENT_TITLE)

    def _kept(self, pcm: "Pcm", key: str, title: str) -> StoredClip:
        made, now = self._repos.library.add_master(pcm), self._repos.clock.now()
        clip = StoredClip(
            sha256=made.sha256,
            title=title,
            origin="bundled",
            frames=made.frames,
            created_at=now,
            created_by=self._repos.people.machine(now).id,
            lufs=made.lufs,
            true_peak_dbtp=made.true_peak_dbtp,
            cache_key=key,
        )
        self._repos.programme.add_clip(clip)
        return clip

    def _announcement(self, clip: StoredClip, where: str) -> int:
        """What the journal calls it; the machine is its author, for nobody has written or approved a bulletin here."""
        repos, now = self._repos, self._repos.clock.now()
        title = "Thử loa" if where == DEFAULT_ZONE else f"Thử loa: {where}"
        title = SILENT_TITLE if clip.title == SILENT_TITLE else title
        sql = "SELECT id FROM announcement WHERE kind = 'typed' AND title = ? AND audio_sha256 = ? AND author_id = ?"
        machine = repos.people.machine(now).id
        if found := repos.store.value(sql, (title, clip.sha256, machine)):
            return int(found)
        row = {
            "title": title,
            "text": "",
            "kind": "typed",
            "state": AnnouncementState.APPROVED.value,
            "audio_sha256": clip.sha256,
            "author_id": machine,
            "approver_id": machine,
            "approved_at": instant_text(now),
            "approved_sha256": clip.sha256,
        }
        return repos.programme.add_announcement(row, now)
