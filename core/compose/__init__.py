"""Judges a request before a credit is spent, and converts one for another model.

Used by pages and the studio. Nothing here reads the disk, the history or the network: everything
that a verdict needs is passed in.
"""
