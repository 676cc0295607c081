"""The section of two machines needs a package that a plain install leaves out."""

SECTIONS = {"pair": ('[pair]\nmachine = "may-1"\n', "nats", "nats-py")}
