"""What can be issued, made ready for an envelope: its words, its sound by hash, who wrote it and who approved it.

Only what a leader has approved here has a content; a campaign has the approved announcements it says. A sound is named
by the sha256 of its file in the library and by the address where wards fetch it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from audio_assets.speech.lexicon_file import list_toml
from scheduler.core.model import AirtimeLimit, Announcement, AnnouncementState, Person, Priority
from scheduler.extras.hub.keys import HubConfig
from scheduler.extras.hub.rules.bodies import campaign_body, caps_body, lexicon_body, shape_body, template_body
from scheduler.extras.town.rules.envelope import Clip, Kind, new_id
from scheduler.kernel.errors import NotFound, Refused
from scheduler.services.air.air import AirService
from scheduler.services.announcement.lexicon import LexiconService
from scheduler.services.people.people import PeopleService
from scheduler.services.repositories import Repositories
from scheduler.store.air.keys import Keys

__all__ = ["CLIPS", "Content", "HubContents"]

CLIPS = "/clips"
"""Where wards fetch sounds: CLIPS/<sha256>.wav."""


@dataclass(frozen=True, slots=True)
class Content:
    """What an envelope is filled with."""

    kind: Kind
    title: str
    text: str = ""
    clip: Clip | None = None
    body: Mapping[str, Any] = field(default_factory=dict)
    priority: Priority = Priority.NORMAL
    author: str = ""
    approver: str = ""
    dispatch_number: str = ""
    writers: frozenset[int] = frozenset()
    """Who wrote it: none of them issues it."""
    announcement_id: int | None = None
    campaign_id: int | None = None
    more_sounds: tuple[str, ...] = ()
    """Hashes of the sounds beside `clip`."""


class HubContents:
    def __init__(self, repos: Repositories, people: PeopleService, air: AirService, lexicon: LexiconService) -> None:
        self.repos = repos
        self.people = people
        self._air = air
        self._lexicon = lexicon

    @staticmethod
    def new_id(now: datetime, noise: bytes) -> str:
        """The id of an issue."""
        return new_id(now, noise)

    @staticmethod
    def private(keys: Keys) -> Any:
        """The town's signing key. Raises Refused key_unreadable."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(keys.current().private))

    def of(self, kind: Kind, number: int | None, cap: AirtimeLimit | None = None) -> Content:
        """The content of a kind. Raises Refused: unapproved, audio_retired, lexicon_empty, issue_of_nothing, …"""
        match kind:
            case Kind.ANNOUNCEMENT if number is not None:
                return self._announcement(number)
            case Kind.CAMPAIGN if number is not None:
                return self._campaign(number)
            case Kind.TEMPLATE if number is not None:
                return self._template(number)
            case Kind.LEXICON:
                return self._words()
            case Kind.CAPS if cap is not None:
                return Content(kind, "Hạn mức phát thanh", body=caps_body(cap))
            case Kind.TEST:
                return Content(kind, "Thử đường truyền")
        raise Refused("issue_of_nothing")

    def _announcement(self, number: int) -> Content:
        seen, _ = self._air.airable(number)
        return Content(
            Kind.ANNOUNCEMENT,
            seen.title,
            seen.text,
            self._clip(seen),
            {"shape": shape_body(seen.shape)},
            seen.priority,
            self._name(seen.author_id),
            self._name(seen.approver_id),
            self._dispatch(seen.dispatch_id),
            _writers(seen),
            announcement_id=number,
        )

    def _campaign(self, number: int) -> Content:
        campaign = self.repos.programme.campaign(number)
        said = [self._air.airable(one)[0] for one in campaign.announcement_ids]
        clips = [self._clip(one) for one in said]
        first = said[0]
        return Content(
            Kind.CAMPAIGN,
            campaign.title,
            first.text,
            clips[0],
            campaign_body(campaign, list(zip(said, clips, strict=True))),
            campaign.priority,
            self._name(first.author_id),
            self._name(first.approver_id),
            self._dispatch(campaign.dispatch_id or first.dispatch_id),
            frozenset().union(*map(_writers, said)),
            campaign_id=number,
            more_sounds=tuple(dict.fromkeys(clip.sha256 for clip in clips[1:] if clip is not None)),
        )

    def _template(self, number: int) -> Content:
        """Words to complete need no sound, but a leader's approval all the same, where they have none left to fill."""
        seen = self.repos.programme.announcement(number)
        if seen.state not in {AnnouncementState.APPROVED, AnnouncementState.DRAFT}:
            raise Refused("unapproved", title=seen.title)
        return Content(
            Kind.TEMPLATE,
            seen.title,
            seen.text,
            None,
            template_body(seen.shape),
            seen.priority,
            self._name(seen.author_id),
            writers=_writers(seen),
            announcement_id=number,
        )

    def _words(self) -> Content:
        entries = self._lexicon.own()
        if not entries:
            raise Refused("lexicon_empty")
        version = self.repos.clock.now().strftime("%Y%m%d%H%M%S")
        name = self.repos.config.get(HubConfig).name or self.repos.config.station.name
        body = lexicon_body(list_toml(entries, name, version), version)
        return Content(Kind.LEXICON, f"Cách đọc của {name}", body=body)

    def _clip(self, seen: Announcement) -> Clip | None:
        """The sound that was approved. Raises Refused audio_missing where its file is gone."""
        sha256 = seen.approved_sha256
        if sha256 is None:
            return None
        clip, page = self.repos.programme.clip(sha256), self.repos.config.get(HubConfig).page_url.rstrip("/")
        try:
            size = self.repos.library.path(sha256).stat().st_size
        except (NotFound, OSError) as error:
            raise Refused("audio_missing", title=seen.title) from error
        return Clip(sha256, size, clip.length.total_seconds(), f"{page}{CLIPS}/{sha256}.wav")

    def _dispatch(self, dispatch_id: int | None) -> str:
        return self.repos.programme.dispatch(dispatch_id).number_symbol if dispatch_id else ""

    def _name(self, person_id: int | None) -> str:
        if person_id is None:
            return ""
        found: Person = self.repos.people.get(person_id)
        return found.name


def _writers(seen: Announcement) -> frozenset[int]:
    return frozenset(one for one in (seen.author_id, seen.writer_id) if one is not None)
