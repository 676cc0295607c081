"""Hostile words in a report of an inhabitant, and in its answer."""

from scheduler.extras.public.rows.tickets import TicketRows
from scheduler.extras.public.rules.tickets import NewReport, TicketKind
from scheduler.extras.public.service.tickets import TicketService


def write(station, lan, evil, mark, zone="all"):
    rows, now = TicketRows(station.repos.store), station.clock.now()
    ticket_id = rows.add(
        NewReport("hostile", zone, "", TicketKind.SILENT, now, evil[:400], evil[:20]), "", now
    ).ticket_id
    station.services.get(TicketService).answer(lan, rows.ticket(ticket_id), None, evil[:400])
    with station.repos.store.write() as db:
        db.conn.execute("UPDATE ticket_report SET words = ?, phone = ?", (evil, evil))
