"""The one-file tool a superior has: held against the real signer, and against what somebody could do to a file."""

import importlib.util
import json
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.cli import loa
from scheduler.core.planning.rules import parse_window
from scheduler.store.air.keys import holds
from tests.deploy.pages import Page
from tests.examples import examples
from tests.services.closed_days import DAY, air, local, rechain, three_days, with_a_tool
from tests.waiting import PATIENCE

TOOL = Path(__file__).parents[2] / "deploy" / "loa_verify.py"
_spec = importlib.util.spec_from_file_location("loa_verify", TOOL)
assert _spec
assert _spec.loader
loa_verify = importlib.util.module_from_spec(_spec)
sys.modules["loa_verify"] = loa_verify
_spec.loader.exec_module(loa_verify)

# RFC 8032, section 7.1: public key, message, signature
VECTORS = [
    pytest.param(
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
        id="empty",
    ),
    pytest.param(
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
        id="one_byte",
    ),
    pytest.param(
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
        id="two_bytes",
    ),
]
ORDER = 2**252 + 27742317777372353535851937790883648493


# Ed25519


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_vectors_of_the_standard_hold(public, message, signature):
    assert loa_verify.signed_by(public, bytes.fromhex(message), signature)
    assert not loa_verify.signed_by(public, bytes.fromhex(message) + b"x", signature)


@settings(max_examples=examples(60), deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
def test_what_the_real_signer_signs_holds(seed, message):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw().hex(), key.sign(message).hex()
    assert loa_verify.signed_by(public, message, signature)


@settings(max_examples=examples(150), deadline=None)
@given(st.binary(min_size=32, max_size=32), st.integers(0, 64 * 8 - 1), st.integers(0, 32 * 8 - 1), st.booleans())
def test_one_bit_changed_is_judged_as_the_real_one_judges_it(seed, bit, key_bit, in_signature):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"m")
    if in_signature:
        signature = (int.from_bytes(signature, "big") ^ 1 << bit).to_bytes(64, "big")
    else:
        public = (int.from_bytes(public, "big") ^ 1 << key_bit).to_bytes(32, "big")
    told = loa_verify.signed_by(public.hex(), b"m", signature.hex())
    assert told is holds(b"m", signature.hex(), public.hex()) is False


@settings(max_examples=examples(60), deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(min_size=64, max_size=64), st.binary(max_size=9))
def test_bytes_that_nobody_signed_do_not_hold(public, signature, message):
    assert not loa_verify.signed_by(public.hex(), message, signature.hex())


@pytest.mark.parametrize("public", ["00" * 32, "01" + "00" * 31, "00" * 31 + "80", "ec" + "ff" * 30 + "7f"])
def test_a_key_that_would_agree_to_anything_is_none(public):
    for first in ("00" * 32, "01" + "00" * 31):
        assert not any(loa_verify.signed_by(public, bytes([n]), first + "00" * 32) for n in range(16))


