"""The whole way against a real Kannel: parts as counted, refusals as meant, a station that sends and is killed."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from scheduler.extras.sms.gateway import Fate
from scheduler.extras.sms.keys import SmsConfig
from scheduler.extras.sms.rules.approval import RecipientState
from scheduler.extras.sms.rules.texts import cost, parts, without_diacritics
from scheduler.extras.sms.work import SmsSender, gateway_of, sending_beside
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import Refused
from scheduler.station import Station
from tests import lives
from tests.extras.sms.work.conftest import NUMBERS, TEXT
from tests.extras.sms.work.kannel import PASSWORD, USER, wait_for

pytestmark = pytest.mark.needs_sms_gateway
LONG = "UBND phường thông báo: từ 7h30 ngày 13/3 tổ chức tiêm vắc-xin tại trạm y tế, mời bà con mang theo thẻ. " * 3


@pytest.fixture
def config(config, kannel, tmp_path):
    secret = tmp_path / "sms-mat-khau"
    secret.write_text(PASSWORD + "\n", encoding="utf-8")
    secret.chmod(0o600)
    sms = SmsConfig(
        url=kannel.url,
        user=USER,
        password_file="sms-mat-khau",
        sender="BacSon",
        rate_per_second=100.0,
        allowed_hosts=("127.0.0.1",),
    )
    return config.having(sms)


@pytest.fixture
def clock():
    return SystemClock()


@pytest.fixture
def gateway(config):
    return gateway_of(config, SystemClock().monotonic)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("Moi ba con tiem phong", id="one_gsm_part"),
        pytest.param("a" * 160, id="a_full_gsm_part"),
        pytest.param("a" * 161, id="a_letter_more"),
        pytest.param("€" * 81, id="extension_table"),
        pytest.param("x" * 152 + "€" + "y" * 10, id="escape_at_the_edge"),
        pytest.param("ế" * 70, id="a_full_ucs_part"),
        pytest.param("ế" * 71, id="a_letter_more_in_ucs"),
        pytest.param(LONG.strip(), id="a_notice"),
        pytest.param(without_diacritics(LONG).strip(), id="a_notice_without_diacritics"),
    ],
)
def test_a_real_gateway_makes_as_many_parts_as_were_counted_and_the_same_ones(kannel, gateway, body):
    assert gateway.send(NUMBERS[0], body).fate is Fate.SENT
    got = kannel.wait_for_parts(cost(body).parts)
    assert [one.text for one in got] == list(parts(body))
    assert {(one.sender, one.number.removeprefix("+")) for one in got} == {("BacSon", NUMBERS[0].removeprefix("+"))}


def test_the_gateways_own_refusals_are_understood(kannel, config, gateway):
    assert gateway.send("+84991234567", "Moi").reason == "sms_number_refused"
    stranger = gateway_of(config.having(replace(config.get(SmsConfig), user="la")), SystemClock().monotonic)
    assert stranger.send(NUMBERS[0], "Moi").reason == "sms_auth"
    wrong = gateway_of(config.having(replace(config.get(SmsConfig), url=kannel.url + "x")), SystemClock().monotonic)
    assert wrong.send(NUMBERS[0], "Moi").fate is Fate.HALT
    gateway.reach()
    kannel.kill()
    assert gateway.send(NUMBERS[0], "Moi").reason == "sms_unreachable"
    with pytest.raises(Refused, match="sms_unreachable"):
        gateway.reach()


def test_a_gateway_that_hangs_leaves_a_doubt(kannel, config):
    kannel.hold()
    hasty = gateway_of(config.having(replace(config.get(SmsConfig), timeout_seconds=1.0)), SystemClock().monotonic)
    answer = hasty.send(NUMBERS[0], "Moi")
    kannel.release()
    assert (answer.fate, answer.reason) == (Fate.UNKNOWN, "sms_no_answer")


def test_from_approval_to_the_message_centre_beside_the_worker(kannel, sms):
    sms_id = sms.approved(plain=True)
    batch_id = sms.ordered(sms_id)
    stop = threading.Event()
    with sending_beside(sms.station, stop):
        wait_for(lambda: sms.state(batch_id)[0] == "ended", "the sending's end")
    got = kannel.wait_for_parts(len(NUMBERS))
    assert [one.number for one in got] == NUMBERS
    assert {one.text for one in got} == {"UBND phuong moi ba con tiem phong. Goi 02373761666"}
    assert (sms.counts(batch_id), sms.sms_state(sms_id)) == ({"sent": 5}, "sent")


def test_a_gateway_that_goes_away_and_comes_back_costs_nobody_their_sms(kannel, sms, gateway):
    batch_id = sms.ordered(sms.approved())
    sender = SmsSender(sms.station.services, gateway)
    assert sender.send_one()
    kannel.kill()
    assert sender.send_one()
    assert sms.state(batch_id) == ("sending", "sms_unreachable")
    kannel.up()
    assert sender.see_through(batch_id).state.value == "ended"
    assert sms.counts(batch_id) == {"sent": 5}


SENDING = """
import threading
from pathlib import Path
from scheduler.kernel.clock import SystemClock
from scheduler.config.loading import load
from scheduler.extras.sms.work import SmsSender, gateway_of
from scheduler.station import Station

