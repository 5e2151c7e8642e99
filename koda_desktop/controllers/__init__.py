"""What a click does: one controller per screen, plain async, never a widget.

A controller is handed its collaborators, reads and writes through the workspace on worker pools,
and tells its view what to show through a Protocol.
"""
