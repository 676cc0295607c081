"""`loa town …`: what the town has sent, decided from the command line by the same acts as on the page."""

import json
from contextlib import contextmanager

import pytest

from scheduler.config.loading import load
from scheduler.core.model import Priority, Role
from scheduler.extras.town.rules.envelope import AckState, Kind
from scheduler.extras.town.service.town import TownService
from scheduler.station import Station
from tests.commands import loa_of
from tests.extras.town.service.town import TEXT, WARD, pinned, speak_all, told


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "config.toml"
    made.write_text(
        '[speech]\nengines = ["espeak"]\n[quiet_hours]\nwindows = []\n'
        f'[town]\nurl = "nats://127.0.0.1:1"\nward_id = "{WARD}"\n',
        encoding="utf-8",
    )
    return made


@pytest.fixture
def loa(path, monkeypatch, capsys):
    return loa_of(path, monkeypatch, capsys)


@pytest.fixture
def ward(path):
    """The station, opened for a moment; the commands open it themselves."""

    @contextmanager
    def opened():
        station = Station.open(load(path))
        station.prepare()
        yield station
        station.close()

    return opened


@pytest.fixture
def send(ward):
    """Send something from the town and let the worker speak it (its row)."""

    towns = []

    def issue(**changes):
        with ward() as station:
            if not towns:
                now = station.clock.now()
                boss = station.repos.people.add("quan", "Quân", Role.ADMIN, "mat-khau-cua-quan", now)
                towns.append(pinned(station, boss))
            towns[0].station = station
            row = towns[0].issue(**changes)
            speak_all(station)
            return row

    return issue


def listed(loa, *words):
    return json.loads(loa("town", "inbox", "--json", *words)[1])["inbox"]


def test_an_empty_inbox_says_so(loa):
    assert "Không có" in loa("town", "inbox")[1]
    assert listed(loa) == []


def test_the_inbox_in_words_and_json(loa, send):
    row = send(title="Tiêm chủng")
    (told_of,) = listed(loa)
    assert (told_of["id"], told_of["issue_id"], told_of["kind"], told_of["status"]) == (
        row.id,
        row.issue_id,
        "announcement",
        "actual",
    )
    assert (told_of["state"], told_of["issuer"], told_of["text"]) == ("waiting", "Thị xã", TEXT)
    out = loa("town", "inbox")[1]
    assert "Tiêm chủng" in out
    assert "Chờ quyết định" in out


def test_accepted_it_leaves_the_inbox_and_waits_for_the_leader(loa, send):
    row = send()
    code, out, _ = loa("town", "accept", row.id)
    assert (code, "đã nhận (bản tin)" in out.lower()) == (0, True)
    assert listed(loa) == []
    (kept,) = listed(loa, "--all")
    assert (kept["state"], kept["way"]) == ("approval", "session")
    code, _, err = loa("town", "accept", row.id)
    assert code == 1
    assert "Traceback" not in err


def test_a_proposed_template_is_taken_over(loa, send, ward):
    row = send(kind=Kind.TEMPLATE, title="Mẫu xả lũ")
    assert loa("town", "accept", row.id)[0] == 0
    with ward() as station:
        kept = station.services.get(TownService).inbox.get(row.id)
        assert kept.state == "taken"
        assert station.repos.programme.announcement(kept.announcement_id).title == "Mẫu xả lũ"


def test_air_wants_to_have_been_heard_and_an_emergency_does_not(loa, send, ward):
    row = send()
    code, _, err = loa("town", "air", row.id)
    assert (code, "nghe" in err) == (1, True)
    assert loa("town", "air", row.id, "--heard")[0] == 0
    urgent = send(priority=Priority.EMERGENCY, title="Vỡ đê")
    code, out, _ = loa("town", "air", urgent.id)
    assert code == 0
    with ward() as station:
        slot = station.repos.slots.slot(out.split()[-1])
        assert slot.priority is Priority.EMERGENCY


def test_dismissed_with_a_reason_that_the_town_reads(loa, send, ward):
    row = send()
    assert loa("town", "dismiss", row.id)[0] == 2
    assert loa("town", "dismiss", row.id, "--reason", "đã phát rồi")[0] == 0
    with ward() as station:
        assert told(station, row.issue_id)[-1] == AckState.REFUSED
    assert listed(loa) == []


def test_who_has_not_the_right_is_refused(loa, send, ward):
    row = send()
    with ward() as station:
        station.repos.people.add("xem", "Xem", Role.GUEST, "mat-khau-cua-xem", station.clock.now())
    for words in (("accept", row.id), ("air", row.id, "--heard"), ("dismiss", row.id, "--reason", "thôi")):
        assert loa("--as", "xem", "town", *words)[0] == 1
    assert [one["state"] for one in listed(loa)] == ["waiting"]
