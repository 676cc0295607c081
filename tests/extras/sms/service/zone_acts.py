"""Acts of SMS whose reach is the whole ward, for `tests/services/people/test_zone_rights.py`."""

WHOLE_WARD = {"text_message": lambda services, actor: services.sms.write(actor, "Tin", "Bà con chú ý.")}
