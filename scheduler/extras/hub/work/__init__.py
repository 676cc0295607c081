"""The process of a town: it gives the broker what was issued, takes in what the wards tell, and knows who is there.

It decides nothing: what is issued, what a word of a ward means, how a ward stands is the desk's (`desk.hub`). Without
it the town's page still opens and says that nobody listens; wards play on.
"""
