"""The addresses of the public page and its reports, and the right that each asks for, written down a second time."""

from scheduler.extras.public.rows.tickets import TicketRows
from scheduler.extras.public.rules.tickets import NewReport, TicketKind
from tests.roles import DESK, EVERYBODY, LEADERS, MACHINES

ROUTES = {
    # the public page (closed: not found), its switch, and what people report
    "GET /cong-khai": EVERYBODY,
    "GET /cong-khai/tin.xml": EVERYBODY,
    "GET /cong-khai/ban/<name>": EVERYBODY,
    "GET /cong-khai/nghe/<name>.mp3": EVERYBODY,
    "GET /cong-khai/phan-anh": EVERYBODY,
    "POST /cong-khai/phan-anh": EVERYBODY,
    "GET /cong-khai/phan-anh/<key>": EVERYBODY,
    "GET /trang-cong-khai": "see",
    "POST /trang-cong-khai": "publish",
    "GET /trang-cong-khai/to-giay": "see",
    "GET /phan-anh": "see",
    "GET /phan-anh/<int:ticket_id>": "see",
    "POST /phan-anh/<int:ticket_id>": "answer_ticket",
}
MENDS = {"ticket": "POST /phan-anh/<int:ticket_id>"}
"""What mends a task of việc cần làm -> the act that does it."""
REACHES = {"publish": LEADERS, "answer_ticket": DESK | MACHINES}
DOOR = {"POST /cong-khai/phan-anh"}
ALSO_SEE = "POST /tickets/{ticket_id}/answer"
"""Who answers a ticket by the API is given it, and so must be able to see."""
OPERATIONS = {
    "GET /tickets": "see",
    "GET /tickets/{ticket_id}": "see",
    ALSO_SEE: "answer_ticket",
}


def put(cast):
    """Ticket 1."""
    now = cast.station.clock.now()
    TicketRows(cast.station.repos.store).add(NewReport("form", "all", "", TicketKind.SILENT, now, "", ""), "", now)
