"""The section of the town needs a package that a plain install leaves out."""

SECTIONS = {
    "town": ('[town]\nurl = "tls://loa.thixa.gov.vn:4222"\nward_id = "1"\n', "nats", "nats-py"),
}
