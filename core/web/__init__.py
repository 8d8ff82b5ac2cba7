"""What the server answers besides its pages, and the guard in front of everything.

Used by `app.py` only. Media are served by id, never by path; no page is drawn here.
"""
