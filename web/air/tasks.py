"""The acts on tasks of Hôm nay: what one press mends, what a person puts off, and has back.

What one press mends is mended here by the desk, which asks the right. Nothing is decided here and nothing is crossed
off: a task goes when its cause is gone. The list itself stands on Hôm nay; its old address leads there.
"""

from flask import Blueprint, flash, redirect, request, url_for

from scheduler.core.station.tasks import Mend
from scheduler.core.words.wording import sentence_of
from scheduler.kernel.errors import NotFound, Refused
from scheduler.services.station.tasks import Mended
from web.air.home import home_page
from web.auth import REFUSED, Answer, act, actor, page_of, services, told_here

bp = Blueprint("todo", __name__)

MAX_KEY = 200


@bp.get("/viec-can-lam")
@page_of("see")
def page() -> Answer:
    """Where the list once stood."""
    return redirect(url_for("live.page", _anchor="viec-can-lam"), 303)


@act(bp, "/viec-can-lam/lam", may="see")
def mend() -> Answer:
    """Do what mends a task with one press."""
    try:
        return _after(services().to_do.mend(actor(), _key()))
    except Refused as refused:
        return _refused(told_here(refused)), REFUSED


@act(bp, "/viec-can-lam/de-sau", may="see")
def put_off() -> Answer:
    try:
        services().to_do.put_off(actor(), _key(), request.form.get("luc", ""))
    except NotFound:
        raise
    except Refused as refused:
        return _refused(refused), REFUSED
    return redirect(url_for("live.page", vua=_key()))


@act(bp, "/viec-can-lam/hien-lai", may="see")
def take_back() -> Answer:
    """See a task again that was put off."""
    services().to_do.take_back(actor(), _key())
    return redirect(url_for("live.page"))


def _after(done: Mended) -> Answer:
    """Where a mending act leads, and what it says."""
    if done.mend is Mend.READ_AGAIN:
        flash("Máy đang đọc lại; nghe rồi gửi lại nếu âm thanh đã đổi.")
        return redirect(url_for("announcements.page", announcement_id=int(done.about)))
    if done.mend is Mend.PLAY_AGAIN:
        flash("Đã ra lệnh phát lại; bản tin vào loa ngay khi đến lượt.")
    else:
        flash("Đã bảo bộ phát mở lại đầu ra." if done.mend is Mend.REOPEN else "Đã yêu cầu sao lưu; máy đang làm.")
    return redirect(url_for("live.page"))


def _refused(refused: Refused) -> str:
    """The page again; what was refused is told with the task that it was about."""
    return home_page(fault=sentence_of(refused), fault_of=_key())


def _key() -> str:
    return request.form.get("key", "")[:MAX_KEY]
