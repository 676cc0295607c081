"""Reason codes -> one Vietnamese sentence each: what happened and what to do next. People read these, logs read codes.

`sentence` never fails: a part in [square brackets] is said only when its details are known, any other missing detail
leaves its gap visible, an unknown code is said to be one. A test holds every code that the source raises against the
table.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from scheduler.core.model import AiringOutcome, AnnouncementState, BoostKind, CampaignState, Role
from scheduler.core.words.wording_api import API_REASONS
from scheduler.core.words.wording_care import CARE_REASONS
from scheduler.core.words.wording_compose import COMPOSE_REASONS
from scheduler.core.words.wording_dispatch import DISPATCH_REASONS
from scheduler.core.words.wording_faults import FAULT_REASONS
from scheduler.core.words.wording_lexicon import LEXICON_REASONS
from scheduler.core.words.wording_limits import LIMIT_REASONS
from scheduler.core.words.wording_people import PEOPLE_REASONS
from scheduler.core.words.wording_proof import PROOF_REASONS
from scheduler.core.words.wording_schedule import SCHEDULE_REASONS
from scheduler.core.words.wording_settings import SETTINGS_REASONS
from scheduler.core.words.wording_sound import SOUND_REASONS
from scheduler.core.words.wording_to_do import TO_DO_REASONS
from scheduler.core.words.wording_trials import TRIAL_REASONS
from scheduler.core.words.wording_voices import VOICE_REASONS
from scheduler.features import FEATURES, load

__all__ = ["OUTCOMES", "REASONS", "ROLES", "STATES", "sentence"]

OUTCOMES: dict[AiringOutcome, str] = {
    AiringOutcome.PLAYED: "Đã phát",
    AiringOutcome.PARTIAL: "Phát dở",
    AiringOutcome.PRE_EMPTED: "Nhường bản tin khẩn",
    AiringOutcome.MISSED: "Lỡ giờ",
    AiringOutcome.REFUSED: "Bị từ chối",
    AiringOutcome.FAILED: "Lỗi",
    AiringOutcome.CANCELLED: "Đã hủy",
    AiringOutcome.RECORDED: "Chỉ ghi tệp, loa không kêu",
}
STATES: dict[AnnouncementState, str] = {
    AnnouncementState.DRAFT: "Nháp",
    AnnouncementState.SUBMITTED: "Chờ duyệt",
    AnnouncementState.APPROVED: "Đã duyệt",
    AnnouncementState.RETURNED: "Bị trả lại",
    AnnouncementState.WITHDRAWN: "Đã rút",
    AnnouncementState.EXPIRED: "Hết hạn",
}
CAMPAIGN_STATES: dict[CampaignState, str] = {
    CampaignState.DRAFT: "Nháp",
    CampaignState.ACTIVE: "Đang chạy",
    CampaignState.STOPPED: "Đã dừng",
}
ROLES: dict[Role, str] = {
    Role.EDITOR: "Biên tập",
    Role.APPROVER: "Duyệt",
    Role.TECHNICIAN: "Kỹ thuật",
    Role.ADMIN: "Quản trị",
    Role.CONTRIBUTOR: "Cộng tác viên",
    Role.GUEST: "Khách",
}
BOOSTS: dict[BoostKind, str] = {
    BoostKind.NONE: "Không tăng",
    BoostKind.FACTOR: "×2, ×3 … số lượt cơ bản",
    BoostKind.TARGET: "Đủ … lượt mỗi ngày",
    BoostKind.MINUTES: "Đủ … phút mỗi ngày",
    BoostKind.SHARE: "Chiếm … % buổi phát",
    BoostKind.EVERY: "Cứ … phút một lượt",
}
_CORE_REASONS: dict[str, str] = {
    # People and rights
    "not_permitted": "Vai trò của bạn không được làm việc này; hãy nhờ người có quyền.",
    "login_invalid": "Tên đăng nhập phải có từ 1 đến 40 chữ, số hoặc dấu thường, không có dấu cách hay chữ ẩn.",
    "login_taken": "Tên đăng nhập “{login}” đã có người dùng hoặc dễ nhầm với tên đã có; hãy chọn tên khác.",
    "password_short": "Mật khẩu phải có ít nhất {least} ký tự.",
    "setup_token_invalid": "Liên kết cài đặt không còn dùng được; hãy khởi động lại trạm để lấy liên kết mới.",
    "sign_in_wrong": "Tên đăng nhập hoặc mật khẩu không đúng.",
    "too_many_attempts": "Sai quá nhiều lần; hãy đợi {minutes} phút rồi thử lại.",
    "form_expired": "Biểu mẫu đã cũ; hãy mở lại trang rồi làm lại.",
    "under_way": "Việc này đang được làm; hãy đợi một chút rồi xem lại.",
    "passwords_differ": "Hai lần nhập mật khẩu không giống nhau.",
    "author_is_approver": "Người viết không được tự duyệt; hãy nhờ lãnh đạo khác duyệt.",
    # General
    "not_found": "Không tìm thấy; có thể đã bị xóa hoặc địa chỉ sai.",
    "dispatch_unnumbered": (
        "Công văn này chưa có số, ký hiệu nên không lập giấy xác nhận được; hãy ghi số vào công văn."
    ),
    "dispatch_unchosen": "Hãy chọn công văn cần xác nhận.",
    "file_unreadable": "Không đọc được tệp; hãy kiểm tra quyền đọc hoặc chọn tệp khác.",
    "edited_meanwhile": "“{title}” vừa được người khác sửa; hãy mở lại để xem bản mới rồi sửa tiếp.",
    "wrong_state": "Việc này không làm được ở trạng thái hiện tại; hãy mở lại trang để xem trạng thái mới.",
    "port_in_use": "Cổng {port} đang có chương trình khác dùng; hãy tắt nó hoặc đổi web.port trong config.toml.",
    "port_refused": "Máy không cho dùng cổng {port}; hãy chọn cổng từ 1024 trở lên trong config.toml.",
    "disk_full": "Ổ đĩa đã đầy, chưa lưu gì; hãy giải phóng chỗ trống rồi làm lại.",
    "disk_readonly": "Không ghi được vào thư mục dữ liệu; hãy kiểm tra quyền ghi của thư mục.",
    "date_invalid": "Ngày “{value}” không có thật; hãy viết như 13/03/2020.",
    "period_invalid": (
        "Kỳ báo cáo “{value}” không đúng; hãy viết như 2026-12, 2026-W49, 2026-Q4, 2026-H2, 2026 hoặc 13/03/2020."
    ),
    "time_invalid": "Giờ “{value}” không đúng; hãy viết như 05:30.",
    "window_invalid": "Khung giờ “{value}” không đúng; hãy viết như 05:00-06:30.",
    "number_invalid": "“{value}” không phải là số hợp lệ.",
    **DISPATCH_REASONS,
    **FAULT_REASONS,
    **API_REASONS,
    **LIMIT_REASONS,
    **SCHEDULE_REASONS,
    **SETTINGS_REASONS,
    **CARE_REASONS,
    **TRIAL_REASONS,
    **VOICE_REASONS,
    **PEOPLE_REASONS,
    **PROOF_REASONS,
    **TO_DO_REASONS,
    **COMPOSE_REASONS,
    # Duties, doubts and the ledger of a dispatch
    "dispatch_doubtful": (
        "Công văn {number} còn {count} chỗ đọc chưa chắc; hãy xác nhận hoặc sửa ở trang công văn rồi mới chạy đợt."
    ),
    "act_no_campaign": (
        "Không thấy đợt nào đang chạy theo công văn {target}; hãy chọn đợt cần dừng, hoặc ghi là không có."
    ),
    "act_no_draft": "Chưa có đợt tuyên truyền của công văn này để thay; hãy tạo bản tin và đợt trước.",
    "duty_note_missing": "Hãy ghi vì sao việc này không thuộc phường.",
    "note_too_long": "Ghi chú quá dài (tối đa {limit} ký tự).",
    "baseline_invalid": "Số phút mỗi ngày không đúng; hãy ghi số từ 0 đến {most}.",
    "baseline_measured": "Trạm đã đo được thời lượng trước công văn nên không ghi tay; số đo được dùng.",
    "not_planned": "Không có trong lịch: hôm ấy trạm không chạy hoặc đợt chưa bắt đầu.",
    "not_closed": "Trạm không chạy từ đó nên chưa ghi được lượt này đã phát hay chưa.",
    # Texts and speech
    "title_missing": "Hãy đặt tên cho bản tin.",
    "title_too_long": "Tên quá dài (tối đa {limit} ký tự).",
    "text_too_long": "Nội dung dài {chars} ký tự, quá giới hạn {limit}; hãy chia thành nhiều bản tin.",
    "text_not_speakable": "Nội dung không có chữ nào đọc được; hãy viết nội dung bản tin.",
    "script_times_invalid": "Số lần đọc không đúng; hãy chọn từ 1[ đến {most}] lần.",
    "script_words_too_long": "Lời mở đầu hoặc lời kết quá dài[ (tối đa {limit} ký tự)]; hãy viết ngắn lại.",
    "script_long": (
        "Bản tin dài[ khoảng {told}], quá mức {limit} của phường; hãy rút gọn hoặc chia thành nhiều bản tin."
    ),
    "blank_left": "Mẫu còn chỗ chưa điền: {blanks}; hãy điền hoặc xóa các chỗ ấy rồi tạo giọng đọc.",
    "word_unread": (
        "Máy chưa biết đọc: {words}; hãy thêm cách đọc vào từ điển, viết lại thành chữ, "
        "hoặc nghe rồi bấm “đọc như vậy”."
    ),
    "reading_changed": "Cách đọc đã đổi sau khi tạo âm thanh; hãy tạo lại giọng đọc rồi nghe lại.",
    "no_voice": "Không giọng đọc nào làm được lúc này: {why}.",
    "fell_back": "Giọng đầu danh sách chưa dùng được nên bản tin được đọc bằng giọng {engine}; hãy nghe kỹ.",
    "job_failed": "Việc này gặp lỗi bất ngờ và đã dừng; hãy thử lại, nếu vẫn lỗi hãy xem nhật ký máy.",
    "job_crashed": "Việc này làm bộ xử lý dừng nhiều lần nên bị bỏ; hãy thử tệp hoặc nội dung khác.",
    # Sounds
    "audio_empty": "Tệp âm thanh trống (0 byte); hãy chọn tệp khác.",
    "audio_not_sound": "Tệp này không phải âm thanh; hãy chọn tệp mp3, wav, m4a, ogg, flac hoặc webm.",
    "audio_video_only": "Tệp video này không có tiếng.",
    "audio_truncated": "Tệp âm thanh bị cắt dở, không còn đủ tiếng; hãy tải lại bản đầy đủ.",
    "audio_silent": "Tệp không có tiếng (im lặng); hãy kiểm tra micro và thu lại.",
    "audio_too_long": "Âm thanh dài quá {limit_minutes} phút; hãy cắt ngắn.",
    "audio_too_big": "Tệp lớn quá {limit_mb} MB; hãy nén hoặc cắt ngắn.",
    "audio_too_short": "Âm thanh quá ngắn, không nghe được gì.",
    "audio_encrypted": "Tệp âm thanh bị khóa bản quyền; hãy dùng tệp khác.",
    "audio_damaged": "Tệp âm thanh bị hỏng, không giải mã được; hãy tải lại bản khác.",
    "audio_unsupported": "Kiểu âm thanh này chưa đọc được; hãy đổi sang mp3 hoặc wav rồi tải lại.",
    "audio_too_heavy": "Giải mã tệp này tốn quá nhiều thời gian hoặc bộ nhớ; hãy đổi sang mp3 hoặc wav rồi tải lại.",
    "audio_changed": "Âm thanh đã thay đổi so với bản đã nghe; hãy nghe lại bản mới.",
    "audio_retired": "Bản ghi[ “{title}”] đã cất đi, không phát nữa; hãy chọn bản ghi khác.",
    "uploads_too_many": "Bạn đang tải dở {limit} tệp; hãy tải cho xong hoặc bỏ bớt rồi tải tiếp.",
    "uploads_full": "Các tệp đang tải lên đã đầy {limit_mb} MB; hãy đợi trạm xử lý bớt rồi tải lại.",
    "upload_mark": "Trang này đã cũ; hãy mở lại trang rồi tải tệp lên.",
    "upload_ended": "Tệp này đã tải xong; hãy xem trong “Tệp vừa gửi”.",
    "upload_longer": "Tệp[ “{name}”] đã thay đổi trong khi tải lên; hãy bỏ bản tải dở rồi tải lại.",
    "upload_incomplete": "Tệp[ “{name}”] chưa tải hết; hãy chọn lại tệp để tải tiếp.",
    "upload_differs": "Tệp[ “{name}”] tới nơi không còn như lúc gửi nên đã bỏ; hãy tải lại từ đầu.",
    "audio_missing": "Mất tệp âm thanh trong kho; hãy tạo lại âm thanh.",
    "clip_retired_already": "Bản ghi “{title}” đã được cất đi rồi.",
    "origin_unknown": "Không rõ nguồn của bản ghi; hãy chọn tải lên hoặc ghi âm.",
    **SOUND_REASONS,
    **LEXICON_REASONS,
    # Approval
    "no_audio": "Bản tin chưa có âm thanh; hãy tạo giọng đọc hoặc chọn bản ghi.",
    "not_heard": "Hãy nghe hết âm thanh trước khi thực hiện bước này.",
    "unapproved": "Bản tin chưa được duyệt nên không được phát.",
    "reason_missing": "Hãy ghi lý do trả lại.",
    # Campaigns and plans
    "no_windows": "Hãy chọn ít nhất một khung giờ.",
    "window_empty": "Khung giờ {window} có độ dài bằng không.",
    "window_backwards": "Khung giờ {window} qua nửa đêm mà dài từ 12 giờ trở lên; hãy xem lại giờ mở và giờ đóng.",
    "windows_more_than_airings": (
        "Mỗi ngày chỉ có {count} lượt mà có {windows} khung giờ[ ({shown})]; hãy chọn khung giờ nào được phát "
        "(bỏ bớt khung còn lại) hoặc tăng số lượt."
    ),
    "every_within_gap": (
        "Nhịp {minutes} phút một lượt ngắn hơn một lượt phát[ ({seconds} giây)] cùng khoảng cách tối thiểu "
        "{gap_minutes} phút; hãy giãn nhịp hoặc giảm khoảng cách."
    ),
    "window_unasked": (
        "[“{title}”: ]Khung giờ {window} không có lượt nào: cả ngày chỉ {count} lượt cho {windows} khung giờ; "
        "hãy tăng số lượt hoặc bỏ khung này."
    ),
    "window_full": (
        "[“{title}”: ]Khung giờ {window} không có lượt nào vì đã hết chỗ, đã qua hoặc đủ hạn mức; "
        "lượt của khung này, nếu xếp được, nằm ở khung khác."
    ),
    "window_opens_later": (
        "[“{title}”: ]Đầu khung giờ {window} không phát ngay được vì vướng lượt khác hoặc giờ yên tĩnh; "
        "lượt đầu phát lúc {at}."
    ),
    "window_closed": (
        "[“{title}”: ]Khung giờ {window} không có lượt nào vì rơi vào giờ yên tĩnh, lúc tạm dừng "
        "hoặc ngắn hơn một lượt."
    ),
    "dates_backwards": "Ngày kết thúc đứng trước ngày bắt đầu; hãy sửa lại ngày.",
    "base_invalid": "Số lượt cơ bản mỗi ngày không đúng; hãy ghi số nguyên từ 1[ đến {most}].",
    "boost_invalid": "Mức tăng cường không hợp lệ.",
    "repeat_invalid": "Số lần nhắc lại không đúng; hãy ghi số nguyên từ 1[ đến {most}].",
    "gap_invalid": "Khoảng cách tối thiểu không hợp lệ.",
    "no_weekdays": "Hãy chọn ít nhất một ngày trong tuần.",
    "no_airing_day": "Trong các ngày đã chọn[ ({start} đến {end})] không có thứ nào được chọn; hãy sửa ngày hoặc thứ.",
    "all_quiet": "Mọi khung giờ[ ({windows})] đều nằm trong giờ yên tĩnh; hãy chọn giờ khác.",
    "clip_longer_than_window": (
        "Một lượt phát[ ({seconds} giây)] dài hơn chỗ trống của khung giờ[ {window} ({room_seconds} giây)]; "
        "hãy nới khung giờ hoặc rút ngắn bản tin."
    ),
    "quiet_hours": "Giờ yên tĩnh[ {window}][ {windows}], không được phát.",
    "no_room": (
        "Không còn chỗ trong khung giờ[ (mỗi lượt {seconds} giây, cách nhau {gap_minutes} phút)]; "
        "hãy nới khung giờ hoặc giảm số lượt."
    ),
    "no_room_make_good": (
        "Lượt bị lỡ không còn chỗ để phát bù trong khung giờ của nó và khung giờ kế tiếp"
        "[ (mỗi lượt {seconds} giây, cách nhau {gap_minutes} phút)]."
    ),
    "make_good_given_up": "Đã phát bù nhiều lần mà loa vẫn không có tiếng; hãy kiểm tra đầu ra âm thanh.",
    "make_good_late": "Lượt bị lỡ đã quá hạn phát bù[ ({minutes} phút sau giờ dự kiến)].",
    "make_good_rhythm": (
        "Lượt bị lỡ không phát bù, vì phát thêm thì bản tin dày hơn lịch[ (nhiều nhất {most} lượt một giờ, hai lượt "
        "cách nhau ít nhất {distance_minutes} phút, giữa hai lượt của lịch nhiều nhất một lượt bù)]."
    ),
    "make_good_pulse": (
        "Đợt phát theo nhịp[ {minutes} phút một lượt] chỉ bù lượt vừa lỡ, khi lượt kế tiếp chưa gần[ (còn ít nhất "
        "{distance_minutes} phút)]; các lượt trước đó không phát bù."
    ),
    "no_longer_wanted": "Đợt tuyên truyền nay không còn cần lượt bị lỡ này nên không phát bù.",
    "clip_too_long": "Một lượt phát[ ({seconds} giây)] dài hơn khung giờ; hãy nới khung giờ hoặc rút ngắn bản tin.",
    "cap_sessions": "Đã đủ[ {limit}] buổi phát được phép trong ngày.",
    "cap_minutes": "Buổi phát đã đủ[ {limit}] phút được phép.",
    "cap_weekday": "Ngày này trong tuần không được phát.",
    "dst_gap": "Giờ này không có thật trong ngày đổi giờ.",
    "past": "Giờ này đã qua.",
    # The air
    "clock_untrusted": (
        "Đồng hồ máy chưa đáng tin nên chưa phát; hãy chỉnh lại giờ của máy, hoặc xác nhận “giờ bây giờ đúng” nếu giờ "
        "của máy đã đúng (trang Cài đặt, Đồng hồ)."
    ),
    "too_late": "Trễ quá mức cho phép nên không phát[ (trễ {late_seconds} giây, cho phép {tolerance_seconds} giây)].",
    "stopped_by": "Cán bộ đã bấm dừng.",
    "stopped_by_town": "Cấp trên đã lệnh dừng hoặc thay bản tin này.",
    "stopped_by_province": "Hệ thống nguồn của tỉnh đã hủy hoặc thay bản tin này.",
    "stopped_by_alert": "Nguồn cảnh báo đã hủy hoặc thay cảnh báo này.",
    "stopped_by_ward": "Phường đã lệnh cho cụm loa này dừng.",
    "stopped_expired": "Bản tin đã hết hiệu lực nên được dừng.",
    "stopped_withdrawn": "Bản tin đã được rút nên được dừng.",
    "campaign_stopped": "Đợt tuyên truyền đã dừng.",
    "campaign_paused": "Đợt tuyên truyền đang tạm dừng; bấm “Phát tiếp” để đưa vào kế hoạch trở lại.",
    "campaign_not_running": "Đợt[ “{title}”] không chạy vào lúc đó; hãy chạy đợt trước.",
    "not_paused": "Đợt này không tạm dừng, cũng không có lần tạm dừng nào sắp tới.",
    "pause_backwards": "Lúc phát tiếp phải sau lúc tạm dừng; hãy sửa lại.",
    "instant_past": "Thời điểm này đã qua; hãy ghi thời điểm sau bây giờ hoặc để trống (ngay bây giờ).",
    "instant_invalid": "Không đọc được thời điểm[ “{value}”]; hãy viết như 17:30 25/12/2026.",
    "replaces_itself": "Một đợt không thể thay chính nó; hãy chọn đợt khác.",
    "order_short": "Hãy chọn ít nhất hai đợt để xếp thứ tự.",
    "order_mixed": "Chỉ xếp thứ tự giữa các đợt cùng mức ưu tiên.",
    "phases_overlap": "Hai giai đoạn trùng ngày[ {day}]; hãy sửa ngày bắt đầu hoặc kết thúc.",
    "phase_outside": "Giai đoạn nằm ngoài thời gian của đợt[ ({start} – {end})]; hãy sửa ngày.",
    "phases_too_many": "Một đợt có nhiều nhất {limit} giai đoạn; hãy lập thêm đợt.",
    "rotation_too_long": "Một đợt phát luân phiên nhiều nhất {limit} bản tin; hãy lập thêm đợt.",
    "field_invalid": "Lĩnh vực phải từ 1 đến 6; hãy chọn lại.",
    "already_on_air": "Bản tin “{title}” đang phát hoặc đang chờ phát; không phát hai lần.",
    "power_cut": "Bộ phát ngừng giữa chừng (mất điện hoặc tắt máy).",
    "playout_hung": "Bộ phát bị treo nên trạm đã tắt và chạy lại nó; nếu lặp lại, hãy báo người trực máy.",
    "playout_died": "Bộ phát bị ngắt đột ngột rồi trạm đã chạy lại nó; nếu lặp lại, hãy báo người trực máy.",
    "supervisor_died": (
        "Tiến trình giám sát của trạm bị ngắt đột ngột nên bộ phát tự dừng; hãy xem trạm đã chạy lại chưa."
    ),
    "station_off": "Trạm không chạy vào giờ này.",
    "no_output_open": (
        "Không đầu ra âm thanh nào đang mở[ cho vùng “{zone}”]; hãy kiểm tra dây, card âm thanh và nguồn điện."
    ),
    "playout_silent": "Mất liên lạc với bộ phát; hãy xem trạm còn chạy không và khởi động lại.",
    "disk_low": "Ổ đĩa sắp đầy[ (còn {free_mb} MB)]; hãy dọn bớt trước khi trạm không ghi được nữa.",
    "output_failed": "Đầu ra âm thanh bị lỗi.",
    "recorded_only": "Không đầu ra nào của vùng là loa: chỉ ghi ra tệp, loa không kêu, không tính là đã phát.",
    "pre_empted": "Nhường chỗ cho bản tin ưu tiên hơn.",
    "station_stopping": "Trạm được tắt khi đang phát.",
    "clock_step": "Đồng hồ máy bị chỉnh.",
    "zone_quiet": "Vùng “{zone}” đang trong giờ yên tĩnh riêng[ {window}] nên loa vùng ấy không phát.",
    "blackout_date": "Ngày {day} không phát bản tin thường (ngày nghỉ phát đã đặt trong cấu hình).",
    "resumed": "Bị ngắt bởi bản tin khẩn, sau đó đã phát tiếp.",
    "no_emergency": "“{title}” không phải bản tin khẩn nên không có đính chính.",
    "relay_url_invalid": "Địa chỉ nguồn “{url}” không đúng; hãy viết như https://ten-may/luong.mp3 hoặc line:.",
    "relay_scheme": "Nguồn kiểu “{scheme}” không được nhận; chỉ nhận http, https và line:.",
    "relay_credentials": (
        "Địa chỉ nguồn không được chứa tên và mật khẩu; hãy xin đài một địa chỉ không cần đăng nhập."
    ),
    "relay_port": "Cổng {port} không phải cổng của luồng phát thanh; hãy kiểm tra lại địa chỉ.",
    "relay_private_address": (
        "Máy “{host}” nằm trong mạng nội bộ nên không được tiếp âm; muốn cho "
        "phép, thêm nó vào relay.allowed_hosts trong config.toml."
    ),
    "relay_bad_answer": "Máy nguồn trả lời không đúng chuẩn; hãy kiểm tra lại địa chỉ.",
    "relay_damaged": "Luồng tiếp âm bị hỏng, không giải mã được.",
    "relay_ended": "Nguồn tiếp âm đã kết thúc luồng.",
    "relay_fault": "Bộ nhận tiếp âm gặp lỗi bất ngờ; trạm tự thử lại.",
    "relay_hls": "Nguồn là danh sách HLS (m3u8), chưa nhận được; hãy xin đài địa chỉ mp3 hoặc aac.",
    "relay_http_error": "Máy nguồn báo lỗi[ {status}]; hãy kiểm tra lại địa chỉ.",
    "relay_no_bytes": "Nguồn nối được nhưng không gửi tiếng.",
    "relay_no_device": "Không mở được đường tiếng vào của máy trạm; hãy kiểm tra tên thiết bị.",
    "relay_no_sound_server": "Máy trạm không có hệ thống âm thanh để lấy đường tiếng vào.",
    "relay_not_audio": "Địa chỉ này không phải luồng âm thanh; hãy lấy địa chỉ luồng, không lấy địa chỉ trang web.",
    "relay_redirects": "Nguồn chuyển hướng quá nhiều lần; hãy xin đài địa chỉ cuối cùng.",
    "relay_slow": "Nguồn gửi quá chậm, không đủ để phát liền.",
    "relay_timeout": "Nguồn không trả lời kịp.",
    "relay_tls": "Kết nối https tới nguồn không an toàn (chứng chỉ sai hoặc hết hạn).",
    "relay_unreachable": "Không nối được tới máy nguồn; hãy kiểm tra mạng và địa chỉ.",
    "zone_unknown": "Không có vùng phát “{zone}”; hãy chọn lại vùng.",
    "relay_no_source": "Hãy ghi ít nhất một nguồn tiếp âm.",
    "relay_many_sources": "Quá nhiều nguồn tiếp âm (tối đa {limit}); hãy bỏ bớt.",
    "relay_overlaps": "Giờ này đã có tiếp âm “{title}”; hãy đổi khung giờ hoặc vùng.",
    "relay_gaps": "Tiếp âm vào muộn hoặc có lúc mất tiếng.",
    "relay_started": "Tiếp âm từ nguồn đã chọn.",
    "relay_lost": "Nguồn tiếp âm mất tín hiệu.",
    "relay_returned": "Nguồn tiếp âm đã có tiếng trở lại.",
    "relay_silent": "Nguồn tiếp âm không có tiếng.",
    "playout_off": "Bộ phát không chạy nên chưa phát được; hãy bật trạm.",
    "length_invalid": "Lượt phát không có độ dài; hãy tạo lại âm thanh.",
    "words_not_spoken": "Máy không đọc được lời vừa gõ, hoặc không đọc kịp, nên lời chưa được phát.",
    "gate_failed": "Khâu kiểm tra trước khi phát gặp lỗi nên không phát; hãy xem nhật ký máy.",
}


@cache
def _of_extras() -> dict[str, str]:
    return {code: told for feature in FEATURES for where in feature.words for code, told in load(where).items()}


class _Reasons(Mapping[str, str]):
    """The sentences of the core; where it has none, those of extras, whose tables are imported only then."""

    def __getitem__(self, code: str) -> str:
        return _CORE_REASONS[code] if code in _CORE_REASONS else _of_extras()[code]

    def __iter__(self) -> Iterator[str]:
        return iter({**_CORE_REASONS, **_of_extras()})

    def __len__(self) -> int:
        return len({**_CORE_REASONS, **_of_extras()})


REASONS: Mapping[str, str] = _Reasons()
"""Reason code -> its sentence."""

_PART = re.compile(r"(?<!\[)\[([^\[\]]+)\](?!\])")
_NAME = re.compile(r"\{(\w+)\}")
_TYPED = frozenset({"title", "login", "value", "written", "detail", "why", "told", "words", "blanks"})
_DECIMAL = re.compile(r"-?\d+\.\d+")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


class _Gaps(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "…"


def _shown(name: str, value: object) -> object:
    """A detail as people write it: one decimal with a comma, days as dd/mm/yyyy; what somebody typed, as typed."""
    if name in _TYPED:
        return value
    text = str(value)
    if found := _DAY.fullmatch(text):
        return "/".join(reversed(found.groups()))
    if _DECIMAL.fullmatch(text):
        return f"{float(text):.1f}".removesuffix(".0").replace(".", ",")
    return value


def sentence(reason: str, details: Mapping[str, object] | None = None) -> str:
    """The Vietnamese sentence of a reason code, its details filled in; the legal basis is added where there is one."""
    if not reason:
        return ""
    told = {name: _shown(name, value) for name, value in (details or {}).items() if value is not None and value != ""}

    def part(found: re.Match[str]) -> str:
        return found[1] if all(name in told for name in _NAME.findall(found[1])) else ""

    pattern = REASONS.get(reason, "Lý do “{reason}” chưa có lời giải thích.")
    text = _PART.sub(part, pattern).format_map(_Gaps(told | {"reason": reason}))
    basis = told.get("legal_basis")
    return f"{text} (Căn cứ: {basis})" if basis else text
