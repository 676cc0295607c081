"""Secrets planted in every place that holds one, and then looked for wherever anybody could read them."""

import base64
import re
import tarfile
from dataclasses import replace

import pytest

from scheduler.config.loading import BackupConfig, OutputConfig, VoiceServerConfig
from tests.of_extras import of_extras
from tests.web.test_security import TABLE, path_of

CANARY = "chim-hoang-yen"
NAMES = ("extra", "voice", "passphrase", "icecast")


def canary(name):
    return f"{CANARY}-{name}-7f3a"


@pytest.fixture
def config(config):
    files = {}
    for name in NAMES[:-1]:
        path = config.folder / f"{name}.secret"
        path.write_text(canary(name), encoding="utf-8")
        path.chmod(0o600)
        files[name] = str(path)
    cast = OutputConfig(name="mang", kind="icecast", device=f"http://source:{canary('icecast')}@192.168.1.9:8000/loa")
    return replace(
        config,
        outputs=(*config.outputs, cast),
        voice_server=VoiceServerConfig(url="https://giong.example/v1", key_file=files["voice"]),
        backup=BackupConfig(passphrase_file=files["passphrase"]),
    ).having(*(with_secret(files["extra"]) for with_secret in of_extras("planted", "with_secret")))


@pytest.fixture
def secrets_of_people(station, minh, lan, clock):
    """A TOTP secret, an emergency code, recovery codes, a session, a key, a set-up link."""
    import pyotp

    services = station.services.people
    services.begin_totp(minh)
    _, secret = services.pending_totp(minh)
    codes = services.confirm_totp(minh, pyotp.TOTP(secret).at(clock.now()))
    services.set_code(minh, "mat-khau-cua-minh", "730419")
    session = services.sign_in("lan", "mat-khau-cua-lan", "10.0.0.1")
    return [secret, *codes, session.token, session.device, "mat-khau-cua-minh", "mat-khau-cua-lan"]


def everywhere(client):
    """The text of every page and file that a GET gives."""
    for route in TABLE:
        if not route.startswith("GET ") or route == "GET /su-kien":
            continue
        with client.get(path_of(route)) as answer:
            yield route, answer.data.decode("utf-8", "replace") + str(answer.headers)
    for kind in ("csv", "json", "html"):
        with client.get(f"/nhat-ky/tai/{kind}") as answer:
            yield kind, answer.data.decode("utf-8", "replace")


def test_no_page_shows_an_administrator_any_secret(config, everything, secrets_of_people, hungs, beat):
    beat(
        outputs=(
            {
                "name": "mang",
                "kind": "icecast",
                "state": "open",
                "message": "",
                "device": "http://192.168.1.9:8000/loa",
            },
        )
    )
    known = [CANARY, *secrets_of_people]
    for where, text in everywhere(hungs):
        for secret in known:
            assert secret not in text, (where, secret)


def test_no_page_of_a_leader_shows_the_secret_of_their_own_application_again(everything, secrets_of_people, minhs):
    for where, text in everywhere(minhs):
        for secret in secrets_of_people:
            assert secret not in text, where


def test_the_api_tells_no_secret(everything, secrets_of_people, app, hung, station):
    made = station.services.tokens.add(hung, "đo", ["see", "read_audit", "metrics"])
    client = app.test_client()
    for path in (
        "", "/status", "/health", "/outputs", "/zones", "/announcements", "/campaigns", "/people", "/journal", "/audit",
        "/settings", "/config", "/tokens", "/tickets", "/plan", "/events",
    ):  # fmt: skip
        text = client.get("/api/v1" + path, headers={"Authorization": f"Bearer {made.secret}"}, buffered=False)
        told = b"".join(piece for piece, _ in zip(text.response, range(50), strict=False)).decode("utf-8", "replace")
        text.close()
        for secret in (CANARY, made.secret, *secrets_of_people):
            assert secret not in told, path


def test_a_fault_shows_no_secret(config, everything, hungs, station):
    with station.repos.store.write() as db:
        db.conn.execute("ALTER TABLE campaign RENAME TO lost")
    for path in ("/dot", "/lich", "/truc-tiep", "/api/v1/campaigns"):
        assert CANARY not in hungs.get(path).text, path


def test_the_rows_hold_hashes_and_sealed_words_only(station, secrets_of_people):
    station.repos.store.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    held = b"".join(path.read_bytes() for path in station.config.data.glob("loa.db*"))
    for secret in [*secrets_of_people, "730419"]:
        assert secret.encode() not in held, secret
        assert base64.b64encode(secret.encode()) not in held


def test_an_open_backup_holds_no_key_and_no_secret(config, everything, secrets_of_people, station, tmp_path):
    from scheduler.services.backup.archive import Source, write_backup

    secret_files = tuple(config.folder.glob("*.secret"))
    source = Source(station.repos.store, config.data, "Trạm", secrets=secret_files)
    place = tmp_path / "mo.loabak"
    write_backup(source, place, station.clock.now())
    with tarfile.open(place) as tar:
        names = tar.getnames()
    held = place.read_bytes()
    assert not [name for name in names if "secret" in name or re.search(r"(key|seal|tls)\b.*\.(pem|key)$", name)], names
    for secret in [CANARY, *secrets_of_people]:
        assert secret.encode() not in held, secret


def test_a_sealed_backup_shows_nothing_without_its_passphrase(config, everything, station, tmp_path):
    from scheduler.services.backup.archive import Source, write_backup

    place = tmp_path / "kin.loabak"
    source = Source(station.repos.store, config.data, "Tên trạm rất lạ", secrets=tuple(config.folder.glob("*.secret")))
    write_backup(source, place, station.clock.now(), "mot-cau-rat-dai-de-khoa")
    held = place.read_bytes()
    for word in (CANARY.encode(), b"SQLite format", "Tên trạm rất lạ".encode(), b"loa.db"):
        assert word not in held, word


def test_what_is_printed_of_the_configuration_hides_secrets(config, tmp_path):
    from scheduler.kernel.errors import LoaError

    text = repr(config)
    told = [name for name in NAMES[:-1] if canary(name) in text]
    assert told == []
    assert issubclass(LoaError, Exception)


def test_a_form_that_is_refused_draws_no_secret_again(lans, minhs, hungs, send, everything):
    for client, path, fields in (
        (lans, "/tai-khoan/mat-khau", {"old": CANARY, "new": CANARY + "1", "again": CANARY + "2"}),
        (minhs, "/tai-khoan/ma-khan-cap", {"old": CANARY, "emergency": "111111"}),
        (hungs, "/nguoi-dung/1/mat-khau", {"code": CANARY}),
        (hungs, "/cai-dat/api", {"name": "", "code": CANARY}),
    ):
        assert CANARY not in send(client, path, **fields).text, path


def test_a_stranger_reads_no_numbers(app, monkeypatch):
    asked = app.test_client().get("/metrics", environ_base={"REMOTE_ADDR": "192.168.1.50"})
    assert asked.status_code in {401, 403}
    assert "loa_disk" not in asked.text


def test_a_stranger_behind_a_proxy_of_this_machine_reads_no_numbers(app, station):
    asked = app.test_client().get("/metrics", headers={"Host": "192.168.1.2"})
    assert asked.status_code in {401, 403, 421}


def test_the_health_page_names_no_address_and_no_person(everything, app, minh):
    text = app.test_client().get("/healthz").text
    for word in (CANARY, "Minh", "Lan", str(everything.station.config.folder), "192.168", "hw:"):
        assert word not in text, word
