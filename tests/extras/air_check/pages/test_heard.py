"""What the air monitor has heard, on the pages: a mark beside the airing, spells of the day, alarms with a way to them."""

import csv
import io
import re
from datetime import timedelta

import pytest

from scheduler.core.air.heard_back import Heard, SpellKind
from scheduler.core.model import AiringOutcome
from scheduler.extras.air_check.keys import MonitorConfig
from scheduler.extras.air_check.rows import HeardRows
from scheduler.extras.air_check.rules.air_watch import Measured, Spell
from scheduler.store import Ending
from scheduler.store.station.tasks import AIR


@pytest.fixture
def config(config):
    return config.having(MonitorConfig(kind="soundcard"))


@pytest.fixture
def rows(station):
    return HeardRows(station.repos.store, station.repos.journal)


@pytest.fixture
def aired(cast, clock):
    """Two airings of a minute."""
    cast.running(cast.approved(60.0, "Tiêm chủng"))
    slots = cast.station.repos.slots
    for slot in slots.of_day(cast.campaign(1).start):
        slots.claim(slot, slot.start)
        ended = slot.start + timedelta(seconds=60)
        slots.close(slot.id, Ending(AiringOutcome.PLAYED, "", slot.start, ended, 60_000, {"Loa": "ok"}), clock.now())
    return cast


def judged(rows, clock, verdict, measured):
    one = rows.to_judge(clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=9))[0]
    assert rows.judged(one, verdict, measured, "ward.monitor", clock.now())


def test_an_airing_that_was_heard_has_its_mark_and_numbers_in_the_journal(aired, rows, clock, lans):
    judged(rows, clock, Heard.HEARD, Measured(1.0, -23.1, 0.914, 1.0, 300))
    text = lans.get("/nhat-ky").text
    assert text.count("Nghe được") == 1
    assert "-23,1 dBFS, độ khớp 0,91" in text


def test_an_airing_that_was_not_heard_says_why(aired, rows, clock, lans):
    judged(rows, clock, Heard.SILENT, Measured(1.0, -90.0, 0.0, 0.0, 0))
    text = lans.get("/nhat-ky").text
    assert "Không nghe thấy" in text
    assert "Trạm phát mà trên đường về không có tiếng" in text


def test_without_a_finding_the_journal_has_no_such_column(aired, lans):
    assert "Nghe kiểm tra" not in lans.get("/nhat-ky").text


def test_the_csv_has_the_mark_beside_its_airing(aired, rows, clock, lans):
    judged(rows, clock, Heard.PARTLY, Measured(1.0, -30.0, 0.5, 0.5, 0))
    head, first, second = csv.reader(io.StringIO(lans.get("/nhat-ky.csv").text.removeprefix("\ufeff")))
    place = head.index("Nghe kiểm tra")
    assert (first[place], second[place]) == ("Nghe được một phần", "")
    assert "khớp 50 %" in first[place + 1]


def test_stray_sound_stands_below_the_airings_with_its_time_and_length(aired, rows, clock, lans):
    began = clock.now()
    row_id = rows.begin(Spell(SpellKind.STRAY, began, -20.0), None, "2026-12-02", "ward.monitor")
    text = lans.get("/nhat-ky").text
    assert "Tiếng lạ" in text
    assert "đang kéo dài" in text
    clock.advance(7)
    rows.end(row_id, clock.now(), -18.0, clock.now())
    text = lans.get("/nhat-ky").text
    assert "7 giây" in text
    assert "-18,0 dBFS" in text


def test_an_alarm_of_the_monitor_is_on_the_live_page_with_a_way_to_the_journal(station, clock, hungs):
    station.repos.todos.raise_(
        AIR + "stray", None, clock.now(), "air_stray", {"at": "05:30:20", "seconds": 7, "level": "-25"}, clock.now()
    )
    text = hungs.get("/truc-tiep").text
    assert "Loa có tiếng lúc 05:30:20 khi trạm không phát, 7 giây, mức -25 dBFS" in text
    assert re.search(r'href="/nhat-ky"[^>]*>Xem nhật ký</a>', text)


def test_a_deaf_monitor_leads_to_the_state_of_the_station_where_it_stands(station, clock, hungs):
    station.repos.todos.raise_(AIR + "deaf", None, None, "air_monitor_no_device", {}, clock.now())
    assert "Xem tình trạng trạm" in hungs.get("/truc-tiep").text
    assert "Bộ nghe kiểm tra" in hungs.get("/cai-dat/tinh-trang").text


def test_a_spell_ends_once(rows, clock):
    row_id = rows.begin(Spell(SpellKind.STRAY, clock.now(), -20.0), None, "2026-12-02", "ward.monitor")
    assert rows.end(row_id, clock.now(), None, clock.now())
    assert not rows.end(row_id, clock.now(), None, clock.now())
    assert len(rows.store.rows("SELECT * FROM journal WHERE kind = 'heard'")) == 1


def test_the_tally_counts_what_was_listened_to_and_what_was_heard(aired, rows, clock):
    slots = [slot.id for slot in aired.station.repos.slots.of_day(aired.campaign(1).start)]
    assert rows.tally(slots) is None
    judged(rows, clock, Heard.HEARD, Measured(1.0, -23.0, 0.9, 1.0, 0))
    assert rows.tally(slots) == (1, 1)
    judged(rows, clock, Heard.OTHER, Measured(1.0, -23.0, 0.1, 0.0, 0))
    assert rows.tally(slots) == (2, 1)
    assert rows.tally(slots[1:]) == (1, 0)


def test_an_airing_nobody_listened_to_is_not_in_the_tally(aired, rows, clock):
    judged(rows, clock, Heard.UNKNOWN, Measured(0.0))
    assert rows.tally([slot.id for slot in aired.station.repos.slots.of_day(aired.campaign(1).start)]) is None
