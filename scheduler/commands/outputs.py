"""`loa output …`: where sound goes, how it is there, and what can be asked of the receivers.

The state of an output is what the running playout last reported; a Snapcast server is asked and steered directly.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from scheduler.commands.base import Context, json_option, pass_context, print_json, print_list, print_table
from scheduler.commands.language import say
from scheduler.config.loading import OutputConfig
from scheduler.kernel.errors import LoaError, NotFound, OutputError

if TYPE_CHECKING:
    from scheduler.playout.outputs.snapcast_control import SnapcastControl

Answer = TypeVar("Answer")


@click.group()
def output() -> None:
    """Outputs: their state, RTP's description for receivers, Snapcast's clients."""


@output.command("list")
@json_option
@pass_context
def listed(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Every output as the running playout last reported it: kind, state, where it goes, what is wrong with it."""
    with context.station() as station:
        on_air = station.services.air.on_air()
        if as_json:
            print_json({"alive": on_air.alive, "outputs": on_air.outputs})
            return
        if not on_air.alive:
            say("Bộ phát không chạy; đây là tình trạng lần cuối nó báo.")
        rows = [(one["name"], one["kind"], one["state"], one["device"], one["message"]) for one in on_air.outputs]
        print_table(("Đầu ra", "Kiểu", "Tình trạng", "Nơi phát", "Ghi chú"), rows)


@output.command("sdp")
@click.argument("name")
@pass_context
def sdp(context: Context, name: str) -> None:
    """The SDP description that a receiver of an RTP output needs."""
    from scheduler.playout.outputs import outputs_of  # numpy: no other command should wait for it
    from scheduler.playout.outputs.rtp import Rtp

    made = next((one for one in outputs_of(context.config()) if one.name == name), None)
    if not isinstance(made, Rtp):
        raise NotFound("output", name)
    click.echo(made.sdp(), nl=False)


@output.command("clients")
@click.argument("name")
@json_option
@pass_context
def clients(context: Context, name: str, *, as_json: bool) -> None:
    """The loudspeakers of a Snapcast output, with their groups and volumes."""
    rows = [
        (group.id, client.id, client.name, "nối" if client.is_connected else "mất", f"{client.percent} %")
        for group in _ask_server(context, name, lambda control: control.groups())
        for client in group.clients
    ]
    names = ("group", "client", "name", "connected", "volume")
    print_list(names, ("Nhóm", "Loa", "Tên", "Kết nối", "Âm lượng"), rows, as_json=as_json)


@output.command("volume")
@click.argument("name")
@click.argument("client_id")
@click.argument("percent", type=click.IntRange(0, 100))
@pass_context
def volume(context: Context, name: str, client_id: str, percent: int) -> None:
    """Set the volume of one loudspeaker of a Snapcast output, in percent."""
    _ask_server(context, name, lambda control: control.set_client_volume(client_id, percent))
    say(f"Đã đặt âm lượng {percent} % cho {client_id}.")


@output.command("mute")
@click.argument("name")
@click.argument("group_id")
@click.option("--off", is_flag=True, help="Let it sound again.")
@pass_context
def mute(context: Context, name: str, group_id: str, off: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Mute one group of a Snapcast output. A muted group hears no emergency either."""
    _ask_server(context, name, lambda control: control.set_group_mute(group_id, muted=not off))
    say("Đã mở tiếng lại." if off else "Đã tắt tiếng nhóm loa.")


def _ask_server(context: Context, name: str, ask: "Callable[[SnapcastControl], Answer]") -> Answer:
    """What a Snapcast server answers; its refusal is one sentence."""
    setting: OutputConfig | None = next((one for one in context.config().outputs if one.name == name), None)
    if setting is None or setting.kind != "snapcast" or not setting.control:
        raise NotFound("output", name)
    from scheduler.playout.outputs.snapcast_control import SnapcastControl

    try:
        return ask(SnapcastControl(setting.control))
    except OutputError as error:
        raise LoaError(f"máy chủ Snapcast không làm được việc này: {error}") from error


COMMANDS = (output,)
