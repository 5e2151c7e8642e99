"""Sales as this computer knows them: orders copied from the marketplace, and what they add up to.

Everything shown of sales is read from here, without a network. Amounts are integer minor units; a
sum never mixes currencies.
"""
