"""The addresses of the hub, and the right that each asks for, written down a second time."""

from tests.roles import ADMINS, EVERYBODY, LEADERS

ROUTES = {
    "GET /clips/<sha256>.wav": EVERYBODY,  # a ward proves itself by its key; tests/extras/hub/work holds that
    "GET /ghep-noi": EVERYBODY,
    "POST /ghep-noi": EVERYBODY,  # a one-time code
    # the town's pages; a station that is no hub answers "not found" to whoever has the right
    "GET /cac-phuong": "see",
    "GET /cac-phuong/tinh-hinh": "see",
    "GET /cac-phuong/phuong/<ward_id>": "see",
    "GET /cac-phuong/them": "manage_wards",
    "POST /cac-phuong/them": "manage_wards",
    "POST /cac-phuong/phuong/<ward_id>/sua": "manage_wards",
    "POST /cac-phuong/phuong/<ward_id>/ma-moi": "manage_wards",
    "GET /cac-phuong/phuong/<ward_id>/thu-hoi": "manage_wards",
    "POST /cac-phuong/phuong/<ward_id>/thu-hoi": "manage_wards",
    "GET /cac-phuong/phat-hanh": "see",
    "GET /cac-phuong/phat-hanh/moi": "issue",
    "POST /cac-phuong/phat-hanh/doc-lai": "issue",
    "POST /cac-phuong/phat-hanh": "issue",
    "GET /cac-phuong/lan/<issue_id>": "see",
    "GET /cac-phuong/lan/<issue_id>/tinh-hinh": "see",
    "GET /cac-phuong/lan/<issue_id>/phuong/<ward_id>": "see",
    "POST /cac-phuong/lan/<issue_id>/huy": "stop",
    "POST /cac-phuong/lan/<issue_id>/dung": "stop",
    "POST /cac-phuong/lan/<issue_id>/rut": "stop",
    "POST /cac-phuong/lan/<issue_id>/gui-lai": "issue",
    "POST /cac-phuong/thu-duong-truyen": "issue",
    "GET /cac-phuong/dien-tap": "issue",
    "POST /cac-phuong/dien-tap/doc-lai": "issue",
    "POST /cac-phuong/dien-tap": "issue",
    "GET /cac-phuong/thoi-luong": "see",
    "GET /cac-phuong/thoi-luong/phuong/<ward_id>": "see",
    "GET /cac-phuong/bao-cao": "see",
    "GET /cac-phuong/bao-cao/tai/<kind>": "see",
    "GET /cac-phuong/don-vi": "see",
    "POST /cac-phuong/don-vi": "manage_wards",
}
REACHES = {"issue": LEADERS, "manage_wards": ADMINS}
CHANGES_NOTHING = {"POST /cac-phuong/phat-hanh/doc-lai", "POST /cac-phuong/dien-tap/doc-lai"}
DOOR = {"POST /ghep-noi"}
