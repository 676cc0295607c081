"""The guide of the first days: six steps from an empty station to its first announcement, left and taken up at will.

A step is behind us when its matter is settled, however that came about, or when a person has said that it is. It sets
nothing itself: each step leads to the acts that do.
"""

from collections.abc import Callable
from dataclasses import dataclass

from scheduler.config.loading import StationConfig
from scheduler.core.announcement.approval import may
from scheduler.core.model import Person, Role
from scheduler.kernel.errors import NotFound
from scheduler.services.repositories import Repositories, permit
from scheduler.store.people.people import MACHINE_LOGIN

__all__ = ["STEPS", "OnboardingService", "Step"]

STEPS = ("don-vi", "lanh-dao", "nguoi-soan", "dau-ra", "gio-yen-tinh", "ban-tin")
"""In their order, as their addresses name them."""
OVER = "xong"
"""The mark of a guide that a person has put away."""


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    done: bool


class OnboardingService:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos

    def steps(self) -> tuple[Step, ...]:
        """Every step, and whether it is behind us."""
        said = self._repos.settings.steps_done()
        settled: dict[str, Callable[[], bool]] = {
            "don-vi": self._is_named,
            "lanh-dao": self._has_leader,
            "nguoi-soan": self._has_writer,
            "dau-ra": self._has_aired,
            "gio-yen-tinh": lambda: bool(self._repos.config.quiet_hours.legal_basis),
            "ban-tin": self._has_announcement,
        }
        return tuple(Step(name, name in said or settled[name]()) for name in STEPS)

    @property
    def left(self) -> int:
        """How many steps are still ahead; 0 once the guide was put away."""
        if OVER in self._repos.settings.steps_done():
            return 0
        return sum(not step.done for step in self.steps())

    def done(self, actor: Person, name: str) -> None:
        """Say that a step is behind us, or with "xong" that the guide is. Raises NotFound."""
        permit(actor, "configure")
        if name not in {*STEPS, OVER}:
            raise NotFound("step", name)
        self._repos.settings.step_done(name, actor.id, self._repos.clock.now())

    def _is_named(self) -> bool:
        return self._repos.config.station.name != StationConfig().name

    def _has_leader(self) -> bool:
        """Two people of whom one may approve what the other has written; or the one officer of such a station."""
        if self._repos.config.station.one_officer:
            return True
        people = [one for one in self._repos.people.listed() if one.active and one.login != MACHINE_LOGIN]
        return len(people) > 1 and any(may(one.role, "approve") for one in people)

    def _has_writer(self) -> bool:
        """Somebody whose whole work it is to write; else a person says who does."""
        return any(one.active and one.role in {Role.EDITOR, Role.CONTRIBUTOR} for one in self._repos.people.listed())

    def _has_aired(self) -> bool:
        """A test tone alone proves nothing: that it was heard, a person has to say."""
        sql = "SELECT 1 FROM journal WHERE kind = 'airing' AND trigger <> 'test' AND outcome = 'played' LIMIT 1"
        return bool(self._repos.store.value(sql))

    def _has_announcement(self) -> bool:
        sql = """SELECT 1 FROM announcement a JOIN person p ON p.id = a.author_id
            WHERE a.kind = 'text' AND p.login != ? LIMIT 1"""
        return bool(self._repos.store.value(sql, (MACHINE_LOGIN,)))
