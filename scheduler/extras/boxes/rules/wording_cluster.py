"""Words of clusters beside the horns: how a box stands, what it was ordered and what became of that.

Tables and nothing else; their words stand in `words.vi.toml`.
"""

from pathlib import Path

from scheduler.extras.boxes.rules.state import Look
from scheduler.kernel.words import Words

__all__ = ["ANSWERS", "LOOKS", "ORDERS"]

LOOKS = Words(Path(__file__).parents[1], "looks", Look)
ORDERS = Words(Path(__file__).parents[1], "orders", str)
ANSWERS = Words(Path(__file__).parents[1], "answers", str)
