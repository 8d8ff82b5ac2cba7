"""Child processes, limited in memory and time, that open files from outside.

The media library asks; a child answers with plain data, which is checked again here. The server's
own process never imports a decoder.
"""
