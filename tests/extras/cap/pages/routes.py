"""The addresses of CAP, and the right that each asks for, written down a second time."""

from tests.roles import EVERYBODY

ROUTES = {
    "GET /canh-bao": "see",
    "POST /canh-bao/doc": "import_dispatch",
    "POST /canh-bao/<int:inbox_id>/phat-ngay": "break_in",
    "POST /canh-bao/<int:inbox_id>/nhan": "plan",
    "POST /canh-bao/<int:inbox_id>/bo-qua": "plan",
    "POST /canh-bao/phat-hanh": "break_in",
    "POST /canh-bao/phat-hanh/<int:issued_id>/thay": "break_in",
    "POST /canh-bao/phat-hanh/<int:issued_id>/huy": "break_in",
    "GET /canh-bao/phat-hanh/<int:issued_id>.xml": "see",
    "GET /canh-bao/<int:alert_id>.xml": "see",
    "GET /cap/<int:issued_id>.xml": EVERYBODY,  # while the public page is open
    "GET /cap/danh-sach.txt": EVERYBODY,
    "GET /canh-bao/quy-tac": "see",
    "POST /canh-bao/quy-tac/nguon": "break_in",
    "POST /canh-bao/quy-tac/nguon/bo": "withdraw",
    "POST /canh-bao/quy-tac/them": "plan",
    "POST /canh-bao/quy-tac/<int:rule_id>/duyet": "break_in",
    "POST /canh-bao/quy-tac/<int:rule_id>/bo": "plan",
}
MENDS = {"cap": "POST /canh-bao/<int:inbox_id>/nhan", "cap_trust": "POST /canh-bao/quy-tac/<int:rule_id>/duyet"}
"""What mends a task of việc cần làm -> the act that does it."""
OPERATIONS = {"POST /cap": "import_dispatch"}
