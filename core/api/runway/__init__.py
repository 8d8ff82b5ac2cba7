"""Runway's own wire, spoken to programs that use its SDK."""
