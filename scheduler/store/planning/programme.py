"""What is to be said and when: dispatches, clips, announcements and campaigns as rows.

Rows turn into the frozen data of `core.model` here and nowhere else. Changes that depend on what was there are
conditional updates whose count is looked at. Who may change what is the desk's business.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from scheduler.core.announcement.kept import StoredClip
from scheduler.core.delivery import shape_from
from scheduler.core.dispatch.stored import StoredDispatch
from scheduler.core.model import (
    Announcement,
    AnnouncementState,
    Boost,
    BoostKind,
    Campaign,
    CampaignState,
    Pause,
    Phase,
    Slot,
)
from scheduler.core.planning.rules import parse_window
from scheduler.kernel.errors import NotFound, Refused
from scheduler.store.announcement.upgrades import passed_from, passed_text
from scheduler.store.database import Row, Store, insert, instant_of, instant_or_none, instant_text, json_text, update
from scheduler.store.mapper import Column, Mapper, Of
from scheduler.store.planning.exceptions import days_of, days_text

_SENT = frozenset({"upload", "recorded"})
"""Origins of a clip whose name a person has given."""


class Programme:
    def __init__(self, store: Store) -> None:
        self.store = store

    # Dispatches

    def add_dispatch(self, row: Row, by: int, now: datetime) -> tuple[int, bool]:
        """Keep a read dispatch; the same bytes again give the first one's id and False."""
        with self.store.write() as db:
            old = self.store.value("SELECT id FROM dispatch WHERE original_sha256 = ?", (row["original_sha256"],))
            if old is not None:
                return int(old), False
            values = {
                "file_name": row["file_name"],
                "original_sha256": row["original_sha256"],
                "text": row["text"],
                "fields_json": json_text(row["fields"]),
                "excerpts_json": json_text(row["excerpts"]),
            }
            return insert(db, "dispatch", values | {"created_at": instant_text(now), "created_by": by}), True

    def dispatch(self, dispatch_id: int) -> StoredDispatch:
        row = self.store.row("SELECT * FROM dispatch WHERE id = ?", (dispatch_id,))
        if row is None:
            raise NotFound("dispatch", dispatch_id)
        return _DISPATCH.read(row)

    def dispatches(self) -> list[StoredDispatch]:
        return _DISPATCH.read_all(self.store.rows("SELECT * FROM dispatch ORDER BY id DESC LIMIT 200"))

    def dispatch_numbers(self) -> list[tuple[int, str, date | None]]:
        """Id, number with symbol, and day of every dispatch, the newest first."""
        sql = (
            "SELECT id, json_extract(fields_json, '$.number_symbol'), json_extract(fields_json, '$.date') FROM dispatch"
        )
        rows = self.store.db.conn.execute(f"{sql} ORDER BY id DESC")
        return [(key, symbol or "", date.fromisoformat(day) if day else None) for key, symbol, day in rows]

    def most_a_day(self, dispatch_id: int) -> int | None:
        """How many airings a day a dispatch allows at most ("tối đa 02 lượt/ngày"); None = it names no such bound."""
        sql = """SELECT min(json_extract(o.value, '$.per_day'))
            FROM dispatch d, json_each(d.fields_json, '$.frequency') o
            WHERE d.id = ? AND o.type = 'object' AND json_extract(o.value, '$.at_most')"""
        most = self.store.value(sql, (dispatch_id,))
        return None if most is None else int(most)

    def set_dispatch_fields(self, dispatch_id: int, fields: dict[str, Any]) -> None:
        with self.store.write() as db:
            if not update(db, "dispatch", {"id": dispatch_id}, {"fields_json": json_text(fields)}):
                raise NotFound("dispatch", dispatch_id)

    # Clips

    def add_clip(self, clip: StoredClip) -> bool:
        """Keep a clip; False when this very sound was there already.

        Its retirement is lifted then, and it is called as whoever sent it last has called it. Where nothing is to be
        written, words that are known wait for no lock.
        """
        named: Row = {"title": clip.title, "file_name": clip.file_name} if clip.origin in _SENT else {}
        known = self.store.row("SELECT title, file_name, retired_at FROM clip WHERE sha256 = ?", (clip.sha256,))
        if known is not None and known == {**known, **named, "retired_at": None}:
            return False
        with self.store.write() as db:
            if self.store.value("SELECT 1 FROM clip WHERE sha256 = ?", (clip.sha256,)):
                update(db, "clip", {"sha256": clip.sha256}, {"retired_at": None} | named)
                return False
            insert(db, "clip", _CLIP.write(clip, but=("retired_at",)))
            return True

    def clip(self, sha256: str) -> StoredClip:
        row = self.store.row("SELECT * FROM clip WHERE sha256 = ?", (sha256,))
        if row is None:
            raise NotFound("clip", sha256)
        return _CLIP.read(row)

    def clip_starting(self, start: str) -> StoredClip:
        """The one clip whose sha256 starts so. Raises NotFound when there is none or more than one."""
        sql = "SELECT * FROM clip WHERE substr(sha256, 1, ?) = ? LIMIT 2"
        found = self.store.rows(sql, (len(start), start.lower()))
        if len(found) != 1:
            raise NotFound("clip", start)
        return _CLIP.read(found[0])

    def clips(self, *, retired: bool = False) -> list[StoredClip]:
        """The library's shelf, newest first; chimes are the station's own and not on it."""
        sql = (
            "SELECT * FROM clip WHERE origin <> 'bundled' AND (retired_at IS NOT NULL) = ?"
            " ORDER BY created_at DESC LIMIT 500"
        )
        return _CLIP.read_all(self.store.rows(sql, (int(retired),)))

    def clip_by_cache_key(self, cache_key: str) -> StoredClip | None:
        row = self.store.row("SELECT * FROM clip WHERE cache_key = ? AND retired_at IS NULL", (cache_key,))
        return _CLIP.read(row) if row else None

    def retire_clip(self, sha256: str, now: datetime) -> None:
        with self.store.write() as db:
            if not update(db, "clip", {"sha256": sha256, "retired_at": None}, {"retired_at": instant_text(now)}):
                raise Refused("clip_retired_already", title=self.clip(sha256).title)

    # Announcements

    def add_announcement(self, values: Row, now: datetime) -> int:
        with self.store.write() as db:
            stamps = {"created_at": instant_text(now), "updated_at": instant_text(now)}
            return insert(db, "announcement", values | stamps)

    def announcement(self, announcement_id: int) -> Announcement:
        row = self.store.row("SELECT * FROM announcement WHERE id = ?", (announcement_id,))
        if row is None:
            raise NotFound("announcement", announcement_id)
        return _ANNOUNCEMENT.read(row)

    def title_of(self, slot: Slot) -> str:
        """The title of what a slot airs. Raises NotFound."""
        return self.announcement(slot.announcement_id).title

    def announcements(self, state: AnnouncementState | None = None) -> list[Announcement]:
        where, values = ("AND state = ?", (state.value,)) if state else ("", ())
        sql = f"SELECT * FROM announcement WHERE kind = 'text' {where} ORDER BY updated_at DESC LIMIT 500"  # noqa: S608 - `where` is ours
        return _ANNOUNCEMENT.read_all(self.store.rows(sql, values))

    def change_announcement(self, seen: Announcement, values: Row, now: datetime) -> None:
        """Write `values` if the row still is as `seen` (version and state), else Refused edited_meanwhile."""
        with self.store.write() as db:
            key = {"id": seen.id, "version": seen.version, "state": seen.state.value}
            if not update(db, "announcement", key, values | {"updated_at": instant_text(now)}):
                raise Refused("edited_meanwhile", title=seen.title)

    # Campaigns

    def add_campaign(self, campaign: Campaign, by: int, now: datetime) -> int:
        with self.store.write() as db:
            return insert(
                db, "campaign", _campaign_values(campaign) | {"created_at": instant_text(now), "created_by": by}
            )

    def change_campaign(self, campaign: Campaign) -> None:
        with self.store.write() as db:
            if not update(db, "campaign", {"id": campaign.id}, _campaign_values(campaign)):
                raise NotFound("campaign", campaign.id)

    def campaign(self, campaign_id: int) -> Campaign:
        row = self.store.row("SELECT * FROM campaign WHERE id = ?", (campaign_id,))
        if row is None:
            raise NotFound("campaign", campaign_id)
        return _CAMPAIGN.read(row)

    def campaigns(self, state: CampaignState | None = None) -> list[Campaign]:
        where, values = ("WHERE state = ?", (state.value,)) if state else ("", ())
        sql = f"SELECT * FROM campaign {where} ORDER BY id DESC"  # noqa: S608 - `where` is ours
        return _CAMPAIGN.read_all(self.store.rows(sql, values))

    def campaign_titles(self) -> list[tuple[int, str]]:
        """Number and title of every campaign, the oldest first."""
        return [(key, title) for key, title in self.store.db.conn.execute("SELECT id, title FROM campaign ORDER BY id")]

    def turns_before(self, campaign_id: int, day: date) -> int:
        """How many airings a campaign was to have on the days before `day`: those planned, and those refused."""
        sql = """SELECT count(*) FROM (
            SELECT id FROM slot WHERE campaign_id = :id AND day < :day AND "trigger" = 'schedule'
            UNION SELECT replace(day, '-', '') || '-c' || campaign_id || '-' || ordinal
                FROM refusal WHERE campaign_id = :id AND day < :day)"""
        return int(self.store.value(sql, {"id": campaign_id, "day": day.isoformat()}))


