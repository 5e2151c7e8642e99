"""Files on their way: streamed through presigned URLs, in bounded memory, stoppable between chunks.

A presigned URL is a secret while it lives: nothing here stores, logs or shows one.
"""
