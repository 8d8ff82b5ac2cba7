"""Who is sent next: so many of a model at once, one person after the other."""
