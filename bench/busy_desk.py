"""A desk at its busiest: 20 open pages with event streams, 5 uploads at once, 100,000 journal rows.

    python bench/busy_desk.py [--rows 100000] [--mb 100] [--seconds 60]    how long each page takes meanwhile
    python bench/busy_desk.py --beside                                     the load alone, until it is ended
    python bench/onset/compare.py --desk --only loa                        the onset of playout beside it

A real `loa run` with WAV files for loudspeakers. The pages are those of `bench/pages.py`; each is opened again and again
by one more browser. Uploads are no sound, so that the worker's work afterwards is a refusal, and start again at once.
"""

import argparse
import os
import re
import signal
import statistics
import sys
import tempfile
import threading
import zlib
from contextlib import suppress
from pathlib import Path
from time import perf_counter

import requests

sys.path.insert(0, str(Path(__file__).resolve().parent))

from pages import PAGES, PASSWORD, PUBLIC, dated, fill
from running import config_in, end_on_sigterm, loa, pause, sign_in, wait_for_page
from table import Figure, show

from scheduler.config import loading as configuration
from scheduler.station import Station

PROMISE = 150.0
STREAMS, UPLOADS = 20, 5
PIECE = 2_000_000


class Load:
    """What goes on beside the pages that are measured."""

    def __init__(self, base, size, signed_in):
        self.base, self.size, self.cookies = base, size, signed_in.cookies
        self.ending = threading.Event()
        self.told = self.sent = 0
        self.workers = [threading.Thread(target=self._listen, daemon=True) for _ in range(STREAMS)]
        self.workers += [
            threading.Thread(target=self._upload, args=(number,), daemon=True) for number in range(UPLOADS)
        ]

    def __enter__(self):
        for worker in self.workers:
            worker.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        for worker in self.workers:
            worker.join(10)

    def _browser(self):
        """One more window of the officer's browser."""
        browser = requests.Session()
        browser.trust_env = False
        browser.cookies.update(self.cookies)
        return browser

    def _listen(self):
        browser = self._browser()
        while not self.ending.is_set():
            with (
                suppress(requests.RequestException),
                browser.get(f"{self.base}/su-kien?ngay=1", stream=True, timeout=15) as stream,
            ):
                for _ in stream.iter_lines():
                    self.told += 1
                    if self.ending.is_set():
                        return

    def _upload(self, number):
        browser = self._browser()
        browser.headers["X-CSRF-Token"] = re.search(r'data-csrf="([^"]+)"', browser.get(f"{self.base}/kho").text)[1]
        block, round_ = os.urandom(PIECE), 0
        while not self.ending.is_set():
            round_ += 1
            mark = f"{number:02x}{round_:06x}"
            fields = {"name": f"{mark}.wav", "size": str(self.size), "mark": mark, "origin": "upload"}
            begun = browser.post(f"{self.base}/kho/phan", data=fields)
            begun.raise_for_status()
            address, at, total = self.base + begun.json()["address"], 0, 0
            while at < self.size and not self.ending.is_set():
                piece = block[: self.size - at]
                total = zlib.crc32(piece, total)
                answer = browser.post(f"{address}/{at}", data=piece)
                answer.raise_for_status()
                at = answer.json()["received"]
                self.sent += len(piece)
            if at >= self.size:
                browser.post(f"{address}/xong", data={"crc32": str(total)}).raise_for_status()
            else:
                browser.post(f"{address}/bo")


def opened(browser, addresses, seconds):
    """Address -> milliseconds of each opening, in turn, for so long."""
    took = {address: [] for address in addresses}
    until = perf_counter() + seconds
    while perf_counter() < until:
        for address in addresses:
            begun = perf_counter()
            browser.get(address).raise_for_status()
            took[address].append((perf_counter() - begun) * 1000)
    return took


def figures_of(took, base):
    everything = sorted(value for values in took.values() for value in values)
    figures = [
        Figure("every page, median", statistics.median(everything), "ms", PROMISE),
        Figure("every page, p95", everything[int(len(everything) * 0.95)], "ms", PROMISE),
        Figure("every page, max", everything[-1], "ms"),
    ]
    for address, values in took.items():
        values.sort()
        p95 = values[int(len(values) * 0.95)]
        figures.append(Figure(f"{address.removeprefix(base)} p95 of {len(values)}", p95, "ms", PROMISE))
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--mb", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--beside", action="store_true")
    asked = parser.parse_args()
    end_on_sigterm()
    with tempfile.TemporaryDirectory() as folder:
        path, port = config_in(folder, more=f"{PUBLIC}[audio]\nmax_uploads = {UPLOADS}\n")
        station = Station.open(configuration.load(path))
        station.prepare()
        today = fill(station, 6000 if asked.beside else asked.rows)
        base = f"http://127.0.0.1:{port}"
        with loa(path, "run"):
            wait_for_page(port)
            browser = sign_in(base, PASSWORD)
            addresses = [base + dated(page, today) for page in PAGES]
            opened(browser, addresses, 0.1)
            with Load(base, asked.mb * 1_000_000, browser) as load:
                pause(3)
                if asked.beside:
                    print("ready", flush=True)
                    with suppress(SystemExit):
                        signal.pause()
                    print(f"{load.told} lines told, {load.sent // 1_000_000} MB taken", flush=True)
                    return
                took = opened(browser, addresses, asked.seconds)
        station.close()
    title = f"Pages beside {STREAMS} streams and {UPLOADS} uploads, {asked.rows} journal rows"
    taken = Figure("uploads taken meanwhile", load.sent / 1e6 / asked.seconds, "MB/s")
    show(title, [*figures_of(took, base), taken])


if __name__ == "__main__":
    main()
