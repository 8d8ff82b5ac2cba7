"""Files on disk: clips, posters and uploads, written whole or not at all, within the disk's room.

The worker, recovery and the studio come in. What a file contains is found out in the sandbox; no
file that came from outside is opened here.
"""
