"""`loa config check` and `loa doctor` try what will be needed: every fault at once, with its key, its line and what to do."""

import os
import socket

import pytest
from click.testing import CliRunner

from scheduler.cli import loa
from scheduler.config.lines import line_of
from scheduler.config.loading import load
from scheduler.kernel.errors import ConfigError
from scheduler.playout.trials import output_trials
from scheduler.services.station.trials import trials
from tests.of_extras import of_extras, rows_of_extras

BROKEN = """
[station]
data = "data"

[web]
host = "192.0.2.7"

[backup]
passphrase_file = "gone.txt"
folder = "a-file/below"

[speech]
engines = []

[cap]
weekdays = []

[relay]
allowed_hosts = ["192.168.1.0/240"]

[amplifier]
on = ["no-such-command-here", "on"]

[[output]]
name = "ghi"
kind = "wavfile"

[[output]]
name = "ban"
kind = "rtp"
device = "no-such-host.invalid:5004"

[[output]]
name = "ong"
kind = "fifo"
device = "a-file"

[[zone]]
name = "khu-pho-9"
""" + "".join(of_extras("trials", "BROKEN"))
EXPECTED = rows_of_extras("trials", "EXPECTED") | {
    "web.host": "try_address",
    "backup.passphrase_file": "try_file_missing",
    "backup.folder": "try_folder",
    "speech.engines": "try_no_voice",
    "cap.weekdays": "try_no_weekday",
    "relay.allowed_hosts": "try_network",
    "amplifier.on": "try_command",
    "zone 1.name": "try_zone_silent",
}


@pytest.fixture
def written(tmp_path):
    """Write config.toml (its path); beside it lie a file, an empty one and one that is no certificate."""
    (tmp_path / "a-file").write_text("x", encoding="utf-8")
    (tmp_path / "empty.txt").write_text(" \n", encoding="utf-8")
    (tmp_path / "no-certificate.pem").write_text("x", encoding="utf-8")

    def write(text):
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def run(path, *words):
    return CliRunner().invoke(loa, ["--config", str(path), *words])


def test_every_fault_is_found_at_once_with_the_line_of_its_key(written):
    path = written(BROKEN)
    found = {one.what: one.reason for one in trials(load(path))}
    assert found == {f'"{key}" (dòng {line_of(BROKEN, key)})': reason for key, reason in EXPECTED.items()}
    lines = BROKEN.splitlines()
    assert all(key.split(".")[1] in lines[line_of(BROKEN, key) - 1] for key in EXPECTED)


def test_outputs_are_opened_one_by_one_and_a_fifo_is_only_looked_at(written, tmp_path):
    found = {one.what.split(",")[0]: (one.good, one.reason) for one in output_trials(load(written(BROKEN)), None)}
    assert found == {
        "Thử đầu ra ghi": (True, "try_output_opens"),
        "Thử đầu ra ban": (False, "try_output_fails"),
        "Thử đầu ra ong": (False, "try_output_fails"),
    }
    assert not (tmp_path / "data").exists(), "a trial leaves nothing behind"


def test_a_reader_of_a_fifo_keeps_reading_while_it_is_tried(written, tmp_path):
    os.mkfifo(tmp_path / "song")
    reader = os.open(tmp_path / "song", os.O_RDONLY | os.O_NONBLOCK)
    writer = os.open(tmp_path / "song", os.O_WRONLY)
    os.write(writer, b"sound")
    path = written('[[output]]\nname = "a"\nkind = "fifo"\ndevice = "song"\n')
    assert [one.good for one in output_trials(load(path), None)] == [True]
    assert os.read(reader, 10) == b"sound", "nothing was drained"
    os.close(writer)
    os.close(reader)


def test_what_a_living_playout_says_of_an_output_counts(written):
    path = written('[[output]]\nname = "a"\nkind = "rtp"\ndevice = "no-such-host.invalid:5004"\n')
    for state, good in (("open", True), ("retrying", False)):
        (one,) = output_trials(load(path), [{"name": "a", "state": state, "message": "no route"}])
        assert one.good is good
    (one,) = output_trials(load(path), [])
    assert (one.good, one.reason) == (None, "try_output_new")


@pytest.mark.parametrize("command", [("config", "check"), ("doctor",)], ids=" ".join)
def test_both_commands_tell_the_same_faults_and_fail(written, command):
    """Also those of a file that cannot be read as a whole: nothing is mended one by one."""
    path = written(BROKEN.replace('[web]\nhost = "192.0.2.7"', '[web]\nhost = "192.0.2.7"\nprot = 80\nport = 99999'))
    answer = run(path, *command)
    assert isinstance(answer.exception, ConfigError)
    told = "\n".join(answer.exception.faults)
    for word in ("web.prot", "web.port", *EXPECTED, "đầu ra ban", "đầu ra ong"):
        assert word in told


def test_a_configuration_that_holds_is_said_to_in_one_line(written):
    path = written('[web]\nhost = "127.0.0.1"\n[[output]]\nname = "ghi"\nkind = "wavfile"\n')
    answer = run(path, "config", "check")
    assert (answer.exit_code, answer.output.startswith("Cấu hình hợp lệ.")) == (0, True)
    assert not (path.parent / "data").exists()


def test_the_doctor_tries_and_fails_where_something_will_not_work(written):
    path = written('[[output]]\nname = "ghi"\nkind = "wavfile"\n[backup]\npassphrase_file = "gone.txt"\n')
    answer = run(path, "doctor")
    assert answer.exit_code == 1
    assert '[HỎNG] "backup.passphrase_file" (dòng 5): Không có tệp' in answer.output
    assert "[tốt ] Thử đầu ra ghi" in answer.output


def test_an_own_address_is_one_that_can_be_listened_at(written):
    from scheduler.services.station.trials import is_own_address

    assert all(map(is_own_address, ("127.0.0.1", "0.0.0.0", "localhost")))  # noqa: S104 - asked, not bound
    assert not any(map(is_own_address, ("192.0.2.7", "no-such-host.invalid", "")) if socket.has_ipv6 else ())
