"""How many examples a property is tried with: a few in every run of the suite, the whole number in `make test-many`.

The number that a test names is the whole one. What is drawn follows from the tree of the commit (`LOA_DRAW`, which the
Makefile sets): the same commit tries the same, here and in CI, and the runs of many days together try what one long run
does. Without it examples are drawn anew. Days and cuts by a seed are the first ones of the long run.
"""

import itertools
import os
import random
from collections.abc import Iterable, Iterator
from typing import TypeVar

MANY = os.environ.get("LOA_TESTS") == "many"
DRAW = os.environ.get("LOA_DRAW", "")
SHARE = 8
LEAST = 15
_draws: dict[str, Iterator[int]] = {}

Case = TypeVar("Case")


def some_of(cases: Iterable[Case], few: int) -> list[Case]:
    """All of `cases` where all are asked for, else `few` of them, drawn for each test and call of its own.

    Not for parameters of tests: every worker must know the same ones. For those there is `spread`.
    """
    listed = list(cases)
    return listed if MANY else _drawn().sample(listed, min(few, len(listed)))


def _drawn() -> random.Random:
    if not DRAW:
        return random.Random()
    test = os.environ.get("PYTEST_CURRENT_TEST", "").partition(" ")[0]
    return random.Random(f"{DRAW} {test} {next(_draws.setdefault(test, itertools.count()))}")


def hypothesis_seed() -> int | None:
    """What hypothesis draws by; None: anew in every run."""
    return random.Random(DRAW).randrange(2**32) if DRAW else None


def spread(cases: Iterable[Case], few: int) -> list[Case]:
    """All of `cases` where all are asked for, else `few` of them, evenly over their row, the last one always."""
    listed = list(cases)
    if MANY or few >= len(listed):
        return listed
    return [listed[round(step * (len(listed) - 1) / (few - 1))] for step in range(few)]


def examples(whole: int, few: int = 0) -> int:
    """How many of `whole` this run tries; `few`: how many where not all are asked for, if an eighth is not right."""
    return whole if MANY else min(whole, few or max(LEAST, whole // SHARE))
