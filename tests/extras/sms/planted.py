"""Keys that name a file with a secret, for who looks whether it is told anywhere."""

from scheduler.extras.sms.keys import SmsConfig


def with_secret(file):
    return SmsConfig(url="https://gateway.example/cgi-bin/sendsms", user="loa", password_file=file)
