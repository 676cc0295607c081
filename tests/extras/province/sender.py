"""A provincial system as the contract of all inboxes needs it: bulletins of a list, that is told of airings by logs."""

import json
from dataclasses import replace
from datetime import timedelta

from scheduler.extras.province.keys import ProvinceConfig
from scheduler.extras.province.service.bulletins import ProvinceService
from tests.extras.inbox.sender import OTHER, TEXT, Sender

__all__ = ["Contracted"]

ISSUER = "H24"


class Contracted(Sender):
    name, prefix, last_word = "Nguồn: Tỉnh", "province", "log"

    @staticmethod
    def configured(config, *, by_right):
        told = ProvinceConfig(url="https://nguon.example", username="phuong", password_file="mat-khau")
        rules = {"emergency": "air", "priority": "next_session", "trusted_issuers": (ISSUER,)} if by_right else {}
        return replace(config).having(replace(told, **rules))

    def begin(self):
        self.services.link.rows.begin()
        self.bulletin, self.number = {}, 0

    @property
    def services(self):
        return self.station.services.get(ProvinceService)

    def distrust(self):
        plain = replace(self.station.written.get(ProvinceConfig), trusted_issuers=("ai khác",))
        written = replace(self.station.written).having(plain)
        for told in (self.station, self.station.repos):
            object.__setattr__(told, "written", written)

    def write(self, text=TEXT, *, urgent=False, ends=timedelta(hours=14)):
        now = self.station.clock.now()
        self.number += 1
        self.bulletin = {
            "BanTinID": f"BT-{self.number}",
            "LoaiBanTin": 1,
            "MucDoUuTien": "1" if urgent else "2",
            "TieuDe": "Xả lũ",
            "NoiDung": text,
            "ThoiGianSanXuat": int(now.timestamp()),
            "NgayKetThuc": int((now + ends).timestamp()),
            "NguonID": ISSUER,
            "TenNguon": "Tỉnh",
        }

    def change(self, text=OTHER):
        self.bulletin = self.bulletin | {"NoiDung": text}

    def cancel(self):
        self.bulletin = self.bulletin | {"DaHuy": True}

    def deliver(self):
        self.services.receive(self.bulletin, self.station.clock.now())

    def rows(self):
        return self.services.adapter.bulletins.versions(f"BT-{self.number}")

    def told(self, row):
        self.services.link.queue_new()
        sql = "SELECT body_json FROM province_outbox ORDER BY id"
        bodies = [json.loads(one["body_json"]) for one in self.station.repos.store.rows(sql)]
        return ["log" for one in bodies if one["BanTinID"] == row.bulletin_id]
