"""Compares our own ledger with what providers charged, and settles requests that nobody answered.

Pages come in through the studio. Evidence is figures in and sentences out; only `resolution`
changes a row, and only because a person decided so.
"""
