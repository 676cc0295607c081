"""Words of clusters beside the horns: how a box stands, and why an order or a report of one was not taken.

Tables and nothing else; `wording` makes the reasons part of its own.
"""

from scheduler.extras.boxes.rules.state import Look

__all__ = ["ANSWERS", "CLUSTER_REASONS", "LOOKS", "ORDERS"]

LOOKS: dict[Look, str] = {
    Look.ON_AIR: "Đang phát",
    Look.QUIET: "Sẵn sàng",
    Look.LATE: "Chậm tin",
    Look.CUT_OFF: "Mất liên lạc",
    Look.NEVER: "Chưa từng thấy",
}
ORDERS: dict[str, str] = {
    "emergency": "Phát khẩn cấp",
    "stop": "Dừng phát",
    "volume": "Đặt âm lượng",
    "mute": "Tắt hoặc mở tiếng",
    "test": "Thử loa",
}
ANSWERS: dict[str, str] = {
    "": "Chưa trả lời",
    "done": "Đã làm",
    "refused": "Không làm",
    "expired": "Hết hạn, không làm",
}
CLUSTER_REASONS: dict[str, str] = {
    "clusters_off": "Chưa khai cụm loa nào; hãy thêm phần mqtt và cluster trong config.toml.",
    "box_off": "Máy này chưa phải cụm loa; hãy điền phần box trong config.toml theo loa clusters pair ở máy phường.",
    "cluster_no_pairing": "Thiết bị của hãng khác không ghép bằng khóa; hãy khai chủ đề MQTT của nó trong config.toml.",
    "cluster_no_test": "Thiết bị của hãng khác không có lệnh thử loa; hãy phát một bản tin ngắn.",
    "cluster_volume_bad": "Âm lượng phải từ 1 đến 100 phần trăm; muốn không kêu hãy dùng Tắt tiếng.",
    "cluster_key_written": "Khóa của cụm này ghi trong config.toml; hãy sửa ở đó.",
    "cluster_too_big": "Tin của cụm loa lớn quá mức cho phép nên không đọc.",
    "cluster_unreadable": "Tin của cụm loa không đọc được; hãy kiểm tra phiên bản phần mềm ở cụm.",
    "cluster_newer": "Cụm loa dùng phiên bản mới hơn; hãy cập nhật máy của phường.",
    "cluster_forged": "Chữ ký của tin không đúng: không phải cụm loa này gửi. Hãy kiểm tra mạng của phường.",
    "cluster_other_key": "Một máy khác tự nhận là cụm loa này. Vừa thay máy thì bấm Quên khóa, không thì xem lại mạng.",
    "cluster_not_for_us": "Tin này gửi cho cụm loa khác.",
    "cluster_expired": "Lệnh tới khi đã hết hạn nên không phát.",
    "cluster_plan_bad": "Lịch phát gửi cho cụm loa không đọc được nên cụm giữ lịch cũ.",
    "cluster_zone_differs": "Múi giờ của cụm loa khác của phường[ ({zone})]; hãy sửa station.time_zone ở cụm.",
    "cluster_order_unknown": "Cụm loa chưa biết lệnh này; hãy cập nhật phần mềm ở cụm.",
    "cluster_spoken_here": "Âm thanh chưa kịp tới nên cụm loa đọc nội dung bằng giọng của nó.",
    "cluster_page_unreachable": "Cụm loa không nối được tới trang của phường để tải âm thanh; hãy kiểm tra mạng.",
    "cluster_page_refused": "Trang của phường không cho tải âm thanh[ (HTTP {status})].",
    "cluster_sound_slow": "Tải âm thanh quá lâu; cụm loa sẽ tải tiếp sau.",
    "cluster_sound_cut": "Đang tải âm thanh thì đứt đường truyền; cụm loa sẽ tải tiếp sau.",
    "cluster_sound_wrong": "Âm thanh tải về không đúng bản đã duyệt nên cụm loa bỏ đi và tải lại.",
    "mqtt_unreachable": "Không nối được tới máy chủ MQTT; hãy kiểm tra mqtt.url và máy chủ.",
    "mqtt_refused": "Máy chủ MQTT không nhận tên hoặc mật khẩu; hãy sửa mqtt.user và mqtt.password_file.",
    "mqtt_password_missing": "Không đọc được tệp mật khẩu MQTT (mqtt.password_file).",
    "mqtt_password_open": "Tệp mật khẩu MQTT còn cho người khác đọc; hãy đặt quyền 0600.",
    "mqtt_ca_unreadable": "Không đọc được chứng thư của máy chủ MQTT[ ({path})]; hãy sửa mqtt.ca_file.",
    # What the doctor finds of the boxes
    "check_clusters_process": "Tiến trình nói chuyện với các cụm loa không chạy; hãy xem tệp clusters.log.",
    "check_clusters_silent": "{red} trong {all} cụm mất liên lạc; hãy xem trang Cụm loa.",
    "check_clusters_good": "{all} cụm, không cụm nào mất liên lạc.",
}
