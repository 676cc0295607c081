"""An SMS of the cast: written by Lan, approved by Minh, sent by a gateway of the test."""

from dataclasses import dataclass, field

import pytest

from scheduler.extras.sms.gateway import Fate, GatewayAnswer
from scheduler.extras.sms.keys import SmsConfig
from scheduler.extras.sms.rules.texts import sms_sha256
from scheduler.extras.sms.service.sendings import SmsSendings
from scheduler.extras.sms.service.texts import SmsService
from scheduler.extras.sms.work import SmsSender
from tests.extras.sms.work.kannel import kannel  # noqa: F401 - a fixture

TEXT = "UBND phường mời bà con tiêm phòng. Gọi 02373761666"
NUMBERS = [f"+849123456{n:02d}" for n in range(5)]


@pytest.fixture
def config(config):
    return config.having(SmsConfig(url="https://gateway.example/cgi-bin/sendsms", rate_per_second=100.0))


@dataclass
class FakeGateway:
    """Answers as it is told, the last answer for ever, and remembers who it was asked for."""

    answers: list[GatewayAnswer] = field(default_factory=lambda: [GatewayAnswer(Fate.SENT, "Accepted")])
    asked: list[tuple[str, str]] = field(default_factory=list)
    before: object = None

    def send(self, number, body):
        self.asked.append((number, body))
        if callable(self.before):
            self.before()
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    @property
    def numbers(self):
        return [number for number, _ in self.asked]


@dataclass
class SmsCast:
    """Short ways to what many tests need; every step goes through the desk."""

    station: object
    lan: object
    minh: object

    @property
    def services(self):
        return self.station.services.get(SmsService)

    @property
    def sendings(self):
        return self.station.services.get(SmsSendings)

    def submitted(self, text=TEXT, *, plain=False):
        sms_id = self.services.write(self.lan, "Tiêm phòng", text, plain=plain)
        self.services.submit(self.lan, sms_id)
        return sms_id

    def approved(self, text=TEXT, *, plain=False):
        sms_id = self.submitted(text, plain=plain)
        self.services.approve(self.minh, sms_id, sms_sha256(self.services.texts.get(sms_id).body))
        return sms_id

    def checked(self, sms_id, numbers=NUMBERS, *, again=False):
        return self.sendings.check(self.lan, sms_id, "\n".join(numbers).encode(), "ds.txt", again=again)

    def ordered(self, sms_id, numbers=NUMBERS, *, again=False):
        batch_id = self.checked(sms_id, numbers, again=again)
        self.sendings.order(self.lan, batch_id)
        return batch_id

    def sender(self, gateway):
        return SmsSender(self.station.services, gateway)

    def send_all(self, sender):
        """As the sender's loop does, on the stepped clock; how many were sent to."""
        clock, many = self.station.clock, 0
        while (wait := sender.wait_for()) is not None:
            clock.sleep_until(clock.monotonic() + wait)
            many += sender.send_one()
        return many

    def counts(self, batch_id):
        return {state.value: many for state, many in self.sendings.batches.counts(batch_id).items() if many}

    def state(self, batch_id):
        batch = self.sendings.batches.get(batch_id)
        return batch.state.value, batch.reason

    def sms_state(self, sms_id):
        return self.services.texts.get(sms_id).state.value


@pytest.fixture
def sms(station, lan, minh):
    return SmsCast(station, lan, minh)
