#!/usr/bin/env python3
"""Check the proof of a ward's broadcasts (chứng cứ phát sóng): one file, nothing but Python 3.8 or newer.

    python3 loa_verify.py FILE --key PUBLICKEY [--key …] [--earlier FILE]

FILE comes from `loa proof export`. PUBLICKEY is what `loa proof key` shows at the ward; ask for it once, by a safe way,
and keep it. It says what holds and what does not: every row's hash and its place in the chain, every checkpoint's
Ed25519 signature (RFC 8032), the signed sums against the rows. `--earlier` names a file received before: what both tell
must be the same. It trusts nothing that stands in FILE but what those keys have signed.

Exit code: 0 everything holds; 1 something does not; 2 wrong usage, or FILE is no such file; 3 what is signed holds, but
the last rows are not signed yet.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Dict, Iterator, NamedTuple, Tuple  # noqa: UP035 - for Python 3.8

# --- Ed25519, RFC 8032 section 5.1, verifying only ---------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)

Point = Tuple[int, int, int, int]  # noqa: UP006 - evaluated, also by Python 3.8
"""Extended coordinates X, Y, Z, T: x = X/Z, y = Y/Z, xy = T/Z."""
NEUTRAL: Point = (0, 1, 1, 0)


def added(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def doubled(one: Point) -> Point:
    a, b, c = one[0] * one[0] % P, one[1] * one[1] % P, 2 * one[2] * one[2] % P
    h = a + b
    e = h - (one[0] + one[1]) ** 2 % P
    g = a - b
    f = c + g
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def both_times(first: int, one: Point, second: int, other: Point) -> Point:
    """Add `first` times one and `second` times other, bit by bit from the highest."""
    together, at = added(one, other), NEUTRAL
    for bit in range(max(first.bit_length(), second.bit_length()) - 1, -1, -1):
        at = doubled(at)
        which = (first >> bit & 1) + 2 * (second >> bit & 1)
        if which:
            at = added(at, (one, other, together)[which - 1])
    return at


def decoded(text: bytes) -> Point | None:
    """The point of 32 bytes; None where they are none."""
    y = int.from_bytes(text, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * v**3 % P * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (v * x * x - u) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def encoded(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = decoded((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or NEUTRAL


def signed_by(public: str, message: bytes, signature: str) -> bool:
    """Whether `signature` of `message` was made with the private half of `public`; both in hex. Never raises."""
    try:
        key, told = bytes.fromhex(public), bytes.fromhex(signature)
    except (TypeError, ValueError):
        return False
    if len(key) != 32 or len(told) != 64:  # noqa: PLR2004 - sizes of RFC 8032
        return False
    point, scalar = decoded(key), int.from_bytes(told[32:], "little")
    if point is None or scalar >= ORDER or encoded(doubled(doubled(doubled(point)))) == encoded(NEUTRAL):
        return False  # no point, a second way to write the number, or one of the eight keys that agree to anything
    digest = hashlib.sha512(told[:32] + key + message).digest()
    factor = int.from_bytes(digest, "little") % ORDER
    minus = (P - point[0], point[1], 1, P - point[3])
    return encoded(both_times(scalar, BASE, factor, minus)) == told[:32]


# --- The file -------------------------------------------------------------------------------------------------------

FILE_FORMAT = "loa-proof-1"
CHECKPOINT_FORMAT = "loa-checkpoint-1"
GENESIS = "0" * 64
COLUMNS = (
    "seq",
    "at",
    "kind",
    "day",
    "slot_id",
    "campaign_id",
    "announcement_id",
    "title",
    "dispatch_number",
    "zone",
    "priority",
    "trigger",
    "planned_start",
    "actual_start",
    "actual_end",
    "planned_ms",
    "played_ms",
    "outcome",
    "reason",
    "text_sha256",
    "audio_sha256",
    "voice",
    "author",
    "approver",
    "approved_at",
    "operator",
    "outputs_json",
    "note",
    "prev_hash",
)
LATER = ("zones_json", "shares_json")
MOST_SHOWN = 20
MOST = 2**63
"""No number of a row is as great."""
OUTCOMES = {
    "played": "đã phát",
    "partial": "phát dở",
    "pre_empted": "nhường bản tin khẩn",
    "missed": "lỡ giờ",
    "refused": "bị từ chối",
    "failed": "lỗi",
    "cancelled": "đã hủy",
    "recorded": "chỉ ghi tệp, loa không kêu",
}

Told = Dict[str, Any]  # noqa: UP006
Sums = Dict[str, Dict[str, Dict[str, int]]]  # noqa: UP006


class NoProofError(Exception):
    """The file is none of ours, or was cut in the middle of a line."""


class Checkpoint(NamedTuple):
    payload: str
    signature: str
    told: Told

    @property
    def name(self) -> str:
        return f"{self.told.get('number')} ({self.told.get('day')})"


class Findings:
    """What does not hold, in two languages, and how much did."""

    def __init__(self) -> None:
        self.faults: list[tuple[str, str]] = []
        self.notes: list[tuple[str, str]] = []

    def fault(self, vietnamese: str, english: str) -> None:
        self.faults.append((vietnamese, english))

    def note(self, vietnamese: str, english: str) -> None:
        self.notes.append((vietnamese, english))


def once(pairs: list[tuple[str, Any]]) -> Told:
    """An object in which no name stands twice: another reader could take the other value."""
    told = dict(pairs)
    if len(told) != len(pairs):
        raise ValueError("a name stands twice")
    return told


def lines_of(path: Path) -> Iterator[Told]:
    """Every line as an object. Raises NoProofError."""
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            for number, line in enumerate(file, 1):
                try:
                    told = json.loads(line, object_pairs_hook=once)
                except (ValueError, RecursionError) as error:
                    raise NoProofError(f"{path}, dòng/line {number}: {error}") from error
                if not isinstance(told, dict):
                    raise NoProofError(f"{path}, dòng/line {number}")
                yield told
    except (OSError, UnicodeDecodeError) as error:
        raise NoProofError(f"{path}: {error}") from error


def head_of(lines: Iterator[Told], path: Path) -> Told:
    head = next(lines, {})
    if head.get("format") != FILE_FORMAT:
        raise NoProofError(f"{path}: không phải tệp chứng cứ {FILE_FORMAT} / not a {FILE_FORMAT} file")
    return head


def checkpoint_of(line: Told) -> Checkpoint | None:
    """The checkpoint a line tells; None for one that cannot be read."""
    payload, signature = line.get("checkpoint"), line.get("signature")
    try:
        told = json.loads(payload, object_pairs_hook=once)  # type: ignore[arg-type]
        numbers = [told[name] for name in ("number", "first_seq", "last_seq")]
        words = [told[name] for name in ("day", "last_hash", "previous", "key", "key_before")]
        if told["format"] != CHECKPOINT_FORMAT or not isinstance(told["sums"], dict):
            return None
        consents = [(one["new"], one["proof"]) for one in told["handovers"]]
    except (KeyError, TypeError, ValueError, RecursionError):
        return None
    if not all(type(one) is int for one in numbers) or not all(
        isinstance(one, str) for pair in consents for one in pair
    ):
        return None
    if not all(isinstance(one, str) for one in (*words, signature)):
        return None
    return Checkpoint(str(payload), str(signature), told)


# --- The rows -------------------------------------------------------------------------------------------------------


def row_hash(row: Told) -> str:
    later = list(LATER)
    while later and row.get(later[-1]) is None:
        later.pop()
    text = json.dumps([row.get(name) for name in (*COLUMNS, *later)], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def is_row(row: object) -> bool:
    """Whether it has a row's columns and nothing in them but numbers, text and nothing."""
    if not isinstance(row, dict) or not {*COLUMNS, "hash"} <= set(row) <= {*COLUMNS, *LATER, "hash"}:
        return False
    return all(
        value is None or type(value) is str or (type(value) is int and abs(value) < MOST) for value in row.values()
    ) and (type(row["seq"]), type(row["day"]), type(row["outcome"]), type(row["hash"])) == (int, str, str, str)


