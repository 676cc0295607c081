"""How late does a way of playing start? Measured at the monitor of a private sound server, ours beside the usual ones.

`compare.py` and `play_now.py` are the commands; the rest is the instrument: server, capture, scoring, and the players.
"""
