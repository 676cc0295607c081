"""`loa tls`: the certificate that the page shows to phones and other machines of the office.

It prints and renews; whether HTTPS is on, config.toml says.
"""

import click

from scheduler.commands.base import Context, pass_context
from scheduler.commands.language import say


@click.command()
@click.option("--renew", is_flag=True, help="Make a new certificate now; phones that trust the authority go on.")
@pass_context
def tls(context: Context, renew: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Names, end and fingerprint of the certificate that the page shows over HTTPS; made where it is missing.

    `--renew` makes a new one under the same authority, which telephones go on trusting.
    """
    from scheduler.kernel.clock import SystemClock
    from web.http.certificate import forget, own

    config = context.config()
    if renew:
        forget(config)
    found = own(config, SystemClock().now())
    say(f"Tên: {', '.join(found.names)}")
    say(f"Có hạn tới: {found.until:%d/%m/%Y}")
    say(f"Chứng chỉ cho điện thoại: {found.authority}")
    say(f"Dấu SHA-256: {found.fingerprint}")
    if config.web.tls == "off":
        say('HTTPS đang tắt: ghi tls = "own" vào mục [web] của config.toml.')


COMMANDS = (tls,)
