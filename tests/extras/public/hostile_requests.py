"""What an enemy tries at the public page: addresses, queries, paths; and the page itself, open."""

from xml.etree import ElementTree as ET

from scheduler.extras.public.keys import PublicConfig

OPEN = PublicConfig(on=True)
QUERIES = [
    ("/cong-khai", "trang=" + "9" * 5000),
    ("/cong-khai", "trang=-1&trang=2"),
    ("/phan-anh", "truoc=" + "9" * 5000),
]
FRAMED = ["/cong-khai", "/cong-khai/phan-anh"]
TARGETS = {
    "a feed for another host": "GET /cong-khai/tin.xml HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    "the poster of another host": "GET /cong-khai/phan-anh HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
}
OUTSIDE = ["/cong-khai/nghe/..%2f..%2f..%2floa.db.mp3", "/cong-khai/ban/..%2f..%2f"]
FEEDS = {"/cong-khai/tin.xml": ET.fromstring}
