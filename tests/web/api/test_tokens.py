"""Keys: who makes which, what they are bound to, how they end; and their page and commands."""

import re
import secrets
from datetime import timedelta

import pytest

from scheduler.core.model import Role
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.services.people.tokens import DECIDING, MOST_DAYS, SCOPES, narrowed

CODE = "mat-khau-cua-hung"


@pytest.fixture
def services(station):
    return station.services.tokens


def test_a_key_is_shown_once_and_kept_as_a_digest_only(station, services, hung):
    made = services.add(hung, "cổng dữ liệu", ["see"], code=CODE)
    assert made.secret.startswith("loa_")
    assert len(made.secret) > 40
    station.repos.store.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    held = b"".join(path.read_bytes() for path in station.config.data.rglob("*") if path.is_file())
    assert made.secret.encode() not in held
    assert services.use(made.secret).actor.id == hung.id


def test_no_two_keys_are_alike(services, hung):
    assert len({services.add(hung, f"số {n}", ["see"], code=CODE).secret for n in range(20)}) == 20


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.ADMIN, Role.APPROVER}])
def test_only_who_may_manage_keys_makes_lists_and_revokes_them(role, station, services):
    zones = ("all",) if role is Role.CONTRIBUTOR else ()
    person = station.repos.people.add("x", "X", role, "mat-khau-cua-x", station.clock.now(), zones)
    for act in (
        lambda: services.add(person, "a", ["see"]),
        lambda: services.listed(person),
        lambda: services.revoke(person, 1),
        lambda: services.named(person, "a"),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_a_leader_makes_sees_and_revokes_keys_of_their_own_that_approve(services, station, minh, lan, hung):
    others = services.add(hung, "của quản trị", ["see"], code=CODE)
    own = services.add(minh, "của lãnh đạo", ["see", "approve"], code=CODE)
    assert (own.token.person_id, own.token.acts) == (minh.id, ("approve", "see"))
    assert [one.name for one in services.listed(minh)] == ["của lãnh đạo"]
    for act in (
        lambda: services.add(minh, "của Lan", ["see"], owner=lan, code=CODE),
        lambda: services.revoke(minh, others.token.id),
        lambda: services.named(minh, "của quản trị"),
    ):
        with pytest.raises(NotPermitted):
            act()
    assert services.revoke(minh, own.token.id).revoked_at
    assert services.use(own.secret) is None
    assert "của quản trị" in [one.name for one in services.listed(hung)]
    with pytest.raises(Refused, match="token_act_unknown"):
        services.add(minh, "khóa của khóa", ["own_key"], code=CODE)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"name": "  "}, "token_name_invalid"),
        ({"name": "x" * 61}, "token_name_invalid"),
        ({"acts": []}, "token_acts_missing"),
        ({"acts": ["see", "fly"]}, "token_act_unknown"),
        ({"acts": ["manage_people"]}, "token_act_unknown"),
        ({"acts": ["manage_tokens"]}, "token_act_unknown"),
        ({"days": 0}, "token_days_invalid"),
        ({"days": MOST_DAYS + 1}, "token_days_invalid"),
        ({"zones": ["nowhere"]}, "zone_unknown"),
    ],
)
def test_a_key_that_cannot_be_is_refused(services, hung, changed, reason):
    asked = {"name": "a", "acts": ["see"], "code": CODE} | changed
    with pytest.raises(Refused, match=reason):
        services.add(hung, asked.pop("name"), asked.pop("acts"), **asked)
    assert services.listed(hung) == []


def test_a_key_never_has_more_than_its_owner(services, hung, lan, station):
    guest = station.repos.people.add("khach", "Khách", Role.GUEST, "mat-khau-cua-khach", station.clock.now())
    with pytest.raises(Refused, match="token_beyond_role"):
        services.add(hung, "a", ["write"], owner=guest, code=CODE)
    assert services.add(hung, "a", ["see", "metrics"], owner=guest, code=CODE).token.person_id == guest.id
    assert services.add(hung, "b", ["write"], owner=lan, code=CODE).token.owner == "Lan"


@pytest.mark.parametrize("act", sorted(DECIDING & set(SCOPES)))
def test_nobody_makes_a_key_that_decides_for_somebody_else(act, services, hung, minh):
    with pytest.raises(Refused, match="token_not_own"):
        services.add(hung, "a", [act], owner=minh, code=CODE)
    assert services.add(hung, "a", [act], code=CODE).token.acts == (act,)


def test_two_live_keys_never_share_a_name_and_a_revoked_one_leaves_its_own(services, hung):
    first = services.add(hung, "cổng", ["see"], code=CODE).token
    with pytest.raises(Refused, match="token_name_taken"):
        services.add(hung, " cổng ", ["see"], code=CODE)
    assert services.revoke(hung, first.id).revoked_at is not None
    assert services.add(hung, "cổng", ["see"], code=CODE).token.id != first.id


def test_a_key_revoked_twice_ended_the_first_time(services, hung, clock):
    token = services.add(hung, "a", ["see"], code=CODE).token
    first = services.revoke(hung, token.id)
    clock.advance(60)
    assert services.revoke(hung, token.id).revoked_at == first.revoked_at


