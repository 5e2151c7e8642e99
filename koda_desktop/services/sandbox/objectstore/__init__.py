"""A small S3-compatible object store for one computer.

Owns the wire format (REST, XML, signatures version 4) and the files it keeps. It speaks the
operations Koda uses and refuses the others by name, so that a client never believes in a feature
that is not there. Run as ``python -m koda_desktop.services.sandbox.objectstore``.

The behaviour follows the Amazon S3 API reference; where S3 and this store differ, docs/sandbox.md
says so.
"""
