"""Việc cần làm: what inhabitants report."""

from dataclasses import replace

from scheduler.core.model import Role
from scheduler.extras.public.keys import PublicConfig
from scheduler.extras.public.rules.tickets import TicketState
from scheduler.extras.public.service.tickets import TicketService, Told
from scheduler.station import Station
from tests.services.station.test_tasks import OUTPUT


def test_what_inhabitants_report_is_told_until_it_is_answered(config, clock, tmp_path):
    opened = replace(config, folder=tmp_path / "mo").having(replace(config.get(PublicConfig), on=True))
    ward = Station.open(opened, clock)
    ward.repos.jobs.beat("playout", 1, clock.now(), {"outputs": [OUTPUT], "clock_trusted": True})
    officer = ward.repos.people.add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", clock.now())
    told = Told("mot-to", ward.services.get(TicketService).places()[0], "silent", clock.now())
    ticket_id = ward.services.get(TicketService).report(told, "192.0.2.1").ticket_id
    (task,) = ward.services.to_do.open()
    assert (task.reason, task.mend, task.about) == ("ticket_open", "ticket", str(ticket_id))
    seen = ward.services.get(TicketService).open()[0]
    ward.services.get(TicketService).answer(officer, seen, TicketState.DONE, "Đã thay loa.")
    assert ward.services.to_do.open() == []
    ward.close()
