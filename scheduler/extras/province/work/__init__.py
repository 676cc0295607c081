"""The link to the provincial system (hệ thống thông tin nguồn): a process of its own beside playout.

`wire` carries one request under bounds, `client` speaks the protocol, `link` is the loop. None of it imports playout's
engine, Flask or APScheduler; when it dies the supervisor starts it again and the day on the air goes on.
"""
