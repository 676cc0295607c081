"""The broker's file of accounts, written from the list of wards, and the word to the broker that it has changed.

Whole or not at all: a broker that reads half a file would lock every ward out. The file names public keys only. The
hub's own two keys (to the wards' account and to the broker's own) are made here, each in a file of mode 0600.
"""

import logging
import os
import signal
from pathlib import Path

from scheduler.extras.hub.keys import HubConfig
from scheduler.extras.hub.rows.wards import HubWards
from scheduler.extras.hub.rules.wards import wards_conf
from scheduler.extras.town.broker.keys import load_or_make, public_of
from scheduler.kernel.causes import reason_of
from scheduler.kernel.durable import write_whole
from scheduler.kernel.errors import Refused
from scheduler.services.repositories import Repositories

__all__ = ["HubConf"]

log = logging.getLogger(__name__)

HUB_KEY, SYSTEM_KEY = "hub-broker.nk", "hub-system.nk"
_MODE = 0o640
"""The broker runs as another user of the same group."""


class HubConf:
    def __init__(self, repos: Repositories, rows: HubWards) -> None:
        self._repos = repos
        self._rows = rows

    def hub_seed(self) -> str:
        """The seed of the hub's key in the account of the wards, made once. Raises Refused link_key_unreadable, …"""
        return load_or_make(self._repos.written.data / HUB_KEY)

    def system_seed(self) -> str:
        """The same in the broker's own account, where it is told who is connected."""
        return load_or_make(self._repos.written.data / SYSTEM_KEY)

    @property
    def path(self) -> Path:
        """Where the file lies: relative to the data folder."""
        return self._repos.written.data / self._repos.config.get(HubConfig).wards_conf

    def text(self) -> str:
        """What the file has to hold now."""
        return wards_conf(public_of(self.hub_seed()), public_of(self.system_seed()), self._rows.keys())

    def is_current(self) -> bool:
        """Whether the file holds what it has to."""
        try:
            return self.path.read_text(encoding="ascii") == self.text()
        except OSError:
            return False

    def write(self) -> bool:
        """Bring the file up to date; whether it had to change. Raises Refused disk_readonly."""
        text = self.text()
        if self.is_current():
            return False
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.path, text.encode("ascii"), _MODE)  # the broker's group reads it
        except OSError as error:
            raise Refused(reason_of(error, "disk_readonly")) from error
        return True

    def tell_broker(self) -> bool:
        """Have the broker read the file again, where this machine knows its process; whether it was told.

        Where it does not (another user's process, other machines), the process `hub` asks the broker itself.
        """
        told = self._repos.config.get(HubConfig).broker_pid
        if not told:
            return False
        try:
            number = int((self._repos.written.folder / told).read_text(encoding="ascii").split()[0])
            if number <= 1:
                return False
            os.kill(number, signal.SIGHUP)
        except (OSError, ValueError, IndexError) as error:
            log.warning("the broker is not told of its new accounts by signal: %s", error)
            return False
        return True

    def put_in_force(self) -> None:
        """The file as the wards are now, and the broker told."""
        if self.write():
            self.tell_broker()
