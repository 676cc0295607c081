"""Who may do what over the API: every operation, every role, every scope; and nobody reaches what is somebody else's."""

import re

import pytest

from scheduler.core.announcement.approval import ACTS, may
from scheduler.core.model import Role
from scheduler.features import FEATURES
from scheduler.operations.subjects import operations_of
from scheduler.services.people.tokens import KEEPERS, METRICS, SCOPES
from tests.of_extras import of_extras, rows_of_extras

TABLE = rows_of_extras("pages.routes", "OPERATIONS") | {
    "GET /station": "see",
    "GET /token": "see",
    "GET /zones": "see",
    "POST /announcements/{announcement_id}/judge": "plan",
    "GET /announcements/{announcement_id}/soonest": "plan",
    "POST /campaigns/judge": "plan",
    "POST /announcements/{announcement_id}/submissions": "submit",
    "GET /announcements/{announcement_id}/offer": "see",
    "GET /announcements/{announcement_id}/outlook": "see",
    "GET /outputs": "see",
    "GET /todo": "see",
    "GET /health": "see",
    "GET /announcements": "see",
    "POST /announcements": "write",
    "POST /announcements/from-recording": "record",
    "GET /announcements/{announcement_id}": "see",
    "PUT /announcements/{announcement_id}": "write",
    "GET /announcements/{announcement_id}/reading": "see",
    "POST /announcements/{announcement_id}/speech": "make_speech",
    "POST /announcements/{announcement_id}/recording": "record",
    "POST /announcements/{announcement_id}/heard": "write",
    "POST /announcements/{announcement_id}/words": "write",
    "POST /announcements/{announcement_id}/submit": "submit",
    "POST /announcements/{announcement_id}/approve": "approve",
    "POST /announcements/{announcement_id}/return": "return",
    "POST /announcements/{announcement_id}/withdraw": "withdraw",
    "GET /recordings": "see",
    "GET /recordings/{sha256}": "see",
    "GET /recordings/{sha256}/sound": "see",
    "POST /recordings/{sha256}/retire": "retire",
    "POST /recordings/{sha256}/offer": "retire",
    "GET /uploads": "record",
    "POST /uploads": "record",
    "GET /uploads/{upload_id}": "record",
    "PUT /uploads/{upload_id}/pieces/{at}": "record",
    "POST /uploads/{upload_id}/finish": "record",
    "DELETE /uploads/{upload_id}": "record",
    "GET /jobs/{job_id}": "see",
    "GET /campaigns": "see",
    "POST /campaigns": "plan",
    "POST /campaigns/preview": "plan",
    "GET /campaigns/collisions": "see",
    "POST /campaigns/order": "plan",
    "GET /campaigns/{campaign_id}": "see",
    "PUT /campaigns/{campaign_id}": "plan",
    "GET /campaigns/{campaign_id}/preview": "see",
    "POST /campaigns/{campaign_id}/start": "plan",
    "POST /campaigns/{campaign_id}/stop": "plan",
    "POST /campaigns/{campaign_id}/pause": "plan",
    "POST /campaigns/{campaign_id}/resume": "plan",
    "POST /campaigns/{campaign_id}/replace": "plan",
    "GET /plan": "see",
    "GET /plan/upcoming": "see",
    "GET /slots/{slot_id}": "see",
    "POST /slots": "plan",
    "POST /slots/{slot_id}/move": "plan",
    "POST /slots/{slot_id}/leave-out": "plan",
    "POST /plan/changes/{change_id}/undo": "plan",
    "GET /on-air": "see",
    "GET /on-air/events": "see",
    "POST /on-air/play": "play_now",
    "POST /on-air/stop": "stop",
    "GET /emergency/templates": "see",
    "GET /emergency/orders": "see",
    "POST /emergency/orders": "break_in",
    "POST /emergency/orders/by-telephone": "drill",
    "POST /emergency/orders/text": "break_in",
    "POST /emergency/orders/text/by-telephone": "drill",
    "GET /emergency/orders/{slot_id}": "see",
    "POST /emergency/orders/{slot_id}/cancel": "stop",
    "POST /emergency/orders/{slot_id}/correction": "break_in",
    "POST /emergency/orders/{slot_id}/correct": "break_in",
    "POST /emergency/drills": "drill",
    "GET /clock": "see",
    "POST /clock/confirmation": "confirm_clock",
    "GET /journal": "see",
    "GET /journal/day": "see",
    "GET /journal/verification": "see",
    "GET /journal/checkpoints": "see",
    "GET /journal/proof": "see",
    "GET /airtime": "see",
    "GET /reports/{kind}": "see",
    "GET /dispatches": "see",
    "POST /dispatches": "import_dispatch",
    "GET /dispatches/{dispatch_id}": "see",
    "GET /dispatches/{dispatch_id}/drafts": "see",
    "POST /dispatches/{dispatch_id}/drafts": "write",
    "GET /dispatches/{dispatch_id}/ledger": "see",
}
"""Every operation and the right it asks for; an operation that is not here fails the first test below."""
ALSO_SEE = set(of_extras("pages.routes", "ALSO_SEE"))
"""Who does it is given something to see, and so needs that right, too."""
STREAM = "GET /on-air/events"
ROUTES = [route for route in TABLE if route != STREAM]


