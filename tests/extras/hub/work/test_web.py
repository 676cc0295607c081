"""What wards ask of the town's page: to come in by a code, and for sounds. Both without a session."""

import hashlib
import json
import re
import threading
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.extras.hub.keys import HubConfig
from scheduler.extras.hub.service.issues import IssueOrder
from scheduler.extras.hub.service.town import HubService
from scheduler.extras.hub.service.wards import NewWard
from scheduler.extras.town.broker import keys
from scheduler.extras.town.broker.clips import fetch_clip
from scheduler.extras.town.broker.enrolment import KEY_FILE, ask_to_join
from scheduler.extras.town.broker.web import TownWeb
from scheduler.extras.town.rules.enrolment import fingerprint
from scheduler.extras.town.rules.envelope import Kind
from scheduler.kernel.clock import SteppedClock, SystemClock
from scheduler.kernel.errors import Refused
from scheduler.station import Station
from tests.conftest import MORNING
from tests.web.serving import served
from web import create_app


@pytest.fixture
def clock():
    return SteppedClock(MORNING)


@pytest.fixture
def client(station):
    return create_app(station).test_client()


def add(town, ward="101", **more):
    return town.services.add_ward(town.admin, NewWard(ward, "Phường Một", **more))


def join(client, code, key, **more):
    return client.post("/ghep-noi", json={"v": 1, "code": code, "key": key}, **more)


def key():
    return keys.public_of(keys.new_seed())


# Coming in


def test_a_code_lets_a_ward_in_once_and_tells_it_where_everything_is(desk_of_town, client):
    town, own = desk_of_town, key()
    code = add(town, groups=("bac",))
    told = join(client, code.upper().replace("-", " "), own)
    assert told.status_code == 200
    assert told.json["ward"] == "101"
    assert told.json["groups"] == ["bac"]
    assert told.json["issuer"] == town.services.keys.current().public
    assert told.json["issuer_name"] == "Thị xã Mẫu"
    assert re.search(r"\bS[A-Z][A-Z2-7]{40,}", told.text) is None, "a seed went out"
    assert own in town.services.conf.path.read_text()
    again = join(client, code, key())
    assert (again.status_code, again.json["reason"]) == (403, "pairing_code_wrong")
    assert town.services.ward("101").code_until is None


def test_a_code_is_kept_as_a_hash_and_is_over_after_its_time(desk_of_town, client, clock):
    code = add(desk_of_town)
    rows = json.dumps(desk_of_town.station.repos.store.rows("SELECT * FROM hub_ward"))
    assert code not in rows
    assert code.replace("-", "") not in rows
    clock.advance(61 * 60)
    assert join(client, code, key()).status_code == 403


def test_a_newer_code_voids_the_one_before_and_a_revoked_ward_has_none(desk_of_town, client):
    town = desk_of_town
    old = add(town)
    new = town.services.new_code(town.admin, "101")
    assert join(client, old, key()).status_code == 403
    town.services.revoke(town.admin, "101")
    assert join(client, new, key()).status_code == 403
    back = town.services.new_code(town.admin, "101")
    assert join(client, back, key()).status_code == 200
    assert town.services.ward("101").revoked_at is None


def test_wrong_codes_are_slowed_down_for_each_address_and_a_right_one_from_elsewhere_is_not(desk_of_town, client):
    code = add(desk_of_town)
    answers = [join(client, f"abcd-efgh-jkm{place}", key()) for place in range(8)]
    assert [one.status_code for one in answers[:5]] == [403] * 5
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    slow = join(client, code, key())  # the right one has to wait as well: nothing is told by the speed
    assert slow.status_code == 429
    assert join(client, code, key(), environ_base={"REMOTE_ADDR": "10.1.2.3"}).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 403),
        (b"[]", 400),
        (b'{"code": 5, "key": null}', 400),
        (b'{"code": "x", "key": "' + b"U" * 150 + b'"}', 400),
        (b'{"code": "x", "key": "U' + b"A" * 55 + b'"}', 400),  # looks like one, its check does not hold
        (b'{"code": "x", "key": "SUAB"}', 400),
    ],
)
def test_what_is_no_request_is_refused_with_a_sentence(desk_of_town, client, body, status):
    add(desk_of_town)
    answer = client.post("/ghep-noi", data=body, content_type="application/json")
    assert answer.status_code in {400, status}
    assert answer.json["told"]


