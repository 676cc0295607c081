"""Templates (mẫu) of announcements: for each kind a form to complete and the shape it is usually said in.

Blanks stand in [square brackets]; an announcement that still has one is not spoken. The wording is Vietnamese, because
officers complete it; nothing here knows a real name, place or number.
"""

import re
from dataclasses import dataclass
from typing import Final

from scheduler.core.delivery import ScriptKind, Shape

__all__ = ["KINDS", "TEMPLATES", "Template", "blanks_left"]

KINDS: Final[dict[ScriptKind, str]] = {
    ScriptKind.NOTICE: "Thông báo thường",
    ScriptKind.EPIDEMIC: "Dịch bệnh",
    ScriptKind.STORM: "Bão, lũ",
    ScriptKind.MEETING: "Mời họp",
    ScriptKind.OUTAGE: "Lịch cắt điện, nước",
    ScriptKind.INFORMATION: "Tuyên truyền",
    ScriptKind.MISSING_CHILD: "Tìm trẻ lạc",
    ScriptKind.URGENT: "Khẩn cấp",
    ScriptKind.CORRECTION: "Đính chính",
    ScriptKind.DRILL: "Diễn tập",
}
_THANKS = "Xin cảm ơn bà con đã lắng nghe."
_GREETING = "Kính thưa bà con!"


@dataclass(frozen=True, slots=True)
class Template:
    """A form of one kind; `emergency`: it is meant to be approved beforehand and kept ready."""

    title: str
    text: str
    shape: Shape
    emergency: bool = False


def _shape(kind: ScriptKind, times: int = 2, *, ident: bool = True, opening: str = "", closing: str = "") -> Shape:
    return Shape(kind, paced=True, ident=ident, heading=True, times=times, opening=opening, closing=closing)


TEMPLATES: Final[dict[ScriptKind, Template]] = {
    ScriptKind.NOTICE: Template(
        "Thông báo về [việc gì]",
        "Ủy ban nhân dân phường thông báo: [nội dung].\nThời gian: [ngày, giờ].\nĐịa điểm: [địa điểm].\n"
        "Bà con cần biết thêm, xin liên hệ [tên người] theo số điện thoại [số điện thoại].",
        _shape(ScriptKind.NOTICE, opening=_GREETING, closing=_THANKS),
    ),
    ScriptKind.EPIDEMIC: Template(
        "Phòng, chống [tên bệnh]",
        "Hiện nay, [tên bệnh] đã có tại [địa bàn].\nĐề nghị bà con [việc cần làm].\n"
        "Khi có dấu hiệu [dấu hiệu], bà con gọi ngay Trạm Y tế phường, số điện thoại [số điện thoại].",
        _shape(ScriptKind.EPIDEMIC, closing=_THANKS),
    ),
    ScriptKind.STORM: Template(
        "Tin [bão, lũ] số [số tin]",
        "Hồi [giờ, ngày], [tên bão, mực nước] ở [vị trí].\nDự báo: [diễn biến].\n"
        "Đề nghị bà con: [việc cần làm].\nĐiểm sơ tán: [địa điểm].\n"
        "Khi cần giúp, gọi Ban Chỉ huy phòng thủ dân sự phường, số điện thoại [số điện thoại].",
        _shape(ScriptKind.STORM, closing="Đề nghị bà con theo dõi các tin tiếp theo trên loa."),
    ),
    ScriptKind.MEETING: Template(
        "Mời họp [cuộc họp gì]",
        "Kính mời [thành phần] đến dự [cuộc họp gì].\nThời gian: [ngày, giờ].\nĐịa điểm: [địa điểm].\n"
        "Nội dung: [nội dung].\nĐề nghị bà con đến dự đông đủ, đúng giờ.",
        _shape(ScriptKind.MEETING, closing=_THANKS),
    ),
    ScriptKind.OUTAGE: Template(
        "Lịch cắt [điện, nước]",
        "[Đơn vị] thông báo cắt [điện, nước] để [lý do].\nThời gian: từ [giờ, ngày] đến [giờ, ngày].\n"
        "Khu vực: [địa bàn].\nBà con cần biết thêm, xin gọi số điện thoại [số điện thoại].",
        _shape(ScriptKind.OUTAGE, closing="Mong bà con thông cảm và chủ động sắp xếp."),
    ),
    ScriptKind.INFORMATION: Template(
        "Tuyên truyền về [chủ đề]",
        "[Nội dung tuyên truyền].\nĐề nghị bà con [việc cần làm].",
        _shape(ScriptKind.INFORMATION, times=1, opening=_GREETING, closing=_THANKS),
    ),
    ScriptKind.MISSING_CHILD: Template(
        "Tìm trẻ lạc",
        "Vào hồi [giờ, ngày], tại [địa điểm], cháu [tên cháu], [tuổi] tuổi, đã đi lạc.\n"
        "Đặc điểm: [chiều cao, tóc, quần áo].\nAi thấy cháu ở đâu, xin giữ cháu lại "
        "và gọi ngay [tên người], số điện thoại [số điện thoại], hoặc Công an phường, số điện thoại [số điện thoại].",
        _shape(ScriptKind.MISSING_CHILD, opening="Bà con chú ý!", closing="Gia đình xin chân thành cảm ơn."),
    ),
    ScriptKind.URGENT: Template(
        "Khẩn cấp: [việc gì]",
        "Bà con chú ý! Bà con chú ý!\n[Việc gì đang xảy ra] tại [địa điểm].\n[Việc phải làm ngay].\n"
        "Bà con bình tĩnh làm theo hướng dẫn của [lực lượng].",
        Shape(ScriptKind.URGENT, paced=True, ident=True),  # the order of an emergency says how often it is said
        emergency=True,
    ),
    ScriptKind.CORRECTION: Template(
        "Đính chính tin [tên tin]",
        "Bản tin [tên tin] phát lúc [giờ, ngày] có chỗ chưa đúng.\nĐã đọc: [chỗ sai].\n"
        "Nay đọc lại cho đúng: [chỗ đúng].",
        _shape(ScriptKind.CORRECTION, closing="Mong bà con thông cảm."),
    ),
    ScriptKind.DRILL: Template(
        "Diễn tập [việc gì]",
        "Đây là diễn tập, không phải báo động thật.\nVào [giờ, ngày], phường diễn tập [việc gì] tại [địa điểm].\n"
        "Khi nghe [tín hiệu], bà con [việc cần làm].\nĐây là diễn tập, không phải báo động thật.",
        _shape(ScriptKind.DRILL, closing=_THANKS),
    ),
}
_BLANK: Final = re.compile(r"\[[^\[\]\n]{1,60}\]")
_OURS: Final = frozenset(
    blank for one in TEMPLATES.values() for text in (one.title, one.text) for blank in _BLANK.findall(text)
)


def blanks_left(*texts: str) -> tuple[str, ...]:
    """Blanks of a template that nobody has filled in, each once; brackets of the officer's own are none."""
    found = (blank for text in texts for blank in _BLANK.findall(text) if blank in _OURS)
    return tuple(dict.fromkeys(found))
