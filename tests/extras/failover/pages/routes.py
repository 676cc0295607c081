"""The addresses of two machines, and the right that each asks for, written down a second time."""

from tests.roles import LEADERS

ROUTES = {
    "GET /cai-dat/hai-may": "see",
    "GET /cai-dat/hai-may/tinh-hinh": "see",
    "POST /cai-dat/hai-may/nhan-song": "take_air",
    "POST /cai-dat/hai-may/mot-minh": "take_air",
}
REACHES = {"take_air": LEADERS}
