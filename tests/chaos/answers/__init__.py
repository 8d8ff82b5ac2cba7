"""Answers and files that break, are garbled, or come when they cannot be written down."""
