"""The words of Hai máy: how a machine of the pair stands, as picture, look and word.

A table and nothing else.
"""

__all__ = ["STANDS"]

STANDS = {
    "here": ("air", "speaker", "Đang giữ sóng"),
    "there": ("off", "clock", "Đi theo, không phát"),
    "alone": ("warn", "warn", "Phát một mình"),
    "silent": ("err", "cross", "Không giữ sóng"),
    "unknown": ("err", "cross", "Không trả lời"),
}
"""How a machine stands -> look, picture, word."""
