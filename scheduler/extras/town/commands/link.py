"""`loa link …`: how the link to the town stands, and pairing with a town by its one-time code.

The process itself runs under `loa run`; `loa link run` runs it alone, for a look at what it says. Pairing shows the
fingerprint that the town's officer reads out, and takes nothing before somebody has said that the two are the same.
"""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler import supervisor
from scheduler.commands.base import Context, json_option, local, pass_context, print_json
from scheduler.commands.language import in_words, say
from scheduler.config.packages import lack_of
from scheduler.core.words.wording import sentence
from scheduler.extras.inbox.commands import say_link
from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.rules.enrolment import Welcome, fingerprint
from scheduler.extras.town.service.enrolment import TownPairing
from scheduler.extras.town.service.town import TownService
from scheduler.kernel.errors import Refused

if TYPE_CHECKING:
    from scheduler.station import Station


@click.group()
def link() -> None:
    """Thị xã: the link to the town above this ward."""


@link.command()
@json_option
@pass_context
def status(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """How the link stands, what waits to go up, what the broker has not allowed, and whose word counts here; exit code
    1 where there is a link and something is wrong with it.
    """
    with context.station() as station:
        services, town = station.services.get(TownService), station.config.get(TownConfig)
        state = services.up.state()
        reason = state.reason if state.configured else "link_off"
        told = sentence(reason, state.details) if reason else ""
        beat = station.services.processes.heartbeat("link")
        forbidden = (
            list(beat.state.get("forbidden", ())) if beat is not None and state.configured and not state.rests else []
        )
        pinned = services.pinned()
        if as_json:
            print_json(
                {
                    "configured": state.configured,
                    "alive": state.alive,
                    "url": town.url,
                    "ward_id": town.ward_id,
                    "groups": list(town.groups),
                    "reached_at": local(state.reached_at, station.config).isoformat() if state.reached_at else None,
                    "reason": reason,
                    "sentence": told,
                    "forbidden": forbidden,
                    "clock_off_minutes": state.clock_off_minutes,
                    "queue": {
                        "waiting": state.queue.waiting,
                        "sent": state.queue.sent,
                        "oldest": local(state.queue.oldest, station.config).isoformat() if state.queue.oldest else None,
                    },
                    "issuers": [{"key": one.key, "name": one.name} for one in pinned.values()],
                }
            )
        elif not state.configured:
            say(told)
        else:
            _stands(station, forbidden)
    if state.configured and not state.rests and (not state.is_up or state.is_clock_apart or forbidden):
        raise click.exceptions.Exit(1)


def _stands(station: "Station", forbidden: list[str]) -> None:
    """How the link of a ward that has a town stands, for people."""
    services, town = station.services.get(TownService), station.config.get(TownConfig)
    state = services.up.state()
    up, dials = "Đang liên lạc được với thị xã.", "Đang nối với thị xã."
    say_link(state, station.config, up=up, dials=dials, clock_off="town_clock_off")
    say(f"Phường: {town.ward_id}; nhóm: {', '.join(town.groups) or 'không'}.")
    say(f"Báo lên thị xã: {state.queue.waiting} mục chờ gửi, {state.queue.sent} mục đã gửi.")
    for line in forbidden:
        say(sentence("link_not_allowed", {"told": line}))
    for one in services.pinned().values():
        say(f"Tin chữ ký của: {one.name} ({one.key[:16]}…)")


@link.command()
@click.argument("code")
@click.option("--hub", required=True, help="Address of the town's page, such as https://loa.thixa.gov.vn.")
@click.option("--fingerprint", "compared", default="", help="What the town has read out; else you are asked.")
@click.option("--emergency", is_flag=True, help="Its emergencies may air here without anybody's word.")
@click.option("--ca", "ca_file", type=click.Path(path_type=Path, exists=True), help="Who vouches for the town's page.")
@pass_context
def pair(
    context: Context,
    code: str,
    hub: str,
    compared: str,
    emergency: bool,  # noqa: FBT001 - click gives a flag
    ca_file: Path | None,
) -> None:
    """Belong to a town: give it the one-time code and this ward's public key, compare the fingerprint with the town by
    telephone, believe its key. Nothing secret travels. A running station links itself within seconds.
    """
    with context.station() as station:
        actor, services = context.actor(station), station.services.get(TownPairing)
        welcome = services.ask(actor, hub, code, ca_file=ca_file)
        _show(welcome)
        told = fingerprint(welcome)
        say(f"Mã khớp: {told}")
        if not compared:
            asked = "Hãy gọi thị xã và so mã khớp. Hai mã có giống nhau không?"
            if not click.confirm(in_words(asked), default=False):
                raise Refused("link_not_confirmed")
            compared = told
        services.accept(actor, welcome, hub, compared, may_emergency=emergency)
        _say_paired(station, welcome)


def _show(welcome: Welcome) -> None:
    say(f"Thị xã: {welcome.issuer_name}. Phường này ở đó: {welcome.name or welcome.ward} (mã {welcome.ward}).")
    say(f"Máy chủ tin: {welcome.broker}")
    if not welcome.broker.startswith(("tls:", "wss:")):
        say("Lưu ý: máy chủ tin này không mã hóa; chỉ dùng khi nó ở trong mạng riêng của cơ quan.")


def _say_paired(station: "Station", welcome: Welcome) -> None:
    say("Đã ghép nối. Trạm đang chạy sẽ tự nối trong vài giây; nếu chưa chạy: loa run.")
    town = station.config.get(TownConfig)
    if (town.url, town.ward_id) != (welcome.broker, welcome.ward):
        say("Lưu ý: config.toml ghi mục [town] khác và được giữ nguyên; hãy sửa hoặc xóa các dòng ấy.")


@link.command()
@pass_context
def key(context: Context) -> None:
    """The ward's public key ("U…"), for a town that types it in.

    Made at the first call; its secret half stays in `data/keys/town.nkey`, mode 0600.
    """
    with context.station() as station:
        say(station.services.get(TownPairing).public_key(context.actor(station)))


@link.command()
@pass_context
def run(context: Context) -> None:
    """Run the link alone until Ctrl-C, to see what it says. Refused while `loa run` has one."""
    with context.station() as station:
        if not station.config.get(TownConfig).url:
            raise Refused("link_off")
        if lack := lack_of("town"):
            raise lack
        from scheduler.extras.town.work.process import TownLink

        stop = threading.Event()
        supervisor.stop_on_signals(stop)
        supervisor.keep_log(station.config.data / "log", "link")
        TownLink(station).run(stop)


COMMANDS = (link,)
