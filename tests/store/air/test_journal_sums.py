"""What is kept of the journal in memory says what the journal says, whatever was asked before and whoever asks."""

import threading
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.core.air.standing import Tally
from scheduler.core.model import AiringOutcome
from scheduler.core.report.journal_filter import Filter
from scheduler.store import Entry, Journal, Store
from scheduler.store.air.journal_search import JournalSearch
from scheduler.store.report.report_rows import DayAnswers, ReportRows
from tests.examples import examples

FIRST = date(2026, 11, 28)
NOW = datetime(2026, 12, 2, 6, 0, tzinfo=UTC)
DAYS = [FIRST + timedelta(days=at) for at in range(5)]
ROWS = st.fixed_dictionaries(
    {
        "day": st.sampled_from(DAYS).map(str),
        "outcome": st.sampled_from([one.value for one in AiringOutcome]),
        "trigger": st.sampled_from(["schedule", "manual", "emergency", "test", "relay"]),
        "zone": st.sampled_from(["all", "khu-1"]),
        "campaign_id": st.sampled_from([None, 1, 2]),
        "dispatch_number": st.sampled_from(["", "642/SYT-NVY", "12/UBND"]),
        "title": st.sampled_from(["Tiêm chủng", "Họp dân", "Đóng thuế"]),
        "played_ms": st.sampled_from([None, 0, 2000, 45_000]),
        "outputs": st.sampled_from([{}, {"loa": "ok"}, {"loa": "hỏng"}]),
        "at": st.integers(0, 86_399),
    }
)
FILTERS = st.builds(
    Filter,
    first=st.sampled_from(DAYS),
    last=st.sampled_from(DAYS),
    campaign_id=st.sampled_from([None, 1, 3]),
    dispatch=st.sampled_from([None, "642/SYT-NVY", ""]),
    zone=st.sampled_from([None, "all", "khu-9"]),
    outcomes=st.sampled_from([(), (AiringOutcome.PLAYED,), (AiringOutcome.MISSED, AiringOutcome.FAILED)]),
    words=st.sampled_from(["", "tiem", "642", "hop dan", "khong co"]),
)


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "loa.db")
    store.migrate()
    yield store
    store.close()


def write(store, *rows):
    journal = Journal(store)
    with store.write() as db:
        for row in rows:
            told = dict(row)
            start = datetime.fromisoformat(told["day"]).replace(tzinfo=UTC) + timedelta(seconds=told.pop("at"))
            sounds = {"actual_start": start.isoformat(timespec="microseconds")} if told["played_ms"] else {}
            if sounds:
                end = start + timedelta(milliseconds=told["played_ms"])
                sounds["actual_end"] = end.isoformat(timespec="microseconds")
            planned = start.isoformat(timespec="microseconds")
            journal.append(db, Entry(at=NOW, kind="airing", planned_start=planned, **sounds, **told))


def fitting(store, wanted):
    """Rows that a filter lets through, read one by one."""
    words = {"": "", "tiem": "Tiêm chủng", "642": "642/SYT-NVY", "hop dan": "Họp dân", "khong co": "\0"}[wanted.words]
    return [
        row
        for row in store.rows("SELECT * FROM journal WHERE kind = 'airing' ORDER BY day, planned_start, seq")
        if str(wanted.first) <= row["day"] <= str(wanted.last)
        and wanted.campaign_id in {None, row["campaign_id"]}
        and wanted.dispatch in {None, row["dispatch_number"]}
        and wanted.zone in {None, row["zone"]}
        and (not wanted.outcomes or AiringOutcome(row["outcome"]) in wanted.outcomes)
        and (not words or words in {row["title"], row["dispatch_number"]})
    ]


def added_up(rows):
    said = [row for row in rows if row["trigger"] != "test"]
    recorded = [row for row in said if row["outcome"] == "recorded"]
    whole = [row for row in said if row["outcome"] == "played"]
    others = [row for row in said if row not in recorded and row not in whole]
    partly, unheard = (
        [row for row in others if (bool(row["played_ms"]) or row["outcome"] == "partial") is heard]
        for heard in (True, False)
    )
    partly_ms = sum(row["played_ms"] or 0 for row in partly)
    played_ms = partly_ms + sum(row["played_ms"] or 0 for row in whole)
    cancelled = sum(row["outcome"] == "cancelled" for row in unheard)
    silent = len(unheard) - cancelled
    return Tally(len(whole), len(partly), silent, cancelled, len(recorded), played_ms, partly_ms)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(ROWS, max_size=8), min_size=1, max_size=3), st.lists(FILTERS, min_size=1, max_size=4))
def test_sums_days_and_pages_are_those_of_the_rows_while_the_journal_grows(tmp_path_factory, written, filters):
    store = Store(tmp_path_factory.mktemp("sums") / "loa.db")
    store.migrate()
    search = JournalSearch(store)
    for rows in written:
        write(store, *rows)
        for wanted in filters:
            found = fitting(store, wanted)
            assert search.tally(wanted) == added_up(found)
            days = search.by_dispatch(wanted.first, wanted.last)
            assert list(days) == sorted(days, key=lambda key: (key[0], key[1] or ""))
            for (day, number), tally in days.items():
                assert tally == added_up(fitting(store, Filter(day, day, dispatch=number or "")))
            assert Tally.total(days.values()) == added_up(fitting(store, Filter(wanted.first, wanted.last)))
            minutes = search.minutes(wanted)
            assert sum(minutes.values()) == added_up(found).played_ms
            assert minutes == JournalSearch(store).minutes(wanted)
            assert [row["seq"] for row in search.every(wanted, 3)] == [row["seq"] for row in found]
            newest = search.page(wanted, 2, newest_first=True)
            assert [row["seq"] for row in newest] == [row["seq"] for row in found[::-1][:2]]
    store.close()


