"""The history in SQLite: schema, rows, lists, searches and totals.

The only room that speaks SQL; those above it ask for objects and sums. It never calls the
network, and it writes no file but the database's own.
"""
