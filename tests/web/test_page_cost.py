"""What a page asks of the database does not grow with what it shows; what has been set is looked at once a request."""

import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from scheduler.core.planning.rules import parse_window
from scheduler.store.air.journal import Entry
from web.auth import COOKIE
from web.pages import ServedPages

RANGE = "/nhat-ky?tu=01/11/2026&den=02/12/2026"
LOOKS = "SELECT max(id) FROM setting_change"


@pytest.fixture
def asked(station):
    """The statements that a page asks."""
    conn = station.repos.store.db.conn

    def of(client, address):
        client.get(address)  # what is kept from now on is kept
        told = []
        conn.set_trace_callback(told.append)
        answer = client.get(address)
        conn.set_trace_callback(None)
        assert answer.status_code == 200, answer.text
        return told

    return of


def journalled(station, count):
    with station.repos.store.write() as db:
        for number in range(count):
            at = datetime.fromisoformat("2026-11-28T00:00:00.000000+00:00") + timedelta(minutes=number)
            text = at.isoformat(timespec="microseconds")
            entry = Entry(
                at=at, kind="airing", day="2026-11-28", slot_id=f"{at:%d%H%M}-{count}", title=f"Bản tin {number}", zone="all",
                trigger="schedule", planned_start=text, outcome="played", actual_start=text, actual_end=text,
                planned_ms=60_000, played_ms=60_000, priority=3, author="Lan", approver="Minh",
            )  # fmt: skip
            station.repos.journal.append(db, entry)


def test_a_list_of_the_journal_asks_as_much_for_a_hundred_rows_as_for_one(asked, station, lans):
    journalled(station, 1)
    few = asked(lans, RANGE)
    journalled(station, 99)
    assert len(asked(lans, RANGE)) == len(few)


@pytest.mark.parametrize("page", [RANGE, "/dot/1", "/lich", "/truc-tiep", "/bao-cao?ky=nam"])
def test_a_page_looks_once_at_what_has_been_set(page, asked, station, cast, lans):
    cast.running(cast.approved(), windows=(parse_window("05:30-11:00"),), base=6)
    journalled(station, 20)
    assert sum(sql == LOOKS for sql in asked(lans, page)) == 1


def test_what_one_request_sets_the_next_one_has(station, hungs, hung, lans, send):
    assert station.repos.config.station.name in lans.get("/truc-tiep").text
    station.services.settings.put(hung, {"station.name": "Đài phường An Bình"})
    assert "Đài phường An Bình" in lans.get("/truc-tiep").text
    station.services.settings.put(hung, {"station.name": "Đài phường An Hòa"})
    assert "Đài phường An Hòa" in hungs.get("/truc-tiep").text


class TestHeldSettings:
    def test_what_a_thread_holds_stays_until_it_lets_go(self, station, hung):
        rows = station.repos.settings
        rows.hold()
        before = station.config.station.name

        def elsewhere():
            station.services.settings.put(hung, {"station.name": "Đài phường An Bình"})
            station.repos.store.close()

        other = threading.Thread(target=elsewhere)
        other.start()
        other.join(120)
        assert station.config.station.name == before
        rows.let_go()
        assert station.config.station.name == "Đài phường An Bình"

    def test_at_the_version_of_last_time_the_same_holds_unread(self, station, hung):
        rows, store = station.repos.settings, station.repos.store

        def held():
            """The station's name, and how many questions its answer took, but for the version's."""
            asked, version = [], store.version()
            rows.hold(version)
            store.db.conn.set_trace_callback(asked.append)
            name = station.config.station.name
            store.db.conn.set_trace_callback(None)
            rows.let_go()
            return name, len(asked)

        (before, _), again = held(), held()
        assert again == (before, 0)
        station.services.settings.put(hung, {"station.name": "Đài phường An Bình"})
        assert held()[0] == "Đài phường An Bình"

    def test_what_it_sets_itself_it_has_at_once(self, station, hung):
        station.repos.settings.hold()
        assert station.config.station.name
        station.services.settings.put(hung, {"station.name": "Đài phường An Bình"})
        assert station.config.station.name == "Đài phường An Bình"
        station.repos.settings.let_go()

    def test_what_is_undone_it_does_not_hold(self, station, hung):
        before = station.config.station.name
        station.repos.settings.hold()
        with station.repos.store.rehearsal():
            station.services.settings.put(hung, {"station.name": "Đài phường An Bình"})
            assert station.config.station.name == "Đài phường An Bình"
        assert station.config.station.name == before
        station.repos.settings.let_go()


