"""Programs that break things on purpose and count what was lost, doubled or left in doubt."""
