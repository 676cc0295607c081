"""Words of the town's side: how a ward stands, what is issued, what it answered.

Tables and nothing else; their words stand in `words.vi.toml`.
"""

from pathlib import Path

from scheduler.extras.hub.rules.wards import Standing
from scheduler.extras.town.rules.envelope import AckState, Kind
from scheduler.kernel.words import Words

__all__ = ["ACK_STATES", "ISSUE_KINDS", "STANDINGS"]

STANDINGS = Words(Path(__file__).parents[1], "standings", Standing)
ACK_STATES = Words(Path(__file__).parents[1], "ack_states", AckState)
ISSUE_KINDS = Words(Path(__file__).parents[1], "issue_kinds", Kind)
