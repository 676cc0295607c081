"""The link as a process: killed at every point it may be killed at, under `loa run`, and absent where there is no town."""

import os
import signal
import subprocess
import sys

import pytest

from scheduler.config import loading as configuration
from scheduler.core.model import Priority, Role
from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.service.town import TownService
from scheduler.extras.town.work.process import TownLink
from scheduler.kernel.clock import SystemClock
from scheduler.station import Station
from tests import lives
from tests.extras.town.broker.servers import NatsServer, Own
from tests.extras.town.work import faulty, loaded
from tests.extras.town.work.conftest import GROUP, WARD, Linked
from tests.extras.town.work.town_side import PATIENCE, now, wait_until
from tests.needs import same_clock_everywhere
from tests.ports import free_port
from tests.station.conftest import CONFIG, Running, frames_in
from tests.waiting import until

LINKED = """
[town]
url = "{url}"
ward_id = "{ward}"
groups = ["{group}"]
hub_url = "{page}"
emergency = "air"
messages_a_second = 200
{more}
"""
LONG = "Hồ chứa xả lũ từ mười giờ, bà con ở bãi sông đưa người già và trẻ em lên nhà văn hoá khu phố ngay. " * 8
"""A minute to say."""


@pytest.fixture
def clock():
    return SystemClock()


@pytest.fixture
def config_path(tmp_path, server, sounds):
    path = tmp_path / "config.toml"
    told = CONFIG.format(port=free_port(), kind="wavfile")
    ca = f'ca_file = "{server.ca_file}"' if server.ca_file else ""
    told += LINKED.format(url=server.url, ward=WARD, group=GROUP, page=sounds.url, more=ca)
    path.write_text(told, encoding="utf-8")
    return path


@pytest.fixture
def config(config_path):
    return configuration.load(config_path)


@pytest.mark.parametrize("point", ["before_insert", "before_commit", "before_ack", "before_sent"])
def test_a_link_killed_at_any_point_stores_once_airs_once_and_acknowledges(
    point, town, station, config_path, trust, inbox
):
    """Acceptance test 5."""
    same_clock_everywhere("the broker is a Go program and keeps the machine's clock")
    trust(town)
    with (config_path.parent / "faulty.log").open("wb") as out:
        begun = {"stdout": out, "env": os.environ | {"LOA_FAULT": point}, "first": faulty.put}
        killed = lives.Begun("--config", config_path, "process", "link", **begun)
    issued = town.issue(now(), priority=Priority.EMERGENCY, text="Hồ xả lũ, bà con sơ tán ngay.")
    assert killed.wait(PATIENCE) == -signal.SIGKILL
    assert len(inbox()) == (1 if point in {"before_ack", "before_sent"} else 0)
    link = Linked(station).up()
    try:
        wait_until(lambda: inbox() and inbox()[0]["slot_id"], "its slot")
        wait_until(lambda: "received" in town.acks(issued.id), "its acknowledgement")
        wait_until(lambda: station.services.get(TownService).up.rows.state().waiting == 0)
    finally:
        link.end()
    assert len(inbox()) == 1
    assert len(station.repos.store.rows("SELECT * FROM slot WHERE trigger = 'emergency'")) == 1
    # Killed before it is committed, an acknowledgement may have been on its way out: then a line begins, as after any
    # copy that is behind what was told.
    told = [(body["line"], body["row"]) for _, _, body in town.up()]
    assert len(told) == len(set(told)), "the stream itself knows a row again"
    for line in {line for line, _ in told}:
        rows = sorted(row for of, row in told if of == line)
        assert rows == list(range(1, len(rows) + 1)), "no row is missing"


def test_the_process_loads_neither_the_page_nor_the_alarms_nor_playout():
    code = "import sys, scheduler.extras.town.work.process; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "nats" in loaded
    assert {"flask", "apscheduler", "waitress", "werkzeug", "av", "scheduler.playout.engine"} & set(loaded) == set()


def test_a_station_without_a_town_never_loads_the_brokers_client(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(port=free_port(), kind="wavfile"), encoding="utf-8")
    assert lives.lived(loaded.no_client, path) == 0


def test_a_second_link_on_the_same_folder_is_refused(station, town, link, trust):
    import threading

    from scheduler.kernel.errors import Refused

    trust(town)
    link.up()
    with pytest.raises(Refused, match="link_runs_already"):
        TownLink(station).run(threading.Event())


