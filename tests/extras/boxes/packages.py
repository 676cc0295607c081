"""The sections of boxes need a package that a plain install leaves out."""

BOX_KEY = "ab" * 32
SECTIONS = {
    "cluster": (
        '[mqtt]\nurl = "mqtt://127.0.0.1:1883"\n[[cluster]]\nid = "1"\n', "paho", "paho-mqtt",
    ),
    "box": (
        f'[mqtt]\nurl = "mqtt://127.0.0.1:1883"\n[box]\nid = "1"\nward_id = "1"\nward_key = "{BOX_KEY}"\npage_url = "http://b"\n',
        "paho", "paho-mqtt",
    ),
}  # fmt: skip
