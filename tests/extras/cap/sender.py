"""An office that sends alerts in CAP, as the contract of all inboxes needs it: files handed in, and no word back."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from scheduler.extras.cap.keys import CapAlertConfig
from scheduler.extras.cap.rules.alert import Certainty, Severity, Urgency, instant_words
from scheduler.extras.cap.rules.rules import Rule
from scheduler.extras.cap.service.alerts import CapService
from scheduler.extras.inbox.rules import Way
from tests.extras.cap.work.alerts import INSIDE, SENDER, alert, info, reference
from tests.extras.inbox.sender import OTHER, TEXT, Sender

__all__ = ["Contracted"]

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
GRAVE = {"severity": "Extreme", "urgency": "Immediate", "certainty": "Observed"}
LIGHT = {"severity": "Moderate", "urgency": "Future", "certainty": "Likely"}


class Contracted(Sender):
    name, prefix, last_word = "Nguồn cảnh báo: Đài mẫu", "cap", None

    @staticmethod
    def configured(config, *, by_right):  # noqa: ARG004 - its rules are rows
        told = CapAlertConfig(sender="phuong-mot@vidu.example", place=INSIDE, geocodes=("00004",))
        return replace(config).having(told)

    def begin(self):
        self.services.trust.trust(self.minh, SENDER, "Đài mẫu", unsigned=True)
        self.number, self.file = 0, b""
        if not self.by_right:
            return
        air = Rule(0, "Thiên tai nặng", Way.AIR, (), Severity.SEVERE, Urgency.EXPECTED, Certainty.LIKELY)
        session = Rule(0, "Thời tiết", Way.SESSION, (), Severity.MINOR, Urgency.FUTURE, Certainty.POSSIBLE)
        for rule in (air, session):
            self.services.trust.approve_rule(self.minh, self.services.trust.add_rule(self.lan, rule).rule.id)

    @property
    def services(self):
        return self.station.services.get(CapService)

    def distrust(self):
        self.services.trust.distrust(self.minh, SENDER)

    def write(self, text=TEXT, *, urgent=False, ends=timedelta(hours=14)):
        expires = (self.station.clock.now() + ends).astimezone(VIETNAM)
        self.words = {"expires": instant_words(expires), "headline": "Xả lũ", "instruction": ""}
        self.words |= GRAVE if urgent else LIGHT
        self.first = f"C-{self.number + 1}"
        self._put("Alert", info(description=text, **self.words))

    def change(self, text=OTHER):
        self._put("Update", info(description=text, **self.words), references=reference(self.first))

    def cancel(self):
        self._put("Cancel", "", references=reference(self.first))

    def _put(self, kind, infos, **more):
        self.number += 1
        self.file = alert(infos, identifier=f"C-{self.number}", msgType=kind, **more)

    def deliver(self):
        self.services.receive(self.lan, self.file)

    def rows(self):
        rows = self.services.adapter.alerts.many("msg_type <> 'Cancel' ORDER BY id", ())
        return rows[next((place for place, row in enumerate(rows) if row.identifier == self.first), len(rows)) :]

    def told(self, row):
        return []
