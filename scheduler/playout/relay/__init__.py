"""Relay (tiếp âm) and live sources: what comes in from outside while it airs.

`chain.start_relay` runs the sources of one slot and pushes the best one into its feed. Everything that touches foreign
bytes runs in child processes; playout's own threads only read plain samples from a pipe or a file. A child imports this
package too, so it brings nothing along.
"""
