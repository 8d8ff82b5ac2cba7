"""What the server answers beside its pages, and the guard that stands before all of it.

Only `app.py` comes in. Media are served by their id, never by a path; no page is drawn here.
"""
