"""What is seen in emulated footage: title cards, camera moves, landscapes, lettering.

Only the footage process comes in. Planes of brightness and colour out, no files.
"""
