"""What every room may use: paths, settings, logs, worker pools, cancel tokens and progress.

Knows nothing of listings, servers or windows.
"""
