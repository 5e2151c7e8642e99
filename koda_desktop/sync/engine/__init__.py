"""Keeping up with the marketplace: sends what waits, pulls what changed, and waits its turn.

Everything it knows is in the store: a round may be cut anywhere, by a lost network or a kill, and
the next one goes on from the rows.
"""
