"""Child processes with limits on memory and time, in which files from outside are opened.

The media library asks; a child answers with plain data that is checked again here. The server's
own process never imports a decoder.
"""
