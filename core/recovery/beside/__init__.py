"""What is kept beside the history, so that it can be made anew from that alone."""
