"""What should never come, and will: each is one row with its reason, told upwards, and the next one counts."""

import base64
import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scheduler.core.model import Priority
from scheduler.extras.inbox.work import air_by_rule
from scheduler.extras.town.rules.envelope import Act, Kind, Verdict, public_hex, seal
from scheduler.extras.town.service.town import TownService
from scheduler.kernel.errors import Refused
from tests import sqlite_faults
from tests.extras.town.service.town import Town, told, up

DEEP = b"[" * 30_000 + b"]" * 30_000


def unsigned(town):
    return json.dumps(json.loads(town.raw(town.envelope())) | {"sig": ""}).encode()


def wrongly_signed(town):
    other = Ed25519PrivateKey.generate()
    told = json.loads(town.raw(town.envelope()))
    return json.dumps(told | {"sig": base64.b64encode(other.sign(told["signed"].encode())).decode()}).encode()


def of_an_unknown_issuer(town):
    other = Ed25519PrivateKey.generate()
    return seal(replace(town.envelope(), issuer=public_hex(other)), other)


def changed(**fields):
    def make(town):
        told = json.loads(json.loads(town.raw(town.envelope()))["signed"]) | fields
        text = json.dumps(told)
        return json.dumps(
            {"v": 1, "signed": text, "sig": base64.b64encode(town.key.sign(text.encode())).decode()}
        ).encode()

    return make


BAD = {
    "nothing": (lambda _: b"", "envelope_unreadable"),
    "noise": (lambda _: b"\x00\xff\xfe", "envelope_unreadable"),
    "deep JSON": (lambda _: DEEP, "envelope_unreadable"),
    "50 MB": (lambda _: b"x" * 50_000_000, "envelope_too_big"),
    "a newer version": (lambda _: b'{"v":7,"signed":"{}","sig":"x"}', "envelope_newer"),
    "unsigned": (unsigned, "envelope_unsigned"),
    "wrongly signed": (wrongly_signed, "envelope_forged"),
    "an unknown issuer": (of_an_unknown_issuer, "envelope_unknown_issuer"),
    "NUL": (changed(title="a\x00b"), "envelope_unreadable"),
    "a line turned around": (changed(text="\u202eevig"), "envelope_unreadable"),
    "a huge number": (changed(sequence=10**40), "envelope_unreadable"),
    "half of a letter": (changed(text="\ud800"), "envelope_unreadable"),
}


@pytest.mark.parametrize(("make", "reason"), BAD.values(), ids=BAD)
def test_what_nobody_has_signed_is_one_row_one_line_of_log_and_one_word_about_the_line(
    station, town, caplog, make, reason
):
    taken = town.send(make(town))
    assert (taken.reason, taken.row) == (reason, None)
    (row,) = station.services.get(TownService).rows.refused()
    assert (row.reason, row.sequence, row.subject) == (reason, 1, "dispatch.all")
    assert len([one for one in caplog.records if "is not taken" in one.message]) == 1
    (told,) = up(station, "log")
    assert (told["what"], told["reason"]) == ("refused", reason)
    assert up(station, "ack") == []  # a forger must not make this ward speak about anybody's issue
    assert town.send(town.envelope()).verdict is Verdict.NEW


def test_what_a_refused_one_claims_is_kept_as_a_claim_and_steers_nothing(station, town):
    town.send(of_an_unknown_issuer(town))
    assert station.services.get(TownService).rows.refused()[0].claims["title"] == "Xả lũ"
    town.send(changed(title="\u202eGiả\x00")(town))
    assert station.services.get(TownService).rows.refused()[0].claims["title"] == "Giả"


def test_an_envelope_for_another_ward_is_told_and_acknowledged_by_nobody(station, town):
    envelope = town.envelope(targets=("ward.99999",))
    assert town.send(envelope).verdict is Verdict.NOT_FOR_US
    assert station.services.get(TownService).inbox.waiting_count() == 0
    assert told(station, envelope.id) == []
    assert up(station, "log")[0]["reason"] == "envelope_not_for_us"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (Kind.CAMPAIGN, {"windows": ["x"]}),
        (Kind.LEXICON, {"toml": "[[entry]"}),
        (Kind.CAPS, {}),
        (Kind.TEMPLATE, {"shape": 3}),
    ],
)
def test_a_signed_body_that_cannot_be_meant_is_refused_to_its_issuer(station, town, kind, body):
    envelope = town.envelope(kind=kind, body=body)
    town.send(envelope)
    assert told(station, envelope.id) == ["refused"]
    assert station.services.get(TownService).inbox.waiting_count() == 0


