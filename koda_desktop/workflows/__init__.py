"""What sellers sell: reads, checks, scrubs, describes, draws and packages workflow files.

Pure: bytes in, an :class:`~koda_desktop.workflows.inspection.Inspection` out. No Qt, no network,
and no disk beyond reading the one file that was asked for. Every platform is one module behind the
``Platform`` protocol of ``platforms``; ``registry`` lists them.
"""
