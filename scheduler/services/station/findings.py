"""One finding of a look at the station: good, bad or worth knowing, of what, and the reason that is said of it.

Values only: who looks stands in `checkup` and `checkup_links`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scheduler.core.words.wording import sentence_of

__all__ = ["Finding"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`good` None = worth knowing, no fault. `reason` is what was found and, where something is wrong, what to do."""

    good: bool | None
    what: str
    reason: str
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def told(self) -> str:
        """The sentence of its reason."""
        return sentence_of(self)
