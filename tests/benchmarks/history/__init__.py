"""What a long history takes to be read, and to be written."""
