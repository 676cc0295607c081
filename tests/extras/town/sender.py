"""A town as the contract of all inboxes needs it: signed envelopes in a stream, that is told of every step."""

from dataclasses import replace
from datetime import timedelta

from scheduler.core.model import Priority, Role
from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.rules.envelope import Act
from scheduler.extras.town.service.town import TownService
from tests.extras.inbox.sender import OTHER, TEXT, Sender
from tests.extras.town.service.town import WARD, pinned, told

__all__ = ["Contracted"]


class Contracted(Sender):
    name, prefix, last_word = "Cấp trên: Thị xã", "town", "played"

    @staticmethod
    def configured(config, *, by_right):
        told = TownConfig(url="nats://127.0.0.1:1", ward_id=WARD)
        rules = {"emergency": "air", "priority": "next_session"} if by_right else {}
        return replace(config).having(replace(told, **rules))

    def begin(self):
        now = self.station.clock.now()
        self.boss = self.station.repos.people.add("quan", "Quân", Role.ADMIN, "mat-khau-cua-quan", now)
        self.town = pinned(self.station, self.boss, may_emergency=self.by_right)
        self.sent, self.place = [], 0
        """Every version of the thing of now; and how many messages the stream has."""

    @property
    def services(self):
        return self.station.services.get(TownService)

    def distrust(self):
        self.services.unpin(self.boss, self.town.issuer)

    def write(self, text=TEXT, *, urgent=False, ends=timedelta(hours=14)):
        self.sent, self.priority = [], Priority.EMERGENCY if urgent else Priority.PRIORITY
        self._put(text=text, expires=self.station.clock.now() + ends)

    def change(self, text=OTHER):
        self._put(text=text, act=Act.UPDATE, references=(self.sent[0].id,))

    def cancel(self):
        self._put(act=Act.CANCEL, references=(self.sent[0].id,))

    def _put(self, **changes):
        self.sent.append(self.town.envelope(priority=self.priority, **changes))
        self.raw, self.place = self.town.raw(self.sent[-1]), self.place + 1

    def deliver(self):
        self.services.receive(self.raw, "dispatch.all", self.place)

    def tend(self):
        self.services.tend()

    def rows(self):
        ids = [one.id for one in self.sent if one.act is not Act.CANCEL]
        return [row for one in ids if (row := self.services.rows.of_issue(one)) is not None]

    def told(self, row):
        return told(self.station, row.issue_id)
