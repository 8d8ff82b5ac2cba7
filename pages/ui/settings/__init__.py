"""What the server reports about itself, and the backups of the history.

Used by the Settings page and the frame around every page.
"""
