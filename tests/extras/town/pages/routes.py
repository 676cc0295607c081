"""The addresses of the town, and the right that each asks for, written down a second time."""

ROUTES = {
    "GET /cap-tren": "see",
    "GET /cap-tren/tinh-hinh": "see",
    "POST /cap-tren/<int:inbox_id>/nhan": "plan",
    "POST /cap-tren/<int:inbox_id>/phat-ngay": "approve",
    "POST /cap-tren/<int:inbox_id>/bo-qua": "plan",
    "GET /cai-dat/cap-tren": "see",
    "POST /cai-dat/cap-tren/ghim": "configure",
    "POST /cai-dat/cap-tren/<key>/quyen": "configure",
    "POST /cai-dat/cap-tren/<key>/bo": "configure",
    "POST /cai-dat/cap-tren/ghep": "configure",
    "POST /cai-dat/cap-tren/ghep/nhan": "configure",
}
MENDS = {"town": "POST /cap-tren/<int:inbox_id>/nhan"}
"""What mends a task of việc cần làm -> the act that does it."""
