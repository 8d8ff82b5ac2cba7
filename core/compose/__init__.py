"""Judges a request before a credit is spent, and converts one for another model.

Pages and the studio come in with what was typed. Nothing here reads the disk, the history or the
network: everything that a verdict needs is passed in.
"""