def row(day=DAYS[0], **more):
    told = {"day": str(day), "outcome": "played", "trigger": "schedule", "zone": "all", "campaign_id": 1}
    told |= {"dispatch_number": "", "title": "Tiêm chủng", "played_ms": 2000, "outputs": {"loa": "ok"}, "at": 0}
    return told | more


def test_a_journal_that_was_brought_back_from_a_copy_is_added_up_anew(store):
    search, wanted = JournalSearch(store), Filter(DAYS[0], DAYS[-1])
    write(store, row(), row(title="Họp dân"), row())
    assert search.tally(wanted).planned == 3
    conn = store.db.conn
    conn.execute("DROP TRIGGER journal_no_delete")
    conn.execute("DELETE FROM journal")
    conn.commit()
    write(store, row(title="Đóng thuế", played_ms=9000))
    assert search.tally(wanted) == Tally(whole=1, played_ms=9000)
    assert search.tally(Filter(DAYS[0], DAYS[-1], words="hop")).planned == 0


def test_what_may_yet_be_undone_is_never_added_up(store):
    search, wanted = JournalSearch(store), Filter(DAYS[0], DAYS[-1])
    with store.rehearsal():
        write(store, row())
        with pytest.raises(RuntimeError, match="transaction"):
            search.tally(wanted)
    assert search.tally(wanted).planned == 0


def test_many_threads_may_ask_while_the_journal_grows(store):
    search, wanted = JournalSearch(store), Filter(DAYS[0], DAYS[-1])
    found, faults = [], []

    def ask():
        try:
            found.append([search.tally(wanted).planned for _ in range(50)])
        except Exception as error:  # noqa: BLE001 - told by the test
            faults.append(error)
        finally:
            store.close()

    askers = [threading.Thread(target=ask) for _ in range(6)]
    for asker in askers:
        asker.start()
    for day in DAYS * 6:
        write(store, row(day))
    for asker in askers:
        asker.join(120)
    assert not faults
    assert all(counts == sorted(counts) for counts in found)
    assert search.tally(wanted).planned == 30


class TestDaysThatAreOver:
    """A day is read once, and again when a row of it is added, be it years ago."""

    @pytest.fixture
    def asked(self, store):
        answers, reads = DayAnswers(store), []

        def titles(days):
            reads.append([day for (day,) in days])
            for (day,) in days:
                for found in store.rows("SELECT title FROM journal WHERE day = ? ORDER BY seq", (day,)):
                    yield day, found["title"]

        return lambda *days: (answers.of("titles", [(str(day),) for day in days], titles), reads[-1] if reads else [])

    def test_it_is_read_once(self, store, asked):
        write(store, row(DAYS[0], title="một"), row(DAYS[1], title="hai"))
        assert asked(DAYS[0], DAYS[1]) == (["một", "hai"], [str(DAYS[0]), str(DAYS[1])])
        assert asked(DAYS[1], DAYS[2]) == (["hai"], [str(DAYS[2])])
        assert asked(DAYS[2], DAYS[0]) == (["một"], [str(DAYS[2])]), "nothing more was read"

    def test_a_late_row_is_seen(self, store, asked):
        write(store, row(DAYS[0], title="một"), row(DAYS[1], title="hai"))
        asked(*DAYS)
        write(store, row(DAYS[0], title="muộn"))
        assert asked(*DAYS) == (["một", "muộn", "hai"], [str(DAYS[0])])

    def test_inside_a_transaction_all_is_read_and_nothing_kept(self, store, asked):
        with store.rehearsal():
            write(store, row(DAYS[0], title="một"))
            assert asked(DAYS[0])[0] == ["một"]
        assert asked(DAYS[0])[0] == []


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(ROWS, max_size=8), min_size=1, max_size=3), st.sampled_from(DAYS), st.sampled_from(DAYS))
def test_a_report_says_the_same_whatever_was_kept_of_it(tmp_path_factory, written, first, last):
    store = Store(tmp_path_factory.mktemp("report") / "loa.db")
    store.migrate()
    kept, zone = ReportRows(store), ZoneInfo("Asia/Ho_Chi_Minh")
    noon = {day: datetime(day.year, day.month, day.day, 11, tzinfo=zone) for day in DAYS}
    for rows in written:
        write(store, *rows)
        for a, b in ((first, last), (DAYS[0], DAYS[-1])):
            days = [day for day in DAYS if a <= day <= b]
            parts = [(day, noon[day], noon[day] + timedelta(hours=2)) for day in days]
            spans = [(day, noon[day] - timedelta(hours=8), noon[day]) for day in days]
            fresh = ReportRows(store)
            assert kept.groups(parts) == fresh.groups(parts)
            assert (
                sum(one.rows for one in kept.groups(parts))
                == added_up(fitting(store, Filter(a, b)) if days else []).planned
            )
            assert kept.outputs(a, b) == fresh.outputs(a, b)
            assert kept.sounded_in(spans) == fresh.sounded_in(spans)
    store.close()
