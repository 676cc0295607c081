"""What is said of a thread stays with that thread: an act is never put down to somebody who had no part in it."""

import threading

import pytest

from scheduler.commands.base import Context
from scheduler.core.audit_context import AuditContext, begin, doing, done_by, end, name_act, note_act, set_out
from scheduler.core.model import Person, Role

LAN = Person(2, "lan", "Lan", Role.EDITOR)


def elsewhere():
    """Who acts in a thread that nobody has said anything of."""
    seen = []
    thread = threading.Thread(target=lambda: seen.append(doing()))
    thread.start()
    thread.join()
    return seen[0]


@pytest.mark.parametrize(
    "say",
    [
        lambda: done_by(LAN),
        lambda: note_act(LAN, "plan"),
        lambda: name_act("break_in"),
        lambda: setattr(doing(), "person", LAN),
        lambda: setattr(doing(), "act", "plan"),
    ],
    ids=["done_by", "note_act", "name_act", "a person written into it", "an act written into it"],
)
def test_what_is_said_where_nothing_is_being_done_is_said_of_nobody(say):
    say()
    for seen in (doing(), elsewhere()):
        assert (seen.person, seen.act) == (None, "")


def test_an_ended_request_leaves_nothing_for_whoever_uses_the_thread_next():
    set_out(AuditContext("page", person=LAN, act="plan"))
    done_by(LAN)
    end()
    assert doing().person is None


def test_what_is_begun_inside_another_gives_the_thread_back_as_it_was():
    with begin(AuditContext("cli")) as outer:
        with begin(AuditContext("worker", person=LAN)):
            assert elsewhere().person is None
        assert doing() is outer
    assert doing().person is None


def test_a_command_that_asks_who_acts_after_its_work_was_ended_names_nobody_for_the_process(station, lan):
    """Once the whole process was Lan's from then on, and the next day's log said so of what the station did alone."""
    context = Context(None, None, "lan")
    with begin(AuditContext("cli")):
        end()
        assert context.actor(station) == lan
        with station.repos.store.write() as db:
            db.conn.execute("UPDATE person SET name = 'Lan Anh' WHERE id = ?", (lan.id,))
    assert doing().person is None
    row = station.repos.store.row("SELECT person_id, via FROM audit ORDER BY seq DESC LIMIT 1")
    assert row == {"person_id": None, "via": "station"}
