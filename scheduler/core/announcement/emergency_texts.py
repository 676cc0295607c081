"""Six ready texts for an emergency: what a ward has before anybody has written one.

They name no place, no person and no time, so that each can be said as it stands; the ward changes them as it likes.
None airs before a leader has heard and approved its sound.
"""

from typing import Final, NamedTuple

from scheduler.core.delivery import ScriptKind, Shape

__all__ = ["READY_SHAPE", "READY_TEXTS", "ReadyText"]


class ReadyText(NamedTuple):
    title: str
    text: str


READY_SHAPE: Final = Shape(ScriptKind.URGENT, paced=True)
"""The order says how often it is said; no ident stands before words that are in a hurry."""
_CALL = "Bà con chú ý! Bà con chú ý!\n"

READY_TEXTS: Final = (
    ReadyText(
        "Bão đang đến",
        f"{_CALL}Bão mạnh đang đến gần.\n"
        "Bà con vào ngay nhà kiên cố, đóng chặt cửa, tránh xa cửa kính, cây to và cột điện.\n"
        "Ai ở nhà không chắc chắn thì đến ngay điểm sơ tán của phường.\n"
        "Không ra đường khi chưa có thông báo mới. Cần cứu giúp, gọi 112.",
    ),
    ReadyText(
        "Lũ lên nhanh",
        f"{_CALL}Nước lũ đang lên nhanh.\nBà con ở chỗ thấp, ven sông, ven suối lên ngay chỗ cao.\n"
        "Giúp người già, trẻ nhỏ đi trước. Ngắt điện trước khi rời nhà. Không lội qua chỗ nước chảy xiết.\n"
        "Cần cứu giúp, gọi 112.",
    ),
    ReadyText(
        "Cháy lớn",
        f"{_CALL}Đang có cháy lớn trên địa bàn phường.\n"
        "Bà con ở gần đám cháy ra khỏi nhà ngay, cúi thấp người, che mũi miệng bằng khăn ướt, không dùng thang máy.\n"
        "Bà con ở xa không đến xem, nhường đường cho xe chữa cháy.\nCần cứu giúp, gọi 114.",
    ),
    ReadyText(
        "Mất điện diện rộng",
        f"{_CALL}Phường đang mất điện trên diện rộng; ngành điện đang sửa chữa.\n"
        "Bà con tắt các thiết bị điện, cẩn thận khi dùng nến và bếp lửa, không chạy máy nổ trong phòng kín.\n"
        "Thấy dây điện đứt, rơi thì tránh xa và báo ngay cho phường. Phường sẽ báo khi có điện trở lại.",
    ),
    ReadyText(
        "Dịch bệnh nguy hiểm",
        f"{_CALL}Trên địa bàn đang có dịch bệnh nguy hiểm.\n"
        "Bà con ở trong nhà, hạn chế gặp người khác, đeo khẩu trang, rửa tay bằng xà phòng.\n"
        "Ai sốt, ho, khó thở thì ở yên tại chỗ và báo ngay cho trạm y tế phường, hoặc gọi 115.\n"
        "Bà con làm theo hướng dẫn của ngành y tế.",
    ),
    ReadyText(
        "Tìm người",
        f"{_CALL}Phường đang tìm một người đi lạc, có thể đang gặp nguy hiểm.\n"
        "Bà con kiểm tra ngay quanh nhà, vườn, ao, ngõ và nhà bỏ trống của mình.\n"
        "Thấy ai đi một mình, lạc đường hoặc cần giúp, xin giữ người ấy lại và báo công an phường, hoặc gọi 113.",
    ),
)
"""Bão, lũ, cháy, mất điện diện rộng, dịch bệnh, tìm người."""
