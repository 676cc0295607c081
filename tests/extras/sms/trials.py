"""A section of SMS with a fault that `loa config check` finds, for `tests/cli/test_trials.py`."""

BROKEN = """
[sms]
url = "http://127.0.0.1:13013/cgi-bin/sendsms"
password_file = "empty.txt"
"""
EXPECTED = {"sms.password_file": "try_file_empty"}
