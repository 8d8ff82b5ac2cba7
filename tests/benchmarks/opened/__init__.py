"""What people wait for who open pages and play clips."""