class TestUnderTheSupervisor:
    @pytest.fixture
    def server(self, tmp_path, ward_seed):
        from scheduler.extras.town.broker import keys

        made = NatsServer(tmp_path, wards={WARD: Own(keys.public_of(ward_seed), (GROUP,))}, port=free_port(), tls=True)
        yield made
        made.stop()

    @pytest.fixture
    def loa_run(self, config_path):
        begun = Running(config_path)
        yield begun
        begun.end()

    def test_it_airs_an_emergency_over_tls_is_killed_and_comes_back_while_playout_plays_on(
        self, loa_run, town, station, trust, clock
    ):
        from tests.conftest import Cast

        loa_run.up(station)
        trust(town)
        until(lambda: loa_run.beats(station, "link"), "the heartbeat of the link")
        until(lambda: station.services.get(TownService).up.state().reached_at, "the broker")
        before = loa_run.children()
        lan = station.repos.people.add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", clock.now())
        minh = station.repos.people.add("minh", "Minh", Role.APPROVER, "mat-khau-cua-minh", clock.now())
        cast = Cast(station, lan, minh)
        slot_id = station.services.air.play_now(minh, cast.approved(seconds=8.0), chime=False)
        until(lambda: (one := station.services.air.on_air().airing) and one["played_ms"] > 500, "the airing")
        os.kill(before["link"], signal.SIGKILL)
        until(lambda: loa_run.children().get("link") not in {None, before["link"]}, "a new link")
        issued = town.issue(now(), priority=Priority.EMERGENCY, title="Xả lũ", text="Hồ xả lũ, bà con sơ tán ngay.")
        ended = "SELECT * FROM journal WHERE kind = 'airing' ORDER BY seq"
        until(lambda: len(station.repos.store.rows(ended)) == 2, "both airings")
        rows = {row["trigger"]: row for row in station.repos.store.rows(ended)}
        assert rows["emergency"]["outcome"] == "played"
        assert (rows["manual"]["slot_id"], rows["manual"]["outcome"]) == (slot_id, "played")
        until(lambda: "played" in town.acks(issued.id), "its end told")
        told = until(
            lambda: [body for _, _, body in town.up() if body["kind"] == "asrun" and body["id"] == issued.id],
            "its airing told",
        )
        assert told[0]["journal"]["played_ms"] == rows["emergency"]["played_ms"]
        until(lambda: [body for _, _, body in town.up() if body["kind"] == "health"], "the station's health")
        after = loa_run.children()
        names = ("playout", "web", "worker")
        assert {name: after[name] for name in names} == {name: before[name] for name in names}

    def test_a_cancelling_of_the_town_ends_the_sound_and_the_journal_has_just_what_was_heard(
        self, loa_run, town, station, trust
    ):
        """Acceptance test 8, with everything in between: broker, link, rows, playout, the recording."""
        loa_run.up(station)
        trust(town)
        until(lambda: station.services.get(TownService).up.state().reached_at, "the broker")
        issued = town.issue(now(), priority=Priority.EMERGENCY, title="Xả lũ", text=LONG)
        path = until(lambda: next((station.config.data / "wav").rglob("*.wav"), None), "the recording")
        until(lambda: frames_in(path) > 2 * 48_000, "its sound")
        at = frames_in(path)
        town.issue(now(), act="cancel", references=(issued.id,), priority=Priority.EMERGENCY)
        row = until(lambda: station.repos.store.row("SELECT * FROM journal WHERE kind = 'airing'"), "its end")
        frames = frames_in(path)
        print(f"{(frames - at) / 48_000:.2f} s of sound after the cancelling was issued")
        assert (row["outcome"], row["reason"]) == ("partial", "stopped_by_town")
        assert abs(frames / 48 - row["played_ms"]) <= 21
        assert row["planned_ms"] > row["played_ms"] + 10_000
        until(lambda: "cancelled" in town.acks(issued.id), "its end told")
        (told,) = [body for _, _, body in town.up() if body.get("state") == "cancelled"]
        assert told["played_ms"] == row["played_ms"]
        assert frames_in(path) == frames, "and nothing sounds any more"

    def test_a_second_loa_on_the_same_ward_is_refused_whatever_it_is_to_do_and_nothing_airs_twice(
        self, loa_run, town, station, trust, config_path
    ):
        """Acceptance test 17: two schedulers on one database would air everything twice."""
        loa_run.up(station)
        trust(town)
        until(lambda: station.services.get(TownService).up.state().reached_at, "the broker")
        before = loa_run.children()
        for words in (("run",), ("process", "playout"), ("link", "run")):
            other = lives.loa("--config", config_path, *words)
            assert (other.returncode, other.stdout) == (1, ""), words
            assert len(other.stderr.splitlines()) == 1, other.stderr
        assert loa_run.children() == before
        issued = town.issue(now(), priority=Priority.EMERGENCY, title="Xả lũ", text="Hồ xả lũ, bà con sơ tán ngay.")
        until(lambda: "played" in town.acks(issued.id), "its end told")
        (row,) = station.repos.store.rows("SELECT * FROM journal WHERE kind = 'airing'")
        (slot,) = station.repos.store.rows("SELECT id FROM slot")
        assert (row["slot_id"], row["outcome"]) == (slot["id"], "played")
        assert len(list((station.config.data / "wav").rglob("*.wav"))) == 1
        assert len(station.repos.store.rows("SELECT * FROM airing")) == 1


class TestPairedWhileItRuns:
    """`loa run` of a ward without a town: no process; then it is paired, and the process is there."""

    @pytest.fixture
    def config_path(self, tmp_path):
        path = tmp_path / "config.toml"
        path.write_text(CONFIG.format(port=free_port(), kind="wavfile"), encoding="utf-8")
        return path

    @pytest.fixture
    def loa_run(self, config_path):
        begun = Running(config_path)
        yield begun
        begun.end()

    def test_the_process_begins_when_the_settings_name_a_town(self, loa_run, station, town, server, clock, sounds):
        loa_run.up(station)
        assert "link" not in loa_run.children()
        tuan = station.repos.people.add("tuan", "Tuấn", Role.ADMIN, "mat-khau-cua-tuan", clock.now())
        station.services.get(TownService).pin(tuan, town.issuer, "Thị xã")
        station.services.settings.put(
            tuan,
            {"town.url": server.url, "town.ward_id": WARD, "town.groups": [GROUP], "town.hub_url": sounds.url},
            confirmed=True,
        )
        until(lambda: loa_run.children().get("link"), "the process")
        issued = town.issue(now())
        until(lambda: town.acks(issued.id), "its acknowledgement")
        again = Station.open(station.written, clock)
        assert again.config.get(TownConfig).ward_id == WARD
        again.close()
