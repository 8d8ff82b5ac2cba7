"""The history in SQLite: schema, rows, lists, searches and totals.

The only room that speaks SQL; the rooms above ask it for objects and sums. It never calls the
network, and the database is the only file it writes.
"""
