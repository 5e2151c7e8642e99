"""A folder of workflow files as a shop: compared with the listings here, and taken in."""
