"""Từ điển đọc: the station's word list, its entries, what each would change, and lists that come and go as files.

Thin: a form is read, the desk is asked once, the answer is a redirect or the same page with its sentence; what was
typed stays in the form. A file on its way in is kept nowhere: its list travels in the form that asks for the last yes.
"""

import re
from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from markupsafe import Markup

from audio_assets.speech.lexicon import LONGEST_ENTRY
from audio_assets.speech.lexicon_file import LONGEST_NAME, MOST_BYTES, WordList, list_csv, list_toml, read_list
from scheduler.core.announcement.word_list import LexiconChange, OwnForm
from scheduler.core.words.wording import sentence_of
from scheduler.kernel.errors import NotFound, Refused
from scheduler.kernel.words import Words
from scheduler.services.announcement.lexicon import SHIPPED_NAME, Examined, ListedForm
from scheduler.services.announcement.lexicon_preview import Preview
from web.auth import REFUSED, Answer, act, actor, page_of, same_origin, services, told_here
from web.marks import Mark, marked
from web.words.page_words import in_order, matching

bp = Blueprint("lexicon", __name__)
MAX_SHOWN = 200
MAX_CHANGES = 20
"""Changed texts that a preview shows; the rest are counted."""
SHOWN_HISTORY = 20
LONGEST_SAMPLE = 500
READ_AT_ONCE = 40
"""Texts that are read for one answer about what is outdated: the page asks on, and nothing else waits long."""
MOST_ROWS = 2**31
EVERY = "tat-ca"
STATES = Words(Path(__file__).parent, "lexicon_states", str)
CASES = Words(Path(__file__).parent, "lexicon_cases", str)
DONE = Words(Path(__file__).parent, "lexicon_done", str)
_WORD = re.compile(r"\S+")


@bp.get("/tu-dien")
@page_of("see")
def page() -> str:
    form = {"id": "", "version": "", "written": request.args.get("viet", "")[:LONGEST_ENTRY], "case": "auto"}
    form |= {"said": request.args.get("doc", "")[:LONGEST_ENTRY], "pattern": "", "sample": ""}
    if (form_id := request.args.get("sua", type=int)) is not None:
        seen = services().lexicon.form(form_id)
        form |= {"id": str(seen.id), "version": str(seen.version), "written": seen.form.written}
        form |= {"said": seen.form.said, "case": seen.form.case, "pattern": "yes" if seen.form.pattern else ""}
    return _page(form)


@bp.post("/tu-dien/xem-truoc")
@page_of("see")
def preview() -> str:
    """What the entry in the form would change, as it is typed. Changes nothing, so it needs no act key."""
    same_origin()
    return render_template("lexicon/_preview.html", **_previewed(_typed()))


@bp.get("/tu-dien/da-doi")
@page_of("see")
def outdated() -> str:
    """Announcements whose sound is no more what would be said; part of the page, or a page of its own."""
    part = bool(request.headers.get("HX-Request"))
    found, left = services().lexicon.outdated(most_read=READ_AT_ONCE if part else None)
    drawn = "lexicon/_outdated.html" if part else "lexicon/outdated.html"
    return render_template(drawn, outdated=found, left=left)


@act(bp, "/tu-dien", may="edit_lexicon")
def keep() -> Answer:
    typed = _typed()
    if request.form.get("then") == "preview":
        return _page(typed, previewed=_previewed(typed)), REFUSED
    try:
        made = services().lexicon.keep(
            actor(),
            _own_form(typed),
            sample=typed["sample"],
            form_id=int(typed["id"]) if typed["id"] else None,
            version=int(typed["version"] or 0),
        )
    except Refused as refused:
        return _page(typed, told_here(refused)), REFUSED
    return redirect(url_for("lexicon.page", doi=made or None))


@act(bp, "/tu-dien/<int:form_id>/bo", may="edit_lexicon")
def remove(form_id: int) -> Answer:
    version = request.form.get("version", 0, type=int)
    return _done(lambda: services().lexicon.remove(actor(), form_id, version))


