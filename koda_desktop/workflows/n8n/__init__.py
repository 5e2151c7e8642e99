"""n8n exports in depth: read, validate, describe, scrub and package.

Takes a workflow as the editor saves it, a fragment as it copies to the clipboard, the answers of
its APIs that wrap a workflow, and the lists its command line exports.
"""

from koda_desktop.workflows.n8n.platform import N8n

__all__ = ["N8n"]
