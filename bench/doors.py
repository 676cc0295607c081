"""How long an officer's page takes while somebody is at the doors: nobody, idle bodies, unwanted bodies, a guest at work.

.venv/bin/python bench/doors.py [pages a case]
"""

import re
import socket
import statistics
import sys
import tempfile
import threading
from contextlib import ExitStack, closing, contextmanager, suppress
from time import perf_counter

import requests
from running import config_in, loa, sign_in, wait_for_page
from table import Figure, show

from scheduler.config import loading as configuration
from scheduler.core.model import Role
from scheduler.station import Station

PASSWORD = "mot-mat-khau-dai"  # noqa: S105 - of the people of this bench
PROMISE = 500.0
LINES = 700
TEXT = "Ủy ban nhân dân phường thông báo lịch tiêm chủng ngày 12/3/2027. " * 300
"""20,000 signs."""


def head(port, length, more=""):
    return f"POST /dang-nhap HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {length}\r\n{more}\r\n".encode()


@contextmanager
def nobody(_port, _guest):
    yield {}


@contextmanager
def idle_bodies(port, _guest):
    """Lines that tell of a body and send none of it."""
    with ExitStack() as held:
        for _ in range(LINES):
            with suppress(OSError):
                line = held.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
                line.sendall(head(port, 9000))
        yield {}


@contextmanager
def at_work(act, threads=8):
    """`act` again and again from several threads; gives a count of the statuses it got."""
    stop, seen = threading.Event(), {}

    def work():
        while not stop.is_set():
            with suppress(OSError, requests.RequestException):
                status = act()
                seen[status] = seen.get(status, 0) + 1

    working = [threading.Thread(target=work) for _ in range(threads)]
    for one in working:
        one.start()
    try:
        yield seen
    finally:
        stop.set()
        for one in working:
            one.join()


def unwanted_bodies(port, _guest):
    def act():
        with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
            line.sendall(head(port, 150_000_000, "Expect: 100-continue\r\n"))
            return int(line.recv(100).split()[1])

    return at_work(act)


def previews(port, guest):
    """A guest who has long texts read, as fast as they are."""
    base = f"http://127.0.0.1:{port}"
    fields = {"title": "a", "text": TEXT}
    return at_work(lambda: guest.post(f"{base}/ban-tin/xem", data=fields, timeout=60).status_code)


@contextmanager
def streams(port, guest):
    """A guest who opens live pages and keeps them; how many were let in, and how many of those are told anything."""
    seen = {}
    with ExitStack() as held:
        for _ in range(40):
            with suppress(requests.RequestException):
                answer = guest.get(f"http://127.0.0.1:{port}/su-kien", stream=True, timeout=30)
                held.callback(answer.close)
                seen[answer.status_code] = seen.get(answer.status_code, 0) + 1
        yield seen


def as_guest(base):
    """A browser of somebody who may only look."""
    browser = requests.Session()
    browser.trust_env = False
    token = re.search(r'name="form_token" value="([^"]+)"', browser.get(f"{base}/dang-nhap").text)[1]
    fields = {"login": "khach", "password": PASSWORD, "form_token": token, "toi": ""}
    browser.post(f"{base}/dang-nhap", data=fields, allow_redirects=False).raise_for_status()
    return browser


def measured(base, times):
    """Milliseconds of an officer's page on a line of its own each time, as a new tab has it."""
    browser, took = sign_in(base, PASSWORD), []
    for _ in range(times):
        begun = perf_counter()
        browser.get(f"{base}/truc-tiep", headers={"Connection": "close"}, timeout=60).raise_for_status()
        took.append((perf_counter() - begun) * 1000)
    return sorted(took)


def main():
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        path, port = config_in(folder)
        with closing(Station.open(configuration.load(path))) as station:
            station.prepare()
            for login, role in (("lan", Role.ADMIN), ("khach", Role.GUEST)):
                station.repos.people.add(login, login, role, PASSWORD, station.clock.now())
        with loa(path, "run"):
            wait_for_page(port)
            base = f"http://127.0.0.1:{port}"
            guest = as_guest(base)
            for attack in (nobody, idle_bodies, unwanted_bodies, previews, streams):
                with attack(port, guest) as seen:
                    took = measured(base, times)
                told = ", ".join(f"{count} x {status}" for status, count in sorted(seen.items()))
                name = attack.__name__.replace("_", " ")
                figures += [
                    Figure(f"{name}: median", statistics.median(took), "ms", PROMISE),
                    Figure(f"{name}: slowest", took[-1], "ms", PROMISE),
                ]
                print(f"{name}: {told or '-'}")
    show(f"An officer's live page, {times} times each, while somebody is at the doors", figures)


if __name__ == "__main__":
    main()
