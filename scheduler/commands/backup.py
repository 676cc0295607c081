"""`loa backup`, `loa restore`: one file that holds the station, made beside a running one, put back into a new place.

Thin: the desk makes, the store looks through and unpacks. A passphrase is read from a file or asked for, never given as
a word of the command line, which everybody on the machine could read.
"""

from datetime import datetime
from pathlib import Path

import click

from scheduler.commands.base import Context, json_option, local, pass_context, print_json
from scheduler.commands.language import ask_secret, say
from scheduler.core.characters import escaped
from scheduler.core.words.wording import sentence_of
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.encrypted_archive import is_encrypted
from scheduler.kernel.errors import Refused
from scheduler.services.backup.archive import Contents, looked_through
from scheduler.services.station.backups import backup_files, backup_folder


@click.command()
@click.option(
    "--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="Folder; default: as configured."
)
@json_option
@pass_context
def backup(context: Context, folder: Path | None, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Copy database, sounds, keys and configuration into one file while everything runs, and read it back."""
    with context.station() as station:
        place = station.services.backups.make(context.actor(station), folder)
        size = place.stat().st_size
        if as_json:
            print_json({"file": str(place), "bytes": size})
        else:
            say(f"Đã sao lưu và đọc lại: {place} ({size / 1e6:.1f} MB)")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@click.option("--latest", is_flag=True, help="The newest good backup, in the place of this station, which is kept.")
@click.option(
    "--data",
    "folder",
    type=click.Path(path_type=Path),
    help="New, empty data folder; with --replace, else this station's.",
)
@click.option("--check", "only_check", is_flag=True, help="Only look the file through.")
@click.option("--replace", "replaces", is_flag=True, help="Put it in the place of a stopped station; that one is kept.")
@click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File that holds the passphrase of the backup; else you are asked.",
)
@json_option
@pass_context
def restore(
    context: Context,
    file: Path | None,
    latest: bool,  # noqa: FBT001 - click gives a flag
    folder: Path | None,
    only_check: bool,  # noqa: FBT001 - click gives a flag
    replaces: bool,  # noqa: FBT001 - click gives a flag
    passphrase_file: Path | None,
    as_json: bool,  # noqa: FBT001 - click gives a flag
) -> None:
    """Put a backup back into a new or empty folder, or in the place of a stopped station.

    An encrypted one asks for its passphrase.
    """
    from scheduler.services.backup import restore as restoring

    now = context.config().station.local(SystemClock().now())
    if (file is None) != latest:
        raise click.UsageError("Either a FILE, or --latest")
    if file is None:
        file, replaces = _latest(context, passphrase_file), True
        say(f"Bản sao lưu tốt mới nhất: {file}", err=True)
    folder = folder or (context.config().data if replaces else None)
    passphrase = _passphrase(file, passphrase_file)
    if only_check:
        contents = looked_through(file, passphrase)
    elif folder is None:
        raise click.UsageError("--data is needed, or --check")
    else:
        try:
            contents = restoring.restore(
                file, folder.resolve(), passphrase, replaced_at=now if replaces else None, now=now
            )
        except Refused:
            left = restoring.half_restored(folder.resolve())
            there = "vẫn như cũ" if folder.exists() else "chưa có gì"
            rest = f"xóa thư mục dở dang {left} bằng tay" if left.exists() else "không tệp dở dang nào còn lại"
            say(f"Chưa khôi phục: {folder} {there}; {rest}.", err=True)
            raise
    told = {"station": contents.station, "made_at": contents.made_at, "bytes": contents.bytes}
    told |= {"files": contents.files, "journal_rows": contents.journal_rows}
    if as_json:
        print_json(told | {"journal_whole": contents.journal_whole})
        return
    say(_words(context, contents))
    if folder and not only_check:
        say(f"Đã khôi phục vào {folder}. Tệp cấu hình cũ ở {folder / restoring.CONFIG}.")
        if (aside := restoring.set_aside(folder.resolve(), now)).exists():
            say(f"Thư mục cũ được giữ ở {aside}.")
        say(f"Chạy trạm từ đó: loa --config config.toml --data {folder} run")


def _latest(context: Context, passphrase_file: Path | None) -> Path:
    """The newest backup of this station that reads whole. Raises Refused backup_none_good."""
    config = context.config()
    named = config.folder / config.backup.passphrase_file if config.backup.passphrase_file else None
    tried = 0
    for path in backup_files(config):
        tried += 1
        try:
            looked_through(path, _passphrase(path, passphrase_file or named))
        except Refused as refused:
            say(f"{path.name}: {sentence_of(refused)}", err=True)
        else:
            return path
    raise Refused("backup_none_good", folder=backup_folder(config), tried=tried)


def _passphrase(file: Path, passphrase_file: Path | None) -> str:
    with file.open("rb") as raw:
        if not is_encrypted(raw):
            return ""
    if passphrase_file is None:
        return ask_secret("Mật khẩu của bản sao lưu", err=True)
    try:
        return passphrase_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused("backup_passphrase_file", path=passphrase_file) from error


def _words(context: Context, contents: Contents) -> str:
    made = local(datetime.fromisoformat(contents.made_at), context.config())
    chain = "nguyên vẹn" if contents.journal_whole else "KHÔNG nguyên vẹn lúc sao lưu"
    return (
        f"Bản sao lưu tốt: {escaped(contents.station)}, làm lúc {made:%H:%M %d/%m/%Y}, {contents.files} tệp, "
        f"{contents.bytes / 1e6:.1f} MB; nhật ký {contents.journal_rows} dòng, {chain}."
    )


COMMANDS = (backup, restore)
