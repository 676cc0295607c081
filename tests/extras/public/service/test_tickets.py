"""What people report of loudspeakers: taken in without a name, put together, answered, and forgotten in time."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.config.loading import OutputConfig, ZoneConfig
from scheduler.core.model import AiringOutcome, Role
from scheduler.extras.public.keys import PublicConfig
from scheduler.extras.public.rules.tickets import (
    CLOSED,
    MERGE_WITHIN,
    MOST_WORDS,
    OPEN,
    STEPS,
    Limits,
    TicketKind,
    TicketState,
    checked_phone,
    checked_words,
    next_steps,
    step,
    within_limits,
)
from scheduler.extras.public.service.tickets import FaultPlace, TicketService, Told
from scheduler.kernel.errors import NotFound, NotPermitted, Refused
from scheduler.store import Ending

HERE, THERE = "203.0.113.7", "203.0.113.8"


@pytest.fixture
def config(config):
    """Two zones, two clusters, the public page open."""
    return replace(
        config,
        zones=(ZoneConfig(name="khu-1"), ZoneConfig(name="khu-2")),
        outputs=(
            OutputConfig(name="Cổng chợ", kind="fifo", device="a", zones=("khu-1",)),
            OutputConfig(name="Nhà văn hóa", kind="fifo", device="b", zones=("khu-2",)),
        ),
    ).having(PublicConfig(on=True, reports_an_hour=6, reports_of_one=3))


@pytest.fixture
def tickets(station):
    return station.services.get(TicketService)


@pytest.fixture
def guest(station):
    return station.repos.people.add("khach", "Khách", Role.GUEST, "mat-khau-cua-khach", station.clock.now())


@pytest.fixture
def told(clock):
    """A report as somebody would type it; each call is a new form."""
    count = iter(range(10_000))

    def made(**changes):
        plain = Told(f"form-{next(count)}", FaultPlace("khu-1"), "silent", clock.now())
        return replace(plain, **changes)

    return made


# Taking in


def test_a_report_needs_nobody_to_sign_in_and_becomes_a_ticket_with_a_number(tickets, told, lan):
    made = tickets.report(told(words="Cột đầu ngõ không kêu"), HERE)
    ticket = tickets.ticket(lan, made.ticket_id)
    assert (ticket.id, ticket.zone, ticket.kind, ticket.state) == (1, "khu-1", TicketKind.SILENT, TicketState.NEW)
    assert tickets.receipt(made.key)[1].words == "Cột đầu ngõ không kêu"


def test_the_address_of_a_report_cannot_be_guessed(tickets, told):
    keys = {tickets.report(told(place=place), HERE).key for place in tickets.places()[:3]}
    assert len(keys) == 3
    assert all(len(key) >= 20 for key in keys)
    with pytest.raises(NotFound):
        tickets.receipt("1")


def test_while_the_public_page_is_closed_nothing_is_taken_in_and_nothing_is_shown(station, tickets, told, minh):
    made = tickets.report(told(), HERE)
    station.services.settings.put(minh, {"public.on": False})
    with pytest.raises(NotFound):
        tickets.report(told(), HERE)
    with pytest.raises(NotFound):
        tickets.receipt(made.key)


def test_the_same_form_sent_twice_is_one_report(tickets, told, lan):
    one = told()
    assert tickets.report(one, HERE) == tickets.report(one, HERE)
    assert tickets.ticket(lan, 1).reports == 1


@pytest.mark.parametrize(
    ("apart", "tickets_made"),
    [(timedelta(0), 1), (MERGE_WITHIN, 1), (-MERGE_WITHIN, 1), (MERGE_WITHIN + timedelta(seconds=1), 2)],
    ids=["at once", "at the limit", "half an hour before", "just beyond"],
)
def test_reports_of_the_same_thing_within_half_an_hour_are_one_ticket(tickets, told, clock, lan, apart, tickets_made):
    at = clock.now() - timedelta(hours=2)
    tickets.report(told(at=at), HERE)
    tickets.report(told(at=at + apart), THERE)
    assert len(tickets.listed(lan)) == tickets_made
    assert sum(one.reports for one in tickets.listed(lan)) == 2


@pytest.mark.parametrize(
    "other", [{"place": FaultPlace("khu-2")}, {"kind": "loud"}], ids=["elsewhere", "of another kind"]
)
def test_what_is_reported_of_another_place_or_kind_is_a_ticket_of_its_own(tickets, told, lan, other):
    tickets.report(told(), HERE)
    tickets.report(told(**other), THERE)
    assert [one.reports for one in tickets.listed(lan)] == [1, 1]


def test_a_closed_ticket_takes_in_no_more(tickets, told, lan):
    first = tickets.report(told(), HERE)
    tickets.answer(lan, tickets.ticket(lan, first.ticket_id), TicketState.DONE, "Đã thay dây")
    assert tickets.report(told(), THERE).ticket_id != first.ticket_id


def test_a_cluster_can_be_named_where_there_are_several(tickets, told, lan):
    place = FaultPlace("khu-2", "Nhà văn hóa")
    assert place in tickets.places()
    tickets.report(told(place=place), HERE)
    assert tickets.ticket(lan, 1).cluster == "Nhà văn hóa"


REFUSED = {
    "no kind": ({"kind": ""}, "ticket_kind_missing"),
    "a kind there is not": ({"kind": "hỏng"}, "ticket_kind_missing"),
    "no place of ours": ({"place": FaultPlace("khu-9")}, "place_unknown"),
    "a cluster there is not": ({"place": FaultPlace("khu-1", "khác")}, "place_unknown"),
    "nothing written of something else": ({"kind": "other"}, "words_missing"),
    "a novel": ({"words": "a" * (MOST_WORDS + 1)}, "words_too_long"),
    "no telephone": ({"phone": "gọi tôi nhé"}, "report_phone_invalid"),
    "a price number": ({"phone": "19001234"}, "report_phone_invalid"),
}


@pytest.mark.parametrize(("changes", "reason"), REFUSED.values(), ids=list(REFUSED))
def test_a_report_that_cannot_be_used_is_refused_and_nothing_is_kept(tickets, told, lan, changes, reason):
    with pytest.raises(Refused) as refused:
        tickets.report(told(**changes), HERE)
    assert refused.value.reason == reason
    assert tickets.listed(lan) == []


@pytest.mark.parametrize(
    ("away", "reason"),
    [(timedelta(hours=1), "report_time_ahead"), (timedelta(days=-7, minutes=-1), "report_time_old")],
    ids=["to come", "too long ago"],
)
def test_a_time_that_cannot_be_looked_into_is_refused(tickets, told, clock, away, reason):
    with pytest.raises(Refused, match=reason):
        tickets.report(told(at=clock.now() + away), HERE)


def test_one_address_may_not_send_more_than_its_share(tickets, told, clock):
    for kind in ("silent", "loud", "quiet"):
        tickets.report(told(kind=kind), HERE)
    with pytest.raises(Refused, match="reports_too_often"):
        tickets.report(told(kind="crackle"), HERE)
    tickets.report(told(kind="crackle"), THERE)
    clock.advance(3601)
    tickets.report(told(kind="crackle"), HERE)


def test_all_together_may_not_send_more_than_the_station_reads(tickets, told):
    for number in range(6):
        tickets.report(told(), f"203.0.113.{number}")
    with pytest.raises(Refused, match="reports_too_often"):
        tickets.report(told(), "203.0.113.99")


# Privacy


def test_no_address_is_kept_and_what_stands_for_it_is_another_every_day(station, tickets, told, clock):
    tickets.report(told(), HERE)
    clock.advance(24 * 3600)
    tickets.report(told(), HERE)
    rows = station.repos.store.rows("SELECT sender FROM ticket_report")
    assert len({row["sender"] for row in rows}) == 2
    assert HERE not in str(station.repos.store.rows("SELECT * FROM ticket_report"))


def test_the_salt_of_a_day_that_is_over_is_thrown_away(station, tickets, told, clock):
    tickets.report(told(), HERE)
    clock.advance(24 * 3600)
    tickets.forget()
    assert station.repos.store.rows("SELECT * FROM sender_salt") == []


@pytest.mark.parametrize(("days", "kept"), [(29, "0912345678"), (31, "")], ids=["before a month", "after a month"])
def test_a_telephone_number_is_erased_a_month_after_its_ticket_is_closed(tickets, told, lan, clock, days, kept):
    made = tickets.report(told(phone="0912 345 678"), HERE)
    tickets.answer(lan, tickets.ticket(lan, made.ticket_id), TicketState.DONE, "Đã sửa")
    clock.advance(days * 24 * 3600)
    tickets.forget()
    assert [one.phone for one in tickets.reports(lan, made.ticket_id)] == [kept]


def test_a_telephone_number_of_an_open_ticket_stays(tickets, told, lan, clock):
    made = tickets.report(told(phone="0912345678"), HERE)
    clock.advance(90 * 24 * 3600)
    tickets.forget()
    assert tickets.reports(lan, made.ticket_id)[0].phone == "0912345678"


# Answering


def test_a_ticket_goes_from_new_to_done_and_its_sender_reads_why(tickets, told, lan):
    made = tickets.report(told(), HERE)
    for state, words in ((TicketState.SEEN, ""), (TicketState.FIXING, "Đang thay tăng âm"), (TicketState.DONE, "Xong")):
        tickets.answer(lan, tickets.ticket(lan, made.ticket_id), state, words)
    ticket, _, why = tickets.receipt(made.key)
    assert (ticket.state, why) == (TicketState.DONE, "Xong")
    assert [note.state for note in tickets.notes(lan, ticket.id)] == [
        TicketState.SEEN, TicketState.FIXING, TicketState.DONE,
    ]  # fmt: skip
    assert tickets.open() == []


@pytest.mark.parametrize("state", CLOSED)
def test_nothing_is_closed_without_a_word(tickets, told, lan, state):
    made = tickets.report(told(), HERE)
    with pytest.raises(Refused, match="ticket_reason_missing"):
        tickets.answer(lan, tickets.ticket(lan, made.ticket_id), state, "  ")
    assert tickets.ticket(lan, made.ticket_id).state is TicketState.NEW


def test_a_closed_ticket_is_taken_up_again(tickets, told, lan):
    made = tickets.report(told(), HERE)
    seen = tickets.answer(lan, tickets.ticket(lan, made.ticket_id), TicketState.DONE, "Xong")
    again = tickets.answer(lan, seen, TicketState.FIXING, "")
    assert (again.state, again.closed_at) == (TicketState.FIXING, None)


def test_two_who_answer_at_once_do_not_overwrite_each_other(tickets, told, lan, minh):
    made = tickets.report(told(), HERE)
    seen = tickets.ticket(lan, made.ticket_id)
    tickets.answer(minh, seen, TicketState.FIXING, "")
    with pytest.raises(Refused, match="edited_meanwhile"):
        tickets.answer(lan, seen, TicketState.SEEN, "")


def test_a_guest_reads_and_answers_nothing(tickets, told, guest):
    made = tickets.report(told(), HERE)
    assert tickets.ticket(guest, made.ticket_id).id == made.ticket_id
    with pytest.raises(NotPermitted):
        tickets.answer(guest, tickets.ticket(guest, made.ticket_id), TicketState.SEEN, "")


def test_the_to_do_list_has_what_waits_longest_first(tickets, told, lan, clock):
    for kind in ("silent", "loud", "crackle"):
        tickets.report(told(kind=kind), HERE)
        clock.advance(60)
    tickets.answer(lan, tickets.ticket(lan, 2), TicketState.REFUSED, "Trong giờ cho phép")
    assert [one.id for one in tickets.open()] == [1, 3]
    assert tickets.waiting_count() == 2


# Evidence


def test_what_aired_there_then_stands_beside_a_report(cast, tickets, told, clock):
    cast.running(cast.approved(60.0), zone="khu-1", base=1)
    slot = cast.station.repos.slots.of_day(cast.campaign(1).start)[0]
    cast.station.repos.slots.claim(slot, slot.start)
    ending = Ending(AiringOutcome.FAILED, "output_failed", outputs={"Cổng chợ": "mất dây"})
    cast.station.repos.slots.close(slot.id, ending, slot.start)
    clock.advance((slot.start - clock.now()).total_seconds() + 120)
    heard = tickets.report(told(), HERE)
    elsewhere = tickets.report(told(place=FaultPlace("khu-2")), THERE)
    long_ago = tickets.report(told(at=slot.start - timedelta(hours=2)), "203.0.113.1")
    beside = [
        tickets.evidence(cast.lan, tickets.ticket(cast.lan, one.ticket_id)) for one in (heard, elsewhere, long_ago)
    ]
    assert [[one.row["slot_id"] for one in found] for found in beside] == [[slot.id], [], []]
    assert beside[0][0].row["outputs"] == {"Cổng chợ": "mất dây"}


# Rules


@given(st.sampled_from(TicketState), st.sampled_from(TicketState), st.text(max_size=3))
def test_a_step_is_one_of_the_table_or_refused(before, after, words):
    if (before, after) not in STEPS or (after in CLOSED and not words):
        with pytest.raises(Refused, match=r"ticket_step|ticket_reason_missing"):
            step(before, after, words)
    else:
        assert (before, step(before, after, words)) in STEPS
        assert after in next_steps(before)


def test_every_state_leads_on_somewhere_and_is_open_or_closed():
    assert set(OPEN) | set(CLOSED) == set(TicketState)
    assert not set(OPEN) & set(CLOSED)
    assert all(next_steps(state) for state in TicketState)


@given(st.text(max_size=600))
def test_words_are_kept_short_and_visible_or_refused(typed):
    with suppress(Refused):
        kept = checked_words(typed)
        assert len(kept) <= MOST_WORDS
        assert all(letter == "\n" or letter.isprintable() or letter.isspace() for letter in kept)


@given(st.text(max_size=20))
def test_a_telephone_number_is_digits_or_refused(typed):
    with suppress(Refused):
        kept = checked_phone(typed)
        assert kept == "" or (kept.removeprefix("+").isdigit() and kept.isascii() and 9 <= len(kept) <= 13)


@given(st.integers(0, 100), st.integers(0, 100), st.integers(1, 50), st.integers(1, 50))
def test_the_limits_hold_for_one_and_for_all(of_one, of_all, most_of_one, most_of_all):
    allowed = of_one < most_of_one and of_all < most_of_all
    try:
        within_limits(Limits(most_of_one, most_of_all), of_one, of_all)
    except Refused:
        assert not allowed
    else:
        assert allowed


# Size


def test_ten_thousand_tickets_are_read_page_by_page_through_an_index(station, tickets, lan, clock):
    with station.repos.store.write() as db:
        db.conn.execute(
            """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
            INSERT INTO ticket (zone, kind, at, state, opened_at, changed_at, closed_at)
            SELECT 'all', 'silent', strftime('%Y-%m-%dT%H:%M:%f000+00:00', '2026-01-01', i || ' minutes'),
                iif(i % 10, 'done', 'new'), :opened, :opened, iif(i % 10, :closed, NULL) FROM n""",
            {"opened": "2026-01-01T00:00:00.000000+00:00", "closed": "2026-01-02T00:00:00.000000+00:00"},
        )
    found, below = [], None
    while shown := tickets.listed(lan, below=below, limit=300):
        found += [one.id for one in shown]
        below = shown[-1].id
    assert found == list(range(10_000, 0, -10))
    assert len(tickets.open()) == 100
    plan = station.repos.store.rows(
        "EXPLAIN QUERY PLAN SELECT * FROM ticket WHERE state IN ('new', 'seen', 'fixing') ORDER BY opened_at, id LIMIT 9"
    )
    assert "ticket_state" in " ".join(row["detail"] for row in plan)