def test_a_reordered_pair_ends_where_the_later_word_says(trusting, alarm):
    first = alarm.envelope(priority=Priority.EMERGENCY)
    taken_back = alarm.envelope(act=Act.CANCEL, references=(first.id,))
    alarm.send(taken_back, "dispatch.all")
    assert alarm.send(first, "dispatch.group.ven-song").verdict is Verdict.STALE
    assert trusting.services.get(TownService).inbox.to_air() == []
    assert told(trusting, first.id) == ["refused"]


def test_a_replayed_emergency_airs_once(trusting, alarm):
    envelope = alarm.envelope(priority=Priority.EMERGENCY)
    alarm.send(envelope)
    air_by_rule(trusting, trusting.services.get(TownService).inbox, *trusting.services.get(TownService).inbox.to_air())
    for subject in ("dispatch.all", "dispatch.group.ven-song", "dispatch.ward.27145"):
        assert alarm.send(envelope, subject).verdict is Verdict.AGAIN
    assert trusting.services.get(TownService).inbox.to_air() == []
    assert trusting.repos.store.value("SELECT count(*) FROM slot WHERE trigger = 'emergency'") == 1


def test_a_replay_after_the_issuers_key_was_taken_back_is_of_nobody(trusting, alarm, boss):
    envelope = alarm.envelope(priority=Priority.EMERGENCY)
    trusting.services.get(TownService).unpin(boss, alarm.issuer)
    assert alarm.send(envelope).reason == "envelope_unknown_issuer"
    stranger = Town(trusting, place=9)
    stranger.send(stranger.envelope())
    assert trusting.services.get(TownService).inbox.waiting_count() == 0


# Faults of the house


def test_a_full_disk_stores_nothing_moves_nothing_and_the_same_call_later_goes_on(station, town, monkeypatch):
    envelope = town.envelope()
    real = station.services.get(TownService).up.ack

    def full(*_args, **_more):
        raise sqlite_faults.full()

    monkeypatch.setattr(type(station.services.get(TownService).up), "ack", full)
    with pytest.raises(Refused, match="disk_full"):
        town.send(envelope)
    monkeypatch.undo()
    assert real is not None
    assert station.services.get(TownService).cursor("dispatch.all") == 0
    assert station.services.get(TownService).inbox.waiting_count() == 0
    assert station.services.get(TownService).up.outbox(9) == []
    town.place -= 1
    assert town.send(envelope).verdict is Verdict.NEW
    assert [row.row for row in station.services.get(TownService).up.outbox(9)] == [1]


def test_what_nobody_has_thought_of_is_refused_and_holds_nothing_up(station, town, monkeypatch):
    def broken(*_args):
        raise ValueError("nobody has thought of this")

    monkeypatch.setattr("scheduler.extras.town.service.ingest.entry_of", broken)
    taken = town.send(town.envelope())
    assert taken.reason == "envelope_broken"
    assert station.services.get(TownService).cursor("dispatch.all") == 1
    monkeypatch.undo()
    assert town.send(town.envelope()).verdict is Verdict.NEW


def test_a_first_step_that_fails_is_taken_again(station, town, monkeypatch):
    def broken(*_args):
        raise ValueError("a fault on the way")

    monkeypatch.setattr(type(station.services.get(TownService).adapter), "prepare", broken)
    taken = town.send(town.envelope())
    assert station.services.get(TownService).inbox.get(taken.row.id).announcement_id is None
    monkeypatch.undo()
    station.services.get(TownService).tend()
    assert station.services.get(TownService).inbox.get(taken.row.id).announcement_id is not None


def test_a_stop_that_was_cut_off_in_the_middle_is_finished(trusting, alarm, monkeypatch):
    urgent = alarm.issue(priority=Priority.EMERGENCY)

    def broken(*_args):
        raise ValueError("cut off")

    monkeypatch.setattr(type(trusting.services.get(TownService).adapter), "_stop_named", broken)
    alarm.issue(kind=Kind.STOP, references=(urgent.issue_id,))
    assert trusting.services.get(TownService).inbox.get(urgent.id).state == "preparing"
    monkeypatch.undo()
    trusting.services.get(TownService).tend()
    assert trusting.services.get(TownService).inbox.get(urgent.id).state == "cancelled"


def test_a_flood_of_refused_ones_fills_no_disk(station, town, monkeypatch):
    monkeypatch.setattr("scheduler.extras.town.rows.town.MOST_REFUSED", 5)
    for _ in range(12):
        town.send(b"x")
    assert [row.sequence for row in station.services.get(TownService).rows.refused(99)] == [12, 11, 10, 9, 8]


def test_a_ward_that_joins_late_begins_where_it_is_told(station, town):
    station.services.get(TownService).up.rows.move("dispatch.all", 40)
    assert town.send(town.envelope()).reason == "envelope_known"
    station.services.get(TownService).up.rows.move("dispatch.all", 3)
    assert station.services.get(TownService).cursor("dispatch.all") == 40