def test_two_looks_at_a_plan_within_a_second_are_one(station, cast, clock):
    cast.running(cast.approved())
    day = clock.now().date() + timedelta(days=1)
    campaigns = station.services.campaigns
    clock.advance(0.25)
    first = campaigns.preview(station.repos.programme.campaign(1), day)
    clock.advance(0.25)
    assert campaigns.preview(station.repos.programme.campaign(1), day) is first


# What one page wakes

ROOT = Path(__file__).parents[2]
OURS = tuple(f"{ROOT / name}/" for name in ("scheduler", "web", "audio_assets"))
ASKS = {
    "/tai-khoan": 9, "/truc-tiep": 7, "/bao-cao": 9, "/cong-van": 8, "/ban-tin": 9, "/kho": 11, "/duyet": 12, "/dot": 14,
    "/lich": 18, "/cai-dat": 15, "/nhat-ky": 14,
}  # fmt: skip
"""Page -> the most statements that it asks while nothing changes and no extra is on. Less is better."""
AT_MOST = 40
"""Files of our code of which a function runs while a page is drawn that was drawn a second ago."""


@pytest.fixture
def served(station, lans):
    """Lan's browser on the application that a server asks."""
    client = ServedPages(station).app.test_client()
    client.set_cookie(COOKIE, lans.get_cookie(COOKIE).value)
    return client


@pytest.mark.parametrize("page", ASKS)
def test_a_page_wakes_at_most_forty_files_a_second_after_it_was_drawn(page, served, clock):
    served.get(page)
    clock.advance(1.0)
    code = sorted(name for name in woken_by(lambda: served.get(page)) if name.endswith(".py"))
    assert len(code) <= AT_MOST, code


def test_a_page_asks_little_while_nothing_changes(asked, served):
    found = {page: len(asked(served, page)) for page in ASKS}
    assert not {page: (count, ASKS[page]) for page, count in found.items() if count > ASKS[page]}


@pytest.mark.parametrize("page", ASKS)
def test_a_page_wakes_nothing_of_an_extra_that_is_off(page, served):
    served.get(page)
    assert [name for name in woken_by(lambda: served.get(page)) if "/scheduler/extras/" in name] == []


def test_the_live_page_asks_for_no_announcement_where_none_was_sent(asked, served):
    assert [sql for sql in asked(served, "/truc-tiep") if "FROM announcement WHERE id = 0" in sql] == []


def woken_by(draw):
    """Our files of which a function runs meanwhile."""
    woken = set()

    def note(frame, event, _):
        name = frame.f_code.co_filename
        if event == "call" and name.startswith(OURS):
            woken.add(name)

    sys.setprofile(note)
    try:
        assert draw().status_code == 200
    finally:
        sys.setprofile(None)
    return woken


def test_a_page_says_at_once_what_another_thread_has_changed(station, cast, lans):
    """All pages share one look at the rows; it counts for nobody who has seen a newer row."""
    assert "Ngập đường" not in lans.get("/truc-tiep").text

    def elsewhere():
        station.services.air.play_now(cast.lan, cast.approved(title="Ngập đường"))
        station.repos.store.close()

    other = threading.Thread(target=elsewhere)
    other.start()
    other.join(120)
    assert "Ngập đường" in lans.get("/truc-tiep").text
    assert "Ngập đường" in lans.get("/thanh").text
