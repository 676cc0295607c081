import json
import shutil
import sqlite3
from datetime import timedelta

import pytest

from scheduler.core.model import AiringOutcome
from scheduler.core.report.proof import Sum
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.store import Checkpoints
from tests.services.closed_days import DAY, air, go_to, local, rechain, three_days, with_a_tool


@pytest.fixture
def proof(station):
    return station.services.proof


@pytest.fixture
def closed(cast, clock, station):
    """Three days of airings, two of them closed by a checkpoint."""
    three_days(cast, clock)
    assert station.services.proof.close_days() == 2
    return station


def days(proof):
    return [one.day for one in proof.checkpoints()]


# Closing days


def test_a_station_that_has_written_nothing_has_nothing_to_close(proof, clock):
    clock.advance(10 * 86_400)
    assert proof.close_days() == 0


@pytest.mark.parametrize(
    ("minute", "closed"),
    [pytest.param(4, 0, id="before"), pytest.param(5, 1, id="at"), pytest.param(6, 1, id="after")],
)
def test_a_day_is_closed_once_it_is_over(cast, clock, proof, minute, closed):
    cast.running(cast.approved())
    air(cast, clock, DAY)
    go_to(clock, local(DAY + timedelta(days=1), 0, minute))
    assert proof.close_days() == closed


def test_a_day_is_never_closed_twice(closed, proof, clock):
    assert proof.close_days() == 0
    clock.advance(86_400)
    assert proof.close_days() == 1
    assert days(proof) == [DAY, DAY + timedelta(days=1), DAY + timedelta(days=2)]


def test_a_clock_that_went_back_closes_nothing_again(closed, proof, clock):
    clock.step_wall(-3 * 86_400)
    assert proof.close_days() == 0
    assert len(days(proof)) == 2


def test_days_on_which_the_station_was_off_are_caught_up_with_what_was_written_then(closed, proof, clock):
    go_to(clock, local(DAY + timedelta(days=30), 9))
    assert proof.close_days(most=5) == 5
    assert proof.close_days(most=100) == 30 - 7
    line = proof.checkpoints()
    assert [one.day for one in line] == [DAY + timedelta(days=ahead) for ahead in range(30)]
    assert [one.last_seq for one in line] == [2, 4] + [6] * 28
    assert [one.last_seq - one.first_seq + 1 for one in line] == [2, 2, 2] + [0] * 27
    assert proof.verify().whole


def test_a_checkpoint_says_how_far_the_chain_was_and_what_the_day_adds_up_to(closed, proof):
    first, second = proof.checkpoints()
    rows = closed.repos.store.rows("SELECT seq, hash FROM journal WHERE seq IN (2, 4) ORDER BY seq")
    assert (first.last_seq, first.last_hash) == (2, rows[0]["hash"])
    assert (second.first_seq, second.last_seq, second.last_hash) == (3, 4, rows[1]["hash"])
    assert first.sums == {"2026-12-02": {"played": Sum(1, 3000), "partial": Sum(1, 1500)}}
    assert first.station == closed.config.station.name


def test_what_sounded_across_midnight_belongs_to_the_day_whose_slot_it_is(cast, clock, proof):
    cast.running(cast.approved(), base=3)
    air(cast, clock, DAY)
    air(cast, clock, DAY, at=local(DAY + timedelta(days=1), 0, 4))
    late = air(cast, clock, DAY, at=local(DAY + timedelta(days=1), 8))
    assert late
    go_to(clock, local(DAY + timedelta(days=2), 1))
    proof.close_days()
    first, second = proof.checkpoints()
    assert first.sums == {"2026-12-02": {"played": Sum(2, 6000)}}
    assert second.sums == {"2026-12-02": {"played": Sum(1, 3000)}}


def test_what_the_checkpoints_have_signed_adds_up_to_the_journal(closed, proof, clock):
    go_to(clock, local(DAY + timedelta(days=4), 1))
    proof.close_days()
    signed = [each for one in proof.checkpoints() for outcomes in one.sums.values() for each in outcomes.values()]
    assert sum(each.ms for each in signed) == closed.repos.store.value("SELECT sum(played_ms) FROM journal") == 13_500
    assert sum(each.airings for each in signed) == 6


