"""Judges a create body as Runway does: addresses, values, files, and the words of each refusal.

The endpoints and the state come in. Nothing here remembers anything.
"""
