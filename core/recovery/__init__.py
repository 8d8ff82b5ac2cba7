"""Backups of the history, checks of it, and ways to rebuild it from what lies beside it.

Used by the studio and `python -m core.recovery`. A damaged history is set aside and never
overwritten; nothing here spends a credit.
"""
