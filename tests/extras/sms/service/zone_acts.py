"""Acts of SMS whose reach is the whole ward, for `tests/services/people/test_zone_rights.py`."""

from scheduler.extras.sms.service.texts import SmsService

WHOLE_WARD = {"text_message": lambda services, actor: services.get(SmsService).write(actor, "Tin", "Bà con chú ý.")}
