"""What the server says of itself, and the copies of the history.

Settings and the frame around every page come in.
"""
