"""The versioned API: everything that a program may ask of Dailies, in one form."""
