"""What each model takes, what it costs and how its request is written, from data/catalog.

Used by everybody: the catalogue is data with rules. It reads no files but its own, never asks
Runway, and knows nothing of what people have made.
"""