def parts_of(route):
    method, path = route.split(" ")
    values = {"sha256": "0" * 64, "upload_id": "0" * 32, "slot_id": "nothing", "kind": "log"}
    return method, re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], "1"), path)


def state_of(station):
    tables = ("announcement", "campaign", "slot", "job", "command", "upload", "clip", "dispatch", "act")
    return [station.repos.store.rows(f"SELECT * FROM {table} ORDER BY 1") for table in tables]  # noqa: S608 - names above


def test_every_operation_stands_in_the_table():
    assert {f"{one.method} {one.path}": one.may for one in operations_of(FEATURES)} == TABLE


def test_no_two_operations_are_called_the_same():
    names = [one.name for one in operations_of(FEATURES)]
    assert len(set(names)) == len(names)


def test_a_key_may_be_given_no_act_that_keeps_the_house():
    assert set(SCOPES) == (ACTS - KEEPERS) | {METRICS}
    assert not KEEPERS & set(TABLE.values())


@pytest.fixture
def everything(cast):
    cast.station.services.campaigns.save(cast.lan, cast.campaign(cast.submitted()))
    return cast


def test_a_stranger_gets_nowhere(app, everything):
    before = state_of(everything.station)
    for route in TABLE:
        method, path = parts_of(route)
        answer = app.test_client().open("/api/v1" + path, method=method)
        assert (answer.status_code, answer.get_json()["reason"]) == (401, "token_missing"), route
    assert state_of(everything.station) == before


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reaches_what_its_rights_allow_and_nothing_else(role, everything, program):
    """The key may all that there is; what is left is the role of its owner."""
    people, now = everything.station.repos.people, everything.station.clock.now()
    zones = ("all",) if role is Role.CONTRIBUTOR else ()
    person = people.add("x", "X", role, "mat-khau-cua-x", now, zones)
    one = program(person, SCOPES)
    for route in ROUTES:
        method, path = parts_of(route)
        answer = one.ask(method, path)
        refused = answer.status_code == 403 and answer.get_json()["reason"] == "not_permitted"
        assert refused != may(role, TABLE[route]), (route, role, answer.text)
        answer.close()


@pytest.mark.parametrize("scope", sorted(set(TABLE.values())))
def test_each_scope_reaches_its_own_and_nothing_else(scope, everything, program, hung):
    """The owner may everything; what is left is what the key was given."""
    one = program(hung, [scope])
    for route in set(ROUTES) - ALSO_SEE:
        method, path = parts_of(route)
        answer = one.ask(method, path)
        refused = answer.status_code == 403 and answer.get_json()["reason"] == "token_scope"
        assert refused != (TABLE[route] == scope), (route, scope, answer.text)
        answer.close()


def test_a_key_for_numbers_alone_opens_nothing_else(everything, program, hung):
    one = program(hung, [METRICS])
    assert {one.ask(*parts_of(route)).status_code for route in TABLE} == {403}


# What belongs to somebody else


def test_somebody_elses_upload_is_nobodys(program, lan, minh):
    mine, other = program(lan), program(minh)
    body = {"file_name": "a.wav", "size": 10, "first_bytes_sum": "ab"}
    path = "/uploads/" + mine.post("/uploads", body).get_json()["id"]
    assert mine.get(path).status_code == 200
    assert other.get(path).status_code == 404
    assert other.put(f"{path}/pieces/0", data=b"x", content_type="application/octet-stream").status_code == 404
    assert other.post(f"{path}/finish", {"crc32": 0}).status_code == 404
    assert other.delete(path).status_code == 404
    assert other.get("/uploads").get_json()["items"] == []
    assert mine.delete(path).status_code == 204


