"""What is to be said and when: dispatches, clips, announcements and campaigns as rows.

Rows turn into the frozen data of `core.model` here and nowhere else. Changes that depend on what was there are
conditional updates whose count is looked at. Who may change what is the desk's business.
"""

import json
from datetime import date, datetime, timedelta
from typing import Any

from scheduler.core.announcement.clips import StoredClip
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
    Priority,
    Window,
)
from scheduler.core.planning.rules import parse_window
from scheduler.kernel.errors import NotFound, Refused
from scheduler.store.announcement.upgrades import passed_from, passed_text
from scheduler.store.database import Row, Store, insert, instant_of, instant_or_none, instant_text, json_text, update

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
        return _dispatch(row)

    def dispatches(self) -> list[StoredDispatch]:
        return [_dispatch(row) for row in self.store.rows("SELECT * FROM dispatch ORDER BY id DESC LIMIT 200")]

    def dispatch_numbers(self) -> list[tuple[int, str, date | None]]:
        """Id, number with symbol, and day of every dispatch, the newest first."""
        sql = (
            "SELECT id, json_extract(fields_json, '$.number_symbol'), json_extract(fields_json, '$.date') FROM dispatch"
        )
        rows = self.store.db.conn.execute(f"{sql} ORDER BY id DESC")
        return [(key, symbol or "", date.fromisoformat(day) if day else None) for key, symbol, day in rows]

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
            insert(
                db,
                "clip",
                {
                    "sha256": clip.sha256,
                    "title": clip.title,
                    "origin": clip.origin,
                    "file_name": clip.file_name,
                    "original_sha256": clip.original_sha256,
                    "frames": clip.frames,
                    "lufs": clip.lufs,
                    "true_peak_dbtp": clip.true_peak_dbtp,
                    "warnings_json": json_text(clip.warnings),
                    "engine": clip.engine,
                    "voice": clip.voice,
                    "said": clip.said,
                    "says": clip.says,
                    "passed_json": passed_text(clip.passed),
                    "cache_key": clip.cache_key,
                    "created_at": instant_text(clip.created_at),
                    "created_by": clip.created_by,
                },
            )
            return True

    def clip(self, sha256: str) -> StoredClip:
        row = self.store.row("SELECT * FROM clip WHERE sha256 = ?", (sha256,))
        if row is None:
            raise NotFound("clip", sha256)
        return _clip(row)

    def clip_starting(self, start: str) -> StoredClip:
        """The one clip whose sha256 starts so. Raises NotFound when there is none or more than one."""
        sql = "SELECT * FROM clip WHERE substr(sha256, 1, ?) = ? LIMIT 2"
        found = self.store.rows(sql, (len(start), start.lower()))
        if len(found) != 1:
            raise NotFound("clip", start)
        return _clip(found[0])

    def clips(self, *, retired: bool = False) -> list[StoredClip]:
        """The library's shelf, newest first; chimes are the station's own and not on it."""
        sql = (
            "SELECT * FROM clip WHERE origin <> 'bundled' AND (retired_at IS NOT NULL) = ?"
            " ORDER BY created_at DESC LIMIT 500"
        )
        return [_clip(row) for row in self.store.rows(sql, (int(retired),))]

    def clip_by_cache_key(self, cache_key: str) -> StoredClip | None:
        row = self.store.row("SELECT * FROM clip WHERE cache_key = ? AND retired_at IS NULL", (cache_key,))
        return _clip(row) if row else None

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
        return _announcement(row)

    def announcements(self, state: AnnouncementState | None = None) -> list[Announcement]:
        where, values = ("AND state = ?", (state.value,)) if state else ("", ())
        sql = f"SELECT * FROM announcement WHERE kind = 'text' {where} ORDER BY updated_at DESC LIMIT 500"  # noqa: S608 - `where` is ours
        return [_announcement(row) for row in self.store.rows(sql, values)]

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
        return _campaign(row)

    def campaigns(self, state: CampaignState | None = None) -> list[Campaign]:
        where, values = ("WHERE state = ?", (state.value,)) if state else ("", ())
        sql = f"SELECT * FROM campaign {where} ORDER BY id DESC"  # noqa: S608 - `where` is ours
        return [_campaign(row) for row in self.store.rows(sql, values)]

    def turns_before(self, campaign_id: int, day: date) -> int:
        """How many airings a campaign was to have on the days before `day`: those planned, and those refused."""
        sql = """SELECT count(*) FROM (
            SELECT id FROM slot WHERE campaign_id = :id AND day < :day AND "trigger" = 'schedule'
            UNION SELECT replace(day, '-', '') || '-c' || campaign_id || '-' || ordinal
                FROM refusal WHERE campaign_id = :id AND day < :day)"""
        return int(self.store.value(sql, {"id": campaign_id, "day": day.isoformat()}))


