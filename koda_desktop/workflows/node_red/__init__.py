"""Node-RED flows in depth: read, validate, describe, scrub and package.

Takes a list of nodes as the editor exports it, and the answer of the runtime's API around it. The
web application has no platform of that name: they are sold as Other.
"""

from koda_desktop.workflows.node_red.platform import NodeRed

__all__ = ["NodeRed"]