def test_the_same_signature_written_another_way_does_not_hold():
    """S + L says the same number, and is refused: else one checkpoint would have two signatures."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public, signature = key.public_key().public_bytes_raw().hex(), key.sign(b"m")
    again = signature[:32] + (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")
    assert loa_verify.signed_by(public, b"m", signature.hex())
    assert not loa_verify.signed_by(public, b"m", again.hex())


@pytest.mark.parametrize("text", ["", "zz", "é", "00" * 31, "00" * 33, None, 5, "ff" * 32])
def test_a_key_that_is_none_signs_nothing(text):
    assert not loa_verify.signed_by(text, b"", "00" * 64)
    assert not loa_verify.signed_by("00" * 32, b"", text)


# A file


@pytest.fixture
def closed(cast, clock, station):
    three_days(cast, clock)
    clock.advance(86_400)
    station.services.proof.close_days()
    return station


def test_what_is_handed_to_a_superior_is_checked_as_the_page_says(closed, monkeypatch):
    page, folder = Page("docs/proof.md"), closed.config.folder
    monkeypatch.chdir(folder)
    (folder / "config.toml").write_text(f'[station]\ndata = "{closed.config.data}"\n')
    shutil.copy(TOOL, folder)
    key = CliRunner().invoke(loa, page.inline("loa proof key").split()[1:]).output.split()[-1]
    shown = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    export, check = page.under("For a superior")[0].text({shown: key}).splitlines()
    assert CliRunner().invoke(loa, export.split()[1:]).exit_code == 0
    done = subprocess.run(check.split(), capture_output=True, text=True, check=False, cwd=folder, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout
    assert page.left() == []


@pytest.fixture
def machine(closed, clock):
    return closed.repos.people.machine(clock.now())


@pytest.fixture
def key(closed):
    return closed.services.proof.key().public


@pytest.fixture
def handed(closed, machine, tmp_path):
    """The file of some days as it was handed over, and its lines."""

    def hand(first=0, last=2, name="nop.jsonl"):
        path = tmp_path / name
        closed.services.proof.export(machine, DAY + timedelta(days=first), DAY + timedelta(days=last), path)
        return path

    return hand


def check(path, *words: str) -> tuple[int, str]:
    """Run as a superior would: another Python, nothing of ours to import."""
    done = subprocess.run(
        [sys.executable, "-I", str(TOOL), str(path), *words], capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout + done.stderr


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def put(path: Path, told: list[dict]) -> Path:
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in told), encoding="utf-8")
    return path


def test_the_proof_of_all_days_holds_and_says_what_it_proves(handed, key):
    code, told = check(handed(), "--key", key)
    assert (code, "RESULT: THE PROOF HOLDS" in told) == (0, True)
    assert "2026-12-02  phát dở (partial): 1 lượt/airings, 1.5 s; đã phát (played): 1 lượt/airings, 3.0 s" in told
    assert "checkpoints: 3, từ/from 2026-12-02 đến/to 2026-12-04" in told


@pytest.mark.parametrize(("first", "last", "rows"), [(0, 0, 2), (1, 1, 2), (2, 2, 2), (1, 2, 4)])
def test_the_proof_of_some_days_holds_alone(handed, key, first, last, rows):
    path = handed(first, last)
    assert sum("row" in one for one in lines(path)) == rows
    code, told = check(path, "--key", key)
    assert code == 0, told


def test_a_key_may_be_written_as_people_write_it(handed, key):
    grouped = " ".join(key[place : place + 8] for place in range(0, 64, 8)).upper()
    assert check(handed(), "--key", grouped)[0] == 0


def test_days_that_are_not_over_are_told_to_be_unsigned(cast, clock, closed, handed, key):
    today = DAY + timedelta(days=3)
    windows = (parse_window("14:00-15:00"),)
    cast.running(cast.approved(title="Thêm"), start=today, end=today, windows=windows)
    air(cast, clock, today, at=local(today, 15))
    code, told = check(handed(0, 3), "--key", key)
    assert (code, "not signed yet: 1" in told) == (3, True)
    assert check(handed(3, 3), "--key", key)[0] == 3


def test_a_row_written_late_is_told_with_its_day(cast, clock, closed, handed, key, tmp_path):
    air(cast, clock, DAY + timedelta(days=1), at=clock.now())
    clock.advance(2 * 86_400)
    path = handed(1, 1)
    assert [one["row"]["seq"] for one in lines(path) if "row" in one and one["row"]["day"] == "2026-12-03"] == [3, 4, 7]
    assert check(path, "--key", key)[0] == 0


def change(place, **values):
    def changed(told):
        rows = [one["row"] for one in told if "row" in one]
        rows[place].update(values)
        return told

    return changed


def without(wanted):
    return lambda told: [one for one in told if not wanted(one)]


def number_of(one) -> int:
    return json.loads(one["checkpoint"])["number"] if "checkpoint" in one else 0


def seq_of(one) -> int:
    return one.get("row", {}).get("seq", 0)


def swapped(told):
    told[1], told[2] = told[2], told[1]
    return told


def signed_anew(told):
    """The last checkpoint, changed and signed by somebody with a key of their own."""
    own = Ed25519PrivateKey.from_private_bytes(b"x" * 32)
    payload = json.loads(told[-1]["checkpoint"]) | {"key": own.public_key().public_bytes_raw().hex()}
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    told[-1] = {"checkpoint": text, "signature": own.sign(text.encode()).hex()}
    return told


@pytest.mark.parametrize(
    "tamper",
    [
        pytest.param(change(0, played_ms=600_000), id="seconds"),
        pytest.param(change(5, title="khác"), id="title_of_the_last_row"),
        pytest.param(change(2, approver="Ai đó"), id="approver"),
        pytest.param(change(2, zones_json='["x"]'), id="zones"),
        pytest.param(change(2, zones_json=None), id="zones_forgotten"),
        pytest.param(change(2, note=None), id="nothing_for_text"),
        pytest.param(change(2, seq="3"), id="text_for_a_number"),
        pytest.param(change(2, seq=True), id="true_for_a_number"),
        pytest.param(change(2, played_ms=10**400), id="a_number_beyond_all"),
        pytest.param(change(2, more="x"), id="a_column_more"),
        pytest.param(change(2, day=None), id="no_day"),
        pytest.param(without(lambda one: seq_of(one) == 1), id="first_row_gone"),
        pytest.param(without(lambda one: seq_of(one) == 4), id="a_row_gone"),
        pytest.param(without(lambda one: seq_of(one) == 6), id="last_row_gone"),
        pytest.param(without(lambda one: number_of(one) == 2), id="a_checkpoint_gone"),
        pytest.param(without(lambda one: number_of(one) == 1), id="first_checkpoint_gone"),
        pytest.param(without(lambda one: "checkpoint" in one), id="every_checkpoint_gone"),
        pytest.param(without(lambda one: seq_of(one) > 4 or number_of(one) > 3), id="rows_of_a_day_gone"),
        pytest.param(swapped, id="rows_change_places"),
        pytest.param(lambda told: [*told, told[1]], id="a_row_twice"),
        pytest.param(lambda told: [*told, {"row": {}}], id="an_empty_row"),
        pytest.param(lambda told: [*told, {"checkpoint": "{}", "signature": "00"}], id="an_empty_checkpoint"),
        pytest.param(lambda told: [*told, {"checkpoint": None, "signature": None}], id="nothing_for_a_checkpoint"),
        pytest.param(signed_anew, id="signed_by_somebody_else"),
    ],
)
def test_what_was_changed_in_a_file_is_found(handed, key, tamper):
    path = handed()
    code, told = check(put(path, tamper(lines(path))), "--key", key)
    assert code == 1, told
    assert "THE PROOF DOES NOT HOLD" in told
    assert "Traceback" not in told


def test_a_file_that_is_forged_from_end_to_end_needs_a_key_that_nobody_gave(closed, handed, key, machine):
    """Rows, chain, slots and checkpoints all hold together, by another key."""
    with_a_tool(closed, "DELETE FROM checkpoint", "UPDATE journal SET played_ms = 600000 WHERE seq = 1")
    rechain(closed)
    shutil.rmtree(closed.config.data / "keys")
    path = handed()
    code, told = check(path, "--key", key)
    assert code == 1
    assert "another key than the one you gave" in told
    assert check(path, "--key", closed.services.proof.key().public)[0] == 0


def test_a_ward_that_rewrites_what_it_has_handed_over_is_found_by_the_earlier_file(closed, handed, key):
    earlier = handed(name="truoc.jsonl")
    with_a_tool(closed, "DELETE FROM checkpoint", "UPDATE journal SET played_ms = 600000 WHERE seq = 1")
    rechain(closed)
    later = handed()
    assert check(later, "--key", key)[0] == 0
    code, told = check(later, "--key", key, "--earlier", str(earlier))
    assert (code, "it was rewritten after it was handed over" in told) == (1, True)


def test_an_earlier_file_that_says_the_same_changes_nothing(handed, key):
    earlier = handed(0, 1, name="truoc.jsonl")
    assert check(handed(), "--key", key, "--earlier", str(earlier))[0] == 0


def after_a_new_key(closed, clock, machine, *, lost: bool) -> str:
    if lost:
        shutil.rmtree(closed.config.data / "keys")
    else:
        closed.services.proof.change_key(machine)
    clock.advance(86_400)
    closed.services.proof.close_days()
    return closed.services.proof.key().public


def test_a_changed_key_holds_by_the_old_one_and_by_the_new_one(closed, clock, machine, handed, key):
    new = after_a_new_key(closed, clock, machine, lost=False)
    path = handed(0, 3)
    for given_key in (key, new):
        code, told = check(path, "--key", given_key)
        assert (code, "with the old key's consent" in told) == (0, True)


def test_a_lost_key_holds_only_for_who_was_given_the_new_one(closed, clock, machine, handed, key):
    new = after_a_new_key(closed, clock, machine, lost=True)
    path = handed(0, 3)
    code, told = check(path, "--key", key)
    assert (code, "WITHOUT it" in told) == (1, True)
    assert check(path, "--key", new)[0] == 0
    assert check(path, "--key", key, "--key", new)[0] == 0


def test_a_journal_the_station_knew_to_be_broken_is_told_so(closed, clock, cast, handed, key):
    with_a_tool(closed, "DELETE FROM checkpoint", "UPDATE journal SET note = 'x' WHERE seq = 2")
    code, told = check(handed(), "--key", key)
    assert (code, "knew that row 2 did not hold" in told) == (1, True)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]\n", "not json", '{"format": "loa-proof-1"', '{"format": "loa-proof-1"}\n[1]\n', "\x00"]
)
def test_a_file_that_is_none_of_ours_is_wrong_usage(tmp_path, text):
    path = tmp_path / "x.jsonl"
    path.write_text(text)
    code, told = check(path, "--key", "00" * 32)
    assert (code, "Traceback" in told) == (2, False)


@pytest.mark.parametrize("words", [(), ("--key", "00"), ("--key", "z" * 64)])
def test_without_a_key_nothing_is_checked(handed, words):
    assert check(handed(), *words)[0] == 2


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path, key):
    assert check(tmp_path / "none", "--key", key)[0] == 2


def test_a_name_that_stands_twice_in_a_row_is_refused(handed, key):
    path = handed()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"played_ms":3000', '"played_ms":600000,"played_ms":3000', 1), encoding="utf-8")
    assert check(path, "--key", key)[0] == 2


def test_what_a_terminal_would_obey_is_not_printed(handed, key):
    path = handed()
    told = lines(path)
    told[0]["station"] = "\x1b[2J"
    told[1]["row"]["day"] = "\x1b[31m"
    assert "\x1b" not in check(put(path, told), "--key", key)[1]


def test_the_tool_needs_nothing_of_ours_and_nothing_that_is_not_python():
    allowed = {"__future__", "argparse", "hashlib", "io", "json", "pathlib", "sys", "typing"}
    imports = {
        line.split()[1].split(".")[0]
        for line in TOOL.read_text(encoding="utf-8").splitlines()
        if line.startswith(("import ", "from "))
    }
    assert imports <= allowed
