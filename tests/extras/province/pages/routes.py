"""The addresses of the province, and the right that each asks for, written down a second time."""

ROUTES = {
    "GET /ban-tin-nguon": "see",
    "GET /ban-tin-nguon/tinh-hinh": "see",
    "POST /ban-tin-nguon/<int:inbox_id>/dua-vao": "plan",
    "POST /ban-tin-nguon/<int:inbox_id>/phat-ngay": "approve",
    "POST /ban-tin-nguon/<int:inbox_id>/bo-qua": "plan",
}
MENDS = {"province": "POST /ban-tin-nguon/<int:inbox_id>/dua-vao"}
"""What mends a task of việc cần làm -> the act that does it."""
