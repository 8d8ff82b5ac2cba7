"""Files on disk: clips, posters and uploads, written whole or not at all, if there is room.

Used by the worker, recovery and the studio. The sandbox finds out what a file contains; nothing
that came from outside is opened here.
"""
