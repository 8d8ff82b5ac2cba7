"""What emulated footage shows: title cards, camera moves, landscapes, lettering.

Used by the footage process only. Returns planes of brightness and colour, no files.
"""
