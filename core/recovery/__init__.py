"""Copies of the history, checks of it, and ways to rebuild it from what lies beside it.

The studio and `python -m core.recovery` come in. A damaged history is set aside and never written
over; nothing here spends a credit.
"""
