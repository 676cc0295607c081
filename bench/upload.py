"""How fast pages are while files arrive: `python bench/upload.py [MB each] [uploads]` (default 200 and 2).

A real `loa run`. Two browsers send a file of 200 MB each in pieces, as fast as this machine takes them; a third opens
pages all the while. The first row of each page is the same station with nobody sending. The files are no sound, so that
the worker's work after the upload is a refusal and not part of the figure.
"""

import os
import re
import statistics
import sys
import tempfile
import threading
import zlib
from time import perf_counter

from running import config_in, loa, sign_in, wait_for_page
from table import Figure, show

from scheduler.config import loading as configuration
from scheduler.core.model import Role
from scheduler.station import Station

PROMISE = 200.0
PASSWORD = "mat-khau-cua-lan"  # noqa: S105 - of a person who lives for a minute
PAGES = ("/truc-tiep", "/kho", "/ban-tin", "/kho/viec")
PIECE = 2_000_000
TIMES_ALONE = 40


def officer(base):
    browser = sign_in(base, PASSWORD)
    browser.headers["X-CSRF-Token"] = re.search(r'data-csrf="([^"]+)"', browser.get(f"{base}/kho").text)[1]
    return browser


def upload(base, number, size, took):
    """Send `size` bytes in pieces; the seconds it took."""
    browser = officer(base)
    block = os.urandom(PIECE)
    fields = {"name": f"{number}.wav", "size": str(size), "mark": f"{number:02x}", "origin": "upload"}
    begun = perf_counter()
    address = base + browser.post(f"{base}/kho/phan", data=fields).json()["address"]
    at, total = 0, 0
    while at < size:
        piece = block[: size - at]
        total = zlib.crc32(piece, total)
        answer = browser.post(f"{address}/{at}", data=piece)
        answer.raise_for_status()
        at = answer.json()["received"]
    browser.post(f"{address}/xong", data={"crc32": str(total)}).raise_for_status()
    took.append(perf_counter() - begun)


def open_pages(browser, base, going_on):
    """Page -> milliseconds of each opening, one after the other while `going_on()`."""
    took = {page: [] for page in PAGES}
    while going_on():
        for page in PAGES:
            begun = perf_counter()
            browser.get(base + page).raise_for_status()
            took[page].append((perf_counter() - begun) * 1000)
    return took


def figures_of(took, when):
    figures = []
    for page, values in took.items():
        values.sort()
        p95 = values[int(len(values) * 0.95)]
        figures += [
            Figure(f"{page} {when}, median of {len(values)}", statistics.median(values), "ms", PROMISE),
            Figure(f"{page} {when}, p95", p95, "ms", PROMISE),
            Figure(f"{page} {when}, max", values[-1], "ms", PROMISE),
        ]
    return figures


def main():
    size = int(sys.argv[1] if len(sys.argv) > 1 else 200) * 1_000_000
    count = int(sys.argv[2] if len(sys.argv) > 2 else 2)
    with tempfile.TemporaryDirectory() as folder:
        path, port = config_in(folder)
        station = Station.open(configuration.load(path))
        station.prepare()
        station.repos.people.add("lan", "Lan", Role.EDITOR, PASSWORD, station.clock.now())
        with loa(path, "run"):
            wait_for_page(port)
            base = f"http://127.0.0.1:{port}"
            browser = officer(base)
            rounds = iter(range(TIMES_ALONE))
            figures = figures_of(open_pages(browser, base, lambda: next(rounds, None) is not None), "alone")
            took = []
            senders = [threading.Thread(target=upload, args=(base, number, size, took)) for number in range(count)]
            for sender in senders:
                sender.start()
            beside = open_pages(browser, base, lambda: any(sender.is_alive() for sender in senders))
            figures += figures_of(beside, "beside uploads")
            if len(took) < count:
                raise SystemExit("an upload was not taken")
            figures += [Figure(f"upload of {size // 1_000_000} MB", seconds, "s") for seconds in took]
        station.close()
    show(f"Pages beside {count} uploads of {size // 1_000_000} MB", figures)


if __name__ == "__main__":
    main()
