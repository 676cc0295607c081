"""The town tells a ward which groups it is in: taken from whom the ward trusts, in order, and without history."""

import base64
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.core.model import Priority
from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.rules.envelope import Kind, Verdict, subjects_for
from scheduler.extras.town.service.town import TownService
from scheduler.station import Station
from tests.extras.town.service.town import WARD, Town, pinned, tend, told, up

OWN = f"dispatch.ward.{WARD}"


def groups_of(station):
    return station.config.get(TownConfig).groups


def tell(town, *groups, **more):
    """Groups for this ward, as the hub tells them."""
    envelope = town.envelope(
        kind=Kind.GROUPS, targets=(f"ward.{WARD}",), body={"groups": list(groups)}, text="", **more
    )
    return town.send(envelope, OWN)


def test_the_groups_it_is_told_are_followed_from_now_on_and_the_town_hears_of_it(station, town):
    taken = tell(town, "mien-nui", "ven-bien")
    assert groups_of(station) == ("mien-nui", "ven-bien")
    assert told(station, taken.row.issue_id) == ["stored", "approved"]
    assert station.services.get(TownService).inbox.get(taken.row.id).state == "taken"
    followed = subjects_for(WARD, groups_of(station))
    assert followed == ("dispatch.all", "dispatch.group.mien-nui", "dispatch.group.ven-bien", OWN)


def test_who_changed_the_setting_stands_in_the_settings_and_in_the_log_of_acts(station, town):
    tell(town, "mien-nui")
    (change,) = station.services.settings.history()[0].rows
    assert (change.key, tuple(change.before), tuple(change.value)) == ("town.groups", ("ven-song",), ("mien-nui",))
    assert change.name == "Quy tắc của phường (lệnh cấp trên)"
    assert station.repos.store.value("SELECT count(*) FROM audit WHERE subject = 'setting_change'") == 1


def test_none_is_a_word_too(station, town):
    tell(town)
    assert groups_of(station) == ()


def test_the_newest_word_counts_whatever_comes_when(station, town):
    first = town.envelope(kind=Kind.GROUPS, targets=(f"ward.{WARD}",), body={"groups": ["cu"]}, text="")
    tell(town, "moi")
    taken = town.send(first, OWN)
    assert (taken.verdict, taken.reason) == (Verdict.STALE, "envelope_stale")
    assert groups_of(station) == ("moi",)


def test_whom_the_ward_does_not_trust_changes_nothing(station, town):
    stranger = Town(station)
    stranger.place = town.place
    assert tell(stranger, "la").reason == "envelope_unknown_issuer"
    assert groups_of(station) == ("ven-song",)
    assert up(station, "ack") == []


@pytest.mark.parametrize(
    ("targets", "groups", "key"),
    [
        (("all",), ["a"], "targets"),
        ((f"ward.{WARD}", "ward.1"), ["a"], "targets"),
        ((f"ward.{WARD}",), ["a b"], "body.groups"),
        ((f"ward.{WARD}",), ["*"], "body.groups"),
        ((f"ward.{WARD}",), "a", "body.groups"),
        ((f"ward.{WARD}",), ["a"] * 101, "body.groups"),
    ],
    ids=["everybody", "another ward as well", "no word", "everything", "no list", "too many"],
)
def test_what_cannot_be_meant_is_refused_to_its_issuer_and_changes_nothing(station, town, targets, groups, key):
    envelope = town.envelope(kind=Kind.GROUPS, targets=targets, body={"groups": groups}, text="")
    assert town.send(envelope, OWN).reason == "envelope_unreadable"
    assert groups_of(station) == ("ven-song",)
    ack = up(station, "ack")[-1]
    assert (ack["state"], ack["details"]["key"]) == ("refused", key)


def test_what_config_toml_says_stands_and_the_town_is_told_so(config, clock, boss, station):
    told_by_file = Station.open(replace(config, written=frozenset({"town.groups"})), clock)
    town = pinned(told_by_file, boss)
    taken = tell(town, "mien-nui")
    assert groups_of(told_by_file) == ("ven-song",)
    ack = next(one for one in up(told_by_file, "ack") if one["state"] == "refused")
    assert (ack["id"], ack["reason"]) == (taken.row.issue_id, "setting_in_file")
    told_by_file.close()


def test_a_process_that_died_before_it_followed_goes_on_at_the_next_turn(station, town, monkeypatch):
    monkeypatch.setattr(station.services.get(TownService), "_send_on", lambda _: None)  # killed behind the transaction
    taken = tell(town, "mien-nui")
    assert groups_of(station) == ("ven-song",)
    monkeypatch.undo()
    tend(station, 1)
    assert groups_of(station) == ("mien-nui",)
    assert told(station, taken.row.issue_id) == ["stored", "approved"]


def test_of_a_new_group_what_still_holds_is_taken_and_what_has_expired_is_no_news(station, town, clock):
    subject, targets = "dispatch.group.mien-nui", ("group.mien-nui",)
    over, living = (
        town.envelope(targets=targets),
        town.envelope(targets=targets, expires=clock.now() + timedelta(days=2)),
    )
    ended = town.envelope(kind=Kind.STOP, targets=targets, references=(over.id,), text="")
    town.place = 10  # they lie at 3, 4 and 5 of the stream
    clock.advance(24 * 3600)
    tell(town, "mien-nui")
    services = station.services.get(TownService)
    before = len(up(station, "ack"))
    assert services.receive(town.raw(over), subject, 3).verdict is Verdict.EXPIRED
    assert services.receive(town.raw(living), subject, 4).verdict is Verdict.NEW
    assert services.receive(town.raw(ended), subject, 5).row is None
    assert [body["id"] for body in up(station, "ack")][before:] == [living.id]
    assert services.cursor(subject) == 5
    assert services.rows.of_issue(over.id) is None
    late = town.envelope(targets=targets)
    clock.advance(24 * 3600)
    assert services.receive(town.raw(late), subject, 12).row.state == "expired"  # sent to this ward, and it must say so


def test_an_emergency_of_a_new_group_that_still_holds_airs(trusting, alarm):
    urgent = alarm.envelope(targets=("group.mien-nui",), priority=Priority.EMERGENCY)
    alarm.place = 7
    tell(alarm, "mien-nui")
    assert trusting.services.get(TownService).receive(alarm.raw(urgent), "dispatch.group.mien-nui", 6).urgent


def test_a_ward_that_does_not_know_a_kind_passes_it_by(station, town):
    """What an older ward makes of groups: a later release may send what this one does not know."""
    sealed = json.loads(town.raw(town.envelope(title="Việc sau này")))
    signed = sealed["signed"].replace('"kind":"announcement"', '"kind":"later"')
    sealed |= {"signed": signed, "sig": base64.b64encode(town.key.sign(signed.encode())).decode()}
    taken = town.send(json.dumps(sealed).encode())
    assert (taken.verdict, taken.reason, taken.row) == (None, "envelope_unreadable", None)
    assert station.services.get(TownService).cursor("dispatch.all") == 1
    assert up(station, "ack") == []
    assert up(station, "log")[-1]["claims"]["kind"] == "later"
    assert town.send(town.envelope()).verdict is Verdict.NEW
