"""A ward and its town over the real broker: what is issued is taken once, what is owed goes up once, whatever dies."""

import json
import threading
from collections import Counter

import pytest

from scheduler.core.model import Priority
from scheduler.extras.inbox.work import air_by_rule
from scheduler.extras.town.broker.enrolment import KEY_FILE
from scheduler.extras.town.rules.envelope import Kind, seal
from scheduler.extras.town.service.town import TownService
from scheduler.extras.town.work import process
from tests.extras.town.broker.servers import pause
from tests.extras.town.work.conftest import GROUP, WARD
from tests.extras.town.work.town_side import PATIENCE, now, wait_until
from tests.needs import same_clock_everywhere


def test_what_the_town_issues_is_taken_and_acknowledged(town, link, trust, inbox):
    trust(town)
    link.up()
    to_all, to_group, to_ward = (
        town.issue(now(), target=target) for target in ("all", f"group.{GROUP}", f"ward.{WARD}")
    )
    other = town.issue(now(), target="ward.99999")
    wait_until(lambda: len(inbox()) == 3)
    for one in (to_all, to_group, to_ward):
        wait_until(lambda one=one: town.acks(one.id), "its acknowledgement")
        assert town.acks(one.id) == ["waiting"]
    assert town.acks(other.id) == []
    ids = [message_id for _, message_id, _ in town.up()]
    assert ids == list(dict.fromkeys(ids)), "each row once"
    assert all(message_id.startswith(f"{WARD}:") for message_id in ids)


def test_an_emergency_is_acknowledged_before_its_speech_is_made(town, link, trust, station, inbox, monkeypatch):
    """No voice begins before the acknowledgement is in the town's log; were it waited for, none would ever come."""
    same_clock_everywhere("the broker is a Go program and keeps the machine's clock")
    trust(town)
    acknowledged = threading.Event()
    monkeypatch.setattr(
        process,
        "air_by_rule",
        lambda one, box, row: acknowledged.wait(PATIENCE) and air_by_rule(one, box, row),
    )
    link.up()
    issued = town.issue(now(), priority=Priority.EMERGENCY, title="Xả lũ", text="Hồ xả lũ, bà con sơ tán ngay.")
    try:
        assert wait_until(lambda: town.acks(issued.id), "its acknowledgement", PATIENCE / 2) == ["received"]
        assert station.repos.store.rows("SELECT * FROM slot") == []
    finally:
        acknowledged.set()
    slot = wait_until(lambda: inbox() and inbox()[0]["slot_id"], "its slot")
    assert station.repos.slots.slot(slot).zone


def test_what_was_issued_while_the_ward_was_away_is_caught_up_with_in_order(town, link, trust, inbox):
    trust(town)
    issued = [town.issue(now(), title=f"Bản tin {number}") for number in range(12)]
    link.up()
    wait_until(lambda: len(inbox()) == 12)
    assert [row["issue_id"] for row in inbox()] == [one.id for one in issued]
    link.end()
    more = [town.issue(now(), title=f"Sau {number}") for number in range(3)]
    link.up()
    wait_until(lambda: len(inbox()) == 15)
    assert [row["issue_id"] for row in inbox()][12:] == [one.id for one in more]
    wait_until(lambda: all(town.acks(one.id) for one in (*issued, *more)))


def test_expired_while_away_is_told_and_never_aired(town, link, trust, inbox):
    from datetime import timedelta

    trust(town)
    old = now() - timedelta(hours=2)
    issued = town.issue(old, priority=Priority.EMERGENCY, expires=old + timedelta(hours=1))
    link.up()
    wait_until(lambda: town.acks(issued.id) == ["expired"])
    assert [(row["state"], row["slot_id"]) for row in inbox()] == [("expired", None)]


def test_no_broker_for_the_whole_time_and_then_everything_once(server, link, station, trust, inbox, clock):
    """Acceptance test 4: the link dials, the outbox grows, and then it empties, each row once."""
    from tests.extras.town.work.town_side import TownSide

    side = TownSide(server)
    try:
        server.start()
        side.connect()  # the town's logs exist: a row that finds none would be told behind those that follow it
        server.stop()
        trust(side)
        link.begin()
        wait_until(lambda: (fault := link.state.faults.get("line")) and fault.reason == "link_unreachable", "a word")
        for number in range(30):
            station.services.get(TownService).up.log({"what": "test", "number": number})
        assert station.services.get(TownService).up.rows.state().waiting >= 30
        pause(1.5)
        assert link.thread.is_alive()
        server.start()
        side.connect()
        wait_until(lambda: station.services.get(TownService).up.rows.state().waiting == 0, "an empty outbox")
        told = [body["number"] for _, _, body in side.up() if body["kind"] == "log"]
        assert told == list(range(30)), "in order, each once"
        issued = side.issue(now())
        wait_until(lambda: side.acks(issued.id))
    finally:
        side.close()


