"""Acts of SMS whose reach is the whole ward, for `tests/services/test_zone_rights.py`."""

WHOLE_WARD = {"text_message": lambda desk, actor: desk.sms.write(actor, "Tin", "Bà con chú ý.")}