def test_two_that_close_at_once_make_one_checkpoint(closed, proof, clock, monkeypatch):
    clock.advance(86_400)
    sign = Checkpoints.segment

    def segment(kept, after, until):
        monkeypatch.undo()
        assert proof.close_days() == 1  # somebody else, between our reading and our writing
        return sign(kept, after, until)

    monkeypatch.setattr(Checkpoints, "segment", segment)
    assert proof.close_days() == 0
    assert days(proof) == [DAY + timedelta(days=ahead) for ahead in range(3)]


def test_the_database_itself_refuses_to_change_or_remove_a_checkpoint(closed):
    for statement in ("UPDATE checkpoint SET signature = 'x'", "DELETE FROM checkpoint"):
        with pytest.raises(sqlite3.IntegrityError, match="as it was signed"):
            closed.repos.store.db.conn.execute(statement)
        closed.repos.store.db.conn.rollback()


def test_a_day_whose_rows_do_not_hold_is_closed_with_that_fact(closed, proof, clock):
    with_a_tool(closed, "UPDATE journal SET played_ms = 600000 WHERE seq = 6")
    clock.advance(86_400)
    assert proof.close_days() == 1
    assert [one.broken_at for one in proof.checkpoints()] == [None, None, 6]


# Verifying


def test_a_closed_journal_holds(closed, proof):
    assert proof.verify()[:4] == (6, None, 2, 4)


@pytest.mark.parametrize("since", [DAY, DAY + timedelta(days=2), DAY + timedelta(days=9)])
def test_verifying_may_begin_at_a_checkpoint(closed, proof, since):
    assert proof.verify(since)[:4] == (6, None, 2, 4)


def test_verifying_from_a_checkpoint_finds_what_comes_behind_it_only(closed, proof):
    with_a_tool(closed, "UPDATE journal SET title = 'x' WHERE seq = 3")
    assert proof.verify(DAY + timedelta(days=1)).broken.seq == 3
    assert proof.verify(DAY + timedelta(days=2)).whole


def broken(proof):
    found = proof.verify().broken
    assert found is not None
    return found.reason, found.seq


def test_rows_taken_from_the_end_are_missed_though_no_slot_tells_of_them(closed, proof):
    """The chain that is left holds, and every slot and airing of what was taken is gone too."""
    with_a_tool(
        closed,
        "DELETE FROM slot WHERE id IN (SELECT slot_id FROM journal WHERE seq > 3)",
        "DELETE FROM journal WHERE seq > 3",
    )
    assert broken(proof) == ("journal_tail_removed", 4)


def test_rows_taken_from_the_end_since_the_last_checkpoint_are_missed_by_their_slots(closed, proof):
    with_a_tool(closed, "DELETE FROM journal WHERE seq > 5")
    assert broken(proof) == ("journal_slot_differs", None)


def test_a_journal_that_was_written_anew_is_not_what_was_signed(closed, proof):
    with_a_tool(closed, "UPDATE journal SET played_ms = 600000 WHERE seq = 1")
    rechain(closed)
    assert broken(proof) == ("journal_rewritten", 2)


def test_a_row_that_was_taken_out_with_its_slot_and_the_rest_hashed_anew_is_found(closed, proof):
    with_a_tool(
        closed,
        "DELETE FROM slot WHERE id IN (SELECT slot_id FROM journal WHERE seq = 2)",
        "DELETE FROM journal WHERE seq = 2",
        "UPDATE journal SET seq = seq - 1 WHERE seq > 2",
    )
    rechain(closed)
    assert broken(proof) == ("journal_rewritten", 2)


def test_a_row_of_a_slot_that_is_gone_is_found(closed, proof):
    with_a_tool(closed, "DELETE FROM slot WHERE id IN (SELECT slot_id FROM journal WHERE seq = 5)")
    assert broken(proof) == ("journal_slot_missing", 5)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE checkpoint SET payload = replace(payload, '3000', '9000') WHERE number = 1", "checkpoint_changed"),
        ("UPDATE checkpoint SET signature = '00' || substr(signature, 3) WHERE number = 2", "checkpoint_changed"),
        ("DELETE FROM checkpoint WHERE number = 1", "checkpoint_missing"),
    ],
)
def test_a_checkpoint_that_was_changed_or_removed_is_found(closed, proof, statement, reason):
    with_a_tool(closed, statement)
    assert broken(proof)[0] == reason