def test_a_killed_broker_loses_and_doubles_nothing(town, server, link, trust, inbox, station):
    trust(town)
    link.up()
    issued = []
    for number in range(20):
        if number == 7:
            server.kill()
            for row in range(5):
                station.services.get(TownService).up.log({"what": "while away", "number": row})
            server.start()
        issued.append(town.issue(now(), title=f"Bản tin {number}"))
    wait_until(lambda: len(inbox()) == 20)
    assert [row["issue_id"] for row in inbox()] == [one.id for one in issued]
    wait_until(lambda: station.services.get(TownService).up.rows.state().waiting == 0)
    rows = [body["row"] for _, _, body in town.up()]
    assert sorted(rows) == list(range(1, max(rows) + 1))
    assert all(town.acks(one.id) for one in issued)


def test_a_line_that_is_silent_is_noticed_and_healed(town, server, link, trust, inbox, station):
    """Acceptance test 13, the ward's side: SIGSTOP leaves the connection open and nobody behind it."""
    trust(town)
    link.up()
    server.silence()
    station.services.get(TownService).up.log({"what": "while silent"})
    wait_until(lambda: link.state.fault, "a sentence")
    server.wake()
    issued = town.issue(now())
    wait_until(inbox, "the message")
    wait_until(lambda: town.acks(issued.id))
    wait_until(lambda: station.services.get(TownService).up.rows.state().waiting == 0)
    assert [body["what"] for _, _, body in town.up() if body["kind"] == "log"] == ["while silent"]
    wait_until(lambda: link.state.fault is None, "no complaint any more")


def test_a_retry_after_the_brokers_memory_is_a_second_message_of_the_same_row(server, link, station, trust):
    """Acceptance test 6: duplicate_window 2 s; the hub's table tells them to be one by (ward, row)."""
    from tests.extras.town.work.town_side import TownSide

    server.start()
    side = TownSide(server, duplicate_seconds=2.0).connect()
    try:
        trust(side)
        link.up()
        station.services.get(TownService).up.log({"what": "once"})
        wait_until(lambda: station.services.get(TownService).up.rows.state().waiting == 0)
        row = station.services.get(TownService).up.rows.state().sent
        pause(4.5)
        told = side.ask(WARD, "resend", json.dumps({"from": 1, "to": row}).encode())
        assert told["rows"] == row

        def copies():
            """How often UP holds each row that was asked for; a report of health may have come behind them."""
            return Counter((body["ward"], body["row"]) for _, _, body in side.up() if body["row"] <= row)

        told = wait_until(lambda: (found := copies()) and min(found.values()) >= 2 and found, "every row once more")
        assert set(told) == {(WARD, number) for number in range(1, row + 1)}
        wait_until(lambda: station.services.get(TownService).up.rows.state().waiting == 0, "the ward to mark them")
    finally:
        side.close()


def test_the_hub_asks_and_is_answered(town, link, trust):
    trust(town)
    link.up()
    told = wait_until(lambda: _asked(town, "ping"))
    assert (told["ward"], told["v"]) == (WARD, 1)
    assert _asked(town, "resend", b"nonsense")["refused"] == "unreadable"
    assert _asked(town, "resend", b'{"from": 1}')["refused"] == "unreadable"
    assert _asked(town, "volume")["refused"] == "unknown"


def _asked(town, verb, body=b""):
    import nats.errors

    try:
        return town.ask(WARD, verb, body)
    except (TimeoutError, nats.errors.Error):
        return None


def test_a_log_made_anew_is_read_from_its_beginning(town, server, link, trust, inbox):
    """The broker's disk was lost: its sequences begin at 1 again, and the ward's cursors with them."""
    import shutil

    trust(town)
    link.up()
    before = [town.issue(now(), title=f"Trước {number}") for number in range(5)]
    wait_until(lambda: len(inbox()) == 5)
    server.kill()
    shutil.rmtree(server.store)
    server.start()
    town.connect()
    after = [town.issue(now(), title=f"Sau {number}") for number in range(2)]
    wait_until(lambda: len(inbox()) == 7, "what the new log holds")
    assert [row["issue_id"] for row in inbox()] == [one.id for one in (*before, *after)]


