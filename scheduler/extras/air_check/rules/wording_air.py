"""The sentences of the air monitor: what became of an airing at the far end of the line, and its alarms.

Tables and nothing else; the record makes the sentences part of `wording`.
"""

from scheduler.core.air.heard_back import SpellKind
from scheduler.extras.air_check.rules.air_watch import Measured

__all__ = ["AIR_REASONS", "SPELL_WORDS", "measured_words"]

SPELL_WORDS: dict[str, str] = {
    SpellKind.SILENCE.value: "Mất tiếng khi phát",
    SpellKind.STRAY.value: "Tiếng lạ",
}

AIR_REASONS: dict[str, str] = {
    "air_partly": "Trên đường về chỉ nghe được một phần bản tin; hãy kiểm tra dây, ăm-li và loa.",
    "air_sound": "Trên đường về có tiếng, nhưng không có bản ghi để so.",
    "air_other": "Trên đường về có tiếng nhưng không phải bản tin đã phát; hãy kiểm tra đường tiếng vào và loa.",
    "air_silent": "Trạm phát mà trên đường về không có tiếng; hãy kiểm tra ăm-li, dây và loa.",
    "air_unknown": "Lúc phát bộ nghe kiểm tra không nghe được; lượt này không có kết quả nghe.",
    "air_stray": (
        "Loa có tiếng lúc {at} khi trạm không phát[, {seconds} giây][, mức {level} dBFS]; hãy kiểm tra ăm-li, "
        "bộ thu và xem có sóng lạ không."
    ),
    "air_monitor_off": "Trạm này không có bộ nghe kiểm tra; xem mục monitor trong docs/config.md.",
    "air_monitor_silent": "Bộ nghe kiểm tra không trả lời; hãy xem trạm còn chạy không và khởi động lại.",
    "air_monitor_no_device": "Bộ nghe kiểm tra không mở được đường tiếng vào; hãy kiểm tra tên thiết bị và dây.",
    "air_monitor_no_server": "Bộ nghe kiểm tra không tìm thấy hệ thống âm thanh của máy; trạm sẽ tự thử lại.",
    "air_monitor_no_sound": "Đường tiếng vào của bộ nghe kiểm tra không cho tiếng nào; trạm sẽ tự thử lại.",
}


def measured_words(measured: Measured) -> str:
    """The numbers of a finding: level, how well it fitted, how much of it came back."""
    told = [] if measured.level_dbfs is None else [f"{measured.level_dbfs:.1f} dBFS"]
    if measured.correlation is not None:
        told.append(f"độ khớp {measured.correlation:.2f}")
    if measured.share is not None and measured.share < 1:
        told.append(f"khớp {measured.share * 100:.0f} %")
    return ", ".join(told).replace(".", ",")
