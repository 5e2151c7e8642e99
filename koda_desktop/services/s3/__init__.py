"""S3 and its kin behind the marketplace's ports. The only room that imports boto3.

This module imports nothing: the SDK costs a quarter of a second and is loaded when first needed.
"""
