"""A dispatch in the house, for tests of what it ordered."""

import pytest

LETTER = """ỦY BAN NHÂN DÂN
PHƯỜNG AN BÌNH
Số: 77/UBND-VHXH
An Bình, ngày 01 tháng 12 năm 2026
V/v tăng thời lượng tuyên truyền tiêm chủng

Kính gửi: Trạm truyền thanh phường

Yêu cầu Trạm truyền thanh phường phát bản tin tiêm chủng 04 lượt/ngày trên hệ thống loa.
./.
"""


@pytest.fixture
def dispatch_id(station, lan):
    return station.services.dispatches.import_dispatch(lan, LETTER.encode(), "77.txt")[0]
