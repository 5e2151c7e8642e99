"""The picture of a workflow, as pure geometry: where nodes go, how edges run, and SVG of it.

Nothing here knows Qt. A picture holds node names, the names of integrations and the beginnings of
notes, never a parameter's value; the same graph always gives the same picture.
"""
