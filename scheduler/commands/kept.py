"""The station of a command that must work whatever the database does: with its rows, else by what was kept outside it.

It is opened as always first; only where that fails for want of rows is it opened without them.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from scheduler.commands.base import Context, local, print_table
from scheduler.commands.damaged import no_rows
from scheduler.commands.language import say
from scheduler.core.audit_context import done_by
from scheduler.core.model import Person
from scheduler.kernel.errors import LoaError

if TYPE_CHECKING:
    from scheduler.services.air.kept_orders import KeptOrders
    from scheduler.station import Station

__all__ = ["actor_of", "any_station", "by_kept", "tell_kept", "tell_templates"]


@contextmanager
def any_station(context: Context) -> Iterator[tuple["Station", "KeptOrders | None"]]:
    """The station, and None; where its rows cannot be read, without them, and what was kept outside."""
    with ExitStack() as opened:
        try:
            station, kept = opened.enter_context(context.station()), None
        except (LoaError, sqlite3.Error) as error:
            if not no_rows(error):
                raise
            station = opened.enter_context(context.station_without_rows(error))
            kept = _kept_of(station)
        yield station, kept


def actor_of(context: Context, station: "Station") -> Person:
    """Who acts: `--as`, else the person of this machine; by what was kept where no rows can be read."""
    try:
        return context.actor(station)
    except (LoaError, sqlite3.Error) as error:
        if not no_rows(error):
            raise
        person = _kept_of(station).person(context.login)
        done_by(person)
        return person


def by_kept(context: Context, station: "Station", announcement_id: int, zone: str) -> str:
    """The slot of an order that is given by what was kept; says that it is so."""
    orders = _kept_of(station)
    tell_kept(station, orders.as_of)
    person = orders.person(context.login)
    done_by(person)
    return orders.break_in(person, announcement_id, zone=zone)


def tell_templates(station: "Station") -> None:
    """The emergencies that can be ordered by their number."""
    try:
        found = [(one.id, one.title) for one in station.services.emergency.templates()]
    except (LoaError, sqlite3.Error) as error:
        if not no_rows(error):
            raise
        orders = _kept_of(station)
        tell_kept(station, orders.as_of)
        found = [(one.announcement_id, one.title) for one in orders.templates()]
    print_table(("Số", "Bản tin khẩn"), found)


def tell_kept(station: "Station", as_of: datetime | None) -> None:
    """Say that an order goes by what was kept outside the rows, and until when they told it."""
    told = f"{local(as_of, station.config):%H:%M %d/%m/%Y}" if as_of else "-"
    say(f"Cơ sở dữ liệu không đọc được; lệnh theo danh sách bản tin khẩn giữ ở ngoài, đúng tới {told}.", err=True)


def _kept_of(station: "Station") -> "KeptOrders":
    return station.services.emergency.kept_orders()
