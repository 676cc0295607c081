"""The addresses of SMS, and the right that each asks for, written down a second time."""

from tests.roles import DESK

ROUTES = {
    "GET /tin-nhan": "see",
    "POST /tin-nhan": "write",
    "GET /tin-nhan/moi": "write",
    "POST /tin-nhan/dem": "see",
    "POST /tin-nhan/cong-van/<int:dispatch_id>": "write",
    "GET /tin-nhan/<int:sms_id>": "see",
    "POST /tin-nhan/<int:sms_id>/sua": "write",
    "POST /tin-nhan/<int:sms_id>/trinh-duyet": "submit",
    "POST /tin-nhan/<int:sms_id>/duyet": "approve",
    "POST /tin-nhan/<int:sms_id>/tra-lai": "return",
    "POST /tin-nhan/<int:sms_id>/rut": "see",  # its author may, before it is approved; the desk decides
    "POST /tin-nhan/<int:sms_id>/ban-giao": "send_sms",
    "GET /tin-nhan/ban-giao/<int:hand_over_id>.csv": "see",
    "POST /tin-nhan/<int:sms_id>/danh-sach": "send_sms",
    "GET /tin-nhan/<int:sms_id>/lan-gui": "see",
    "GET /tin-nhan/lan-gui/<int:batch_id>.csv": "see",
    "POST /tin-nhan/lan-gui/<int:batch_id>/gui": "send_sms",
    "POST /tin-nhan/lan-gui/<int:batch_id>/dung": "send_sms",
    "POST /tin-nhan/lan-gui/<int:batch_id>/gui-tiep": "send_sms",
    "GET /tin-nhan/khong-nhan": "see",
    "POST /tin-nhan/khong-nhan": "send_sms",
    "POST /tin-nhan/nhan-lai": "send_sms",
}
MENDS = {"sms": "POST /tin-nhan/<int:sms_id>/duyet"}
"""What mends a task of việc cần làm -> the act that does it."""
REACHES = {"send_sms": DESK}
CHANGES_NOTHING = {"POST /tin-nhan/dem"}
