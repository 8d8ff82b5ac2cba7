"""Reads pictures, clips, sound, drawings and archives: what they are, how they look, cuts.

Runs in the sandbox's children, except `findings`, which is only data. The server's process never
imports it; it never writes a file it was not given and never uses the network.
"""
