"""The broker's client: keys, connection, streams, and the town's HTTP beside it. The one home of nats-py.

It knows how to reach the broker and what its streams are called; what a message means is `core.envelope`, what a ward
does with one is `desk.town`, what a hub does is `desk.hub`. None of it opens the database. A station without a town
imports nothing of it.
"""
