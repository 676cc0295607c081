"""How many examples a property is tried with: a few in every run of the suite, the whole number in `make test-many`.

The number that a test names is the whole one. Examples of hypothesis are drawn anew in every run: the runs of many
days together try what one long run does. Days and cuts by a seed are the first ones of the long run.
"""

import os
import random
from collections.abc import Iterable
from typing import TypeVar

MANY = os.environ.get("LOA_TESTS") == "many"
SHARE = 8
LEAST = 15


Case = TypeVar("Case")


def some_of(cases: Iterable[Case], few: int) -> list[Case]:
    """All of `cases` where all are asked for, else `few` of them, drawn anew in every run.

    Not for parameters of tests: every worker must know the same ones. For those there is `spread`.
    """
    listed = list(cases)
    return listed if MANY else random.sample(listed, min(few, len(listed)))


def spread(cases: Iterable[Case], few: int) -> list[Case]:
    """All of `cases` where all are asked for, else `few` of them, evenly over their row, the last one always."""
    listed = list(cases)
    if MANY or few >= len(listed):
        return listed
    return [listed[round(step * (len(listed) - 1) / (few - 1))] for step in range(few)]


def examples(whole: int, few: int = 0) -> int:
    """How many of `whole` this run tries; `few`: how many where not all are asked for, if an eighth is not right."""
    return whole if MANY else min(whole, few or max(LEAST, whole // SHARE))
