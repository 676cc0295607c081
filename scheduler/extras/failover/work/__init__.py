"""The other machine: whose turn it is to have the air, and the copy from which it could be taken over.

One process a machine (`service`): it asks for votes (`peers`), answers the other (`door`), follows its rows and sounds
(`follow`), and hands over what it had written alone (`late`). Playout and page read a file and rows, never this room.
"""
