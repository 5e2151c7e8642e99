"""Windows that ask a person something; always opened with ``ask``, never with a nested loop."""
