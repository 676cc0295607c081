"""A busy ward office beside the measurement: a real station whose pages are asked for and whose worker makes speech.

    load.py    runs until it is ended; it says on stdout when the station answers, and at the end what it did

It runs at ordinary priority in processes of its own (`beside`), with stress-ng on top where that is installed.
"""

import shutil
import signal
import sys
import tempfile
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

from running import config_in, loa, pause, sign_in, wait_for_page

from onset.priority import start
from scheduler.config import loading as configuration
from scheduler.core.model import Role
from scheduler.station import Station

PASSWORD = "mot-mat-khau-dai"  # noqa: S105 - of a person of this bench
BROWSERS = 4
PAGES = ("/truc-tiep", "/ban-tin", "/dot", "/nhat-ky", "/kho", "/cai-dat")
TEXT = "Ủy ban nhân dân phường thông báo lịch tiêm chủng mở rộng tháng này tại trạm y tế. " * 12
_CORES = 2


def browse(base, ending, answers):
    """One officer's browser that never rests."""
    browser = sign_in(base, PASSWORD)
    while not ending.is_set():
        for page in PAGES:
            if browser.get(f"{base}{page}", allow_redirects=False).ok:
                answers.append(page)


def speak(station, writer, ending, made):
    """Keeps the worker at work: a new text as soon as the last one has become sound."""
    while not ending.is_set():
        announcement_id = station.services.announcements.write(writer, f"Bản tin {len(made)}", TEXT)
        job_id = station.services.announcements.make_speech(writer, announcement_id)
        while not station.repos.jobs.get(job_id).ended and not ending.wait(0.05):
            pass
        made.append(job_id)


def main():
    ending = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ending.set())
    answers, made = [], []
    with tempfile.TemporaryDirectory() as folder:
        path, port = config_in(folder)
        station = Station.open(configuration.load(path))
        station.prepare()
        writer = station.repos.people.add("lan", "Lan", Role.ADMIN, PASSWORD, station.clock.now())
        base = f"http://127.0.0.1:{port}"
        with loa(path, "run"):
            wait_for_page(port)
            browsing = (base, ending, answers)
            workers = [threading.Thread(target=browse, args=browsing, daemon=True) for _ in range(BROWSERS)]
            workers.append(threading.Thread(target=speak, args=(station, writer, ending, made), daemon=True))
            for worker in workers:
                worker.start()
            print("ready", flush=True)
            ending.wait()
            for worker in workers:
                worker.join(5)
        station.close()
    print(f"{len(answers)} pages answered, {len(made)} texts made into speech", flush=True)


@contextmanager
def burning(log, environment):
    """Every core at 100 %: stress-ng, or Python that turns round. Yields what it is, for people."""
    if shutil.which("stress-ng"):
        lines, told = [["stress-ng", "--quiet", "--cpu", _CORES]], f"stress-ng --cpu {_CORES}"
    else:
        lines, told = [[sys.executable, "-c", "while True: pass"]] * _CORES, f"{_CORES} busy loops (no stress-ng here)"
    burners = [start(line, environment, log, realtime=False) for line in lines]
    try:
        yield told
    finally:
        for burner in burners:
            burner.terminate()
            burner.wait()


def office(folder, environment):
    """The station under load. Yields what it is; when it ends, `did.txt` in `folder` says what was done."""
    what = f"a station with {BROWSERS} browsers that never rest and a worker that makes speech all the time"
    return _beside(folder, environment, [__file__], what)


def desk(folder, environment):
    """The desk at its busiest, as `bench/busy_desk.py` has it. Yields what it is."""
    script = Path(__file__).resolve().parents[1] / "busy_desk.py"
    return _beside(folder, environment, [script, "--beside"], "a desk with 20 open streams and 5 uploads at once")


@contextmanager
def _beside(folder, environment, words, what):
    told = folder / "did.txt"
    with told.open("wb") as log:
        process = start([sys.executable, *words], environment, log, realtime=False)
        try:
            while b"ready" not in told.read_bytes():
                if process.poll() is not None:
                    raise SystemExit(f"the station beside did not start:\n{told.read_text(errors='replace')}")
                pause(0.1)
            yield what
        finally:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            process.wait()


if __name__ == "__main__":
    main()