class Reading:
    """Goes through a file once: links rows and checkpoints, adds up, and notes what does not hold."""

    def __init__(self, found: Findings) -> None:
        self.found = found
        self.line: list[Checkpoint] = []
        self.rows = 0
        self.first_seq = 0
        self.seq = 0
        self.hash = GENESIS
        self.days: Sums = {}
        self._new: Sums = {}

    def row(self, row: Told) -> None:
        if not is_row(row):
            self.found.fault(f"Sau dòng {self.seq} có một dòng sai cấu trúc.", f"A row behind {self.seq} is malformed.")
            return
        seq = row["seq"]
        self.rows += 1
        self.first_seq = self.first_seq or seq
        if seq != self.seq + 1:
            self.found.fault(
                f"Nhật ký thiếu hoặc đổi chỗ dòng: sau dòng {self.seq} là dòng {seq}.",
                f"Rows are missing or out of order: row {seq} comes behind row {self.seq}.",
            )
        elif row["prev_hash"] != self.hash:
            self.found.fault(f"Dòng {seq} không nối tiếp dòng trước.", f"Row {seq} does not follow the one before it.")
        if row_hash(row) != row["hash"]:
            self.found.fault(f"Dòng {seq} đã bị sửa.", f"Row {seq} was changed.")
        self.seq, self.hash = seq, row["hash"]
        if row["kind"] == "airing":
            self._add(self.days, row)
            self._add(self._new, row)

    def _add(self, sums: Sums, row: Told) -> None:
        one = sums.setdefault(row["day"], {}).setdefault(row["outcome"], {"airings": 0, "ms": 0})
        one["airings"] += 1
        one["ms"] += row["played_ms"] if type(row["played_ms"]) is int else 0

    def checkpoint(self, line: Told) -> None:
        one = checkpoint_of(line)
        if one is None:
            where = self.line[-1].name if self.line else "0"
            self.found.fault(f"Điểm chốt sau điểm {where} hỏng.", f"The checkpoint behind {where} is damaged.")
            return
        told, is_anchor = one.told, not self.line and not self.rows
        if not signed_by(told["key"], one.payload.encode("utf-8", "surrogatepass"), one.signature):
            self.found.fault(f"Chữ ký của điểm chốt {one.name} sai.", f"The signature of checkpoint {one.name} fails.")
        if is_anchor:
            self.seq, self.hash = told["last_seq"], told["last_hash"]
        else:
            self._link(one)
            self._hold(one)
        self.line.append(one)
        self._new = {}

    def _link(self, one: Checkpoint) -> None:
        before, told = (self.line[-1] if self.line else None), one.told
        number, signature = (before.told["number"], before.signature) if before else (0, "")
        if told["number"] != number + 1 or told["previous"] != signature:
            self.found.fault(
                f"Điểm chốt {one.name} không nối tiếp điểm trước: có điểm chốt bị bỏ hoặc bị thay.",
                f"Checkpoint {one.name} does not follow the one before it: one was left out or replaced.",
            )
        set_back = told.get("clock_back") is True  # a clock that had run ahead was set right: a day is closed again
        in_order = not before or set_back or told["day"] > before.told["day"]
        if before and (not in_order or told["first_seq"] != before.told["last_seq"] + 1):
            self.found.fault(f"Điểm chốt {one.name} sai thứ tự.", f"Checkpoint {one.name} is out of order.")

    def _hold(self, one: Checkpoint) -> None:
        told = one.told
        if (told["last_seq"], told["last_hash"]) != (self.seq, self.hash):
            self.found.fault(
                f"Điểm chốt {one.name} đã ký đến dòng {told['last_seq']}, nhưng các dòng ở đây khác.",
                f"Checkpoint {one.name} has signed up to row {told['last_seq']}, but the rows here are not those rows.",
            )
        if told["sums"] != self._new:
            self.found.fault(
                f"Số lượt và số giây đã ký ở điểm chốt {one.name} không bằng tổng các dòng.",
                f"Airings and seconds signed in checkpoint {one.name} are not the sums of the rows.",
            )
        if told.get("broken_at") is not None:
            self.found.fault(
                f"Khi ký điểm chốt {one.name}, trạm đã biết nhật ký đứt ở dòng {told['broken_at']}.",
                f"When checkpoint {one.name} was signed the station knew that row {told['broken_at']} did not hold.",
            )


