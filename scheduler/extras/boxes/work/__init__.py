"""Clusters beside the horns, both ends: the ward's process `clusters`, and `box`, which `loa cluster` runs on a box.

`mqtt` is the one home of paho; `ward` and `box` are the two loops, `fetch` brings a box its sounds over HTTP, `sensors`
reads what the machine itself measures. None of it makes noise: a box is a small station, and its playout plays.
"""