@act(bp, "/tu-dien/tat", may="edit_lexicon")
def switch_off() -> Answer:
    written, pattern = request.form.get("written", ""), request.form.get("pattern") == "yes"
    return _done(lambda: services().lexicon.switch_off(actor(), written, pattern=pattern))


@act(bp, "/tu-dien/hoan-tac/<int:change_id>", may="edit_lexicon")
def undo(change_id: int) -> Answer:
    return _done(lambda: services().lexicon.undo(actor(), change_id))


@act(bp, "/tu-dien/danh-sach/<int:list_id>/bo", may="edit_lexicon")
def end_list(list_id: int) -> Answer:
    return _done(lambda: services().lexicon.end_list(actor(), list_id))


@act(bp, "/tu-dien/tep", may="edit_lexicon")
def read_file() -> Answer:
    """Show what a file would bring; nothing is kept of it."""
    file, as_layer = request.files.get("file"), request.form.get("where") != "own"
    try:
        data = file.stream.read(MOST_BYTES + 1) if file else b""
        read = read_list(data, (file and file.filename) or "")
        name = request.form.get("name", "").strip() or read.name
        version = request.form.get("version", "").strip() or read.version
        word_list = WordList(name[:LONGEST_NAME], version[:LONGEST_NAME], read.entries)
        told = services().lexicon.examine(word_list, as_layer=as_layer)
    except Refused as refused:
        return _page(_typed(), refused, place="tep"), REFUSED
    return _examined(told, as_layer=as_layer)


@act(bp, "/tu-dien/nhan", may="edit_lexicon")
def take_in() -> Answer:
    """Take the list whose preview the person has seen."""
    form = request.form

    def take() -> int:
        told = read_list(form.get("toml", "").encode("utf-8"), "list.toml", most_bytes=3 * MOST_BYTES)
        revision = form.get("revision", -1, type=int)
        if form.get("where") == "layer":
            word_list = WordList(form.get("name", ""), form.get("version", ""), told.entries)
            return services().lexicon.take_list(actor(), word_list, revision)
        return services().lexicon.take_own(actor(), told.entries, revision, theirs=form.get("theirs") == "yes")

    return _done(take)


@bp.get("/tu-dien/tep")
@page_of("see")
def give_out() -> Response:
    """A list as a file: the ward's own words, a taken list, or the shipped one."""
    source = request.args.get("ds", "")[:LONGEST_NAME]
    entries = services().lexicon.entries_of(source)
    if source and not entries:
        raise NotFound("lexicon", source)
    if request.args.get("dang") == "csv":
        return _file(list_csv(entries), "text/csv", "tu-dien.csv")
    name, version = request.args.get("ten", "")[:LONGEST_NAME], request.args.get("ban", "")[:LONGEST_NAME]
    return _file(list_toml(entries, name.strip(), version.strip()), "application/toml", "tu-dien.toml")


