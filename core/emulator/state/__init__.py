"""What the emulated organization remembers: tasks, credits, uploads, and renders in progress.

Used by the endpoints. It speaks no HTTP, and keeps its files in the emulator's own folder.
"""
