"""The background loop that takes each open generation from queued to a clip on disk.

The studio starts it and tells it what is new. Only one worker leads a data folder; it never waits
for a page, and no page waits for it.
"""
