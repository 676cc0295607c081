"""The readiness check: what is known of every airing of the next day, held against the rules, made to rows.

The rules are `readiness`'; here files are hashed, approvals read and the heartbeat asked. A file is hashed again
only when it looks different. It mends nothing and stops nothing: people read the rows (việc cần làm) and see to it.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from scheduler.core.model import Announcement, AnnouncementState, CampaignState, Sha256, Slot
from scheduler.core.planning import rules
from scheduler.core.planning.day_plan import PlannedCampaign
from scheduler.core.station import readiness
from scheduler.core.station.readiness import Finding, Sound, SoundState, StationFacts, Upcoming
from scheduler.kernel.disk_reserve import free_bytes
from scheduler.kernel.errors import NotFound, Refused
from scheduler.services.air.cue_lists import CueLists
from scheduler.services.announcement.upgrades import UpgradeService, waiting_findings
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.planning.idle_windows import OF_THE_PLAN, idle_findings
from scheduler.services.planning.schedule_days import ScheduleDays, unkept_findings
from scheduler.services.repositories import Repositories
from scheduler.store.station.tasks import AIR

CHIME = "Nhạc hiệu"
_DAY = timedelta(days=1)
_Looks = tuple[int, int, int, int]
"""Size, times and place of a file: while they stay, so does what was found of it."""


class ReadinessService:
    def __init__(self, repos: Repositories, free_bytes: Callable[[Path], int] = free_bytes) -> None:
        """`free_bytes`: what is left of the disk that a folder lies on."""
        self._repos = repos
        self._free_bytes = free_bytes
        self._campaigns = CampaignService(repos)
        self._rundowns = CueLists(repos)
        self._hashed: dict[Path, tuple[_Looks, SoundState]] = {}

    def check(self) -> list[Finding]:
        """Look at all that is to air within a day, and let the rows say what was found, no more and no less.

        While the plan is owed, what was found of it stays as it was: it is about to be another.
        """
        now, todos = self._repos.clock.now(), self._repos.todos
        owed = self._campaigns.owed.since()
        found = readiness.findings(list(self._upcoming(now)), self._station(now), now)
        found += waiting_findings(UpgradeService(self._repos, self._campaigns).waiting())
        of_the_plan = unkept_findings(ScheduleDays(self._repos, self._campaigns.days))
        of_the_plan += idle_findings(self._repos, self._campaigns, now)
        stays = {one.key for one in todos.open() if one.reason in OF_THE_PLAN}
        if owed is None and self._campaigns.owed.since() is None:
            found, stays = found + of_the_plan, set()
        for one in found:
            todos.raise_(one.key, one.slot_id, one.due, one.reason, one.details, now)
        todos.clear({one.key for one in found} | stays, now, spare=AIR if self._repos.heard_back.listens else "")
        return found

    # What is to air

    def _upcoming(self, now: datetime) -> Iterator[Upcoming]:
        """Every planned slot of the next day, and the running campaigns that can have none."""
        programme = self._repos.programme
        announcement, sound = cache(programme.announcement), cache(self._sound)
        stopped = {one.id for one in programme.campaigns(CampaignState.STOPPED)}
        relays = {relay.announcement_id: relay for relay in self._repos.relays.all()}
        for slot in self._repos.slots.open_between(now, now + readiness.DAY_AHEAD):
            if slot.trigger not in readiness.CHECKED:
                continue
            seen, relay = announcement(slot.announcement_id), relays.get(slot.announcement_id)
            needed = relay.fallback if relay else self._needed(slot)
            yield Upcoming(
                announcement_id=seen.id,
                title=seen.title,
                due=slot.start,
                slot=slot,
                approved_sha256=_approved(seen),
                is_stopped=relay.state is CampaignState.STOPPED if relay else slot.campaign_id in stopped,
                sounds=tuple(sound(sha256) for sha256 in needed),
            )
        for one in self._campaigns.running():
            due = self._first_wanted(one, now) if any(clip.blocked for clip in one.clips) else None
            for clip in one.clips if due else ():
                if due and clip.blocked:
                    seen = announcement(clip.announcement_id)
                    yield Upcoming(seen.id, seen.title, due, blocked=clip.blocked)

    def _needed(self, slot: Slot) -> list[Sha256]:
        """The files one airing is made of."""
        rundowns = self._rundowns
        chimes = (rundowns.opening_sha256(slot), rundowns.chime_sha256("close")) if slot.chime else ()
        return [slot.audio_sha256, *chimes]

    def _first_wanted(self, one: PlannedCampaign, now: datetime) -> datetime | None:
        """The first instant within a day at which a campaign would air if it could."""
        station = self._repos.config.rules
        today = rules.local_day(now, station.zone_name)
        for day in (today, today + _DAY):
            if not rules.ordered_on(one.campaign, day, one.airing, station).airings or day in station.blackout:
                continue
            for start, end in rules.airing_spans(one.campaign, day, station):
                if max(start, now) + one.airing <= end:
                    return max(start, now)
        return None

    # Files

    def _sound(self, sha256: Sha256) -> Sound:
        try:
            clip = self._repos.programme.clip(sha256)
        except NotFound:
            return Sound(sha256, "", SoundState.MISSING)
        title = CHIME if clip.origin == "bundled" else clip.title
        return Sound(sha256, title, self._state(sha256), retired=clip.retired_at is not None)

    def _state(self, sha256: Sha256) -> SoundState:
        """How the file of a sound is; read anew only when it looks different from when it was read last."""
        library = self._repos.library
        try:
            path = library.path(sha256)
            stat = path.stat()
            looks = (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)
            kept = self._hashed.get(path)
            if kept is None or kept[0] != looks:
                kept = self._hashed[path] = looks, _verified(library.verify, sha256)
        except (NotFound, FileNotFoundError):
            return SoundState.MISSING
        except OSError:
            return SoundState.UNREADABLE
        return kept[1]

    # The station

    def _station(self, now: datetime) -> StationFacts:
        """Disk, and what playout says of itself; its last word counts for a few seconds."""
        config = self._repos.config
        beat = self._repos.jobs.heartbeat("playout")
        free = self._free_bytes(config.data)
        if beat is None or not beat.lives(now) or beat.state.get("stopping"):
            return StationFacts(free, playout_alive=False, clock_trusted=False)
        is_open = {output["name"] for output in beat.state.get("outputs", []) if output["state"] == "open"}
        zones = frozenset(zone for output in config.outputs if output.name in is_open for zone in output.zones)
        trusted = bool(beat.state.get("clock_trusted"))
        return StationFacts(free, playout_alive=True, clock_trusted=trusted, open_zones=zones)


def _approved(seen: Announcement) -> str | None:
    return seen.approved_sha256 if seen.state is AnnouncementState.APPROVED else None


def _verified(verify: Callable[[Sha256], None], sha256: Sha256) -> SoundState:
    try:
        verify(sha256)
    except NotFound:
        raise
    except Refused:
        return SoundState.CHANGED
    return SoundState.WHOLE
