"""Keys that name a file with a secret, for who looks whether it is told anywhere."""

from scheduler.extras.province.keys import ProvinceConfig


def with_secret(file):
    return ProvinceConfig(url="https://tinh.example", username="phuong", password_file=file)
