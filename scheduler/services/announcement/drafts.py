"""Drafts: words kept while they are typed, so that no crash, lost network or second tab costs any of them.

A draft is its writer's alone, airs nowhere and changes no announcement. Keeping one never looks at what it says; that
it can be read out and is not too long is asked when it becomes an announcement.
"""

import re
import secrets
from dataclasses import dataclass, replace

from scheduler.core.announcement.kept import Draft
from scheduler.core.delivery import Shape, shape_from, shape_text
from scheduler.core.model import Person
from scheduler.kernel.errors import Refused
from scheduler.services.repositories import Repositories, permit
from scheduler.store.announcement.drafts import Drafts

__all__ = ["MOST_DRAFTS", "DraftResult", "DraftService", "key_of", "new_key"]

MOST_DRAFTS = 100
"""Drafts that one person may have."""
_KEY = re.compile(r"ban-tin-[1-9]\d{0,17}|[A-Za-z0-9_-]{16,32}")
_LONGEST_TITLE = 1_000
_LONGEST = 2
"""A draft may be so many times as long as an announcement: whoever pastes too much must find all of it again."""


@dataclass(frozen=True, slots=True)
class DraftResult:
    """What became of a keeping. `other`: a newer draft with other words stands in its way, and nothing was kept."""

    draft: Draft
    other: bool = False


def key_of(announcement_id: int) -> str:
    """The key of the draft of an announcement."""
    return f"ban-tin-{announcement_id}"


def new_key() -> str:
    """A key for a form that is no announcement yet."""
    return secrets.token_urlsafe(12)


class DraftService:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos
        self._rows = Drafts(repos.store)

    def get(self, actor: Person, key: str) -> Draft | None:
        """The person's draft under `key`."""
        return self._rows.get(actor.id, key)

    def mine(self, actor: Person) -> list[Draft]:
        """The person's drafts that are no announcement yet, the newest first."""
        return [one for one in self._rows.of(actor.id) if not one.key.startswith("ban-tin-")]

    def shape(self, draft: Draft) -> Shape | None:
        """The shape that a draft asks for; None = as the announcement has it."""
        return shape_from(draft.shape_json) if draft.shape_json else None

    def keep(
        self,
        actor: Person,
        key: str,
        revision: int,
        title: str,
        text: str,
        *,
        shape: Shape | None = None,
        version: int = 0,
    ) -> DraftResult:
        """Keep what is typed, after `revision` (0 = the first). Another tab's newer words are given back, not lost.

        Raises Refused: draft_key_unknown, drafts_too_many.
        """
        permit(actor, "write")
        if not _KEY.fullmatch(key):
            raise Refused("draft_key_unknown")
        title, text = title[:_LONGEST_TITLE], text[: _LONGEST * self._repos.config.speech.max_chars]
        wanted = "" if shape is None else _shape_text(shape)
        with self._repos.store.write():
            there = self._rows.get(actor.id, key)
            if there and (there.title, there.text, there.shape_json) == (title, text, wanted):
                return DraftResult(there)
            if there is None and len(self._rows.of(actor.id)) >= MOST_DRAFTS:
                raise Refused("drafts_too_many", limit=MOST_DRAFTS)
            if there and there.revision != revision:
                return DraftResult(there, other=True)
            before = there.revision if there else 0
            now = self._repos.clock.now()
            made = Draft(actor.id, key, max(before, revision) + 1, version, title, text, wanted, now)
            self._rows.keep(made, before)
        return DraftResult(made)

    def drop(self, actor: Person, key: str) -> None:
        """Forget a draft: it has become an announcement, or nobody wants it."""
        self._rows.drop(actor.id, key)


def _shape_text(shape: Shape) -> str:
    """A shape as it was chosen, also one that would be refused: it is only kept."""
    cut = replace(shape, opening=shape.opening[:_LONGEST_TITLE], closing=shape.closing[:_LONGEST_TITLE])
    return shape_text(cut) or "{}"
