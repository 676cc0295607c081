"""Commands that the table of operations gives: the same act as the API's, with the fields of its request as options.

What a request may hold is the struct's, who may is the operation's; here words of the command line become that request.
A command that must work with no page, that asks something first or prints more than the answer, is written by hand.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from scheduler.commands.base import Context, json_option, pass_context, print_json, today
from scheduler.commands.language import in_words, say, worded
from scheduler.core.planning import rules
from scheduler.core.words.wording import sentence_of
from scheduler.features import FEATURES
from scheduler.services.repositories import permit

if TYPE_CHECKING:
    from scheduler.operations.schemas import Field, Schema
    from scheduler.operations.table import Operation
    from scheduler.station import Station

__all__ = ["DerivedGroup", "derived"]

SENT = "sent_"
"""In front of the name of a field: a place of the address may have the same."""
INSTANT = "HH:MM, DD/MM/YYYY or both"


class DerivedGroup(click.Group):
    """A group with commands of its own and those that the table has for it, made when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *derived(self.called)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        by_hand = super().get_command(ctx, cmd_name)
        found = by_hand if by_hand is not None else derived(self.called).get(cmd_name)
        return found and worded(found, ctx)

    @property
    def called(self) -> str:
        """The word in front of those of its commands."""
        return self.name or ""


def derived(group: str) -> dict[str, click.Command]:
    """The commands of a group ("" = those of `loa` itself), by their last word."""
    from scheduler.operations.subjects import operations_of

    found = ((one, one.command.words.rpartition(" ")) for one in operations_of(FEATURES) if one.command)
    return {word: _command(one) for one, (before, _, word) in found if before == group}


def _command(operation: "Operation") -> click.Command:
    from scheduler.operations.schemas import schema_of

    told = operation.command
    assert told is not None  # noqa: S101 - whoever asks has looked
    params: list[click.Parameter] = [
        click.Argument([name], type=_type(schema_of(kind)[0])) for name, kind in operation.places.items()
    ]
    for one in operation.fields:
        if one.name in told.arguments:
            params.append(click.Argument([SENT + one.name], type=_type(one.schema), metavar=one.name.upper()))
        else:
            params.append(_option(one))

    @pass_context
    def run(context: Context, /, *, as_json: bool, **typed: Any) -> None:
        with context.station() as station:
            _run(operation, context, station, typed, as_json=as_json)

    name = told.words.rpartition(" ")[2]
    return json_option(click.Command(name, callback=run, params=params, help=operation.says))


def _run(
    operation: "Operation", context: Context, station: "Station", typed: Mapping[str, Any], *, as_json: bool
) -> None:
    import msgspec

    from scheduler.operations.faults import Invalid, read
    from scheduler.operations.table import Call

    call = Call(station, context.actor(station))
    permit(call.actor, operation.may)
    given = {name: typed[name] for name in operation.places}
    words = {one.name: (one.schema, typed[SENT + one.name]) for one in operation.fields}
    sent = {name: _sent(station, schema, value) for name, (schema, value) in words.items() if value is not None}
    try:
        body = read(operation.takes, sent) if operation.takes else None  # a look sends nothing
    except Invalid as invalid:
        fault = invalid.faults[0]
        raise click.UsageError(f"{fault.where[0]}: {in_words(sentence_of(fault))}") from invalid
    answer = operation.view(call, **given, **({"body": body} if operation.reads_body else {}))
    told = msgspec.to_builtins(answer.body)
    if as_json:
        print_json(told)
    elif operation.command:
        done = operation.command.done
        say(done.format(**told) if isinstance(done, str) else done(body, answer.body))


def _sent(station: "Station", schema: "Schema", value: Any) -> Any:
    """What was typed, as a request says it."""
    if schema.get("format") != "date-time":
        return value
    return rules.parse_instant(value, today(station), station.config.station.time_zone).isoformat()


def _type(schema: "Schema") -> Any:
    if "enum" in schema:
        return click.Choice(schema["enum"])
    return int if schema.get("type") == "integer" else str


def _option(field: "Field") -> click.Option:
    name, schema, needed = field
    word, says = name.replace("_", "-"), schema.get("description", "")
    if schema.get("type") == "boolean":
        both = f"--{word}/--no-{word}" if schema.get("default") else f"--{word}"
        return click.Option([SENT + name, both], is_flag=True, default=bool(schema.get("default")), help=says)
    if schema.get("format") == "date-time":
        return click.Option([SENT + name, f"--{word}"], metavar="INSTANT", required=needed, help=f"{INSTANT}. {says}")
    return click.Option([SENT + name, f"--{word}"], type=_type(schema), required=needed, help=says)
