"""Who gets in by a link: its token, its password, the pass of a guest, and how often they try.

Knows neither the web nor the history; the studio's shares use it. Nothing here is kept on disk.
"""
