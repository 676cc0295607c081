"""`loa status`, `loa faults`, `loa selftest`: what is wrong now, what was, and a test of all parts that nobody hears.

`status` looks itself, whether the station runs or not, and ends with 1 where a fault stands; it mends nothing.
"""

from typing import TYPE_CHECKING, Any

import click

from scheduler.commands.base import Context, json_option, local, pass_context, print_json, print_table
from scheduler.commands.language import say
from scheduler.core.station.selftest import part_words
from scheduler.core.station.station_faults import FaultRecord, StationFault, standing
from scheduler.core.words.wording import sentence
from scheduler.operations.numbers import station_numbers
from scheduler.services.station.station_seen import database_damage, seen_now

if TYPE_CHECKING:
    from scheduler.config.loading import Config
    from scheduler.station import Station


@click.command()
@json_option
@pass_context
def status(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """What is wrong with the station now: outputs, voice, clock, disk, database, processes.

    It looks itself, whether the station runs or not, and tells since when a fault stands where the station's own watch
    has written it down. Ends with 1 where a fault stands. `--json` also gives the numbers of `/metrics`, by the same
    names.
    """
    with context.station() as station:
        seen = seen_now(station.services, database_damage(station.database))
        since = {one.fault.key: one for one in station.services.faults.standing()}
        found = {one.key: one for one in standing(seen)} | {key: one.fault for key, one in since.items()}
        looked, _ = station.services.faults.looked()
        if as_json:
            rows = [_fault_json(one, since.get(key)) for key, one in found.items()]
            print_json(
                {
                    "status": "fault" if found else "ok",
                    "looked_at": station.clock.now().isoformat(),
                    "watched_at": looked.isoformat() if looked else None,
                    "faults": rows,
                    "metrics": {one.name: one.rows for one in station_numbers(station)},
                }
            )
        else:
            _print_status(found, since, station)
        if found:
            click.get_current_context().exit(1)


def _print_status(found: dict[str, StationFault], since: dict[str, FaultRecord], station: "Station") -> None:
    if not found:
        say("Trạm không có lỗi nào.")
        return
    say(f"Trạm đang có {len(found)} lỗi:")
    rows = [(_when(since.get(key), station.config), _sentence(one)) for key, one in found.items()]
    print_table(("Từ", "Lỗi"), rows)


@click.command()
@json_option
@pass_context
def faults(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """The last hundred faults of the station, the newest first: when each began and was over, what it was and why."""
    with context.station() as station:
        found = station.services.faults.records()
        if as_json:
            print_json({"faults": [_fault_json(one.fault, one) for one in found]})
        elif not found:
            say("Chưa ghi nhận lỗi nào.")
        else:
            config = station.config
            rows = [(_when(one, config), _ended(one, config), _sentence(one.fault)) for one in found]
            print_table(("Từ", "Đến", "Lỗi"), rows)


def _fault_json(fault: StationFault, record: FaultRecord | None) -> dict[str, Any]:
    return {
        "key": fault.key,
        "reason": fault.reason,
        "sentence": _sentence(fault),
        "details": dict(fault.details),
        "began": record.began.isoformat() if record else None,
        "ended": record.ended.isoformat() if record and record.ended else None,
        "told": dict(record.told) if record else {},
    }


def _sentence(fault: StationFault) -> str:
    why = fault.details.get("why")
    details = dict(fault.details) | ({"why": sentence(why).rstrip(".")} if why else {})
    return sentence(fault.reason, details)


def _when(record: FaultRecord | None, config: "Config") -> str:
    return f"{local(record.began, config):%H:%M:%S %d/%m/%Y}" if record else "vừa thấy"


def _ended(record: FaultRecord, config: "Config") -> str:
    return f"{local(record.ended, config):%H:%M:%S %d/%m/%Y}" if record.ended else "chưa hết"


@click.command()
@json_option
@pass_context
def selftest(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Test outputs, voice, database, sounds and backup of a running station now, so that nobody hears it: the outputs
    play three seconds of a tone below -80 dBFS, measured like every airing. Refused in quiet hours, while something
    sounds and shortly before. The station does it by itself once a week. Ends with 1 where a part fails.
    """
    from scheduler.station_selftest import SelfTest

    with context.station() as station:
        parts = SelfTest(station).run()
        if as_json:
            rows = [{"part": one.name, "reason": one.reason, "details": dict(one.details)} for one in parts]
            print_json({"good": all(not one.reason for one in parts), "parts": rows})
        else:
            for part in parts:
                say(part_words(part))
        if any(one.reason for one in parts):
            click.get_current_context().exit(1)


COMMANDS = (status, faults, selftest)
