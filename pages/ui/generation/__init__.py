"""The parts of one generation's page, and of requests that are not decided yet.

Used by the page of a generation and the Unconfirmed page.
"""
