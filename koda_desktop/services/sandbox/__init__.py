"""A whole marketplace on this computer, on loopback only, with nothing to sign up for.

Owns two child processes in one folder: a real ``mongod`` (replica set of one, with users and roles)
and an S3-compatible object store that checks signatures. ``sandbox.Sandbox`` runs both. What is in
there is made up, but it is stored as carefully as the real thing.
"""
