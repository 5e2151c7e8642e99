"""MongoDB behind the marketplace's ports. The only room that imports pymongo and bson.

This module imports nothing: the driver costs over 100 ms and is loaded when first needed.
"""
