"""Video and sound, read and written with PyAV or by their boxes."""
