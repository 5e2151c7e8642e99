"""The real things behind the marketplace's ports: MongoDB, S3, Stripe, and the sandbox.

Adapters here are plain blocking classes. They turn every SDK error into a KodaError in one context
manager each, and are imported only by ``workspace`` when a marketplace is opened, because their
SDKs are slow to import. This module itself imports nothing.
"""
