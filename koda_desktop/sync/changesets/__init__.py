"""Change sets: what was done to many listings at once, in one transaction, and how to undo it."""