def _dispatch(row: Row) -> StoredDispatch:
    return StoredDispatch(
        id=row["id"],
        file_name=row["file_name"],
        text=row["text"],
        fields=json.loads(row["fields_json"]),
        excerpts={name: [tuple(x) for x in found] for name, found in json.loads(row["excerpts_json"]).items()},
        created_at=instant_of(row["created_at"]),
        created_by=row["created_by"],
    )


def _clip(row: Row) -> StoredClip:
    return StoredClip(
        sha256=row["sha256"],
        title=row["title"],
        origin=row["origin"],
        frames=row["frames"],
        created_at=instant_of(row["created_at"]),
        created_by=row["created_by"],
        file_name=row["file_name"],
        original_sha256=row["original_sha256"],
        lufs=row["lufs"],
        true_peak_dbtp=row["true_peak_dbtp"],
        warnings=tuple(json.loads(row["warnings_json"])),
        engine=row["engine"],
        voice=row["voice"],
        said=row["said"],
        says=row["says"],
        passed=passed_from(row["passed_json"]),
        cache_key=row["cache_key"],
        retired_at=instant_or_none(row["retired_at"]),
    )


def _announcement(row: Row) -> Announcement:
    return Announcement(
        id=row["id"],
        title=row["title"],
        text=row["text"],
        version=row["version"],
        state=AnnouncementState(row["state"]),
        audio_sha256=row["audio_sha256"],
        author_id=row["author_id"],
        heard=bool(row["heard"]),
        dispatch_id=row["dispatch_id"],
        priority=Priority(row["priority"]),
        return_reason=row["return_reason"],
        approver_id=row["approver_id"],
        approved_at=instant_or_none(row["approved_at"]),
        approved_sha256=row["approved_sha256"],
        shape=shape_from(row["shape_json"]),
        writer_id=row["writer_id"],
    )


def _windows(text: str) -> tuple[Window, ...]:
    return tuple(parse_window(item) for item in json.loads(text))


def _campaign(row: Row) -> Campaign:
    return Campaign(
        id=row["id"],
        title=row["title"],
        announcement_id=row["announcement_id"],
        windows=_windows(row["windows_json"]),
        base=row["base"],
        start=date.fromisoformat(row["start"]),
        end=date.fromisoformat(row["end"]),
        boost=Boost(BoostKind(row["boost_kind"]), row["boost_value"]),
        weekdays=frozenset(json.loads(row["weekdays_json"])),
        min_gap=timedelta(milliseconds=row["min_gap_ms"]),
        chime=bool(row["chime"]),
        repeat=row["repeat"],
        priority=Priority(row["priority"]),
        zone=row["zone"],
        dispatch_id=row["dispatch_id"],
        state=CampaignState(row["state"]),
        phases=tuple(_phase(one) for one in json.loads(row["phases_json"])),
        rotation=tuple(json.loads(row["rotation_json"])),
        rank=row["rank"],
        pauses=tuple(
            Pause(instant_of(since), instant_or_none(until)) for since, until in json.loads(row["pauses_json"])
        ),
        topic=row["topic"],
        field=row["field"],
        replaces=row["replaces"],
        stopped_at=instant_or_none(row["stopped_at"]),
    )


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


def _campaign_values(campaign: Campaign) -> Row:
    return {
        "title": campaign.title,
        "announcement_id": campaign.announcement_id,
        "dispatch_id": campaign.dispatch_id,
        "state": campaign.state.value,
        "windows_json": json_text([str(window) for window in campaign.windows]),
        "base": campaign.base,
        "boost_kind": campaign.boost.kind.value,
        "boost_value": campaign.boost.value,
        "weekdays_json": json_text(sorted(campaign.weekdays)),
        "start": campaign.start.isoformat(),
        "end": campaign.end.isoformat(),
        "min_gap_ms": round(campaign.min_gap.total_seconds() * 1000),
        "chime": int(campaign.chime),
        "repeat": campaign.repeat,
        "priority": campaign.priority.value,
        "zone": campaign.zone,
        "phases_json": json_text([_phase_values(phase) for phase in campaign.phases]),
        "rotation_json": json_text(campaign.rotation),
        "pauses_json": json_text(
            [[instant_text(one.since), instant_text(one.until) if one.until else None] for one in campaign.pauses]
        ),
        "rank": campaign.rank,
        "topic": campaign.topic,
        "field": campaign.field,
        "replaces": campaign.replaces,
        "stopped_at": instant_text(campaign.stopped_at) if campaign.stopped_at else None,
    }
