"""`loa simulate`: the real station on a stepped clock and silent outputs, from a written scenario or from its own rows.

Planner, timeline, gate, store, journal, service and engine are the ones that air; only the clock, the outputs and the
folder are others. What comes out is told as lines, and held against the promises that the station makes.
"""
