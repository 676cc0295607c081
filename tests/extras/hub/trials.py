"""A section of the hub with a fault that `loa config check` finds, for `tests/cli/test_trials.py`."""

BROKEN = """
[hub]
ca_file = "no-certificate.pem"
"""
EXPECTED = {"hub.ca_file": "check_certificate_unreadable"}
