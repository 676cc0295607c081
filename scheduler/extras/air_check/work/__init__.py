"""The air monitor: listens to the return line and holds what it hears against what the station has sent.

A process of its own beside the others: it reads rows and clips and writes its findings. It never makes a sound, never
changes a slot, and keeps none of what it hears, only the strength of a few bands of it.
"""
