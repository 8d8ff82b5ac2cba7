"""Child processes that encode the outputs of tasks and inspect the files sent in.

Started by the state with one job on standard input; never imported by the emulator's server.
"""