station = Station.open(load(Path("config.toml")), SystemClock())
SmsSender(station.services, gateway_of(station.config, station.clock.monotonic)).work(threading.Event())
"""


def test_a_sender_killed_in_full_flight_sends_nobody_the_words_twice(kannel, sms, config, tmp_path):
    numbers = [f"+8491234{n:04d}" for n in range(300)]
    lines = [f'url = "{kannel.url}"', f'user = "{USER}"', 'password_file = "sms-mat-khau"', 'sender = "BacSon"']
    lines += ["rate_per_second = 100", 'allowed_hosts = ["127.0.0.1"]']
    (tmp_path / "config.toml").write_text("[sms]\n" + "\n".join(lines) + "\n", encoding="utf-8")
    batch_id = sms.ordered(sms.approved(), numbers)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[4])}
    for enough in (20, 60):
        process = subprocess.Popen([sys.executable, "-c", SENDING], cwd=tmp_path, env=environment)
        wait_for(lambda: sms.counts(batch_id).get("sent", 0) >= enough, f"{enough} sent")  # noqa: B023 - called now
        process.send_signal(signal.SIGKILL)
        process.wait()
    running = Station.open(config, SystemClock())
    SmsSender(running.services, gateway_of(config, running.clock.monotonic)).see_through(batch_id)
    running.close()
    counts = sms.counts(batch_id)
    got = [one.number for one in kannel.wait_for_parts(counts["sent"])]
    assert sorted(set(got)) == sorted(got)
    assert counts["sent"] + counts.get("unknown", 0) == len(numbers)
    assert counts.get("unknown", 0) <= 2
    doubtful = {one.number for one in sms.sendings.batches.recipients(batch_id, RecipientState.UNKNOWN)}
    assert set(numbers) - doubtful <= set(got)


def test_the_command_line_sends_and_waits_without_a_running_station(kannel, config, tmp_path, sms):
    sms_id = sms.approved(TEXT)
    (tmp_path / "ds.txt").write_text("\n".join(NUMBERS), encoding="utf-8")
    lines = [f'url = "{kannel.url}"', f'user = "{USER}"', 'password_file = "sms-mat-khau"']
    (tmp_path / "config.toml").write_text(
        "[sms]\n" + "\n".join(lines) + '\nallowed_hosts = ["127.0.0.1"]\nrate_per_second = 100\n', encoding="utf-8"
    )
    asked = lives.loa("--as", "lan", "sms", "gateway", cwd=tmp_path)
    assert asked.stdout == "Nối được tới cổng nhắn tin.\n"
    done = lives.loa("--as", "lan", "sms", "send", sms_id, "--numbers", "ds.txt", "--wait", cwd=tmp_path)
    assert (done.returncode, "Cổng đã nhận: 5" in done.stdout) == (0, True), done.stderr
    assert len(kannel.wait_for_parts(5)) == 5
