"""Điện thoại, on Cài đặt: how other machines of the office open this page, and the authority's certificate for phones.

A phone records only over HTTPS. The certificate of the station's own authority is public by nature and is given to
anybody; its key never leaves `data/tls`. Whether HTTPS is on, config.toml says.
"""

import io
import ipaddress
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, render_template, send_file
from markupsafe import Markup

from scheduler.config.loading import Config
from web.auth import Answer, page_of, services, station
from web.http.own_names import machine_names

if TYPE_CHECKING:
    from web.http.certificate import OwnCertificate

bp = Blueprint("phones", __name__)


@bp.get("/cai-dat/dien-thoai")
@page_of("see")
def page() -> Answer:
    config = services().config
    addresses = [(address, qr(address)) for address in reachable(config)]
    return render_template(
        "settings/phones.html", addresses=addresses, tls=config.web.tls == "own", certificate=_certificate()
    )


@bp.get("/chung-chi.crt")
def authority() -> Response:
    """The authority that signs this station's certificate, for a phone to install."""
    certificate = _certificate()
    if certificate is None:
        abort(404)
    return send_file(
        certificate.authority, mimetype="application/x-x509-ca-cert", download_name="loa-phuong.crt", as_attachment=True
    )


def reachable(config: Config) -> list[str]:
    """The addresses other machines may open this page by, the ones most likely to work first."""
    web = config.web
    if web.tls != "own" and ipaddress_or_none(web.host) == ipaddress.ip_address("127.0.0.1"):
        return []
    scheme, port = ("https", web.tls_port) if web.tls == "own" else ("http", web.port)
    names = [name for name in machine_names(web.names) if name != "localhost" and not _of_this_machine(name)]
    ordered = sorted(names, key=lambda name: (name not in web.names, ipaddress_or_none(name) is None, name))
    return [f"{scheme}://{f'[{name}]' if ':' in name else name}:{port}/" for name in ordered]


def qr(text: str) -> Markup:
    """A QR code as an inline SVG that scales."""
    import segno

    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=False, omitsize=True, svgclass="qr", lineclass=None
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704 - the library draws it; the text is in the pattern alone


def ipaddress_or_none(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _of_this_machine(name: str) -> bool:
    found = ipaddress_or_none(name)
    return found is not None and found.is_loopback


def _certificate() -> "OwnCertificate | None":
    config = services().config
    if config.web.tls != "own" or config.web.tls_certificate:
        return None
    from web.http.certificate import own  # 7 MB, and most stations have no HTTPS of their own

    return own(config, station().clock.now())
