"""Ghép nối: POST /ghep-noi, where the machine of a ward comes in with its one-time code and its public key.

No session and no form: a program speaks to it, in JSON, both ways. Nothing secret travels; wrong codes are slowed down
for each address. What is answered is a ward's welcome, which its officer then compares with the town's by telephone.
"""

from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from scheduler.core.words.wording import sentence_of
from scheduler.extras.hub.service.town import HubService
from scheduler.extras.town.rules.enrolment import welcome_body
from scheduler.kernel.errors import Refused
from web.auth import Answer, same_origin, services

__all__ = ["bp"]

bp = Blueprint("pairing", __name__)
MOST_BYTES = 2000
MOST_WORD = 200
_STATUS = {"code_too_often": 429, "pairing_code_wrong": 403, "nkey_invalid": 400, "ward_key_taken": 409}
_HOW = (
    "Đây là địa chỉ ghép nối của cấp trên. Ở trạm của phường, mở “Từ thị xã”, ghi địa chỉ này và mã ghép nối.\n"
    "This is where wards are paired. At the ward's station, type this address and the pairing code.\n"
)


@bp.get("/ghep-noi")
def told() -> Answer:
    """For somebody who has opened the code's picture with a telephone."""
    if not services().get(HubService).is_hub:
        abort(404)
    return Response(_HOW, content_type="text/plain; charset=utf-8")


@bp.post("/ghep-noi")
def join() -> Answer:
    """{"v": 1, "code": …, "key": "U…"} → the welcome, or {"reason", "told"}."""
    if not services().get(HubService).is_hub:
        abort(404)
    request.max_content_length = MOST_BYTES
    body = request.get_json(silent=True)
    try:
        same_origin()  # a program says nothing of an origin; a stranger's page is not to use somebody's tries up
        welcome = (
            services().get(HubService).join(_word(body, "code"), _word(body, "key"), address=request.remote_addr or "")
        )
    except Refused as refused:
        return _refused(refused)
    return jsonify(welcome_body(welcome))


def _word(body: Any, name: str) -> str:
    found = body.get(name) if isinstance(body, dict) else None
    return found if isinstance(found, str) and len(found) <= MOST_WORD else ""


def _refused(refused: Refused) -> Answer:
    status = _STATUS.get(refused.reason, 422)
    answer = jsonify({"reason": refused.reason, "told": sentence_of(refused)})
    answer.status_code = status
    if status == 429:  # noqa: PLR2004 - too many requests
        answer.headers["Retry-After"] = str(refused.details.get("seconds", 30))
    return answer
