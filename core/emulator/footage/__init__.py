"""Child processes that encode what a task has made, and that look into files which came in.

Started by the state with one job on standard input; never imported by the emulator's server.
"""
