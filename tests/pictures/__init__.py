"""Takes the pictures of the README, from a demo of its own that it fills with the examples."""
