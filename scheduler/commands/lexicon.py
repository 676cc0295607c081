"""`loa lexicon …`: the station's word list from the command line: look, add, remove, take a file in, give one out.

Each change is one act of the desk with the actor's rights; `preview` changes nothing. A file is written only where the
person said.
"""

from pathlib import Path
from typing import Any

import click

from audio_assets.speech.lexicon_file import WordList, list_csv, list_toml, read_list
from scheduler.commands.base import Context, json_option, pass_context, print_json, print_table
from scheduler.commands.language import in_words, say
from scheduler.core.announcement.word_list import OwnForm
from scheduler.core.dispatch.text import fold
from scheduler.core.words.wording import sentence_of
from scheduler.kernel.errors import NotFound
from scheduler.services.announcement.lexicon import Examined, ListedForm
from scheduler.services.announcement.lexicon_preview import Preview

STATES = {"used": "dùng", "overridden": "bị thay", "off": "đã tắt"}
OWN_NAME = "Phường"
_CASES = click.Choice(["auto", "exact", "any"])
file_path = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def lexicon() -> None:
    """The word list (từ điển cách đọc)."""


@lexicon.command("list")
@click.option("--search", default="", help="Only forms that hold these words; diacritics may be left out.")
@click.option("--all", "everything", is_flag=True, help="The shipped and the taken lists as well.")
@json_option
@pass_context
def listed(context: Context, search: str, everything: bool, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """What the ward's own word list says, and what of the lists below is switched off."""
    words = fold(search).split()
    with context.station() as station:
        rows = [
            one
            for one in station.services.lexicon.listed()
            if (everything or one.own) and all(word in fold(f"{one.entry.written} {one.entry.said}") for word in words)
        ]
    if as_json:
        print_json([_to_dict(one) for one in rows])
        return
    heads = ("Viết", "Đọc", "Danh sách", "Trạng thái")
    print_table(heads, [[*_to_dict(one).values()][:4] for one in rows])


def _to_dict(one: ListedForm) -> dict[str, Any]:
    entry = one.entry
    told = {"written": entry.written, "said": entry.said, "list": one.source or OWN_NAME, "state": STATES[one.state]}
    return told | {"case": entry.case, "pattern": entry.pattern}


@lexicon.command("add")
@click.argument("written")
@click.argument("said")
@click.option("--case", type=_CASES, default="auto", help="Whether capitals must agree; auto: where they matter.")
@click.option("--pattern", is_flag=True, help="WRITTEN is a pattern; SAID may use its groups.")
@click.option("--sample", default="", help="A sentence the pattern stands in.")
@click.option("--replace", "instead", is_flag=True, help="Say an own form otherwise than until now.")
@pass_context
def add(context: Context, /, written: str, said: str, **given: Any) -> None:
    """Say a form as given from now on.

    Prints every announcement that is said otherwise for it; what is approved keeps its sound.
    """
    form = OwnForm(written, said, given["case"], given["pattern"])
    with context.station() as station:
        services, actor = station.services.lexicon, context.actor(station)
        old = services.form_of(written, pattern=form.pattern) if given["instead"] else None
        key = {"form_id": old.id, "version": old.version} if old else {}
        told = services.preview(form, given["sample"], instead_of=old.id if old else None)
        made = services.keep(actor, form, sample=given["sample"], **key)
        say(f"Đã ghi “{written}”." if made else f"“{written}” đã được đọc như vậy.")
        _print_preview(told)


@lexicon.command("remove")
@click.argument("written")
@click.option("--pattern", is_flag=True, help="WRITTEN is a pattern.")
@pass_context
def remove(context: Context, /, written: str, pattern: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Take an own form away; a form of a list below is switched off, and one that is off is switched on again."""
    with context.station() as station:
        services, actor = station.services.lexicon, context.actor(station)
        own = services.form_of(written, pattern=pattern)
        if own:
            services.remove(actor, own.id, own.version)
            say(f"Đã bật lại “{written}”." if own.form.off else f"Đã bỏ “{written}”.")
        else:
            services.switch_off(actor, written, pattern=pattern)
            say(f"Đã tắt “{written}” của danh sách bên dưới.")


@lexicon.command("undo")
@click.argument("change_id", type=int, required=False)
@pass_context
def undo(context: Context, change_id: int | None) -> None:
    """Take the newest change of the word list back, or the one with the given number."""
    with context.station() as station:
        services, changes = station.services.lexicon, station.services.lexicon.changes()
        if change_id is None:
            change_id = next((change.id for change in changes if not change.undone and change.act != "undo"), 0)
        services.undo(context.actor(station), change_id)
        say(f"Đã hoàn tác thay đổi {change_id}.")


@lexicon.command("import")
@click.argument("file", type=file_path)
@click.option("--name", default=None, help="Take it as a shared list of this name, below the ward's own words.")
@click.option("--version", "version", default=None, help="Version of the shared list.")
@click.option("--own", is_flag=True, help="Into the ward's own words, whatever name the file has.")
@click.option("--theirs", is_flag=True, help="Where the ward says a form otherwise, the file wins.")
@click.option("--dry-run", is_flag=True, help="Only tell what would change.")
@pass_context
def take_in(context: Context, /, file: Path, **given: Any) -> None:
    """Take a TOML or CSV list in.

    One with a name becomes a list of its own below the ward's words, in the place of an earlier version of it; one
    without goes among the ward's words. Tells what is new, changed and contradicted first.
    """
    told = read_list(file.read_bytes(), file.name)
    name = told.name if given["name"] is None else given["name"]
    version = told.version if given["version"] is None else given["version"]
    word_list = WordList(name, version, told.entries)
    as_layer = bool(name) and not given["own"]
    with context.station() as station:
        services = station.services.lexicon
        examined = services.examine(word_list, as_layer=as_layer)
        _print_examined(examined)
        if examined.faults:
            raise examined.faults[0]
        if given["dry_run"]:
            return
        actor = context.actor(station)
        if as_layer:
            made = services.take_list(actor, word_list, examined.revision)
        else:
            made = services.take_own(actor, told.entries, examined.revision, theirs=given["theirs"])
        say("Đã nhập." if made else "Không có gì mới.")


def _print_examined(examined: Examined) -> None:
    say(f"Mới {len(examined.new)}, đổi {len(examined.changed)}, như cũ {examined.same}.")
    for now, then in examined.changed:
        say(f"  {now.written}: {now.said} → {then.said}")
    for entry in examined.dropped:
        say(f"  bỏ {entry.written}: {entry.said}")
    for now, then, source in examined.conflicts:
        say(f"  {now.written}: {source or OWN_NAME} đọc {now.said}; danh sách này đọc {then.said}")
    for fault in examined.faults:
        say(f"  {sentence_of(fault)}", err=True)
    if examined.preview:
        _print_preview(examined.preview)


def _print_both(before: str, after: str, *, indent: str = "") -> None:
    click.echo(f"{indent}{in_words('trước')}: {before}\n{indent}{in_words('sau đó')}: {after}")


def _print_preview(told: Preview) -> None:
    if told.sample:
        _print_both(told.sample[0].text, told.sample[1].text)
    for change in told.changes:
        number = f"{change.announcement.id} " if change.announcement else ""
        click.echo(f"- {number}{change.title}")
        _print_both(change.before.text, change.after.text, indent="    ")
    say(f"{len(told.changes)} trong {told.looked_at} văn bản của trạm đổi cách đọc.")
    if told.unread:
        say(f"Còn {told.unread} văn bản có chữ này chưa xem.")


@lexicon.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--list", "source", default="", help="Name of a taken list, or “Có sẵn”; default: the ward's own words.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV for a spreadsheet instead of TOML.")
@click.option("--name", default="", help="Name to put into the TOML file, so that it becomes a shared list.")
@click.option("--version", "version", default="", help="Version to put into the TOML file.")
@pass_context
def export(context: Context, /, file: Path | None, source: str, **given: Any) -> None:
    """Give a list out as a file, or to stdout."""
    with context.station() as station:
        entries = station.services.lexicon.entries_of(source)
        if source and not entries:
            raise NotFound("lexicon", source)
    text = list_csv(entries) if given["as_csv"] else list_toml(entries, given["name"], given["version"])
    if file is None:
        click.echo(text, nl=False)
        return
    file.write_text(text, encoding="utf-8", newline="")
    say(f"{file}: {len(entries)} mục")


@lexicon.command("preview")
@click.argument("text")
@click.option("--written", default="", help="A form to try without keeping it; with --said.")
@click.option("--said", default="", help="How it would be said.")
@click.option("--case", type=_CASES, default="auto", help="Whether capitals must agree; auto: where they matter.")
@click.option("--pattern", is_flag=True, help="--written is a pattern.")
@json_option
@pass_context
def preview(context: Context, /, text: str, **given: Any) -> None:
    """What the station says of a text, with its word list and region; with a form to try, also which announcements it
    would change. Keeps nothing.
    """
    form = OwnForm(given["written"], given["said"], given["case"], given["pattern"])
    with context.station() as station:
        said = station.services.reading.spoken_form(text)
        told = station.services.lexicon.preview(form, text) if form.written else None
    if given["as_json"]:
        after = told.sample[1] if told and told.sample else said
        changes = (
            [{"title": one.title, "before": one.before.text, "after": one.after.text} for one in told.changes]
            if told
            else []
        )
        print_json({"said": after.text, "unknown": list(after.unknown), "changes": changes})
    elif told:
        _print_preview(told)
    else:
        click.echo(said.text)
        if said.unknown:
            say(f"Chưa biết đọc: {', '.join(map(_with_choices, said.unknown))}")


def _with_choices(word: str) -> str:
    """A word nobody can read, with what it may mean."""
    from audio_assets.speech.normalise_meanings import choices  # late: a fortieth of every call's start

    meanings = choices(word)
    return f"{word} ({' / '.join(meanings)}?)" if meanings else word


COMMANDS = (lexicon,)
