"""`loa database`: which steps of the schema the station's database has gone, and the way back to an older release.

It never opens the station: that would bring the database up again. What goes and what stays is `downgrade`'s.
"""

from pathlib import Path

import click

from scheduler.commands.base import Context, json_option, pass_context, print_json, print_table
from scheduler.commands.language import say
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import Refused
from scheduler.services.station import downgrade as going_back
from scheduler.services.station import rescue as saving


@click.group()
def database() -> None:
    """The database and its versions."""


@database.command("show")
@json_option
@pass_context
def show(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """The last step of the database's schema, what this release would add at its next start, and the copies kept beside
    it. Looking brings nothing up.
    """
    path = _path(context)
    found = going_back.standing(path)
    gone, pending = found.gone, found.pending
    if as_json:
        told = {"file": str(path), "bytes": path.stat().st_size, "steps": list(gone), "pending": list(pending)}
        print_json(told | {"copies": [{"file": name, "bytes": size} for name, size in found.copies]})
        return
    say(f"{path}: {path.stat().st_size / 1e6:.1f} MB, bước cuối {gone[-1] if gone else '-'}")
    if pending:
        say(f"Lần chạy tới sẽ nâng cấp: {', '.join(pending)}")
    for name, size in found.copies:
        say(f"Bản cũ: {name} ({size / 1e6:.1f} MB)")


@database.command("downgrade")
@click.option("--to", "step", required=True, help="The last step that the older release knows, such as m022_writers.")
@click.option("--yes", is_flag=True, help="Do it; without it, only say what would stay behind.")
@click.option("--lose-unsent", is_flag=True, help="Also where something still waits to be sent up or down.")
@pass_context
def downgrade(context: Context, step: str, yes: bool, lose_unsent: bool) -> None:  # noqa: FBT001 - click gives flags
    """Write the database of a stopped station anew in the schema of an older release, which would refuse it as it is.

    The file as it is is kept beside it. Without `--yes` it only says what the older release has no place for, and how
    much of it still waits to be sent to the town, its wards or the province: with anything of that it is refused.
    """
    path = _path(context)
    left = going_back.left_by(path, step)
    if left:
        say("Phiên bản cũ không có chỗ cho:")
        rows = [(one.table, one.column or "(cả bảng)", one.rows, one.unsent or "-") for one in left]
        print_table(("Bảng", "Cột", "Dòng", "Chưa gửi"), rows)
    else:
        say("Không dòng nào bị bỏ lại.")
    if not yes:
        say("Chưa đổi gì. Thêm --yes để làm; tệp hiện nay được giữ lại nguyên vẹn.")
        return
    done = going_back.downgrade(path, step, SystemClock().now(), lose_unsent=lose_unsent)
    say(f"Cơ sở dữ liệu nay ở bước {step}. Tệp cũ được giữ ở {done.kept}.")
    say("Hãy cài phiên bản cũ trước khi chạy lại: phiên bản này sẽ nâng cấp nó lần nữa.")


@database.command("rescue")
@click.option("--even-whole", is_flag=True, help="Also where SQLite finds nothing wrong with the file.")
@pass_context
def rescue(context: Context, even_whole: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Save every readable row of a stopped station's damaged database into a new one, where there is no backup or too
    much was written since. The file as it was is kept as `loa.db.damaged-…`; what is missing is counted where it can
    be, told, and a row of the journal.
    """
    path = _path(context)
    if not path.is_file():
        raise Refused("downgrade_no_database", path=path)
    now = context.config().station.local(SystemClock().now())
    done = saving.rescue(path, now, even_whole=even_whole)
    rows = sum(one.saved for one in done.tables)
    say(f"Đã cứu {rows} dòng vào cơ sở dữ liệu mới. Tệp cũ được giữ ở {done.kept}.")
    lost = [one for one in done.tables if one.lost != 0]
    short = [(one.name, one.saved, "không biết" if one.lost is None else one.lost) for one in lost]
    if short:
        say("Bảng không đọc được hết:")
        print_table(("Bảng", "Đã cứu", "Mất ít nhất"), short)
    say("Hãy chạy loa journal --verify để biết nhật ký còn nguyên vẹn không, rồi chạy lại trạm.")


def _path(context: Context) -> Path:
    return context.config().data / "loa.db"


COMMANDS = (database,)
