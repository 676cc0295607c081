"""A dispatch of an office that says one thing: its head and tail, for tests of what is read between them."""

from scheduler.core.dispatch import read_dispatch
from scheduler.core.dispatch.model import Dispatch

HEAD = """ỦY BAN NHÂN DÂN
PHƯỜNG AN LẠC

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc

Số: 118/UBND-VHXH
V/v tuyên truyền

An Lạc, ngày 05 tháng 7 năm 2024

Kính gửi: Đài Truyền thanh phường.

"""


def dispatch_with(body: str) -> Dispatch:
    return read_dispatch(f"{HEAD}{body}\n\nNơi nhận:\n- Như trên;\n- Lưu: VT.\n")
