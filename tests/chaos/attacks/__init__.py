"""What means harm, from browsers, programs, files and Runway: each is tried, and none may work."""
