"""Judges a create body as Runway does: URLs, values, files, and the wording of each refusal.

Used by the endpoints and the state. Nothing here keeps any state.
"""