def test_a_log_made_anew_that_has_grown_past_the_cursor_is_read_too(town, server, link, trust, inbox):
    import shutil

    trust(town)
    link.up()
    town.issue(now(), title="Trước")
    wait_until(lambda: len(inbox()) == 1)
    link.end()
    server.kill()
    shutil.rmtree(server.store)
    server.start()
    town.connect()
    after = [town.issue(now(), title=f"Sau {number}") for number in range(4)]
    link.up()
    wait_until(lambda: len(inbox()) == 5)
    assert {row["issue_id"] for row in inbox()} >= {one.id for one in after}


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("unsigned", "envelope_unsigned"),
        ("forged", "envelope_forged"),
        ("stranger", "envelope_unknown_issuer"),
        ("noise", "envelope_unreadable"),
        ("newer", "envelope_newer"),
    ],
)
def test_what_nobody_trusted_has_signed_is_told_and_airs_nothing(wrong, reason, town, link, trust, station, inbox):
    """Acceptance test 9, the dispatch's own signature: from a stolen broker, so to speak."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from scheduler.extras.town.rules.envelope import public_hex

    trust(town)
    link.up()
    private = Ed25519PrivateKey.generate()
    envelope = town.envelope(now(), priority=Priority.EMERGENCY)
    raw = seal(envelope, town.private)
    told = json.loads(raw)
    match wrong:
        case "unsigned":
            raw = json.dumps(told | {"sig": ""}).encode()
        case "forged":
            raw = json.dumps(told | {"signed": told["signed"].replace("Mai", "Nay")}).encode()
        case "stranger":
            raw = seal(town.envelope(now(), issuer=public_hex(private)), private)
        case "noise":
            raw = b"\x00\xff not an envelope"
        case "newer":
            raw = json.dumps(told | {"v": 9}).encode()
    town.publish("dispatch.all", raw, "wrong")
    good = town.issue(now(), title="Tốt")
    wait_until(lambda: town.acks(good.id))
    assert [row["issue_id"] for row in inbox()] == [good.id], "it holds up nobody behind it"
    # Each telling goes up by itself: the later one may be there first.
    wait_until(lambda: reason in json.dumps([body for _, _, body in town.up() if body["kind"] == "log"]))
    assert [row.reason for row in station.services.get(TownService).rows.refused()] == [reason]


def test_a_replayed_message_airs_nothing_twice(town, link, trust, inbox, station):
    same_clock_everywhere("the broker is a Go program and keeps the machine's clock")
    trust(town)
    link.up()
    envelope = town.envelope(now(), kind=Kind.ANNOUNCEMENT, priority=Priority.EMERGENCY)
    raw = seal(envelope, town.private)
    for number in range(3):
        town.publish("dispatch.all", raw, f"replay-{number}")
    last = town.issue(now())
    wait_until(lambda: town.acks(last.id))
    assert len(inbox()) == 2
    slots = station.repos.store.rows("SELECT * FROM slot WHERE trigger = 'emergency'")
    wait_until(lambda: inbox()[0]["slot_id"])
    assert len(slots) <= 1
    assert len(station.repos.store.rows("SELECT * FROM slot WHERE trigger = 'emergency'")) == 1


def test_a_key_file_that_others_may_read_is_a_sentence_and_the_link_lives_on(town, link, trust, station, inbox):
    trust(town)
    key = station.config.data / KEY_FILE
    key.chmod(0o644)
    link.begin()
    told = wait_until(lambda: station.services.get(TownService).up.state().reason, "a sentence in the heartbeat")
    assert told == "link_key_open"
    key.chmod(0o600)
    issued = town.issue(now())
    wait_until(lambda: town.acks(issued.id), "its acknowledgement once the file is mended")
    wait_until(lambda: not station.services.get(TownService).up.state().reason)


def test_another_town_in_the_settings_begins_the_conversation_anew(town, link, trust, station, inbox):
    """The ward is put into another group: what the group is told is heard without a restart."""
    tuan = trust(town) and station.repos.people.by_login("tuan")
    link.up()
    before = link.state
    station.services.settings.put(tuan, {"town.groups": ["mien-nui"]}, confirmed=True)
    wait_until(lambda: link.state is not before and link.state.connected, "a new conversation")
    issued = town.issue(now(), target="group.mien-nui")
    link.link.look_now()
    wait_until(lambda: town.acks(issued.id))
    assert wait_until(lambda: link.state.forbidden), "the broker's accounts do not know of it yet, and that is told"


def turns_of(station, count):
    """Wait until the link has begun its chores so many times more."""
    services, done, usual = station.services.get(TownService), [], station.services.get(TownService).tend
    services.tend = lambda: (done.append(1), usual())
    wait_until(lambda: len(done) > count, "the chores")
    services.tend = usual


def test_health_goes_up_while_there_is_a_line_and_never_piles_up(town, server, link, trust, station):
    trust(town)
    link.up()
    told = wait_until(lambda: [body for _, _, body in town.up() if body["kind"] == "health"])
    assert told[0]["playout"] is False, "nothing plays here, and nobody says it does"
    server.kill()
    wait_until(lambda: not link.state.connected)
    turns_of(station, 2)  # who still believed in the line has had its turn
    link.link._health_at = float("-inf")
    turns_of(station, 3)
    waiting = station.repos.store.rows("SELECT * FROM town_outbox WHERE kind = 'health' AND sent_at IS NULL")
    assert waiting == []
    server.start()
    wait_until(lambda: len([1 for _, _, body in town.up() if body["kind"] == "health"]) >= 2)
