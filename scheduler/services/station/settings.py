"""Cài đặt: what may be set on the page, who sets it, what it loosens, and the way back.

config.toml stays the authority: what stands in it is refused here. A change that lets sound what may not sound today
is made only when it was confirmed, and one of quiet hours or caps only with the document it rests on. Playout holds
every next block against the new rules; the plan follows; the journal keeps that the rules have changed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scheduler.config.loading import Config
from scheduler.config.page import PAGE_KEYS, ZONE_KEYS, changed_by_page, checked, effective, value_of
from scheduler.core.model import DEFAULT_ZONE, Person
from scheduler.core.planning.relaxations import Loosened, loosened
from scheduler.core.planning.rules import local_day
from scheduler.features import FEATURES
from scheduler.kernel.errors import NotFound, Refused
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.repositories import Repositories, permit
from scheduler.store import SettingChange

__all__ = ["SettingsChange", "SettingsService", "setting_word"]

RIGHTS = {key.partition(".")[0]: feature.page_right for feature in FEATURES for key in feature.page_keys}
"""Section -> the right to change it; every other needs `configure`."""
_BASIS_OF = {
    "quiet_hours.windows": "quiet_hours.legal_basis",
    "cap.sessions_a_day": "cap.legal_basis",
    "cap.minutes_a_session": "cap.legal_basis",
    "cap.weekdays": "cap.legal_basis",
}


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """One act on the settings: what it changed, and whether it can be taken back as it is."""

    batch: int
    rows: tuple[SettingChange, ...]
    can_undo: bool


class SettingsService:
    def __init__(self, repos: Repositories, campaigns: CampaignService) -> None:
        self._repos = repos
        self._campaigns = campaigns

    def get(self, key: str) -> Any:
        """The value that holds now. Raises NotFound for a key that is not of the page."""
        return value_of(self._repos.config, key)

    def is_locked(self, key: str) -> bool:
        """Whether the page may not change it, because config.toml says it."""
        return not changed_by_page(self._repos.written, key)

    def was_set(self, key: str) -> bool:
        """Whether the page has ever changed it."""
        return self._repos.settings.was_set(key)

    def homes(self, zone: str) -> int | None:
        """Homes that a zone reaches; of the whole ward its own number, else the sum of its zones. None = not known."""
        return self._count("homes", zone)

    def people_in(self, zone: str) -> int | None:
        """People who live there, likewise."""
        return self._count("people", zone)

    def weighed(self, values: Mapping[str, object]) -> tuple[Loosened, ...]:
        """What these values would let sound that may not sound today; nothing is written. Raises as `put` does."""
        return loosened(self._repos.config.rules, self._with(self._checked(values)).rules)

    def put(
        self,
        actor: Person,
        values: Mapping[str, object],
        *,
        confirmed: bool = False,
        prove: Callable[[], None] = lambda: None,
    ) -> int:
        """Set keys, all or none (the number of the act; 0 where everything stood so already).

        `prove` asks once more who it is, where a rule is loosened and nothing else stands in the way.
        Raises Refused: setting_in_file, setting_invalid, legal_basis_needed, setting_loosens (until `confirmed`).
        """
        for key in values:
            permit(actor, RIGHTS.get(key.partition(".")[0], "configure"))
        wanted = {key: value for key, value in self._checked(values).items() if value != self.get(key)}
        self._need_basis(self._with(wanted), wanted)
        return self._keep(actor, wanted, wanted, confirmed=confirmed, prove=prove) if wanted else 0

    def undo(
        self, actor: Person, batch: int, *, confirmed: bool = False, prove: Callable[[], None] = lambda: None
    ) -> int:
        """Take one act back, as long as nothing has changed its keys since. Raises Refused setting_changed_since,
        setting_loosens: the way back may open what the change had closed, and then `prove` asks who it is.
        """
        rows = self._rows(batch)
        for row in rows:
            permit(actor, RIGHTS.get(row.key.partition(".")[0], "configure"))
        if not all(self._repos.settings.is_newest(row) for row in rows):
            raise Refused("setting_changed_since")
        kept = {row.key: self._repos.settings.before(row) for row in rows}
        return self._keep(actor, kept, self._held_before(rows), confirmed=confirmed, prove=prove)

    def weighed_undo(self, batch: int) -> tuple[Loosened, ...]:
        """What taking an act back would let sound that may not sound today."""
        return loosened(self._repos.config.rules, self._with(self._held_before(self._rows(batch))).rules)

    def _rows(self, batch: int) -> list[SettingChange]:
        rows = self._repos.settings.of_batch(batch)
        if not rows:
            raise NotFound("setting", batch)
        return rows

    def _held_before(self, rows: Sequence[SettingChange]) -> dict[str, Any]:
        return {row.key: row.before for row in rows if not self.is_locked(row.key)}

    def history(self, limit: int = 20) -> list[SettingsChange]:
        """The newest acts, newest first."""
        found: dict[int, list[SettingChange]] = {}
        for row in self._repos.settings.history(5 * limit):
            found.setdefault(row.batch, []).append(row)
        newest = self._repos.settings.is_newest
        acts = [SettingsChange(batch, tuple(reversed(rows)), all(map(newest, rows))) for batch, rows in found.items()]
        return acts[:limit]

    def _keep(
        self,
        actor: Person,
        kept: Mapping[str, Any],
        held: Mapping[str, Any],
        *,
        confirmed: bool,
        prove: Callable[[], None],
    ) -> int:
        """Write `kept` (None = set no longer), which makes `held` hold."""
        repos, now = self._repos, self._repos.clock.now()
        before = repos.config.rules
        after = self._with(held)
        opened = loosened(before, after.rules)
        if opened and not confirmed:
            raise Refused("setting_loosens", told="; ".join(one.told for one in opened if one.told))
        if opened:
            prove()
        note = "; ".join(f"{key}: {self.get(key)!r} -> {value!r}" for key, value in held.items())
        with self._campaigns.owed.changing() if after.rules != before else repos.store.write():
            batch = repos.settings.add({key: (self.get(key), value) for key, value in kept.items()}, actor.id, now)
            if after.rules != before:
                day = local_day(now, before.zone_name).isoformat()
                repos.journal.note("rules", day, "rules_changed", f"{actor.recorded_name}: {note}", now)
        return batch

    def _checked(self, values: Mapping[str, object]) -> dict[str, Any]:
        return {key: checked(self._repos.written, key, value) for key, value in values.items()}

    def _with(self, held: Mapping[str, Any]) -> Config:
        return effective(self._repos.written, self._repos.settings.values() | dict(held))

    def _need_basis(self, after: Config, held: Mapping[str, Any]) -> None:
        """Rules of quiet and caps are somebody's decision: the page names it, or changes nothing."""
        for key in held:
            section, _, name = key.rpartition(".")
            basis = _BASIS_OF.get(key, f"{section}.legal_basis" if name == "quiet_hours" and held[key] else "")
            if basis and not str(value_of(after, basis)).strip():
                raise Refused("legal_basis_needed", what=setting_word(key))

    def _count(self, name: str, zone: str) -> int | None:
        config = self._repos.config
        told = {one.name: int(getattr(one, name)) for one in config.zones}
        if zone != DEFAULT_ZONE or told.get(DEFAULT_ZONE):
            return told.get(zone) or None
        parts = [told.get(one, 0) for one in config.zone_names if one != DEFAULT_ZONE]
        return sum(parts) if parts and all(parts) else None


def setting_word(key: str) -> str:
    """What the page calls a key."""
    section, _, name = key.rpartition(".")
    if section.startswith("zone:"):
        return f"{ZONE_KEYS.get(name, name)} ({section[5:]})"
    return PAGE_KEYS.get(key, key)
