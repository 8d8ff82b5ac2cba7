"""Clips in a bucket: brought there, compared, played from there, deleted there.

Used by media, which knows where files are on the disk, and by the studio. Only `objects` speaks to
a bucket, by obstore, which is loaded when the first one is opened.
"""