def test_a_row_that_was_changed_is_named_though_a_checkpoint_was_changed_too(closed, proof):
    with_a_tool(closed, "DELETE FROM checkpoint WHERE number = 1", "UPDATE journal SET note = 'x' WHERE seq = 3")
    assert broken(proof) == ("journal_row_changed", 3)


def test_checkpoints_that_somebody_else_has_signed_are_found(closed, proof, monkeypatch):
    """A journal and a line of checkpoints that hold, but not by the key of this station."""
    kept = (closed.config.data / "keys" / "journal-key.json").read_text()
    with_a_tool(closed, "DELETE FROM checkpoint", "UPDATE journal SET played_ms = 600000 WHERE seq = 1")
    rechain(closed)
    shutil.rmtree(closed.config.data / "keys")
    assert proof.close_days() == 2
    assert closed.repos.journal.verify().broken is None, "by itself it holds"
    assert broken(proof)[0] == "anchor_differs"
    (closed.config.data / "keys" / "journal-key.json").write_text(kept)
    monkeypatch.setattr(proof, "_anchored", lambda found, **_: found)
    assert broken(proof) == ("checkpoint_foreign_key", None)


def test_a_damaged_newest_checkpoint_stops_the_line_and_says_so(closed, proof, clock, caplog):
    with_a_tool(closed, "UPDATE checkpoint SET payload = 'x' WHERE number = 2")
    clock.advance(86_400)
    with pytest.raises(Refused) as refused:
        proof.close_days()
    assert refused.value.reason == "checkpoint_changed"
    proof.close_days_quietly()
    assert "no checkpoint: checkpoint_changed" in caplog.text


# The key


def test_the_key_is_made_at_set_up(station, proof):
    assert json.loads((station.config.data / "keys" / "journal-key.json").read_text())["public"] == proof.key().public


def test_only_an_administrator_may_change_the_key(proof, lan, minh):
    for person in (lan, minh):
        with pytest.raises(NotPermitted):
            proof.change_key(person)


def test_a_changed_key_signs_the_next_day_and_names_the_old_one(closed, proof, clock):
    old = proof.key().public
    hung = closed.repos.people.machine(clock.now())
    middle, new = proof.change_key(hung).public, proof.change_key(hung).public
    assert proof.verify().whole
    clock.advance(86_400)
    proof.close_days()
    newest = proof.checkpoints()[-1]
    assert (newest.key, newest.key_before) == (new, old)
    assert [one.new for one in newest.handovers] == [middle, new]
    assert proof.verify().whole
    row = closed.repos.store.row("SELECT * FROM journal ORDER BY seq DESC LIMIT 1")
    assert (row["kind"], row["reason"], row["note"]) == ("key", "key_changed", f"{old} -> {new}")


def test_a_lost_key_begins_a_line_that_names_the_old_one_and_says_it_did_not_agree(closed, proof, clock):
    old = proof.key().public
    shutil.rmtree(closed.config.data / "keys")
    assert broken(proof) == ("checkpoint_foreign_key", None)
    clock.advance(86_400)
    proof.close_days()
    newest = proof.checkpoints()[-1]
    assert (newest.key_before, newest.handovers) == (old, ())
    assert newest.key == proof.key().public != old
    assert proof.verify().whole
    assert closed.repos.store.value("SELECT reason FROM journal ORDER BY seq DESC LIMIT 1") == "key_lost"


def test_a_damaged_key_is_told_and_nothing_is_signed(closed, proof, clock):
    (closed.config.data / "keys" / "journal-key.json").write_text("{}")
    assert broken(proof) == ("key_unreadable", None)
    clock.advance(86_400)
    with pytest.raises(Refused):
        proof.close_days()


# What a row tells


def test_an_airing_names_the_zones_of_the_outputs_that_took_it(closed):
    rows = closed.repos.store.rows("SELECT zones_json FROM journal WHERE kind = 'airing'")
    assert {row["zones_json"] for row in rows} == {'["all"]'}


def test_an_airing_that_no_output_took_was_heard_in_no_zone(cast, clock):
    cast.running(cast.approved())
    slots = cast.station.repos.slots
    from scheduler.store import Ending

    slots.close(slots.of_day(DAY)[0].id, Ending(AiringOutcome.FAILED, outputs={"wav": "đầy"}), clock.now())
    assert cast.station.repos.store.value("SELECT zones_json FROM journal") == "[]"