# --- The keys -------------------------------------------------------------------------------------------------------


def consented(one: Told) -> bool:
    """Whether the key before has signed, step by step, that this checkpoint's key takes its place."""
    at = one["key_before"]
    for step in one["handovers"]:
        text = f"loa-handover-1 {at} {step['new']}".encode("utf-8", "surrogatepass")
        if not signed_by(at, text, step["proof"]):
            return False
        at = step["new"]
    return bool(one["handovers"]) and at == one["key"]


def look_at_keys(line: list[Checkpoint], keys: list[str], found: Findings) -> None:
    """A checkpoint is believed for a key that was given, for a key one before it agreed to, or for a later one that
    names its signature.
    """
    believed = [one.told["key"] in keys for one in line]
    for place in range(1, len(line)):
        one, before = line[place].told, line[place - 1].told
        if one["key"] == before["key"]:
            believed[place] = believed[place] or believed[place - 1]
            continue
        agreed = one["key_before"] == before["key"] and consented(one)
        believed[place] = believed[place] or (believed[place - 1] and agreed)
        how = (
            ("có khóa cũ xác nhận", "with the old key's consent")
            if agreed
            else ("KHÔNG có khóa cũ xác nhận", "WITHOUT it")
        )
        found.note(
            f"Từ điểm chốt {line[place].name} trạm dùng khóa mới {one['key']}, {how[0]}.",
            f"From checkpoint {line[place].name} on a new key signs, {how[1]}.",
        )
    for place in range(len(line) - 2, -1, -1):
        believed[place] = believed[place] or (
            believed[place + 1] and line[place + 1].told["previous"] == line[place].signature
        )
    for one, is_believed in zip(line, believed):  # noqa: B905 - for Python 3.8
        if not is_believed:
            found.fault(
                f"Điểm chốt {one.name} do khóa khác ký, không phải khóa bạn đưa: {one.told['key']}. "
                "Hãy hỏi lại phường bằng đường an toàn.",
                f"Checkpoint {one.name} is signed with another key than the one you gave: ask the ward by a safe way.",
            )
            return


