"""Stations that the code of step m022 filled, opened by this release: every page answers, a backup is made and put back."""

import re
from datetime import timedelta

import pytest

from scheduler.core.model import Role
from scheduler.services.backup.archive import looked_through
from scheduler.services.backup.restore import restore
from scheduler.station import Station
from tests.examples import spread
from tests.store.announcement.test_upgrade import rows_of
from tests.store.schema.test_full_upgrade import filled, path, stations  # noqa: F401 - a fixture
from tests.web.conftest import PASSWORDS
from web import create_app

TABLES = {"announcement_id": "announcement", "campaign_id": "campaign", "dispatch_id": "dispatch", "relay_id": "relay"}
"""What stands in an address → the table that has its numbers."""
GROWS = {
    "audit",
    "backup_run",
    "journal",
    "anchored",
    "heartbeat",
    "web_session",
    "known_device",
    "login_attempt",
    "town_line",
}
"""Tables that looking, backing up and putting back write into: a ward that was put back tells in a new line."""
VIEWERS = {"ky": Role.ADMIN, "khach": Role.APPROVER}
"""Who looks; no station of that time has one of that name."""
MAIN = (
    "/truc-tiep",
    "/ban-tin",
    "/duyet",
    "/dot",
    "/lich",
    "/cong-van",
    "/nhat-ky",
    "/bao-cao",
    "/cai-dat",
    "/tat-ca",
)


NO_INSTANT = "a_row_that_replace_pushes_out_is_told"
"""Its test wrote 'x' where an instant belongs, which no service of that time did."""


@pytest.fixture(params=spread([name for name in stations() if name != NO_INSTANT], 5))
def station(request, path, config, clock):  # noqa: F811 - the fixture
    """One of them, a day later, with somebody who may open all there is."""
    filled(path, stations()[request.param])
    assert path.parent == config.data
    clock.advance(timedelta(days=1).total_seconds())
    opened = Station.open(config, clock)
    opened.prepare()
    for login, role in VIEWERS.items():
        opened.repos.people.add(login, login, role, PASSWORDS[login], clock.now())
    yield opened
    opened.close()


def addresses(app, store):
    """Every address that can be looked at, with the numbers that rows have."""
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint == "static":
            continue
        if rule.arguments <= set(rule.defaults or ()):
            yield rule.rule
        elif len(rule.arguments) == 1 and (table := TABLES.get(*rule.arguments)):
            for row in store.rows(f"SELECT id FROM {table}"):  # noqa: S608 - names of the schema
                yield re.sub("<.*?>", str(row["id"]), rule.rule)


def test_every_page_answers_on_it_and_it_is_backed_up_and_put_back(station, client_of, tmp_path, clock):
    app, store = create_app(station, every_page=True), station.repos.store
    for login in VIEWERS:
        client = client_of(station.repos.people.by_login(login))
        asked = {one: client.get(one).status_code for one in addresses(app, store) if "su-kien" not in one}
        assert {one: code for one, code in asked.items() if code >= 500 and one != "/healthz"} == {}
        assert {one: code for one, code in asked.items() if one in MAIN and code != 200} == {}
        assert len(asked) > 80
    file = station.services.backups.make(station.repos.people.by_login("ky"), tmp_path / "sao-luu")
    contents = looked_through(file)
    assert contents.journal_whole
    before = rows_of(station.config.data / "loa.db")
    restore(file, tmp_path / "moi", "", now=clock.now())
    after = rows_of(tmp_path / "moi" / "loa.db")
    assert {name for name in before if name not in GROWS and before[name] != after[name]} == set()
