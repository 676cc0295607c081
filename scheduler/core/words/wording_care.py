"""The sentences of looking after a station: versions of its database, restoring over it, what the doctor finds.

Each says what happened and what to do next, and is readable without its details.
"""

from collections.abc import Mapping

__all__ = ["CARE_REASONS"]

CARE_REASONS: Mapping[str, str] = {
    # Versions of the database
    "database_newer": (
        "Cơ sở dữ liệu do phiên bản mới hơn ghi (bước {step}); hãy cài lại phiên bản đó, hoặc dùng phiên bản đó chạy"
        " loa database downgrade."
    ),
    "database_in_use": "Chương trình khác đang mở cơ sở dữ liệu; hãy tắt trạm và mọi lệnh loa rồi làm lại.",
    "downgrade_no_database": "Không có cơ sở dữ liệu ở {path}; hãy kiểm tra thư mục dữ liệu.",
    "downgrade_step": "Cơ sở dữ liệu này không có bước “{step}”; các bước có: {steps}.",
    "downgrade_journal": (
        "Không lùi được: {rows} dòng của bảng {table} có nội dung mà phiên bản cũ không giữ được, chuỗi nhật ký sẽ đứt;"
        " hãy khôi phục bản sao lưu làm trước khi nâng cấp."
    ),
    "downgrade_unsent": (
        "Không lùi: {rows} mục còn chờ gửi (lên trên, xuống phường, tin nhắn cho dân) mà phiên bản cũ không gửi được;"
        " hãy chạy trạm cho tới khi gửi hết, hoặc thêm --lose-unsent để bỏ chúng."
    ),
    "downgrade_rows": (
        "Không lùi được: bảng {table} có dòng mà phiên bản cũ không nhận; hãy khôi phục bản sao lưu làm trước khi nâng"
        " cấp."
    ),
    "backup_sounds_missing": (
        "Bản sao lưu này để âm thanh ở thư mục {folder} nhưng không thấy đủ; hãy chép thư mục đó về cạnh tệp sao lưu."
    ),
    # The clock that had run ahead, and the word that it is right now
    "clock_ran_ahead": (
        "Đồng hồ máy từng chạy trước tới {until}: {rows} dòng nhật ký mang giờ sau bây giờ, nên bản tin thường chưa "
        "phát. Nếu giờ của máy nay đã đúng, hãy xác nhận “giờ bây giờ đúng” (trang Cài đặt, Đồng hồ, hoặc lệnh loa "
        "clock confirm); nếu chưa đúng, hãy chỉnh lại giờ trước."
    ),
    "clock_confirm_asked": "Một người đã xác nhận “giờ bây giờ đúng”, chờ người thứ hai.",
    "clock_confirmed": "Đã xác nhận “giờ bây giờ đúng” sau khi đồng hồ máy chạy trước.",
    "clock_is_trusted": "Đồng hồ máy đang được tin, không có gì để xác nhận.",
    "clock_before_release": (
        "Giờ của máy ({now}) trước cả khi phần mềm này ra đời nên chắc chắn sai; hãy chỉnh lại giờ rồi xác nhận."
    ),
    "clock_seen_differs": (
        "Giờ được xác nhận ({seen}) khác giờ của máy lúc này ({now}); hãy xem lại giờ của máy rồi xác nhận lại."
    ),
    "clock_second_needed": (
        "Trạm có từ hai người được xác nhận giờ: anh/chị đã xác nhận, còn cần một người khác xác nhận trước {until}."
    ),
    # A damaged database
    "database_damaged": (
        "Cơ sở dữ liệu[ {file}] bị hỏng, không đọc hết được hoặc không phải của trạm này[ ({fault})]; tệp được giữ"
        " nguyên."
    ),
    "database_damaged_now": (
        "Tiếng đang phát vẫn phát hết; bản tin thường có thể không phát được cho tới khi chữa xong."
    ),
    "database_damaged_mend": (
        "Cách chữa: tắt trạm (Ctrl-C ở cửa sổ loa run, hoặc systemctl stop loa), chạy loa restore --latest (bản sao "
        "lưu tốt mới nhất; dữ liệu cũ được giữ nguyên, lệnh khẩn đã phát vẫn vào nhật ký), rồi chạy lại trạm. Không có "
        "bản sao lưu thì chạy loa database rescue thay cho loa restore --latest."
    ),
    "database_away_now": (
        "Bản tin thường không phát được cho tới khi đọc lại được cơ sở dữ liệu; trạm tự thử lại và tự chạy đầy đủ."
    ),
    "database_back": "Cơ sở dữ liệu đọc lại được; trạm chạy đầy đủ.",
    # The red lane without rows
    "red_lane_serves": (
        "Phát khẩn cấp vẫn được: có sẵn {count} bản tin khẩn đã duyệt[, theo dữ liệu đọc được lúc {as_of}]. Trên máy "
        "trạm, gõ loa break-in để xem số, loa break-in SỐ để phát, loa stop để dừng."
    ),
    "red_lane_starts": "Bộ phát đang khởi động; vài giây nữa sẽ báo có phát khẩn cấp được không.",
    "red_lane_off": "Bộ phát không chạy nên chưa phát được gì, kể cả bản tin khẩn; hãy chạy: loa run.",
    "red_lane_elsewhere": "Máy này đang không giữ sóng nên không phát gì; hãy ra lệnh khẩn cấp ở máy kia.",
    "red_lane_empty": (
        "Không phát khẩn cấp được: bộ phát đang chạy nhưng không còn biết bản tin khẩn đã duyệt nào. Hãy báo bằng cách "
        "khác và chữa ngay."
    ),
    "red_lane_no_output": (
        "Chưa phát khẩn cấp ra loa được: không đường ra loa nào đang mở; hãy kiểm tra dây, loa và thiết bị."
    ),
    "red_lane_closed": (
        "Không ghi được lệnh khẩn: tệp red.ring không mở được, hoặc đã đầy những lệnh chưa có dòng nào trong cơ sở dữ "
        "liệu; hãy chữa cơ sở dữ liệu trước."
    ),
    "red_nothing_kept": (
        "Không ra lệnh khẩn được: cơ sở dữ liệu không đọc được và trạm chưa kịp giữ danh sách bản tin khẩn ở ngoài."
    ),
    "red_no_template": (
        "Không có bản tin khẩn số {number} trong những bản tin mà trạm còn biết; gõ loa break-in để xem."
    ),
    "red_needs_rows": (
        "Việc này cần cơ sở dữ liệu, mà cơ sở dữ liệu không đọc được. Phát một bản tin khẩn đã duyệt thì vẫn ra lệnh "
        "được: gõ loa break-in để xem số, loa break-in SỐ để phát."
    ),
    "backup_none_good": "Không có bản sao lưu nào dùng được trong {folder}[ ({tried} bản đã thử)].",
    "rescue_not_damaged": "Cơ sở dữ liệu[ {file}] đọc được nguyên vẹn, không có gì để cứu.",
    # The anchor of the chains
    "journal_anchor_cut": (
        "Nhật ký mất các dòng sau dòng {seq}: neo ngoài cơ sở dữ liệu đã ghi dòng {anchored} lúc {at}; hãy giữ nguyên "
        "máy và báo cấp trên. Muốn dùng lại bản cũ, hãy dùng loa restore để việc ấy được ghi lại."
    ),
    "journal_anchor_other": (
        "Dòng {seq} khác dòng đã neo ngoài cơ sở dữ liệu lúc {at}, nhật ký đã bị viết lại; hãy giữ nguyên máy và báo "
        "cấp trên."
    ),
    "audit_anchor_cut": (
        "Nhật ký thao tác mất các dòng sau dòng {seq}: neo ngoài cơ sở dữ liệu đã ghi dòng {anchored} lúc {at}; hãy "
        "giữ nguyên máy và báo cấp trên."
    ),
    "audit_anchor_other": (
        "Dòng {seq} của nhật ký thao tác khác dòng đã neo ngoài cơ sở dữ liệu lúc {at}; hãy giữ nguyên máy và báo cấp "
        "trên."
    ),
    "anchor_missing": (
        "Tệp neo {file} của nhật ký không còn hoặc không đọc được, nên không biết cuối nhật ký có bị cắt không; hãy "
        "giữ nguyên máy và báo cấp trên."
    ),
    "anchor_differs": (
        "Trạm từng thấy nhật ký thiếu hoặc khác điều đã neo[ (dòng {seq}: {note})]; hãy giữ nguyên máy và báo cấp trên."
    ),
    "anchor_lost": "Tệp neo của nhật ký đã mất và được lập lại[: {note}].",
    "rescued": "Cơ sở dữ liệu hỏng đã được cứu từng dòng sang tệp mới[: {note}].",
    "restored": "Trạm được khôi phục từ bản sao lưu[: {note}].",
    # What the doctor finds on the lines to others
    "check_line_holds": "Đang liên lạc được[, trả lời lúc {time}].",
    "check_line_broken": "Không liên lạc được[: {told}]; trạm vẫn phát theo lịch và tự thử lại.",
    "check_key_open": "Người khác trên máy đọc được {file}; hãy chạy: chmod 600 với tệp đó.",
    "check_keys_closed": "{files} tệp khóa, chỉ trạm đọc được.",
    "check_certificate_good": "Còn hạn tới {day}.",
    "check_certificate_ends": "Hết hạn ngày {day}; hãy thay trước ngày đó.",
    "check_certificate_ended": "Đã hết hạn ngày {day}; hãy thay ngay.",
    "check_certificate_unreadable": "Không đọc được chứng chỉ {file}; hãy kiểm tra tệp.",
}
