"""Reads pictures, clips, sound, drawings and archives: what they are, how they look, what is cut.

Runs in the sandbox's children, but for `findings`, which is only data. Never imported by the
server's process, never writes a file that it was not given, never reads the network.
"""