def compare(line: list[Checkpoint], earlier: Path, found: Findings) -> None:
    """What an earlier file has told of the same checkpoints must be told again."""
    lines = lines_of(earlier)
    head_of(lines, earlier)
    before = [one for one in map(checkpoint_of, (each for each in lines if "checkpoint" in each)) if one]
    now = {one.told["number"]: one for one in line}
    shared = [one for one in before if one.told["number"] in now]
    for one in shared:
        if one[:2] != now[one.told["number"]][:2]:
            found.fault(
                f"Điểm chốt {one.name} khác với tệp đã nhận trước: nhật ký đã bị viết lại sau khi nộp.",
                f"Checkpoint {one.name} differs from the earlier file: it was rewritten after it was handed over.",
            )
    if not shared:
        found.note(
            "Hai tệp không có điểm chốt chung nên không so được.", "The two files share no checkpoint to compare."
        )


# --- The answer -----------------------------------------------------------------------------------------------------


def say(text: str) -> None:
    """One line; what cannot be printed (a terminal would obey it) becomes a question mark."""
    sys.stdout.write("".join(letter if letter.isprintable() or letter == "\n" else "?" for letter in text) + "\n")


def show(head: Told, reading: Reading, unsigned: int) -> None:
    line = reading.line
    say("Kiểm tra chứng cứ phát sóng / Check of the proof of broadcasts")
    say(f"Trạm / station: {line[-1].told.get('station') if line else head.get('station')}")
    if line:
        say(f"Điểm chốt / checkpoints: {len(line)}, từ/from {line[0].told['day']} đến/to {line[-1].told['day']}")
    say(f"Dòng nhật ký / rows: {reading.rows}" + (f", {reading.first_seq}-{reading.seq}" if reading.rows else ""))
    if unsigned:
        say(f"Chưa ký / not signed yet: {unsigned}")
    for day, outcomes in sorted(reading.days.items()):
        told = [
            f"{OUTCOMES.get(name, name)} ({name}): {one['airings']} lượt/airings, {one['ms'] / 1000:.1f} s"
            for name, one in sorted(outcomes.items())
        ]
        say(f"  {day}  " + "; ".join(told))