_DISPATCH = Mapper(StoredDispatch, "dispatch")
_CLIP = Mapper(StoredClip, "clip", passed=Column("passed_json", passed_from, passed_text))
_ANNOUNCEMENT = Mapper(Announcement, "announcement", shape=Column("shape_json", shape_from))


def _phase(kept: Row) -> Phase:
    kind, value = kept["boost"]
    return Phase(
        start=date.fromisoformat(kept["start"]),
        end=date.fromisoformat(kept["end"]) if kept["end"] else None,
        base=kept["base"],
        boost=Boost(BoostKind(kind), value),
        windows=tuple(parse_window(item) for item in kept["windows"]),
    )


def _phase_values(phase: Phase) -> Row:
    return {
        "start": phase.start.isoformat(),
        "end": phase.end.isoformat() if phase.end else None,
        "base": phase.base,
        "boost": [phase.boost.kind.value, phase.boost.value],
        "windows": [str(window) for window in phase.windows],
    }


def _phases(text: str) -> tuple[Phase, ...]:
    return tuple(_phase(one) for one in json.loads(text))


def _phases_text(phases: Sequence[Phase]) -> str:
    return json_text([_phase_values(phase) for phase in phases])


def _pauses(text: str) -> tuple[Pause, ...]:
    return tuple(Pause(instant_of(since), instant_or_none(until)) for since, until in json.loads(text))


def _pauses_text(pauses: Sequence[Pause]) -> str:
    return json_text([[instant_text(one.since), instant_text(one.until) if one.until else None] for one in pauses])


_CAMPAIGN = Mapper(
    Campaign,
    "campaign",
    boost=Of(lambda row: Boost(BoostKind(row["boost_kind"]), row["boost_value"])),
    phases=Column("phases_json", _phases, _phases_text),
    pauses=Column("pauses_json", _pauses, _pauses_text),
    except_days=Column("except_days_json", days_of, days_text),
    dates=Column("dates_json", days_of, days_text),
)


def _campaign_values(campaign: Campaign) -> Row:
    boost = {"boost_kind": campaign.boost.kind.value, "boost_value": campaign.boost.value}
    return _CAMPAIGN.write(campaign, but=("id",)) | boost