def test_when_it_was_last_used_is_known_to_the_minute(services, hung, clock):
    made = services.add(hung, "a", ["see"], code=CODE)
    began = clock.now()
    for _ in range(3):
        services.use(made.secret, "10.0.0.9")
        clock.advance(20)
    [seen] = services.listed(hung)
    assert (seen.last_used_at, seen.last_address) == (began, "10.0.0.9")
    clock.advance(60)
    services.use(made.secret, "10.0.0.8")
    assert services.listed(hung)[0].last_used_at > began


def test_a_key_of_a_contributor_reaches_no_further_than_the_contributor(services, station, hung):
    from dataclasses import replace

    person = replace(hung, role=Role.CONTRIBUTOR, zones=("khu-1", "khu-2"))
    token = services.add(hung, "a", ["see"], code=CODE).token
    assert narrowed(person, token).zones == ("khu-1", "khu-2")
    assert narrowed(person, replace(token, zones=("khu-2", "khu-3"))).zones == ("khu-2",)
    lost = narrowed(person, replace(token, zones=("khu-3",)))
    assert lost.zones == ("",), "zones that the owner has lost open nothing, they do not open everything"


def test_who_sits_down_at_an_open_page_makes_no_key_where_an_application_is_asked(station, services, hung):
    import pyotp

    station.services.people.begin_totp(hung)
    _, secret = station.services.people.pending_totp(hung)
    number = pyotp.TOTP("".join(secret.split())).at(station.clock.now())
    station.services.people.confirm_totp(hung, number)
    with pytest.raises(Refused, match="code_needed"):
        services.add(hung, "a", ["see"])
    with pytest.raises(Refused, match="code_wrong"):
        services.add(hung, "a", ["see"], code="000000")
    assert services.listed(hung) == []


# Its acts in the audit


def test_what_a_key_did_stands_in_the_audit_under_its_name(station, lans, hung):
    lans.post("/announcements", {"title": "Tiêm chủng", "text": "Mời bà con đi tiêm chủng."})
    rows = station.repos.store.rows("SELECT * FROM audit WHERE via = 'api'")
    assert rows
    assert {(row["session"], row["act"]) for row in rows} == {("khóa 1", "write")}


def test_what_a_key_may_not_do_stands_there_too(station, lans):
    assert lans.post("/announcements/1/withdraw").status_code == 403
    [row] = station.repos.store.rows("SELECT * FROM audit WHERE via = 'api' AND session = 'khóa 1'")
    assert "withdraw" in str(row.values())


# The page


@pytest.fixture
def browser(app, hung):
    client = app.test_client()
    token = re.search(r'name="form_token" value="([^"]+)"', client.get("/dang-nhap").text)[1]
    client.post("/dang-nhap", data={"login": "hung", "password": CODE, "form_token": token, "toi": ""})
    return client


@pytest.fixture
def send(browser):
    def post(path, **fields):
        csrf = re.search(r'name="csrf" value="([^"]*)"', browser.get("/cai-dat/api").text)[1]
        return browser.post(path, data={"csrf": csrf, "act": secrets.token_urlsafe(16)} | fields)

    return post


def test_the_page_makes_a_key_shows_it_once_and_revokes_it(station, browser, send, services, hung):
    answer = send("/cai-dat/api", name="Cổng dữ liệu", acts=["see", "metrics"], days="90", owner="hung")
    secret = re.search(r">(loa_[\w-]{20,})<", answer.text)[1]
    used = services.use(secret)
    assert used.token.acts == ("metrics", "see")
    assert used.token.expires_at - station.clock.now() == timedelta(days=90)
    page = browser.get("/cai-dat/api").text
    assert secret not in page
    assert "Cổng dữ liệu" in page
    assert "Đang dùng được" in page
    assert send(f"/cai-dat/api/{used.token.id}/thu-hoi").status_code == 303
    assert services.use(secret) is None
    assert "Đã thu hồi" in browser.get("/cai-dat/api").text


def test_a_refused_form_comes_back_with_what_was_typed_and_the_sentence_beside_its_field(send, services, hung):
    answer = send("/cai-dat/api", name="Của Lan", days="30", owner="hung")
    assert answer.status_code == 422
    assert 'value="Của Lan"' in answer.text
    assert "ít nhất một quyền" in answer.text
    assert services.listed(hung) == []


def test_a_name_with_markup_stays_text(send, browser):
    send("/cai-dat/api", name="<script>alert(1)</script>", acts=["see"], days="30", owner="hung")
    page = browser.get("/cai-dat/api").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


# The commands


def test_the_command_line_makes_lists_and_revokes_keys(config, tmp_path):
    import json

    from click.testing import CliRunner

    from scheduler.cli import loa

    path = tmp_path / "config.toml"
    path.write_text('[station]\ndata = "data"\n')
    run = CliRunner(mix_stderr=False)

    def say(*words):
        return run.invoke(loa, ["--config", str(path), "token", *words])

    made = say("add", "cổng", "--act", "see", "--act", "metrics", "--json")
    assert made.exit_code == 0, made.output
    told = json.loads(made.stdout)
    assert told["token"].startswith("loa_")
    assert told["acts"] == ["metrics", "see"]
    [kept] = json.loads(say("list", "--json").stdout)
    assert (kept["name"], kept["revoked_at"]) == ("cổng", None)
    assert "token" not in kept
    assert say("revoke", "cổng").exit_code == 0
    assert "thu hồi" in say("list").stdout
    assert say("revoke", "cổng").exit_code != 0
    plain = say("add", "hai", "--act", "see")
    assert plain.stdout.strip().startswith("loa_")
    assert len(plain.stdout.splitlines()) == 1
