"""How long each page takes with 100,000 journal rows and a full day, signed in, from a real web process.

.venv/bin/python bench/pages.py [rows] [requests a page]
"""

import statistics
import sys
import tempfile
from datetime import timedelta
from importlib.resources import files
from time import perf_counter

import numpy as np
from running import config_in, loa, sign_in, wait_for_page
from table import Figure, show

from scheduler.config import loading as configuration
from scheduler.core.announcement.kept import StoredClip
from scheduler.core.model import ALL_WEEKDAYS, Campaign, Role
from scheduler.core.planning.rules import local_day, parse_window
from scheduler.station import Station
from scheduler.store import instant_text
from scheduler.store.air.journal import Entry

PROMISE = 150.0
PREVIEW = 100.0
PUBLIC = "[public]\non = true\n[limits]\nprocessor_seconds = 3600.0\nprocessor_percent = 100.0\nat_once = 64\n"
"""An open public page, and one login that stands for a whole desk."""
A_DAY = 60
CAMPAIGNS = 12
PASSWORD = "mot-mat-khau-dai"  # noqa: S105 - of a person of this bench
REASONS = (
    ("played", ""),
    ("played", ""),
    ("played", ""),
    ("played", ""),
    ("partial", "power_cut"),
    ("missed", "station_off"),
)
PAGES = (
    "/truc-tiep", "/thanh", "/cong-van", "/cong-van/1", "/ban-tin", "/ban-tin/1", "/ban-tin/moi", "/duyet", "/dot",
    "/dot/1", "/dot/moi", "/lich", "/lich/tuan", "/lich/48-gio", "/nhat-ky", "/nhat-ky?ngay={old}", "/nhat-ky.csv?ngay={old}",
    "/nhat-ky?tu={first}&den={today}", "/nhat-ky?tu={first}&den={today}&q=tiem+chung&ket_qua=khong-phat",
    "/nhat-ky?tu={quarter}&den={today}", "/nhat-ky?cong_van=642/SYT-NVY&tu={quarter}&den={today}", "/nhat-ky/luot/5000",
    "/bao-cao?ky=thang", "/bao-cao?ky=nam", "/bao-cao?mau=giay-xac-nhan&cong_van=1", "/phan-anh", "/cong-khai", "/kho", "/cai-dat",
)  # fmt: skip


def fill(station, rows):
    """A ward in its fourth year: dispatches, announcements, campaigns, a planned day, and its journal."""
    services, now = station.services, station.clock.now()
    writer = station.repos.people.add("lan", "Lan", Role.ADMIN, PASSWORD, now)
    leader = station.repos.people.add("minh", "Minh", Role.APPROVER, PASSWORD, now)
    sample = files("scheduler").joinpath("samples", "cong-van-mau.txt").read_bytes()
    services.dispatches.import_dispatch(writer, sample, "cong-van-mau.txt")
    today = local_day(now, station.config.station.time_zone)
    for number in range(CAMPAIGNS):
        tone = np.sin(np.arange(48_000 * 3) * (0.02 + number / 1000)) * 8000
        made = station.repos.library.add_master(tone.astype(np.int16))
        clip = StoredClip(made.sha256, f"Bản ghi {number}", "upload", made.frames, now, writer.id, lufs=made.lufs)
        station.repos.programme.add_clip(clip)
        announcement_id = services.announcements.record(writer, f"Bản tin số {number}", made.sha256)
        services.announcements.heard(writer, announcement_id, made.sha256)
        services.announcements.submit(writer, announcement_id)
        if number % 4 == 3:
            continue  # one in four waits for the leader
        services.announcements.approve(leader, announcement_id, made.sha256, heard=True)
        campaign = Campaign(
            id=0, title=f"Đợt {number}", announcement_id=announcement_id, windows=(parse_window("05:00-11:00"), parse_window("13:30-20:30")),
            base=6, start=today, end=today + timedelta(days=30), weekdays=ALL_WEEKDAYS, min_gap=timedelta(minutes=10),
        )  # fmt: skip
        services.campaigns.start(writer, services.campaigns.save(writer, campaign))
    _journal(station, rows, today)
    return today


