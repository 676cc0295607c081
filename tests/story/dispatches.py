"""Ten dispatches in the official form (Nghị định 30/2020), of the kinds that a ward gets, and what each of them orders.

Invented names, days of December 2026; each is a file of its own kind. `Ordered` is what the campaign has to hold.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.intake.made import docx_of, vietnamese_pdf

HEAD = """ỦY BAN NHÂN DÂN
PHƯỜNG AN BÌNH

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc

Số: {number}
V/v {subject}

An Bình, ngày 30 tháng 11 năm 2026

Kính gửi: Đài Truyền thanh phường.

"""
TAIL = """
Nơi nhận:
- Như trên;
- Lưu: VT.
"""
_LINES = 38
"""Lines of a page of PDF."""


@dataclass(frozen=True)
class Ordered:
    """What one dispatch orders. `airings` are those of an ordinary day by its number of December 2026."""

    number: str
    subject: str
    body: str
    ending: str
    airings: dict[int, int]
    silent: tuple[int, ...] = ()
    """Days of its period without any."""
    hours: tuple[str, ...] = ()
    """Hours left out, as the campaign has them."""
    most: int | None = None
    texts: int = 1

    @property
    def text(self) -> str:
        return HEAD.format(number=self.number, subject=self.subject) + self.body.strip() + "\n" + TAIL

    def days(self, *numbers: int) -> tuple[date, ...]:
        return tuple(date(2026, 12, number) for number in numbers)

    def write(self, folder: Path) -> Path:
        """The file of its kind."""
        path = folder / f"{self.number.partition('/')[0]}.{self.ending}"
        made = {"docx": docx_of, "pdf": _pdf, "txt": str.encode}
        path.write_bytes(made[self.ending](self.text))
        return path


def _pdf(text: str) -> bytes:
    lines = list(_wrapped(text))
    pages = [lines[at : at + _LINES] for at in range(0, len(lines), _LINES)]
    return vietnamese_pdf([[(50, 780 - 18 * n, line) for n, line in enumerate(page) if line] for page in pages])


def _wrapped(text: str) -> Iterator[str]:
    """Lines as a word processor breaks them."""
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            if len(line) + len(word) > 90:
                yield line
                line = word
            else:
                line = f"{line} {word}".strip()
        yield line


TEN = (
    Ordered(
        "701/UBND-VHXH", "tuyên truyền tiêm chủng mở rộng",
        """
Ủy ban nhân dân phường yêu cầu:

1. Đài Truyền thanh phường phát thanh 03 lượt/ngày từ ngày 03/12/2026 đến hết ngày 12/12/2026, trừ các ngày 06 và 08/12/2026.

2. Thông báo cho nhân dân đưa trẻ dưới 5 tuổi đến trạm y tế phường để tiêm chủng đầy đủ.

3. Trạm Y tế phường báo cáo kết quả về Ủy ban nhân dân phường./.
""",
        "docx", {3: 3, 5: 3, 7: 3, 12: 3}, silent=(6, 8),
    ),
    Ordered(
        "702/UBND-KT", "thu thuế sử dụng đất phi nông nghiệp",
        """
1. Thông báo cho các hộ gia đình nộp thuế sử dụng đất phi nông nghiệp năm 2026 tại nhà văn hóa tổ dân phố.

2. Đài Truyền thanh phường phát 02 lần/ngày, từ ngày 03/12/2026 đến ngày 15/12/2026, trừ khung giờ 11h30 - 13h30, không phát sau 20 giờ./.
""",
        "pdf", {3: 2, 9: 2, 15: 2}, hours=("11:30-13:30", "20:00-00:00"),
    ),
    Ordered(
        "703/UBND-CA", "cảnh báo lừa đảo qua điện thoại",
        """
1. Thông báo cho nhân dân không chuyển tiền cho người lạ gọi điện tự xưng là công an, viện kiểm sát.

2. Hướng dẫn nhân dân khi bị lừa đảo gọi ngay cho Công an phường, số điện thoại 02373761666.