def test_a_key_does_not_approve_what_its_owner_wrote(cast, program, hung):
    station = cast.station
    clip = cast.clip()
    one = program(hung)
    announcement_id = one.post("/announcements/from-recording", {"sha256": clip.sha256}).get_json()["id"]
    path = f"/announcements/{announcement_id}"
    assert one.post(f"{path}/heard", {"sha256": clip.sha256}).status_code == 200
    assert one.post(f"{path}/submit", {"only_stored": True}).status_code == 200
    answer = one.post(f"{path}/approve", {"sha256": clip.sha256, "heard": True})
    assert (answer.status_code, answer.get_json()["reason"]) == (422, "author_is_approver")
    assert program(hung).post(f"{path}/approve", {"sha256": clip.sha256, "heard": True}).status_code == 422
    assert station.repos.programme.announcement(announcement_id).approver_id is None


ZONED = {"title": "Đợt", "windows": ["06:00-07:00"], "base": 2, "start": "2026-12-02", "end": "2026-12-03"}


@pytest.fixture
def two_zones(config):
    from dataclasses import replace

    from scheduler.config.loading import OutputConfig

    outputs = tuple(OutputConfig(name=name, kind="wavfile", counts=True, zones=(name,)) for name in ("khu-1", "khu-2"))
    return replace(config, outputs=outputs)


class TestZones:
    """A key that is bound to a zone acts there and nowhere else, whatever its owner may."""

    @pytest.fixture
    def config(self, two_zones):
        return two_zones

    @pytest.fixture
    def bound(self, program, hung):
        return program(hung, zones=("khu-1",))

    def test_a_campaign_elsewhere_is_refused_and_at_home_is_kept(self, bound, cast):
        announcement_id = cast.approved()
        for zone, status in (("khu-2", 403), ("all", 403), ("khu-1", 201)):
            answer = bound.post("/campaigns", ZONED | {"announcement_id": announcement_id, "zone": zone})
            assert answer.status_code == status, zone
            assert status == 201 or answer.get_json()["reason"] == "zone_not_yours"

    @pytest.mark.parametrize("act", ["start", "stop", "pause", "resume"])
    def test_somebody_elses_campaign_is_left_alone(self, act, bound, cast):
        campaign_id = cast.running(cast.approved(), zone="khu-2")
        assert bound.post(f"/campaigns/{campaign_id}/{act}").get_json()["reason"] == "zone_not_yours"

    def test_a_campaign_is_not_moved_out_of_the_zone(self, bound, cast):
        body = ZONED | {"announcement_id": cast.approved(), "zone": "khu-1"}
        made = bound.post("/campaigns", body)
        path, tag = made.headers["Location"].removeprefix("/api/v1"), made.headers["ETag"]
        answer = bound.put(path, body | {"zone": "khu-2"}, headers={"If-Match": tag})
        assert answer.get_json()["reason"] == "zone_not_yours"

    def test_what_it_has_ordered_at_home_it_stops_itself(self, bound, cast, template, clock):
        body = {"announcement_id": template(), "zone": "khu-1", "code": "mat-khau-cua-hung"}
        slot_id = bound.post("/emergency/orders", body).get_json()["slot_id"]
        slots = cast.station.repos.slots
        clock.advance(6)
        assert slots.claim(slots.slot(slot_id), clock.now())
        assert bound.post(f"/emergency/orders/{slot_id}/cancel").get_json() == {"slot_id": slot_id, "taken_back": False}
        assert [row["kind"] for row in cast.station.repos.store.rows("SELECT kind FROM command")] == ["stop"]

    def test_nothing_is_aired_or_stopped_elsewhere(self, bound, cast, template):
        announcement_id, emergency_id = cast.approved(), template()
        sent = {
            "/on-air/play": {"announcement_id": announcement_id, "zone": "khu-2"},
            "/on-air/stop": {},
            "/emergency/orders": {"announcement_id": emergency_id, "zone": "khu-2", "code": "mat-khau-cua-hung"},
            "/emergency/orders/text": {"text": "Sơ tán ngay.", "zone": "all", "code": "mat-khau-cua-hung"},
            "/emergency/drills": {"announcement_id": emergency_id, "zone": "khu-2"},
        }
        for path, body in sent.items():
            assert bound.post(path, body).get_json()["reason"] == "zone_not_yours", path
        assert cast.station.repos.store.rows("SELECT * FROM slot") == []
        assert cast.station.repos.store.rows("SELECT * FROM command") == []