def _file(text: str, kind: str, name: str) -> Response:
    answer = Response(text.encode("utf-8"), content_type=f"{kind}; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _done(step: Callable[[], int]) -> Answer:
    """Take one step and show the list again, or the list with the reason why not."""
    try:
        made = step()
    except Refused as refused:
        return _page(_typed(), told_here(refused)), REFUSED
    return redirect(url_for("lexicon.page", doi=made or None))


def _typed() -> dict[str, str]:
    """What stands in the form of one entry."""
    form = {name: request.form.get(name, "")[: LONGEST_ENTRY + 1] for name in ("written", "said", "case")}
    form["case"] = form["case"] if form["case"] in CASES else "auto"
    form |= {name: _number(name) for name in ("id", "version")}
    form["pattern"] = "yes" if request.form.get("pattern") == "yes" else ""
    form["sample"] = request.form.get("sample", "")[:LONGEST_SAMPLE]
    return form


def _number(name: str) -> str:
    """A number of the form that a row may have, or ''."""
    number = request.form.get(name, 0, type=int)
    return str(number) if 0 < number < MOST_ROWS else ""


def _own_form(form: dict[str, str]) -> OwnForm:
    return OwnForm(form["written"], form["said"], form["case"], form["pattern"] == "yes")


def _previewed(form: dict[str, str]) -> dict[str, Any]:
    """What keeping the form would change, or why it cannot be kept."""
    if not (form["written"].strip() and form["said"].strip()):
        return {"empty": True, "entry_fault": "", "told": None}
    try:
        told = services().lexicon.preview(
            _own_form(form), form["sample"], instead_of=int(form["id"]) if form["id"] else None
        )
    except Refused as refused:
        return {"empty": False, "entry_fault": sentence_of(refused), "told": None}
    return {"empty": False, "entry_fault": "", "told": told, **_shown(told)}


def _shown(told: Preview) -> dict[str, Any]:
    """The texts of a preview, each with its changed words marked on both sides."""
    return {
        "sample": _sides(told.sample[0].text, told.sample[1].text) if told.sample else None,
        "texts": [(one, *_sides(one.before.text, one.after.text)) for one in told.changes[:MAX_CHANGES]],
        "more": max(0, len(told.changes) - MAX_CHANGES),
    }


def _sides(before: str, after: str) -> tuple[Markup, Markup]:
    """Both texts with the words that differ marked."""
    old, new = list(_WORD.finditer(before)), list(_WORD.finditer(after))
    told = SequenceMatcher(None, [word.group() for word in old], [word.group() for word in new], autojunk=False)
    left, right = [], []
    for number, (kind, old_start, old_end, new_start, new_end) in enumerate(told.get_opcodes()):
        if kind == "equal":
            continue
        if old_end > old_start:
            left.append(Mark(old[old_start].start(), old[old_end - 1].end(), f"d{number}"))
        if new_end > new_start:
            right.append(Mark(new[new_start].start(), new[new_end - 1].end(), f"d{number}"))
    return marked(before, left), marked(after, right)


def _page(
    form: dict[str, str],
    refused: Refused | None = None,
    *,
    previewed: dict[str, Any] | None = None,
    place: str = "",
) -> str:
    typed, chosen = request.args.get("q", "")[:100], request.args.get("ds", "")[:LONGEST_NAME]
    rows = in_order(services().lexicon.listed(), lambda one: one.entry.written)
    shown = _wanted(rows, chosen, typed)
    if typed.strip():
        shown = matching(shown, typed, [f"{one.entry.written} {one.entry.said}" for one in shown])
    changes = services().lexicon.changes()
    return render_template(
        "lexicon/page.html",
        form=form,
        fault=sentence_of(refused),
        fault_place=place,
        rows=shown[:MAX_SHOWN],
        total=len(shown),
        own_count=sum(not one.source for one in rows),
        q=typed,
        chosen=chosen,
        every=EVERY,
        shipped=SHIPPED_NAME,
        lists=services().lexicon.lists(),
        done=_change_told(changes, request.args.get("doi", 0, type=int)),
        history=[(change, _describe_change(change)) for change in changes[:SHOWN_HISTORY]],
        names=services().people.names(),
        states=STATES,
        cases=CASES,
        longest=LONGEST_ENTRY,
        longest_name=LONGEST_NAME,
        **(previewed or {"empty": True, "entry_fault": "", "told": None}),
    )


def _wanted(rows: list[ListedForm], chosen: str, typed: str) -> list[ListedForm]:
    """The rows of the chosen list; whoever searches without having chosen one searches all of them."""
    if chosen == EVERY or (typed.strip() and not chosen):
        return rows
    return [one for one in rows if one.source == chosen or (not chosen and one.state == "off")]


def _describe_change(change: LexiconChange) -> str:
    return DONE[change.act].replace("{told}", change.told)


def _change_told(changes: list[LexiconChange], change_id: int) -> tuple[LexiconChange, str] | None:
    """What has just been done, as long as it can be taken back."""
    return next(
        ((change, _describe_change(change)) for change in changes if change.id == change_id and not change.undone), None
    )


def _examined(told: Examined, *, as_layer: bool) -> str:
    return render_template(
        "lexicon/file.html",
        told=told,
        as_layer=as_layer,
        toml=list_toml(told.word_list.entries),
        faults=[sentence_of(fault) for fault in told.faults],
        most=MAX_SHOWN,
        **({"preview": told.preview} | _shown(told.preview) if told.preview else {"preview": None}),
    )
