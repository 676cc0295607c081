"""`loa doctor`, `loa config check|show`.

They look; none of them changes the configuration or mends what it finds.
"""

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import click
from filelock import FileLock, Timeout

from scheduler.commands.base import Context, pass_context
from scheduler.commands.language import explained, in_words, say
from scheduler.commands.output_states import Finding, output_findings
from scheduler.config.keys import OF_EXTRAS
from scheduler.config.loading import SEVERAL, Config, HornConfig, section_names
from scheduler.config.packages import package_faults
from scheduler.core.words.wording import sentence
from scheduler.kernel.database_faults import is_damage, refusal_of_damage
from scheduler.kernel.errors import ConfigError, LoaError, NotPermitted
from scheduler.kernel.net.address_policy import shown_url
from scheduler.services.station.checkup import checkup, deep_checkup
from scheduler.services.station.damage import damage_lines, damage_of
from scheduler.services.station.findings import Finding as Trial

if TYPE_CHECKING:
    from scheduler.station import Station


@click.group("config")
def config_() -> None:
    """The configuration."""


@config_.command()
@pass_context
def check(context: Context) -> None:
    """Say every fault of the configuration at once, and try what it names: each secret and certificate is read, each
    folder written into, each own address listened at, each output resolved and opened without a sound (or, while the
    station runs, asked of playout; a FIFO is only looked at). Zones that nobody sounds in, empty lists and networks
    that are none are told too. Each fault has its key, its line and what to do. Exit code 1 where something will not
    work.
    """
    config, faults = context.read_config()
    found = _tried(context, config) if config else []
    lines = [f"- {fault}" for fault in faults]
    lines += [f"- {one.what}: {one.told}" for one in found if one.good is False]
    if lines or config is None:
        raise ConfigError([line.removeprefix("- ") for line in lines])
    say(f"Cấu hình hợp lệ. Dữ liệu ở {config.data}")


@config_.command()
@pass_context
def show(context: Context) -> None:
    """Every key, its value and what it means."""
    config = context.config()
    for name in section_names():
        several = name in SEVERAL or (name in OF_EXTRAS and OF_EXTRAS[name].several)
        values = config.rows(name)
        if name == "horn":
            values = values or (HornConfig(),)
        for value in values:
            click.echo(f"\n[[{name}]]" if several else f"\n[{name}]")
            for item in fields(value):
                shown = getattr(value, item.name)
                if item.name in {"device", "control"}:
                    shown = shown_url(shown)  # an address may carry a password
                click.echo(f"{item.name} = {shown!r}  # {explained(item.metadata['help'])}")


@click.command()
@pass_context
def doctor(context: Context) -> None:
    """Look at everything a station needs: configuration, disk, clock, database, backups, legal basis, voices, outputs,
    priority, people, journal; and try it as `loa config check` does. Exit code 1 when something must be mended.
    """
    config, faults = context.read_config()
    if config is None or faults:
        found = _tried(context, config) if config else []
        raise ConfigError([*faults, *(f"{one.what}: {one.told}" for one in found if one.good is False)])
    bad = 0
    for good, what, told in _found(context, config):
        mark = {True: "tốt", False: "HỎNG", None: "lưu ý"}[good]
        click.echo(f"[{in_words(mark):4}] {in_words(what)}: {in_words(told)}")
        bad += good is False
    if bad:
        raise SystemExit(1)


def _found(context: Context, config: Config) -> Iterator[Finding]:
    """Everything that can be looked at; a damaged database keeps nothing else from being said."""
    path = config.data / "loa.db"
    try:
        with context.station() as station:
            yield from _findings(config, station)
            return
    except NotPermitted:
        raise
    except (LoaError, sqlite3.Error, ValueError, KeyError, TypeError) as error:
        fault = damage_of(path)
        if not fault and isinstance(error, LoaError) and not is_damage(error):
            raise
        lines = damage_lines(path, refusal_of_damage(path, fault or error))
    yield False, "Cơ sở dữ liệu", " ".join(lines)
    yield _running(config)
    from scheduler.playout.trials import output_trials

    for one in output_trials(config, None):
        yield one.good, one.what, one.told
    yield _realtime()


def _findings(config: Config, station: "Station") -> Iterator[Finding]:
    yield True, "Cấu hình", "hợp lệ"
    yield _running(config)
    for one in checkup(station.services):
        yield one.good, one.what, one.told
    for lack in package_faults(station.config):  # config.toml has no fault: of what was begun on a page
        yield False, "Gói cần cài thêm", lack
    yield from _voices(config, station)
    yield from output_findings(station)
    from scheduler.playout.trials import output_trials

    for one in output_trials(config, _running_outputs(config, station)):
        yield one.good, one.what, one.told
    yield _realtime()
    people = station.services.people.listed()
    yield (
        (True if people else None),
        "Người dùng",
        f"{len(people)} người" if people else "chưa có; chạy loa run để lấy liên kết cài đặt",
    )
    for one in deep_checkup(station.services):
        yield one.good, one.what, one.told


def _running(config: Config) -> Finding:
    return (True, "Trạm", "đang chạy") if _is_running(config) else (None, "Trạm", "không chạy; chạy: loa run")


def _tried(context: Context, config: Config) -> list[Trial]:
    """Every trial of what the configuration names; a station that runs tells of its own outputs."""
    from scheduler.playout.trials import every_trial

    if not _is_running(config):
        return every_trial(config, None)
    with context.station() as station:
        return every_trial(config, _running_outputs(config, station))


def _is_running(config: Config) -> bool:
    path = config.data / "station.lock"
    if not path.exists():  # a look makes no folder
        return False
    held = FileLock(path)
    try:
        held.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:  # a folder that cannot be written is told as such
        return False
    held.release()
    return False


def _running_outputs(config: Config, station: "Station") -> list[dict[str, Any]] | None:
    """The outputs as a living playout tells of them; None = none runs."""
    return station.services.air.on_air().outputs if _is_running(config) else None


def _voices(config: Config, station: "Station") -> Iterator[Finding]:
    from scheduler.commands.voices import file_words, state_words
    from scheduler.services.announcement.voices import voice_files, voice_states

    beat = station.services.processes.heartbeat("worker")
    states = voice_states(config, beat, station.clock.now())
    for one in states:
        told = state_words(one, config)
        yield (None if one.reason else True), f"Giọng {one.engine}", told if one.reason else f"{told} ({one.voice})"
    if all(one.is_lacking for one in states):
        yield False, "Giọng đọc", "không giọng nào dùng được"
    for file in voice_files(config):
        yield (None if file.lack else True), f"Tệp giọng {file.path.name}", file_words(file)
    if config.voice_server.url and "server" not in config.speech.engines:
        reason = "voice_server_not_tried"
        yield None, "Máy chủ giọng đọc", sentence(reason)


def _realtime() -> Finding:
    """May playout ask for real-time priority here?"""
    try:
        before = os.sched_getscheduler(0)
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        os.sched_setscheduler(0, before, os.sched_param(0))
    except (AttributeError, OSError):
        return None, "Ưu tiên thời gian thực", "không được cấp; vẫn phát được nhờ bộ đệm (xem deploy/loa.service)"
    return True, "Ưu tiên thời gian thực", "được cấp"


COMMANDS = (config_, doctor)
