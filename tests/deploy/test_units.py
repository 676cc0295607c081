"""The systemd units: what systemd itself says of them, and what they have to say."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from scheduler.commands.air import process
from scheduler.watchdog import PATIENCE

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = ["loa", "loa-hub", "loa-cluster"]
SYSTEMD = shutil.which("systemd-analyze")


class Unit(configparser.RawConfigParser):
    """Enough of systemd's grammar for our own units: no key stands twice in them but in the drop-in."""

    def __init__(self, path):
        super().__init__(strict=False, interpolation=None)
        self.optionxform = str
        self.read_string(path.read_text(encoding="utf-8"))


@pytest.fixture(params=UNITS)
def unit(request):
    return Unit(DEPLOY / f"{request.param}.service")


@pytest.fixture
def service(unit):
    return unit["Service"]


@pytest.mark.skipif(SYSTEMD is None, reason="no systemd-analyze")
def test_systemd_finds_no_fault_in_them(tmp_path):
    made = []
    for path in sorted([*DEPLOY.glob("*.service"), *(DEPLOY / "nats").glob("loa-wards.*")]):
        text = re.sub(r"(?m)^(ExecStart(?:Pre)?=)\S+", r"\1/bin/true", path.read_text(encoding="utf-8"))
        (tmp_path / path.name).write_text(text)
        made.append(str(tmp_path / path.name))
    done = subprocess.run(
        [SYSTEMD, "verify", "--man=no", *made], capture_output=True, text=True, timeout=60, check=False
    )
    told = [line for line in (done.stdout + done.stderr).splitlines() if str(tmp_path) in line or "loa" in line]
    assert (done.returncode, told) == (0, [])


@pytest.mark.skipif(SYSTEMD is None, reason="no systemd-analyze")
@pytest.mark.parametrize("name", UNITS)
def test_systemd_calls_them_well_guarded(name):
    """Exposure goes from 0 (nothing to get at) to 10; below 2.5 a service is far better guarded than most."""
    command = [SYSTEMD, "security", "--offline=true", "--threshold=25", str(DEPLOY / f"{name}.service")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout[-600:]


def test_playout_may_ask_for_real_time_and_the_whole_service_is_not_made_so(service):
    assert int(service["LimitRTPRIO"]) >= 1
    assert "RestrictRealtime" not in service
    assert "CPUSchedulingPolicy" not in service
    assert "Nice" not in service


def test_a_station_is_never_given_up(unit, service):
    assert service["Restart"] == "always"
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"


def test_sound_cards_are_in_reach(service):
    assert "audio" in service["SupplementaryGroups"].split()
    assert service.get("PrivateDevices", "false") != "true"


@pytest.mark.parametrize("name", ["loa", "loa-hub"])
def test_the_watchdog_waits_long_enough_for_a_supervisor_that_mends_first(name):
    service = Unit(DEPLOY / f"{name}.service")["Service"]
    assert (service["Type"], service["NotifyAccess"]) == ("notify", "main")
    assert int(service["WatchdogSec"]) >= 2 * 20, "a turn may wait twice ten seconds for the database"
    assert min(PATIENCE.values()) < int(service["WatchdogSec"])


def test_the_hub_and_the_station_never_run_on_the_same_data():
    hub = Unit(DEPLOY / "loa-hub.service")
    assert "loa.service" in hub["Unit"]["Conflicts"].split()


def test_the_commands_of_the_units_are_commands():
    from scheduler.cli import loa

    assert process.hidden
    services = {name: Unit(DEPLOY / f"{name}.service")["Service"] for name in UNITS}
    for name, line in [
        (n, one[key]) for n, one in services.items() for key in ("ExecStart", "ExecStartPre") if key in one
    ]:
        words = line.split()
        assert words[1:5:2] == ["--config", "--data"]
        node = loa
        for word in words[5:]:
            node = node.get_command(click.Context(node), word)
            assert node is not None, f"{name}: {' '.join(words[5:])} is no command"


def test_the_broker_reads_the_configuration_that_is_shipped_and_may_write_its_store_only():
    dropped = Unit(DEPLOY / "nats" / "nats-server.service.d" / "loa.conf")["Service"]
    assert dropped["ExecStart"] == "/usr/sbin/nats-server -c /etc/loa-phuong/nats/nats-server.conf"
    store = re.search(r"store_dir: (\S+)", (DEPLOY / "nats" / "nats-server.conf").read_text())[1]
    assert store == f"/var/lib/{dropped['StateDirectory']}"
    assert dropped["ProtectSystem"] == "strict"
