"""Tells programs and people outside what has happened here, from the outbox of the history.

The studio starts it. It never holds up the worker: it has threads of its own, and reads and writes
nothing of a generation.
"""