def test_another_sites_page_uses_nobodys_tries_up(desk_of_town, client):
    code = add(desk_of_town)
    for _ in range(9):
        answer = join(client, "wrong-code-here", key(), headers={"Origin": "http://evil.example"})
        assert (answer.status_code, answer.json["reason"]) == (422, "form_expired")
    assert join(client, code, key()).status_code == 200


def test_a_large_body_is_not_read(desk_of_town, client):
    answer = client.post("/ghep-noi", data=b"{" + b" " * 100_000 + b"}", content_type="application/json")
    assert answer.status_code in {400, 413}


def test_one_key_is_one_wards(desk_of_town, client):
    own = key()
    assert join(client, add(desk_of_town, "101"), own).status_code == 200
    taken = join(client, add(desk_of_town, "102"), own)
    assert (taken.status_code, taken.json["reason"]) == (409, "ward_key_taken")
    assert join(client, desk_of_town.services.new_code(desk_of_town.admin, "101"), own).status_code == 200


def test_two_that_come_with_one_code_at_the_same_time_are_one(desk_of_town):
    code, got = add(desk_of_town), []

    def come():
        try:
            got.append(desk_of_town.services.join(code, key(), address=threading.current_thread().name))
        except Refused as refused:
            got.append(refused.reason)
        finally:
            desk_of_town.station.repos.store.close()

    threads = [threading.Thread(target=come) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(120)
    assert sorted(type(one).__name__ for one in got) == ["Welcome"] + ["str"] * 5


def test_a_station_that_is_no_hub_answers_not_found(cast, tmp_path):
    station = cast.station
    plain = Station.open(station.written.having(HubConfig()), station.clock)
    client = create_app(plain).test_client()
    assert client.get("/ghep-noi").status_code == 404
    assert join(client, "x", key()).status_code == 404
    assert client.get(f"/clips/{'0' * 64}.wav").status_code == 404
    plain.close()


# Sounds


def proof(seed, path, at, method="GET"):
    text = f"{method} {path} {at}"
    return {"Authorization": f"Loa {keys.public_of(seed)}:{at}:{b64encode(keys.sign(seed, text.encode())).decode()}"}


@pytest.fixture
def issued(desk_of_town, cast, clock):
    """(seed of a ward, path of an issued sound, its bytes, the issue)."""
    town = desk_of_town
    seed = town.ward("101")
    number = cast.approved()
    issue = town.services.issue(town.admin, IssueOrder(Kind.ANNOUNCEMENT, clock.now() + timedelta(hours=2), number))
    sha256 = town.services.issued(issue)[0].issue.audio_sha256
    path = town.station.repos.library.path(sha256)
    return seed, f"/clips/{sha256}.wav", path.read_bytes(), issue


def test_a_ward_that_proves_itself_has_the_sound_whole_and_in_ranges(issued, client, clock):
    seed, path, raw, _ = issued
    now = int(clock.now().timestamp())
    whole = client.get(path, buffered=True, headers=proof(seed, path, now))
    assert (whole.status_code, whole.data) == (200, raw)
    assert hashlib.sha256(whole.data).hexdigest() in path
    assert "immutable" in whole.headers["Cache-Control"]
    tag = whole.headers["ETag"]
    rest = client.get(path, buffered=True, headers=proof(seed, path, now) | {"Range": "bytes=1000-", "If-Range": tag})
    assert (rest.status_code, rest.data) == (206, raw[1000:])
    other = client.get(
        path, buffered=True, headers=proof(seed, path, now) | {"Range": "bytes=1000-", "If-Range": '"old"'}
    )
    assert (other.status_code, other.data) == (200, raw)
    assert client.get(path, buffered=True, headers=proof(seed, path, now) | {"If-None-Match": tag}).status_code == 304


def test_who_proves_nothing_is_told_nothing(issued, client, clock, desk_of_town):
    seed, path, _, _ = issued
    now = int(clock.now().timestamp())
    tries = {
        "no word": {},
        "another word": {"Authorization": "Bearer abc"},
        "no ward of ours": proof(keys.new_seed(), path, now),
        "another path": proof(seed, "/clips/x.wav", now),
        "another method": proof(seed, path, now, "POST"),
        "long ago": proof(seed, path, now - 600),
        "far ahead": proof(seed, path, now + 600),
        "huge number": proof(seed, path, 10**60),
        "no number": {"Authorization": f"Loa {keys.public_of(seed)}:١٢:AAAA"},
        "no signature": {"Authorization": f"Loa {keys.public_of(seed)}:{now}:"},
        "half": {"Authorization": "Loa :"},
        "long": {"Authorization": "Loa " + "a" * 5000},
    }
    for name, headers in tries.items():
        answer = client.get(path, buffered=True, headers=headers)
        assert answer.status_code == 401, name
        missing = client.get(f"/clips/{'0' * 64}.wav", buffered=True, headers=headers)
        assert (missing.status_code, missing.data) == (401, answer.data), name
    desk_of_town.services.revoke(desk_of_town.admin, "101")
    assert client.get(path, buffered=True, headers=proof(seed, path, now)).status_code == 401


def test_only_what_is_issued_and_still_holds_is_given(issued, client, clock, cast, desk_of_town):
    seed, path, _, _ = issued
    private = cast.clip(2.0, "riêng", 300.0)
    now = int(clock.now().timestamp())
    hidden = f"/clips/{private.sha256}.wav"
    assert client.get(hidden, buffered=True, headers=proof(seed, hidden, now)).status_code == 404
    for strange in ("/clips/..%2f..%2floa.db.wav", f"/clips/{'z' * 64}.wav", "/clips/x.wav"):
        assert client.get(strange, buffered=True, headers=proof(seed, strange, now)).status_code in {401, 404}
    clock.advance(3 * 3600)
    late = int(clock.now().timestamp())
    assert client.get(path, buffered=True, headers=proof(seed, path, late)).status_code == 404


# With the ward's own programs


def test_the_wards_own_program_comes_in_and_fetches_a_sound_over_real_http(config, tmp_path):
    told = config.having(replace(config.get(HubConfig), broker_pid="", wards_conf=str(tmp_path / "w.conf")))
    with served(told, host="127.0.0.1") as real:
        station = Station.open(real, SystemClock())
        station.prepare()
        try:
            services, admin = station.services.get(HubService), station.repos.people.machine(station.clock.now())
            url = f"http://127.0.0.1:{real.web.port}"
            data = tmp_path / "ward"
            data.mkdir()
            code = services.add_ward(admin, NewWard("101", "Phường Một"))
            with pytest.raises(Refused) as refused:
                ask_to_join(url, "wrong-code-here", data)
            assert refused.value.reason == "link_code_wrong"
            welcome = ask_to_join(url, code, data)
            assert fingerprint(welcome) == services.fingerprint("101")  # what two people read to each other
            assert welcome.page == "http://127.0.0.1:1"
            seed = keys.load_or_make(data / KEY_FILE)
            from tests.conftest import Cast

            minh = station.repos.people.add("minh", "Minh", _approver(), "mat-khau-cua-minh", station.clock.now())
            number = Cast(station, station.repos.people.by_login("lan"), minh).approved(seconds=6.0)
            issue = services.issue(
                admin, IssueOrder(Kind.ANNOUNCEMENT, station.clock.now() + timedelta(hours=1), number)
            )
            sha256 = services.issued(issue)[0].issue.audio_sha256
            size = station.repos.library.path(sha256).stat().st_size
            web = TownWeb(url, seed)
            got = fetch_clip(web, f"/clips/{sha256}.wav", sha256, size, tmp_path / "came")
            assert hashlib.sha256(got.read_bytes()).hexdigest() == sha256
            stranger = TownWeb(url, keys.new_seed())
            with pytest.raises(Refused):
                fetch_clip(stranger, f"/clips/{sha256}.wav", sha256, size, tmp_path / "other")
            began, threads = station.clock.monotonic(), []
            for place in range(20):
                threads.append(
                    threading.Thread(
                        target=fetch_clip, args=(web, f"/clips/{sha256}.wav", sha256, size, tmp_path / f"w{place}")
                    )
                )
                threads[-1].start()
            for one in threads:
                one.join(120)
            print(f"20 x {size / 1000:.0f} kB in {station.clock.monotonic() - began:.2f} s")
            assert len(list(tmp_path.glob("w*/*"))) >= 20
        finally:
            station.close()


def _approver():
    from scheduler.core.model import Role

    return Role.APPROVER
