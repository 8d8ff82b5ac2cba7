"""What the emulated organization remembers: tasks, credits, uploads, and the renders in progress.

The endpoints come in. It speaks no HTTP, and keeps its files in the emulator's own folder.
"""
