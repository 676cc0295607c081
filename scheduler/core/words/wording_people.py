"""The sentences of people, their rights, their passwords and codes, and of the log of what they did.

A table and nothing else; `wording` makes it part of its own.
"""

__all__ = ["PEOPLE_REASONS"]

PEOPLE_REASONS: dict[str, str] = {
    # Accounts and zones
    "zone_not_yours": "Việc này chạm tới “{zone}”, ngoài phần của bạn; hãy nhờ biên tập viên của phường.",
    "zones_missing": "Cộng tác viên phải có ít nhất một vùng phát; hãy chọn vùng.",
    "zone_not_divisible": "Cộng tác viên không nhận cả phường làm vùng; hãy chọn từng vùng.",
    "name_missing": "Hãy ghi họ tên.",
    "name_too_long": "Họ tên dài quá {limit} ký tự; hãy ghi ngắn lại.",
    "name_taken": (
        "Tên “{name}” trùng hoặc dễ nhầm với tên của người khác (kể cả người đã nghỉ hay tên cũ); hãy ghi thêm chức "
        "danh hoặc tổ để phân biệt."
    ),
    "name_reserved": "Tên “{name}” là tên của trạm hoặc của hệ thống; hãy ghi họ tên của người dùng.",
    "name_letters": (
        "Tên này có chữ ẩn, ký hiệu lạ hoặc chữ của nhiều bộ chữ lẫn nhau; hãy gõ lại họ tên bằng chữ tiếng Việt."
    ),
    "role_unknown": "Không có vai trò này; hãy chọn lại.",
    "last_admin": "Đây là người quản trị cuối cùng; hãy giao quyền quản trị cho người khác trước.",
    "own_role": "Không ai tự đổi vai trò hay tự tắt tài khoản của mình; hãy nhờ người quản trị khác.",
    "machine_person": "Đây là tài khoản của chính máy trạm; nó không đăng nhập và không sửa được.",
    # Passwords and codes
    "password_wrong": "Mật khẩu hiện tại không đúng.",
    "password_same": "Mật khẩu mới phải khác mật khẩu cũ.",
    "password_common": "Mật khẩu này quá dễ đoán; hãy ghép vài từ không liên quan thành một câu.",
    "code_invalid": "Mã khẩn cấp phải có từ 6 đến 12 chữ số.",
    "code_easy": "Mã này quá dễ đoán (lặp hoặc liền số); hãy chọn mã khác.",
    "code_needed": "Hãy nhập mã xác nhận.",
    "code_wrong": "Mã xác nhận không đúng hoặc đã dùng rồi; hãy nhập lại.",
    "code_too_often": "Nhập sai mã quá nhiều lần; hãy đợi {seconds} giây rồi nhập lại.",
    "totp_on": "Xác thực bằng ứng dụng đã bật; muốn đổi máy, hãy tắt rồi bật lại.",
    "totp_off": "Xác thực bằng ứng dụng chưa bật.",
    "totp_not_begun": "Việc bật xác thực đã quá lâu hoặc chưa bắt đầu; hãy làm lại từ đầu.",
    "people_key_unreadable": (
        "Không đọc được tệp khóa {path} nên không kiểm tra được mã của ứng dụng; hãy chép lại tệp từ bản sao lưu, hoặc "
        "tắt xác thực ứng dụng của từng người bằng loa person totp-off."
    ),
    # The log of acts
    "audit_row_missing": "Nhật ký thao tác thiếu dòng {seq}: có người đã xóa; hãy báo lãnh đạo và giữ nguyên máy.",
    "audit_row_moved": "Dòng {seq} của nhật ký thao tác không nối với dòng trước; có người đã chèn hoặc đổi chỗ.",
    "audit_row_changed": "Dòng {seq} của nhật ký thao tác đã bị sửa sau khi ghi; hãy báo lãnh đạo và giữ nguyên máy.",
    # Numbers of mobile telephones
    "phone_invalid": "“{value}” không phải số di động Việt Nam.",
    "phone_landline": "“{value}” là số cố định, không nhận được tin nhắn.",
    "phone_foreign": "“{value}” là số nước ngoài.",
    "phone_old": "“{value}” là số 11 chữ số đã bỏ; nay là {new}, hãy kiểm tra rồi sửa.",
    "phone_zero_lost": "“{value}” có thể là số mất số 0 đầu; hãy định dạng cột là văn bản rồi lưu lại.",
    # A ward's log of acts, as who checks it finds it
    "ward_audit_cut": "Nhật ký thao tác của phường bị cắt: đã báo đến dòng {told}, nay chỉ còn đến dòng {seq}.",
    "ward_audit_changed": (
        "Nhật ký thao tác của phường bị sửa: dòng {told} không còn là dòng phường đã báo, nay nhật ký đến dòng {seq}."
    ),
    "ward_audit_parted": (
        "Nhật ký thao tác của phường tách khỏi bản đã báo đến dòng {told}, khi phường khôi phục dữ liệu, ghép lại, "
        "hoặc máy kia nhận việc; hãy hỏi phường."
    ),
}
