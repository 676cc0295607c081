"""A received RTP packet, read by RFC 3550 and not by the code that wrote it."""

import struct
from dataclasses import dataclass


@dataclass(frozen=True)
class Packet:
    version: int
    marker: bool
    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes

    @classmethod
    def of(cls, data: bytes) -> "Packet":
        first, second, sequence, timestamp, ssrc = struct.unpack("!BBHII", data[:12])
        return cls(first >> 6, bool(second & 0x80), second & 0x7F, sequence, timestamp, ssrc, data[12:])
