"""Make blueprints in depth: read, validate, describe, scrub and package.

Takes a blueprint as the scenario editor exports it, and the answers of the Make API that wrap one.
"""

from koda_desktop.workflows.make.platform import Make

__all__ = ["Make"]
