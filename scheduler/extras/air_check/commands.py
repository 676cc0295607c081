"""`loa monitor …`: how the air monitor is, and what it has heard of a day.

It reads rows; the monitor itself is a process of `loa run`. No sound is kept, so none can be played here.
"""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from scheduler.commands.base import (
    Context,
    Day,
    clock_text,
    json_option,
    local,
    pass_context,
    print_json,
    print_table,
    today,
)
from scheduler.commands.language import say
from scheduler.core.air.heard_back import HEARD_WORDS
from scheduler.core.words.wording import sentence
from scheduler.extras.air_check.keys import MonitorConfig
from scheduler.extras.air_check.rules.air_watch import REASONS, StoredHeard
from scheduler.extras.air_check.rules.wording_air import SPELL_WORDS, measured_words
from scheduler.extras.air_check.service import AirCheckService

if TYPE_CHECKING:
    from scheduler.station import Station

ALIVE_WITHIN = 10.0
"""Seconds since its last word in which the monitor counts as running."""
SHOWN = 5


@click.group()
def monitor() -> None:
    """Nghe kiểm tra: what comes back from the loudspeakers."""


@monitor.command()
@json_option
@pass_context
def status(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """How the air monitor is, how loud the line is now and while nothing plays, and the last findings."""
    with context.station() as station:
        state = _state(station)
        last = station.services.get(AirCheckService).newest(SHOWN)
        if as_json:
            print_json(state | {"last": [_json(one, station) for one in last]})
            return
        say(state["sentence"] or "Bộ nghe kiểm tra đang nghe.")
        if not state["configured"]:
            return
        say(f"Đường tiếng vào: {state['device'] or 'mặc định của máy'}")
        for name, what in (
            ("level_dbfs", "Mức bây giờ"),
            ("quiet_dbfs", "Mức khi không phát, thường"),
            ("quiet_most_dbfs", "Mức khi không phát, cao nhất"),
        ):
            if state.get(name) is not None:
                say(f"{what}: {state[name]} dBFS".replace(".", ","))
        _print(last, station)


@monitor.command()
@click.argument("day", type=Day(), required=False)
@json_option
@pass_context
def heard(context: Context, day: date | None, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """What was heard of each airing of a day, and silence and stray sound; default: today."""
    with context.station() as station:
        day = day or today(station)
        rows = station.services.get(AirCheckService).of_day(day)
        if as_json:
            print_json({"day": day.isoformat(), "heard": [_json(one, station) for one in rows]})
        elif rows:
            _print(rows, station)
        else:
            say("Ngày này không có kết quả nghe kiểm tra nào.")


def _state(station: "Station") -> dict[str, Any]:
    """What the monitor says of itself, with its sentence; no reason = it listens."""
    if station.config.get(MonitorConfig).kind == "none":
        return {
            "configured": False,
            "alive": False,
            "reason": "air_monitor_off",
            "sentence": sentence("air_monitor_off"),
        }
    beat = station.services.processes.heartbeat("monitor")
    alive = beat is not None and abs((station.clock.now() - beat.at).total_seconds()) < ALIVE_WITHIN
    reason = "air_monitor_silent" if not alive or beat is None else str(beat.state.get("reason", ""))
    told = beat.state if beat and alive else {"device": station.config.get(MonitorConfig).device}
    return told | {"configured": True, "alive": alive, "reason": reason, "sentence": sentence(reason)}


def _json(one: StoredHeard, station: "Station") -> dict[str, Any]:
    reason = REASONS[one.verdict] if one.verdict else ""
    return {
        "kind": one.kind,
        "slot_id": one.slot_id,
        "title": one.title,
        "began_at": local(one.began_at, station.config).isoformat(),
        "ended_at": local(one.ended_at, station.config).isoformat() if one.ended_at else None,
        "verdict": one.verdict.value if one.verdict else None,
        "reason": reason,
        "sentence": sentence(reason),
        "level_dbfs": one.measured.level_dbfs,
        "correlation": one.measured.correlation,
        "share": one.measured.share,
        "delay_ms": one.measured.delay_ms,
        "listened": one.measured.listened,
        "journal_row": one.seq,
    }


def _print(rows: list[StoredHeard], station: "Station") -> None:
    if rows:
        table = [
            (
                f"{local(one.began_at, station.config):%d/%m/%Y %H:%M:%S}",
                clock_text(one.ended_at, station.config),
                HEARD_WORDS[one.verdict] if one.verdict else SPELL_WORDS[one.kind],
                measured_words(one.measured),
                one.title,
            )
            for one in rows
        ]
        print_table(("Bắt đầu", "Kết thúc", "Nghe kiểm tra", "Số đo", "Bản tin"), table)


COMMANDS = (monitor,)
