"""Takes beside each other: which they are, the players in step, and in what they differ."""
