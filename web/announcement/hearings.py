"""Nghe hết: what a browser tells of a sound that it plays to a person, from the first second to the last.

The page of a sheet sends it by itself; who may approve what they have heard is asked where it is approved.
"""

from flask import Blueprint, jsonify, request

from scheduler.core.announcement.hearing import stretches_of
from scheduler.core.words.wording import sentence_of
from scheduler.kernel.errors import Refused
from web.auth import REFUSED, Answer, actor, piece, services, told_here

bp = Blueprint("hearings", __name__)


@piece(bp, "/nghe/<sha256>/bat-dau", may="see")
def begin(sha256: str) -> Answer:
    """Somebody has pressed play; the number under which they tell how it went on."""
    return jsonify({"so": services().hearings.begin(actor(), sha256)})


@piece(bp, "/nghe/<int:hearing_id>/het", may="see")
def end(hearing_id: int) -> Answer:
    """`doan`: the stretches that were played aloud, in seconds, such as "0-12.4,20-52"."""
    try:
        services().hearings.end(actor(), hearing_id, stretches_of(request.form.get("doan", "")))
    except Refused as refused:
        told_here(refused)
        return jsonify({"loi": sentence_of(refused)}), REFUSED
    return jsonify({"het": True})
