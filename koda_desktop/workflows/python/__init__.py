"""Python in depth: scripts and projects are read with ``ast``, never imported, compiled or run.

Finds out what a buyer needs (packages, environment variables, the Python version), what starts
the program, and what is wrong with it. Nothing in a file is rewritten.
"""

from koda_desktop.workflows.python.platform import PythonSource

__all__ = ["PythonSource"]
