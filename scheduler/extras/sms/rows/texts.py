"""SMS as rows: texts with their approval, files that were handed over, and who wants none.

Rows turn into frozen data here. A change that depends on what was there is a conditional update whose count is looked
at. Who may change what is the desk's business; sendings stand in `sms_batches`.
"""

from datetime import datetime

from scheduler.core.model import Sha256
from scheduler.extras.sms.rules.kept import OptOut, StoredHandOver, StoredSms
from scheduler.kernel.errors import NotFound, Refused
from scheduler.store.database import Row, Store, insert, instant_of, instant_text, update
from scheduler.store.mapper import Mapper

MOST_LISTED = 200


class SmsTexts:
    def __init__(self, store: Store) -> None:
        self.store = store

    def add(self, row: Row, now: datetime) -> int:
        """A new draft; the same message of the same dispatch again is the first one's id."""
        with self.store.write() as db:
            if row.get("message_no") is not None:
                key = (row["dispatch_id"], row["message_no"])
                made = self.store.value("SELECT id FROM sms WHERE dispatch_id = ? AND message_no = ?", key)
                if made is not None:
                    return int(made)
            at = instant_text(now)
            return insert(db, "sms", row | {"created_at": at, "updated_at": at})

    def get(self, sms_id: int) -> StoredSms:
        row = self.store.row("SELECT * FROM sms WHERE id = ?", (sms_id,))
        if row is None:
            raise NotFound("sms", sms_id)
        return _SMS.read(row)

    def listed(self) -> list[StoredSms]:
        """The last changed first."""
        sql = "SELECT * FROM sms ORDER BY updated_at DESC, id DESC LIMIT ?"
        return _SMS.read_all(self.store.rows(sql, (MOST_LISTED,)))

    def of_dispatch(self, dispatch_id: int) -> list[StoredSms]:
        sql = "SELECT * FROM sms WHERE dispatch_id = ? ORDER BY message_no, id"
        return _SMS.read_all(self.store.rows(sql, (dispatch_id,)))

    def of_campaign(self, campaign_id: int) -> list[StoredSms]:
        """What still stands of a campaign's SMS."""
        sql = "SELECT * FROM sms WHERE campaign_id = ? AND state <> 'withdrawn' ORDER BY id"
        return _SMS.read_all(self.store.rows(sql, (campaign_id,)))

    def change(self, seen: StoredSms, values: Row, now: datetime) -> None:
        """Write `values` if the row still is as `seen` (version and state), else Refused edited_meanwhile."""
        with self.store.write() as db:
            key = {"id": seen.id, "version": seen.version, "state": seen.state.value}
            if not update(db, "sms", key, values | {"updated_at": instant_text(now)}):
                raise Refused("edited_meanwhile", title=seen.title)

    # Files handed over

    def add_hand_over(self, sms_id: int, sha256: Sha256, file_text: str, rows: int, by: int, now: datetime) -> int:
        values = {"sms_id": sms_id, "sha256": sha256, "file_text": file_text, "rows": rows, "by_id": by}
        with self.store.write() as db:
            return insert(db, "sms_hand_over", values | {"at": instant_text(now)})

    def hand_over(self, hand_over_id: int) -> StoredHandOver:
        row = self.store.row("SELECT * FROM sms_hand_over WHERE id = ?", (hand_over_id,))
        if row is None:
            raise NotFound("sms_hand_over", hand_over_id)
        return StoredHandOver(**row | {"at": instant_of(row["at"])})

    def hand_overs(self, sms_id: int) -> list[StoredHandOver]:
        """Newest first."""
        rows = self.store.rows("SELECT * FROM sms_hand_over WHERE sms_id = ? ORDER BY id DESC", (sms_id,))
        return [StoredHandOver(**row | {"at": instant_of(row["at"])}) for row in rows]

    # Who wants none

    def opt_out(self, number: str, note: str, by: int, now: datetime) -> None:
        with self.store.write() as db:
            db.conn.execute(
                "INSERT INTO sms_opt_out (number, note, at, by_id) VALUES (?, ?, ?, ?) ON CONFLICT(number) DO NOTHING",
                (number, note, instant_text(now), by),
            )

    def opt_in(self, number: str) -> None:
        with self.store.write() as db:
            if not db.conn.execute("DELETE FROM sms_opt_out WHERE number = ?", (number,)).rowcount:
                raise NotFound("sms_opt_out", number)

    def opt_outs(self) -> list[OptOut]:
        """Newest first."""
        rows = self.store.rows("SELECT * FROM sms_opt_out ORDER BY at DESC, number")
        return [OptOut(**row | {"at": instant_of(row["at"])}) for row in rows]

    def opted_out(self) -> set[str]:
        return {row["number"] for row in self.store.rows("SELECT number FROM sms_opt_out")}


_SMS = Mapper(StoredSms, "sms")
