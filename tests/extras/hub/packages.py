"""The section of the hub needs a package that a plain install leaves out."""

SECTIONS = {"hub": ('[hub]\nurl = "tls://loa.thixa.gov.vn:4222"\n', "nats", "nats-py")}
