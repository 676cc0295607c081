"""From the start of `loa run` to the first answer of its page: on an empty folder, and on one that has run before."""

import statistics
import tempfile
from time import perf_counter

from running import config_in, loa, wait_for_page
from table import Figure, show

STARTS = 5
PROMISE = 2.0


def seconds_to_first_page(path, port):
    begun = perf_counter()
    with loa(path, "run"):
        wait_for_page(port)
        return perf_counter() - begun


def main():
    with tempfile.TemporaryDirectory() as folder:
        path, port = config_in(folder)
        first = seconds_to_first_page(path, port)
        later = [seconds_to_first_page(path, port) for _ in range(STARTS)]
    show(
        "Start of `loa run` to the first page",
        [
            Figure("very first start", first, "s", PROMISE),
            Figure(f"median of {STARTS} later starts", statistics.median(later), "s", PROMISE),
            Figure(f"slowest of {STARTS} later starts", max(later), "s", PROMISE),
        ],
    )


if __name__ == "__main__":
    main()
