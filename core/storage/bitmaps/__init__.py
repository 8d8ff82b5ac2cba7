"""Every generation's values as bitmaps in memory, as new as the file.

The rooms of storage come in. Only what `dimensions` declares is here, and the file is only read.
"""
