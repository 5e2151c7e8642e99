"""A whole marketplace and its devices in one process, one thread at a time, from one seed."""