def _journal(station, rows, today):
    start = station.clock.now()
    with station.repos.store.write() as db:
        for number in range(rows):
            back = (rows - number) // A_DAY
            day, at = today - timedelta(days=back), start - timedelta(days=back, seconds=60 * (A_DAY - number % A_DAY))
            outcome, reason = REASONS[number % len(REASONS)]
            sounded = outcome != "missed"
            slot_id = f"cu-{number}"
            db.conn.execute(
                "INSERT INTO slot (id, day, zone, start, length_ms, campaign_id, announcement_id, audio_sha256, priority,"
                " \"trigger\", outcome, reason, created_at) VALUES (?, ?, 'all', ?, 45000, 1, 1, ?, 3, 'schedule', ?, ?, ?)",
                (slot_id, str(day), instant_text(at), "0" * 64, outcome, reason, instant_text(at)),
            )
            entry = Entry(
                at=at, kind="airing", day=str(day), slot_id=slot_id, campaign_id=1, announcement_id=1, title="Tuyên truyền tiêm chủng",
                dispatch_number="642/SYT-NVY", zone="all", priority=3, trigger="schedule", planned_start=instant_text(at),
                actual_start=instant_text(at) if sounded else None, actual_end=instant_text(at + timedelta(seconds=45)) if sounded else None,
                planned_ms=45_000, played_ms=45_000 if outcome == "played" else 20_000 if sounded else 0, outcome=outcome, reason=reason,
                audio_sha256="0" * 64, voice="espeak/vi", author="Lan", approver="Minh", outputs={"loa": "ok"},
            )  # fmt: skip
            station.repos.journal.append(db, entry)


def milliseconds(browser, address):
    begun = perf_counter()
    answer = browser.get(address, allow_redirects=False)
    took = (perf_counter() - begun) * 1000
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}")
    return took


def preview_figures(browser, base, today, times):
    """The day plan drawn anew while an officer changes a campaign's form."""
    fields = {
        "title": "Đợt 0", "announcement_id": "1", "window": ["05:00-11:00", "13:30-20:30"], "base": "8", "boost_kind": "factor",
        "boost_value": "2", "weekday": list("0123456"), "start": f"{today:%d/%m/%Y}", "end": f"{today + timedelta(days=30):%d/%m/%Y}",
        "min_gap": "10", "chime": "1", "repeat": "1", "priority": "3",
    }  # fmt: skip
    took = []
    for _ in range(times):
        begun = perf_counter()
        answer = browser.post(f"{base}/dot/1/xem", data=fields)
        took.append((perf_counter() - begun) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"the preview answered {answer.status_code}")
    took.sort()
    return [
        Figure("/dot/1/xem (preview) median", statistics.median(took), "ms", PREVIEW),
        Figure("/dot/1/xem (preview) p95", took[int(len(took) * 0.95)], "ms", PREVIEW),
    ]


def dated(page, today):
    """A page's address with the days it asks for."""
    days = {"old": 400, "first": 2000, "quarter": 92, "today": 0}
    return page.format(**{name: f"{today - timedelta(days=back):%d/%m/%Y}" for name, back in days.items()})


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 40
    with tempfile.TemporaryDirectory() as folder:
        path, port = config_in(folder, more=PUBLIC)
        station = Station.open(configuration.load(path))
        station.prepare()
        today = fill(station, rows)
        with loa(path, "run"):
            wait_for_page(port)
            base = f"http://127.0.0.1:{port}"
            browser = sign_in(base, PASSWORD)
            figures = []
            for page in PAGES:
                address = base + dated(page, today)
                milliseconds(browser, address)
                took = sorted(milliseconds(browser, address) for _ in range(times))
                name = page.format(old="…", first="4 years", quarter="92 days", today="…")
                figures += [
                    Figure(f"{name} median", statistics.median(took), "ms", PROMISE),
                    Figure(f"{name} p95", took[int(len(took) * 0.95)], "ms", PROMISE),
                ]
            figures += preview_figures(browser, base, today, times)
        station.close()
    show(f"Pages with {rows} journal rows, {A_DAY} airings a day, {CAMPAIGNS} announcements", figures)


if __name__ == "__main__":
    main()