def conclude(found: Findings, unsigned: int) -> int:
    for vietnamese, english in found.notes:
        say(f"[LƯU Ý / NOTE] {vietnamese}\n    {english}")
    for vietnamese, english in found.faults[:MOST_SHOWN]:
        say(f"[SAI / FAILS] {vietnamese}\n    {english}")
    if len(found.faults) > MOST_SHOWN:
        say(f"… và {len(found.faults) - MOST_SHOWN} lỗi nữa / and more.")
    if found.faults:
        say("KẾT LUẬN: CHỨNG CỨ KHÔNG ĐÚNG. / RESULT: THE PROOF DOES NOT HOLD.")
        return 1
    if unsigned:
        say("KẾT LUẬN: phần đã ký đúng; các dòng cuối chưa được ký. / RESULT: what is signed holds.")
        return 3
    say("KẾT LUẬN: CHỨNG CỨ ĐÚNG. / RESULT: THE PROOF HOLDS.")
    return 0


def check(path: Path, keys: list[str], earlier: Path | None) -> int:
    found = Findings()
    reading = Reading(found)
    lines = lines_of(path)
    head = head_of(lines, path)
    for line in lines:
        if "checkpoint" in line:
            reading.checkpoint(line)
        else:
            reading.row(line.get("row", {}))
    if not reading.line:
        found.fault(
            "Tệp không có điểm chốt nào nên không chứng minh được gì.", "There is no checkpoint: nothing is proven."
        )
    look_at_keys(reading.line, keys, found)
    if earlier:
        compare(reading.line, earlier, found)
    unsigned = max(0, reading.seq - reading.line[-1].told["last_seq"]) if reading.line else reading.rows
    show(head, reading, unsigned)
    return conclude(found, unsigned)


def plain_key(text: str) -> str:
    """A key as it was written down: spaces and colons do not count."""
    key = "".join(text.replace(":", " ").split()).lower()
    if len(key) != 64 or any(letter not in "0123456789abcdef" for letter in key):  # noqa: PLR2004 - 32 bytes in hex
        raise argparse.ArgumentTypeError("khóa phải có 64 chữ số 0-9, a-f / a key has 64 digits 0-9, a-f")
    return key


def main(words: list[str] | None = None) -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    parser = argparse.ArgumentParser(description="Kiểm tra chứng cứ phát sóng / check the proof of broadcasts")
    parser.add_argument("file", type=Path, metavar="FILE", help="tệp do phường nộp / the file from the ward")
    parser.add_argument(
        "--key",
        type=plain_key,
        action="append",
        required=True,
        help="khóa công khai của phường / the ward's public key",
    )
    parser.add_argument("--earlier", type=Path, metavar="FILE", help="tệp đã nhận trước / a file received before")
    asked = parser.parse_args(words)
    try:
        return check(asked.file, asked.key, asked.earlier)
    except NoProofError as error:
        sys.stderr.write(f"Không đọc được / cannot be read: {error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
