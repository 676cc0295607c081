"""Reports of inhabitants over the API: seen, answered, and nobody's telephone told."""

from scheduler.extras.public.rows.tickets import TicketRows
from scheduler.extras.public.rules.tickets import NewReport, TicketKind
from tests.extras.public.pages.routes import ALSO_SEE
from tests.web.api.test_rights import parts_of


def test_a_reported_loudspeaker_is_seen_and_answered_and_nobodys_telephone_is_told(station, clock, cast, lans):
    new = NewReport("form-1", "all", "", TicketKind.SILENT, clock.now(), "Loa đầu hẻm im", "0903 123 456")
    ticket_id = TicketRows(station.repos.store).add(new, "ai-do", clock.now()).ticket_id
    [row] = lans.get("/tickets").get_json()["items"]
    assert (row["id"], row["kind"], row["state"]) == (ticket_id, "silent", "new")
    told = lans.get(f"/tickets/{ticket_id}")
    assert told.get_json()["told"][0]["words"] == "Loa đầu hẻm im"
    assert "0903" not in told.text
    path = f"/tickets/{ticket_id}/answer"
    assert lans.post(path, {"state": "done"}).get_json()["reason"] == "ticket_reason_missing"
    assert lans.post(path, {"state": "done", "words": "Đã thay dây"}).get_json()["state"] == "done"
    assert lans.get("/tickets").get_json()["items"] == []
    assert len(lans.get("/tickets", closed="true").get_json()["items"]) == 1
    assert lans.get("/tickets/99").status_code == 404


def test_who_answers_a_ticket_needs_to_see_as_well(program, hung):
    method, path = parts_of(ALSO_SEE)
    for acts, status in ((["see"], 403), (["answer_ticket"], 403), (["see", "answer_ticket"], 404)):
        assert program(hung, acts).ask(method, path).status_code == status
