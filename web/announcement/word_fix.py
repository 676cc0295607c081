"""A marked word put right where it stands: what it may be read as, one sentence to hear, and the reading that is kept.

For every bulletin the reading goes into the station's word list; for this one alone it is written out in the text.
Either way the sound is made anew, and has to be heard again. Thin: the desk decides.
"""

import re

from flask import Blueprint, Response, jsonify, request, url_for

from audio_assets.speech.lexicon import LONGEST_ENTRY
from audio_assets.speech.suggested_readings import suggested_readings
from scheduler.core.announcement.word_list import OwnForm
from scheduler.core.words.wording import sentence_of
from scheduler.kernel.errors import Refused
from web.announcement.compose import kept_answer, posted, read_aloud, settled
from web.auth import REFUSED, Answer, actor, page_of, piece, services, told_here
from web.formats import number_of
from web.language import in_language

bp = Blueprint("word_fix", __name__)
AROUND = 240
"""Letters of a long sentence that are read on either side of the word."""
_ENDS = re.compile(r"(?<=[.!?…])\s+|\n+")


@bp.get("/ban-tin/chu")
@page_of("see")
def suggested() -> Answer:
    """What is said of a word now, and what else it may be read as."""
    written = request.args.get("viet", "")[:LONGEST_ENTRY]
    said = services().reading.spoken_form(written).text.rstrip(".")
    return jsonify({"said": said, "offered": suggested_readings(written, said)})


@piece(bp, "/ban-tin/chu", may="write")
def keep() -> Answer:
    """Keep a reading, for all bulletins or for this one, and have this one read anew."""
    written, said = _typed("written"), _typed("said")
    number = number_of(request.form.get("ban_tin", ""))
    try:
        seen = settled(number, _kept_text(written, said))
        read_aloud(seen)
    except Refused as refused:
        return _turned_away(told_here(refused))
    return jsonify(kept_answer(seen) | {"text": seen.text})


@piece(bp, "/ban-tin/cau", may="make_speech")
def hear() -> Answer:
    """Have the sentence around a word read, with this reading of it; the answer says where its sound will be."""
    written, said = _typed("written"), _typed("said")
    number = number_of(request.form.get("ban_tin", "")) or 0
    whole = next((one for one in _ENDS.split(posted()["text"]) if _standing_alone(written).search(one)), written)
    told = _standing_alone(written).sub(lambda _: said or written, _near(whole, written))
    try:
        job_id = services().announcements.read_sentence(actor(), number, told)
    except Refused as refused:
        return _turned_away(told_here(refused))
    return jsonify({"address": url_for("word_fix.sound", job_id=job_id)})


@bp.get("/ban-tin/cau/<int:job_id>")
@page_of("make_speech")
def sound(job_id: int) -> Answer:
    """Where the sound of a sentence is; nothing yet while it is being made."""
    job = services().announcements.sentence_job(actor(), job_id)
    if job.state == "refused":
        return jsonify({"told": in_language(sentence_of(job))})
    return jsonify({"src": url_for("recordings.sound", sha256=job.result) if job.ended else ""})


def _kept_text(written: str, said: str) -> str:
    """The text after a reading was kept where it was asked for. Raises Refused as the word list does."""
    text = posted()["text"]
    if not said:
        raise Refused("lexicon_entry_incomplete")
    if request.form.get("scope") == "here":
        return _standing_alone(written).sub(lambda _: said, text)
    _keep_for_all(written, said)
    return text


def _keep_for_all(written: str, said: str) -> None:
    there = services().lexicon.form_of(written)
    services().lexicon.keep(
        actor(),
        OwnForm(written, said, there.form.case if there and not there.form.off else "auto"),
        form_id=there.id if there and not there.form.off else None,
        version=there.version if there else 0,
    )


def _near(whole: str, written: str) -> str:
    """A sentence, or what of a very long one stands around the word."""
    at = whole.find(written)
    return whole[max(0, at - AROUND) : at + len(written) + AROUND]


def _standing_alone(written: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(written)}(?!\w)")


def _typed(name: str) -> str:
    return " ".join(request.form.get(name, "")[:LONGEST_ENTRY].split())


def _turned_away(refused: Refused) -> tuple[Response, int]:
    return jsonify({"told": in_language(sentence_of(refused))}), REFUSED
