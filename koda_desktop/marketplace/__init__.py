"""What is allowed: the trusted rules of the marketplace, written over ports.

The rules run in this process for an operator, behind HTTP for everyone else, and over the sandbox's
servers; they are the same code each time. Nothing here knows MongoDB, S3 or Stripe.
"""
