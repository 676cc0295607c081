"""What the page may set: config.toml first, nothing opened by mistake, every change kept with the way back."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.config.loading import Config, ZoneConfig, parse
from scheduler.config.page import PAGE_KEYS, value_of
from scheduler.core.model import Role
from scheduler.core.planning.relaxations import Loosened
from scheduler.core.planning.rules import parse_window
from scheduler.kernel.errors import NotFound, NotPermitted, Refused
from scheduler.station import Station

WINDOWS, BASIS = "quiet_hours.windows", "quiet_hours.legal_basis"


@pytest.fixture
def tuan(station):
    """Tuấn looks after the machine."""
    return station.repos.people.add("tuan", "Tuấn", Role.TECHNICIAN, "mat-khau-cua-tuan", station.clock.now())


@pytest.fixture
def settings(station):
    return station.services.settings


def test_what_is_set_holds_at_once_and_in_every_process(settings, tuan, station, clock):
    other = Station.open(station.written, clock)
    assert settings.put(tuan, {"station.name": "Đài phường An Bình"}) == 1
    assert station.config.station.name == "Đài phường An Bình"
    assert other.config.station.name == "Đài phường An Bình"
    assert other.repos.config.station.name == "Đài phường An Bình"
    assert station.written.station.name == "Đài truyền thanh phường"
    other.close()


def test_the_same_configuration_is_given_until_something_changes(settings, tuan, station):
    settings.put(tuan, {"station.name": "A"})
    assert station.config is station.config
    assert station.config.rules is station.repos.config.rules
    before = station.config
    settings.put(tuan, {"station.name": "B"})
    assert station.config is not before


def test_what_stands_in_the_file_is_not_changed_by_the_page(tmp_path, clock):
    text = '[station]\nname = "Đài A"\n[[zone]]\nname = "bac"\nhomes = 120\n[[output]]\nzones = ["all", "bac"]\n'
    opened = Station.open(parse(text, tmp_path), clock)
    tuan = opened.repos.people.add("tuan", "Tuấn", Role.TECHNICIAN, "mat-khau-cua-tuan", clock.now())
    for key, value in (("station.name", "B"), ("zone:bac.homes", 5)):
        assert opened.services.settings.is_locked(key)
        with pytest.raises(Refused, match="setting_in_file"):
            opened.services.settings.put(tuan, {key: value})
    assert not opened.services.settings.is_locked("zone:bac.people")
    opened.services.settings.put(tuan, {"zone:bac.people": 480})
    assert (opened.services.settings.homes("bac"), opened.services.settings.people_in("bac")) == (120, 480)
    opened.close()


def test_a_key_that_moves_into_the_file_wins_over_what_the_page_had_set(settings, tuan, station, clock):
    settings.put(tuan, {"station.name": "Của trang"})
    written = replace(
        station.written,
        station=replace(station.written.station, name="Của tệp"),
        written=frozenset({"station.name"}),
    )
    again = Station.open(written, clock)
    assert again.config.station.name == "Của tệp"
    again.close()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.CONTRIBUTOR, Role.GUEST])
def test_only_who_may_configure_sets_anything(settings, station, role):
    person = station.repos.people.add("x", "X", role, "mat-khau-cua-x-1", station.clock.now())
    with pytest.raises(NotPermitted):
        settings.put(person, {"station.name": "B"})
    assert settings.history() == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("station.name", ""),
        ("station.name", 5),
        ("quiet_hours.windows", ["21:00"]),
        ("quiet_hours.windows", "21:00-05:00"),
        ("cap.weekdays", [7]),
        ("cap.sessions_a_day", -1),
        ("planning.blackout_dates", ["13/03/2020"]),
        ("chime.open", "two-tone"),
        ("zone:all.homes", -5),
        ("zone:all.noise_class", "loud"),
    ],
)
def test_a_value_that_the_file_could_not_have_is_refused_too(settings, tuan, station, key, value):
    with pytest.raises(Refused, match="setting_invalid"):
        settings.put(tuan, {key: value, "report.place": "An Bình"})
    assert station.config.report.place == ""


@pytest.mark.parametrize(
    "key", ["web.host", "station.data", "nothing.at_all", "zone:nowhere.homes", "zone:all.horn", "x"]
)
def test_what_is_not_of_the_page_is_not_found(settings, tuan, key):
    with pytest.raises(NotFound):
        settings.put(tuan, {key: "x"})


class TestQuietHours:
    def test_need_the_document_they_rest_on(self, settings, tuan, station, clock):
        bare = Station.open(
            replace(station.written, quiet_hours=replace(station.written.quiet_hours, legal_basis="")), clock
        )
        with pytest.raises(Refused, match="legal_basis_needed"):
            bare.services.settings.put(tuan, {WINDOWS: ["20:00-05:00", "11:30-13:30"]})
        bare.services.settings.put(tuan, {WINDOWS: ["20:00-05:00", "11:30-13:30"], BASIS: "QĐ 7/QĐ-UBND"})
        assert bare.config.rules.quiet_hours.legal_basis == "QĐ 7/QĐ-UBND"
        bare.close()

    def test_grow_without_being_asked_twice(self, settings, tuan, station):
        settings.put(tuan, {WINDOWS: ["20:30-05:30", "11:30-13:30"]})
        assert station.config.rules.quiet_hours.windows[0] == parse_window("20:30-05:30")

    def test_shrink_only_when_that_was_confirmed(self, settings, tuan, station):
        values = {WINDOWS: ["21:00-04:30", "11:30-13:30"]}
        assert settings.weighed(values) == (Loosened("quiet", "04:30-05:00"),)
        with pytest.raises(Refused, match="setting_loosens") as refusal:
            settings.put(tuan, values)
        assert refusal.value.details["told"] == "04:30-05:00"
        assert station.config.rules == station.written.rules
        settings.put(tuan, values, confirmed=True)
        assert station.config.rules.quiet_hours.windows[0] == parse_window("21:00-04:30")

    def test_replan_what_they_now_forbid(self, settings, tuan, station, cast):
        cast.running(
            cast.approved(seconds=30), base=4, windows=(parse_window("06:00-07:00"), parse_window("09:00-10:00"))
        )
        starts = lambda: [slot.start.hour for slot in station.repos.slots.of_day(cast.campaign(1).start)]  # noqa: E731
        assert 23 in starts()  # 06:00 of Việt Nam
        settings.put(tuan, {WINDOWS: ["21:00-05:00", "11:30-13:30", "06:00-07:00"]})
        assert starts()
        assert 23 not in starts()

    def test_leave_a_mark_in_the_journal_with_who_and_what(self, settings, tuan, station):
        settings.put(tuan, {WINDOWS: ["20:30-05:00", "11:30-13:30"]})
        (row,) = station.repos.store.rows("SELECT * FROM journal WHERE kind = 'rules'")
        assert row["reason"] == "rules_changed"
        assert "Tuấn" in row["note"]
        assert "20:30-05:00" in row["note"]
        assert station.services.proof.verify().whole

    def test_of_a_zone_are_its_own(self, tuan, station, clock):
        config = replace(station.written, zones=(ZoneConfig(name="bac"),))
        opened = Station.open(config, clock)
        opened.services.settings.put(tuan, {"zone:bac.quiet_hours": ["13:30-14:00"], "zone:bac.legal_basis": "TB 3"})
        assert opened.config.rules.quiet_of("bac").windows == (parse_window("13:30-14:00"),)
        with pytest.raises(Refused, match="setting_loosens"):
            opened.services.settings.put(tuan, {"zone:bac.quiet_hours": []})
        opened.close()


class TestUndo:
    def test_gives_back_what_held_before(self, settings, tuan, station):
        first = settings.put(tuan, {"station.name": "A", "report.place": "An Bình"})
        second = settings.put(tuan, {"station.name": "B"})
        settings.undo(tuan, second)
        assert station.config.station.name == "A"
        assert station.config.report.place == "An Bình"
        with pytest.raises(Refused, match="setting_changed_since"):
            settings.undo(tuan, first)

    def test_of_the_first_change_is_the_default_again_and_not_its_copy(self, settings, tuan, station, clock):
        settings.undo(tuan, settings.put(tuan, {"station.name": "A"}))
        renamed = replace(station.written, station=replace(station.written.station, name="Tên mới trong tệp"))
        again = Station.open(renamed, clock)
        assert again.config.station.name == "Tên mới trong tệp"
        again.close()

    def test_that_opens_a_quiet_hour_asks_first(self, settings, tuan, station):
        batch = settings.put(tuan, {WINDOWS: ["20:00-05:00", "11:30-13:30"]})
        with pytest.raises(Refused, match="setting_loosens"):
            settings.undo(tuan, batch)
        settings.undo(tuan, batch, confirmed=True)
        assert station.config.rules == station.written.rules

    def test_leads_back_also_to_rules_that_had_no_document(self, tuan, station, clock):
        bare = Station.open(
            replace(station.written, quiet_hours=replace(station.written.quiet_hours, legal_basis="")), clock
        )
        batch = bare.services.settings.put(tuan, {WINDOWS: ["20:00-05:00", "11:30-13:30"], BASIS: "QĐ 7"})
        bare.services.settings.undo(tuan, batch, confirmed=True)
        assert bare.config.rules == bare.written.rules
        bare.close()

    def test_is_in_the_history_as_a_change_of_its_own(self, settings, tuan, clock):
        batch = settings.put(tuan, {"station.name": "A"})
        clock.advance(60)
        settings.undo(tuan, batch)
        newest, oldest = settings.history()
        assert (newest.rows[0].value, newest.can_undo) == (None, True)
        assert (oldest.rows[0].value, oldest.rows[0].before, oldest.can_undo) == ("A", "Đài truyền thanh phường", False)
        assert {row.name for change in (newest, oldest) for row in change.rows} == {"Tuấn"}
        assert newest.rows[0].at - oldest.rows[0].at == timedelta(minutes=1)

    def test_nothing_is_written_when_everything_stands_so_already(self, settings, tuan):
        assert settings.put(tuan, {"station.name": "Đài truyền thanh phường"}) == 0
        assert settings.history() == []


def test_changes_are_never_rewritten(settings, tuan, station):
    settings.put(tuan, {"station.name": "A"})
    for sql in ("UPDATE setting_change SET person_id = 1", "DELETE FROM setting_change"):
        with pytest.raises(Exception, match="append-only"):
            station.repos.store.db.conn.execute(sql)
        station.repos.store.db.conn.rollback()


class TestHomes:
    @pytest.fixture
    def wards(self, station, clock):
        config = replace(station.written, zones=(ZoneConfig(name="bac"), ZoneConfig(name="nam")))
        opened = Station.open(config, clock)
        yield opened.services.settings
        opened.close()

    def test_are_not_known_until_somebody_says(self, wards, tuan):
        assert wards.homes("bac") is None
        assert wards.homes("all") is None
        wards.put(tuan, {"zone:bac.homes": 100})
        assert wards.homes("bac") == 100
        assert wards.homes("all") is None, "half a sum is no number"

    def test_of_the_whole_ward_are_its_own_or_the_sum(self, wards, tuan):
        wards.put(tuan, {"zone:bac.homes": 100, "zone:nam.homes": 50})
        assert wards.homes("all") == 150
        wards.put(tuan, {"zone:all.homes": 140})
        assert wards.homes("all") == 140


def test_every_key_of_the_page_that_this_build_has_has_a_value(config: Config):
    for key in PAGE_KEYS:
        with suppress(NotFound):  # a section that this build does not have
            assert value_of(config, key) is not None


def test_a_database_that_cannot_be_read_leaves_the_rules_as_they_were_known(settings, tuan, station):
    settings.put(tuan, {WINDOWS: ["20:30-05:00", "11:30-13:30"]})
    known = station.config
    station.repos.store.db.conn.execute("ALTER TABLE setting_change RENAME TO gone")
    assert station.config is known
    station.repos.store.db.conn.execute("ALTER TABLE gone RENAME TO setting_change")
