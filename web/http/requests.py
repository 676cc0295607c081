"""Which requests are taken, and what is read of them: those for a name of ours, and text without signs that steer.

A stranger's site can make its own name point at this machine (DNS rebinding), and then its pages would be of our
origin. A literal address cannot be made to point elsewhere, so addresses are always taken. Bodies that are no form, and
names of files, are the business of whoever reads them.
"""

import ipaddress
import re
from functools import cached_property
from urllib.parse import urlsplit

from flask import Flask, Request, Response, current_app, request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from scheduler.config.loading import Config
from scheduler.core.characters import without_controls
from scheduler.features import FEATURES
from web.http.own_names import machine_names

__all__ = ["CleanRequest", "install", "is_ours", "known_names"]

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]+)(:\d{1,5})?", re.IGNORECASE)


def known_names(config: Config) -> frozenset[str]:
    """Every name this station's page answers to, in small letters."""
    told = (url for feature in FEATURES for url in feature.page_addresses(config))
    return frozenset(machine_names(config.web.names)) | {name for url in told if (name := urlsplit(url).hostname)}


def is_ours(host: str, names: frozenset[str]) -> bool:
    """Whether a Host header names this station: one of its names, or any literal address; with any port."""
    found = _HOST.fullmatch(host)
    if found is None:
        return False
    name = found[1].strip("[]").lower().rstrip(".")
    if name in names:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def install(app: Flask, config: Config) -> None:
    """Refuse requests for other names, first of all that is asked of a request."""
    app.extensions["names"] = known_names(config)
    app.before_request(_refuse)


def _refuse() -> Response | None:
    if is_ours(request.host, current_app.extensions["names"]):
        return None
    words = (
        "Trang này không mang tên ấy. Hãy mở bằng địa chỉ của máy trạm, hoặc ghi tên vào web.names trong config.toml.\n"
        "This page has no such name. Open it by the station's address, or add the name to web.names in config.toml.\n"
    )
    return Response(words, 421, content_type="text/plain; charset=utf-8")


class CleanRequest(Request):
    @cached_property
    def args(self) -> MultiDict[str, str]:
        """What stands behind the question mark."""
        return _cleaned(super().args)

    def _load_form_data(self) -> None:
        """Werkzeug's one place where a form is read."""
        if "form" in self.__dict__:
            return
        super()._load_form_data()
        self.__dict__["form"] = _cleaned(self.__dict__["form"])


def _cleaned(values: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    return ImmutableMultiDict((name, without_controls(value)) for name, value in values.items(multi=True))
