"""Ghép nối với thị xã: a code goes to the town, its welcome comes back, and counts once two people have compared it.

Two steps, because nothing that came over the line may be believed for itself: `ask` gives what the town says, `accept`
takes it when the person has compared its fingerprint with the town by telephone. Then the town's key is pinned, and
where its broker is becomes the ward's settings; what config.toml says itself is left as it says.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Self

from scheduler.config.packages import lack_of
from scheduler.core.model import Person
from scheduler.extras.town.broker.enrolment import CA_FILE, KEY_FILE, ask_to_join
from scheduler.extras.town.broker.keys import load_or_make, public_of
from scheduler.extras.town.rows.queue import TownQueue
from scheduler.extras.town.rules.enrolment import Welcome, fingerprint
from scheduler.extras.town.service.town import TownService
from scheduler.kernel.causes import reason_of
from scheduler.kernel.durable import make_folder, take_away, write_whole
from scheduler.kernel.errors import Refused
from scheduler.services.repositories import Repositories, permit
from scheduler.services.station.settings import SettingsService

if TYPE_CHECKING:
    from scheduler.services import Services

__all__ = ["TownPairing"]


class TownPairing:
    def __init__(self, repos: Repositories, settings: SettingsService, town: TownService) -> None:
        self._repos, self._settings, self._town = repos, settings, town

    @classmethod
    def of(cls, services: "Services") -> Self:
        """For the record."""
        return cls(services.repos, services.settings, services.get(TownService))

    def public_key(self, actor: Person) -> str:
        """The ward's own key "U…", for a town that types it in; made here if there is none yet. Raises link_key_*."""
        permit(actor, "configure")
        return public_of(load_or_make(self._repos.config.data / KEY_FILE))

    def ask(self, actor: Person, hub_url: str, code: str, *, ca_file: Path | None = None) -> Welcome:
        """What the town at `hub_url` answers to a one-time code; nothing of it is believed yet.

        `ca_file`: who vouches for the town's page where the system's authorities do not. Raises Refused: link_code_*,
        link_web_*, link_welcome_*, link_key_*, package_missing.
        """
        permit(actor, "configure")
        if lack := lack_of("town"):
            raise lack
        return ask_to_join(hub_url.strip(), code, self._repos.config.data, ca_file=ca_file)

    def accept(
        self,
        actor: Person,
        welcome: Welcome,
        hub_url: str,
        compared: str,
        *,
        may_emergency: bool = False,
        prove: Callable[[], None] = lambda: None,
    ) -> None:
        """Belong to this town from now on. `compared`: the fingerprint as the person has it from the town.

        `may_emergency`: its emergencies may air without anybody's word here. `prove` asks once more who it is. Raises
        Refused link_not_confirmed, disk_full, disk_readonly, and what pinning and setting raise.
        """
        permit(actor, "configure")
        if _bare(compared) != _bare(fingerprint(welcome)):
            raise Refused("link_not_confirmed")
        told: dict[str, object] = {
            "town.url": welcome.broker,
            "town.ward_id": welcome.ward,
            "town.groups": list(welcome.groups),
            "town.hub_url": welcome.page or hub_url.strip().rstrip("/"),
        }
        values = {key: value for key, value in told.items() if not self._settings.is_locked(key)}
        name = welcome.issuer_name or welcome.issuer[:8]
        if self._town.gives_more(welcome.issuer, may_emergency=may_emergency):
            prove()  # before the transaction: a wrong try must count whatever becomes of it
        with self._repos.store.write():
            self._town.pin(actor, welcome.issuer, name, may_emergency=may_emergency)
            self._settings.put(actor, values, confirmed=True)
            TownQueue(self._repos.store).begin_line(
                "paired"
            )  # whatever else has spoken with this name: not in this line
            self._keep_authority(welcome.ca)

    def _keep_authority(self, pem: str) -> None:
        """The town's own authority beside the database; one told before is no longer believed."""
        path = self._repos.config.data / CA_FILE
        try:
            if not pem:
                take_away(path)
                return
            make_folder(path.parent, 0o700)
            write_whole(path, pem.encode("ascii"))
        except (OSError, ValueError) as error:
            raise Refused(reason_of(error, "disk_readonly")) from error


def _bare(told: str) -> str:
    return "".join(char for char in told.upper() if char.isalnum())
