"""Việc cần làm: the whole list of what will fail or waits for somebody, each with the button or page that mends it.

What one press mends is mended here by the desk, which asks the right; the rest leads on. A person may put off what does
not press, and have it back. Nothing is decided here and nothing is crossed off: a task goes when its cause is gone.
"""

from pathlib import Path
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from scheduler.core.station.tasks import Mend
from scheduler.core.words.wording import sentence
from scheduler.kernel.errors import NotFound, NotPermitted, Refused
from scheduler.kernel.words import Words
from scheduler.services.station.tasks import Mended
from web.auth import REFUSED, Answer, act, actor, page_of, services, station
from web.words.task_words import GROUPS, todo_told

bp = Blueprint("todo", __name__)

LATER = Words(Path(__file__).parent, "later", str)
"""For how long a task is put off, as the desk knows it -> its word."""
MAX_KEY = 200


@bp.get("/viec-can-lam")
@page_of("see")
def page() -> Answer:
    return _page()


@act(bp, "/viec-can-lam/lam", may="see")
def mend() -> Answer:
    """Do what mends a task with one press."""
    try:
        return _after(services().to_do.mend(actor(), _key()))
    except (NotPermitted, NotFound):
        raise
    except Refused as refused:
        return _page(refused), REFUSED


@act(bp, "/viec-can-lam/de-sau", may="see")
def put_off() -> Answer:
    try:
        services().to_do.put_off(actor(), _key(), request.form.get("luc", ""))
    except NotFound:
        raise
    except Refused as refused:
        return _page(refused), REFUSED
    return redirect(url_for("todo.page", loc=_group() or None, vua=_key()))


@act(bp, "/viec-can-lam/hien-lai", may="see")
def take_back() -> Answer:
    """See a task again that was put off."""
    services().to_do.take_back(actor(), _key())
    return redirect(url_for("todo.page", loc=_group() or None))


def _after(done: Mended) -> Answer:
    """Where a mending act leads, and what it says."""
    if done.mend is Mend.READ_AGAIN:
        flash("Máy đang đọc lại; nghe rồi trình duyệt nếu âm thanh đã đổi.")
        return redirect(url_for("announcements.page", announcement_id=int(done.about)))
    if done.mend is Mend.PLAY_AGAIN:
        flash("Đã ra lệnh phát lại; bản tin vào loa ngay khi đến lượt.")
        return redirect(url_for("live.page"))
    flash("Đã bảo bộ phát mở lại đầu ra." if done.mend is Mend.REOPEN else "Đã yêu cầu sao lưu; máy đang làm.")
    return redirect(url_for("todo.page"))


def _page(refused: Refused | None = None) -> str:
    """The list; the sentence of what was refused stands at its task."""
    now, group = station().clock.now(), _group()
    seen = services().to_do.seen_by(actor())
    told = [todo_told(task) for task in seen.tasks]
    fault_of = _key() if refused else ""
    return render_template(
        "live/todo_page.html",
        now=now,
        group=group,
        groups={name: (word, sum(one.group == name for one in told)) for name, word in GROUPS.items()},
        total=len(told),
        tasks=[one for one in told if not group or one.group == group],
        put_off=[(todo_told(task), until) for task, until in seen.put_off],
        later=LATER,
        fault=sentence(refused.reason, refused.details) if refused else "",
        fault_of=fault_of if fault_of in {one.key for one in told} else "",
        just_put_off=_just_put_off(seen.put_off),
    )


def _just_put_off(hidden: list[Any]) -> tuple[str, Any] | None:
    """What has been put off a moment ago, for its undo."""
    key = request.args.get("vua", "")
    return next(((task.key, until) for task, until in hidden if task.key == key), None)


def _key() -> str:
    return request.form.get("key", "")[:MAX_KEY]


def _group() -> str:
    group = request.values.get("loc", "")
    return group if group in GROUPS else ""
