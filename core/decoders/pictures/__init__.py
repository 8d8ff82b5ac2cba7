"""Pictures and drawings: read, turned upright, and with words in them or without."""
