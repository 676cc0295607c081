"""The advice of `loa doctor`, followed: each check is brought about, what its sentence says is done, and it is green.

Whatever the doctor can find wrong stands in one of three lists: followed here, followed by another test, or not tried,
with the reason. The last may only get shorter.
"""

import ast
import shlex
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from scheduler.cli import loa
from scheduler.config.loading import CapConfig, QuietHoursConfig, VoiceServerConfig, load
from scheduler.services.station.checkup import checkup
from scheduler.station import Station
from tests.services.station.test_checkup_links import certificate

ROOT = Path(__file__).parents[2]
PLACES = ("scheduler/services/station/checkup*.py", "scheduler/extras/*/standing.py", "scheduler/playout/trials.py")
"""Where the doctor's findings are made; what a kept file of the configuration lacks is `test_trials.py`'s."""
DAY = timedelta(days=1)
ELSEWHERE = {
    "check_database_damaged": "tests/cli/test_damage.py",
    "clock_ran_ahead": "tests/playout/test_clock_ahead.py",
    "try_output_fails": "tests/cli/test_trials.py",
}
"""Check → the test that follows its advice."""
UNTRIED = {
    "check_line_broken": "nothing is to be done: the station tries again by itself",
    "check_hub_process": "a supervised process that has died is started again; the sentence tells where to look",
    "check_town_process": "the same",
    "check_clusters_process": "the same",
    "check_hub_waiting": "nothing is to be done: what waits goes out when the broker is reached",
    "check_town_owed": "the same, at the ward",
    "check_clusters_silent": "somebody has to walk to the boxes",
    "check_clock_apart": "the clock of a machine is set outside the station",
    "check_hub_backup_open": "a key of config.toml, read by tests/docs/test_advice.py; the check itself in the hub's tests",
    "try_output_new": "the station is started again",
}
"""Check → why its advice is followed by no test."""


@pytest.fixture
def opened(station, clock):
    """The same station with other keys in its configuration."""
    made = []

    def with_(**changes):
        made.append(Station.open(replace(station.written, **changes), clock))
        return made[-1]

    yield with_
    for one in made:
        one.close()


def found(station, reason, **more):
    return [one for one in checkup(station.services, **more) if one.reason == reason]


def green(station, what, **more):
    """Whether the doctor says of this nothing but good."""
    told = [one for one in checkup(station.services, **more) if one.what == what]
    assert told, what
    return all(one.good for one in told)


def advised(finding, start):
    """What the sentence says to run, as words of a command line."""
    assert start in finding.told, finding.told
    return shlex.split(finding.told[finding.told.index(start) :].split(";")[0].split(",")[0].rstrip("."))


def modes(words):
    """The number that chmod is to set."""
    assert words[0] == "chmod"
    return int(words[1], 8)


class TestFollowed:
    def test_check_data_open(self, station):
        station.config.data.chmod(0o755)
        (one,) = found(station, "check_data_open")
        station.config.data.chmod(modes(advised(one, "chmod 700")))
        assert green(station, "Thư mục dữ liệu")

    def test_check_key_open(self, opened, station, tmp_path):
        secret = tmp_path / "khoa-giong"
        secret.write_text("x")
        secret.chmod(0o640)
        other = opened(voice_server=VoiceServerConfig(key_file="khoa-giong"))
        (one,) = found(other, "check_key_open")
        Path(str(one.details["file"])).chmod(modes(advised(one, "chmod 600")))
        assert green(other, "Khóa")

    def test_check_backup_none_yet_and_check_backup_not_nightly(self, opened, station, tmp_path):
        (one,) = found(station, "check_backup_none_yet")
        words = advised(one, "loa backup")
        file = tmp_path / "config.toml"
        file.write_text(f'[station]\ndata = "{station.config.data}"\n[[output]]\nname = "wav"\nkind = "wavfile"\n')
        done = CliRunner().invoke(loa, ["--config", str(file), *words[1:]], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        (one,) = found(station, "check_backup_not_nightly")
        assert "mục backup trong config.toml" in one.told
        file.write_text(file.read_text() + '[backup]\nfolder = "sao-luu"\n')
        assert green(opened(backup=load(file).backup), "Sao lưu")

    def test_check_quiet_without_basis_and_check_quiet_not_set(self, opened):
        bare = opened(quiet_hours=QuietHoursConfig(windows=("21:00-05:00",)))
        (one,) = found(bare, "check_quiet_without_basis")
        assert "trang Cài đặt, mục Giờ yên tĩnh" in one.told
        keep(bare, {"quiet_hours.legal_basis": "QĐ 12/QĐ-UBND"})
        assert found(bare, "check_quiet_without_basis") == []
        loud = opened(quiet_hours=QuietHoursConfig(windows=()))
        assert found(loud, "check_quiet_not_set")

    def test_check_cap_without_basis(self, opened):
        bare = opened(cap=CapConfig(sessions_a_day=3))
        (one,) = found(bare, "check_cap_without_basis")
        assert "trang Cài đặt" in one.told
        keep(bare, {"cap.legal_basis": "QĐ 12/QĐ-UBND"})
        assert found(bare, "check_cap_without_basis") == []

    def test_check_disk_low(self, station):
        assert found(station, "check_disk_low", free_bytes=lambda _: 5_000_000)
        assert green(station, "Ổ đĩa", free_bytes=lambda _: 5_000_000_000)

    def test_check_certificate_ends_and_check_certificate_ended(self, station, clock):
        for left, reason in ((5 * DAY, "check_certificate_ends"), (-DAY, "check_certificate_ended")):
            file = station.config.data / "town-ca.pem"
            certificate(file, clock.now() + left)
            assert found(station, reason), reason
            certificate(file, clock.now() + 300 * DAY)
            assert green(station, "Chứng chỉ town-ca.pem")

    def test_check_certificate_unreadable(self, station, clock):
        file = station.config.data / "town-ca.pem"
        file.write_text("no certificate")
        (one,) = found(station, "check_certificate_unreadable")
        certificate(Path(str(one.details["file"])), clock.now() + 300 * DAY)
        assert green(station, "Chứng chỉ town-ca.pem")


def keep(station, values):
    """What the page of the settings does."""
    station.services.settings.put(station.services.people.machine(), values, confirmed=True)


def codes() -> set[str]:
    """Every code that a finding may have which is not good."""
    made = set()
    for path in sorted(path for place in PLACES for path in ROOT.glob(place)):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="Finding"), args=[good, _, code, *_]) if ast.unparse(good) != "True":
                    made |= {
                        one.value
                        for one in ast.walk(code)
                        if isinstance(one, ast.Constant) and isinstance(one.value, str) and "_" in one.value
                    }
    return made - {"check_disk_left", "check_backup_last"}


def test_the_advice_of_every_check_is_followed_or_told_why_not():
    followed = {word for name in dir(TestFollowed) if name.startswith("test_") for word in name[5:].split("_and_")}
    assert sorted(codes() - followed - ELSEWHERE.keys() - UNTRIED.keys()) == []
    assert sorted(followed - codes()) == []
    assert len(UNTRIED) <= 10, "this list only gets shorter"
    assert [path for path in ELSEWHERE.values() if not (ROOT / path).is_file()] == []
