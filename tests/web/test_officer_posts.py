"""Every POST of the officer's pages: needs a session, the session's token, this host, the right, and acts once."""

import re

import pytest

OWN = ("dispatches", "announcements", "recordings", "approvals", "campaigns", "lexicon", "voices")
READ_ONLY = {"compose.look", "campaigns.preview_new", "campaigns.preview", "lexicon.preview"}
"""They show something and change nothing."""
LEADERS_ONLY = {"approvals.approve", "approvals.give_back", "approvals.withdraw", "voices.approve", "voices.keep_old"}


@pytest.fixture
def posts(app):
    """Endpoint -> an address of it."""
    found = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] in OWN and "POST" in (rule.methods or ()):
            path = re.sub(r"<int:\w+>", "1", rule.rule)
            found[rule.endpoint] = re.sub(r"<\w+>", "0" * 64, path)
    assert len(found) > 18
    return found


@pytest.fixture
def everything(cast):
    """Something to act upon: announcement 1, its clip, campaign 1."""
    announcement_id = cast.submitted()
    cast.station.services.campaigns.save(cast.lan, cast.campaign(announcement_id))
    return cast


def rows(station):
    """All that an act could change."""
    return [
        station.repos.store.rows(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608 - a name of the list below
        for table in ("dispatch", "clip", "announcement", "campaign", "slot", "job", "command", "lexicon_change")
    ]


def test_get_never_acts(posts, everything, lans):
    before = rows(everything.station)
    for endpoint, path in posts.items():
        status = lans.get(path).status_code
        assert status in {200, 404, 405}, (endpoint, status)  # 404: a page of what is not there
    assert rows(everything.station) == before


def test_a_stranger_is_sent_to_the_sign_in(app, posts, everything):
    before = rows(everything.station)
    for endpoint, path in posts.items():
        answer = app.test_client().post(path, data={"csrf": "", "act": "a"})
        assert answer.status_code == 303, endpoint
        assert answer.location.startswith("/dang-nhap"), endpoint
    assert rows(everything.station) == before


@pytest.mark.parametrize(
    "forged", [{"csrf": "wrong", "act": "k"}, {"act": "k"}, {}], ids=["wrong token", "no token", "nothing"]
)
def test_a_form_without_the_sessions_token_does_nothing(posts, everything, minhs, forged):
    before = rows(everything.station)
    for endpoint, path in posts.items():
        if endpoint not in READ_ONLY:
            assert minhs.post(path, data=forged).status_code == 422, endpoint
    assert rows(everything.station) == before


def test_another_sites_form_does_nothing_even_with_a_token(posts, everything, minhs):
    csrf = re.search(r'data-csrf="([^"]+)"', minhs.get("/cong-van").text)[1]
    before = rows(everything.station)
    for endpoint, path in posts.items():
        for header in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = minhs.post(path, data={"csrf": csrf, "act": "k"}, headers=header)
            assert answer.status_code == 422, endpoint
    assert rows(everything.station) == before


def test_only_leaders_may_approve_and_return(posts, everything, client_of, hung, send):
    browsers = {person.role: client_of(person) for person in (everything.lan, everything.minh, hung)}
    for endpoint, path in posts.items():
        allowed = {role.value: send(client, path).status_code != 403 for role, client in browsers.items()}
        expected = {"editor": endpoint not in LEADERS_ONLY, "approver": True, "admin": True}
        assert allowed == expected, endpoint


@pytest.mark.parametrize(
    ("path", "fields", "table"),
    [
        ("/ban-tin", {"title": "Rác thải", "text": "Đổ rác đúng giờ."}, "announcement"),
        ("/ban-tin/1/giong-doc", {}, "job"),
        (
            "/dot",
            {
                "title": "Đợt", "announcement_id": "1", "window": ["06:00-07:00"], "base": "2", "boost_kind": "none",
                "weekday": ["0"], "start": "02/12/2026", "end": "31/12/2026", "min_gap": "5", "repeat": "1", "priority": "3",
            },
            "campaign",
        ),
    ],
    ids=["a new announcement", "speech", "a new campaign"],
)  # fmt: skip
def test_the_same_form_sent_twice_acts_once_and_leads_to_the_same_place(station, lan, lans, send, path, fields, table):
    station.services.announcements.write(lan, "Tiêm chủng", "Mời bà con đi tiêm.")
    count = len(station.repos.store.rows(f"SELECT * FROM {table}"))  # noqa: S608 - a name of the table above
    first = send(lans, path, act="one-form", **fields)
    second = send(lans, path, act="one-form", **fields)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert len(station.repos.store.rows(f"SELECT * FROM {table}")) == count + 1  # noqa: S608 - see above
