"""What a person sees: the window, its pages, dialogs, widgets, tables and theme.

Views show what a controller hands them and pass on what a person asks for. They never touch the
store, the disk, the network or the keyring.
"""
