"""What of SMS asks an address, for `tests/abuse/test_rebinding.py`."""

from scheduler.extras.sms.gateway import Fate, KannelGateway, KannelSettings
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import Refused


def _send(url, _folder):
    settings = KannelSettings(
        url=url, user="", password_file=None, sender="", allowed_hosts=("127.0.0.1",), timeout=60.0
    )
    answer = KannelGateway(settings, SystemClock().monotonic).send("+84912345678", "UBND phuong")
    assert answer.fate is not Fate.SENT
    if answer.reason not in {"sms_bad_answer", "sms_refused"}:
        raise Refused(answer.reason)


CALLERS = {"sms gateway": _send}
"""Name -> asks the address it is given; it may keep files in the folder."""
