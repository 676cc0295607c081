"""Bản tin nguồn: the inbox of the province's bulletins, and how the link stands.

What only a bulletin's card says; the rest of the page is every inbox's. It decides nothing.
"""

from pathlib import Path
from typing import Any

from flask import render_template

from scheduler.core.words.wording import sentence, sentence_of
from scheduler.extras.inbox.pages import Called, InboxPage
from scheduler.extras.inbox.service.inbox import Inbox
from scheduler.extras.province.rules.kept import BulletinRow
from scheduler.extras.province.service.bulletins import ProvinceService
from scheduler.kernel.words import Words
from web.auth import Answer, page_of, services

__all__ = ["bp", "province_waiting"]

NOTICES = Words(Path(__file__).parent, "notices", str)


class ProvincePage(InboxPage[BulletinRow]):
    name, address, mark = "province", "/ban-tin-nguon", "nguon-"
    accept, done = "dua-vao", ("nhan-nguon", "phat-nguon", "bo-nguon")
    notices = NOTICES
    called = Called(
        thing="Bản tin",
        nothing="Không có bản tin nguồn nào chờ quyết định.",
        aside="Bỏ qua bản tin này",
        aside_why="Lý do bỏ qua",
    )

    @property
    def inbox(self) -> Inbox[BulletinRow]:
        return services().get(ProvinceService).inbox

    def about(self, row: BulletinRow) -> dict[str, Any]:
        bulletin = services().get(ProvinceService).adapter.bulletin(row)
        sender = " · ".join(filter(None, (bulletin.issuer_name or "Không rõ nơi gửi", bulletin.author)))
        version = ((f"bản thứ {row.version}", ""),) if row.version > 1 else ()
        return {"sender": sender, "chips": version}

    def beside(self) -> dict[str, Any]:
        return _link()


bp = ProvincePage().bp


@bp.app_template_global()
def province_waiting(*, emergency: bool = False) -> int:
    """How many bulletins wait for a person."""
    return services().get(ProvinceService).inbox.waiting_count(emergency=emergency)


@bp.get("/ban-tin-nguon/tinh-hinh")
@page_of("see")
def state() -> Answer:
    """How the link stands, asked for every five seconds."""
    return render_template("province/_link.html", **_link())


def _link() -> dict[str, Any]:
    told = services().get(ProvinceService).link.state()
    minutes = told.clock_off_minutes
    return {
        "link": told,
        "link_fault": sentence_of(told) if told.configured else sentence("province_off"),
        "clock_fault": sentence("province_clock_off", {"minutes": abs(minutes)}) if minutes else "",
    }
