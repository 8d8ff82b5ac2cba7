"""What each model takes, what it costs and how its request is written, read from data/catalog.

Anyone may come in: the catalogue is data with rules. It never reads a file but its own, never
asks Runway, and knows nothing of what people have made.
"""
