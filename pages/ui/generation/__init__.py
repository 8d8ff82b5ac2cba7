"""The parts of one generation's page, and of requests that are not decided yet.

The generation's and the Unconfirmed page come in.
"""
