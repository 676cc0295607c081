"""The keys (tokens) with which programs use the station, as rows.

A key is stored as its sha256 only. A row is never deleted, because the audit names it. Who may make one, and what it
may do, is the desk's business.
"""

from datetime import datetime

from scheduler.core.people.kept import ApiToken
from scheduler.kernel.errors import NotFound
from scheduler.kernel.passwords import digest
from scheduler.store.database import Store, insert, instant_text, json_text, update
from scheduler.store.mapper import Mapper

_ROWS = "SELECT t.*, p.name AS owner, p.login AS login FROM api_token t JOIN person p ON p.id = t.person_id"


class ApiTokens:
    def __init__(self, store: Store) -> None:
        self.store = store

    def add(self, token: ApiToken, secret: str, by: int) -> int:
        """Keep a new key under its digest; gives its number."""
        row = {
            "name": token.name,
            "token_hash": digest(secret),
            "hint": token.hint,
            "person_id": token.person_id,
            "acts_json": json_text(token.acts),
            "zones_json": json_text(token.zones),
            "created_at": instant_text(token.created_at),
            "created_by": by,
            "expires_at": instant_text(token.expires_at),
        }
        with self.store.write() as db:
            return insert(db, "api_token", row)

    def by_secret(self, secret: str) -> ApiToken | None:
        """The key with this secret, live or not."""
        row = self.store.row(f"{_ROWS} WHERE t.token_hash = ?", (digest(secret),))
        return _TOKEN.read(row) if row else None

    def get(self, token_id: int) -> ApiToken:
        row = self.store.row(f"{_ROWS} WHERE t.id = ?", (token_id,))
        if row is None:
            raise NotFound("token", token_id)
        return _TOKEN.read(row)

    def live_name(self, name: str) -> ApiToken | None:
        """The key of this name that has not been revoked."""
        row = self.store.row(f"{_ROWS} WHERE t.name = ? AND t.revoked_at IS NULL", (name,))
        return _TOKEN.read(row) if row else None

    def listed(self) -> list[ApiToken]:
        """Every key: those that have not been revoked first, the newest first."""
        sql = f"{_ROWS} ORDER BY t.revoked_at IS NOT NULL, t.id DESC LIMIT 200"
        return _TOKEN.read_all(self.store.rows(sql))

    def used(self, token_id: int, address: str, now: datetime) -> None:
        with self.store.write() as db:
            seen = {"last_used_at": instant_text(now), "last_address": address}
            update(db, "api_token", {"id": token_id}, seen)

    def revoke(self, token_id: int, by: int, now: datetime) -> bool:
        """Whether this is what ended it."""
        with self.store.write() as db:
            ended = {"revoked_at": instant_text(now), "revoked_by": by}
            return bool(update(db, "api_token", {"id": token_id, "revoked_at": None}, ended))


_TOKEN = Mapper(ApiToken, "api_token")
