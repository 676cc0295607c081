"""How many of our files one page wakes: those of which at least one function runs while it is drawn.

Three times: while nothing has changed since it was drawn last, on a clock that stands still; a second later, when what
the processes say is looked at anew (`web.air.air_board`); and as the first page after a minute or more, for which the
day and its tasks are looked at as well, as they are wherever a row is another.

.venv/bin/python bench/woken_files.py
"""

import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from table import Figure, show

from scheduler.config.loading import Config
from scheduler.core.model import Role
from scheduler.kernel.clock import SteppedClock
from scheduler.station import Station
from web.auth import COOKIE
from web.pages import ServedPages

PROMISE = 40
START = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
PASSWORD = "mot-mat-khau-dai"  # noqa: S105 - of a person of this bench
PAGES = (
    "/tai-khoan", "/truc-tiep", "/bao-cao", "/ban-tin", "/duyet", "/cong-van", "/lich", "/dot", "/kho", "/nhat-ky",
    "/cai-dat",
)  # fmt: skip
ROOT = Path(__file__).resolve().parents[1]
OURS = tuple(f"{ROOT / name}/" for name in ("scheduler", "web", "audio_assets"))


def woken(browser, address):
    """Our files that run while a page is drawn, each with how many calls went into it."""
    files = Counter()

    def note(frame, event, _):
        name = frame.f_code.co_filename
        if event == "call" and name.startswith(OURS) and name.endswith(".py"):
            files[name] += 1

    sys.setprofile(note)
    try:
        answer = browser.get(address)
    finally:
        sys.setprofile(None)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}")
    return files


def main():
    with tempfile.TemporaryDirectory() as folder:
        clock = SteppedClock(START)
        station = Station.open(Config(folder=Path(folder)), clock)
        station.prepare()
        people, now = station.repos.people, station.clock.now()
        people.add("lan", "Lan", Role.ADMIN, PASSWORD, now)
        token, _ = people.sign_in("lan", PASSWORD, "127.0.0.1", now, 1)
        browser = ServedPages(station).app.test_client()
        browser.set_cookie(COOKIE, token)
        figures = []
        for address in PAGES:
            browser.get(address)
            for when, later in (("nothing has changed", 0.0), ("a second later", 1.0), ("a minute later", 60.0)):
                clock.advance(later)
                files = woken(browser, address)
                figures.append(Figure(f"{address}, {when}: {sum(files.values())} calls", len(files), "files", PROMISE))
        station.close()
    show("Files that one page wakes, nothing but the core turned on", figures)


if __name__ == "__main__":
    main()