3. Đài Truyền thanh phường phát 04 lượt/ngày từ ngày 03/12/2026 đến ngày 09/12/2026./.
""",
        "txt", {3: 4, 6: 4, 9: 4}, texts=2,
    ),
    Ordered(
        "704/KH-UBND", "tuyên truyền bầu cử tổ trưởng tổ dân phố",
        """
1. Thông báo cho nhân dân đi bầu tổ trưởng tổ dân phố vào ngày Chủ nhật tại nhà văn hóa.

2. Từ ngày 03/12/2026 đến ngày 08/12/2026, Đài Truyền thanh phường phát 02 lần/ngày; từ ngày 09/12/2026 đến ngày 13/12/2026 phát 04 lần/ngày./.
""",
        "docx", {3: 2, 8: 2, 9: 4, 13: 4},
    ),
    Ordered(
        "705/TB-UBND", "tạm ngừng cấp nước",
        """
1. Thông báo cho nhân dân trữ nước sinh hoạt do nhà máy nước súc rửa đường ống.

2. Đài Truyền thanh phường phát 02 lần/ngày vào các ngày 04, 06 và 09/12/2026./.
""",
        "txt", {4: 2, 6: 2, 9: 2}, silent=(5, 7, 8),
    ),
    Ordered(
        "706/QĐ-UBND", "giờ hoạt động của hệ thống truyền thanh",
        """
1. Thông báo cho nhân dân phân loại rác tại nhà, để rác đúng nơi quy định.

2. Đài Truyền thanh phường phát 02 buổi/ngày, mỗi buổi không quá 15 phút, từ ngày 03/12/2026 đến ngày 16/12/2026, trừ thứ Bảy và Chủ nhật./.
""",
        "pdf", {3: 2, 4: 2, 7: 2, 16: 2}, silent=(5, 6, 12, 13), most=15,
    ),
    Ordered(
        "707/CĐ-BCH", "ứng phó với bão số 12",
        """
1. Thông báo cho nhân dân chằng chống nhà cửa, không ra đường khi bão vào.

2. Đài Truyền thanh phường phát tin bão cứ 60 phút một lần, từ 6h00 đến 11h00, từ ngày 03/12/2026 đến hết ngày 04/12/2026./.
""",
        "docx", {3: 5, 4: 5},
    ),
    Ordered(
        "708/UBND-NN", "tiêm phòng dại cho chó, mèo",
        """
1. Thông báo cho các hộ gia đình đưa chó, mèo đi tiêm phòng dại tại nhà văn hóa tổ dân phố.

2. Đài Truyền thanh phường phát 02 lần/ngày vào 6h15 và 17h15, từ ngày 03/12/2026 đến ngày 10/12/2026. Riêng ngày 07/12/2026 nghỉ phát./.
""",
        "txt", {3: 2, 6: 2, 10: 2}, silent=(7,),
    ),
    Ordered(
        "709/UBND-PCCC", "phòng cháy, chữa cháy dịp cuối năm",
        """
1. Thông báo cho nhân dân kiểm tra bếp gas, ổ điện và tắt nguồn khi ra khỏi nhà.

2. Hướng dẫn nhân dân khi có cháy gọi ngay cho đội phòng cháy, số điện thoại 02373776559.

3. Đài Truyền thanh phường phát 02 lượt/ngày đối với mỗi bản tin, từ ngày 03/12/2026 đến ngày 11/12/2026, trừ ngày 10/12/2026./.
""",
        "pdf", {3: 4, 9: 4, 11: 4}, silent=(10,), texts=2,
    ),
    Ordered(
        "710/UBND-VHXH", "tuyên truyền an toàn giao thông",
        """
1. Thông báo cho nhân dân đội mũ bảo hiểm, không uống rượu bia khi lái xe.

2. Đài Truyền thanh phường phát 03 lần/ngày, từ ngày 03/12/2026 đến ngày 14/12/2026.

Không phát trước 6 giờ và sau 19 giờ.

Mỗi lần không quá 05 phút; nghỉ các ngày Chủ nhật./.
""",
        "docx", {3: 3, 5: 3, 14: 3}, silent=(6, 13), hours=("00:00-06:00", "19:00-00:00"), most=5,
    ),
)  # fmt: skip
