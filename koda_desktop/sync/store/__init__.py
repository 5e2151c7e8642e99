"""The local store: one SQLite file in WAL mode, one writing thread, read-only connections.

Imports nothing heavy, because the window opens it before its first paint. SQLite comes from apsw
alone: a second copy of SQLite on the same file in one process would break its locks.
"""
