"""In which order the workers of a run take the tests: most begin with those that wait, one of six with those that compute.

pytest-xdist (worksteal) cuts the list into one run of neighbours for each worker, and who has nothing left takes from the
end of another's. By name, stories of the browser come last and together: the cores then stand idle while stations and
pages are waited for, and the longest story ends long after all else.
"""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import TypeVar

WAITING = (
    "tests/deploy/", "tests/faults/", "tests/install/", "tests/recipes/", "tests/station/", "/story/", "/work/", "/broker/",
)  # fmt: skip
"""A quarter of a core each, measured; all others near a whole one."""

Case = TypeVar("Case")


def waiting_first(cases: Sequence[Case], workers: int, path_of: Callable[[Case], str]) -> list[Case]:
    """The same cases, so that five workers of six begin with those that wait; a file's stay together and in order.

    `path_of` a case: its file, from the root, with slashes.
    """
    begin = workers * 5 // 6
    if not begin:
        return list(cases)
    files: dict[str, list[Case]] = {}
    others = []
    for case in cases:
        path = path_of(case)
        if any(part in path for part in WAITING):
            files.setdefault(path, []).append(case)
        else:
            others.append(case)
    ordered, left = [], iter(others)
    for worker in range(workers):
        end = len(ordered) + (len(cases) - len(ordered)) // (workers - worker)
        if worker < begin:
            ordered += [case for cases_of in list(files.values())[worker::begin] for case in cases_of]
        ordered += islice(left, max(0, end - len(ordered)))
    return [*ordered, *left]
