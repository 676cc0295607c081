"""`loa dispatch …`: read, import, list, draft.

`read` keeps nothing; the others are acts of the desk and give the same answer when asked again.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from scheduler.commands.base import Context, json_option, pass_context, print_json, print_table
from scheduler.commands.language import in_words, say
from scheduler.core.dispatch import ActKind, Channel, Dispatch, dispatch_json, read_dispatch
from scheduler.core.words.wording import sentence_of
from scheduler.intake import text_of
from scheduler.services.dispatch.drafts import DraftMade

_LABELS = {
    "doc_type": "Loại",
    "number_symbol": "Số, ký hiệu",
    "date": "Ngày",
    "issuer": "Cơ quan",
    "subject": "Trích yếu",
    "urgency": "Độ khẩn",
    "addressees": "Kính gửi",
    "messages": "Nội dung trích",
    "phones": "Điện thoại",
    "urls": "Địa chỉ mạng",
    "frequency": "Tần suất",
    "effective": "Hiệu lực",
}
_CHANNELS = {
    Channel.LOUDSPEAKER: "loa",
    Channel.SMS: "tin nhắn",
    Channel.PORTAL: "cổng, trang thông tin",
    Channel.POST: "bưu điện",
    Channel.REPORT: "báo cáo",
    Channel.OTHER: "khác",
}
_ACTS = {ActKind.STOP: "Dừng phát", ActKind.REPLACE: "Thay thế"}


@click.group()
def dispatch() -> None:
    """Read and keep dispatches (công văn)."""


@dispatch.command("read")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@pass_context
def read(context: Context, file: Path, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Read a file (.docx, .doc, .rtf, .pdf with text, .txt) and print what it says: number, date, issuer, messages,
    hotlines, ordered frequency, acts, duties and doubts. Nothing is kept.
    """
    limit = context.config().audio.max_dispatch_mb * 1_000_000
    found = read_dispatch(text_of(_bytes_of(file, limit), file.name, max_bytes=limit))
    if as_json:
        print_json(dispatch_json(found))
    else:
        _tell(found)


@dispatch.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--draft", is_flag=True, help="Also make the drafts of an announcement and a campaign.")
@json_option
@pass_context
def import_(context: Context, file: Path, draft: bool, as_json: bool) -> None:  # noqa: FBT001 - click gives flags
    """Read FILE and keep it; the same file again is the same dispatch."""
    with context.station() as station:
        actor = context.actor(station)
        data = _bytes_of(file, context.config().audio.max_dispatch_mb * 1_000_000)
        dispatch_id, new = station.services.dispatches.import_dispatch(actor, data, file.name)
        made: dict[str, object] = {"dispatch_id": dispatch_id, "new": new}
        drafts = station.services.dispatch_drafts.make(actor, dispatch_id) if draft else []
        made |= _made(drafts)
        if as_json:
            print_json(made)
            return
        say(f"Công văn {dispatch_id}{'' if new else ' (đã có từ trước)'}")
        _tell_drafts(drafts)


@dispatch.command("list")
@json_option
@pass_context
def list_(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """The dispatches kept, newest first."""
    with context.station() as station:
        kept = station.services.dispatches.listed()
        if as_json:
            print_json([{"id": item.id, "file_name": item.file_name, **item.fields} for item in kept])
            return
        rows = [
            (item.id, item.number_symbol, item.fields.get("date") or "", item.fields.get("subject") or "")
            for item in kept
        ]
        print_table(("Mã", "Số, ký hiệu", "Ngày", "Trích yếu"), rows)


@dispatch.command("draft")
@click.argument("dispatch_id", type=int)
@click.option(
    "--apart/--together",
    default=None,
    help="A campaign for each draft, or one in which they take turns. Default: as the dispatch says.",
)
@json_option
@pass_context
def draft_(context: Context, dispatch_id: int, apart: bool | None, as_json: bool) -> None:  # noqa: FBT001 - click
    """Make an announcement draft of each thing that a dispatch orders to be said, and the campaign draft in which they
    take turns; asked again, it names the same ones (`--json`: the first by itself, and `drafts`).
    """
    with context.station() as station:
        drafts = station.services.dispatch_drafts.make(context.actor(station), dispatch_id, apart=apart)
        if as_json:
            print_json(_made(drafts))
        else:
            _tell_drafts(drafts)


def _made(drafts: Sequence[DraftMade]) -> dict[str, object]:
    """The first draft by itself, as ever, and all of them."""
    if not drafts:
        return {}
    told = [{"announcement_id": one.announcement_id, "campaign_id": one.campaign_id} for one in drafts]
    return {**told[0], "drafts": told}


def _tell_drafts(drafts: Sequence[DraftMade]) -> None:
    for one in drafts:
        say(f"Bản tin nháp {one.announcement_id}, đợt phát nháp {one.campaign_id}")
    campaigns = Counter(one.campaign_id for one in drafts)
    for campaign_id, texts in campaigns.items():
        if texts > 1:
            say(f"Đợt {campaign_id}: {texts} bản tin thay phiên nhau, số lượt tính chung.")


def _bytes_of(file: Path, limit: int) -> bytes:
    """As much of a file as a dispatch may have, and one byte more when it has too many."""
    with file.open("rb") as opened:
        return opened.read(limit + 1)


def _tell(found: Dispatch) -> None:
    """What a dispatch says in the language of the call; what is quoted of it as it stands there."""
    told = dispatch_json(found)
    for name, called in _LABELS.items():
        value, label = told[name], in_words(called)
        if isinstance(value, list):
            for item in value:
                click.echo(f"{label}: {item['quote'] if isinstance(item, dict) else item}")
        elif isinstance(value, dict):
            say(f"{label}: từ {value['start'] or '…'} đến {value['end'] or '…'}")
        else:
            click.echo(f"{label}: {in_words('(không thấy)') if value is None else value}")
    for act in found.acts:
        target = act.target or in_words("(không ghi số)")
        click.echo(f"{in_words(_ACTS[act.kind])}: {target} ({in_words(f'dòng {act.excerpt.line}')})")
    for duty in found.duties:
        to = f"{duty.to}: " if duty.to and duty.to not in duty.text else ""
        by = f", hạn {duty.deadline}" if duty.deadline else ""
        head = in_words(f"Việc ({_CHANNELS[duty.channel]}{by}; dòng {duty.excerpt.line})")
        click.echo(f"{head}: {to}{duty.text}")
    for doubt in found.doubts:
        at = f"dòng {doubt.excerpt.line}: " if doubt.excerpt else ""
        say(f"Cần xem lại: {at}{sentence_of(doubt)}")


COMMANDS = (dispatch,)
