"""Words of what comes from above: what an envelope holds, and where an issue stands in the inbox.

Tables and nothing else; their words stand in `words.vi.toml`.
"""

from pathlib import Path

from scheduler.extras.inbox.rules import STATES
from scheduler.kernel.words import Words

__all__ = ["TOWN_KINDS", "TOWN_STATES"]

TOWN_KINDS = Words(Path(__file__).parents[1], "town_kinds", str)
"""What an envelope holds."""
_OWN_STATES = Words(Path(__file__).parents[1], "town_states", str)
TOWN_STATES = {**STATES, **_OWN_STATES}
"""Where an issue stands in the inbox."""
